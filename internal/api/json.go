package api

import (
	"bufio"
	"io"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// ParseJSON reads exactly one JSON value. Text in it must be valid UTF-8
// without unpaired surrogates; a key may occur once in its object. A leading
// byte order mark is skipped, as RFC 8259 allows: .NET and PowerShell write it.
//
// It does not use encoding/json, which replaces invalid UTF-8, lets the last of
// two equal keys win, and is several times slower.
func ParseJSON(text []byte) (Value, error) {
	if !utf8.Valid(text) {
		return Value{}, ErrMalformed
	}
	p := jsonParser{s: strings.TrimPrefix(string(text), ByteOrderMark)}
	v, ok := p.value(0)
	if p.space(); !ok || p.at != len(p.s) {
		return Value{}, ErrMalformed
	}
	return v, nil
}

// ByteOrderMark is the mark that some programs write before a text in UTF-8.
const ByteOrderMark = "\ufeff"

// SkipByteOrderMark returns a reader of r without its leading byte order mark.
func SkipByteOrderMark(r io.Reader) io.Reader {
	b := bufio.NewReader(r)
	if mark, _ := b.Peek(len(ByteOrderMark)); string(mark) == ByteOrderMark {
		_, _ = b.Discard(len(mark))
	}
	return b
}

// jsonParser parses s from at on. Texts without escapes are substrings of s.
type jsonParser struct {
	s  string
	at int

	duplicate string // the key that an object has twice
	deep      bool   // it is nested too deeply
	long      bool   // a list or object has too many entries
}

func (p *jsonParser) space() {
	for p.at < len(p.s) {
		switch p.s[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// take skips blanks and then c, if it is there.
func (p *jsonParser) take(c byte) bool {
	p.space()
	if p.at < len(p.s) && p.s[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *jsonParser) literal(word string) bool {
	ok := strings.HasPrefix(p.s[p.at:], word)
	if ok {
		p.at += len(word)
	}
	return ok
}

func (p *jsonParser) value(depth int) (v Value, ok bool) {
	p.space()
	if p.deep = depth > Depth; p.deep || p.at == len(p.s) {
		return v, false
	}
	switch p.s[p.at] {
	case '{':
		p.at++
		return p.object(depth)
	case '[':
		p.at++
		return p.list(depth)
	case '"':
		p.at++
		v.Kind = TextValue
		v.Text, ok = p.text()
		return v, ok
	case 't':
		return Value{Kind: BoolValue, Bool: true}, p.literal("true")
	case 'f':
		return Value{Kind: BoolValue}, p.literal("false")
	case 'n':
		return Value{Kind: Null}, p.literal("null")
	}
	v.Kind = NumberValue
	v.Text, ok = p.number()
	return v, ok
}

func (p *jsonParser) list(depth int) (Value, bool) {
	v := Value{Kind: ListValue}
	if p.take(']') {
		return v, true
	}
	for {
		item, ok := p.value(depth + 1)
		if p.long = ok && len(v.List) == MaxItems; !ok || p.long {
			return v, false
		}
		v.List = append(v.List, item)
		if !p.take(',') {
			return v, p.take(']')
		}
	}
}

func (p *jsonParser) object(depth int) (Value, bool) {
	v := Value{Kind: ObjectValue}
	if p.take('}') {
		return v, true
	}
	for {
		from := p.at
		if p.long = len(v.Members) == MaxItems; p.long || !p.take('"') {
			return v, false
		}
		name, ok := p.text()
		if ok && v.Get(name).Kind != Absent {
			p.at, p.duplicate = from, name
			p.space()
			return v, false
		}
		if !ok || !p.take(':') {
			return v, false
		}
		item, ok := p.value(depth + 1)
		if !ok {
			return v, false
		}
		v.Members = append(v.Members, Member{name, item})
		if !p.take(',') {
			return v, p.take('}')
		}
	}
}

// number reads -?(0|[1-9][0-9]*)(.[0-9]+)?([eE][+-]?[0-9]+)?
func (p *jsonParser) number() (string, bool) {
	from := p.at
	p.oneOf("-")
	if !p.oneOf("0") && !p.digits() {
		return "", false
	}
	if p.oneOf(".") && !p.digits() {
		return "", false
	}
	if p.oneOf("eE") {
		p.oneOf("+-")
		if !p.digits() {
			return "", false
		}
	}
	return p.s[from:p.at], true
}

func (p *jsonParser) oneOf(set string) bool {
	ok := p.at < len(p.s) && strings.IndexByte(set, p.s[p.at]) >= 0
	if ok {
		p.at++
	}
	return ok
}

func (p *jsonParser) digits() bool {
	from := p.at
	for p.at < len(p.s) && p.s[p.at] >= '0' && p.s[p.at] <= '9' {
		p.at++
	}
	return p.at > from
}

// text reads the rest of a text whose opening quote has been read.
func (p *jsonParser) text() (string, bool) {
	from := p.at
	for ; p.at < len(p.s); p.at++ {
		switch c := p.s[p.at]; {
		case c == '"':
			p.at++
			return p.s[from : p.at-1], true
		case c == '\\':
			return p.escaped(append(make([]byte, 0, 2*(p.at-from)+16), p.s[from:p.at]...))
		case c < 0x20:
			return "", false
		}
	}
	return "", false
}

// escaped reads on from the first backslash; b is what came before.
func (p *jsonParser) escaped(b []byte) (string, bool) {
	for p.at < len(p.s) {
		c := p.s[p.at]
		p.at++
		switch {
		case c == '"':
			return string(b), true
		case c < 0x20:
			return "", false
		case c != '\\':
			b = append(b, c)
			continue
		}
		r, ok := p.escape()
		if !ok {
			return "", false
		}
		b = utf8.AppendRune(b, r)
	}
	return "", false
}

// escape reads what follows a backslash. It refuses half a surrogate pair.
func (p *jsonParser) escape() (rune, bool) {
	if p.at == len(p.s) {
		return 0, false
	}
	c := p.s[p.at]
	p.at++
	switch c {
	case '"', '\\', '/':
		return rune(c), true
	case 'b':
		return '\b', true
	case 'f':
		return '\f', true
	case 'n':
		return '\n', true
	case 'r':
		return '\r', true
	case 't':
		return '\t', true
	case 'u':
		r, ok := p.hex4()
		if !ok || !utf16.IsSurrogate(r) {
			return r, ok
		}
		if !p.literal(`\u`) {
			return 0, false
		}
		low, ok := p.hex4()
		r = utf16.DecodeRune(r, low)
		return r, ok && r != utf8.RuneError
	}
	return 0, false
}

func (p *jsonParser) hex4() (rune, bool) {
	if p.at+4 > len(p.s) {
		return 0, false
	}
	n, err := strconv.ParseUint(p.s[p.at:p.at+4], 16, 16)
	p.at += 4
	return rune(n), err == nil
}
