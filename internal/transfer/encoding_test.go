package transfer

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// Encodings are told apart by what a file holds (docs/spec/import.md#encodings).
func TestEncodings(t *testing.T) {
	t.Parallel()
	wide := func(s string, big bool) string {
		var b strings.Builder
		for _, r := range s {
			if big {
				b.Write([]byte{byte(r >> 8), byte(r)})
			} else {
				b.Write([]byte{byte(r), byte(r >> 8)})
			}
		}
		return b.String()
	}
	many := strings.Repeat("name,mobile\n", 4000)
	tests := []struct {
		name, asked, in   string
		want, wantDecoded string
	}{
		{"empty", "", "", "utf-8", ""},
		{"ASCII", "", "name", "utf-8", "name"},
		{"UTF-8", "", "姓名", "utf-8", "姓名"},
		{"UTF-8 with BOM", "", "\xef\xbb\xbf姓名", "utf-8", "姓名"},
		{"replacement character of the file's own", "", "a\ufffdb", "utf-8", "a\ufffdb"},
		{"UTF-16LE with BOM", "", "\xff\xfe" + wide("姓名", false), "utf-16le", "姓名"},
		{"UTF-16BE with BOM", "", "\xfe\xff" + wide("姓名", true), "utf-16be", "姓名"},
		{"UTF-16LE without", "", wide("name,mobile,姓名", false), "utf-16le", "name,mobile,姓名"},
		{"UTF-16BE without", "", wide("name,mobile,姓名", true), "utf-16be", "name,mobile,姓名"},
		{"GBK", "", "\xd0\xd5\xc3\xfb,a\n", "gb18030", "姓名,a\n"},
		{"GBK behind much ASCII", "", many + "\xd0\xd5\xc3\xfb", "gb18030", many + "姓名"},
		{"GB18030 of four bytes", "", "\xd0\xd5\x95\x32\x82\x36", "gb18030", "姓𠀀"},
		{"half of a character", "", "\xd0\n\xd5\xc3", "gb18030", "\xff\n彰"},
		{"mixed", "", "姓名\n\xd0\xd5\n", "utf-8", "姓名\n\xfe\xfe\n"},
		{"invalid behind a BOM", "", "\xef\xbb\xbfa\xd0", "utf-8", "a\xff"},
		{"invalid where UTF-8 was asked for", "utf-8", "a\xd0b", "utf-8", "a\xffb"},
		{"lone surrogates", "utf-16le", "a\x00\x00\xd8b\x00\x00\xdcc\x00\x00\xd8", "utf-16le", "a\xffb\xffc\xff"},
		{"pair of surrogates", "utf-16be", "\xd8\x40\xdc\x00", "utf-16be", "𠀀"},
		{"half of a unit", "utf-16le", "a\x00b", "utf-16le", "a\xff"},
		{"GBK asked for", "gbk", "\x80\xd0\xd5", "gbk", "€姓"},
		{"Big5", "big5", "\xa9\x6d\xa6\x57\xff", "big5", "姓名\xff"},
		{"Windows", "windows-1252", "Ren\xe9 \x80\x81", "windows-1252", "René €\xff"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, r := range []io.Reader{strings.NewReader(test.in), iotest.OneByteReader(strings.NewReader(test.in))} {
				d, err := newDecoder(r, test.asked)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(d)
				if err != nil || string(got) != test.wantDecoded || d.encoding() != test.want {
					t.Errorf("%q is %s %q, %v; want %s %q", test.in, d.encoding(), got, err, test.want, test.wantDecoded)
				}
			}
		})
	}
}

func TestUnknownEncodings(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"\xff\xfe\x00\x00a\x00\x00\x00", "\x00\x00\xfe\xff\x00\x00\x00a"} {
		_, err := newDecoder(strings.NewReader(in), "")
		if e := (*FileError)(nil); !errors.As(err, &e) || e.Code != "encodingUnsupported" {
			t.Errorf("%q: %v, want encodingUnsupported", in, err)
		}
	}
	if _, err := newDecoder(strings.NewReader("a"), "koi8-r"); err == nil {
		t.Error("koi8-r was taken")
	}
}

func TestErrorsOfTheSourceArePassedOn(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	d, err := newDecoder(io.MultiReader(strings.NewReader(strings.Repeat("a", 10<<10)), iotest.ErrReader(broken)), "")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(d); !errors.Is(err, broken) || len(got) != 10<<10 {
		t.Errorf("got %d bytes, %v; want %d, %v", len(got), err, 10<<10, broken)
	}
}

func TestLinesOfText(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", maxRow)
	d, err := newDecoder(iotest.HalfReader(strings.NewReader("\xef\xbb\xbfa\r\nb\rc\n\n"+long+"\n"+long+"y\r\nd\xd0\nend")), "")
	if err != nil {
		t.Fatal(err)
	}
	want := []textLine{
		{1, []byte("a"), "\r\n", 1, ""},
		{2, []byte("b"), "\r", 1, ""},
		{3, []byte("c"), "\n", 1, ""},
		{4, nil, "\n", 0, ""},
		{5, []byte(long), "\n", maxRow, ""},
		{6, []byte(long), "\r\n", maxRow + 1, "rowTooLong"},
		{7, []byte("d\ufffd"), "\n", 2, "encodingInvalid"},
		{8, []byte("end"), "", 3, ""},
	}
	lines := newTextReader(d)
	for _, w := range want {
		got, err := lines.Next()
		if err != nil {
			t.Fatalf("line %d: %v", w.Number, err)
		}
		if got.Number != w.Number || !bytes.Equal(got.Text, w.Text) || got.End != w.End || got.Length != w.Length || got.Code != w.Code {
			t.Errorf("got line %d of %d bytes, end %q, length %d, %q; want line %d of %d bytes, end %q, length %d, %q",
				got.Number, len(got.Text), got.End, got.Length, got.Code, w.Number, len(w.Text), w.End, w.Length, w.Code)
		}
	}
	if _, err := lines.Next(); err != io.EOF {
		t.Errorf("after the last line: %v, want io.EOF", err)
	}
}

func FuzzDecoder(f *testing.F) {
	f.Add([]byte("姓名\xd0\xd5"), "")
	f.Add([]byte("\xff\xfea\x00\x00\xd8"), "utf-16le")
	f.Add([]byte("\x95\x32\x82"), "gb18030")
	f.Fuzz(func(t *testing.T, in []byte, name string) {
		decode := func(r io.Reader) (string, string, bool) {
			d, err := newDecoder(r, name)
			if err != nil {
				return "", "", false
			}
			out, err := io.ReadAll(d)
			if err != nil {
				t.Fatal(err)
			}
			return string(out), d.encoding(), true
		}
		all, name1, ok1 := decode(bytes.NewReader(in))
		bytewise, name2, ok2 := decode(iotest.OneByteReader(bytes.NewReader(in)))
		if all != bytewise || name1 != name2 || ok1 != ok2 {
			t.Errorf("%q: %s %q at once, %s %q byte by byte", in, name1, all, name2, bytewise)
		}
		if clean := string(withoutMarks([]byte(all))); strings.ToValidUTF8(clean, "") != clean {
			t.Errorf("%q: %q is not UTF-8", in, clean)
		}
	})
}
