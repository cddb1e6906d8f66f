package transfer

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// appendJSON appends a value of directory.Values, or of a tree in it, in its one
// form: keys sorted by bytes, no blanks, integers plain, texts unescaped but for
// what JSON demands (docs/spec/export.md#digests).
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "null"...)
	case string:
		return appendJSONText(b, v)
	case bool:
		return strconv.AppendBool(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case float64:
		return appendJSONFloat(b, v)
	case json.Number:
		return appendJSONNumber(b, v)
	case []string:
		return appendJSONList(b, v, appendJSONText)
	case []int64:
		return appendJSONList(b, v, appendJSONInt)
	case []any:
		return appendJSONList(b, v, appendJSON)
	case map[string]any:
		return appendJSONObject(b, v)
	}
	return appendJSONOther(b, v)
}

func appendJSONInt(b []byte, n int64) []byte { return strconv.AppendInt(b, n, 10) }

func appendJSONList[T any](b []byte, list []T, one func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = one(b, v)
	}
	return append(b, ']')
}

func appendJSONObject(b []byte, m map[string]any) []byte {
	b = append(b, '{')
	for i, key := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendJSONText(b, key), ':')
		b = appendJSON(b, m[key])
	}
	return append(b, '}')
}

// appendJSONOther writes any other type as encoding/json sees it. What that
// cannot write is no data, and becomes null.
func appendJSONOther(b []byte, v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		return append(b, "null"...)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var tree any
	if d.Decode(&tree) != nil {
		return append(b, "null"...)
	}
	return appendJSON(b, tree)
}

const hexDigits = "0123456789abcdef"

// appendJSONText escapes only the quote, the backslash and what is below
// U+0020. What is not UTF-8 becomes U+FFFD, as every reader would have it.
func appendJSONText(b []byte, s string) []byte {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, string(utf8.RuneError))
	}
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		b = append(append(b, s[from:i]...), '\\')
		if c < ' ' {
			b = append(b, 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		} else {
			b = append(b, c)
		}
		from = i + 1
	}
	return append(append(b, s[from:]...), '"')
}

// appendJSONNumber writes equal numbers alike, whether they were read as
// texts, integers or floats.
func appendJSONNumber(b []byte, n json.Number) []byte {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return strconv.AppendInt(b, i, 10)
	}
	if digits := strings.TrimPrefix(string(n), "-"); digits != "" && strings.Trim(digits, "0123456789") == "" {
		return append(b, n...) // too large for an int64
	}
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil {
		return append(b, "null"...)
	}
	return appendJSONFloat(b, f)
}

func appendJSONFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f), math.IsInf(f, 0):
		return append(b, "null"...)
	case f == 0:
		return append(b, '0') // and not -0
	case math.Abs(f) < 1e21 && math.Abs(f) >= 1e-6:
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
	return strconv.AppendFloat(b, f, 'e', -1, 64)
}
