package transfer

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/mingce/mingce/internal/directory"
)

// lineOf draws a text as it is stored in a field of one line: what could be a
// formula, an envelope, a list or an escape, but nothing that an import drops.
func lineOf(t *rapid.T, label string) string {
	text := cellTexts().Draw(t, label) + rapid.SampledFrom([]string{"x", `="1"`, "\"", "=", "王", `\;`, "* 1"}).Draw(t, label+" end")
	text = trimBlanks(strings.NewReplacer("\r", "", "\n", "", "\t", "").Replace(text))
	if inner, ok := cutEnvelope(text); ok {
		return inner + "x"
	}
	return text
}

func storedContact(t *rapid.T) directory.Object {
	id := rapid.StringMatching(`[1-9][0-9]{5,17}`).Draw(t, "id")
	lines := rapid.SliceOfN(rapid.Just(0), 1, 4).Draw(t, "lines")
	var remark []string
	for range lines {
		remark = append(remark, lineOf(t, "remark"))
	}
	return directory.Object{Kind: directory.ContactKind, ID: id, Version: 1, Values: directory.Values{
		"userId": id, "name": lineOf(t, "name"), "mobile": rapid.StringMatching(`86-1[3-9][0-9]{9}|852-[569][0-9]{7}|86-0[1-9][0-9]{9}`).Draw(t, "mobile"),
		"email": rapid.StringMatching(`[a-z'=+-]{1,10}@[a-z]{1,5}\.cn`).Draw(t, "email"), "title": lineOf(t, "title"), "companyName": lineOf(t, "company"),
		"address": lineOf(t, "address"), "remark": strings.Join(remark, "\n"), "followerUserId": "u1", "labelIds": []int64{1, 3},
		"shareUserIds": []string{"a;b", "c/d"},
	}}
}

// What an export writes, an import reads back the same.
func TestExportsReadBack(t *testing.T) {
	t.Parallel()
	for _, o := range []WriteOptions{
		{Format: CSV}, {Format: CSV, Encoding: GB18030, Delimiter: ";", Header: ChineseTitles}, {Format: CSV, Delimiter: "tab", Header: FieldTitles},
		{Format: Excel}, {Format: JSONL},
	} {
		t.Run(string(o.Format)+o.Header, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				objects := rapid.SliceOfN(rapid.Custom(storedContact), 1, 5).Draw(t, "objects")
				o := o
				o.Kind = directory.ContactKind
				checkReadBack(t, o, objects)
			})
		})
	}
}

func checkReadBack(t *rapid.T, o WriteOptions, objects []directory.Object) {
	file := writeAll(t, o, objects)
	read := ReadOptions{Kind: directory.ContactKind, Format: o.Format, Encoding: o.Encoding}
	if read.Encoding == UTF8BOM {
		read.Encoding = ""
	}
	r, err := Open(bytes.NewReader(file), read)
	if err != nil {
		t.Fatalf("%v: %s", err, file)
	}
	draft := DraftOptions{Kind: directory.ContactKind}
	for _, object := range objects {
		rec, err := r.Next()
		if err != nil {
			t.Fatalf("%v: %s", err, file)
		}
		d := draft.Draft(rec)
		if len(d.Errors)+len(d.Warnings)+len(d.Missing) > 0 {
			t.Fatalf("got %v %v %v, want no problems: %q", d.Errors, d.Warnings, d.Missing, object.Values)
		}
		for _, f := range directory.ContactKind.Fields() {
			if got, want := backOf(&d, &f), object.Values[f.Name]; !reflect.DeepEqual(got, want) && !directory.Equal(got, want) {
				t.Fatalf("%s: got %q, want %q", f.Name, got, want)
			}
		}
	}
	if _, err := r.Next(); !errors.Is(err, io.EOF) {
		t.Fatalf("after the last object: got %v, want the end", err)
	}
}

// backOf returns what a draft has of a field, references as their ids.
func backOf(d *Draft, f *directory.ObjectField) any {
	if value, ok := d.Values[f.Name]; ok {
		return value
	}
	var texts []string
	for _, r := range d.References {
		if r.Field == f.Name {
			texts = append(texts, r.Text)
		}
	}
	switch {
	case f.Type == directory.NumbersField:
		numbers := []int64{}
		for _, text := range texts {
			if n, code := readOther(&directory.ObjectField{Type: directory.NumberField}, text); code == "" {
				numbers = append(numbers, n.(int64))
			}
		}
		return numbers
	case f.Type == directory.TextsField:
		return texts
	case len(texts) == 1:
		return texts[0]
	}
	return nil
}
