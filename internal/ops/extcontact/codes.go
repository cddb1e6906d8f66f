package extcontact

import (
	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// On the own gateway a number is the errcode, on TOP the ding_open_errcode or, for
// dingtalk.corp.ext.*, the sub_code (docs/spec/external-contacts.md#business-codes).
var (
	emptyParameter = &api.Code{Code: "40036", Msg: "参数为空",
		Why: api.Text{Zh: "必填字段缺失或为空。", En: "A required field is absent or empty."},
		Fix: api.Text{Zh: "补齐该字段后重试；创建需要 name、follower_user_id、state_code、mobile，更新需要 user_id、name、follower_user_id。", En: "Fill in the field. Creating needs name, follower_user_id, state_code and mobile; updating needs user_id, name and follower_user_id."}}
	labelRequired = &api.Code{Code: "60204", Msg: "需要外部联系人标签",
		Why: api.Text{Zh: "label_ids 缺失或为空列表。", En: "label_ids is absent or an empty list."},
		Fix: api.Text{Zh: "至少传一个标签 ID，标签 ID 由 listlabelgroups 返回。", En: "Give at least one label id; listlabelgroups returns them."}}
	nameInvalid = &api.Code{Code: "60112", Msg: "用户name不合法", Cause: directory.ErrContactName,
		Why: api.Textf("name 只含空白，含有换行或其他控制字符，或超过 %d 个字符。", "name is blank, of several lines, holds control characters, or is longer than %d characters.", directory.MaxContactName),
		Fix: api.Textf("使用 1 至 %d 个字符的名称。", "Use a name of 1 to %d characters.", directory.MaxContactName)}
	// A landline is accepted, too
	// (docs/spec/external-contacts.md#phone-number).
	mobileInvalid = &api.Code{Code: "60103", Msg: "手机号码不合法，如果是国际号码，请使用+xx-xxxxxx的格式", Cause: directory.ErrContactMobile,
		Why: api.Textf("state_code 不是已分配的国家码；或 mobile 不是 %d 至 %d 位数字，写有另一个国家码，或形似中国大陆手机号但号段不对。",
			"The country code is not assigned; or the number is not %d to %d digits, names another country, or looks like a mobile of mainland China and is none.",
			directory.MinPhoneDigits, directory.MaxPhoneDigits),
		Fix: api.Text{Zh: "state_code 传国家码（如 86），mobile 传本国号码。", En: "Give the country code in state_code (86) and the national number in mobile."}}
	tooLong = &api.Code{Code: "41101", Msg: "数据内容过长", Cause: directory.ErrContactText,
		Why: api.Textf("文本超出长度：title %d，company_name %d，address %d，remark %d 个字符。", "A text is too long: title %d, company_name %d, address %d, remark %d characters.",
			directory.MaxContactTitle, directory.MaxContactCompany, directory.MaxContactAddress, directory.MaxContactRemark),
		Fix: api.Text{Zh: "缩短该字段。", En: "Shorten the field."}}
	tooManyLabels = tooMany("label_ids")

	// What a contact names must exist (docs/spec/external-contacts.md#references-of-a-contact).
	labelUnknown = &api.Code{Code: "40035", Msg: "不合法的参数:label_ids", Cause: directory.ErrLabelNotFound,
		Why: api.Text{Zh: "label_ids 中有本企业不存在的标签。", En: "label_ids names a label the organisation does not have."},
		Fix: api.Text{Zh: "用 listlabelgroups 查询本企业的标签 ID。", En: "Ask listlabelgroups for the organisation's label ids."}}
	userUnknown = &api.Code{Code: "60121", Msg: "找不到该用户", Cause: directory.ErrEmployeeNotFound,
		Why: api.Text{Zh: "follower_user_id 或 share_user_ids 中有人不是本企业员工。", En: "follower_user_id or an entry of share_user_ids is not an employee of the organisation."},
		Fix: api.Text{Zh: "改为本企业员工的 userId。", En: "Use user ids of the organisation's employees."}}
	departmentUnknown = &api.Code{Code: "60003", Msg: "部门不存在", Cause: directory.ErrDepartmentNotFound,
		Why: api.Text{Zh: "share_dept_ids 中有本企业不存在的部门。", En: "share_dept_ids names a department the organisation does not have."},
		Fix: api.Text{Zh: "改为本企业存在的部门 ID，1 为根部门。", En: "Use ids of existing departments; 1 is the root."}}
	// The text is from a program that uses the API
	// (docs/spec/external-contacts.md#numbers-of-colleagues).
	colleague = &api.Code{Code: "60200", Msg: "该用户是同企业同事, 无法加入外部通讯录", Cause: directory.ErrContactIsEmployee,
		Why: api.Text{Zh: "该手机号属于本企业员工。", En: "The mobile belongs to an employee of the organisation."},
		Fix: api.Text{Zh: "同事无需加为外部联系人。", En: "A colleague needs no entry among the external contacts."}}
	mobileTaken = &api.Code{Code: "60200", Msg: "外部联系人已存在", Cause: directory.ErrMobileTaken,
		Why: api.Text{Zh: "另一位外部联系人已使用该手机号。", En: "Another external contact has this mobile."},
		Fix: api.Text{Zh: "改用其他号码，或更新已有的联系人。", En: "Use another number or update the contact that has it."}}
	exists = &api.Code{Code: "60201", Msg: "该外部联系人已存在", Cause: directory.ErrContactExists,
		Why: api.Text{Zh: "本企业已有相同国家码和手机号的外部联系人。", En: "The organisation has an external contact with this country code and mobile."},
		Fix: api.Text{Zh: "检查 state_code 与 mobile，或更新已有的联系人。", En: "Check state_code and mobile, or update the existing contact."}}
	// The oapi gateway has a different number and text for this
	// (docs/spec/external-contacts.md#duplicate-numbers).
	existsOwn = &api.Code{Code: "22005", Msg: "该外部联系人已经存在", Cause: directory.ErrContactExists, Why: exists.Why, Fix: exists.Fix}
	quota     = &api.Code{Code: "60203", Msg: "超出外部联系人数量", Cause: directory.ErrContactQuota,
		Why: api.Text{Zh: "外部联系人数量已达上限。", En: "The organisation has reached its limit of external contacts."},
		Fix: api.Text{Zh: "删除一些联系人，或由管理员提高上限。", En: "Delete some, or have the administrator raise the limit."}}
	switchedOff = &api.Code{Code: "60205", Msg: "未开通外部联系人功能", Cause: directory.ErrContactsOff,
		Why: api.Text{Zh: "本企业没有开通外部联系人。", En: "External contacts are switched off for the organisation."},
		Fix: api.Text{Zh: "由管理员为企业开通。", En: "Have the administrator switch them on."}}
	// get and delete answer 33012 instead
	// (docs/spec/external-contacts.md#unknown-contact-in-an-update).
	contactUnknownInUpdate = &api.Code{Code: "40003", Msg: "不合法的UserID", Cause: directory.ErrContactNotFound,
		Why: api.Text{Zh: "user_id 不是本企业的外部联系人。", En: "user_id is not that of an external contact of the organisation."},
		Fix: api.Text{Zh: "检查 user_id；它由 create 或 list 返回。", En: "Check user_id; create and list return it."}}
	contactUnknown = &api.Code{Code: "33012", Msg: "无效的USERID", Cause: directory.ErrContactNotFound,
		Why: api.Text{Zh: "该 ID 不是本企业的外部联系人。", En: "The id is not that of an external contact of the organisation."},
		Fix: api.Text{Zh: "检查 ID；它由 create 或 list 返回，已删除的联系人不能再次删除。", En: "Check the id; create and list return it. A deleted contact cannot be deleted again."}}
	outOfScope = &api.Code{Code: "50002", Msg: "请求的员工userid不在授权范围内", Cause: directory.ErrOutOfScope,
		Why: api.Text{Zh: "负责人不在应用的通讯录授权范围内。", En: "The owner is outside the app's range of employees and departments."},
		Fix: api.Text{Zh: "由管理员扩大应用的授权范围，或换一位负责人。", En: "Have the administrator widen the app's range, or choose another owner."}}
	wrongToken = &api.Code{Code: "33009", Msg: "无效的tokenGrantType",
		Why: api.Text{Zh: "该凭证的类型不能调用此接口；本服务只在注入故障时返回，员工登录得到的用户凭证答 40014。", En: "The kind of token cannot make this call. It occurs only when a fault is armed; the token of a person who logged in is answered 40014."},
		Fix: api.Text{Zh: "使用企业内部应用的 access_token。", En: "Use the access_token of an internal app."}}
	notAllowed = &api.Code{Code: "43007", Msg: "需要授权",
		Why: api.Text{Zh: "调用者没有该操作的权限。", En: "The caller has no right to this operation."},
		Fix: api.Text{Zh: "由管理员授予应用相应权限。", En: "Have the administrator grant it to the app."}}
	// Only listlabelgroups answers it
	// (docs/spec/external-contacts.md#disabled-organisations).
	orgInvalid = &api.Code{Code: "400043", Msg: "企业不合法", Cause: directory.ErrTokenOrg,
		Why: api.Text{Zh: "凭证所属的企业已停用。", En: "The organisation of the token is disabled."},
		Fix: api.Text{Zh: "检查 access_token 属于哪个企业。", En: "Check which organisation the access_token belongs to."}}
	sizeInvalid = &api.Code{Code: "40069", Msg: "不合法的分页大小",
		Why: api.Textf("size 不在 1 至 %d 之间。", "size is not from 1 to %d.", maxSize),
		Fix: api.Textf("使用 1 至 %d 的 size。", "Use a size from 1 to %d.", maxSize)}
	groupSizeInvalid = &api.Code{Code: "41101", Msg: "无效的size", Why: sizeInvalid.Why, Fix: sizeInvalid.Fix}
	offsetInvalid    = &api.Code{Code: "40068", Msg: "不合法的偏移量",
		Why: api.Text{Zh: "offset 小于 0。", En: "offset is less than 0."},
		Fix: api.Text{Zh: "offset 从 0 开始。", En: "Offsets begin at 0."}}
	// Which of the two is answered depends on the operation
	// (docs/spec/external-contacts.md#answers-of-a-busy-server).
	busy = &api.Code{Code: "-1", Msg: "系统繁忙", Cause: directory.ErrBusy,
		Why: api.Text{Zh: "服务暂时不可用，没有任何更改。", En: "The service is overloaded at the moment; nothing was changed."},
		Fix: api.Text{Zh: "稍后重试。", En: "Try again later."}}
	systemError = &api.Code{Code: "400001", Msg: "系统错误", Cause: directory.ErrBusy,
		Why: api.Text{Zh: "服务暂时不可用。", En: "The service is overloaded at the moment."},
		Fix: api.Text{Zh: "稍后重试。", En: "Try again later."}}
)

func tooMany(field string) *api.Code {
	return &api.Code{Code: "40035", Msg: "不合法的参数:" + field, Cause: directory.ErrContactEntries,
		Why: api.Textf("%s 超过 %d 项。", "%s has more than %d entries.", field, directory.MaxContactEntries),
		Fix: api.Textf("每次最多传 %d 项。", "Give at most %d entries.", directory.MaxContactEntries)}
}

// Codes that Do can answer, besides its own code for a duplicate and those
// declared with the fields. 33009 and 43007 are on the vendor's pages and occur
// only when armed: a person's token is 88 with 40014
// (docs/spec/external-contacts.md#kinds-of-tokens), a missing permission 88
// with 60011.
func createCodes(duplicate *api.Code) []*api.Code {
	return []*api.Code{switchedOff, nameInvalid, mobileInvalid, labelUnknown, userUnknown, departmentUnknown, outOfScope, colleague, duplicate,
		quota, wrongToken, notAllowed, busy}
}

var (
	updateCodes = []*api.Code{contactUnknownInUpdate, nameInvalid, mobileInvalid, labelUnknown, userUnknown, departmentUnknown,
		outOfScope, mobileTaken, colleague, quota, wrongToken, notAllowed, busy}
	oneCodes       = []*api.Code{contactUnknown, wrongToken, notAllowed, systemError} // get, delete
	listCodes      = []*api.Code{wrongToken, systemError}
	groupListCodes = []*api.Code{wrongToken, orgInvalid, busy}
)
