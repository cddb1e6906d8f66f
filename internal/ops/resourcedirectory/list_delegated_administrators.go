package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listDelegatedAdministrators struct {
	ServicePrincipal string
	paging
}

type listedDelegatedAdministrators struct {
	page
	Accounts delegatedAccounts
}

type delegatedAccounts struct{ Account []delegation }

// ListDelegatedAdministrators lists the delegations of all services or of one,
// newest first (docs/spec/handshakes.md#lists-of-delegations).
var ListDelegatedAdministrators = api.Define(&Operations, api.Op[listDelegatedAdministrators, listedDelegatedAdministrators]{
	Route:    api.RPC(version, "ListDelegatedAdministrators"),
	Also:     older("ListDelegatedAdministrators"),
	Group:    "DelegatedAdministrator",
	Doc:      api.Text{Zh: "查询委派管理员列表。", En: "Lists the delegated administrators."},
	ReadOnly: true,

	Before: enabled,
	In: func(in *listDelegatedAdministrators) api.Fields {
		return append(api.Fields{api.String("ServicePrincipal", &in.ServicePrincipal).Example("config.aliyuncs.com").
			Describe("可信服务的标识；不填则返回所有服务的。", "The trusted service; absent for all services.")}, in.fields()...)
	},
	Out: func(out *listedDelegatedAdministrators) api.Fields {
		return append(api.Fields{api.Object("Accounts", &out.Accounts, func(l *delegatedAccounts) api.Fields {
			return api.Fields{api.Objects("Account", &l.Account, delegatedAccountFields).Describe("委派管理员。", "The delegated administrators.")}
		}).Describe("委派管理员列表，每个成员的每项服务一条。", "The delegated administrators, one entry for each member and service.")}, out.fields()...)
	},

	Do: func(ctx context.Context, s *directory.Session, in *listDelegatedAdministrators) (*listedDelegatedAdministrators, error) {
		in.settle()
		ds, total, err := s.Delegations(ctx, directory.DelegationFilter{Service: in.ServicePrincipal, Offset: in.offset(), Limit: in.PageSize})
		if err != nil {
			return nil, err
		}
		return &listedDelegatedAdministrators{page{total, in.PageSize, in.PageNumber}, delegatedAccounts{answeredDelegations(ds)}}, nil
	},
})

func delegatedAccountFields(d *delegation) api.Fields {
	return append(api.Fields{
		api.String("AccountId", &d.AccountID).Example("181761095690****").Describe("成员的账号 ID。", "Account id of the member."),
		api.String("DisplayName", &d.DisplayName).Example("Dev").Describe("成员显示名称。", "Display name of the member."),
		api.String("JoinMethod", &d.JoinMethod).Example("created").Describe("加入方式：invited 邀请，created 创建。", "How it joined: invited or created."),
	}, delegatedServiceFields(d)...)
}
