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

// tokenParameter is the parameter with the caller's access token, in the query
// or in a form (docs/spec/dingtalk.md#authentication-of-own-gateway-calls).
const tokenParameter = "access_token"

// OAPI answers /topapi/..., /gettoken and the other paths of DingTalk's older
// gateway. It is safe for concurrent use.
type OAPI struct{ *api.Pipeline }

// NewOAPI returns the handler of the catalogue's operations.
func NewOAPI(g api.Gateway) *OAPI {
	h := &OAPI{}
	h.Pipeline = api.NewPipeline(g, api.Protocol{
		Name: "oapi", New: func(*http.Request) api.Wire { return &oapiCall{h: h} }, NewID: api.NewLongerID,
		// docs/spec/dingtalk.md#order-of-checks-on-the-own-gateway
		Order: []api.Check{api.CheckPermission, api.CheckFault, api.CheckRate},
		// SDKs send numbers as texts, and objects and lists as JSON text or with commas
		// (docs/spec/dingtalk.md#parameters-of-own-gateway-calls).
		Reading: api.Reading{Loose: true, JSONText: true, Bare: true, CommaList: true},
		Codes:   OAPICodes(), Generic: []*api.Code{oapiPermission},
		Busy: oapiBusy, Address: oapiAddress, Denied: oapiPermission, Throttled: oapiThrottled,
	})
	return h
}

// oapiCall is the Wire of one call.
type oapiCall struct {
	api.Call
	h       *OAPI
	in      input
	layered bool // the failure has the form of /topapi, though the path has not
}

// text returns the text of a failure on the wire. Some texts of the gateway's
// own codes describe the call
// (docs/spec/dingtalk.md#texts-that-name-the-refused-call).
func (c *oapiCall) text(f *api.Failure) string {
	top, code := c.isTOP(), f.Code
	switch {
	case f.Text != "":
		return f.Text
	case c.Op != nil && slices.Contains(c.Op.Codes(), code):
		return code.Text(nil)
	case code == oapiMissing, code == oapiInvalid:
		return code.Msg + ":" + tokenParameter
	case code == oapiMethodName && top:
		return wrongName(c.name())
	}
	text := c.Refused(c.name(), top).Text(code)
	if code == oapiAddress && !top {
		return "请参考FAQ：" + c.PagesBase() + "/console/errors/" + code.Code + "。错误原因：" + text
	}
	return text
}

func (c *oapiCall) isTOP() bool { return isTOP(c.Request.URL.Path) }

func isTOP(path string) bool { return strings.HasPrefix(path, "/topapi/") }

// name returns the vendor's name for an operation at the path, whether or not
// there is one.
func (c *oapiCall) name() string {
	path := c.Request.URL.Path
	if c.isTOP() {
		return api.OAPI("", path).Name
	}
	return path
}

func wrongName(name string) string { return "不合法ApiName，ApiName = " + clip(name) }

// Argument completes the failure of a refused parameter: without a code of the
// operation it is the gateway's 40 or 41, outside /topapi/ 40035, and 40035 names
// the parameter (docs/spec/dingtalk.md#missing-and-malformed-arguments).
func (c *oapiCall) Argument(e *api.ArgumentError, f *api.Failure) {
	switch {
	case f.Code == nil && !c.isTOP():
		f.Code, f.Text = olderArgument(e)
	case f.Code == nil && e.Missing:
		f.Code, f.Text = oapiMissing, oapiMissing.Msg+":"+clip(e.Parameter)
	case f.Code == nil:
		f.Code, f.Text = oapiInvalid, oapiInvalid.Msg+":"+clip(e.Parameter)
	case f.Code.Names:
		f.Text = f.Code.Msg + ":" + e.Parameter[strings.LastIndexByte(e.Parameter, '.')+1:]
	}
}

// olderArgument is the refusal of a parameter outside /topapi/
// (docs/spec/dingtalk-older-paths.md#missing-parameter-of-an-older-path).
func olderArgument(e *api.ArgumentError) (*api.Code, string) {
	if e.Missing {
		return oapiAbsent, oapiAbsent.Msg + " " + clip(e.Parameter)
	}
	return oapiWrong, oapiWrong.Msg + ":" + clip(e.Parameter)
}

// Find looks up the operation, checks the HTTP method, and reads the query and
// the body, which may contain the token. Errors in them are reported only to an
// authenticated caller.
func (c *oapiCall) Find() *api.Failure {
	r := c.Request
	b := c.h.Catalogue.OAPI(r.URL.EscapedPath())
	if b == nil {
		c.Asked = r.Method + " " + r.URL.Path
		code := oapiPath
		if c.isTOP() { // its text has the operation's name (docs/spec/dingtalk.md#unknown-paths)
			code = oapiMethodName
		}
		return &api.Failure{Code: code, Rule: vendorHas(r.URL.Path)}
	}
	c.Op = b.Operation
	if f := checkMethod(b, r.Method); f != nil {
		return f
	}
	c.readInput()
	return nil
}

// AppendSuccess appends one flat object, outside /topapi without a request id
// (docs/spec/dingtalk.md#envelope-of-the-own-gateway).
func (c *oapiCall) AppendSuccess(dst []byte, out api.Fields) []byte {
	if c.Op.Bare {
		return append(api.AppendJSON(append(dst, '{'), out, false), '}')
	}
	dst = append(dst, `{"errcode":0,"errmsg":"ok",`...)
	n := len(dst)
	if dst = api.AppendJSON(dst, out, false); len(dst) > n {
		dst = append(dst, ',')
	}
	if !c.isTOP() {
		dst[len(dst)-1] = '}' // in place of the comma
		return dst
	}
	return appendRequestID(dst, c.ID)
}

func appendRequestID(dst []byte, id string) []byte {
	dst = append(dst, `"request_id":`...)
	dst = api.AppendText(dst, id)
	return append(dst, '}')
}

// Send writes the answer; the status is always 200.
func (c *oapiCall) Send(answer []byte, _ *api.Failure) {
	header := c.Writer.Header()
	header.Set("Content-Type", "application/json")
	if c.isTOP() {
		header.Set("Content-Type", "application/json;charset=UTF-8")
	}
	header.Set("Content-Length", strconv.Itoa(len(answer)))
	_, _ = c.Writer.Write(answer) // the caller may have disconnected
}

// vendorsCalls are calls of the vendor that programs make but that are out of
// scope here, such as robots and messages
// (docs/spec/dingtalk.md#calls-of-the-vendor-that-are-not-offered). One that
// ends in a slash includes all below it.
var vendorsCalls = []string{
	"/robot/send", "/message/", "/chat/", "/media/", "/microapp/", "/attendance/", "/cspace/", "/checkin/", "/ext/", "/crm/",
	"/topapi/message/", "/topapi/chat/", "/topapi/im/", "/topapi/process/", "/topapi/processinstance/", "/topapi/attendance/",
	"/topapi/smartwork/", "/sns/", "/sso/", "/service/", "/connect/",
}

// vendorHas explains that the vendor has a call at the path, if it has one.
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

// checkMethod checks the HTTP method: a route without one allows POST, and GET
// for reads and outside /topapi/; a route with one allows only that
// (docs/spec/dingtalk.md#http-methods-of-own-gateway-calls and
// docs/spec/dingtalk-older-paths.md#methods-of-an-older-path).
func checkMethod(b *api.Bound, method string) *api.Failure {
	switch {
	case b.Route.Method == http.MethodGet && method != http.MethodGet:
		return api.Fail(oapiNeedsGET)
	case b.Route.Method == http.MethodGet, method == http.MethodPost:
		return nil
	case b.Route.Method == "" && method == http.MethodGet && (b.ReadOnly || !isTOP(b.Route.Path)):
		return nil
	}
	return api.Fail(oapiNeedsPOST)
}

// input is a request's parameters, before authentication.
type input struct {
	query []api.Parameter
	form  []api.Parameter
	json  []byte    // the body, when it is JSON
	bad   *api.Code // what is wrong with them
}

// readInput reads the query and the body.
func (c *oapiCall) readInput() {
	r, in := c.Request, &c.in
	var err error
	if in.query, err = readForm(r.URL.RawQuery, api.Charset{}); err != nil {
		in.bad = oapiBody
	}
	if r.Method != http.MethodPost {
		return // the body of a GET is not read
	}
	body, err := c.Body()
	name, charset, readable := mediaType(r)
	text := api.WithoutMark(body)
	switch {
	case err == api.ErrBodyTooLarge:
		in.bad = oapiTooLarge
	case err != nil, !readable, name == multipartType:
		in.bad = oapiBody
	case len(bytes.TrimSpace(text)) == 0:
	case isJSON(name, text):
		if in.json, readable = charset.Body(body); !readable {
			in.bad = oapiBody
		}
	default:
		if in.form, err = readForm(string(text), charset); err != nil {
			in.bad = oapiBody
		}
	}
}

// isJSON reports whether the body is JSON by its type or, if the type is
// missing or curl's default, by its first character, with which no form begins.
func isJSON(mediaType string, body []byte) bool {
	if mediaType == "application/json" || strings.HasSuffix(mediaType, "+json") {
		return true
	}
	first := bytes.TrimSpace(body)[0]
	return first == '{' || first == '['
}

// Arguments returns query, form and JSON members as one tree, without the
// gateway's own parameters.
func (c *oapiCall) Arguments() (api.Value, *api.Failure) {
	in := &c.in
	args := api.Value{Kind: api.ObjectValue, Members: make([]api.Member, 0, len(in.query)+len(in.form))}
	if in.bad != nil {
		return args, api.Fail(in.bad)
	}
	for _, list := range [][]api.Parameter{in.query, in.form} {
		for _, p := range list {
			if p.Name == tokenParameter || p.Name == c.tokenName() {
				continue
			}
			if e := put(&args, p.Name, api.TextOf(p.Value)); e != nil {
				return args, c.FailureOf(e)
			}
		}
	}
	if in.json == nil {
		return args, nil
	}
	body, err := api.ParseJSON(in.json)
	if err != nil || body.Kind != api.ObjectValue {
		return args, api.Fail(oapiBody)
	}
	for _, m := range body.Members {
		if e := put(&args, m.Name, m.Value); e != nil {
			return args, c.FailureOf(e)
		}
	}
	return args, nil
}

// values returns every value of a parameter in query and form.
func (in *input) values(name string) (vs []string) {
	for _, pairs := range [][]api.Parameter{in.query, in.form} {
		for _, p := range pairs {
			if p.Name == name {
				vs = append(vs, p.Value)
			}
		}
	}
	return vs
}

// tokenName returns the parameter with the token that the operation requires.
func (c *oapiCall) tokenName() string {
	if c.Op.Auth == api.NeedsPersonToken {
		return "sns_token"
	}
	return tokenParameter
}

// Authenticate looks up the token, or verifies the signature sent instead of
// one.
func (c *oapiCall) Authenticate() *api.Failure {
	name := c.tokenName()
	tokens := c.in.values(name)
	switch {
	case c.Op.Auth == api.NeedsSigning:
		return c.verifyOnly(len(tokens) > 0)
	case len(tokens) > 1:
		return c.FailureOf(&api.ArgumentError{Parameter: name, Rule: onceRule})
	case len(tokens) == 0 && c.in.isSigned() && c.Op.Auth == api.NeedsToken:
		return c.verify()
	case len(tokens) == 0 || strings.TrimSpace(tokens[0]) == "":
		if name != tokenParameter {
			return c.FailureOf(&api.ArgumentError{Parameter: name, Missing: true})
		}
		if !c.isTOP() {
			return api.Fail(oapiNoToken)
		}
		return api.Fail(oapiBlankToken)
	}
	p, err := c.holder(tokens[0])
	switch {
	case errors.Is(err, directory.ErrTokenInvalid):
		return api.Fail(cmp.Or(c.Op.CodeOf(err), oapiToken))
	case err != nil:
		return c.Broken(err)
	}
	c.Caller = p
	return nil
}

// holder returns who holds a token of the kind that the operation requires.
func (c *oapiCall) holder(token string) (directory.Principal, error) {
	if kind := c.Op.Auth.LoginToken(); kind != "" {
		return c.h.Directory.LoginTokenPrincipal(c.Request.Context(), kind, token)
	}
	p, err := c.h.Directory.TokenPrincipal(c.Request.Context(), token)
	if err == nil && p.Kind != directory.AppCaller {
		err = directory.ErrTokenKind
	}
	return p, err
}

// AppendFailure appends the error answer. Key order is that of recorded
// answers: errcode, sub_code, sub_msg, errmsg, request_id. Outside /topapi
// there is neither a sub code nor a request id
// (docs/spec/dingtalk.md#errors-in-layers).
func (c *oapiCall) AppendFailure(dst []byte, f *api.Failure) []byte {
	top := c.isTOP() || c.layered
	if top && f.Code == oapiLayer {
		f = api.Fail(oapiToken)
	}
	code, text := f.Code, c.text(f)
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
	return appendRequestID(append(dst, ','), c.ID)
}

// appendNumber writes a code as a number, or as a string if it is not one, so
// that the answer stays valid JSON.
func appendNumber(dst []byte, code string) []byte {
	if n, err := strconv.ParseInt(code, 10, 64); err == nil {
		return strconv.AppendInt(dst, n, 10)
	}
	return api.AppendText(dst, code)
}
