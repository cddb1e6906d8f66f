package contact

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getOrgAuthInfo struct{ TargetCorpID string }

type orgAuthInfo struct {
	OrgName string
	directory.Certification
}

// The vendor's page also has invalidParameter.appKey.blank, which cannot occur
// here: an app without a key gets no token.
var (
	noTargetCorp = &api.Code{HTTP: http.StatusBadRequest, Code: "invalidParameter.system.param", Msg: "无效的企业targetCorpId", Cause: directory.ErrOrgNotFound,
		Why: api.Text{Zh: "没有这个组织。", En: "There is no such organisation."},
		Fix: api.Text{Zh: "检查 targetCorpId；不传表示应用所属的企业。", En: "Check targetCorpId; leave it out for the app's own organisation."}}
	foreignCorp = &api.Code{HTTP: http.StatusBadRequest, Code: "permission.denied", Msg: "没有权限获取企业认证信息", Cause: directory.ErrOutOfScope,
		Why: api.Text{Zh: "targetCorpId 是其他组织，它没有向该应用授权。", En: "targetCorpId is another organisation, which has not authorised the app."},
		Fix: api.Text{Zh: "使用该组织自己的应用。", En: "Use an app of that organisation."}}
	authBusy = &api.Code{HTTP: http.StatusInternalServerError, Code: "service.system.error", Msg: "系统错误", Cause: directory.ErrBusy,
		Why: systemBusy.Why, Fix: systemBusy.Fix}
)

// GetOrgAuthInfo returns an organisation's certification, as the operator
// recorded it (docs/spec/org-accounts.md#certification-of-an-organisation).
// Without certification the vendor answers only name and level.
var GetOrgAuthInfo = api.Define(&Operations, api.Op[getOrgAuthInfo, orgAuthInfo]{
	Route:      api.REST("GetOrgAuthInfo", http.MethodGet, "/v1.0/contact/organizations/authInfos"),
	Group:      "Organization",
	Doc:        api.Text{Zh: "获取企业认证信息。", En: "Returns an organisation's certification."},
	Permission: "Contact.Org.Read",
	ReadOnly:   true,

	In: func(in *getOrgAuthInfo) api.Fields {
		return api.Fields{api.String("targetCorpId", &in.TargetCorpID).Invalid(noTargetCorp).Example("ding87654321").
			Describe("组织的 corpId；不传表示应用所属的企业。", "Corp id; absent means the app's own organisation.")}
	},
	Out: func(out *orgAuthInfo) api.Fields {
		return api.Fields{
			api.String("orgName", &out.OrgName).Example("示例科技").Describe("企业名称。", "Name of the organisation."),
			api.Int("authLevel", &out.Level).Example("0").Describe("认证等级：0 无认证，1 高级认证，2 中级认证。由本服务的管理员登记（mingce org certify）。",
				"Level of certification: 0 none, 1 advanced, 2 intermediate. The operator notes it (mingce org certify)."),
			api.String("licenseOrgName", &out.LicenseOrgName).OmitEmpty().Example("示例科技有限公司").Describe("营业执照上的企业名称。", "Name on the business licence."),
			api.String("registrationNum", &out.RegistrationNum).OmitEmpty().Example("110108000000000").Describe("营业执照注册号。", "Registration number of the licence."),
			api.String("unifiedSocialCredit", &out.UnifiedSocialCredit).OmitEmpty().Example("91110108MA00000000").Describe("社会统一信用代码。", "Unified social credit code."),
			api.String("organizationCode", &out.OrganizationCode).OmitEmpty().Example("11111111-1").Describe("组织机构代码证号。", "Organisation code."),
			api.String("legalPerson", &out.LegalPerson).OmitEmpty().Example("赵敏").Describe("法人。", "Legal representative."),
			api.String("licenseUrl", &out.LicenseURL).OmitEmpty().Example("https://example.com/licence.png").Describe("营业执照 URL。", "Address of a picture of the licence."),
		}
	},
	Codes: []*api.Code{noTargetCorp, foreignCorp, authBusy},

	Do: func(ctx context.Context, s *directory.Session, in *getOrgAuthInfo) (*orgAuthInfo, error) {
		o, err := s.CertifiedOrg(ctx, in.TargetCorpID)
		return &orgAuthInfo{o.Name, o.Certification}, err
	},
})
