package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type listTrustedServiceStatus struct {
	AdminAccountID string
	paging
}

type trustedService struct {
	directory.TrustedService
	EnableTime string
}

type trustedServices struct{ EnabledServicePrincipal []trustedService }

type listedTrustedServices struct {
	page
	Enabled trustedServices
}

var adminAccountInvalid = malformed("AdminAccountId", "16 位数字的账号 ID", "an account id of 16 digits")

// ListTrustedServiceStatus lists the services that work in the directory
// (docs/spec/handshakes.md#trusted-services).
var ListTrustedServiceStatus = api.Define(&Operations, api.Op[listTrustedServiceStatus, listedTrustedServices]{
	Route:    api.RPC(version, "ListTrustedServiceStatus"),
	Also:     older("ListTrustedServiceStatus"),
	Group:    "TrustedService",
	Doc:      api.Text{Zh: "查询已启用的可信服务。", En: "Lists the trusted services that are enabled."},
	ReadOnly: true,
	Callers:  api.ByDelegated,

	Before: enabled,
	In: func(in *listTrustedServiceStatus) api.Fields {
		return append(api.Fields{
			api.String("AdminAccountId", &in.AdminAccountID).Brings(directory.MemberField).Invalid(adminAccountInvalid).
				Check(adminAccountInvalid, accountIDRule, func() bool { return in.AdminAccountID == "" || accountIDForm.MatchString(in.AdminAccountID) }).
				Example("177242285274****").Describe("管理账号或委派管理员的 ID，默认为管理账号。", "Management account or delegated administrator; the former by default."),
		}, in.fields()...)
	},
	Out: func(out *listedTrustedServices) api.Fields {
		return append(api.Fields{api.Object("EnabledServicePrincipals", &out.Enabled, func(l *trustedServices) api.Fields {
			return api.Fields{api.Objects("EnabledServicePrincipal", &l.EnabledServicePrincipal, func(t *trustedService) api.Fields {
				return api.Fields{
					api.String("ServicePrincipal", &t.Service).Example("config.aliyuncs.com").Describe("可信服务的标识。", "Identifier of the trusted service."),
					api.String("EnableTime", &t.EnableTime).Example("2019-02-18T15:32:10.473Z").Describe("启用时间（UTC）。", "Time of enabling (UTC)."),
				}
			}).Describe("可信服务。", "The services.")}
		}).Describe("可信服务列表。", "The services.")}, out.fields()...)
	},
	Codes: []*api.Code{noAccount},

	Do: func(ctx context.Context, s *directory.Session, in *listTrustedServiceStatus) (*listedTrustedServices, error) {
		in.settle()
		ts, total, err := s.TrustedServices(ctx, in.AdminAccountID, in.offset(), in.PageSize)
		if err != nil {
			return nil, err
		}
		out := &listedTrustedServices{page{total, in.PageSize, in.PageNumber}, trustedServices{make([]trustedService, len(ts))}}
		for i, t := range ts {
			out.Enabled.EnabledServicePrincipal[i] = trustedService{t, isoTime(t.EnabledAt)}
		}
		return out, nil
	},
})
