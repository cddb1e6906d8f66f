package contact

import (
	"context"
	"net/http"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getUser struct{ UnionID string }

type user struct {
	Nick, AvatarURL, Mobile, OpenID, UnionID, Email, StateCode string
	Visitor                                                    bool // always false
}

var noUser = &api.Code{HTTP: http.StatusNotFound, Code: "invalidParameter.user.notFound", Msg: "找不到该用户", Cause: directory.ErrEmployeeNotFound,
	Why: api.Text{Zh: "unionId 不是凭证所属的用户；用户凭证只能读取本人。", En: "unionId is not the person the token belongs to; a person's token gives access to nobody else."},
	Fix: api.Text{Zh: "传 me，或该用户的 unionId。", En: "Send me, or the person's own unionId."}}

// GetUser returns the person whose token the app has
// (docs/spec/org-accounts.md#user-of-a-token). The unionId takes the rest of
// the path, because the vendor's ids may contain slashes.
var GetUser = api.Define(&Operations, api.Op[getUser, user]{
	Route:      api.REST("GetUser", http.MethodGet, "/v1.0/contact/users/{unionId...}"),
	Group:      "User",
	Doc:        api.Text{Zh: "获取用户的个人信息。", En: "Gets the person that a user token belongs to."},
	Auth:       api.NeedsUserToken,
	Permission: "Contact.User.Read",
	ReadOnly:   true,
	NotUnder:   []string{"/managemementResources", "/users/search", "/users/sort"}, // the vendor's spelling

	In: func(in *getUser) api.Fields {
		return api.Fields{api.String("unionId", &in.UnionID).Brings(directory.UnionIDField).Required(noUser).Example("me").
			Describe("用户的 unionId；me 表示凭证所属的用户。", "The person's unionId; me is the person the token belongs to.")}
	},
	Out: func(u *user) api.Fields {
		return api.Fields{
			api.String("nick", &u.Nick).Example("陈静").Describe("昵称。", "Nickname, or else the name."),
			api.String("avatarUrl", &u.AvatarURL).OmitEmpty().Describe("头像。", "Picture; absent if it is the default."),
			api.String("mobile", &u.Mobile).OmitEmpty().Personal().Example("13800001001").
				Describe("手机号；应用需要权限 Contact.User.mobile。", "Mobile; the app needs the permission Contact.User.mobile."),
			api.String("openId", &u.OpenID).Example("kx3Yq7").Describe("用户在该应用下的标识。", "Id of the person for this app only."),
			api.String("unionId", &u.UnionID).Example("z21HjQliSzpw0Yxxxx").Describe("用户在该企业各应用下的标识。", "Id of the person for the apps of the organisation."),
			api.String("email", &u.Email).OmitEmpty().Personal().Example("zhangsan@example.com").Describe("邮箱。", "Mail address."),
			api.String("stateCode", &u.StateCode).OmitEmpty().Example("86").Describe("手机号的国家码。", "Country code of the mobile."),
			api.Bool("visitor", &u.Visitor).Example("false").Describe("是否访客，总是 false。", "Whether the person is a visitor: never."),
		}
	},
	Codes: []*api.Code{noUser},

	Do: func(ctx context.Context, s *directory.Session, in *getUser) (*user, error) {
		p, err := s.Person(ctx, in.UnionID)
		u := &user{Nick: p.Nick, AvatarURL: p.Avatar, OpenID: p.OpenID, UnionID: p.UnionID, Email: p.Email}
		u.StateCode, u.Mobile = splitMobile(p.Mobile)
		return u, err
	},
})

// splitMobile splits "86-13800001001" into country code and national number.
func splitMobile(phone string) (stateCode, mobile string) {
	stateCode, mobile, _ = strings.Cut(phone, "-")
	return stateCode, mobile
}
