package dingtalk

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// Limits of a request (docs/spec/reliability.md#limits-of-a-request).
const (
	maxBody       = 1 << 20
	maxParameters = 1000
)

const (
	formType      = "application/x-www-form-urlencoded"
	multipartType = "multipart/form-data"
)

var (
	errTooLarge = errors.New("the body is larger than 1 MiB")
	errUnread   = errors.New("the body cannot be read")
	errTooMany  = errors.New("more than 1,000 parameters")
	errNotAForm = errors.New("a percent escape is not valid")
	errCharset  = errors.New("a name or value is not in the character set")
	formTypes   = []string{formType, multipartType}
)

// readBody reads the whole body, however it is framed: the vendor's Node SDK
// sends chunks and no Content-Length. Compressed bodies are not accepted.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, errUnread
	}
	if r.ContentLength > maxBody {
		return nil, errTooLarge
	}
	body, err := api.ReadBody(w, r, maxBody)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, errTooLarge
	case err != nil && err != io.EOF:
		return nil, errUnread
	}
	return body, nil
}

// mediaType returns the type of the body without parameters and its character
// set; readable is false for one that we do not read. A missing or garbled header
// is no type.
func mediaType(r *http.Request) (name string, charset api.Charset, readable bool) {
	name, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return "", charset, true
	}
	charset, readable = api.CharsetNamed(parameters["charset"])
	return name, charset, readable
}

// pair is one parameter of a query or form.
type pair struct{ name, value string }

// readPairs splits a query or form. It keeps repetitions and, unlike package
// url, takes a semicolon as a character like any other. Percent escapes stand for
// bytes of the character set.
func readPairs(raw string, charset api.Charset) ([]pair, error) {
	if raw == "" {
		return nil, nil
	}
	n := strings.Count(raw, "&") + 1
	if n > maxParameters {
		return nil, errTooMany
	}
	pairs := make([]pair, 0, n)
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		name, err1 := url.QueryUnescape(name)
		value, err2 := url.QueryUnescape(value)
		if err1 != nil || err2 != nil {
			return nil, errNotAForm
		}
		if charset != (api.Charset{}) { // what is no UTF-8 is refused by the parameter's name
			var ok1, ok2 bool
			name, ok1 = charset.Text(name)
			value, ok2 = charset.Text(value)
			if !ok1 || !ok2 {
				return nil, errCharset
			}
		}
		pairs = append(pairs, pair{name, value})
	}
	return pairs, nil
}

// put adds a parameter to args. A name may come again only with the same value:
// which of two would count is not for us to guess.
func put(args *api.Value, name string, v api.Value) *api.ArgumentError {
	old := args.Get(name)
	if old.Kind == api.Absent {
		args.Members = append(args.Members, api.Member{Name: name, Value: v})
		return nil
	}
	if sameValue(old, v) {
		return nil
	}
	return &api.ArgumentError{Parameter: clip(name), Rule: sameRule}
}

// sameValue compares what two spellings mean: 20 in a query and 20 in JSON are one.
func sameValue(a, b api.Value) bool { return spelled(a) == spelled(b) }

func spelled(v api.Value) string {
	if v.Kind == api.TextValue {
		return v.Text
	}
	return string(v.AppendJSON(nil))
}
