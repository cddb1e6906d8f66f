package top

import (
	"bytes"
	"mime"
	"net/http"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// BatchPath is where several calls come in one request, as BatchTaobaoClient of
// the TOP SDKs sends them: system parameters and signature in the query, one
// call per part of the body, and the answers in the order of the calls
// (docs/spec/top.md#request-with-several-calls).
const BatchPath = "/router/batch"

const (
	// Decision: the clients set no limit, and the vendor's is not known.
	maxBatch = 20

	// separatorHeader names another separator of parts than the usual one. No
	// answer holds the usual one: JSON and XML write a CR as an escape.
	separatorHeader = "Top-Api-Separator"
	usualSeparator  = "\r\n-S-\r\n"
	maxSeparator    = 64

	commonPart = "#PUBLIC#" // begins a first part with what all calls share
	emptyPart  = "N"        // a call without parameters of its own
)

// batch is a request with several calls.
type batch struct {
	separator string
	charset   api.Charset // of the parts
	query     []parameter
	common    []parameter
	parts     []string
	org       string // that the app key belongs to; "" if none counts
}

// serveBatch carries the calls out one after the other: a batch is worth its
// number of calls, in the rates as in the time that it holds its place. What is
// wrong with one call is the answer of that call; what is wrong with the request
// is one answer in place of all (docs/spec/top.md#failures-in-a-batch).
func (h *Handler) serveBatch(w http.ResponseWriter, r *http.Request) {
	c := h.begin(r)
	pooled := bodies.Get().(*[]byte)
	body := (*pooled)[:0]
	b, failed := h.readBatch(w, r, c)
	if failed != nil {
		c.comeAgain(w, failed)
		body = c.style.appendFailure(body, nil, "", failed, c.id)
		h.record(r.Context(), c, failed)
	} else {
		body = h.appendAnswers(body, w, r, c.style, b)
	}
	c.style.write(w, r, body)
	*pooled = body
	release(pooled)
}

func (h *Handler) appendAnswers(dst []byte, w http.ResponseWriter, r *http.Request, form style, b *batch) []byte {
	for i, text := range b.parts {
		if i > 0 {
			dst = append(dst, b.separator...)
		}
		part := h.begin(r)
		part.style = form
		var failed *failure
		dst, failed = respond(dst, part, func() (api.Fields, *failure) {
			part.params = b.parameters(text)
			if part.params.problem != nil {
				return nil, part.params.problem
			}
			if f := h.find(part); f != nil {
				return nil, f
			}
			return h.carryOut(r, part, b.org)
		})
		part.comeAgain(w, failed)
		h.record(r.Context(), part, failed)
	}
	return dst
}

// readBatch reads the request and checks what its calls have in common, in the
// order of a single call.
func (h *Handler) readBatch(w http.ResponseWriter, r *http.Request, c *call) (*batch, *failure) {
	c.params = readQuery(r)
	c.params.sort()
	c.params.seekFormat(r.URL.RawQuery)
	c.style = styleOf(c.params)
	if r.Method != http.MethodPost {
		return nil, refuse(httpActionNotAllowed)
	}
	body := c.params.takeBody(w, r)
	if c.params.problem != nil {
		return nil, c.params.problem
	}
	// The string to sign has no separators: what is no system parameter here could
	// have been cut off from one, or from the body (docs/spec/top.md#query-of-a-batch).
	for _, p := range c.params.sorted {
		if systemNamed(p.name) == notSystem {
			return nil, refuse(invalidArguments).naming(p.name).because(batchQueryRule)
		}
	}
	if f := h.checkForm(c); f != nil {
		return nil, f
	}
	_, options, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // of whatever type
	charset, known := api.CharsetNamed(options["charset"])
	if !known {
		return nil, refuse(invalidEncoding).because(charsetRule)
	}
	b, f := splitBatch(r.Header.Values(separatorHeader), charset, body)
	if f != nil {
		return nil, f
	}
	c.params.raw, c.params.body = body, nil
	b.org, f = h.verify(r.Context(), c)
	b.query = c.params.sorted
	return b, f
}

// splitBatch takes the body apart.
func splitBatch(separators []string, charset api.Charset, body []byte) (*batch, *failure) {
	b := &batch{separator: usualSeparator, charset: charset}
	if len(separators) > 0 {
		b.separator = separators[0]
	}
	if len(separators) > 1 || b.separator == "" || len(b.separator) > maxSeparator {
		return nil, refuse(parameterError).because(separatorRule)
	}
	if len(body) == 0 || bytes.Count(body, []byte(b.separator)) > maxBatch {
		return nil, refuse(parameterError).because(batchSizeRule)
	}
	b.parts = strings.Split(string(api.WithoutMark(body)), b.separator)
	if text, ok := strings.CutPrefix(b.parts[0], commonPart); ok {
		ps := &parameters{}
		if ps.readPart(text, charset); ps.problem != nil {
			return nil, ps.problem
		}
		b.common, b.parts = ps.sorted, b.parts[1:]
	}
	if len(b.parts) == 0 || len(b.parts) > maxBatch {
		return nil, refuse(parameterError).because(batchSizeRule)
	}
	return b, nil
}

// readPart reads the parameters of a part. Of the system's it may name the
// method and the session; the others are the request's
// (docs/spec/top.md#parts-of-a-batch).
func (ps *parameters) readPart(text string, charset api.Charset) {
	if text != emptyPart {
		ps.charset = charset
		ps.readForm(text, true)
		ps.charset = api.Charset{} // what is added from elsewhere is decoded
	}
	for _, p := range ps.sorted {
		switch systemNamed(p.name) {
		case notSystem, sysMethod, sysSession, sysTargetAppKey:
		default:
			if ps.problem == nil {
				ps.problem = refuse(invalidArguments).naming(p.name).because(batchParameterRule)
			}
		}
	}
}

// parameters returns the parameters of one call: its own, and of those that all
// share what it does not name itself.
func (b *batch) parameters(text string) *parameters {
	ps := &parameters{}
	ps.readPart(text, b.charset)
	for _, layer := range [][]parameter{b.common, b.query} {
		known := map[string]bool{}
		for _, p := range ps.sorted {
			known[canonical(p.name)] = true
		}
		for _, p := range layer {
			if !known[canonical(p.name)] && !ps.add(p.name, p.value, p.inBody) {
				break
			}
		}
	}
	ps.sort()
	return ps
}

// canonical returns one name for the spellings of a system parameter.
func canonical(name string) string {
	if systemNamed(name) == sysSession {
		return "session"
	}
	return name
}
