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

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// tokenParameter carries the caller's access token, in the query or in a form
// (docs/spec/dingtalk.md#authentication-of-own-gateway-calls).
const tokenParameter = "access_token"

// OAPI answers /topapi/..., /gettoken and the other paths of DingTalk's older
// gateway. It is safe for concurrent use.
type OAPI struct {
	gateway api.Gateway
	family  *family
}

// NewOAPI returns the handler of the catalogue's operations.
func NewOAPI(g api.Gateway) *OAPI {
	return &OAPI{gateway: complete(g), family: &family{
		name: "oapi", codes: OAPICodes(), address: oapiAddress, permission: oapiPermission, throttled: oapiThrottled, busy: oapiBusy,
		argument: oapiArgument, text: oapiText,
	}}
}

// oapiText words the gateway's own codes for the call
// (docs/spec/dingtalk.md#texts-that-name-the-refused-call).
func oapiText(c *call, code *api.Code) string {
	top := isTOP(c.path)
	name := c.path
	if top {
		name = api.OAPI("", c.path).Name
	}
	switch {
	case code == oapiMissing, code == oapiInvalid:
		return code.Msg + ":" + tokenParameter
	case code == oapiMethodName && top:
		return wrongName(name)
	case code == oapiBlankToken && !top:
		return api.Errcode(code.Code).Msg
	}
	r := api.Refused{Now: c.Now(), Pages: c.pages, AppKey: cmp.Or(c.caller.App, c.caller.ID), Address: c.address, Name: name, Throttle: c.throttle}
	if c.op != nil {
		r.Permission = cmp.Or(c.op.Permission, api.BaseScope)
	}
	if code.Code == oapiAddress.Code && !top {
		return "请参考FAQ：" + c.pages + "/console/errors/" + code.Code + "。错误原因：" + r.Text(code)
	}
	return r.Text(code)
}

func wrongName(name string) string { return "不合法ApiName，ApiName = " + clip(name) }

// oapiArgument words a refused parameter: without a code of the operation it
// is the gateway's 40 or 41, and 40035 names the parameter
// (docs/spec/dingtalk.md#missing-and-malformed-arguments).
func oapiArgument(e *api.ArgumentError) *failure {
	f := &failure{code: e.Code, arg: e}
	switch {
	case f.code == nil && e.Missing:
		f.code, f.text = oapiMissing, oapiMissing.Msg+":"+clip(e.Parameter)
	case f.code == nil:
		f.code, f.text = oapiInvalid, oapiInvalid.Msg+":"+clip(e.Parameter)
	case f.code.Code == "40035" && f.code.Msg == "不合法的参数":
		f.text = f.code.Msg + ":" + e.Parameter[strings.LastIndexByte(e.Parameter, '.')+1:]
	}
	return f
}

// oapiReading is how freely this wire spells values: SDKs send numbers as
// texts, and objects and lists as JSON text or with commas
// (docs/spec/dingtalk.md#parameters-of-own-gateway-calls).
var oapiReading = api.Reading{Loose: true, JSONText: true, Bare: true, CommaList: true}

func (h *OAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := begin(h.gateway, h.family, shortID(), r)
	h.respond(c, w, r, func(dst []byte) ([]byte, *failure) { return h.serve(c, w, r, dst) })
}

// Busy answers a call that the server has no place for. Nothing of it was read.
func (h *OAPI) Busy(w http.ResponseWriter, r *http.Request) {
	c := begin(h.gateway, h.family, shortID(), r)
	h.respond(c, w, r, func([]byte) ([]byte, *failure) { return nil, c.busy() })
}

// respond writes what fn appends, or the error it reports; the status is 200 always.
func (h *OAPI) respond(c *call, w http.ResponseWriter, r *http.Request, fn func([]byte) ([]byte, *failure)) {
	kept := buffers.Get().(*[]byte)
	answer, f := c.guard((*kept)[:0], fn)
	if f != nil {
		answer = h.appendFailure((*kept)[:0], c, f)
	}
	contentType := "application/json"
	if isTOP(r.URL.Path) {
		contentType = "application/json;charset=UTF-8"
	}
	c.comeAgain(w, f)
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
	_, _ = w.Write(answer) // a caller that went away is no error of ours
	release(kept, answer)
	c.finish(f)
}

// serve is one call, in the order of
// docs/spec/dingtalk.md#order-of-checks-on-the-own-gateway. What is wrong with the body is reported only to a caller
// that is known (step 6), though a token may have to be read from it.
func (h *OAPI) serve(c *call, w http.ResponseWriter, r *http.Request, dst []byte) ([]byte, *failure) {
	ctx := r.Context()
	// 1. Find the operation.
	b := h.gateway.Catalogue.OAPI(r.URL.Path)
	if b == nil {
		return nil, unknownPath(r.URL.Path)
	}
	c.op = b.Operation
	// 2. Is it called with the right HTTP method?
	if f := checkMethod(b, r.Method); f != nil {
		return nil, f
	}
	// 3. Read the query and the body.
	in := readInput(w, r)
	// 4. Who calls?
	if f := h.authenticate(ctx, c, &in); f != nil {
		return nil, f
	}
	// 5. From an allowed address, with the permission, without an armed fault, within the rate?
	if f := c.admit(ctx); f != nil {
		return nil, f
	}
	// 6. Put the parameters into one tree.
	args, f := in.arguments()
	if f != nil {
		return nil, f
	}
	// 7. Call the operation.
	fields, f := c.run(ctx, args, oapiReading)
	if f != nil {
		return nil, f
	}
	// 8. Encode: one flat object, outside /topapi without a request id
	// (docs/spec/dingtalk.md#envelope-of-the-own-gateway).
	if c.op.Bare {
		dst = append(dst, '{')
		dst = api.AppendJSON(dst, fields, false)
		return append(dst, '}'), nil
	}
	dst = append(dst, `{"errcode":0,"errmsg":"ok",`...)
	n := len(dst)
	if dst = api.AppendJSON(dst, fields, false); len(dst) > n {
		dst = append(dst, ',')
	}
	if !isTOP(c.path) {
		dst[len(dst)-1] = '}' // in place of the comma
		return dst, nil
	}
	return appendRequestID(dst, c.requestID), nil
}

func appendRequestID(dst []byte, id string) []byte {
	dst = append(dst, `"request_id":`...)
	dst = api.AppendText(dst, id)
	return append(dst, '}')
}

func isTOP(path string) bool { return strings.HasPrefix(path, "/topapi/") }

// unknownPath answers for a path without an operation. Under /topapi the
// vendor prints the name that it derives from the path
// (docs/spec/dingtalk.md#unknown-paths).
func unknownPath(path string) *failure {
	f := &failure{code: oapiPath}
	if isTOP(path) {
		f = &failure{code: oapiMethodName, text: wrongName(api.OAPI("", path).Name)}
	}
	f.rule = vendorHas(path)
	return f
}

// vendorsCalls are what programs call of the vendor that is out of scope here:
// robots, messages and calls of older paths
// (docs/spec/dingtalk.md#calls-of-the-vendor-that-are-not-offered).
// One that ends in a slash stands for all below it.
var vendorsCalls = []string{
	"/robot/send", "/message/", "/chat/", "/media/", "/microapp/", "/attendance/", "/cspace/", "/checkin/", "/ext/", "/crm/",
	"/topapi/message/", "/topapi/chat/", "/topapi/im/", "/topapi/process/", "/topapi/processinstance/", "/topapi/attendance/", "/topapi/role/",
	"/topapi/inactive/", "/topapi/smartwork/", "/topapi/v2/user/getuserinfo", "/topapi/user/listadmin", "/topapi/user/count", "/topapi/user/get_admin_scope",
	"/user/", "/department/", "/role/", "/sns/", "/sso/", "/service/", "/get_jsapi_ticket", "/connect/",
}

// vendorHas says what the vendor has at the path, if anything.
func vendorHas(path string) api.Text {
	path = strings.ToLower(path)
	switch {
	case slices.Contains(vendorsCalls, path):
		return notOfferedRule
	case slices.ContainsFunc(vendorsCalls, func(known string) bool { return strings.HasSuffix(known, "/") && strings.HasPrefix(path, known) }):
		return noneOfferedRule
	}
	return api.Text{}
}

// checkMethod: a route without a method takes GET for reads and POST for
// everything; a route with one takes only that
// (docs/spec/dingtalk.md#http-methods-of-own-gateway-calls).
func checkMethod(b *api.Bound, method string) *failure {
	switch {
	case b.Route.Method == http.MethodGet && method != http.MethodGet:
		return fail(oapiNeedsGET)
	case b.Route.Method == http.MethodGet, method == http.MethodPost:
		return nil
	case b.Route.Method == "" && b.ReadOnly && method == http.MethodGet:
		return nil
	}
	return fail(oapiNeedsPOST)
}

// input is a request's parameters before anything is known about their caller.
type input struct {
	query []pair
	form  []pair
	json  []byte   // the body, when it is JSON
	bad   *failure // what is wrong with them; told to a known caller only
}

func readInput(w http.ResponseWriter, r *http.Request) (in input) {
	var err error
	if in.query, err = readPairs(r.URL.RawQuery, api.Charset{}); err != nil {
		in.bad = fail(oapiBody)
	}
	if r.Method != http.MethodPost {
		return in // parameters in the body of a GET are not read
	}
	body, err := readBody(w, r)
	name, charset, readable := mediaType(r)
	text := api.WithoutMark(body)
	switch {
	case err == errTooLarge:
		in.bad = fail(oapiTooLarge)
	case err != nil, !readable, name == multipartType:
		in.bad = fail(oapiBody)
	case len(bytes.TrimSpace(text)) == 0:
	case isJSON(name, text):
		if in.json, readable = charset.Body(body); !readable {
			in.bad = fail(oapiBody)
		}
	default:
		if in.form, err = readPairs(string(text), charset); err != nil {
			in.bad = fail(oapiBody)
		}
	}
	return in
}

// isJSON reports whether the body is JSON by its type or, when the type is
// missing or curl's default, by its first character: no form begins like that.
func isJSON(mediaType string, body []byte) bool {
	if mediaType == "application/json" || strings.HasSuffix(mediaType, "+json") {
		return true
	}
	first := bytes.TrimSpace(body)[0]
	return first == '{' || first == '['
}

// arguments puts query, form and JSON members into one tree, without the
// gateway's own parameters.
func (in *input) arguments() (api.Value, *failure) {
	args := api.Value{Kind: api.ObjectValue, Members: make([]api.Member, 0, len(in.query)+len(in.form))}
	if in.bad != nil {
		return args, in.bad
	}
	for _, pairs := range [][]pair{in.query, in.form} {
		for _, p := range pairs {
			if p.name == tokenParameter {
				continue
			}
			if e := put(&args, p.name, api.TextOf(p.value)); e != nil {
				return args, oapiArgument(e)
			}
		}
	}
	if in.json == nil {
		return args, nil
	}
	body, err := api.ParseJSON(in.json)
	if err != nil || body.Kind != api.ObjectValue {
		return args, fail(oapiBody)
	}
	for _, m := range body.Members {
		if e := put(&args, m.Name, m.Value); e != nil {
			return args, oapiArgument(e)
		}
	}
	return args, nil
}

// values returns every value of a parameter in query and form.
func (in *input) values(name string) (vs []string) {
	for _, pairs := range [][]pair{in.query, in.form} {
		for _, p := range pairs {
			if p.name == name {
				vs = append(vs, p.value)
			}
		}
	}
	return vs
}

func (h *OAPI) authenticate(ctx context.Context, c *call, in *input) *failure {
	if c.op.Auth == api.NeedsNothing {
		c.caller = directory.Principal{Kind: directory.NobodyCaller}
		return nil
	}
	tokens := in.values(tokenParameter)
	switch {
	case len(tokens) > 1:
		return oapiArgument(&api.ArgumentError{Parameter: tokenParameter, Rule: onceRule})
	case len(tokens) == 0 && in.isSigned():
		return h.verify(ctx, c, in)
	case len(tokens) == 0 || strings.TrimSpace(tokens[0]) == "":
		if !isTOP(c.path) {
			return fail(oapiNoToken)
		}
		return fail(oapiBlankToken)
	}
	p, err := h.gateway.Directory.TokenPrincipal(ctx, tokens[0])
	if err == nil && p.Kind != directory.AppCaller {
		err = directory.ErrTokenKind
	}
	switch {
	case errors.Is(err, directory.ErrTokenInvalid):
		if code := c.op.CodeOf(err); code != nil {
			return fail(code)
		}
		return fail(oapiToken)
	case err != nil:
		c.internal(ctx, "cannot check a token", err)
		return c.busy()
	}
	c.caller = p
	return nil
}

// appendFailure appends the error answer. Key order is that of recorded
// answers: errcode, sub_code, sub_msg, errmsg, request_id. Outside /topapi there
// is neither a layer nor a request id (docs/spec/dingtalk.md#errors-in-layers).
func (h *OAPI) appendFailure(dst []byte, c *call, f *failure) []byte {
	top := isTOP(c.path)
	if top && f.code == oapiLayer {
		f = fail(oapiToken)
	}
	code, text := f.code, c.message(f)
	dst = append(dst, `{"errcode":`...)
	switch {
	case top && api.IsLayered(code.Code):
		dst = append(dst, `88,"sub_code":`...)
		dst = api.AppendText(dst, code.Code)
		dst = append(dst, `,"sub_msg":`...)
		dst = api.AppendText(dst, text)
		text = "ding talk error[subcode=" + code.Code + ",submsg=" + text + "]"
	case top && code == oapiMethodName:
		dst = append(dst, `22,"sub_msg":`...)
		dst = api.AppendText(dst, text)
		text = code.Msg + "[submsg=" + text + "]"
	default:
		dst = appendNumber(dst, code.Code)
	}
	dst = append(dst, `,"errmsg":`...)
	dst = api.AppendText(dst, text)
	if !top {
		return append(dst, '}')
	}
	return appendRequestID(append(dst, ','), c.requestID)
}

// appendNumber writes a code as the number it is; should an operation declare
// one that is none, the answer stays JSON.
func appendNumber(dst []byte, code string) []byte {
	if n, err := strconv.ParseInt(code, 10, 64); err == nil {
		return strconv.AppendInt(dst, n, 10)
	}
	return api.AppendText(dst, code)
}
