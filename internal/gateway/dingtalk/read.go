package dingtalk

import (
	"mime"
	"net/http"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

const (
	formType      = "application/x-www-form-urlencoded"
	multipartType = "multipart/form-data"
)

var formTypes = []string{formType, multipartType}

// mediaType returns the type of the body without parameters and its character
// set; readable is false for an unsupported one. For a missing or malformed
// header the type is "".
func mediaType(r *http.Request) (name string, charset api.Charset, readable bool) {
	name, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return "", charset, true
	}
	charset, readable = api.CharsetNamed(parameters["charset"])
	return name, charset, readable
}

// readForm returns the parameters of a query or form. Invalid UTF-8 is refused
// later, with the parameter's name.
func readForm(form string, charset api.Charset) ([]api.Parameter, error) {
	if form == "" {
		return nil, nil
	}
	list := make([]api.Parameter, 0, min(strings.Count(form, "&")+1, api.MaxParameters))
	for p, err := range api.Form(form, charset) {
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

// put adds a parameter to args. A name may be repeated only with the same
// value: the gateway must not guess which one is meant.
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

// sameValue compares two values by meaning: 20 in a query equals 20 in JSON.
func sameValue(a, b api.Value) bool { return spelled(a) == spelled(b) }

func spelled(v api.Value) string {
	if v.Kind == api.TextValue {
		return v.Text
	}
	return string(v.AppendJSON(nil))
}

// reason says what is wrong with a parameter, without its value.
func reason(e *api.ArgumentError) string {
	name := clip(e.Parameter)
	switch {
	case e.Missing:
		return name + " is missing"
	case e.Reason() == "":
		return name
	case strings.HasPrefix(e.Reason(), "must ") || strings.HasPrefix(e.Reason(), "not "):
		return name + " " + e.Reason()
	}
	return name + ": " + e.Reason()
}

// clip shortens a name that the caller chose.
func clip(name string) string {
	const most = 100
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most], "") + "..."
}
