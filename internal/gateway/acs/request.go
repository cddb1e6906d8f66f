package acs

import (
	"mime"
	"net/http"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// isVendors reports whether an Authorization header is of this vendor, in any
// version.
func isVendors(authorization string) bool {
	return len(authorization) >= 3 && strings.EqualFold(authorization[:3], "ACS")
}

// param returns a system parameter of the request, from a header or a parameter
// depending on its style.
func (c *call) param(parameter, header string) string {
	if !c.inHeaders {
		return c.params.Get(parameter)
	}
	return c.Request.Header.Get(header)
}

// Read parses the request once, so that signature and operation use the same
// values.
func (c *call) Read() *api.Failure {
	r := c.Request
	if auth := r.Header.Get("Authorization"); isVendors(auth) {
		c.auth = auth
	}
	query, broken := parseForm(r.URL.RawQuery)
	if broken != nil {
		query = withFormat(query, r.URL.RawQuery)
	}
	form, unread := c.readBody()
	params, conflict := merge(query, form)
	c.query, c.params = query, params
	c.settleStyle() // even a malformed request is answered in its format
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return api.Fail(unsupportedMethod)
	}
	for _, f := range []*api.Failure{singleHeaders(r.Header), broken, unread, conflict} {
		if f != nil {
			return f
		}
	}
	return nil
}

// settleStyle decides between V1 and V3 by the credential, or without one by
// the place of the operation's name
// (docs/spec/alibaba-cloud.md#choice-of-the-signature-version); then the format
// of the answer follows (docs/spec/alibaba-cloud.md#format-of-answers).
func (c *call) settleStyle() {
	h := c.Request.Header
	switch {
	case c.auth != "":
		c.inHeaders = true
	case h.Get("X-Acs-Bearer-Token") != "":
		// One of the vendor's clients sends the token in both places, but time
		// and nonce as parameters only.
		c.inHeaders = c.params.Get("BearerToken") == "" || c.params.Get("Action") == ""
	case c.params.Get("Signature") != "", c.params.Get("AccessKeyId") != "",
		c.params.Get("BearerToken") != "", c.params.Get("Action") != "":
		c.inHeaders = false
	default:
		c.inHeaders = h.Get("X-Acs-Action") != ""
	}
	switch format := c.params.Get("Format"); {
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

// singleHeaders refuses a repeated system header: the value that was signed
// might not be the one that is used.
func singleHeaders(h http.Header) *api.Failure {
	for name, values := range h {
		if len(values) > 1 && (strings.HasPrefix(name, "X-Acs-") || name == "Authorization" || name == "Content-Type") {
			return invalidParameter(strings.ToLower(name), headerOnceRule)
		}
	}
	return nil
}

// readBody reads the body and, if it is a form, its parameters
// (docs/spec/alibaba-cloud.md#methods-and-bodies).
func (c *call) readBody() (api.Parameters, *api.Failure) {
	body, err := c.Body()
	switch err {
	case nil:
	case api.ErrBodyEncoded:
		return nil, api.Fail(invalidContentEncoding)
	case api.ErrBodyTooLarge:
		return withFormat(nil, string(body)), api.Fail(entityTooLarge)
	default:
		return withFormat(nil, string(body)), failFor(malformedRequest, api.RuleOf(err))
	}
	c.body = body
	if len(body) == 0 {
		// Clients announce a form even when everything is in the query.
		return nil, nil
	}
	kind, parameters, err := mime.ParseMediaType(c.Request.Header.Get("Content-Type"))
	text := string(api.WithoutMark(body))
	form, broken := parseForm(text)
	charset := parameters["charset"]
	if err != nil || kind != "application/x-www-form-urlencoded" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		broken = api.Fail(invalidContentType)
	}
	if broken != nil {
		form = withFormat(form, text)
	}
	return form, broken
}

// withFormat adds Format, searched for in the text, to the parameters of a form
// that could not be parsed completely.
func withFormat(form api.Parameters, text string) api.Parameters {
	if form.Get("Format") != "" {
		return form
	}
	for piece := range strings.SplitSeq(text, "&") {
		if format, ok := strings.CutPrefix(piece, "Format="); ok {
			form = append(form, api.Parameter{Name: "Format", Value: strings.Clone(format)})
			form.Sort()
			break
		}
	}
	return form
}

// Find looks up the operation and makes the checks that come before
// authentication.
func (c *call) Find() *api.Failure {
	action, version := c.param("Action", "X-Acs-Action"), c.param("Version", "X-Acs-Version")
	switch {
	case action == "":
		return api.Fail(missingAction)
	case version == "":
		return api.Fail(missingVersion)
	}
	if c.inHeaders {
		// Headers name the operation; a proxy in between might go by a
		// parameter that names another one.
		if given := c.params.Get("Action"); given != "" && given != action {
			return invalidParameter("Action", actionHeaderRule)
		}
		if given := c.params.Get("Version"); given != "" && given != version {
			return invalidParameter("Version", versionHeaderRule)
		}
	}
	op, known := c.h.Catalogue.RPC(version, action)
	switch path := c.Request.URL.Path; {
	case !known:
		return c.unknown(invalidVersion, action, version)
	case op == nil, path != "/" && path != "":
		return c.unknown(actionNotFound, action, version)
	}
	c.Op, c.Version = op, version
	if format := c.params.Get("Format"); format != "" && !strings.EqualFold(format, "JSON") && !strings.EqualFold(format, "XML") {
		return api.Fail(invalidFormat)
	}
	return nil
}

// unknown refuses a call of an operation that does not exist, and records the
// name.
func (c *call) unknown(code *api.Code, action, version string) *api.Failure {
	c.Asked = "Action " + api.Clip(action, 64) + ", Version " + api.Clip(version, 16)
	if path := c.Request.URL.Path; path != "/" && path != "" {
		c.Asked += ", path " + path
	}
	return api.Fail(code)
}
