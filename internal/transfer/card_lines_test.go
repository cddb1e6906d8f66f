package transfer

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
)

// Records, cells and problems tell the lines in which they begin, whatever blank lines, folds and
// ends of lines stand before them, and in whatever encoding.
func TestLinesOfCardsAndEntries(t *testing.T) {
	t.Parallel()
	// Each part of a record is one of several texts; the lines after their first are folds. One
	// that begins with a blank follows a blank line, else it would be a fold itself.
	for _, kind := range []struct {
		name   string
		open   openFunc
		o      ReadOptions
		blanks bool // between the parts, too
		parts  [][]string
	}{
		{"vcard", openVCard, contactFile, true, [][]string{
			{"BEGIN:VCARD", " begin:vcard", "\tBEGIN:VCARD "}, {"VERSION:3.0", "VERSION:2.1"}, {"FN:name", "FN:na\n me", "FN;QUOTED-PRINTABLE:na=\nme", " FN:name"},
			{"TITLE:title", "TITLE\n :ti\n \n\ttle"}, {"PHOTO;BASE64:AAAA\n AAAA\n", "PHOTO;BASE64:AAAA\nAAAA"}, {"EMAIL:a@b.c", "EMAIL;BASE64:!"}, {"END:VCARD"},
		}},
		{"ldif", openLDIF, employeeFile, false, [][]string{
			{"dn: cn=x", "dn: c\n n=x\n  "}, {"objectClass: person", "objectClass\n : per\n son"}, {"# a\n  comment\n dn: x", "o: x"}, {"cn: name", "cn: na\n me"},
			{"title:: AAA\n =", "title: title"}, {"mail:< file:x", "mail: m", "mail:: !"}, {""},
		}},
	} {
		t.Run(kind.name, func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(1, 2))
			for range 2000 {
				text, line := "", int64(1)
				var begins []int64
				begun := map[int64]string{} // what begins in a line
				write := func(part string) {
					text += part + "\n"
					line += int64(strings.Count(part, "\n")) + 1
				}
				for range 1 + random.IntN(3) {
					for i, choices := range kind.parts {
						part := choices[random.IntN(len(choices))]
						for n := random.IntN(3); (i == 0 || kind.blanks) && (n > 0 || part != strings.TrimLeft(part, " \t") && !strings.HasSuffix(text, "\n\n")); n-- {
							write("")
						}
						if i == 0 && random.IntN(3) == 0 && (text == "" || strings.HasSuffix(text, "\n\n")) {
							write(" \t "[:1+random.IntN(2)])
						}
						if i == 0 {
							begins = append(begins, line)
						}
						begun[line] = strings.ToLower(strings.TrimLeft(part, " \t"))
						write(part)
					}
				}
				text = strings.ReplaceAll(text, "\n", [...]string{"\r\n", "\n", "\r"}[random.IntN(3)])
				checkLines(t, kind.open, kind.o, encoded(random.IntN(3), text), begins, begun)
			}
		})
	}
}

// encoded is a text in UTF-8, with a mark of byte order, or in UTF-16.
func encoded(how int, text string) string {
	switch how {
	case 1:
		return "\ufeff" + text
	case 2:
		var b bytes.Buffer
		_ = binary.Write(&b, binary.LittleEndian, utf16.Encode([]rune("\ufeff"+text))) // a buffer takes all
		return b.String()
	}
	return text
}

func checkLines(t *testing.T, open openFunc, o ReadOptions, text string, begins []int64, begun map[int64]string) {
	t.Helper()
	r, err := open(strings.NewReader(text), "", o)
	if err != nil {
		t.Fatal(err)
	}
	at := func(line int64, header string) {
		if name, _, _ := strings.Cut(begun[line], "\n"); header != "" && !strings.HasPrefix(name, strings.ToLower(header)) {
			t.Fatalf("%s is said to begin in line %d of %q", header, line, text)
		}
	}
	for n := 0; ; n++ {
		rec, err := r.Next()
		if err == io.EOF && n == len(begins) {
			return
		}
		if err != nil {
			t.Fatalf("after %d of %d records: %v in %q", n, len(begins), err, text)
		}
		if n == len(begins) || rec.Line != begins[n] {
			t.Fatalf("record %d begins in line %d, want one of %v, of %q", n+1, rec.Line, begins, text)
		}
		for _, c := range rec.Cells {
			at(c.Line, c.Header)
		}
		for _, p := range append(rec.Warnings, rec.CellErrors...) {
			at(p.Line, p.Header)
		}
		if p := rec.Problem; p != nil {
			at(p.Line, p.Header)
		}
	}
}
