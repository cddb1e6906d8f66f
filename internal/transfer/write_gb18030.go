package transfer

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

// gb18030Encoder encodes GB18030 by golang.org/x/text, but for the private
// characters U+E000 to U+E864, which that encodes as other characters. It gives
// them the codes of the standard's user-defined zones. The few outside of those
// become U+FFFD (docs/spec/export.md#encodings).
type gb18030Encoder struct{ transform.Transformer }

func newGB18030Encoder() gb18030Encoder {
	return gb18030Encoder{simplifiedchinese.GB18030.NewEncoder()}
}

func (e gb18030Encoder) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for {
		// U+E000 to U+EFFF begin with this byte, and no other character has it.
		at := bytes.IndexByte(src[nSrc:], 0xEE)
		if at < 0 {
			d, s, err := e.Transformer.Transform(dst[nDst:], src[nSrc:], atEOF)
			return nDst + d, nSrc + s, err
		}
		d, s, err := e.Transformer.Transform(dst[nDst:], src[nSrc:nSrc+at], true)
		nDst, nSrc = nDst+d, nSrc+s
		if err != nil {
			return nDst, nSrc, err
		}
		if !utf8.FullRune(src[nSrc:]) && !atEOF {
			return nDst, nSrc, transform.ErrShortSrc
		}
		r, size := utf8.DecodeRune(src[nSrc:])
		code := e.private(r)
		if nDst+len(code) > len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst, nSrc = nDst+copy(dst[nDst:], code), nSrc+size
	}
}

// private returns the code of a character from U+E000 to U+EFFF.
func (e gb18030Encoder) private(r rune) []byte {
	switch n := int(r) - 0xE000; {
	case r == utf8.RuneError, r == 0xE5E5: // whose code A3A0 is read as a blank, before which a formula could hide
		r = utf8.RuneError
	case n < 6*94: // AAA1 to AFFE
		return []byte{byte(0xAA + n/94), byte(0xA1 + n%94)}
	case n < 13*94: // F8A1 to FEFE
		n -= 6 * 94
		return []byte{byte(0xF8 + n/94), byte(0xA1 + n%94)}
	case n < 13*94+7*96: // A140 to A7A0, without the second byte 7F
		n -= 13 * 94
		second := 0x40 + n%96
		if second >= 0x7F {
			second++
		}
		return []byte{byte(0xA1 + n/96), byte(second)}
	}
	code := make([]byte, 4)
	n, _, err := e.Transformer.Transform(code, utf8.AppendRune(nil, r), true)
	if err == nil && r <= 0xE864 {
		var back []byte
		back, err = simplifiedchinese.GB18030.NewDecoder().Bytes(code[:n])
		if err == nil && string(back) != string(r) {
			err = errOtherCharacter
		}
	}
	if err != nil {
		return []byte{0x84, 0x31, 0xA4, 0x37} // U+FFFD
	}
	return code[:n]
}

var errOtherCharacter = errors.New("the code is that of another character")
