package transfer

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// textTable holds the texts that the cells of a workbook share. There may be
// millions, and a sheet names them in any order, mostly in that of the table. So
// the first 16 MiB lie as they are, and all others packed, in blocks of which
// the last ones used are unpacked.
type textTable struct {
	blocks  []textBlock
	current textBlock
	count   int // of all texts
	packed  int // bytes of packed blocks
	writer  *flate.Writer

	open     []int // the blocks that were unpacked, oldest first
	reader   io.ReadCloser
	unpacked int // blocks, counting each time
}

// textBlock is a run of texts, each behind its length.
type textBlock struct {
	first   int // number of its first text
	data    []byte
	packed  []byte // instead of data
	offsets []uint32
}

const (
	textBlockBytes = 16 << 10
	textBlockTexts = 4 << 10
	plainBlocks    = 1024      // that are never packed
	openBlocks     = 512       // packed ones that are unpacked at a time
	mostPacked     = 512 << 20 // bytes
	// mostUnpacked bounds the time that a sheet takes which names texts in the
	// worst order: it stands for some minutes.
	mostUnpacked = 4_000_000
)

func (t *textTable) add(text []byte) error {
	b := &t.current
	b.offsets = append(b.offsets, uint32(len(b.data)))
	b.data = binary.AppendUvarint(b.data, uint64(len(text)))
	b.data = append(b.data, text...)
	t.count++
	if len(b.data) < textBlockBytes && len(b.offsets) < textBlockTexts {
		return nil
	}
	return t.seal()
}

// seal puts the current block among the others and begins a new one.
func (t *textTable) seal() error {
	b := t.current
	if len(b.offsets) == 0 {
		return nil
	}
	t.current = textBlock{first: t.count}
	if len(t.blocks) < plainBlocks {
		b.data, b.offsets = slices.Clip(b.data), slices.Clip(b.offsets)
		t.blocks = append(t.blocks, b)
		return nil
	}
	var out bytes.Buffer
	if t.writer == nil {
		t.writer, _ = flate.NewWriter(nil, flate.BestSpeed) // the level exists
	}
	t.writer.Reset(&out)
	_, _ = t.writer.Write(b.data) // a buffer does not fail
	_ = t.writer.Close()
	t.current.data, t.current.offsets = b.data[:0], b.offsets[:0]
	b.packed, b.data, b.offsets = bytes.Clone(out.Bytes()), nil, nil
	t.blocks = append(t.blocks, b)
	if t.packed += len(b.packed); t.packed > mostPacked {
		return &FileError{Code: "tooLarge", Detail: "texts of cells"}
	}
	return nil
}

// text returns the text with that number, from 0. It is not ok if there is none.
func (t *textTable) text(n int) (text string, ok bool, err error) {
	if n < 0 || n >= t.count {
		return "", false, nil
	}
	i, found := slices.BinarySearchFunc(t.blocks, n, func(b textBlock, n int) int { return b.first - n })
	if !found {
		i--
	}
	b := &t.blocks[i]
	if b.data == nil {
		if err := t.unpack(i); err != nil {
			return "", false, err
		}
	}
	data := b.data[b.offsets[n-b.first]:]
	length, skip := binary.Uvarint(data)
	return string(data[skip : skip+int(length)]), true, nil
}

// unpack makes the texts of a packed block available, instead of those of the
// block that was unpacked before all others.
func (t *textTable) unpack(i int) error {
	if t.unpacked++; t.unpacked > mostUnpacked {
		return &FileError{Code: "tooLarge", Detail: "texts of cells, in no order"}
	}
	var data []byte
	if len(t.open) == openBlocks {
		old := &t.blocks[t.open[0]]
		data, old.data, old.offsets = old.data[:0], nil, nil
		t.open = append(t.open[:0], t.open[1:]...)
	}
	b := &t.blocks[i]
	in := bytes.NewReader(b.packed)
	if t.reader == nil {
		t.reader = flate.NewReader(in)
	} else if err := t.reader.(flate.Resetter).Reset(in, nil); err != nil {
		return err
	}
	out := bytes.NewBuffer(data)
	if _, err := out.ReadFrom(t.reader); err != nil {
		return err
	}
	b.data = out.Bytes()
	b.offsets = make([]uint32, 0, textBlockTexts/8)
	for at := 0; at < len(b.data); {
		b.offsets = append(b.offsets, uint32(at))
		length, skip := binary.Uvarint(b.data[at:])
		at += skip + int(length)
	}
	t.open = append(t.open, i)
	return nil
}

// unescapeExcel puts characters for _xHHHH_, by which sheets write those that
// XML cannot hold.
func unescapeExcel(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		if len(s) >= 7 && s[6] == '_' {
			if n, err := strconv.ParseUint(s[2:6], 16, 16); err == nil && utf8.ValidRune(rune(n)) {
				b.WriteRune(rune(n))
				s = s[7:]
				continue
			}
		}
		b.WriteString(s[:2])
		s = s[2:]
	}
}
