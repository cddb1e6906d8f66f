package top

import (
	"cmp"
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/mingce/mingce/internal/api"
)

// Content types and the declaration, as the platform writes them
// (docs/spec/top.md#xml-answers, docs/spec/top.md#json-answers).
const (
	jsonType       = "application/json;charset=UTF-8"
	xmlType        = "text/xml;charset=UTF-8"
	xmlDeclaration = `<?xml version="1.0" encoding="utf-8" ?>`
)

// gzipFrom is the size from which an answer is compressed for a client that
// asks for it (docs/spec/top.md#compressed-answers). Decision: a smaller one
// fits one packet anyway.
const gzipFrom = 1024

var zippers = sync.Pool{New: func() any { return gzip.NewWriter(nil) }}

// style is the format the answer was asked for in.
type style struct {
	json     bool
	simplify bool // JSON only: no root and plain lists (docs/spec/top.md#simplified-json)
}

// styleOf reads the format from a request, even from one that is refused later:
// XML unless JSON was asked for (docs/spec/top.md#format-of-an-answer).
func styleOf(ps *parameters) style {
	format := ps.system[sysFormat]
	// Decision: the client that posts JSON names no format and can parse only
	// JSON.
	isJSON := format == "json" || format == "" && ps.posted
	return style{json: isJSON, simplify: isJSON && strings.EqualFold(ps.system[sysSimplify], "true")}
}

func (s style) contentType() string {
	if s.json {
		return jsonType
	}
	return xmlType
}

// appendRoot appends an answer: the fields and request_id below the root.
func (s style) appendRoot(dst []byte, root string, fs api.Fields, requestID string) []byte {
	if !s.json {
		dst = append(dst, xmlDeclaration...)
		dst = append(append(append(dst, '<'), root...), '>')
		dst = api.AppendXML(dst, fs, true)
		dst = append(append(append(dst, "<request_id>"...), requestID...), "</request_id>"...)
		return append(append(append(dst, '<', '/'), root...), '>')
	}
	if !s.simplify {
		dst = append(api.AppendText(append(dst, '{'), root), ':')
	}
	dst = append(dst, '{')
	start := len(dst)
	dst = api.AppendJSON(dst, fs, !s.simplify)
	if len(dst) > start {
		dst = append(dst, ',')
	}
	dst = append(append(append(dst, `"request_id":"`...), requestID...), '"', '}')
	if !s.simplify {
		dst = append(dst, '}')
	}
	return dst
}

// rootName returns the method's name with underscores, without the platform's
// own prefix but with DingTalk's (docs/spec/top.md#root-of-an-answer).
func rootName(method string) string {
	return strings.ReplaceAll(strings.TrimPrefix(method, "taobao."), ".", "_") + "_response"
}

// isFlat reports whether an operation answers in the format of DingTalk's own
// gateway, with errcode and errmsg below the root
// (docs/spec/top.md#own-gateway-methods-over-top).
func isFlat(op *api.Operation) bool {
	return op.Failure == api.FlatErrcode || op.Routes[0].Family == api.OAPIFamily
}

func flatFields(number api.Field, msg string, rest api.Fields) api.Fields {
	return append(api.Fields{number, api.String("errmsg", &msg)}, rest...)
}

// AppendSuccess appends the answer of a call that succeeded.
func (c *call) AppendSuccess(dst []byte, out api.Fields) []byte {
	if isFlat(c.Op) {
		var zero int64
		out = flatFields(api.Int("errcode", &zero), "ok", out)
	}
	return c.style.appendRoot(dst, rootName(c.method()), out, c.ID)
}

// AppendFailure appends the answer of a call that failed.
func (c *call) AppendFailure(dst []byte, f *api.Failure) []byte {
	own, msg := c.shown(f), cmp.Or(f.Text, f.Code.Text(nil))
	switch {
	case own != nil:
		argument := f.Parameter
		if argument == "" && !c.declares(f.Code) { // an armed fault
			argument = "session"
		}
		return c.style.appendError(dst, own, argument, c.ID)
	case isFlat(c.Op):
		return c.style.appendRoot(dst, rootName(c.method()), flatFields(number("errcode", f.Code), msg, nil), c.ID)
	case c.Op.Failure == api.InResult: // docs/spec/top.md#business-failures-in-a-result
		success := false
		result := func(*bool) api.Fields {
			return api.Fields{number("ding_open_errcode", f.Code), api.String("error_msg", &msg), api.Bool("success", &success)}
		}
		return c.style.appendRoot(dst, rootName(c.method()), api.Fields{api.Object("result", &success, result)}, c.ID)
	}
	// The number as sub code (docs/spec/top.md#business-failures-without-a-result).
	remote := gatewayCode{number: remoteServiceError.number, msg: remoteServiceError.msg, subCode: f.Code.Code, subMsg: msg}
	return c.style.appendError(dst, &remote, "", c.ID)
}

// number returns a field with a code, as a number if it is one.
func number(name string, c *api.Code) api.Field {
	if n, err := strconv.ParseInt(c.Code, 10, 64); err == nil {
		return api.Int(name, &n)
	}
	text := c.Code
	return api.String(name, &text)
}

// appendError appends an error_response; simplify does not change it
// (docs/spec/top.md#error-responses).
func (s style) appendError(dst []byte, c *gatewayCode, argument, requestID string) []byte {
	n, msg, subCode, subMsg := int64(c.number), c.msg, c.subCode, c.subMsg
	if (c.number == missingArguments.number || c.number == invalidArguments.number) && argument != "" {
		msg += ":" + shorten(argument)
	}
	fs := api.Fields{
		api.Int("code", &n), api.String("msg", &msg),
		api.String("sub_code", &subCode).OmitEmpty(), api.String("sub_msg", &subMsg).OmitEmpty(),
	}
	return style{json: s.json}.appendRoot(dst, "error_response", fs, requestID)
}

// shorten bounds a name that the caller chose.
func shorten(name string) string {
	if rs := []rune(name); len(rs) > 64 {
		return string(rs[:64])
	}
	return name
}

// Send writes the answer; the status is 200 even for errors, because clients
// discard the body otherwise (docs/spec/top.md#status-of-an-answer).
func (c *call) Send(body []byte, _ *api.Failure) {
	w, h := c.Writer, c.Writer.Header()
	h.Set("Content-Type", c.style.contentType())
	if len(body) < gzipFrom || !acceptsGzip(c.Request.Header) {
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(http.StatusOK)
		w.Write(body) // fails only if the caller disconnected
		return
	}
	h.Set("Content-Encoding", "gzip")
	h.Set("Vary", "Accept-Encoding")
	w.WriteHeader(http.StatusOK)
	z := zippers.Get().(*gzip.Writer)
	z.Reset(w)
	z.Write(body)
	z.Close()
	z.Reset(nil)
	zippers.Put(z)
}

// acceptsGzip reports whether the caller names gzip and does not refuse it.
func acceptsGzip(h http.Header) bool {
	for _, line := range h.Values("Accept-Encoding") {
		for coding := range strings.SplitSeq(line, ",") {
			name, weight, _ := strings.Cut(strings.TrimSpace(coding), ";")
			if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
				continue
			}
			q, ok := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
			v, err := strconv.ParseFloat(q, 64)
			return !ok || err == nil && v > 0
		}
	}
	return false
}
