package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// InviteAccountToResourceDirectory invites an account to become a member
// (docs/spec/handshakes.md#inviting-an-account).
var InviteAccountToResourceDirectory = api.Define(&Operations, api.Op[directory.NewHandshake, oneHandshake]{
	Route:    api.RPC(version, "InviteAccountToResourceDirectory"),
	Also:     older("InviteAccountToResourceDirectory"),
	Group:    "Handshake",
	Doc:      api.Text{Zh: "邀请阿里云账号加入资源目录。", En: "Invites an Alibaba Cloud account to join the resource directory."},
	Resource: "handshake/*",
	Beside:   folderResource,

	Before: enabled,
	In: func(in *directory.NewHandshake) api.Fields {
		return api.Fields{
			api.String("TargetType", &in.TargetType).Required(missingTargetType).Invalid(targetTypeInvalid).
				OneOf(targetTypeInvalid, directory.TargetAccount, directory.TargetEmail).
				Example("Account").Describe("TargetEntity 的类型：Account 账号 ID，Email 登录邮箱。", "What TargetEntity is: Account, an id, or Email, a mail address."),
			api.String("TargetEntity", &in.Target).Required(missingTargetEntity).Invalid(targetEntityInvalid).Personal().
				Check(targetEntityInvalid, api.Text{Zh: "16 位数字，或 Email 时一个邮箱地址", En: "16 digits or, for Email, a mail address"}, func() bool {
					if in.TargetType == directory.TargetEmail {
						return directory.IsMail(in.Target)
					}
					return accountIDForm.MatchString(in.Target)
				}).
				Example("177242285274****").Describe("被邀请账号的 ID 或邮箱。", "ID or mail address of the account."),
			api.String("Note", &in.Note).Invalid(noteInvalid).Runes(0, directory.MaxHandshakeNote, noteLength).
				Example("Welcome").Describef("备注，最多 %d 个字符。", "A note of at most %d characters.", directory.MaxHandshakeNote),
			tagsField(&in.Tags, "成员加入后带有的标签。", "Tags of the member once it has joined."),
			parentField(&in.FolderID),
		}
	},
	Out:   oneHandshakeFields,
	Codes: []*api.Code{noInvitedAccount, noFolder, invitedElsewhere, handshakeExists, invitationPause, invitationRate},

	Do: func(ctx context.Context, s *directory.Session, in *directory.NewHandshake) (*oneHandshake, error) {
		return answerHandshake(s.Invite(ctx, *in))
	},
})
