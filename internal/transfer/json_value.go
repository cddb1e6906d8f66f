package transfer

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/mingce/mingce/internal/directory"
)

// Codes of values that cannot be taken.
const (
	valueInvalid     = "valueInvalid"
	characterInvalid = "characterInvalid"
)

// valueOfJSON returns the value of a field, or the code of what is wrong with
// it. null is an empty value of the type.
func valueOfJSON(t directory.FieldType, b []byte) (value any, code string) {
	null := b[0] == 'n'
	switch t {
	case directory.TextField:
		if null {
			return "", ""
		}
		return stringValue(b)
	case directory.NumberField, directory.DateField:
		if null {
			return int64(0), ""
		}
		return numberValue(b)
	case directory.BoolField:
		if null || b[0] == 't' || b[0] == 'f' {
			return b[0] == 't', ""
		}
	case directory.TextsField:
		return listValue(b, stringValue)
	case directory.NumbersField:
		return listValue(b, numberValue)
	case directory.ExtraField:
		if null {
			return map[string]any{}, ""
		}
		if b[0] == '{' {
			return anyValue(b)
		}
	}
	return nil, valueInvalid
}

func stringValue(b []byte) (text, code string) {
	if b[0] != '"' {
		return "", valueInvalid
	}
	text, ok := textOfJSON(b)
	if !ok {
		return "", characterInvalid
	}
	return text, ""
}

// numberValue takes integers only: nothing that people count has a fraction, and
// a float would lose digits of ids.
func numberValue(b []byte) (n int64, code string) {
	n, err := strconv.ParseInt(string(b), 10, 64)
	if err != nil {
		return 0, valueInvalid
	}
	return n, ""
}

func listValue[T any](b []byte, element func([]byte) (T, string)) (list []T, code string) {
	elements, ok := elementsOf(b)
	if !ok && b[0] != 'n' {
		return nil, valueInvalid
	}
	list = make([]T, len(elements))
	for i, e := range elements {
		if list[i], code = element(e); code != "" {
			return nil, code
		}
	}
	return list, ""
}

// anyValue returns a value of an extra: a number is an int64 if it is one, else
// a json.Number.
func anyValue(b []byte) (value any, code string) {
	switch b[0] {
	case 'n':
		return nil, ""
	case 't', 'f':
		return b[0] == 't', ""
	case '"':
		return stringValue(b)
	case '[':
		return listValue(b, anyValue)
	case '{':
		members, _ := membersOf(b)
		object := make(map[string]any, len(members))
		for _, m := range members {
			if object[m.key], code = anyValue(m.value); code != "" {
				return nil, code
			}
		}
		return object, ""
	}
	if n, code := numberValue(b); code == "" {
		return n, ""
	}
	return json.Number(b), ""
}

// isEmptyJSON reports whether a value is empty (docs/spec/records.md#fields).
func isEmptyJSON(b []byte) bool {
	switch b[0] {
	case 'n', 'f':
		return true
	case '"':
		return len(b) == 2
	case '[', '{':
		return len(bytes.Trim(b[1:len(b)-1], " \t\r\n")) == 0
	}
	return string(b) == "0"
}
