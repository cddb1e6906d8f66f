package transfer

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/mingce/mingce/internal/directory"
)

// What is read from a number reads as itself, and the core reads the same.
func FuzzReadNumber(f *testing.F) {
	for _, text := range []string{"13900001234", "+86 139 0000 1234", "tel:+86-10-00006002;ext=12", "1.3900001234E+10", "1.39E+10", "13900001234.0", "００８６１３９００００１２３４", "010-1234转5", "86-8613900001234", "86-00123456789"} {
		f.Add(text, "", true)
		f.Add(text, "852", false)
	}
	f.Fuzz(func(t *testing.T, text, home string, mobile bool) {
		number, _, code := readNumber(text, home, mobile)
		if (number == "") != (code != "") {
			t.Fatalf("number %q: got %q and code %q, want one of them", text, number, code)
		}
		if code != "" {
			return
		}
		if again, dropped, code := readNumber(number, home, mobile); again != number || dropped || code != "" {
			t.Errorf("number %q became %q, which became %q, %v, %q", text, number, again, dropped, code)
		}
		if p, err := directory.ReadNumber(number, "", mobile); err != nil || p.String() != number {
			t.Errorf("number %q became %q, which the core reads as %s, %v", text, number, p, err)
		}
	})
}

func FuzzSplitList(f *testing.F) {
	for _, text := range []string{"a;b", `a\;b;c\/d`, "a ::: b", "甲，乙、丙；丁", "a|b\r\nc", "\\", `\\;`, " ;\u00a0; "} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parts := splitList(text)
		for _, part := range parts {
			if part == "" || part != trimBlanks(part) {
				t.Errorf("%q has the part %q", text, part)
			}
		}
		if again := splitList(strings.Join(parts, "\n")); !slices.Equal(again, parts) {
			t.Errorf("%q has the parts %q, which have the parts %q", text, parts, again)
		}
		for _, separator := range []string{"/", ">", "-"} {
			if names := SplitPath(text, separator); len(names) == 0 {
				t.Errorf("path %q has no names", text)
			}
		}
	})
}

// No text makes a draft panic or break what it promises.
func FuzzDraft(f *testing.F) {
	f.Add("13900001234", "a;b", "2024-03-01", uint8(0))
	f.Add("x@example.com", "\x00", "#ff0000", uint8(3))
	f.Fuzz(func(t *testing.T, a, b, c string, n uint8) {
		kind := directory.Kinds[int(n)%len(directory.Kinds)]
		r := &Record{Line: 2}
		for i, field := range kind.Fields() {
			text := []string{a, b, c}[(i+int(n))%3]
			r.Cells = append(r.Cells, Cell{Field: field.Name, Line: 2, Column: int(n&1) * (i + 1), Text: text, Number: n&2 != 0}, Cell{Field: field.Name, Line: 3, Text: b})
		}
		r.Cells = append(r.Cells, Cell{Field: "parts.given", Text: a}, Cell{Field: "parts.address.city", Text: b}, Cell{Field: "path", Text: c})
		d := (&DraftOptions{Kind: kind}).Draft(r)
		for name, value := range d.Values {
			field, ok := kind.Field(name)
			if !ok {
				t.Errorf("field %s of a %s: it has none", name, kind)
			}
			text, isText := value.(string)
			if isText && (text == "" || !utf8.ValidString(text) || field.Most > 0 && utf8.RuneCountInString(text) > field.Most) {
				t.Errorf("field %s: got %q, want a text of at most %d characters", name, text, field.Most)
			}
			if rule, _ := kind.CheckName(text); name == "name" && rule != "" {
				t.Errorf("name %q: got it, want %s", text, rule)
			}
		}
		if !slices.IsSortedFunc(d.Errors, func(p, q Problem) int { return int(p.Line*1000+int64(p.Column)) - int(q.Line*1000+int64(q.Column)) }) {
			t.Errorf("got errors %v, want them in order", d.Errors)
		}
	})
}

// Names that are written with escapes are read back.
func TestPathsReadBack(t *testing.T) {
	t.Parallel()
	escape := strings.NewReplacer(";", `\;`, "/", `\/`).Replace
	name := rapid.StringMatching(`[a-z市场;/><-][a-z市场;/>< -]{0,6}[a-z市场;/><-]`)
	rapid.Check(t, func(t *rapid.T) {
		paths := rapid.SliceOfN(rapid.SliceOfN(name, 1, 4), 1, 5).Draw(t, "paths")
		var texts []string
		for _, path := range paths {
			var names []string
			for _, n := range path {
				names = append(names, escape(n))
			}
			texts = append(texts, strings.Join(names, "/"))
		}
		got := splitList(strings.Join(texts, ";"))
		if len(got) != len(paths) {
			t.Fatalf("%q became %q, which has the parts %q", paths, texts, got)
		}
		for i := range got {
			if names := SplitPath(got[i], "/"); !slices.Equal(names, paths[i]) {
				t.Fatalf("path %q became %q, which has the names %q", paths[i], texts[i], names)
			}
		}
	})
}

// A hostile record tells a bounded number of problems.
func TestDraftTellsEnough(t *testing.T) {
	t.Parallel()
	for _, unit := range []string{"1;", "1;2;", "13900001234;", "a@b.cn,c@b.cn,", "x\n", "甲、乙"} {
		text := strings.Repeat(unit, 1<<20/len(unit))
		for _, field := range []string{"mobile", "email", "labelIds", "title", "remark"} {
			d := draftOf(directory.ContactKind, cell(1, field, text))
			if n := len(d.Errors) + len(d.Warnings) + len(d.References); n > mostWarnings+directory.MaxContactLabels {
				t.Errorf("%s %q repeated: got %d problems, want at most %d", field, unit, n, mostWarnings)
			}
		}
	}
}
