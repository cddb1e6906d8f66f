package resourcedirectory

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Codes and texts of seed 002_04536345c67f442b.txt; those it does not hold are
// from resource-directory-message-contacts B.2 and B.3.
var (
	missingContactID = missing("ContactId")
	missingName      = missing("Name")
	missingEmail     = missing("EmailAddress")
	missingTitle     = missing("Title")
	missingTypes     = missing("MessageTypes")

	nameInvalid = badRequest("InvalidParameter.Name", "The Name is invalid.",
		api.Text{Zh: "Name 含有汉字和英文字母以外的字符。", En: "Name has characters other than Chinese characters and English letters."},
		api.Text{Zh: "只使用汉字和英文字母，2 至 12 个字符。", En: "Use Chinese characters and English letters only, 2 to 12 of them."})
	nameLength = badRequest("InvalidParameter.Name.Length", "The Name exceeds the length limit.",
		api.Text{Zh: "Name 不是 2 至 12 个字符。", En: "Name is not 2 to 12 characters long."},
		api.Text{Zh: "使用 2 至 12 个字符。", En: "Use 2 to 12 characters."})
	nameUsed = badRequest("InvalidParameter.Name.AlreadyUsed", "The Name already exists. Please change to another name.",
		api.Text{Zh: "资源目录中已有同名联系人，名称区分大小写。", En: "Another contact of the resource directory has this name; case counts."},
		api.Text{Zh: "更换名称。", En: "Choose another name."}, directory.ErrMessageContactName)
	emailInvalid = badRequest("InvalidParameter.EmailAddress", "The EmailAddress is invalid.",
		api.Text{Zh: "EmailAddress 不是一个 local@domain 形式的地址。", En: "EmailAddress is not one address of the form local@domain."},
		api.Text{Zh: "填写一个不带显示名的邮箱地址，域名至少含一个点。", En: "Give one address without a display name whose domain has a dot."})
	emailLength = badRequest("InvalidParameter.EmailAddress.Length", "The EmailAddress exceeds the length limit.",
		api.Text{Zh: "EmailAddress 超过 100 个字符。", En: "EmailAddress is longer than 100 characters."},
		api.Text{Zh: "换用更短的地址。", En: "Use a shorter address."})
	phoneInvalid = badRequest("InvalidParameter.PhoneNumber", "The PhoneNumber is invalid.",
		api.Text{Zh: "PhoneNumber 不是 86-<中国内地手机号> 的形式。", En: "PhoneNumber is not of the form 86-<mobile of mainland China>."},
		api.Text{Zh: "填写如 86-13900001234 的号码。", En: "Give a number such as 86-13900001234."})
	countryInvalid = badRequest("InvalidParameter.MobileCountryCode", "The current site does not support the country code.",
		api.Text{Zh: "国家码不受支持，默认只支持 86。", En: "The country code is not supported; by default only 86 is."},
		api.Text{Zh: "使用 86，或由管理员放开其他国家码。", En: "Use 86, or have the administrator allow others."})
	titleInvalid = badRequest("InvalidParameter.Title", "The Title is invalid.",
		api.Text{Zh: "Title 不在枚举中。", En: "Title is not one of the enumeration."},
		api.Text{Zh: "使用 FinanceDirector、TechnicalDirector、MaintenanceDirector、CEO、ProjectDirector 或 Other。", En: "Use FinanceDirector, TechnicalDirector, MaintenanceDirector, CEO, ProjectDirector or Other."})
	typesInvalid = badRequest("InvalidParameter.MessageTypes", "The MessageTypes is invalid.",
		api.Text{Zh: "MessageTypes 含有枚举以外的值，或不是列表。", En: "MessageTypes holds a value outside the enumeration, or is no list."},
		api.Text{Zh: "使用 ServiceMessage、FaultMessage、AccountExpenses、SecurityMessage、ActivityMessage、ProductMessage。", En: "Use ServiceMessage, FaultMessage, AccountExpenses, SecurityMessage, ActivityMessage, ProductMessage."})
	contactIDInvalid = badRequest("InvalidParameter.ContactId", "The ContactId is invalid.",
		api.Text{Zh: "ContactId 不是 c- 加字母数字的形式。", En: "ContactId is not c- followed by letters and digits."},
		api.Text{Zh: "使用 AddMessageContact 或 ListMessageContacts 返回的 ID。", En: "Use an id that AddMessageContact or ListMessageContacts returned."})
	statusMismatch = badRequest("ContactStatusMismatchAction", "The status of the contact does not allow the specified operation.",
		api.Text{Zh: "联系人当前状态不允许该操作，例如正在删除中。", En: "The contact's status does not allow the operation; it may be being deleted."},
		api.Text{Zh: "用 GetMessageContact 查看 Status。", En: "Look at Status with GetMessageContact."}, directory.ErrMessageContactStatus)
	contactQuota = badRequest("LimitExceeded.Contacts", "The maximum number of contacts exceeds the limit.",
		api.Text{Zh: "资源目录的联系人数量已达上限（默认 200）。", En: "The resource directory has as many contacts as it may (200 by default)."},
		api.Text{Zh: "删除不用的联系人，或由管理员提高上限。", En: "Delete contacts that are not used, or have the administrator raise the limit."}, directory.ErrMessageContactQuota)
	noContact = answering(http.StatusNotFound, "EntityNotExists.Contact", "This Contact does not exist.",
		api.Text{Zh: "资源目录中没有这个联系人。", En: "The resource directory has no such contact."},
		api.Text{Zh: "检查 ContactId；它可能已被删除。", En: "Check ContactId; the contact may have been deleted."}, directory.ErrMessageContactNotFound)
	conflicting = answering(http.StatusTooManyRequests, "ConcurrentCallNotSupported", "The operation conflicts with other operations. Please try again later.",
		api.Text{Zh: "另一个操作正在更改同一对象，等待 5 秒后仍未结束。", En: "Another call was changing the same object and had not finished after 5 seconds."},
		api.Text{Zh: "稍后重试。", En: "Try again later."}, directory.ErrBusy)
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
