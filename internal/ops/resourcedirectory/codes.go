package resourcedirectory

import (
	"net/http"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Codes of the vendor's page of UpdateMessageContact, and codes that several
// operations share
// (docs/spec/resource-directory.md#shared-codes-of-contact-operations).
var (
	missingContactID = missing("ContactId")
	missingName      = missing("Name")
	missingEmail     = missing("EmailAddress")
	missingTitle     = missing("Title")
	missingTypes     = missing("MessageTypes")
	missingPhone     = missing("PhoneNumber")
	missingMembers   = missing("Members")

	nameInvalid = badRequest("InvalidParameter.Name", "The Name is invalid.",
		api.Text{Zh: "Name 含有汉字和英文字母以外的字符。", En: "Name has characters other than Chinese characters and English letters."},
		api.Textf("只使用汉字和英文字母，%d 至 %d 个字符。", "Use Chinese characters and English letters only, %d to %d of them.", directory.MinMessageContactName, directory.MaxMessageContactName), directory.ErrMessageContactNameForm)
	nameLength = badRequest("InvalidParameter.Name.Length", "The Name exceeds the length limit.",
		api.Textf("Name 不是 %d 至 %d 个字符。", "Name is not %d to %d characters long.", directory.MinMessageContactName, directory.MaxMessageContactName),
		api.Textf("使用 %d 至 %d 个字符。", "Use %d to %d characters.", directory.MinMessageContactName, directory.MaxMessageContactName), directory.ErrMessageContactNameLength)
	nameUsed = badRequest("InvalidParameter.Name.AlreadyUsed", "The Name already exists. Please change to another name.",
		api.Text{Zh: "资源目录中已有同名联系人，名称区分大小写。", En: "Another contact of the resource directory has this name; case counts."},
		api.Text{Zh: "更换名称。", En: "Choose another name."}, directory.ErrMessageContactName)
	emailInvalid = badRequest("InvalidParameter.EmailAddress", "The EmailAddress is invalid.",
		api.Text{Zh: "EmailAddress 不是一个 local@domain 形式的地址。", En: "EmailAddress is not one address of the form local@domain."},
		api.Text{Zh: "填写一个不带显示名的邮箱地址，域名至少含一个点。", En: "Give one address without a display name whose domain has a dot."}, directory.ErrMessageContactEmail)
	emailLength = badRequest("InvalidParameter.EmailAddress.Length", "The EmailAddress exceeds the length limit.",
		api.Textf("EmailAddress 超过 %d 个字符。", "EmailAddress is longer than %d characters.", directory.MaxMessageContactEmail),
		api.Text{Zh: "换用更短的地址。", En: "Use a shorter address."}, directory.ErrMessageContactEmailLength)
	phoneInvalid = badRequest("InvalidParameter.PhoneNumber", "The PhoneNumber is invalid.",
		api.Text{Zh: "PhoneNumber 不是 86-<中国内地手机号> 的形式。", En: "PhoneNumber is not of the form 86-<mobile of mainland China>."},
		api.Text{Zh: "填写如 86-13900001234 的号码。", En: "Give a number such as 86-13900001234."}, directory.ErrMessageContactPhone)
	countryInvalid = badRequest("InvalidParameter.MobileCountryCode", "The current site does not support the country code.",
		api.Text{Zh: "国家码不受支持，默认只支持 86。", En: "The country code is not supported; by default only 86 is."},
		api.Text{Zh: "使用 86，或由管理员放开其他国家码。", En: "Use 86, or have the administrator allow others."}, directory.ErrMessageContactCountry)
	titleInvalid = badRequest("InvalidParameter.Title", "The Title is invalid.",
		api.Text{Zh: "Title 不在枚举中。", En: "Title is not one of the enumeration."},
		api.Text{Zh: "使用 " + strings.Join(directory.Titles, "、") + " 之一。", En: "Use one of " + strings.Join(directory.Titles, ", ") + "."}, directory.ErrMessageContactTitle)
	typesInvalid = badRequest("InvalidParameter.MessageTypes", "The MessageTypes is invalid.",
		api.Text{Zh: "MessageTypes 含有枚举以外的值，或不是列表。", En: "MessageTypes has a value outside the enumeration, or is not a list."},
		api.Text{Zh: "使用 " + strings.Join(directory.MessageTypes, "、") + "。", En: "Use " + strings.Join(directory.MessageTypes, ", ") + "."}, directory.ErrMessageContactTypes)
	contactIDInvalid = badRequest("InvalidParameter.ContactId", "The ContactId is invalid.",
		api.Text{Zh: "ContactId 不是 c- 加字母数字的形式。", En: "ContactId is not c- followed by letters and digits."},
		api.Text{Zh: "使用 AddMessageContact 或 ListMessageContacts 返回的 ID。", En: "Use an id that AddMessageContact or ListMessageContacts returned."})
	statusMismatch = badRequest("ContactStatusMismatchAction", "The status of the contact does not allow the specified operation.",
		api.Text{Zh: "联系人当前状态不允许该操作，例如正在删除中。", En: "The contact's status does not allow the operation; it may be being deleted."},
		api.Text{Zh: "用 GetMessageContact 查看 Status。", En: "Look at Status with GetMessageContact."}, directory.ErrMessageContactStatus)
	contactQuota = badRequest("LimitExceeded.Contacts", "The maximum number of contacts exceeds the limit.",
		api.Textf("资源目录的联系人数量已达上限（默认 %d）。", "The resource directory has as many contacts as it may (%d by default).", directory.DefaultMaxMessageContacts),
		api.Text{Zh: "删除不用的联系人，或由管理员提高上限。", En: "Delete contacts that are not used, or have the administrator raise the limit."}, directory.ErrMessageContactQuota)
	noContact = answering(http.StatusNotFound, "EntityNotExists.Contact", "This Contact does not exist.",
		api.Text{Zh: "资源目录中没有这个联系人。", En: "The resource directory has no such contact."},
		api.Text{Zh: "检查 ContactId；它可能已被删除。", En: "Check ContactId; the contact may have been deleted."}, directory.ErrMessageContactNotFound)
	conflicting = answering(http.StatusTooManyRequests, "ConcurrentCallNotSupported", "The operation conflicts with other operations. Please try again later.",
		api.Text{Zh: "另一个操作正在更改同一对象，等待 5 秒后仍未结束。", En: "Another call was changing the same object and had not finished after 5 seconds."},
		api.Text{Zh: "稍后重试。", En: "Try again later."}, directory.ErrBusy)
)

// Codes of verifications, bindings, deletions and lists.
var (
	noVerification = answering(http.StatusNotFound, "EntityNotExists.Contact.Verification", "This contact verification does not exist.",
		api.Text{Zh: "该地址没有待验证记录：不是该联系人的地址，或已经验证过。", En: "The address has nothing to verify: it is not the contact's, or was verified already."},
		api.Text{Zh: "用 ListMessageContactVerifications 查看待验证的地址。", En: "List the pending verifications with ListMessageContactVerifications."}, directory.ErrVerificationNotOpen)
	sendLimit = answering(http.StatusConflict, "SendValidateCodeExceedsLimitForAccount", "For the same account, the number of verification codes sent exceeds the limit.",
		api.Textf("验证信息发送过多：每个地址每分钟 %d 条、每小时 %d 条、每天 %d 条，每个资源目录每天 %d 条（默认）。", "Too many verification messages: at most %d a minute, %d an hour and %d a day to one address, and %d a day in the resource directory (by default).",
			directory.MaxVerificationsToOnePerMinute, directory.MaxVerificationsToOnePerHour, directory.MaxVerificationsToOnePerDay, directory.DefaultMaxVerificationsPerDay),
		api.Text{Zh: "一分钟后重试；若已达每天上限，次日再试。", En: "Try again after a minute, or tomorrow when the daily limit is reached."}, directory.ErrVerificationLimit)
	membersInvalid = badRequest("InvalidParameter.Members", "The Members is invalid.",
		api.Textf("Members 为空、多于 %d 个，或含有不是资源目录、资源夹、成员 ID 的值。", "Members is empty, has more than %d entries, or one that is no id of a resource directory, folder or member.", directory.MaxMembersPerCall),
		api.Textf("一次给出 1 至 %d 个 ID，如 rd-...、fd-... 或 16 位成员 ID。", "Give 1 to %d ids at a time, such as rd-..., fd-... or the 16 digits of a member.", directory.MaxMembersPerCall))
	membersDuplicate = badRequest("InvalidParameter.Members.Duplicate", "The Members contains duplicate values.",
		api.Text{Zh: "Members 中有重复的 ID。", En: "Members names an id more than once."},
		api.Text{Zh: "去掉重复的 ID。", En: "Name every id once."})
	membersLength = badRequest("InvalidParameter.Members.Length", "The maximum number of Members exceeds the limit.",
		api.Textf("Members 多于 %d 个。", "Members has more than %d entries.", directory.MaxMembersPerCall),
		api.Textf("一次最多给出 %d 个 ID。", "Give at most %d ids at a time.", directory.MaxMembersPerCall))
	noMember = badRequest("InvalidMember", "The member does not exist in the resource directory.",
		api.Text{Zh: "某个 ID 不在资源目录中；解绑时，联系人没有与它绑定。", En: "An id is not in the resource directory or, when disassociating, the contact is not bound to it."},
		api.Text{Zh: "检查 Members；联系人的绑定见 GetMessageContact 的 Members。", En: "Check Members; GetMessageContact shows what the contact is bound to."}, directory.ErrMemberNotFound)
	memberQuota = badRequest("LimitExceeded.ContactMembers", "The maximum number of contact members exceeds the limit.",
		api.Textf("该联系人的绑定数量将超过上限（默认 %d）。", "The contact would be bound to more members than it may (%d by default).", directory.DefaultMaxMembersPerContact),
		api.Text{Zh: "绑定到资源夹或资源目录以覆盖其下所有成员，或由管理员提高上限。", En: "Bind it to a folder or the resource directory, which counts for all members below, or have the administrator raise the limit."}, directory.ErrMemberQuota)
	retainInvalid = badRequest("InvalidParameter.RetainContactInMembers", "The RetainContactInMembers is invalid.",
		api.Text{Zh: "RetainContactInMembers 不是 true 或 false。", En: "RetainContactInMembers is neither true nor false."},
		api.Text{Zh: "填写 true 或 false。", En: "Give true or false."})
	pageNumberInvalid = badRequest("InvalidParameter.PageNumber", "The PageNumber is invalid.",
		api.Text{Zh: "PageNumber 不是从 1 开始的整数。", En: "PageNumber is not a whole number from 1 on."},
		api.Text{Zh: "填写从 1 开始的整数。", En: "Give a whole number from 1 on."})
	pageSizeInvalid = badRequest("InvalidParameter.PageSize", "The PageSize is invalid.",
		api.Textf("PageSize 不是 1 至 %d 的整数。", "PageSize is not a whole number from 1 to %d.", maxPageSize),
		api.Textf("填写 1 至 %d 的整数。", "Give a whole number from 1 to %d.", maxPageSize))
)

func badRequest(code, msg string, why, fix api.Text, cause ...error) *api.Code {
	return answering(http.StatusBadRequest, code, msg, why, fix, cause...)
}

func answering(status int, code, msg string, why, fix api.Text, cause ...error) *api.Code {
	c := &api.Code{HTTP: status, Code: code, Msg: msg, Why: why, Fix: fix}
	if len(cause) > 0 {
		c.Cause = cause[0]
	}
	return c
}

func missing(name string) *api.Code {
	return badRequest("MissingParameter."+name, "You must specify "+name+".",
		api.Text{Zh: "没有给出 " + name + "，或其值为空。", En: name + " is absent or empty."},
		api.Text{Zh: "补上 " + name + "。", En: "Give " + name + "."})
}
