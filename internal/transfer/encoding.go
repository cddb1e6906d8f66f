package transfer

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/transform"
)

// Names of encodings, as --encoding has them.
const (
	encodingUTF8        = "utf-8"
	encodingUTF16LE     = "utf-16le"
	encodingUTF16BE     = "utf-16be"
	encodingGB18030     = "gb18030"
	encodingGBK         = "gbk"
	encodingBig5        = "big5"
	encodingWindows1252 = "windows-1252"
)

// A decoder writes one of these bytes for each sequence that it cannot decode.
// They occur in no UTF-8, so whoever reads the text sees in which row and cell
// something was wrong, however the text was cut in between.
const (
	invalidMark = 0xff // invalid in the encoding in force
	mixedMark   = 0xfe // not UTF-8, in a file that was UTF-8 so far
)

// The start of a file that tells whether it is UTF-16 without a mark of byte
// order (docs/spec/import.md#encodings).
const sniffLength = 4 << 10

// decoder turns a file into UTF-8 as it is read, by the encoding that was asked
// for or the one that the file shows (docs/spec/import.md#encodings).
type decoder struct {
	src  io.Reader
	name string // encoding in force
	mark byte   // for what cannot be decoded
	turn bool   // all was ASCII so far: something else makes the file GB18030

	// step appends what src decodes to and returns how much of src it used. Less
	// than all: the rest is the start of a sequence, or step has been replaced.
	step func(dst, src []byte, atEOF bool) ([]byte, int)

	in       []byte // [inStart:inEnd] is read and not decoded
	inStart  int
	inEnd    int
	out      []byte // decoded and not yet returned
	outStart int
	started  bool // the first character, which may be a mark of byte order, is past
	err      error
}

// newDecoder returns a decoder of what r holds. name is the encoding asked for,
// "" to choose by what r holds. It returns a *FileError if there is no such
// encoding, or an error of r.
func newDecoder(r io.Reader, name string) (*decoder, error) {
	d := &decoder{src: r, in: make([]byte, 32<<10), mark: invalidMark}
	n, err := io.ReadFull(r, d.in[:sniffLength])
	d.inEnd = n
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		d.err = io.EOF
	} else if err != nil {
		return nil, err
	}
	if name == "" || name == "auto" {
		certain := false
		if name, certain = sniffEncoding(d.in[:n]); !certain {
			d.mark, d.turn = mixedMark, true
		}
	}
	if !d.use(name) {
		return nil, &FileError{Code: "encodingUnsupported", Detail: name}
	}
	return d, nil
}

// sniffEncoding returns the encoding that the first bytes of a file show. It is
// not certain of UTF-8 without a mark.
func sniffEncoding(head []byte) (name string, certain bool) {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe, 0, 0}), bytes.HasPrefix(head, []byte{0, 0, 0xfe, 0xff}):
		return "utf-32", true
	case bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}):
		return encodingUTF8, true
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return encodingUTF16LE, true
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return encodingUTF16BE, true
	}
	var nul [2]int
	for i, b := range head {
		if b == 0 {
			nul[i%2]++
		}
	}
	even, odd := (len(head)+1)/2, len(head)/2
	switch {
	case nul[1]*100 > odd*30 && nul[0]*100 < even*5:
		return encodingUTF16LE, true
	case nul[0]*100 > even*30 && nul[1]*100 < odd*5:
		return encodingUTF16BE, true
	}
	return encodingUTF8, false
}

// use puts an encoding in force.
func (d *decoder) use(name string) bool {
	switch name {
	case encodingUTF8:
		d.step = d.utf8
	case encodingUTF16LE, encodingUTF16BE:
		d.step = d.utf16
	case encodingWindows1252:
		d.step = d.windows1252
	default:
		e := tableEncoding(name)
		if e == nil {
			return false
		}
		d.step = d.table(e)
	}
	d.name = name
	return true
}

// tableEncoding returns an encoding of several bytes a character, or nil.
func tableEncoding(name string) encoding.Encoding {
	switch name {
	case encodingGB18030:
		return simplifiedchinese.GB18030
	case encodingGBK:
		return simplifiedchinese.GBK
	case encodingBig5:
		return traditionalchinese.Big5
	}
	return nil
}

// encoding returns the name of the encoding in force: that of the file once all
// of it is read.
func (d *decoder) encoding() string { return d.name }

// Read returns UTF-8 in which each sequence that could not be decoded is one of
// the marks.
func (d *decoder) Read(p []byte) (int, error) {
	for d.outStart == len(d.out) {
		if d.inStart == d.inEnd && d.err != nil {
			return 0, d.err
		}
		d.fill()
	}
	n := copy(p, d.out[d.outStart:])
	d.outStart += n
	return n, nil
}

// fill decodes what is read, and reads more if that is not enough.
func (d *decoder) fill() {
	atEOF := d.err != nil
	out, used := d.step(d.out[:0], d.in[d.inStart:d.inEnd], atEOF)
	d.out, d.outStart = out, 0
	d.inStart += used
	if !d.started && len(out) > 0 {
		d.started = true
		d.outStart = len(out) - len(bytes.TrimPrefix(out, []byte("\ufeff")))
	}
	if used > 0 || atEOF {
		return
	}
	d.inEnd = copy(d.in, d.in[d.inStart:d.inEnd])
	d.inStart = 0
	n, err := d.src.Read(d.in[d.inEnd:])
	d.inEnd += n
	d.err = err
}

func (d *decoder) utf8(dst, src []byte, atEOF bool) ([]byte, int) {
	i := 0
	for i < len(src) {
		if src[i] < utf8.RuneSelf {
			start := i
			for i < len(src) && src[i] < utf8.RuneSelf {
				i++
			}
			dst = append(dst, src[start:i]...)
			continue
		}
		if !atEOF && !utf8.FullRune(src[i:]) {
			return dst, i
		}
		r, size := utf8.DecodeRune(src[i:])
		switch {
		case r != utf8.RuneError || size > 1:
			d.turn = false
			dst = append(dst, src[i:i+size]...)
		case d.turn:
			d.turn, d.mark = false, invalidMark
			d.use(encodingGB18030)
			dst, used := d.step(dst, src[i:], atEOF)
			return dst, i + used
		default:
			dst = append(dst, d.mark)
		}
		i += size
	}
	return dst, i
}

func (d *decoder) utf16(dst, src []byte, atEOF bool) ([]byte, int) {
	low, high := 0, 1
	if d.name == encodingUTF16BE {
		low, high = 1, 0
	}
	unit := func(i int) rune { return rune(src[i+low]) | rune(src[i+high])<<8 }
	i := 0
	for ; i+2 <= len(src); i += 2 {
		r := unit(i)
		if !utf16.IsSurrogate(r) {
			dst = utf8.AppendRune(dst, r)
			continue
		}
		if i+4 > len(src) {
			if !atEOF {
				return dst, i
			}
			dst = append(dst, d.mark)
			continue
		}
		if r = utf16.DecodeRune(r, unit(i+2)); r == utf8.RuneError {
			dst = append(dst, d.mark)
			continue
		}
		dst = utf8.AppendRune(dst, r)
		i += 2
	}
	if atEOF && i < len(src) {
		return append(dst, d.mark), len(src)
	}
	return dst, i
}

// windows1252 decodes what the code page defines. Its table has control
// characters where the code page has nothing.
func (d *decoder) windows1252(dst, src []byte, _ bool) ([]byte, int) {
	for _, b := range src {
		switch b {
		case 0x81, 0x8d, 0x8f, 0x90, 0x9d:
			dst = append(dst, d.mark)
		default:
			dst = utf8.AppendRune(dst, charmap.Windows1252.DecodeByte(b))
		}
	}
	return dst, len(src)
}

// table returns the step of an encoding that has a table. Its decoder answers
// U+FFFD for what is invalid.
func (d *decoder) table(e encoding.Encoding) func(dst, src []byte, atEOF bool) ([]byte, int) {
	t := e.NewDecoder()
	chunk := make([]byte, 16<<10)
	return func(dst, src []byte, atEOF bool) ([]byte, int) {
		used := 0
		for {
			nDst, nSrc, err := t.Transform(chunk, src[used:], atEOF)
			used += nSrc
			part := chunk[:nDst]
			for {
				i := bytes.Index(part, []byte("\ufffd"))
				if i < 0 {
					break
				}
				dst = append(append(dst, part[:i]...), d.mark)
				part = part[i+len("\ufffd"):]
			}
			dst = append(dst, part...)
			if !errors.Is(err, transform.ErrShortDst) {
				return dst, used
			}
		}
	}
}

// encodingProblem returns the code of what is wrong with decoded text, or "".
func encodingProblem(text []byte) string {
	for _, b := range text {
		switch b {
		case invalidMark:
			return "encodingInvalid"
		case mixedMark:
			return "encodingMixed"
		}
	}
	return ""
}

// withoutMarks returns decoded text as UTF-8, with U+FFFD for what was invalid.
// It is text itself if nothing was.
func withoutMarks(text []byte) []byte {
	if encodingProblem(text) == "" {
		return text
	}
	return bytes.ToValidUTF8(text, []byte("\ufffd"))
}
