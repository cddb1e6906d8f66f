package transfer

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// rawPart is a part of a zip whose headers may lie.
type rawPart struct {
	name     string
	data     []byte // as it is inflated
	declared uint64 // its length by the header, if not 0
	packed   uint64 // the length of what is stored, by the header, if not 0
	flags    uint16
	method   uint16 // if not that of flate
}

// rawZip writes parts as they declare themselves.
func rawZip(t *testing.T, parts ...rawPart) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		var packed bytes.Buffer
		w, err := flate.NewWriter(&packed, flate.BestCompression)
		if err == nil {
			_, err = w.Write(p.data)
		}
		if err == nil {
			err = w.Close()
		}
		h := &zip.FileHeader{Name: p.name, Method: zip.Deflate, Flags: p.flags, CRC32: crc32.ChecksumIEEE(p.data),
			CompressedSize64: uint64(packed.Len()), UncompressedSize64: uint64(len(p.data))}
		if p.declared > 0 {
			h.UncompressedSize64 = p.declared
		}
		if p.packed > 0 {
			h.CompressedSize64 = p.packed
		}
		if p.method > 0 {
			h.Method = p.method
		}
		if err == nil {
			var out io.Writer
			if out, err = z.CreateRaw(h); err == nil {
				_, err = out.Write(packed.Bytes())
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// partsOf returns the parts of a workbook, to be changed.
func partsOf(t *testing.T, in []byte) (list []rawPart) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(in), int64(len(in)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, rawPart{name: f.Name, data: data})
	}
	return list
}

// Zips whose headers lie are refused, or read as what they are, and never take more
// than they declare (docs/spec/import.md#limits-of-workbooks).
func TestZipsThatLie(t *testing.T) {
	t.Parallel()
	good := book(t, nil, [3]string{"a", "", rows([]string{"name", "mobile"}, []string{"a", "1"})})
	const sheet = "xl/worksheets/sheet0.xml"
	changed := func(change func(*rawPart), further ...rawPart) []byte {
		parts := partsOf(t, good)
		for i := range parts {
			if parts[i].name == sheet {
				change(&parts[i])
			}
		}
		return rawZip(t, append(parts, further...)...)
	}
	same := func(*rawPart) {}
	local := bytes.Clone(good) // sizes, name and checksum of the first local header are another's
	copy(local[14:26], bytes.Repeat([]byte{0x7f}, 12))
	parts := partsOf(t, good)
	tests := []struct {
		name, want string
		in         []byte
	}{
		{"declared small", "REFUSED malformed 0", changed(func(p *rawPart) { p.declared = 20 })},
		{"declared huge", "REFUSED zipBomb 0", changed(func(p *rawPart) { p.declared = 3 << 30 })},
		{"declared beyond 4 GiB", "REFUSED zipBomb 0", changed(func(p *rawPart) { p.declared = 1 << 62 })},
		{"declared somewhat larger", "REFUSED malformed 0", changed(func(p *rawPart) { p.declared = 1000 })},
		{"a bomb declared small", "REFUSED malformed 0", changed(func(p *rawPart) {
			p.data, p.declared = []byte("<worksheet>"+strings.Repeat(" ", 64<<20)+"</worksheet>"), 1000
		})},
		{"stored beyond the file", "REFUSED malformed 0", changed(func(p *rawPart) { p.packed = 1 << 40 })},
		{"local header of something else", `2 name="a" mobile="1"`, local},
		{"the same bytes listed again and again", "REFUSED zipBomb 0", overlapping(t, 5000)},
		{"encrypted", "REFUSED formatUnsupported 0", changed(func(p *rawPart) { p.flags = 1 })},
		{"encrypted by AES", "REFUSED formatUnsupported 0", changed(func(p *rawPart) { p.flags, p.method = 1, 99 })},
		{"packed by what nobody knows", "REFUSED malformed 0", changed(func(p *rawPart) { p.method = 77 })},
		{"the sheet twice", "REFUSED malformed 0", changed(same, rawPart{name: sheet, data: []byte("<worksheet/>")})},
		{"the sheet twice, in other case", "REFUSED malformed 0", changed(same, rawPart{name: "XL/worksheets/Sheet0.xml", data: []byte("<worksheet/>")})},
		{"the sheet once more from outside", "REFUSED malformed 0", changed(same, rawPart{name: "../../" + sheet, data: []byte("<worksheet/>")})},
		{"another part twice", `2 name="a" mobile="1"`, changed(same, rawPart{name: "x"}, rawPart{name: "x"})},
		{"a name outside", `2 name="a" mobile="1"`, changed(same, rawPart{name: "../../../etc/passwd", data: []byte("x")}, rawPart{name: "/etc/passwd"}, rawPart{name: `C:\x`})},
		{"a zip in the zip", `2 name="a" mobile="1"`, changed(same, rawPart{name: "xl/embeddings/a.xlsx", data: good})},
		{"something before the zip", "REFUSED headerNotFound 0", append([]byte("MZ and more\n"), good...)},
		{"lengths behind the data", `2 name="a" mobile="1"`, good}, // as archive/zip writes to streams
		{"64 bits", `2 name="a" mobile="1"`, zip64(t, parts)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := strings.TrimSuffix(told(test.in, ReadOptions{}), "\n"); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// overlapping returns a workbook whose list names one stored part many times.
func overlapping(t *testing.T, times int) []byte {
	t.Helper()
	good := book(t, map[string]string{"x": strings.Repeat(longText()[:900<<10], 1)}, [3]string{"a", "", rows([]string{"name", "mobile"}, []string{"a", "1"})})
	end := bytes.LastIndex(good, []byte("PK\x05\x06"))
	at := int(binary.LittleEndian.Uint32(good[end+16:]))
	entry := good[bytes.LastIndex(good[:end], []byte("PK\x01\x02")):end]
	for from := at; ; {
		i := bytes.Index(good[from:end], []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		from += i
		n := int(binary.LittleEndian.Uint16(good[from+28:]))
		if e := good[from : from+46+n]; string(e[46:]) == "x" {
			entry = e
		}
		from += 46 + n
	}
	var b bytes.Buffer
	b.Write(good[:end])
	for i := range times {
		e := bytes.Clone(entry)
		e[46] = byte('A' + i%20) // another name of the same length
		b.Write(e)
	}
	tail := bytes.Clone(good[end:])
	count := int(binary.LittleEndian.Uint16(tail[10:])) + times
	binary.LittleEndian.PutUint16(tail[8:], uint16(count))
	binary.LittleEndian.PutUint16(tail[10:], uint16(count))
	binary.LittleEndian.PutUint32(tail[12:], uint32(b.Len()-at))
	b.Write(tail)
	return b.Bytes()
}

// zip64 returns the parts with an end of 64 bits.
func zip64(t *testing.T, parts []rawPart) []byte {
	t.Helper()
	in := rawZip(t, parts...)
	end := bytes.LastIndex(in, []byte("PK\x05\x06"))
	u16, u32 := binary.LittleEndian.Uint16, binary.LittleEndian.Uint32
	count, size, at := uint64(u16(in[end+10:])), uint64(u32(in[end+12:])), uint64(u32(in[end+16:]))
	out := bytes.Clone(in[:end])
	le := binary.LittleEndian
	out = append(out, "PK\x06\x06"...)
	out = le.AppendUint64(out, 44)
	out = le.AppendUint16(le.AppendUint16(out, 45), 45)
	out = le.AppendUint32(le.AppendUint32(out, 0), 0)
	for _, v := range []uint64{count, count, size, at} {
		out = le.AppendUint64(out, v)
	}
	out = append(out, "PK\x06\x07"...)
	out = le.AppendUint32(out, 0)
	out = le.AppendUint64(out, uint64(end))
	out = le.AppendUint32(out, 1)
	last := bytes.Clone(in[end:])
	copy(last[8:20], bytes.Repeat([]byte{0xff}, 12))
	return append(out, last...)
}

// A part is read as a sheet once, however many sheets name it: otherwise a small file
// would be read for hours (docs/spec/import.md#limits-of-workbooks).
func TestSheetsThatShareAPart(t *testing.T) {
	t.Parallel()
	var names, relations strings.Builder
	for i := range 9000 {
		fmt.Fprintf(&names, `<sheet name="s%d" r:id="r%d"/>`, i, i)
		fmt.Fprintf(&relations, `<Relationship Id="r%d" Type="x/worksheet" Target="worksheets/sheet0.xml"/>`, i)
	}
	in := book(t, map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="x"><sheets>` + names.String() + `</sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships>` + relations.String() + `</Relationships>`,
		"xl/worksheets/sheet0.xml":   `<worksheet>` + rows([]string{"no header"}, []string{"here"}) + strings.Repeat("<a></a>", 140_000) + `</worksheet>`,
	}, [3]string{"a", "", ""})
	src := &countedSource{Reader: bytes.NewReader(in)}
	_, err := Open(src, ReadOptions{Kind: directory.ContactKind})
	if e, ok := err.(*FileError); !ok || e.Code != "headerNotFound" {
		t.Errorf("got %v, want headerNotFound", err)
	}
	if most := int64(10 * len(in)); src.read > most {
		t.Errorf("%d bytes were read of a file of %d", src.read, len(in))
	}
}

// countedSource counts what is read.
type countedSource struct {
	*bytes.Reader
	read int64
}

func (s *countedSource) ReadAt(p []byte, at int64) (int, error) {
	n, err := s.Reader.ReadAt(p, at)
	s.read += int64(n)
	return n, err
}

// The first shared texts and the first styles that a workbook names are its own, each time
// that it is read, and no others are.
func TestSeveralSharedTexts(t *testing.T) {
	t.Parallel()
	relations := `<Relationship Id="r0" Type="x/worksheet" Target="worksheets/sheet0.xml"/>`
	further := map[string]string{}
	for i := range 20 {
		relations += fmt.Sprintf(`<Relationship Id="t%d" Type="x/sharedStrings" Target="t%d.xml"/><Relationship Id="y%d" Type="x/styles" Target="y%d.xml"/>`, i, i, i, i)
		further[fmt.Sprintf("xl/t%d.xml", i)] = fmt.Sprintf(`<sst><si><t>text %d</t></si></sst>`, i)
		further[fmt.Sprintf("xl/y%d.xml", i)] = fmt.Sprintf(`<styleSheet><cellXfs><xf numFmtId="%d"/></cellXfs></styleSheet>`, 14*min(i, 1))
	}
	further["xl/_rels/workbook.xml.rels"] = `<Relationships>` + relations + `</Relationships>`
	in := book(t, further, [3]string{"a", "", rows([]string{"name", "mobile"}, []string{`<c t="s"><v>0</v></c>`, `<c s="0"><v>45352</v></c>`})})
	for range 20 {
		checkBook(t, in, ReadOptions{}, `2 name="text 0" mobile=#"45352"`)
	}
}

// A workbook as large as Excel makes them, and larger.
func TestEndsOfSheets(t *testing.T) {
	t.Parallel()
	last := `<c r="XFD%d" t="str"><v>far</v></c>`
	sheet := func(rows string) []byte {
		return book(t, map[string]string{"xl/worksheets/sheet0.xml": `<worksheet><sheetData><row r="1"><c t="str"><v>name</v></c><c t="str"><v>mobile</v></c></row>` + rows + `</sheetData></worksheet>`}, [3]string{"a", "", ""})
	}
	checkBook(t, sheet(`<row r="1048576"><c r="A1048576" t="str"><v>a</v></c>`+fmt.Sprintf(last, 1048576)+`</row>`), ReadOptions{}, `1048576 name="a"`)
	checkBook(t, sheet(`<row r="1048577"><c r="A1048577" t="str"><v>a</v></c></row>`), ReadOptions{}, `1048577 name="a"`)
	checkBook(t, sheet(`<row r="99999999999"><c t="str"><v>a</v></c></row>`), ReadOptions{}, `REFUSED malformed 0`)
	checkBook(t, sheet(`<row r="2"><c r="ZZZZZZZZ2" t="str"><v>a</v></c></row>`), ReadOptions{}, `REFUSED malformed 0`)
	checkBook(t, sheet(`<row r="2"><c r="A2" t="str"><v>`+strings.Repeat("a", 32_768)+`</v></c></row>`), ReadOptions{}, `2 name="`+strings.Repeat("a", 32_768)+`"`)
	checkBook(t, sheet(`<row r="2"><c r="A2" t="s"><v>-1</v></c></row>`), ReadOptions{}, `REFUSED malformed 0`)
	checkBook(t, sheet(`<row r="2"><c r="A2" t="s"><v>99999999999999999999</v></c></row>`), ReadOptions{}, `REFUSED malformed 0`)
}
