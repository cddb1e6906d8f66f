package records

import (
	"net/http"

	"github.com/mingce/mingce/internal/api"
)

// The codes of errors (docs/spec/json-api.md#errors).
const (
	invalidParameter = "invalidParameter"
	unknownParameter = "unknownParameter"
	malformedBody    = "malformedBody"
	cursorInvalid    = "cursorInvalid"
	maskedValue      = "maskedValue"
	unauthorized     = "unauthorized"
	forbidden        = "forbidden"
	notOffered       = "notOffered"
	notFound         = "notFound"
	methodNotAllowed = "methodNotAllowed"
	conflict         = "conflict"
	versionMismatch  = "versionMismatch"
	tooLarge         = "tooLarge"
	unsupportedMedia = "unsupportedMediaType"
	rejected         = "rejected"
	throttled        = "throttled"
	internalError    = "internal"
	busy             = "busy"
	diskFull         = "diskFull"
)

// statuses are the codes with their status, in the order of the document.
var statuses = []struct {
	code   string
	status int
	doc    api.Text
}{
	{invalidParameter, http.StatusBadRequest, api.Text{Zh: "参数缺失、类型不符或取值不允许。", En: "A parameter is missing, of the wrong type, or has a value that is not allowed."}},
	{unknownParameter, http.StatusBadRequest, api.Text{Zh: "没有这个参数或键。", En: "There is no such parameter or key."}},
	{malformedBody, http.StatusBadRequest, api.Text{Zh: "请求体不是一个合法的 JSON 值；details 给出行和列。", En: "The body is not one JSON value; details says the line and column."}},
	{cursorInvalid, http.StatusBadRequest, api.Text{Zh: "cursor 不是这个查询返回的。", En: "The cursor is not one that this query returned."}},
	{maskedValue, http.StatusBadRequest, api.Text{Zh: "发回了掩码后的值。", En: "A masked value was sent back."}},
	{unauthorized, http.StatusUnauthorized, api.Text{Zh: "没有凭证，或凭证无效。", En: "There is no credential, or it is not valid."}},
	{forbidden, http.StatusForbidden, api.Text{Zh: "凭证没有所需的权限。", En: "The credential lacks the right."}},
	{notOffered, http.StatusForbidden, api.Text{Zh: "这个部署不提供它。", En: "This deployment does not offer it."}},
	{notFound, http.StatusNotFound, api.Text{Zh: "没有这个路径、组织或对象。", En: "There is no such path, organisation or object."}},
	{methodNotAllowed, http.StatusMethodNotAllowed, api.Text{Zh: "路径不接受这个方法；见响应头 Allow。", En: "The path does not take the method; see the header Allow."}},
	{conflict, http.StatusConflict, api.Text{Zh: "与已有的数据冲突；rule 说明冲突之处。", En: "It conflicts with what is there; rule says how."}},
	{versionMismatch, http.StatusPreconditionFailed, api.Text{Zh: "对象的版本已不是 If-Match 所说的。", En: "The object has another version than If-Match says."}},
	{tooLarge, http.StatusRequestEntityTooLarge, api.Text{Zh: "请求体过大。", En: "The body is too large."}},
	{unsupportedMedia, http.StatusUnsupportedMediaType, api.Text{Zh: "请求体的类型不受支持。", En: "The body is of a type that is not accepted."}},
	{rejected, http.StatusUnprocessableEntity, api.Text{Zh: "违反业务规则；rule 和 details 说明是哪一条。", En: "A business rule forbids it; rule and details say which."}},
	{throttled, http.StatusTooManyRequests, api.Text{Zh: "调用过于频繁；按 Retry-After 等待。", En: "Too many calls; wait as Retry-After says."}},
	{internalError, http.StatusInternalServerError, api.Text{Zh: "服务内部错误；服务日志说明原因。", En: "The server failed; its log says why."}},
	{busy, http.StatusServiceUnavailable, api.Text{Zh: "服务繁忙，没有任何改动；稍后重试。", En: "The server is busy and changed nothing; try again in a moment."}},
	{diskFull, http.StatusInsufficientStorage, api.Text{Zh: "磁盘已满。", En: "The disk is full."}},
}

// Error is a refused call.
type Error struct {
	Code      string
	Message   api.Text
	Parameter string
	Rule      string
	Details   []Detail

	allow []string // methods that the path takes
	more  object   // members beside "error"
}

// Detail is one thing that is wrong.
type Detail struct {
	Parameter    string
	Rule         string
	Message      api.Text
	Line, Column int
	VendorCode   string // the vendor's code for the same

	code string // of the error, if nothing else is wrong
}

func (e *Error) Error() string { return e.Code + ": " + e.Message.En }

// status is the HTTP status of the code.
func (e *Error) status() int {
	for _, s := range statuses {
		if s.code == e.Code {
			return s.status
		}
	}
	return http.StatusInternalServerError
}

// envelope is the error as it is sent. Absent keys are left out.
func (e *Error) envelope(requestID string) object {
	o := object{{"code", e.Code}, {"message", e.Message.En}, {"messageZh", e.Message.Zh}}
	setText(&o, "parameter", e.Parameter)
	setText(&o, "rule", e.Rule)
	setText(&o, "requestId", requestID)
	if len(e.Details) > 0 {
		list := make([]any, len(e.Details))
		for i, d := range e.Details {
			list[i] = d.object()
		}
		o.set("details", list)
	}
	return append(object{{"error", o}}, e.more...)
}

func (d *Detail) object() object {
	o := object{}
	setText(&o, "parameter", d.Parameter)
	setText(&o, "rule", d.Rule)
	setText(&o, "message", d.Message.En)
	setText(&o, "messageZh", d.Message.Zh)
	if d.Line > 0 {
		o.set("line", d.Line)
	}
	if d.Column > 0 {
		o.set("column", d.Column)
	}
	setText(&o, "vendorCode", d.VendorCode)
	return o
}

func setText(o *object, name, text string) {
	if text != "" {
		o.set(name, text)
	}
}

// refuse is an error about a parameter.
func refuse(code, parameter string, message api.Text) *Error {
	return &Error{Code: code, Parameter: parameter, Message: about(parameter, message)}
}

// about is a text that names its parameter.
func about(parameter string, t api.Text) api.Text {
	if parameter == "" {
		return t
	}
	return api.Text{Zh: parameter + "：" + t.Zh, En: parameter + ": " + t.En}
}

// refusedBody is the error of a body that is not of its shape. What is unknown
// comes first: a misspelled key explains a missing one.
func refusedBody(wrong []Detail) *Error {
	first := wrong[0]
	for _, d := range wrong {
		if d.code == unknownParameter {
			first = d
			break
		}
	}
	e := refuse(first.code, first.Parameter, first.Message)
	if len(wrong) > 1 {
		e.Details = wrong[:min(len(wrong), mostDetails)]
	}
	return e
}

// mostDetails bounds an answer about a body with nothing right in it.
const mostDetails = 100

// errorShape is the envelope in the document.
func errorShape() *shape {
	word := func(zh, en string) *shape { return text(api.Text{Zh: zh, En: en}) }
	codes := make([]string, len(statuses))
	for i, s := range statuses {
		codes[i] = s.code
	}
	return members(required("error", members(
		required("code", word("错误码。", "The code.").oneOf(codes...)),
		required("message", word("说明和解决办法（英文）。", "What is wrong and what helps, in English.")),
		optional("messageZh", word("说明和解决办法（中文）。", "The same in Chinese.")),
		optional("parameter", word("出错的参数或字段。", "The parameter or field.")),
		optional("rule", word("违反的规则。", "The rule that was broken.")),
		optional("requestId", word("请求编号。", "Id of the request.")),
		optional("details", list(detailShape(), api.Text{Zh: "每一处错误。", En: "Everything that is wrong."})),
	)), optional("undo", undoShape().described(api.Text{Zh: "有冲突的撤销。", En: "The undo that is in conflict."})),
		optional("import", importShape().described(api.Text{Zh: "没有成功的导入。", En: "The import that has failed or stands in the way."}))).named("Error")
}

func detailShape() *shape {
	word := func(zh, en string) *shape { return text(api.Text{Zh: zh, En: en}) }
	return members(
		optional("parameter", word("参数或字段。", "The parameter or field.")),
		optional("rule", word("规则的代码，与导入时一行的代码相同。", "Code of the rule, as in a row of an import.")),
		optional("message", word("说明和解决办法（英文）。", "What is wrong and what helps, in English.")),
		optional("messageZh", word("说明和解决办法（中文）。", "The same in Chinese.")),
		optional("line", whole(api.Text{Zh: "行，从 1 起。", En: "Line, from 1."})),
		optional("column", whole(api.Text{Zh: "列，从 1 起。", En: "Column, from 1."})),
		optional("vendorCode", word("厂商接口对同一情形的错误码。", "The vendor's code for the same.")),
	).named("ErrorDetail")
}
