package api

// Status is how the methods dingtalk.corp.extcontact.* and dingtalk.corp.role.*
// report success inside their result
// (docs/spec/external-contacts.md#status-in-a-result).
type Status struct {
	Code    int64
	Msg     string
	Success bool
}

// Succeeded is the Status of every success.
var Succeeded = Status{0, "成功", true}

// StatusFields are the fields of a Status.
func StatusFields(s *Status) Fields {
	return Fields{
		Int("ding_open_errcode", &s.Code).Example("0").Describe("错误码，0 表示成功。", "Error number, 0 for success."),
		String("error_msg", &s.Msg).Example("成功").Describe("错误信息。", "Text of the error."),
		Bool("success", &s.Success).Example("true").Describe("是否成功。", "Whether the call succeeded."),
	}
}

// StatusResult is the answer of a method that answers only its Status.
type StatusResult struct{ Status }

// StatusResultFields are the fields of a StatusResult.
func StatusResultFields(r *StatusResult) Fields {
	return Fields{Object("result", &r.Status, StatusFields)}
}
