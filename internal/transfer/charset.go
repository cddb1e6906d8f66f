package transfer

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
)

// decodeValue decodes a value of a format that names an encoding for each
// (docs/spec/import.md#charsets). Without a name it is UTF-8 if that is valid,
// else GB18030. ok is false if there is no such encoding or b is invalid in it.
func decodeValue(b []byte, name string) (text string, ok bool) {
	switch {
	case name == "" && utf8.Valid(b):
		return string(b), true
	case name == "":
		name = encodingGB18030
	case strings.EqualFold(name, encodingUTF8):
		return string(b), utf8.Valid(b)
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return string(b), isASCII(b)
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return "", false
	}
	return string(out), !hasInvalid(b, out, e)
}

// hasInvalid reports whether something in b is invalid in the encoding. Its
// decoder answered U+FFFD, or a control character where a code page has nothing.
func hasInvalid(b, out []byte, e encoding.Encoding) bool {
	replaced := bytes.Count(out, []byte("\ufffd"))
	switch name, _ := htmlindex.Name(e); name {
	case encodingGB18030:
		replaced -= bytes.Count(b, []byte("\x84\x31\xa4\x37")) // U+FFFD itself
	case encodingWindows1252:
		for _, c := range []byte("\x81\x8d\x8f\x90\x9d") {
			replaced += bytes.Count(b, []byte{c})
		}
	}
	return replaced > 0
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// decodeBase64 decodes base64 with blanks anywhere, with or without padding.
func decodeBase64(b []byte) ([]byte, bool) {
	packed := make([]byte, 0, len(b))
	for _, c := range b {
		if c != ' ' && c != '\t' {
			packed = append(packed, c)
		}
	}
	e := base64.StdEncoding
	if !bytes.HasSuffix(packed, []byte("=")) {
		e = base64.RawStdEncoding
	}
	n, err := e.Decode(packed, packed)
	return packed[:n], err == nil
}

// decodeQuoted decodes quoted-printable without line breaks. What is no escape
// is kept.
func decodeQuoted(b []byte) []byte {
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '=' && i+2 < len(b) {
			high, ok1 := hexDigit(b[i+1])
			low, ok2 := hexDigit(b[i+2])
			if ok1 && ok2 {
				out = append(out, high<<4|low)
				i += 2
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}

func hexDigit(c byte) (byte, bool) {
	switch {
	case c >= '0' && c <= '9':
		return c - '0', true
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10, true
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10, true
	}
	return 0, false
}
