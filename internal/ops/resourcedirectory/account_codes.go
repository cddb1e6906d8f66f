package resourcedirectory

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Codes of payers, of deletions of members, and of what is switched on in a
// directory.
var (
	missingPayer          = missing("PayerAccountId")
	missingBillingAccount = missing("BillingAccountId")
	billingAccountInvalid = malformed("BillingAccountId", "16 位数字的账号 ID", "an account id of 16 digits")
	statusInvalid         = spoken(malformed("Status", "Enabled、Disabled", "Enabled, Disabled"), "The specified Status is invalid.")

	newPayerElsewhere = answering(http.StatusConflict, payerElsewhere.Code, "The specified payment account does not exist in the resource directory. You must specify a valid payment account.",
		payerElsewhere.Why, payerElsewhere.Fix, directory.ErrAccountPayer)
	payerMismatch = answering(http.StatusConflict, accountSameType.Code, accountSameType.Msg,
		api.Text{Zh: "结算账号自己由另一账号结算，或成员正在为其他成员结算。", En: "The account that pays is itself paid for by another, or the member pays for others."},
		api.Text{Zh: "用 GetPayerForAccount 查看双方的结算账号。", En: "See who pays for both with GetPayerForAccount."}, directory.ErrPayerPaidFor)
	enterpriseMismatch = answering(http.StatusConflict, "InconsistentEnterpriseNameError", "The enterprise name of the payment account and the member must be consistent.",
		api.Text{Zh: "仅由注入的错误返回：本服务不保存企业名称。", En: "Only an armed fault answers this: names of enterprises are not kept here."},
		api.Text{Zh: "清除注入的错误。", En: "Clear the fault."})

	deletionNotAllowed = answering(http.StatusConflict, "NoLicense.ResourceDirectory", "The resource directory has not enabled the delete operation.",
		api.Text{Zh: "资源目录没有开启成员删除许可。", En: "The resource directory does not allow its members to be deleted."},
		api.Text{Zh: "用 SetMemberDeletionPermission 开启。", En: "Allow it with SetMemberDeletionPermission."}, directory.ErrDeletionNotAllowed)
	rootDeletes = answering(http.StatusConflict, "CallerIdentityError.DeleteAccount", "Please use the RAM user or role of the management account to delete.",
		api.Text{Zh: "调用者使用的是主账号的访问密钥。", En: "The caller's access key is the account's own."},
		api.Text{Zh: "使用管理账号的 RAM 用户或角色。", En: "Use a RAM user or role of the management account."}, directory.ErrRootDeletes)
	unknownAccountError = answering(http.StatusConflict, "UnknownError.Account", "An unknown error occurred on the member account.",
		api.Text{Zh: "仅由注入的错误返回。", En: "Only an armed fault answers this."},
		api.Text{Zh: "清除注入的错误。", En: "Clear the fault."})
	policyStatusInvalid = answering(http.StatusConflict, "InvalidControlPolicyEnablementStatus", "The control policy enablement status is not valid to perform this operation.",
		api.Text{Zh: "管控策略正在开启或关闭；仅由注入的错误返回。", En: "Control policies are being switched; only an armed fault answers this."},
		api.Text{Zh: "稍后重试。", En: "Try again later."})
	beingChecked = answering(http.StatusConflict, "NotSupportedOperation.PreCheckingAccount", "The account is being checked.",
		api.Text{Zh: "成员删除检查尚未完成；仅由注入的错误返回。", En: "The check of the deletion is not complete; only an armed fault answers this."},
		api.Text{Zh: "稍后重试。", En: "Try again later."})
	memberDenied = answering(http.StatusForbidden, "MemberAccountAccessDenied", "The member account is not allowed to perform the operation.",
		api.Text{Zh: "访问密钥属于某个成员。", En: "The access key belongs to a member."},
		api.Text{Zh: "使用管理账号的访问密钥。", En: "Use a key of the management account."})
)
