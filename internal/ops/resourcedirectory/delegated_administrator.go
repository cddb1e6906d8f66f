package resourcedirectory

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Codes of delegated administrators
// (docs/spec/handshakes.md#delegated-administrators).
var (
	missingServicePrincipal = missing("ServicePrincipal")
	servicePrincipalInvalid = answering(http.StatusConflict, "InvalidParameter.ServicePrincipal", "The specified ServicePrincipal is invalid.",
		api.Text{Zh: "ServicePrincipal 不是 <服务>.aliyuncs.com 的形式，或不在本服务允许的列表中。", En: "ServicePrincipal is not of the form <service>.aliyuncs.com, or not one that this server allows."},
		api.Text{Zh: "使用如 cloudfw.aliyuncs.com 的服务标识。", En: "Use the identifier of a service, such as cloudfw.aliyuncs.com."}, directory.ErrServicePrincipal)
	delegatedAlready = answering(http.StatusConflict, "AccountAlreadyRegistered", "The specified account is already a delegated administrator for this service.",
		api.Text{Zh: "成员已经是该服务的委派管理员。", En: "The member is a delegated administrator of the service already."},
		api.Text{Zh: "无需重复注册。", En: "There is nothing to do."}, directory.ErrDelegated)
	notDelegated = answering(http.StatusConflict, "AccountNotRegistered", "The specified account is not a delegated administrator for this service.",
		api.Text{Zh: "成员不是该服务的委派管理员。", En: "The member is no delegated administrator of the service."},
		api.Text{Zh: "用 ListDelegatedServicesForAccount 查看。", En: "See its services with ListDelegatedServicesForAccount."}, directory.ErrNotDelegated)
	delegationQuotaWhy = api.Textf("该服务的委派管理员已达上限（默认 %d）。", "The service has as many delegated administrators as it may (%d by default).", directory.DefaultMaxDelegatedAdministrators)
	delegationQuotaFix = api.Text{Zh: "移除不用的委派管理员，或由管理员提高上限。", En: "Deregister those that are not needed, or have the administrator raise the limit."}
	delegationQuota    = answering(http.StatusConflict, "DelegatedAccountNumberExceeded", "The maximum number of delegated administrator accounts exceeds the limit.",
		delegationQuotaWhy, delegationQuotaFix, directory.ErrDelegationQuota)
	olderDelegationQuota = answering(http.StatusConflict, "AccountNumberExceeded", "The count of delegatedAdministrator account exceeds quota.",
		delegationQuotaWhy, delegationQuotaFix, errOlderDelegationQuota)
)

// errOlderDelegationQuota is directory.ErrDelegationQuota under olderVersion,
// which has a code of its own.
var errOlderDelegationQuota = errors.New("too many delegated administrators, under the older version")

func servicePrincipalField(p *string) api.Field {
	return api.String("ServicePrincipal", p).Invalid(servicePrincipalInvalid).
		Check(servicePrincipalInvalid, api.Text{Zh: "<服务>.aliyuncs.com", En: "<service>.aliyuncs.com"}, func() bool { return *p == "" || directory.IsServicePrincipal(*p) }).
		Example("cloudfw.aliyuncs.com").Describe("可信服务的标识。", "Identifier of the trusted service.")
}

// delegation is a delegation in an answer, with the time as the vendor has it
// here: epoch milliseconds in a text.
type delegation struct {
	directory.Delegation
	EnabledTime, Status string
}

func answeredDelegations(ds []directory.Delegation) []delegation {
	out := make([]delegation, len(ds))
	for i, d := range ds {
		out[i] = delegation{d, strconv.FormatInt(d.EnabledAt.UnixMilli(), 10), "ENABLED"}
	}
	return out
}

func delegatedServiceFields(d *delegation) api.Fields {
	return api.Fields{
		api.String("ServicePrincipal", &d.Service).Example("cloudfw.aliyuncs.com").Describe("可信服务的标识。", "Identifier of the trusted service."),
		api.String("DelegationEnabledTime", &d.EnabledTime).Example("1616652684164").Describe("委派时间，毫秒时间戳。", "Time of the delegation, in milliseconds since 1970."),
	}
}
