package api

import (
	"strings"
	"unicode/utf8"
)

// JSONFault says why and where a text is not the JSON that ParseJSON reads.
type JSONFault struct {
	Line, Column int    // from 1; the column counts bytes
	Duplicate    string // the key that an object has twice
	Deep, Long   bool   // nested too deeply; a list or object has too many entries
	Encoding     bool   // the text is not UTF-8
}

func (f *JSONFault) Error() string { return ErrMalformed.Error() }

// Unwrap returns ErrMalformed.
func (f *JSONFault) Unwrap() error { return ErrMalformed }

// LocateJSON is ParseJSON for people: its error is a *JSONFault.
func LocateJSON(text []byte) (Value, error) {
	s := strings.TrimPrefix(string(text), ByteOrderMark)
	if !utf8.ValidString(s) {
		return Value{}, faultAt(s, firstInvalid(s), JSONFault{Encoding: true})
	}
	p := jsonParser{s: s}
	v, ok := p.value(0)
	if !ok {
		return Value{}, faultAt(s, p.at, JSONFault{Duplicate: p.duplicate, Deep: p.deep, Long: p.long})
	}
	if p.space(); p.at != len(s) {
		return Value{}, faultAt(s, p.at, JSONFault{})
	}
	return v, nil
}

func firstInvalid(s string) int {
	for at := 0; at < len(s); {
		r, size := utf8.DecodeRuneInString(s[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return len(s)
}

func faultAt(s string, at int, f JSONFault) *JSONFault {
	before := s[:min(at, len(s))]
	f.Line = strings.Count(before, "\n") + 1
	f.Column = len(before) - strings.LastIndexByte(before, '\n')
	return &f
}
