package top

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mingce/mingce/internal/api"
)

// Path is the gateway's path; a method name may follow it after a slash.
const Path = "/router/rest"

// parameter is one name and value as the caller sent it, decoded.
type parameter struct {
	name, value string
	inBody      bool
}

// The system parameters (docs/spec/top.md#system-parameters). partner_id and
// target_app_key are signed like any other, and ignored.
type systemName int

const (
	sysMethod systemName = iota
	sysAppKey
	sysSession
	sysTimestamp
	sysFormat
	sysVersion
	sysSignMethod
	sysSign
	sysSimplify
	sysPartnerID
	sysTargetAppKey
	systemNames
	notSystem systemName = -1
)

func systemNamed(name string) systemName {
	switch name {
	case "method":
		return sysMethod
	case "app_key":
		return sysAppKey
	case "session", "access_token": // docs/spec/top.md#alias-of-the-session
		return sysSession
	case "timestamp":
		return sysTimestamp
	case "format":
		return sysFormat
	case "v":
		return sysVersion
	case "sign_method":
		return sysSignMethod
	case "sign":
		return sysSign
	case "simplify":
		return sysSimplify
	case "partner_id":
		return sysPartnerID
	case "target_app_key":
		return sysTargetAppKey
	}
	return notSystem
}

// parameters is everything a request says.
type parameters struct {
	sorted []parameter // by name, in byte order
	system [systemNames]string
	given  [systemNames]bool

	body []byte // as far as it arrived, until the format of the answer is known

	json    api.Value    // the object of a JSON body
	raw     []byte       // a JSON body as it was sent: part of the signature base
	posted  bool         // by its type there is a JSON body, valid or not
	problem *api.Failure // the first error
	// repeated is the first business parameter that occurs more than once.
	repeated string
}

// readParameters reads the query and the body whatever the HTTP method, because
// clients send forms in GET requests too
// (docs/spec/top.md#places-of-parameters). It always returns what it could
// parse, so that a refusal has the format that was asked for.
func (c *call) readParameters() *parameters {
	r := c.Request
	ps := readQuery(r)
	if method, ok := strings.CutPrefix(r.URL.Path, Path+"/"); ok && method != "" { // docs/spec/top.md#method-in-the-path
		ps.add("method", method, false)
	}
	c.readBody(ps)
	ps.sort()
	ps.seekFormat(r.URL.RawQuery)
	return ps
}

// seekFormat searches for the format of the answer in a query and a body that
// could not be parsed, so that the caller can parse the refusal.
func (ps *parameters) seekFormat(query string) {
	if ps.problem != nil && !ps.given[sysFormat] {
		for _, text := range [][]byte{[]byte(query), ps.body} {
			if m := formatIn.FindSubmatch(text); m != nil {
				ps.system[sysFormat] = string(m[1]) + string(m[2])
				break
			}
		}
	}
	ps.body = nil
}

// formatIn matches the parameter in a form and in a multipart body.
var formatIn = regexp.MustCompile(`(?:^|&|\x{feff})format=(json|xml)(?:&|\s*$)|name="?format"?\r\n(?:[^\r\n]+\r\n)*\r\n(json|xml)\r\n`)

func readQuery(r *http.Request) *parameters {
	ps := &parameters{sorted: make([]parameter, 0, 16)}
	ps.readForm(r.URL.RawQuery, api.Charset{}, false)
	return ps
}

// sort sorts the parameters after all were read, and picks out the system
// parameters.
func (ps *parameters) sort() {
	slices.SortStableFunc(ps.sorted, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	ps.classify()
}

// refuse remembers the first error.
func (ps *parameters) refuse(f *api.Failure) {
	if ps.problem == nil {
		ps.problem = f
	}
}

func (ps *parameters) fail(c *gatewayCode, rule api.Text) { ps.refuse(because(c, rule)) }

// add adds a decoded parameter; it returns false if there are too many.
func (ps *parameters) add(name, value string, inBody bool) bool {
	if len(ps.sorted) == api.MaxParameters {
		ps.fail(parameterError, api.RuleOf(api.ErrTooManyParameters))
		return false
	}
	if !utf8.ValidString(name) || !utf8.ValidString(value) {
		ps.fail(invalidEncoding, bodyCharsetRule)
		return true
	}
	ps.sorted = append(ps.sorted, parameter{name, value, inBody})
	return true
}

// readForm parses a query or form, and continues after malformed parameters.
func (ps *parameters) readForm(form string, charset api.Charset, inBody bool) {
	for p, err := range api.Form(form, charset) {
		switch {
		case err == api.ErrTooManyParameters:
			ps.fail(parameterError, api.RuleOf(err))
		case err != nil:
			ps.fail(invalidEncoding, api.RuleOf(err))
		case !ps.add(p.Name, p.Value, inBody):
			return
		}
	}
}

// takeBody returns the body as it was sent, or nil if there is none or it
// cannot be read.
func (c *call) takeBody(ps *parameters) []byte {
	body, err := c.Body()
	ps.body = body
	switch err {
	case nil:
		return body
	case api.ErrBodyEncoded:
		ps.fail(invalidEncoding, api.RuleOf(err))
	default:
		ps.fail(parameterError, api.RuleOf(err))
	}
	return nil
}

func (c *call) readBody(ps *parameters) {
	contentType := c.Request.Header.Get("Content-Type")
	kind, options, err := mime.ParseMediaType(contentType)
	body := c.takeBody(ps)
	ps.posted = isJSON(kind) && (len(body) > 0 || ps.problem != nil)
	if len(body) == 0 {
		return
	}
	if err != nil && contentType != "" {
		ps.fail(parameterError, contentTypeRule)
		return
	}
	charset, known := api.CharsetNamed(options["charset"]) // docs/spec/top.md#character-sets
	switch {
	case !known:
		ps.fail(invalidEncoding, charsetRule)
	case kind == "application/x-www-form-urlencoded", kind == "", kind == "text/plain":
		ps.readForm(string(api.WithoutMark(body)), charset, true)
	case kind == "multipart/form-data":
		ps.readMultipart(body, charset, options["boundary"])
	case isJSON(kind):
		ps.readJSON(body, charset)
	default:
		ps.fail(parameterError, bodyKindRule)
	}
}

func isJSON(kind string) bool { return kind == "application/json" || kind == "text/json" }

// readMultipart reads the text parts. File parts are neither signed nor
// parameters of any method, so they are ignored
// (docs/spec/top.md#multipart-bodies).
func (ps *parameters) readMultipart(body []byte, charset api.Charset, boundary string) {
	if boundary == "" {
		ps.fail(parameterError, boundaryRule)
		return
	}
	m := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		// A raw part: no transfer encoding may change what was signed.
		part, err := m.NextRawPart()
		if err == io.EOF {
			return
		}
		if err != nil {
			ps.fail(parameterError, multipartRule)
			return
		}
		_, options, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
		if err != nil {
			ps.fail(parameterError, partRule)
			return
		}
		value, err := io.ReadAll(part)
		if err != nil {
			ps.fail(parameterError, multipartRule)
			return
		}
		if _, file := options["filename"]; file {
			continue
		}
		name, ok1 := charset.Text(options["name"])
		text, ok2 := charset.Text(string(value))
		if !ok1 || !ok2 {
			ps.fail(invalidEncoding, api.RuleOf(api.ErrCharset))
			return
		}
		if !ps.add(name, text, true) {
			return
		}
	}
}

// readJSON reads a body of the official Python client, which posts the business
// parameters as one JSON object (docs/spec/top.md#json-bodies).
func (ps *parameters) readJSON(body []byte, charset api.Charset) {
	ps.raw = body
	ps.json = api.Value{Kind: api.ObjectValue}
	text, decoded := charset.Body(body)
	v, err := api.ParseJSON(text)
	if !decoded || err != nil || v.Kind != api.ObjectValue {
		ps.fail(parameterError, jsonBodyRule)
		return
	}
	for i := range v.Members {
		// Decision: system parameters belong in the query of a JSON call. One
		// in the body could contradict it, so it is refused instead of ignored.
		if systemNamed(v.Members[i].Name) != notSystem {
			ps.refuse(invalidArgument(v.Members[i].Name, systemInQueryRule))
			return
		}
	}
	ps.json = v
}

// classify picks out the system parameters and refuses a repeated one, in any
// place (docs/spec/top.md#repeated-parameters).
func (ps *parameters) classify() {
	for i := range ps.sorted {
		p := &ps.sorted[i]
		s := systemNamed(p.name)
		switch {
		case s == notSystem:
			if ps.repeated == "" && (i > 0 && ps.sorted[i-1].name == p.name || ps.json.Get(p.name).Kind != api.Absent) {
				ps.repeated = p.name
			}
		case ps.given[s]:
			ps.refuse(invalidArgument(p.name, systemOnceRule))
		default:
			ps.system[s], ps.given[s] = p.value, true
		}
	}
}

// has reports whether a parameter of that name was sent.
func (ps *parameters) has(name string) bool {
	_, found := slices.BinarySearchFunc(ps.sorted, name, func(p parameter, name string) int { return strings.Compare(p.name, name) })
	return found
}

// arguments returns the business parameters for package api. A parameter may be
// in the query and in the body only with the same value; parameters that the
// operation does not know are ignored.
func (ps *parameters) arguments(s *shape) (api.Value, *api.Failure) {
	args := api.Value{Kind: api.ObjectValue, Members: make([]api.Member, 0, len(ps.sorted)+len(ps.json.Members))}
	for _, m := range ps.json.Members {
		if m.Value.Kind == api.TextValue {
			m.Value = s.value(m.Name, m.Value.Text)
		}
		args.Members = append(args.Members, m)
	}
	for i := range ps.sorted {
		p := &ps.sorted[i]
		if !s.known[p.name] || systemNamed(p.name) != notSystem {
			continue
		}
		// Signatures do not cover empty values, so in a signed call anyone
		// could have added one on the way.
		if p.value == "" && ps.given[sysSign] {
			continue
		}
		if i > 0 && ps.sorted[i-1].name == p.name {
			if q := &ps.sorted[i-1]; q.inBody == p.inBody || q.value != p.value {
				return api.Value{}, invalidArgument(p.name, onceRule)
			}
			continue
		}
		if v := ps.json.Get(p.name); v.Kind != api.Absent {
			if v.Text != p.value {
				return api.Value{}, invalidArgument(p.name, sameRule)
			}
			continue
		}
		args.Members = append(args.Members, api.Member{Name: p.name, Value: s.value(p.name, p.value)})
	}
	return args, nil
}

// shape is what the gateway must know of an operation's parameters.
type shape struct {
	known  map[string]bool // every spelling
	nested map[string]bool // spellings whose text is JSON
	opaque map[string]bool // spellings that the platform does not parse
}

func shapeOf(op *api.Operation) *shape {
	s := &shape{known: map[string]bool{}, nested: map[string]bool{}, opaque: map[string]bool{}}
	for _, f := range op.Inputs() {
		for _, name := range append([]string{f.Name}, f.Aliases...) {
			s.known[name] = true
			s.opaque[name] = f.IsOpaque()
			s.nested[name] = f.Kind != api.StringKind && f.Kind != api.IntKind && f.Kind != api.BoolKind
		}
	}
	return s
}

// value returns the text of a parameter. For a JSON parameter the text null,
// which the vendor's curl samples send, means absent
// (docs/spec/top.md#structured-parameters).
func (s *shape) value(name, text string) api.Value {
	if s.nested[name] {
		if t := strings.TrimSpace(text); t == "null" || t == "" {
			return api.Value{Kind: api.Null}
		}
	}
	return api.TextOf(text)
}

// misread returns an unknown parameter that could be a known one with its name
// cut elsewhere: the string to sign has no separators, so "size=20" and
// "s=ize20" sign alike (docs/spec/top.md#parameters-that-run-together). Only a
// missing known parameter can have been replaced in this way.
func (ps *parameters) misread(s *shape) string {
	for i := range ps.sorted {
		p := &ps.sorted[i]
		if s.known[p.name] || systemNamed(p.name) != notSystem || p.value == "" {
			continue
		}
		text := p.name + p.value
		if strings.HasPrefix(text, "format") && !ps.given[sysFormat] || strings.HasPrefix(text, "simplify") && !ps.given[sysSimplify] {
			return p.name
		}
		for name := range s.known {
			if strings.HasPrefix(text, name) && !ps.has(name) && ps.json.Get(name).Kind == api.Absent {
				return p.name
			}
		}
	}
	return ""
}
