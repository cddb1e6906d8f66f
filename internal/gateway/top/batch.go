package top

import (
	"bytes"
	"mime"
	"net/http"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// BatchPath is the path for several calls in one request, as BatchTaobaoClient
// of the TOP SDKs sends them: system parameters and signature in the query, one
// call per part of the body, and the answers in the order of the calls
// (docs/spec/top.md#request-with-several-calls).
const BatchPath = "/router/batch"

const (
	// Decision: the clients set no limit, and the vendor's is not known.
	maxBatch = 20

	// separatorHeader names a separator of parts other than the usual one. No
	// answer contains the usual one, because JSON and XML escape a CR.
	separatorHeader = "Top-Api-Separator"
	usualSeparator  = "\r\n-S-\r\n"
	maxSeparator    = 64

	commonPart = "#PUBLIC#" // begins a first part with the parameters that all calls share
	emptyPart  = "N"        // a call without parameters of its own
)

// batch is a request with several calls. Its signature covers all of them, and
// each part has its own token. An error of the request is the only answer; an
// error of one call is the answer to that call
// (docs/spec/top.md#failures-in-a-batch).
type batch struct {
	call
	body      []byte
	separator string
	charset   api.Charset // of the parts
	common    []parameter
}

// part is one call of a batch.
type part struct {
	call
	batch *batch
	text  string
}

// Read reads the request. Its query has the format of all answers.
func (b *batch) Read() *api.Failure {
	b.params = readQuery(b.Request)
	b.params.sort()
	b.params.seekFormat(b.Request.URL.RawQuery)
	b.style = styleOf(b.params)
	if b.Request.Method != http.MethodPost {
		return refuse(httpActionNotAllowed)
	}
	b.body = b.takeBody(b.params)
	return b.params.problem
}

// Find checks what the calls have in common, in the order of a single call, and
// splits the body.
func (b *batch) Find() *api.Failure {
	// The string to sign has no separators: any other parameter could be a
	// piece cut off from a system parameter or from the body
	// (docs/spec/top.md#query-of-a-batch).
	for _, p := range b.params.sorted {
		if systemNamed(p.name) == notSystem {
			return invalidArgument(p.name, batchQueryRule)
		}
	}
	if f := b.checkForm(); f != nil {
		return f
	}
	_, options, _ := mime.ParseMediaType(b.Request.Header.Get("Content-Type")) // of whatever type
	var known bool
	if b.charset, known = api.CharsetNamed(options["charset"]); !known {
		return because(invalidEncoding, charsetRule)
	}
	texts, f := b.split(b.Request.Header.Values(separatorHeader))
	if f != nil {
		return f
	}
	b.params.raw = b.body
	b.Parts = &api.Parts{Separator: b.separator}
	for _, text := range texts {
		b.Parts.Calls = append(b.Parts.Calls, &part{call: call{h: b.h, style: b.style}, batch: b, text: text})
	}
	return nil
}

// Authenticate checks the signature of the whole.
func (b *batch) Authenticate() *api.Failure { return b.verify() }

// Read combines the parameters of the part and of the request.
func (p *part) Read() *api.Failure {
	p.params, p.org = p.batch.parameters(p.text), p.batch.org
	return p.params.problem
}

// Find looks up the operation; everything else was checked with the batch.
func (p *part) Find() *api.Failure { return p.find() }

// Authenticate checks the token of the part.
func (p *part) Authenticate() *api.Failure { return p.admit() }

// split splits the body into the texts of the calls.
func (b *batch) split(separators []string) (texts []string, f *api.Failure) {
	b.separator = usualSeparator
	if len(separators) > 0 {
		b.separator = separators[0]
	}
	if len(separators) > 1 || b.separator == "" || len(b.separator) > maxSeparator {
		return nil, because(parameterError, separatorRule)
	}
	if len(b.body) == 0 || bytes.Count(b.body, []byte(b.separator)) > maxBatch {
		return nil, because(parameterError, batchSizeRule)
	}
	texts = strings.Split(string(api.WithoutMark(b.body)), b.separator)
	if text, ok := strings.CutPrefix(texts[0], commonPart); ok {
		ps := &parameters{}
		if ps.readPart(text, b.charset); ps.problem != nil {
			return nil, ps.problem
		}
		b.common, texts = ps.sorted, texts[1:]
	}
	if len(texts) == 0 || len(texts) > maxBatch {
		return nil, because(parameterError, batchSizeRule)
	}
	return texts, nil
}

// readPart reads the parameters of a part. Of the system parameters it may
// contain only method and session; the others are the request's
// (docs/spec/top.md#parts-of-a-batch).
func (ps *parameters) readPart(text string, charset api.Charset) {
	if text != emptyPart {
		ps.readForm(text, charset, true)
	}
	for _, p := range ps.sorted {
		switch systemNamed(p.name) {
		case notSystem, sysMethod, sysSession, sysTargetAppKey:
		default:
			ps.refuse(invalidArgument(p.name, batchParameterRule))
		}
	}
}

// parameters returns the parameters of one call: its own, and the shared ones
// that it does not override.
func (b *batch) parameters(text string) *parameters {
	ps := &parameters{}
	ps.readPart(text, b.charset)
	for _, layer := range [][]parameter{b.common, b.params.sorted} {
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

// canonical returns one name for all spellings of a system parameter.
func canonical(name string) string {
	if systemNamed(name) == sysSession {
		return "session"
	}
	return name
}
