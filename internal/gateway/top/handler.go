package top

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// credentials is the part of the directory that authenticates callers.
type credentials interface {
	// TokenPrincipal returns who holds the token, or directory.ErrTokenInvalid.
	TokenPrincipal(ctx context.Context, token string) (directory.Principal, error)
	// AppSecrets returns the secrets and the organisation of an app key, or
	// directory.ErrAppNotFound.
	AppSecrets(ctx context.Context, appKey string) ([]directory.Secret, string, error)
}

// Handler answers /router/rest and /router/batch. It is safe for concurrent use.
type Handler struct {
	*api.Pipeline
	credentials credentials
	shapes      map[*api.Operation]*shape
}

// New returns the gateway's handler.
func New(g api.Gateway) *Handler {
	h := &Handler{credentials: g.Directory, shapes: map[*api.Operation]*shape{}}
	for _, op := range g.Catalogue.Operations() {
		h.shapes[op] = shapeOf(op)
	}
	h.Pipeline = api.NewPipeline(g, api.Protocol{
		Name: "top", New: h.fresh, NewID: api.NewShortID,
		// docs/spec/top.md#order-of-checks-on-the-top-gateway
		Order:   []api.Check{api.CheckPermission, api.CheckFault, api.CheckRate},
		Reading: api.Reading{Loose: true, JSONText: true, Bare: true},
		Codes:   Codes(),
		// docs/spec/top.md#failures-of-the-server
		Busy: busy.code, Internal: internalError.code,
		Address: addressRefused.code, Denied: noPermission.code, Throttled: appCallLimited.code,
		Armed: inPlaceOf,
	})
	return h
}

// inPlaceOf returns what is answered for an armed code
// (docs/spec/top.md#armed-codes-on-the-top-gateway): 88 is the commonest of its cases.
func inPlaceOf(_ *api.Operation, code *api.Code) *api.Code {
	if code == dingtalkError.code {
		return invalidToken.code
	}
	return code
}

func (h *Handler) fresh(r *http.Request) api.Wire {
	if r.URL.Path == BatchPath {
		return &batch{call: call{h: h}}
	}
	return &call{h: h}
}

// call is one call on its way through the pipeline.
type call struct {
	api.Call
	h      *Handler
	style  style
	params *parameters
	org    string // that the app key belongs to; "" if the call has no valid one
}

// Read reads the request, and with it the format of the answer.
func (c *call) Read() *api.Failure {
	c.params = c.readParameters()
	c.style = styleOf(c.params)
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodPost { // docs/spec/top.md#address-and-http-methods
		return refuse(httpActionNotAllowed)
	}
	return c.params.problem
}

// Find looks up the operation, and checks format, version and timestamp.
func (c *call) Find() *api.Failure {
	if f := c.find(); f != nil {
		return f
	}
	return c.checkForm()
}

func (c *call) find() *api.Failure {
	method := c.method()
	if method == "" {
		return refuse(missingMethod)
	}
	if c.Op = c.h.Catalogue.TOP(method); c.Op == nil {
		c.Asked = method
		return refuse(invalidMethod)
	}
	return nil
}

func (c *call) method() string { return c.params.system[sysMethod] }

// checkForm checks format, v (docs/spec/top.md#version) and timestamp.
func (c *call) checkForm() *api.Failure {
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
	return checkTimestamp(ps.system[sysTimestamp], c.Started, ps.given[sysSign], c.h.Strict)
}

// isVersion reports whether v has the form of a version, such as 1.0.
func isVersion(v string) bool {
	var major, minor uint16
	n, err := fmt.Sscanf(v, "%d.%d", &major, &minor)
	return n == 2 && err == nil && v == fmt.Sprintf("%d.%d", major, minor)
}

// Authenticate checks the signature if there is one, then the token.
func (c *call) Authenticate() *api.Failure {
	if f := c.verify(); f != nil {
		return f
	}
	return c.admit()
}

// verify checks the signature of a signed call and finds the organisation of
// the app key, if it is used. A signature that is present is checked even if
// the session alone would suffice
// (docs/spec/top.md#check-of-a-present-signature,
// docs/spec/top.md#session-without-a-signature).
func (c *call) verify() *api.Failure {
	ps := c.params
	key := ps.system[sysAppKey]
	signed := ps.given[sysSign]
	if !signed && !(c.h.Strict && key != "") {
		return nil
	}
	if key == "" {
		return refuse(missingAppKey)
	}
	secrets, org, err := c.h.credentials.AppSecrets(c.Request.Context(), key)
	switch {
	case errors.Is(err, directory.ErrAppNotFound):
		return refuse(invalidAppKey)
	case err != nil:
		return c.Broken(err)
	}
	c.org = org
	if !signed {
		return nil
	}
	if ps.system[sysSign] == "" {
		return refuse(missingSignature)
	}
	// It is ambiguous which of the values was signed.
	if ps.repeated != "" {
		return invalidArgument(ps.repeated, signedOnceRule)
	}
	if !slices.ContainsFunc(secrets, func(s directory.Secret) bool {
		return signedBy(ps.system[sysSign], ps.system[sysSignMethod], s.Reveal(), ps.sorted, ps.raw)
	}) {
		return refuse(invalidSignature)
	}
	if c.Op == nil {
		return nil // a batch has no unknown parameters in its query
	}
	if name := ps.misread(c.h.shapes[c.Op]); name != "" {
		return because(invalidSignature, knownNameRule)
	}
	return nil
}

// admit identifies the caller.
func (c *call) admit() *api.Failure {
	token := c.params.system[sysSession]
	if token == "" {
		return refuse(missingSession)
	}
	principal, err := c.h.credentials.TokenPrincipal(c.Request.Context(), token)
	if err == nil && principal.Kind == directory.UserCaller {
		err = directory.ErrTokenKind // a person's token is for the REST gateway
	}
	switch {
	case errors.Is(err, directory.ErrTokenInvalid):
		if code := c.Op.CodeOf(err); code != nil {
			return api.Fail(code)
		}
		return refuse(invalidToken)
	case err != nil:
		return c.Broken(err)
	}
	if principal.MustSign && !c.params.given[sysSign] {
		return refuse(missingSignature)
	}
	// Decision: the token of one organisation with the signature of another is
	// an invalid session (27) to the platform. The token itself is valid, so it
	// is not 88 with 40014 (docs/spec/top.md#session-of-another-organisation).
	if c.org != "" && c.org != principal.Org {
		return refuse(invalidSession)
	}
	c.Caller = principal
	return nil
}

// Arguments returns the business parameters.
func (c *call) Arguments() (api.Value, *api.Failure) { return c.params.arguments(c.h.shapes[c.Op]) }

// Argument finds the code of a parameter whose operation declares none; it
// differs inside an object that the platform does not parse
// (docs/spec/top.md#argument-errors).
func (c *call) Argument(e *api.ArgumentError, f *api.Failure) {
	nested := strings.IndexAny(e.Parameter, ".[")
	top := e.Parameter
	if nested >= 0 {
		top = top[:nested]
	}
	switch {
	case f.Code != nil:
	case e.Missing && nested < 0:
		f.Code = missingArguments.code
	case c.h.shapes[c.Op].opaque[top]:
		f.Code = remoteServiceError.code
	case e.Missing:
		f.Code = missingArguments.code
	default:
		f.Code = invalidArguments.code
	}
}
