package api

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// WithoutBOM returns a body without the byte order mark that some editors and
// libraries begin UTF-8 text with.
func WithoutBOM(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\ufeff")) }

// Charset is a character set of a request's body; the zero value is UTF-8.
type Charset struct{ coding encoding.Encoding }

// CharsetNamed returns the character set that a Content-Type names: UTF-8, which
// no name stands for too, or one of the Chinese ones that the vendor's older
// clients can be set to.
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

// Body decodes a body as Text does a text, and takes off a byte order mark.
func (c Charset) Body(body []byte) (decoded []byte, ok bool) {
	if c.coding == nil {
		return WithoutBOM(body), true
	}
	decoded, err := c.coding.NewDecoder().Bytes(body)
	return decoded, err == nil && !bytes.ContainsRune(decoded, utf8.RuneError)
}
