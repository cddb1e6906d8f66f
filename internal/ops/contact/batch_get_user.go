package contact

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type batchGetUser struct {
	UserIDList     []string
	PermissionCode string
}

type batchUser struct {
	UserID, Name, UnionID, Avatar, Mobile, StateCode, JobNumber, Nickname, Remark string
	Senior                                                                        bool
}

type batchUsers struct {
	UserList     []batchUser
	Unauthorized []string
}

// mostUsers bounds a batch. Decision: the vendor names no limit.
const mostUsers = 100

// BatchGetUser reads employees by user id
// (docs/spec/org-accounts.md#batch-reading-of-employees). The vendor documents
// nothing but the names of its SDK. Decision: the permission is that of reading
// one employee; people who do not exist or are outside the app's range are in
// the second list.
var BatchGetUser = api.Define(&Operations, api.Op[batchGetUser, batchUsers]{
	Route:      api.REST("BatchGetUser", http.MethodGet, "/v1.0/contact/users/batch/get"),
	Group:      "User",
	Doc:        api.Text{Zh: "批量获取员工。", En: "Reads several employees."},
	Permission: "qyapi_get_member",
	ReadOnly:   true,

	In: func(in *batchGetUser) api.Fields {
		return api.Fields{
			api.Strings("userIdList", &in.UserIDList).Brings(directory.EmployeesField).Required(invalidParam).Invalid(invalidParam).MaxItems(mostUsers, invalidParam).Example(`["org1001"]`).
				Describef("员工的 userId 列表，至多 %d 个。", "User ids, at most %d.", mostUsers),
			permissionCodeOf(&in.PermissionCode),
		}
	},
	Out: func(out *batchUsers) api.Fields {
		return api.Fields{
			api.Objects("userList", &out.UserList, batchUserFields).Describe("员工。", "The employees."),
			api.Strings("unauthorizedUserIdList", &out.Unauthorized).Example("[]").
				Describe("不存在或应用无权读取的 userId。", "User ids that do not exist or that the app may not read."),
		}
	},
	Codes: []*api.Code{invalidParam, systemBusy},

	Do: func(ctx context.Context, s *directory.Session, in *batchGetUser) (*batchUsers, error) {
		seen, hidden, err := s.Employees(ctx, in.UserIDList)
		out := &batchUsers{UserList: make([]batchUser, len(seen)), Unauthorized: api.List(hidden)}
		for i, v := range seen {
			out.UserList[i] = newBatchUser(v)
		}
		return out, err
	},
})

func permissionCodeOf(p *string) api.Field { return permissionCode(p).Invalid(invalidParam) }

func newBatchUser(v directory.EmployeeView) batchUser {
	u := batchUser{UserID: v.UserID, Name: v.Name, UnionID: v.UnionID, Avatar: v.Profile.AvatarMediaID,
		JobNumber: v.Profile.JobNumber, Senior: v.Profile.Senior}
	if v.Mobile != nil {
		u.StateCode, u.Mobile = splitMobile(*v.Mobile)
	}
	if v.Nickname != nil {
		u.Nickname = *v.Nickname
	}
	if v.Personal {
		u.Remark = v.Private.Remark
	}
	return u
}

func batchUserFields(u *batchUser) api.Fields {
	return api.Fields{
		api.String("userid", &u.UserID).Example("org1001").Describe("员工的 userId。", "User id."),
		api.String("name", &u.Name).Example("陈静").Describe("姓名。", "Name."),
		api.String("unionid", &u.UnionID).Example("z21HjQliSzpw0YWCNxmii6u2Os62cZ62").Describe("员工在该企业各应用下的标识。", "Id of the person for the apps of the organisation."),
		api.String("avatar", &u.Avatar).OmitEmpty().Describe("头像。", "Picture; absent if it is the default."),
		api.String("mobile", &u.Mobile).OmitEmpty().Personal().Example("13800001001").
			Describe("手机号；需要字段权限，其他组织的企业账号还需要其授权。", "Mobile; needs the field permission and, for another organisation's account, its grant."),
		api.String("state_code", &u.StateCode).OmitEmpty().Example("86").Describe("手机号的国家码。", "Country code of the mobile."),
		api.String("job_number", &u.JobNumber).OmitEmpty().Example("A-17").Describe("工号。", "Job number."),
		api.String("nickname", &u.Nickname).OmitEmpty().Example("小静").Describe("企业账号的昵称，仅本企业拥有的账号。", "Nickname of an org account that the organisation owns."),
		api.String("remark", &u.Remark).OmitEmpty().Example("常驻北京").Describe("备注；需要字段权限。", "Remark; needs the field permission."),
		api.Bool("senior", &u.Senior).Example("false").Describe("是否高管模式。", "Whether senior mode is on."),
	}
}
