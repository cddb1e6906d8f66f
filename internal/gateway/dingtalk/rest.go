package dingtalk

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// tokenHeader carries the caller's access token
// (docs/spec/dingtalk.md#authentication-of-rest-calls).
const tokenHeader = "x-acs-dingtalk-access-token"

// REST answers /v1.0/.... It is safe for concurrent use.
type REST struct {
	gateway api.Gateway
	family  *family
	plans   map[*api.Operation]func() *plan // made with the first call
}

// NewREST returns the handler of the operations that the catalogue holds now.
func NewREST(g api.Gateway) *REST {
	h := &REST{gateway: complete(g), plans: map[*api.Operation]func() *plan{}, family: &family{
		name: "rest", codes: RESTCodes(), address: restAddress, permission: restPermission, throttled: restThrottled, busy: restBusy,
		argument: restArgument,
	}}
	for _, o := range g.Catalogue.Operations() {
		h.plans[o] = sync.OnceValue(func() *plan { return newPlan(o) })
	}
	return h
}

// restArgument words a refused parameter. The vendor's fixed text stays in
// front of what we add (docs/spec/dingtalk.md#text-of-a-refused-rest-parameter).
func restArgument(e *api.ArgumentError) *failure {
	f := &failure{code: e.Code, arg: e}
	if f.code == nil {
		f.code = restParameter
	}
	if f.code.Msg == restParameter.Msg {
		f.text = f.code.Msg + ": " + reason(e)
	}
	return f
}

func (h *REST) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := begin(h.gateway, h.family, upperUUID(), r)
	if r.Method == http.MethodOptions {
		// A browser asks before it sends; there is nothing to authenticate yet.
		h.header(w.Header(), c)
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h.respond(c, w, func(dst []byte) ([]byte, *failure) { return h.serve(c, w, r, dst) })
}

// Busy answers a call that the server has no place for. Nothing of it was read.
func (h *REST) Busy(w http.ResponseWriter, r *http.Request) {
	c := begin(h.gateway, h.family, upperUUID(), r)
	h.respond(c, w, func([]byte) ([]byte, *failure) { return nil, c.busy() })
}

// respond writes what fn appends, or the error it reports.
func (h *REST) respond(c *call, w http.ResponseWriter, fn func([]byte) ([]byte, *failure)) {
	kept := buffers.Get().(*[]byte)
	answer, f := c.guard((*kept)[:0], fn)
	status := http.StatusOK
	if f != nil {
		status, answer = f.code.HTTP, h.appendFailure((*kept)[:0], c, f)
	}
	header := w.Header()
	h.header(header, c)
	c.comeAgain(w, f)
	if status == http.StatusMethodNotAllowed {
		header.Set("Allow", "GET, POST, PUT, DELETE, OPTIONS")
	}
	header.Set("Content-Length", strconv.Itoa(len(answer)))
	w.WriteHeader(status)
	_, _ = w.Write(answer) // a caller that went away is no error of ours
	release(kept, answer)
	c.finish(f)
}

// serve is one call. The order of its checks is
// docs/spec/dingtalk.md#order-of-checks-on-the-rest-gateway.
func (h *REST) serve(c *call, w http.ResponseWriter, r *http.Request, dst []byte) ([]byte, *failure) {
	ctx := r.Context()
	// 1. Find the operation. net/http has decoded the path, once.
	if !slices.Contains(restMethods, r.Method) {
		return nil, fail(restMethod)
	}
	b, path := h.gateway.Catalogue.REST(r.Method, r.URL.Path)
	if b == nil {
		return nil, fail(restNotFound)
	}
	c.op = b.Operation
	// 2. Who calls?
	if f := h.authenticate(ctx, c, r); f != nil {
		return nil, f
	}
	// 3. From an allowed address, with the permission, without an armed fault, within the rate?
	if f := c.admit(ctx); f != nil {
		return nil, f
	}
	// 4. Read path, query and body into one tree.
	args, f := h.arguments(w, r, path, h.plans[b.Operation]())
	if f != nil {
		return nil, f
	}
	// 5. Call the operation. JSON types are strict; texts of path and query were typed in step 4.
	fields, f := c.run(ctx, args, api.Reading{})
	if f != nil {
		return nil, f
	}
	// 6. Encode: the fields alone, {} when there are none, and no request id
	// (docs/spec/dingtalk.md#success-bodies-of-the-rest-gateway).
	dst = append(dst, '{')
	dst = api.AppendJSON(dst, fields, false)
	return append(dst, '}'), nil
}

var restMethods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}

func (h *REST) authenticate(ctx context.Context, c *call, r *http.Request) *failure {
	if c.op.Auth == api.NeedsNothing {
		c.caller = directory.Principal{Kind: directory.NobodyCaller}
		return nil
	}
	tokens := r.Header.Values(tokenHeader)
	switch {
	case len(tokens) == 0, len(tokens) == 1 && strings.TrimSpace(tokens[0]) == "":
		return fail(restNoToken)
	case len(tokens) > 1:
		return fail(restToken)
	}
	p, err := h.gateway.Directory.TokenPrincipal(ctx, tokens[0])
	wanted := directory.AppCaller
	if c.op.Auth == api.NeedsUserToken {
		wanted = directory.UserCaller
	}
	switch {
	case err == nil && p.Kind == directory.AppCaller && wanted == directory.UserCaller:
		return fail(restPermission) // as the vendor answers it for users/me
	case errors.Is(err, directory.ErrTokenInvalid), err == nil && p.Kind != wanted:
		return fail(restToken)
	case err != nil:
		c.internal(ctx, "cannot check a token", err)
		return c.busy()
	}
	c.caller = p
	return nil
}

// arguments reads the parameters of path, query and body
// (docs/spec/dingtalk.md#parameters-of-rest-calls).
func (h *REST) arguments(w http.ResponseWriter, r *http.Request, path api.Value, p *plan) (api.Value, *failure) {
	args := api.Value{Kind: api.ObjectValue, Members: make([]api.Member, 0, 8)}
	for _, m := range path.Members {
		if e := put(&args, m.Name, p.typed(m.Name, m.Value.Text)); e != nil {
			return args, restArgument(e)
		}
	}
	query, err := readPairs(r.URL.RawQuery, api.Charset{})
	if err != nil {
		return args, &failure{code: restParameter, text: restParameter.Msg + ": " + err.Error()}
	}
	for _, q := range query {
		if e := put(&args, q.name, p.typed(q.name, q.value)); e != nil {
			return args, restArgument(e)
		}
	}
	if r.Method == http.MethodGet || r.Method == http.MethodDelete {
		return args, nil // SDKs send no body with these
	}
	body, f := h.body(w, r, p.needsBody(args))
	if f != nil {
		return args, f
	}
	switch {
	case body.Kind == api.Absent:
		return args, nil
	case body.Kind == api.ListValue && p.bodyField != "":
		body = api.Value{Kind: api.ObjectValue, Members: []api.Member{{Name: p.bodyField, Value: body}}}
	case body.Kind != api.ObjectValue:
		return args, &failure{code: restParameter, text: restParameter.Msg + ": the body must be a JSON object"}
	}
	for _, m := range body.Members {
		if e := put(&args, m.Name, m.Value); e != nil {
			return args, restArgument(e)
		}
	}
	return args, nil
}

// body reads the JSON body; it is absent where none was sent and none is needed.
func (h *REST) body(w http.ResponseWriter, r *http.Request, needed bool) (api.Value, *failure) {
	text, err := readBody(w, r)
	switch err {
	case nil:
	case errTooLarge:
		return api.Value{}, &failure{code: restTooLarge, text: restTooLarge.Msg + ": " + err.Error()}
	default:
		return api.Value{}, &failure{code: restParameter, text: restParameter.Msg + ": " + err.Error()}
	}
	name, charset, readable := mediaType(r)
	if readable {
		text, readable = charset.Body(text)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		if needed {
			return api.Value{}, fail(restNoBody)
		}
		return api.Value{}, nil
	}
	if slices.Contains(formTypes, name) {
		return api.Value{}, fail(restNoBody)
	}
	v, err := api.ParseJSON(text)
	if err != nil || !readable {
		return api.Value{}, &failure{code: restParameter, text: restParameter.Msg + ": the body must be one JSON object in UTF-8"}
	}
	return v, nil
}

// plan is what reading an operation's parameters needs to know of them,
// computed once.
type plan struct {
	kinds     map[string]api.Kind
	required  [][]string // per required parameter, its spellings
	bodyField string
}

func newPlan(o *api.Operation) *plan {
	p := &plan{kinds: map[string]api.Kind{}, bodyField: o.BodyField()}
	for _, f := range o.Inputs() {
		names := append([]string{f.Name}, f.Aliases...)
		for _, name := range names {
			p.kinds[name] = f.Kind
		}
		if f.IsRequired() {
			p.required = append(p.required, names)
		}
	}
	return p
}

// needsBody reports whether a required parameter is not there yet.
func (p *plan) needsBody(args api.Value) bool {
	return slices.ContainsFunc(p.required, func(names []string) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return args.Get(name).Kind != api.Absent })
	})
}

// typed reads a text of the path or the query as the type that the operation
// declares; lists and objects are JSON text. What cannot be read stays a text,
// and binding refuses it.
func (p *plan) typed(name, text string) api.Value {
	if text == "" {
		return api.TextOf("") // empty is missing, of whatever type
	}
	switch p.kinds[name] {
	case api.IntKind:
		return api.Value{Kind: api.NumberValue, Text: text}
	case api.BoolKind:
		if strings.EqualFold(text, "true") || strings.EqualFold(text, "false") {
			return api.Value{Kind: api.BoolValue, Bool: strings.EqualFold(text, "true")}
		}
	case api.StringsKind, api.IntsKind, api.ObjectKind, api.ObjectsKind, api.AnyKind:
		if v, err := api.ParseJSON([]byte(text)); err == nil {
			return v
		}
	}
	return api.TextOf(text)
}

// fixedHeader is what every answer carries, as the vendor's gateway sends it
// (docs/spec/dingtalk.md#response-headers-of-the-rest-gateway). The values are shared by all answers and never changed.
var fixedHeader = map[string][]string{
	"Server":                       {"DingTalk/1.0.0"},
	"Content-Type":                 {"application/json;charset=utf-8"},
	"Access-Control-Allow-Origin":  {"*"},
	"Access-Control-Allow-Methods": {"POST, GET, OPTIONS, PUT, DELETE"},
	"Access-Control-Max-Age":       {"172800"},
	"Access-Control-Allow-Headers": {"X-Requested-With, X-Sequence, _aop_secret, _aop_signature, x-acs-dingtalk-access-token"},
}

func (h *REST) header(header http.Header, c *call) {
	for name, values := range fixedHeader {
		header[name] = values
	}
	header.Set("X-Acs-Request-Id", c.requestID)
	header.Set("X-Acs-Trace-Id", traceID())
}

// appendFailure appends the error body
// (docs/spec/dingtalk.md#error-bodies-of-the-rest-gateway): all three keys always, in lower
// case, because the SDKs look for exactly these. The gateway's own errors begin
// with the code, an operation's with the request id.
func (h *REST) appendFailure(dst []byte, c *call, f *failure) []byte {
	if !restOwn(c.op, f.code) {
		dst = appendKey(append(dst, '{'), "code", f.code.Code)
		dst = appendKey(append(dst, ','), "requestid", c.requestID)
	} else {
		dst = appendKey(append(dst, '{'), "requestid", c.requestID)
		dst = appendKey(append(dst, ','), "code", f.code.Code)
	}
	dst = appendKey(append(dst, ','), "message", c.message(f))
	if (f.code == restPermission || f.code.Code == "apiPermissionDenied") && c.op != nil {
		dst = append(dst, `,"accessdenieddetail":{"requiredScopes":[`...)
		dst = api.AppendText(dst, cmp.Or(c.op.Permission, api.BaseScope))
		dst = append(dst, `]}`...)
	}
	return append(dst, '}')
}

func appendKey(dst []byte, key, text string) []byte {
	dst = append(append(append(dst, '"'), key...), '"', ':')
	return api.AppendText(dst, text)
}
