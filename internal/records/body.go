package records

import (
	"bytes"
	"errors"
	"mime"
	"net/http"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// readBody reads the JSON body and checks it against its shape
// (docs/spec/json-api.md#bodies).
func (c *call) readBody() ([]byte, error) {
	text, err := api.ReadBody(discarded{}, c.request, api.MaxBody)
	switch large := new(http.MaxBytesError); {
	case errors.As(err, &large):
		return nil, &Error{Code: tooLarge, Message: api.Text{Zh: "请求体超过 1 MiB；分几次发送。", En: "The body is larger than 1 MiB; send it in parts."}}
	case err != nil:
		return nil, malformed(api.Text{Zh: "请求体不完整；重新发送。", En: "The body ended early; send it again."}, nil)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		if c.route.bodyless {
			c.body = api.Value{Kind: api.ObjectValue}
			return nil, nil
		}
		return nil, malformed(api.Text{Zh: "请求体为空；发送一个 JSON 对象。", En: "The body is empty; send a JSON object."}, nil)
	}
	if err := c.mediaType(); err != nil {
		return nil, err
	}
	if c.body, err = api.LocateJSON(text); err != nil {
		return nil, malformedAt(err)
	}
	if c.body.Kind != api.ObjectValue {
		return nil, malformed(api.Text{Zh: "请求体须为一个 JSON 对象。", En: "The body must be a JSON object."}, nil)
	}
	if wrong := c.route.body.check(c.body, ""); len(wrong) > 0 {
		return nil, refusedBody(wrong)
	}
	return text, nil
}

// mediaType accepts JSON only: a page of another site can make a browser send a
// form, but not JSON.
func (c *call) mediaType() error {
	kind, parameters, err := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
	charset := strings.ToLower(parameters["charset"])
	isJSON := kind == "application/json" || kind == "application/merge-patch+json" && c.request.Method == http.MethodPatch
	if err == nil && isJSON && (charset == "" || charset == "utf-8") && c.request.Header.Get("Content-Encoding") == "" {
		return nil
	}
	return &Error{Code: unsupportedMedia, Message: api.Text{
		Zh: "请以 Content-Type: application/json、UTF-8 编码、不压缩发送请求体。",
		En: "Send the body with Content-Type: application/json, in UTF-8 and not compressed.",
	}}
}

func malformed(t api.Text, details []Detail) *Error {
	return &Error{Code: malformedBody, Message: t, Details: details}
}

// malformedAt says where a body is not JSON.
func malformedAt(err error) *Error {
	f := new(api.JSONFault)
	if !errors.As(err, &f) {
		return malformed(api.Text{Zh: "请求体不是 JSON。", En: "The body is not JSON."}, nil)
	}
	var why api.Text
	rule := ""
	switch {
	case f.Duplicate != "":
		rule, why = "duplicateKey", api.Textf("键 %s 出现了两次；只保留一个。", "The key %s is there twice; leave one.", api.Clip(f.Duplicate, 64))
	case f.Deep:
		why = api.Textf("嵌套超过 %d 层。", "It is nested more than %d deep.", api.Depth)
	case f.Long:
		why = api.Textf("一个列表最多 %d 项；分几次发送。", "A list has at most %d entries; send it in parts.", api.MaxItems)
	case f.Encoding:
		why = api.Text{Zh: "不是 UTF-8；以 UTF-8 编码发送。", En: "It is not UTF-8; send it in UTF-8."}
	default:
		why = api.Text{Zh: "此处不是合法的 JSON；更正后重发。", En: "It is not JSON here; correct it and send it again."}
	}
	at := api.Textf("第 %d 行第 %d 列：", "Line %d, column %d: ", f.Line, f.Column)
	e := malformed(api.Text{Zh: at.Zh + why.Zh, En: at.En + why.En}, []Detail{{Rule: rule, Message: why, Line: f.Line, Column: f.Column}})
	e.Rule = rule
	if f.Duplicate != "" {
		e.Parameter = api.Clip(f.Duplicate, 64)
	}
	return e
}

// discarded takes what http.MaxBytesReader says to a writer: the server closes
// connections itself.
type discarded struct{}

func (discarded) Header() http.Header         { return http.Header{} }
func (discarded) Write(b []byte) (int, error) { return len(b), nil }
func (discarded) WriteHeader(int)             {}
