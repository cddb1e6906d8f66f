package top

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// credentials is what the gateway asks about a caller.
type credentials interface {
	// TokenPrincipal returns who holds the token, or directory.ErrTokenInvalid.
	TokenPrincipal(ctx context.Context, token string) (directory.Principal, error)
	// AppSecrets returns the secrets and the organisation of an app key, or
	// directory.ErrAppNotFound.
	AppSecrets(ctx context.Context, appKey string) ([]directory.Secret, string, error)
}

// Handler answers /router/rest and /router/batch. It is safe for concurrent use.
type Handler struct {
	gateway     api.Gateway
	credentials credentials
	codes       []*api.Code                      // what can be armed, whatever the operation
	shapes      map[*api.Operation]func() *shape // made with the first call
}

// New returns the gateway's handler.
func New(g api.Gateway) *Handler {
	h := &Handler{gateway: g, credentials: g.Directory, codes: Codes(), shapes: map[*api.Operation]func() *shape{}}
	for _, op := range g.Catalogue.Operations() {
		h.shapes[op] = sync.OnceValue(func() *shape { return shapeOf(op) })
	}
	return h
}

// call is one request on its way to its answer.
type call struct {
	id        string
	begun     time.Time
	style     style
	params    *parameters
	method    string
	op        *api.Operation
	principal directory.Principal
	address   string       // where the request came from
	pages     string       // where our own pages are
	throttle  api.Throttle // the limit that the call went over
	hasty     bool         // above the rate, though it is refused for another reason
}

// ServeHTTP answers any request in the platform's envelope, with status 200.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == BatchPath {
		h.serveBatch(w, r)
		return
	}
	c := h.begin(r)
	pooled := bodies.Get().(*[]byte)
	body, failed := respond((*pooled)[:0], c, func() (api.Fields, *failure) { return h.answer(w, r, c) })
	c.comeAgain(w, failed)
	c.style.write(w, r, body)
	h.record(r.Context(), c, failed)
	*pooled = body
	release(pooled)
}

// largestPooled is the longest answer whose memory serves again.
const largestPooled = 64 << 10

func release(pooled *[]byte) {
	if cap(*pooled) <= largestPooled {
		bodies.Put(pooled)
	}
}

func (h *Handler) begin(r *http.Request) *call {
	return &call{id: newRequestID(), begun: h.gateway.Now(), address: api.Host(r.RemoteAddr), pages: h.gateway.PagesFor(r)}
}

// comeAgain tells a caller who was too early when to come again.
func (c *call) comeAgain(w http.ResponseWriter, f *failure) {
	if f != nil && f.code.Waits() {
		w.Header().Set("Retry-After", c.throttle.Wait(c.begun))
	}
	if c.hasty {
		api.HoldBack(w)
	}
}

// respond appends the answer of a call that do carries out to dst. A panic
// becomes the platform's internal error; its stack goes to the log.
func respond(dst []byte, c *call, do func() (api.Fields, *failure)) (body []byte, failed *failure) {
	defer func() {
		if p := recover(); p != nil {
			failed = broken(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
			body = c.style.appendFailure(dst, nil, "", failed, c.id)
		}
	}()
	out, failed := do()
	if failed != nil {
		return c.style.appendFailure(dst, c.op, c.method, failed, c.id), failed
	}
	return c.style.appendSuccess(dst, c.op, c.method, out, c.id), nil
}

// answer carries a call through all checks, in this order
// (docs/spec/top.md#order-of-checks-on-the-top-gateway).
func (h *Handler) answer(w http.ResponseWriter, r *http.Request, c *call) (api.Fields, *failure) {
	// 1. Read the request; all that follows answers in the form it asks for.
	c.params = readParameters(w, r)
	c.style = styleOf(c.params)
	if r.Method != http.MethodGet && r.Method != http.MethodPost { // docs/spec/top.md#address-and-http-methods
		return nil, refuse(httpActionNotAllowed)
	}
	if c.params.problem != nil {
		return nil, c.params.problem
	}
	// 2. Find the operation, and check how the call wants to be treated.
	if f := h.find(c); f != nil {
		return nil, f
	}
	if f := h.checkForm(c); f != nil {
		return nil, f
	}
	// 3. Authenticate: the signature if there is one, then the token.
	org, f := h.verify(r.Context(), c)
	if f != nil {
		return nil, f
	}
	return h.carryOut(r, c, org)
}

// carryOut is the rest of the way of a call whose signature was checked, alone
// or as a part of a batch. org is the organisation of the app key, if one counts.
func (h *Handler) carryOut(r *http.Request, c *call, org string) (api.Fields, *failure) {
	if f := h.admit(r, c, org); f != nil {
		return nil, f
	}
	// 4. Permission, then a provoked fault, only for callers that got this far, and
	// the rate.
	if c.op.Auth != api.NeedsNothing && !c.principal.May(c.op.Permission) {
		c.hasty = h.gateway.Allow != nil && h.gateway.Allow(c.principal.ID, c.op.Name) != (api.Throttle{})
		return nil, refuse(noPermission).saying(c.text(noPermission)).because(permissionRule(c.op.Permission))
	}
	if f := h.inject(r.Context(), c); f != nil {
		return nil, f
	}
	if h.gateway.Allow != nil {
		if c.throttle = h.gateway.Allow(c.principal.ID, c.op.Name); c.throttle != (api.Throttle{}) {
			return nil, refuse(appCallLimited).saying(c.text(appCallLimited))
		}
	}
	// 5. Bind the arguments and run the operation.
	args, f := c.params.arguments(h.shapes[c.op]())
	if f != nil {
		return nil, f
	}
	session := h.gateway.Directory.Session(c.principal, c.op.Name, c.id)
	out, err := c.op.Call(r.Context(), session, args, api.Reading{Loose: true, JSONText: true, Bare: true})
	if err != nil {
		return nil, failureOf(c.op, err)
	}
	return out, nil
}

func (h *Handler) find(c *call) *failure {
	c.method = c.params.system[sysMethod]
	if c.method == "" {
		return refuse(missingMethod)
	}
	if c.op = h.gateway.Catalogue.TOP(c.method); c.op == nil {
		return refuse(invalidMethod)
	}
	return nil
}

// checkForm checks format, v (docs/spec/top.md#version) and timestamp.
func (h *Handler) checkForm(c *call) *failure {
	ps := c.params
	if f := ps.system[sysFormat]; f != "" && f != "json" && f != "xml" {
		return refuse(invalidFormat)
	}
	switch v := ps.system[sysVersion]; {
	case v == "2.0":
	case v == "" && ps.raw != nil && !ps.given[sysSign]:
		// Decision: the Python client that posts JSON sends no v (docs/spec/top.md#json-bodies).
	case v == "":
		return refuse(missingVersion)
	case isVersion(v):
		return refuse(unsupportedVersion)
	default:
		return refuse(invalidVersion)
	}
	return checkTimestamp(ps.system[sysTimestamp], c.begun, ps.given[sysSign], h.gateway.Strict)
}

// isVersion reports whether v is written like a version, as 1.0 is.
func isVersion(v string) bool {
	var major, minor uint16
	n, err := fmt.Sscanf(v, "%d.%d", &major, &minor)
	return n == 2 && err == nil && v == fmt.Sprintf("%d.%d", major, minor)
}

// verify checks the signature of a signed call and returns the organisation
// that the app key belongs to; "" for a call that shows no app key that counts.
// A present signature is checked even if the session alone would do
// (docs/spec/top.md#check-of-a-present-signature,
// docs/spec/top.md#session-without-a-signature).
func (h *Handler) verify(ctx context.Context, c *call) (org string, f *failure) {
	ps := c.params
	key := ps.system[sysAppKey]
	signed := ps.given[sysSign]
	if !signed && !(h.gateway.Strict && key != "") {
		return "", nil
	}
	if key == "" {
		return "", refuse(missingAppKey)
	}
	secrets, org, err := h.credentials.AppSecrets(ctx, key)
	if f := refusedAs(err, directory.ErrAppNotFound, invalidAppKey); f != nil {
		return "", f
	}
	if !signed {
		return org, nil
	}
	if ps.system[sysSign] == "" {
		return "", refuse(missingSignature)
	}
	// Which of the values was signed cannot be told.
	if ps.repeated != "" {
		return "", refuse(invalidArguments).naming(ps.repeated).because(signedOnceRule)
	}
	if !slices.ContainsFunc(secrets, func(s directory.Secret) bool {
		return signedBy(ps.system[sysSign], ps.system[sysSignMethod], s.Reveal(), ps.sorted, ps.raw)
	}) {
		return "", refuse(invalidSignature)
	}
	if c.op == nil {
		return org, nil // a batch, in whose query nothing unknown stands
	}
	if name := ps.standIn(h.shapes[c.op]()); name != "" {
		return "", refuse(invalidSignature).because(knownNameRule)
	}
	return org, nil
}

// admit finds who calls. org is the organisation of the app key, if one counts.
func (h *Handler) admit(r *http.Request, c *call, org string) *failure {
	if c.op.Auth == api.NeedsNothing {
		c.principal = directory.Principal{Kind: directory.NobodyCaller}
		return nil
	}
	token := c.params.system[sysSession]
	if token == "" {
		return refuse(missingSession)
	}
	principal, err := h.credentials.TokenPrincipal(r.Context(), token)
	if err == nil && principal.Kind == directory.UserCaller {
		err = directory.ErrTokenKind // a person's token is for the REST gateway
	}
	if code := c.op.CodeOf(err); code != nil && errors.Is(err, directory.ErrTokenInvalid) {
		return failWith(code)
	}
	if f := refusedAs(err, directory.ErrTokenInvalid, invalidToken); f != nil {
		return f
	}
	if principal.MustSign && !c.params.given[sysSign] {
		return refuse(missingSignature)
	}
	// Decision: the token of one organisation under the signature of another is
	// what the platform calls an invalid session (27); the token itself is good,
	// so it is not 88 with 40014 (docs/spec/top.md#session-of-another-organisation).
	if org != "" && org != principal.Org {
		return refuse(invalidSession)
	}
	c.principal = principal
	if !principal.AllowsIP(r.RemoteAddr) {
		return refuse(addressRefused).saying(c.text(addressRefused))
	}
	return nil
}

// refusedAs translates the error of a look-up: expected becomes the code, a
// busy store and anything else are not the caller's fault.
func refusedAs(err, expected error, code *gatewayCode) *failure {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, directory.ErrBusy):
		return refuse(busy)
	case errors.Is(err, expected):
		return refuse(code)
	}
	return broken(err)
}

// text words a code of the gateway for the call; "" is as the code has it.
func (c *call) text(g *gatewayCode) string {
	switch {
	case g.subCode == apiAccessLimit:
		return "This ban will last for " + c.throttle.Wait(c.begun) + " more seconds"
	case g.number != dingtalkError.number:
		return ""
	case g.subCode == "40000":
		return api.BlankToken
	}
	r := api.Refused{Now: c.begun, Permission: cmp.Or(c.op.Permission, api.BaseScope), Pages: c.pages,
		AppKey: c.principal.ID, Address: c.address, Name: c.method, Throttle: c.throttle}
	return r.Text(g.code)
}

// inject carries out a fault that is armed for the operation.
func (h *Handler) inject(ctx context.Context, c *call) *failure {
	code, err := h.gateway.Faults.Provoke(ctx, c.op, h.codes)
	switch {
	case err != nil:
		return refuse(busy)
	case code == nil:
		return nil
	}
	return h.armed(c, code).because(api.ArmedFault)
}

// armed makes the answer of an armed code
// (docs/spec/top.md#armed-codes-on-the-top-gateway).
func (h *Handler) armed(c *call, code *api.Code) *failure {
	if slices.Contains(c.op.Codes(), code) {
		return failWith(code)
	}
	g := gatewayCodeNamed(code.Code, slices.Concat(gatewayCodes, layeredCodes()))
	switch {
	case g == nil:
		return failWith(code)
	case g == dingtalkError:
		g = invalidToken
	}
	f := refuse(g).saying(c.text(g))
	if g == missingArguments || g == invalidArguments {
		f.naming("session")
	}
	return f
}

// record tells how the call ended.
func (h *Handler) record(ctx context.Context, c *call, f *failure) {
	e := api.Ended{Family: "top", RequestID: c.id, Started: c.begun, Principal: c.principal.ID, Client: c.address}
	if c.op != nil {
		e.Operation = c.op.Name
	} else if h.gateway.Catalogue.TOP(c.method) == nil {
		e.Asked = c.method
	}
	if f != nil {
		e.Trouble = &api.Trouble{Code: f.code, Parameter: f.parameter, Rule: f.rule, Value: f.value}
		if f.cause != nil && ctx.Err() == nil {
			h.gateway.Log.ErrorContext(ctx, "call failed", "family", "top", "operation", e.Operation, "requestId", c.id, "error", f.cause.Error())
		}
	}
	h.gateway.Record(ctx, e)
}
