package api

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// WithoutMark returns a form without its byte order mark. ParseJSON skips one
// by itself.
func WithoutMark(form []byte) []byte { return bytes.TrimPrefix(form, []byte(ByteOrderMark)) }

// Charset is a character set of a request's body; the zero value is UTF-8.
type Charset struct{ coding encoding.Encoding }

// CharsetNamed returns the character set that a Content-Type names: UTF-8, also
// for "", or one of the Chinese ones that the vendor's older clients can use.
func CharsetNamed(name string) (c Charset, ok bool) {
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8", "us-ascii":
		return Charset{}, true
	case "gbk", "gb2312", "cp936", "ms936", "windows-936", "x-gbk":
		return Charset{simplifiedchinese.GBK}, true
	case "gb18030":
		return Charset{simplifiedchinese.GB18030}, true
	}
	return Charset{}, false
}

// Text decodes a text; ok is false if it is not in the character set.
func (c Charset) Text(s string) (text string, ok bool) {
	if c.coding == nil {
		return s, utf8.ValidString(s)
	}
	text, err := c.coding.NewDecoder().String(s)
	return text, err == nil && !strings.ContainsRune(text, utf8.RuneError)
}

// Body decodes a JSON body. It leaves UTF-8 as it is, because ParseJSON checks
// it.
func (c Charset) Body(body []byte) (decoded []byte, ok bool) {
	if c.coding == nil {
		return body, true
	}
	decoded, err := c.coding.NewDecoder().Bytes(body)
	return decoded, err == nil && !bytes.ContainsRune(decoded, utf8.RuneError)
}
