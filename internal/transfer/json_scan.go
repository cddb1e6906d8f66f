package transfer

import (
	"bytes"
	"slices"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep objects and lists of a line may be nested.
const maxDepth = 32

// jsonMember is a key of an object and where its value is.
type jsonMember struct {
	key   string
	value []byte // valid JSON
}

// jsonFault is why a line could not be read.
type jsonFault struct {
	code   string // "malformed" or "duplicateKey"
	column int    // of "malformed": the first wrong byte, from 1
	key    string // of "duplicateKey"
	depth  int    // of "duplicateKey": 1 is a key of the line itself
}

// jsonScanner checks one line strictly (docs/spec/import.md#json-lines). The
// standard library's decoder takes the last of several equal keys and replaces
// lone surrogates, and tells neither.
type jsonScanner struct {
	b         []byte
	pos       int
	depth     int
	duplicate *jsonFault // the first
}

// scanJSON returns the members of the object that the line is.
func scanJSON(line []byte) ([]jsonMember, *jsonFault) {
	s := jsonScanner{b: line}
	s.blanks()
	if s.peek() != '{' {
		return nil, s.wrong()
	}
	var members []jsonMember
	if !s.object(&members) {
		return nil, s.wrong()
	}
	if s.blanks(); s.pos < len(s.b) {
		return nil, s.wrong()
	}
	return members, s.duplicate
}

// membersOf returns the members of a value that was scanned, if it is an object.
func membersOf(value []byte) ([]jsonMember, bool) {
	if value[0] != '{' {
		return nil, false
	}
	s := jsonScanner{b: value}
	var members []jsonMember
	s.object(&members)
	return members, true
}

// elementsOf returns the elements of a value that was scanned, if it is a list.
func elementsOf(value []byte) ([][]byte, bool) {
	if value[0] != '[' {
		return nil, false
	}
	s := jsonScanner{b: value}
	var elements [][]byte
	s.list(&elements)
	return elements, true
}

// wrong is the fault of the byte that comes next.
func (s *jsonScanner) wrong() *jsonFault { return &jsonFault{code: "malformed", column: s.pos + 1} }

func (s *jsonScanner) blanks() {
	for s.pos < len(s.b) && (s.b[s.pos] == ' ' || s.b[s.pos] == '\t' || s.b[s.pos] == '\r' || s.b[s.pos] == '\n') {
		s.pos++
	}
}

// peek returns the next byte, or 0, which is wrong everywhere.
func (s *jsonScanner) peek() byte {
	if s.pos == len(s.b) {
		return 0
	}
	return s.b[s.pos]
}

// take goes on if the next byte is c.
func (s *jsonScanner) take(c byte) bool {
	if s.peek() != c || s.pos == len(s.b) {
		return false
	}
	s.pos++
	return true
}

// value reads a value. If it is not ok, pos is at the first wrong byte.
func (s *jsonScanner) value() bool {
	switch c := s.peek(); {
	case c == '{':
		return s.object(nil)
	case c == '[':
		return s.list(nil)
	case c == '"':
		return s.text()
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	case c == 'n':
		return s.word("null")
	case c == '-', c >= '0' && c <= '9':
		return s.number()
	}
	return false
}

// object reads an object, and its members if they are asked for.
func (s *jsonScanner) object(members *[]jsonMember) bool {
	if s.depth == maxDepth {
		return false
	}
	s.depth++
	s.pos++
	var keys jsonKeys
	s.blanks()
	if s.take('}') {
		s.depth--
		return true
	}
	for {
		s.blanks()
		start := s.pos
		if s.peek() != '"' || !s.text() {
			return false
		}
		key, _ := textOfJSON(s.b[start:s.pos])
		if !keys.add(key) && s.duplicate == nil {
			s.duplicate = &jsonFault{code: "duplicateKey", key: key, depth: s.depth}
		}
		s.blanks()
		if !s.take(':') {
			return false
		}
		s.blanks()
		start = s.pos
		if !s.value() {
			return false
		}
		if members != nil {
			*members = append(*members, jsonMember{key, s.b[start:s.pos]})
		}
		s.blanks()
		if !s.take(',') {
			s.depth--
			return s.take('}')
		}
	}
}

// list reads a list, and its elements if they are asked for.
func (s *jsonScanner) list(elements *[][]byte) bool {
	if s.depth == maxDepth {
		return false
	}
	s.depth++
	s.pos++
	s.blanks()
	if s.take(']') {
		s.depth--
		return true
	}
	for {
		s.blanks()
		start := s.pos
		if !s.value() {
			return false
		}
		if elements != nil {
			*elements = append(*elements, s.b[start:s.pos])
		}
		s.blanks()
		if !s.take(',') {
			s.depth--
			return s.take(']')
		}
	}
}

func (s *jsonScanner) text() bool {
	s.pos++
	for s.pos < len(s.b) {
		switch c := s.b[s.pos]; {
		case c == '"':
			s.pos++
			return true
		case c < ' ':
			return false
		case c == '\\':
			s.pos++
			if !s.escape() {
				return false
			}
		default:
			s.pos++
		}
	}
	return false
}

func (s *jsonScanner) escape() bool {
	c := s.peek()
	if bytes.IndexByte([]byte(`"\/bfnrtu`), c) < 0 {
		return false
	}
	s.pos++
	for n := 0; c == 'u' && n < 4; n++ {
		if _, ok := hexDigit(s.peek()); !ok {
			return false
		}
		s.pos++
	}
	return true
}

func (s *jsonScanner) word(word string) bool {
	for i := range len(word) {
		if !s.take(word[i]) {
			return false
		}
	}
	return true
}

func (s *jsonScanner) number() bool {
	s.take('-')
	if !s.take('0') && !s.digits() {
		return false
	}
	if s.take('.') && !s.digits() {
		return false
	}
	if s.take('e') || s.take('E') {
		if !s.take('+') {
			s.take('-')
		}
		return s.digits()
	}
	return true
}

func (s *jsonScanner) digits() bool {
	start := s.pos
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.pos++
	}
	return s.pos > start
}

// jsonKeys are the keys of an object.
type jsonKeys struct {
	few  []string
	many map[string]bool
}

// add reports whether the key is new.
func (k *jsonKeys) add(key string) bool {
	if k.many == nil {
		if slices.Contains(k.few, key) {
			return false
		}
		if k.few = append(k.few, key); len(k.few) < 20 {
			return true
		}
		k.many = map[string]bool{}
		for _, key := range k.few {
			k.many[key] = true
		}
		return true
	}
	if k.many[key] {
		return false
	}
	k.many[key] = true
	return true
}

// textOfJSON returns the text of a string that was scanned. It is not ok if the
// text has half of a pair of surrogates.
func textOfJSON(b []byte) (text string, ok bool) {
	b = b[1 : len(b)-1]
	if bytes.IndexByte(b, '\\') < 0 {
		return string(b), true
	}
	out := make([]byte, 0, len(b))
	ok = true
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' {
			out = append(out, b[i])
			continue
		}
		i++
		switch b[i] {
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case 'n':
			out = append(out, '\n')
		case 'r':
			out = append(out, '\r')
		case 't':
			out = append(out, '\t')
		case 'u':
			r := unitOf(b[i+1:])
			i += 4
			if utf16.IsSurrogate(r) {
				if r = pairOf(r, b[i+1:]); r == utf8.RuneError {
					ok = false
				} else {
					i += 6
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			out = append(out, b[i])
		}
	}
	return string(out), ok
}

// unitOf returns the code unit of four hexadecimal digits.
func unitOf(b []byte) rune {
	n, _ := strconv.ParseUint(string(b[:4]), 16, 16)
	return rune(n)
}

// pairOf returns the character of a surrogate and the escape behind it, or
// U+FFFD.
func pairOf(first rune, rest []byte) rune {
	if len(rest) < 6 || rest[0] != '\\' || rest[1] != 'u' {
		return utf8.RuneError
	}
	return utf16.DecodeRune(first, unitOf(rest[2:]))
}
