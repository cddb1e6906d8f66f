package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ValueKind tells what a Value holds.
type ValueKind uint8

const (
	Absent ValueKind = iota // the zero Value: not there at all
	Null
	TextValue
	NumberValue
	BoolValue
	ListValue
	ObjectValue
)

// Value is a request parameter as it stood on the wire, before any rule is
// applied: numbers keep their literal, so that ids beyond 2^53 survive.
type Value struct {
	Kind    ValueKind
	Text    string // text, or the literal of a number
	Bool    bool
	List    []Value
	Members []Member
}

// Member is one named value of an object; order is the wire's.
type Member struct {
	Name  string
	Value Value
}

// Depth is the deepest nesting accepted in JSON (reliability-and-security, section 6).
const Depth = 32

// MaxItems is the longest list accepted anywhere in a request.
const MaxItems = 1000

// ErrMalformed is returned for text that is not one JSON value, is nested too
// deeply, names a key twice or is not valid UTF-8.
var ErrMalformed = errors.New("not valid JSON")

// Get returns the member of that name, or the absent Value.
func (v Value) Get(name string) Value {
	for i := range v.Members {
		if v.Members[i].Name == name {
			return v.Members[i].Value
		}
	}
	return Value{}
}

// TextOf makes a text Value.
func TextOf(s string) Value { return Value{Kind: TextValue, Text: s} }

// ParseJSON reads exactly one JSON value. Text in it must be valid UTF-8
// without unpaired surrogates; a key may occur once in its object.
func ParseJSON(text []byte) (Value, error) {
	if !utf8.Valid(text) || loneSurrogate(text) {
		return Value{}, ErrMalformed
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	v, err := readValue(d, 0)
	if err != nil {
		return Value{}, ErrMalformed
	}
	if _, err := d.Token(); err != io.EOF {
		return Value{}, ErrMalformed
	}
	return v, nil
}

func readValue(d *json.Decoder, depth int) (Value, error) {
	if depth > Depth {
		return Value{}, ErrMalformed
	}
	t, err := d.Token()
	if err != nil {
		return Value{}, err
	}
	switch t := t.(type) {
	case nil:
		return Value{Kind: Null}, nil
	case string:
		return TextOf(t), nil
	case json.Number:
		return Value{Kind: NumberValue, Text: t.String()}, nil
	case bool:
		return Value{Kind: BoolValue, Bool: t}, nil
	case json.Delim:
		if t == '[' {
			return readList(d, depth)
		}
		return readObject(d, depth)
	}
	return Value{}, ErrMalformed
}

func readList(d *json.Decoder, depth int) (Value, error) {
	v := Value{Kind: ListValue}
	for d.More() {
		if len(v.List) == MaxItems {
			return Value{}, ErrMalformed
		}
		item, err := readValue(d, depth+1)
		if err != nil {
			return Value{}, err
		}
		v.List = append(v.List, item)
	}
	_, err := d.Token()
	return v, err
}

func readObject(d *json.Decoder, depth int) (Value, error) {
	v := Value{Kind: ObjectValue}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return Value{}, err
		}
		name, ok := t.(string)
		if !ok || len(v.Members) == MaxItems || v.Get(name).Kind != Absent {
			return Value{}, ErrMalformed
		}
		item, err := readValue(d, depth+1)
		if err != nil {
			return Value{}, err
		}
		v.Members = append(v.Members, Member{name, item})
	}
	_, err := d.Token()
	return v, err
}

// loneSurrogate reports a \uD800..\uDFFF escape without its other half:
// encoding/json would silently replace it by U+FFFD.
func loneSurrogate(text []byte) bool {
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '\\' {
			continue
		}
		i++
		if text[i] != 'u' {
			continue
		}
		hi, ok := hex4(text, i+1)
		if !ok {
			return false // the decoder will refuse it
		}
		i += 4
		switch {
		case hi >= 0xDC00 && hi <= 0xDFFF:
			return true
		case hi >= 0xD800 && hi <= 0xDBFF:
			if i+2 >= len(text) || text[i+1] != '\\' || text[i+2] != 'u' {
				return true
			}
			lo, ok := hex4(text, i+3)
			if !ok || lo < 0xDC00 || lo > 0xDFFF {
				return true
			}
			i += 6
		}
	}
	return false
}

func hex4(text []byte, at int) (uint64, bool) {
	if at+4 > len(text) {
		return 0, false
	}
	n, err := strconv.ParseUint(string(text[at:at+4]), 16, 16)
	return n, err == nil
}

// PlainText reports whether s may be stored and sent back in XML: valid UTF-8
// without control characters other than TAB, LF and CR, and without the two
// noncharacters XML 1.0 forbids.
func PlainText(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0x7f || r == 0xFFFE || r == 0xFFFF
	}) < 0
}
