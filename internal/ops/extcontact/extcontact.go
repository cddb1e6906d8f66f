// Package extcontact holds the operations on external contacts: the TOP methods
// dingtalk.corp.extcontact.* and dingtalk.corp.ext.*, and the calls of
// DingTalk's own gateway under /topapi/extcontact/. Each operation has a file
// of its own; what several share (the fields of a contact, the codes) is in
// contact.go and codes.go. The rules are in package directory, the envelopes in
// the gateways.
package extcontact

import "github.com/mingce/mingce/internal/api"

// Operations are the operations of this package
// (docs/spec/external-contacts.md#methods-of-the-top-gateway,
// docs/spec/external-contacts.md#paths-of-the-own-gateway).
var Operations api.Registry

// Permission codes (docs/spec/external-contacts.md#permissions).
const (
	permissionRead  = "qyapi_ext_read"
	permissionWrite = "qyapi_ext_write"
)

// status is how dingtalk.corp.extcontact.* reports success inside its result
// (docs/spec/external-contacts.md#status-in-a-result).
type status struct {
	Code    int64
	Msg     string
	Success bool
}

var succeeded = status{0, "成功", true}

func statusFields(s *status) api.Fields {
	return api.Fields{
		api.Int("ding_open_errcode", &s.Code).Example("0").Describe("错误码，0 表示成功。", "Error number, 0 for success."),
		api.String("error_msg", &s.Msg).Example("成功").Describe("错误信息。", "Text of the error."),
		api.Bool("success", &s.Success).Example("true").Describe("是否成功。", "Whether the call succeeded."),
	}
}

// statusResult is the answer of a call that answers only its status.
type statusResult struct{ status }

func statusResultFields(r *statusResult) api.Fields {
	return api.Fields{api.Object("result", &r.status, statusFields)}
}
