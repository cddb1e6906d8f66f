package dingtalk

import (
	"bytes"
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// tokenHeader is the header with the caller's access token
// (docs/spec/dingtalk.md#authentication-of-rest-calls).
const tokenHeader = "x-acs-dingtalk-access-token"

// REST answers /v1.0/.... It is safe for concurrent use.
type REST struct {
	*api.Pipeline
	plans map[*api.Operation]*plan
}

// NewREST returns the handler of the catalogue's operations.
func NewREST(g api.Gateway) *REST {
	h := &REST{plans: map[*api.Operation]*plan{}}
	for _, o := range g.Catalogue.Operations() {
		h.plans[o] = newPlan(o)
	}
	h.Pipeline = api.NewPipeline(g, api.Protocol{
		Name: "rest", New: func(*http.Request) api.Wire { return &restCall{h: h} }, NewID: api.NewUUID,
		// docs/spec/dingtalk.md#order-of-checks-on-the-rest-gateway
		Order: []api.Check{api.CheckPermission, api.CheckFault, api.CheckRate},
		Codes: RESTCodes(), Generic: []*api.Code{restPermission},
		Busy: restBusy, Address: restAddress, Denied: restPermission, Throttled: restThrottled,
		Armed: restInPlaceOf,
	})
	return h
}

// ServeHTTP answers calls and browsers' preflight requests.
func (h *REST) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodOptions {
		writeHeader(w.Header(), api.NewUUID())
		w.WriteHeader(http.StatusNoContent)
		return
	}
	h.Pipeline.ServeHTTP(w, r)
}

// restCall is the Wire of one call.
type restCall struct {
	api.Call
	h    *REST
	path api.Value // the parameters in the path
}

// Find looks up the operation.
func (c *restCall) Find() *api.Failure {
	r := c.Request
	if !slices.Contains(restMethods, r.Method) {
		c.Asked = r.Method + " " + r.URL.Path
		return api.Fail(restMethod)
	}
	b, path := c.h.Catalogue.REST(r.Method, r.URL.EscapedPath())
	if b == nil {
		c.Asked = r.Method + " " + r.URL.Path
		return api.Fail(restNotFound)
	}
	c.Op, c.path = b.Operation, path
	return nil
}

var restMethods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}

// Authenticate looks up the token.
func (c *restCall) Authenticate() *api.Failure {
	tokens := c.Request.Header.Values(tokenHeader)
	switch {
	case len(tokens) == 0, len(tokens) == 1 && strings.TrimSpace(tokens[0]) == "":
		return api.Fail(restNoToken)
	case len(tokens) > 1:
		return api.Fail(restToken)
	}
	if kind := c.Op.Auth.LoginToken(); kind != "" {
		return c.authenticateLogin(kind, tokens[0])
	}
	p, err := c.h.Directory.TokenPrincipal(c.Request.Context(), tokens[0])
	wanted := directory.AppCaller
	if c.Op.Auth == api.NeedsUserToken {
		wanted = directory.UserCaller
	}
	switch {
	case err == nil && p.Kind == directory.AppCaller && wanted == directory.UserCaller:
		return api.Fail(restPermission) // as the vendor answers it for users/me
	case errors.Is(err, directory.ErrTokenInvalid), err == nil && p.Kind != wanted:
		return api.Fail(restToken)
	case err != nil:
		return c.Broken(err)
	}
	c.Caller = p
	return nil
}

// authenticateLogin looks up a token of the login calls.
func (c *restCall) authenticateLogin(kind directory.LoginTokenKind, token string) *api.Failure {
	p, err := c.h.Directory.LoginTokenPrincipal(c.Request.Context(), kind, token)
	switch {
	case errors.Is(err, directory.ErrTokenInvalid):
		return api.Fail(cmp.Or(c.Op.CodeOf(err), restToken))
	case err != nil:
		return c.Broken(err)
	}
	c.Caller = p
	return nil
}

// Arguments reads the parameters of path, query and body
// (docs/spec/dingtalk.md#parameters-of-rest-calls). JSON types are strict;
// texts of path and query are converted here.
func (c *restCall) Arguments() (api.Value, *api.Failure) {
	r, p := c.Request, c.h.plans[c.Op]
	args := api.Value{Kind: api.ObjectValue, Members: make([]api.Member, 0, 8)}
	for _, m := range c.path.Members {
		if e := put(&args, m.Name, p.typed(m.Name, m.Value.Text)); e != nil {
			return args, c.FailureOf(e)
		}
	}
	query, err := readForm(r.URL.RawQuery, api.Charset{})
	if err != nil {
		return args, unreadable(err.Error())
	}
	for _, q := range query {
		if e := put(&args, q.Name, p.typed(q.Name, q.Value)); e != nil {
			return args, c.FailureOf(e)
		}
	}
	if r.Method == http.MethodGet || r.Method == http.MethodDelete {
		return args, nil // SDKs send no body with these
	}
	body, f := c.body(p.needsBody(args))
	if f != nil {
		return args, f
	}
	switch {
	case body.Kind == api.Absent:
		return args, nil
	case body.Kind == api.ListValue && p.bodyField != "":
		body = api.Value{Kind: api.ObjectValue, Members: []api.Member{{Name: p.bodyField, Value: body}}}
	case body.Kind != api.ObjectValue:
		return args, unreadable("the body must be a JSON object")
	}
	for _, m := range body.Members {
		if e := put(&args, m.Name, m.Value); e != nil {
			return args, c.FailureOf(e)
		}
	}
	return args, nil
}

// unreadable refuses a malformed request and says why.
func unreadable(why string) *api.Failure {
	return &api.Failure{Code: restParameter, Text: restParameter.Msg + ": " + why}
}

// body reads the JSON body. It returns the absent Value if no body was sent and
// none is needed.
func (c *restCall) body(needed bool) (api.Value, *api.Failure) {
	text, err := c.Body()
	switch err {
	case nil:
	case api.ErrBodyTooLarge:
		return api.Value{}, &api.Failure{Code: restTooLarge, Text: restTooLarge.Msg + ": " + err.Error()}
	default:
		return api.Value{}, unreadable("the body cannot be read")
	}
	name, charset, readable := mediaType(c.Request)
	if readable {
		text, readable = charset.Body(text)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		if needed {
			return api.Value{}, api.Fail(restNoBody)
		}
		return api.Value{}, nil
	}
	if slices.Contains(formTypes, name) {
		return api.Value{}, api.Fail(restNoBody)
	}
	v, err := api.ParseJSON(text)
	if err != nil || !readable {
		return api.Value{}, unreadable("the body must be one JSON object in UTF-8")
	}
	return v, nil
}

// Argument completes the failure of a refused parameter. The vendor's fixed
// text comes before what we add
// (docs/spec/dingtalk.md#text-of-a-refused-rest-parameter).
func (c *restCall) Argument(e *api.ArgumentError, f *api.Failure) {
	if f.Code == nil {
		f.Code = restParameter
	}
	if f.Code.Names {
		f.Text = f.Code.Msg + ": " + reason(e)
	}
}

// plan is what parsing needs to know of an operation's parameters, computed
// once.
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

// needsBody reports whether a required parameter is still missing.
func (p *plan) needsBody(args api.Value) bool {
	return slices.ContainsFunc(p.required, func(names []string) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return args.Get(name).Kind != api.Absent })
	})
}

// typed converts a text of the path or the query to the type that the operation
// declares; lists and objects are JSON text. A text that cannot be converted
// stays a text, and binding refuses it.
func (p *plan) typed(name, text string) api.Value {
	if text == "" {
		return api.TextOf("") // empty means missing, for every type
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

// fixedHeader has the headers of every answer, as the vendor's gateway sends
// them (docs/spec/dingtalk.md#response-headers-of-the-rest-gateway). The values
// are shared by all answers and never changed.
var fixedHeader = map[string][]string{
	"Server":                       {"DingTalk/1.0.0"},
	"Content-Type":                 {"application/json;charset=utf-8"},
	"Access-Control-Allow-Origin":  {"*"},
	"Access-Control-Allow-Methods": {"POST, GET, OPTIONS, PUT, DELETE"},
	"Access-Control-Max-Age":       {"172800"},
	"Access-Control-Allow-Headers": {"X-Requested-With, X-Sequence, _aop_secret, _aop_signature, x-acs-dingtalk-access-token"},
}

func writeHeader(header http.Header, requestID string) {
	for name, values := range fixedHeader {
		header[name] = values
	}
	header.Set("X-Acs-Request-Id", requestID)
	header.Set("X-Acs-Trace-Id", api.NewTraceID())
}

// Send writes the status of the code, or 200.
func (c *restCall) Send(answer []byte, f *api.Failure) {
	status, header := http.StatusOK, c.Writer.Header()
	if f != nil {
		status = f.Code.HTTP
	}
	writeHeader(header, c.ID)
	if status == http.StatusMethodNotAllowed {
		header.Set("Allow", "GET, POST, PUT, DELETE, OPTIONS")
	}
	header.Set("Content-Length", strconv.Itoa(len(answer)))
	c.Writer.WriteHeader(status)
	_, _ = c.Writer.Write(answer) // the caller may have disconnected
}

// AppendSuccess appends the fields alone, {} if there are none, and no request
// id (docs/spec/dingtalk.md#success-bodies-of-the-rest-gateway).
func (c *restCall) AppendSuccess(dst []byte, out api.Fields) []byte {
	return append(api.AppendJSON(append(dst, '{'), out, false), '}')
}

// AppendFailure appends the error body
// (docs/spec/dingtalk.md#error-bodies-of-the-rest-gateway): all three keys always, in
// lower case, because the SDKs look for exactly these. The gateway's own errors begin
// with the code, an operation's with the request id.
func (c *restCall) AppendFailure(dst []byte, f *api.Failure) []byte {
	if !restOwn(c.Op, f.Code) {
		dst = appendKey(append(dst, '{'), "code", f.Code.Code)
		dst = appendKey(append(dst, ','), "requestid", c.ID)
	} else {
		dst = appendKey(append(dst, '{'), "requestid", c.ID)
		dst = appendKey(append(dst, ','), "code", f.Code.Code)
	}
	dst = appendKey(append(dst, ','), "message", cmp.Or(f.Text, f.Code.Text(nil)))
	if (f.Code == restPermission || f.Code == restAPIDenied) && c.Op != nil {
		dst = append(dst, `,"accessdenieddetail":{"requiredScopes":[`...)
		dst = api.AppendText(dst, cmp.Or(c.Op.Permission, api.BaseScope))
		dst = append(dst, `]}`...)
	}
	return append(dst, '}')
}

func appendKey(dst []byte, key, text string) []byte {
	dst = append(append(append(dst, '"'), key...), '"', ':')
	return api.AppendText(dst, text)
}
