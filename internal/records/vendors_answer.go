package records

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// answers are the answers of an operation at a route. The own gateway answers
// failures with the status 200 and errcode, the REST gateway with the status of
// the code.
func (w *vendorsWriter) answers(o *api.Operation, r api.Route) object {
	if r.Family == api.RESTFamily {
		return w.restAnswers(o, r)
	}
	top := strings.HasPrefix(r.Path, "/topapi/")
	return object{
		{"200", object{
			{"description", both(api.Text{
				Zh: "成功时 errcode 为 0；失败时状态码也是 200，errcode 为错误码。",
				En: "errcode is 0 on success; a failure has the status 200 too, and its code in errcode.",
			})},
			{"content", object{{"application/json", object{
				{"schema", w.component(r, "Response", oapiSchema(o, top))},
				{"examples", append(object{{"success", object{{"value", oapiSuccess(o, top)}}}}, oapiExamples(o.Codes(), top)...)},
			}}}},
		}},
		{"default", reference("responses", "OapiError")},
	}
}

func (w *vendorsWriter) restAnswers(o *api.Operation, r api.Route) object {
	media := object{{"schema", w.component(r, "Response", outputObject(o.Outputs(), 0))}, {"example", exampleOf(o.Outputs(), 0)}}
	list := object{{"200", object{
		{"description", both(api.Text{Zh: "成功。", En: "Success."})},
		{"content", object{{"application/json", media}}},
	}}}
	var statuses []int
	for _, c := range o.Codes() {
		if !slices.Contains(statuses, c.HTTP) {
			statuses = append(statuses, c.HTTP)
		}
	}
	slices.Sort(statuses)
	for _, status := range statuses {
		var codes []*api.Code
		for _, c := range o.Codes() {
			if c.HTTP == status {
				codes = append(codes, c)
			}
		}
		if status == 200 { // of an operation that is also on the own gateway
			continue
		}
		list.set(strconv.Itoa(status), object{
			{"description", codeNames(codes)},
			{"content", errorContent("RestError", restExamples(codes))},
		})
	}
	list.set("default", reference("responses", "RestError"))
	return list
}

// codeNames says which codes an answer can have and what they mean.
func codeNames(codes []*api.Code) string {
	lines := make([]string, len(codes))
	for i, c := range codes {
		lines[i] = "- `" + c.Code + "`: " + c.Why.Zh + " " + c.Fix.Zh + "\n  " + c.Why.En + " " + c.Fix.En
	}
	return strings.Join(lines, "\n")
}

func reference(kind, name string) object {
	return object{{"$ref", "#/components/" + kind + "/" + name}}
}

func errorContent(schema string, examples object) object {
	media := object{{"schema", reference("schemas", schema)}}
	if len(examples) > 0 {
		media.set("examples", examples)
	}
	return object{{"application/json", media}}
}

var (
	restGatewayText = api.Text{Zh: "网关对任何接口都可能返回的错误。", En: "An error that the gateway can answer to any call."}
	oapiGatewayText = api.Text{
		Zh: "网关对任何接口都可能返回的错误；状态码是 200，errcode 不为 0。",
		En: "An error that the gateway can answer to any call; its status is 200, and errcode is not 0.",
	}
)

func gatewayErrors(schema string, text api.Text, examples object) object {
	return object{{"description", both(text)}, {"content", errorContent(schema, examples)}}
}

func restErrorSchema() object {
	return object{
		{"type", "object"},
		{"properties", object{
			{"code", textProperty("错误码。", "The code.", "invalid.param")},
			{"requestid", textProperty("请求编号。", "Id of the request.", exampleID)},
			{"message", textProperty("错误信息。", "Text of the error.", "参数无效")},
			{"accessdenieddetail", object{
				{"type", "object"},
				{"properties", object{{"requiredScopes", object{{"type", "array"}, {"items", object{{"type", "string"}}}}}}},
				{"description", both(api.Text{Zh: "缺少权限时：所需的权限点。", En: "Of a missing permission: the codes that are needed."})},
			}},
		}},
		{"required", texts([]string{"code", "requestid", "message"})},
	}
}

// oapiEnvelope are the members that every answer of the own gateway can have.
func oapiEnvelope(top bool) object {
	p := object{
		{"errcode", object{{"type", "integer"}, {"description", both(api.Text{Zh: "0 为成功，否则为错误码。", En: "0 is success, anything else is a code."})}}},
		{"errmsg", textProperty("错误信息。", "Text of the error.", "ok")},
	}
	if top {
		p.set("sub_code", textProperty("errcode 为 88 时的原因。", "The reason, if errcode is 88.", "40014"))
		p.set("sub_msg", textProperty("原因的说明。", "Text of the reason.", "不合法的access_token"))
		p.set("request_id", textProperty("请求编号。", "Id of the request.", exampleRequest))
	}
	return p
}

const (
	exampleID      = "7E5E3C5B-9A0B-4B6E-8C1D-2F4A6B8C0D1E"
	exampleRequest = "16m6bs5gq9jh2"
)

func textProperty(zh, en, sample string) object {
	return object{{"type", "string"}, {"description", both(api.Text{Zh: zh, En: en})}, {"examples", []any{sample}}}
}

func oapiErrorSchema() object {
	return object{{"type", "object"}, {"properties", oapiEnvelope(true)}, {"required", texts([]string{"errcode", "errmsg"})}}
}

// oapiSchema is the schema of a call's answer, whether it succeeds or not.
func oapiSchema(o *api.Operation, top bool) object {
	out := outputObject(o.Outputs(), 0)
	own, _ := out.get("properties").(object)
	properties := object{}
	for _, m := range oapiEnvelope(top) {
		if own.get(m.name) == nil {
			properties = append(properties, m)
		}
	}
	properties = append(properties, own...)
	return object{{"type", "object"}, {"properties", properties}, {"required", texts([]string{"errcode", "errmsg"})}}
}

func oapiSuccess(o *api.Operation, top bool) object {
	out := exampleOf(o.Outputs(), 0)
	if o.Bare {
		return out
	}
	answer := append(object{{"errcode", 0}, {"errmsg", "ok"}}, out...)
	if top {
		answer.set("request_id", exampleRequest)
	}
	return answer
}

// restExamples are the errors of the REST gateway as it writes them.
func restExamples(codes []*api.Code) object {
	return examples(codes, func(c *api.Code) object {
		return object{{"code", c.Code}, {"requestid", exampleID}, {"message", c.Msg}}
	})
}

// oapiExamples are the errors of the own gateway as it writes them: below /topapi/
// some numbers are sub codes of 88 (docs/spec/dingtalk.md#errors-in-layers).
func oapiExamples(codes []*api.Code, top bool) object {
	return examples(codes, func(c *api.Code) object {
		var number any = c.Code
		if n, err := strconv.ParseInt(c.Code, 10, 64); err == nil {
			number = n
		}
		answer := object{{"errcode", number}, {"errmsg", c.Msg}}
		if top && api.IsLayered(c.Code) {
			answer = object{
				{"errcode", 88}, {"sub_code", c.Code}, {"sub_msg", c.Msg},
				{"errmsg", "ding talk error[subcode=" + c.Code + ",submsg=" + c.Msg + "]"},
			}
		}
		if top {
			answer.set("request_id", exampleRequest)
		}
		return answer
	})
}

func examples(codes []*api.Code, value func(*api.Code) object) object {
	list := object{}
	for _, c := range codes {
		name := c.Code
		for n := 2; list.get(name) != nil; n++ {
			name = c.Code + "-" + strconv.Itoa(n)
		}
		e := object{{"summary", c.Msg}}
		if text := both(c.Why) + "\n\n" + both(c.Fix); strings.TrimSpace(text) != "" {
			e.set("description", text)
		}
		e.set("value", value(c))
		list.set(name, e)
	}
	return list
}
