package records

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/mingce/mingce/internal/api"
)

// object is a JSON object whose members keep their order, so that a document is
// the same bytes whenever it is made.
type object []member

type member struct {
	name  string
	value any
}

// set adds a member.
func (o *object) set(name string, value any) { *o = append(*o, member{name, value}) }

// get returns the member of that name, or nil.
func (o object) get(name string) any {
	for _, m := range o {
		if m.name == name {
			return m.value
		}
	}
	return nil
}

// replace changes the member of that name.
func (o object) replace(name string, value any) {
	for i := range o {
		if o[i].name == name {
			o[i].value = value
		}
	}
}

// texts is a list of texts in JSON.
func texts(list []string) []any {
	values := make([]any, len(list))
	for i, s := range list {
		values[i] = s
	}
	return values
}

// appendJSON appends a value: an object, a scalar, a list of values, texts or
// numbers, a tree of maps, JSON as it is, or nil.
func appendJSON(dst []byte, v any) []byte {
	switch v := v.(type) {
	case object:
		dst = append(dst, '{')
		for i, m := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(api.AppendText(dst, m.name), ':')
			dst = appendJSON(dst, m.value)
		}
		return append(dst, '}')
	case []any:
		dst = append(dst, '[')
		for i, item := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendJSON(dst, item)
		}
		return append(dst, ']')
	case string:
		return api.AppendText(dst, v)
	case bool:
		return strconv.AppendBool(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case json.RawMessage:
		return append(dst, v...)
	case []string:
		return appendJSON(dst, texts(v))
	case []int64:
		numbers := make([]any, len(v))
		for i, n := range v {
			numbers[i] = n
		}
		return appendJSON(dst, numbers)
	case map[string]any:
		sorted := object{}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			sorted.set(name, v[name])
		}
		return appendJSON(dst, sorted)
	case json.Number:
		return append(dst, v...)
	case float64:
		return strconv.AppendFloat(dst, v, 'g', -1, 64)
	}
	return append(dst, "null"...)
}

// indented returns a document as people read it.
func indented(o object) []byte {
	var b bytes.Buffer
	_ = json.Indent(&b, appendJSON(nil, o), "", "  ") // what was appended is JSON
	b.WriteByte('\n')
	return b.Bytes()
}

// both is a text in both languages, as descriptions show it.
func both(t api.Text) string {
	if t.Zh == t.En || t.En == "" {
		return t.Zh
	}
	if t.Zh == "" {
		return t.En
	}
	return t.Zh + "\n\n" + t.En
}
