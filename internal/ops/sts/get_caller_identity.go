package sts

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// GetCallerIdentity tells whose key signed the call
// (docs/spec/sts.md#who-calls).
var GetCallerIdentity = api.Define(&Operations, api.Op[api.None, directory.CallerIdentity]{
	Route:    api.RPC(version, "GetCallerIdentity"),
	Group:    group,
	Doc:      api.Text{Zh: "查询当前调用者的身份。", En: "Returns the identity of the caller."},
	Service:  service,
	Callers:  api.ByAnybody,
	ReadOnly: true,

	Out: func(out *directory.CallerIdentity) api.Fields {
		return api.Fields{
			api.String("IdentityType", &out.Type).Example("RAMUser").
				Describe("身份类型：Account 主账号，RAMUser RAM 用户，AssumedRoleUser RAM 角色。", "Account (a root key), RAMUser or AssumedRoleUser."),
			api.String("AccountId", &out.AccountID).Example("196813200012****").Describe("账号 ID。", "ID of the account."),
			api.String("UserId", &out.UserID).OmitEmpty().Example("216959339000****").
				Describe("RAM 用户的 ID；主账号为账号 ID；角色不返回。", "ID of the RAM user; of a root key, that of the account; absent for a role."),
			api.String("RoleId", &out.RoleID).OmitEmpty().Example("33157794895460****").Describe("角色的 ID；仅角色返回。", "ID of the role; only for a role."),
			api.String("PrincipalId", &out.PrincipalID).Example("216959339000****").
				Describe("身份的 ID；角色为 角色ID:会话名。", "ID of the identity; of a role, <role id>:<session>."),
			api.String("Arn", &out.ARN).Example("acs:ram::196813200012****:user/admin").Describe("身份的 ARN。", "ARN of the identity."),
		}
	},

	Do: func(_ context.Context, s *directory.Session, _ *api.None) (*directory.CallerIdentity, error) {
		who := s.Caller().Identity()
		return &who, nil
	},
})
