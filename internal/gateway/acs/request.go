package acs

import (
	"errors"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// maxBody is how long a request's body may be
// (docs/spec/reliability.md#limits-of-a-request).
const maxBody = 1 << 20

// call is one request on its way through the handler.
type call struct {
	request *http.Request
	id      string
	started time.Time
	now     time.Time

	query  []param // of the query string, in byte order of their names
	params []param // of query and form together, in the same order
	body   []byte
	auth   string // the Authorization header, if it is one of this vendor's
	// inHeaders: action, time and nonce stand in headers (signature V3), not in
	// parameters (V1). The mere presence of x-acs-action does not tell: clients
	// of V1 send it too.
	inHeaders bool
	xml       bool

	op     *api.Operation
	asked  string // what an operation that does not exist was called
	caller directory.Principal
	nonce  usedNonce

	throttle api.Throttle // the limit that the call went over
}

// isVendors reports an Authorization header of this vendor, of any version.
func isVendors(authorization string) bool {
	return len(authorization) >= 3 && strings.EqualFold(authorization[:3], "ACS")
}

// param returns a system parameter of the request, from where its style has it.
func (c *call) param(parameter, header string) string {
	if !c.inHeaders {
		return valueOf(c.params, parameter)
	}
	return c.request.Header.Get(header)
}

// read takes the request apart, once: signature and operation use the same
// values afterwards.
func (c *call) read(w http.ResponseWriter) *failure {
	r := c.request
	if auth := r.Header.Get("Authorization"); isVendors(auth) {
		c.auth = auth
	}
	query, broken := parseForm(r.URL.RawQuery)
	if broken != nil {
		query = withFormat(query, r.URL.RawQuery)
	}
	form, unread := c.readBody(w)
	params, conflict := merge(query, form)
	c.query, c.params = query, params
	c.settleStyle() // even a request that cannot be read is answered in its format
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return fail(unsupportedMethod)
	}
	for _, f := range []*failure{singleHeaders(r.Header), broken, unread, conflict} {
		if f != nil {
			return f
		}
	}
	return nil
}

// settleStyle decides between V1 and V3 by the credential, and without one by
// where the operation's name stands
// (docs/spec/alibaba-cloud.md#choice-of-the-signature-version); then the
// format of the answer follows (docs/spec/alibaba-cloud.md#format-of-answers).
func (c *call) settleStyle() {
	h := c.request.Header
	switch {
	case c.auth != "":
		c.inHeaders = true
	case h.Get("X-Acs-Bearer-Token") != "":
		// A client of the vendor's sends the token in both places, and time and
		// nonce as parameters only.
		c.inHeaders = valueOf(c.params, "BearerToken") == "" || valueOf(c.params, "Action") == ""
	case valueOf(c.params, "Signature") != "", valueOf(c.params, "AccessKeyId") != "",
		valueOf(c.params, "BearerToken") != "", valueOf(c.params, "Action") != "":
		c.inHeaders = false
	default:
		c.inHeaders = h.Get("X-Acs-Action") != ""
	}
	switch format := valueOf(c.params, "Format"); {
	case strings.EqualFold(format, "JSON"):
		c.xml = false
	case strings.EqualFold(format, "XML"):
		c.xml = true
	default: // V1: XML. V3: JSON, unless Accept asks for XML.
		c.xml = !c.inHeaders || wantsXML(h.Get("Accept"))
	}
}

func wantsXML(accept string) bool {
	return strings.Contains(accept, "xml") && !strings.Contains(accept, "json")
}

// singleHeaders refuses a system header that occurs twice: which of the two was
// signed, and which of the two is obeyed, must not be a matter of taste.
func singleHeaders(h http.Header) *failure {
	for name, values := range h {
		if len(values) > 1 && (strings.HasPrefix(name, "X-Acs-") || name == "Authorization" || name == "Content-Type") {
			return invalidParameter(strings.ToLower(name), headerOnceRule)
		}
	}
	return nil
}

// readBody reads the body and, if it is a form, its parameters
// (docs/spec/alibaba-cloud.md#methods-and-bodies).
func (c *call) readBody(w http.ResponseWriter) ([]param, *failure) {
	r := c.request
	if encoding := r.Header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") {
		return nil, fail(invalidContentEncoding)
	}
	body, err := api.ReadBody(w, r, maxBody)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return withFormat(nil, string(body)), fail(entityTooLarge)
	case err != nil:
		return withFormat(nil, string(body)), &failure{code: malformedRequest, rule: wholeBodyRule, cause: err}
	}
	c.body = body
	if len(body) == 0 {
		// Clients announce a form even when everything is in the query.
		return nil, nil
	}
	kind, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	text := string(api.WithoutMark(body))
	form, broken := parseForm(text)
	charset := parameters["charset"]
	if err != nil || kind != "application/x-www-form-urlencoded" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		broken = fail(invalidContentType)
	}
	if broken != nil {
		form = withFormat(form, text)
	}
	return form, broken
}

// withFormat adds what says how to answer to the parameters of a form that could
// not be read to its end.
func withFormat(form []param, text string) []param {
	if valueOf(form, "Format") != "" {
		return form
	}
	for piece := range strings.SplitSeq(text, "&") {
		if format, ok := strings.CutPrefix(piece, "Format="); ok {
			form = append(form, param{"Format", strings.Clone(format)})
			slices.SortStableFunc(form, func(a, b param) int { return strings.Compare(a.name, b.name) })
			break
		}
	}
	return form
}

// find looks up the operation and checks what the gateway must know of the
// request before it asks who sent it.
func (h *Handler) find(c *call) *failure {
	action, version := c.param("Action", "X-Acs-Action"), c.param("Version", "X-Acs-Version")
	switch {
	case action == "":
		return fail(missingAction)
	case version == "":
		return fail(missingVersion)
	}
	if c.inHeaders {
		// The operation is named by headers; a parameter that names another one
		// would be read by somebody between the client and us.
		if given := valueOf(c.params, "Action"); given != "" && given != action {
			return invalidParameter("Action", actionHeaderRule)
		}
		if given := valueOf(c.params, "Version"); given != "" && given != version {
			return invalidParameter("Version", versionHeaderRule)
		}
	}
	op, known := h.g.Catalogue.RPC(version, action)
	switch path := c.request.URL.Path; {
	case !known:
		return c.unknown(invalidVersion, action, version)
	case op == nil, path != "/" && path != "":
		return c.unknown(actionNotFound, action, version)
	}
	c.op = op
	if format := valueOf(c.params, "Format"); format != "" && !strings.EqualFold(format, "JSON") && !strings.EqualFold(format, "XML") {
		return fail(invalidFormat)
	}
	return nil
}

// unknown refuses a call of an operation that does not exist, and notes what it
// was called.
func (c *call) unknown(code *api.Code, action, version string) *failure {
	c.asked = "Action " + api.Clip(action, 64) + ", Version " + api.Clip(version, 16)
	if path := c.request.URL.Path; path != "/" && path != "" {
		c.asked += ", path " + path
	}
	return fail(code)
}
