package resourcedirectory

import (
	"net/http"
	"regexp"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Codes of handshakes (docs/spec/handshakes.md#codes-of-handshakes).
var (
	missingTargetEntity = missing("TargetEntity")
	missingTargetType   = missing("TargetType")
	missingHandshakeID  = missing("HandshakeId")
	targetEntityInvalid = malformed("TargetEntity", "16 位数字的账号 ID，或（TargetType 为 Email 时）账号的邮箱地址", "an account id of 16 digits or, with TargetType Email, the mail address of an account")
	targetTypeInvalid   = malformed("TargetType", "Account、Email", "Account, Email")
	noteInvalid         = malformed("Note", "文本", "a text")
	noteLength          = badRequest("InvalidParameter.Note.Length", "The length of the invitation note exceeds the limit.",
		api.Textf("Note 超过 %d 个字符。", "Note is longer than %d characters.", directory.MaxHandshakeNote),
		api.Text{Zh: "缩短备注。", En: "Shorten the note."}, directory.ErrHandshakeNote)
	handshakeIDInvalid = malformed("HandshakeId", "h- 加 16 位字母数字", "h- and 16 letters or digits")

	noHandshake = answering(http.StatusNotFound, "EntityNotExists.Handshake", "The specified handshake does not exist.",
		api.Text{Zh: "没有这个邀请，或调用者既不是邀请方也不是受邀方。", En: "There is no such invitation, or the caller neither sent nor got it."},
		api.Text{Zh: "检查 HandshakeId。", En: "Check HandshakeId."}, directory.ErrHandshakeNotFound)
	handshakeMismatch = answering(http.StatusConflict, "HandshakeStatusMismatch", "The invitation is invalid.",
		api.Text{Zh: "邀请已接受、已取消、已拒绝或已过期；受邀账号接受后不能再查询它。", En: "The invitation was accepted, cancelled or declined, or has expired. The invited account cannot read one that it accepted."},
		api.Text{Zh: "如有需要，重新邀请。", En: "Send another invitation if needed."}, directory.ErrHandshakeStatus)
	handshakeExists = answering(http.StatusConflict, "EntityAlreadyExists.Handshake", "Handshakes with the same target entity already exist.",
		api.Text{Zh: "已有一个对该账号的待确认邀请。", En: "The account has a pending invitation to this directory."},
		api.Text{Zh: "等待对方处理，或先取消原邀请。", En: "Wait for its answer, or cancel the invitation first."}, directory.ErrHandshakeExists)
	invitedElsewhere = answering(http.StatusConflict, "AccountInAnotherResourceDir", "This account is a master account or a member account in another resource directory.",
		api.Text{Zh: "被邀请的账号是管理账号，或已是某个资源目录的成员。", En: "The account manages a resource directory, or is a member of one."},
		api.Text{Zh: "请对方先离开原资源目录。", En: "It must leave that directory first."}, directory.ErrInvitedElsewhere)
	joinedElsewhere = answering(http.StatusConflict, "NotSupport.AccountInAnotherResourceDirectory", "Your account is a management account for another resource directory or a member of another resource directory.",
		api.Text{Zh: "当前账号是管理账号，或已是某个资源目录的成员。", En: "The caller's account manages a resource directory, or is a member of one."},
		api.Text{Zh: "先离开或关闭原资源目录。", En: "Leave or disable that directory first."}, directory.ErrJoinedElsewhere)
	directoryGone = answering(http.StatusNotFound, "SpecifiedResourceDirectoryNotExists", "The specified resource directory does not exist. You must specify a valid resource directory.",
		api.Text{Zh: "邀请方的资源目录已关闭。", En: "The resource directory of the invitation was disabled."},
		api.Text{Zh: "请对方重新邀请。", En: "Ask for another invitation."}, directory.ErrDirectoryGone)
	invitationRate = answering(http.StatusConflict, "LimitExceeded.InvitationRate", "The number of invitations sent today exceeds the limit.",
		api.Textf("24 小时内的邀请数量已达上限（默认 %d）。", "The directory has sent as many invitations in 24 hours as it may (%d by default).", directory.DefaultMaxInvitationsPerDay),
		api.Text{Zh: "次日再试，或由管理员提高上限。", En: "Try again tomorrow, or have the administrator raise the limit."}, directory.ErrInvitationRate)
	invitationPause = answering(http.StatusConflict, "LimitExceeded.SameTargetInvitationRate", "The invitations sent to the same account are too frequent. Please try again later.",
		api.Textf("对同一账号的两次邀请至少相隔 %s（默认）。", "Invitations of one account are at least %s apart (by default).", directory.DefaultInvitationPause.String()),
		api.Text{Zh: "稍后重试。", En: "Try again later."}, directory.ErrInvitationPause)
	noInvitedAccount = answering(http.StatusNotFound, "EntityNotExists.Account", "This resource directory account does not exist.",
		api.Text{Zh: "本服务中没有这个 ID 或邮箱的账号。", En: "This server has no account of that id or mail address."},
		api.Text{Zh: "检查 TargetEntity；账号 ID 可由该账号调用 GetCallerIdentity 得到。", En: "Check TargetEntity; the account gets its id with GetCallerIdentity."}, directory.ErrAccountNotFound)
)

// What the vendor knows about accounts and we do not; only faults answer these.
var (
	enterpriseNameMismatch = answering(http.StatusConflict, "EnterpriseNameMismatch", "Your account does not have the same enterpriseName as the master account.",
		api.Text{Zh: "账号的企业名称与管理账号不一致；本服务不存储企业名称，只能由故障注入触发。", En: "The enterprise name differs from the management account's. This server knows no such names: only an armed fault answers this."},
		api.Text{Zh: "按供应商的说明处理。", En: "Do what the vendor's page says."})
	accountTypeRefused = answering(http.StatusConflict, "Invalid.AccountType", "The account type is invalid.",
		api.Text{Zh: "账号类型不允许加入；只能由故障注入触发。", En: "The type of the account may not join. Only an armed fault answers this."},
		api.Text{Zh: "按供应商的说明处理。", En: "Do what the vendor's page says."})
	noAccountRealName = answering(http.StatusConflict, "MissingAccountRealName", "The real name of the account is missing.",
		api.Text{Zh: "账号没有实名信息；只能由故障注入触发。", En: "The account has no real name. Only an armed fault answers this."},
		api.Text{Zh: "按供应商的说明处理。", En: "Do what the vendor's page says."})
	noRealNameAuthentication = answering(http.StatusConflict, "NoRealNameAuthentication", "The account has not passed real-name authentication.",
		api.Text{Zh: "账号未通过实名认证；只能由故障注入触发。", En: "The account has not passed real-name authentication. Only an armed fault answers this."},
		api.Text{Zh: "按供应商的说明处理。", En: "Do what the vendor's page says."})
)

var handshakeIDForm = regexp.MustCompile(`^h-[0-9A-Za-z]{16}$`)

// aHandshake are the parameters of an operation on one handshake.
type aHandshake struct{ HandshakeID string }

func (in *aHandshake) fields() api.Fields {
	return api.Fields{api.String("HandshakeId", &in.HandshakeID).Required(missingHandshakeID).Invalid(handshakeIDInvalid).
		Check(handshakeIDInvalid, api.Text{Zh: "h- 加 16 位字母数字", En: "h- and 16 letters or digits"}, func() bool { return handshakeIDForm.MatchString(in.HandshakeID) }).
		Example("h-Ih8IuPfvV0t0****").Describe("邀请的 ID。", "ID of the invitation.")}
}

// handshake is a handshake in an answer; empty fields are left out. Its times
// have no milliseconds.
type handshake struct {
	directory.Handshake
	CreateTime, ModifyTime, ExpireTime string
	MasterRealName, InvitedRealName    string
}

const handshakeTimeForm = "2006-01-02T15:04:05Z"

func answeredHandshake(h directory.Handshake) handshake {
	form := func(t time.Time) string { return t.UTC().Format(handshakeTimeForm) }
	return handshake{Handshake: h, CreateTime: form(h.CreatedAt), ModifyTime: form(h.ModifiedAt), ExpireTime: form(h.ExpiresAt)}
}

func handshakeFields(h *handshake) api.Fields {
	return api.Fields{
		api.String("HandshakeId", &h.ID).Example("h-Ih8IuPfvV0t0****").Describe("邀请的 ID。", "ID of the invitation."),
		api.String("ResourceDirectoryId", &h.DirectoryID).Example("rd-3G****").Describe("资源目录 ID。", "ID of the resource directory."),
		api.String("MasterAccountId", &h.MasterID).Example("172841235500****").Describe("管理账号 ID。", "ID of the management account."),
		api.String("MasterAccountName", &h.MasterName).Example("Alice").Describe("管理账号名称。", "Name of the management account."),
		api.String("TargetEntity", &h.Target).Personal().Example("177242285274****").Describe("被邀请账号的 ID 或邮箱。", "ID or mail address of the invited account."),
		api.String("TargetType", &h.TargetType).Example("Account").Describe("TargetEntity 的类型：Account 或 Email。", "Account or Email."),
		api.String("Note", &h.Note).Example("Welcome").Describe("备注。", "The note."),
		api.String("Status", &h.Status).Example("Pending").Describe("状态：Pending、Accepted、Cancelled、Declined、Expired。", "Pending, Accepted, Cancelled, Declined or Expired."),
		api.String("CreateTime", &h.CreateTime).Example("2018-08-10T09:55:41Z").Describe("邀请时间（UTC）。", "Time of the invitation (UTC)."),
		api.String("ModifyTime", &h.ModifyTime).Example("2018-08-10T09:55:41Z").Describe("修改时间（UTC）。", "Time of the last change (UTC)."),
		api.String("ExpireTime", &h.ExpireTime).Example("2018-08-24T09:55:41Z").Describe("过期时间（UTC），邀请后 14 天。", "When it expires (UTC): 14 days after the invitation."),
	}
}

// oneHandshake is the answer of the operations that change one.
type oneHandshake struct{ Handshake handshake }

func oneHandshakeFields(out *oneHandshake) api.Fields {
	return api.Fields{api.Object("Handshake", &out.Handshake, handshakeFields).Describe("邀请。", "The invitation.")}
}

func answerHandshake(h directory.Handshake, err error) (*oneHandshake, error) {
	if err != nil {
		return nil, err
	}
	return &oneHandshake{answeredHandshake(h)}, nil
}

// listedHandshakes is a list of handshakes, wrapped twice:
// Handshakes.Handshake[].
type listedHandshakes struct {
	page
	Handshakes handshakes
}

type handshakes struct{ Handshake []handshake }

func (out *listedHandshakes) fields() api.Fields {
	return append(api.Fields{api.Object("Handshakes", &out.Handshakes, func(l *handshakes) api.Fields {
		return api.Fields{api.Objects("Handshake", &l.Handshake, handshakeFields).Describe("邀请。", "The invitations.")}
	}).Describe("邀请列表。", "The invitations.")}, out.page.fields()...)
}

func answerHandshakes(in paging, hs []directory.Handshake, total int64, err error) (*listedHandshakes, error) {
	if err != nil {
		return nil, err
	}
	out := &listedHandshakes{page{total, in.PageSize, in.PageNumber}, handshakes{make([]handshake, len(hs))}}
	for i, h := range hs {
		out.Handshakes.Handshake[i] = answeredHandshake(h)
	}
	return out, nil
}
