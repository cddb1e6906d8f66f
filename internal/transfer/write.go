package transfer

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Writer writes objects into a file, one at a time, in bounded memory. It is not
// safe for concurrent use.
type Writer interface {
	// Write adds an object. It must not be changed meanwhile and is not kept.
	Write(o directory.Object) error
	// Close completes the file. It does not close the io.Writer below.
	Close() error
}

// WriteOptions say how a file is written. Zero values choose what most people
// want.
type WriteOptions struct {
	Format Format
	Kind   directory.Kind   // of the objects
	Kinds  []directory.Kind // instead of Kind: several, which only JSON Lines can hold

	Fields []string // of one kind, in this order; empty: all
	Mask   bool     // numbers and addresses are masked

	Encoding  string // of CSV: UTF8BOM (the default), UTF8 or GB18030; of other formats UTF8
	Delimiter string // of CSV: one character, or "tab"; "" is a comma
	Header    string // titles of columns: EnglishTitles (the default), ChineseTitles or FieldTitles
	TempDir   string // where a large Excel file lies meanwhile; "" is the system's folder

	VCardVersion string // VCard3 (the default) or VCard4

	Names *Names // of labels and departments; nil: their ids stand for them

	// CorpID, or the directory of message contacts, and its name.
	CorpID, CorpName string
	// Of the snapshot that the objects come from.
	Seq  int64
	Time time.Time
}

// unfit refuses options of other formats, unless they say what is the default there
// (docs/spec/export.md#formats).
func (o WriteOptions) unfit() error {
	for _, x := range []struct {
		name, value, usual string
		of                 []Format
	}{
		{"delimiter", o.Delimiter, ",", []Format{CSV}}, {"header", o.Header, EnglishTitles, []Format{CSV, Excel}},
		{"vcardVersion", o.VCardVersion, VCard3, []Format{VCard}},
	} {
		if x.value != "" && x.value != x.usual && !slices.Contains(x.of, o.Format) {
			return usagef(x.name, "%s %q is for %s, and the file is %s; leave it out, or choose another format", "%s %q 仅用于 %s，而文件为 %s；请去掉此项，或改用其他格式",
				x.name, x.value, x.of[0], o.Format)
		}
	}
	return nil
}

// allKinds are the kinds of the objects, in whichever way they are named.
func (o WriteOptions) allKinds() []directory.Kind {
	if len(o.Kinds) == 0 {
		return []directory.Kind{o.Kind}
	}
	return o.Kinds
}

// Encodings of files that are written.
const (
	UTF8BOM = "utf-8-bom"
	UTF8    = "utf-8"
	GB18030 = "gb18030"
)

// FormatByName returns the format that a file's name asks for
// (docs/spec/export.md#formats).
func FormatByName(path string) (Format, error) {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".csv":
		return CSV, nil
	case ".xlsx":
		return Excel, nil
	case ".vcf", ".vcard":
		return VCard, nil
	case ".ldif":
		return LDIF, nil
	case ".jsonl", ".ndjson":
		return JSONL, nil
	}
	return "", usagef("format", "the name %q tells no format; name it .csv, .xlsx, .vcf, .ldif or .jsonl, or give the format",
		"从文件名 %q 看不出格式；请以 .csv、.xlsx、.vcf、.ldif 或 .jsonl 结尾，或指定格式", path)
}

// UsageError is a mistake in how an import or export was asked for. Its
// messages name the remedy.
type UsageError struct {
	Code      string // fieldUnknown, or invalidParameter
	Parameter string // the option, as requests have it: "fields"
	Message   string
	MessageZh string
}

func (e *UsageError) Error() string { return e.Message }

// usagef takes the same arguments for both messages.
func usagef(parameter, en, zh string, args ...any) *UsageError {
	return &UsageError{"invalidParameter", parameter, fmt.Sprintf(en, args...), fmt.Sprintf(zh, args...)}
}

// encoder writes the objects of one format.
type encoder interface {
	begin() error
	object(o *directory.Object) error
	end(t *total) error
}

// total is what a file holds.
type total struct {
	kinds  []directory.Kind
	counts map[directory.Kind]int64
	digest Digest
}

// writer does what is the same in all formats: it masks, counts and digests.
// What it digests are the objects as they are written, so that a digest tells
// nothing that was masked or left out (docs/spec/export.md#digests).
type writer struct {
	total
	encoder
	mask   bool
	fields map[directory.Kind][]directory.ObjectField // by name, for the digest

	current directory.Object // here, so that no object costs an allocation
}

// NewWriter begins a file. It returns a *UsageError if the options do not fit
// the format (docs/spec/export.md#formats).
func NewWriter(w io.Writer, o WriteOptions) (Writer, error) { return newWriter(w, o) }

func newWriter(w io.Writer, o WriteOptions) (*writer, error) {
	kinds := o.allKinds()
	o.Kinds, o.Kind = kinds, kinds[0]
	for _, kind := range kinds {
		if kind.Fields() == nil {
			return nil, usagef("kind", "there is no kind %q", "没有 %q 这种对象", kind)
		}
	}
	if len(kinds) > 1 && o.Format != JSONL {
		return nil, usagef("format", "only JSON Lines hold several kinds; export one kind, or as jsonl", "只有 jsonl 能容纳多种对象；请只导出一种，或改用 jsonl 格式")
	}
	if len(kinds) > 1 && len(o.Fields) > 0 {
		return nil, usagef("fields", "fields can be chosen of one kind only; export one kind", "只能为一种对象选择字段；请只导出一种")
	}
	if o.Format != CSV && o.Encoding != "" && o.Encoding != UTF8 {
		return nil, usagef("encoding", "encoding %q is for csv; leave it out, %s is always UTF-8", "编码 %q 仅用于 csv；请去掉此项，%s 一律为 UTF-8", o.Encoding, o.Format)
	}
	if err := o.unfit(); err != nil {
		return nil, err
	}
	written := &writer{total: total{kinds: kinds, counts: map[directory.Kind]int64{}}, mask: o.Mask}
	if err := written.choose(o); err != nil {
		return nil, err
	}
	var err error
	if written.encoder, err = newEncoder(w, o); err != nil {
		return nil, err
	}
	return written, written.begin()
}

func newEncoder(w io.Writer, o WriteOptions) (encoder, error) {
	switch o.Format {
	case CSV:
		return newCSVEncoder(w, o)
	case Excel:
		return newExcelEncoder(w, o)
	case VCard:
		return newCardEncoder(w, o)
	case LDIF:
		return newLDIFEncoder(w, o)
	case JSONL:
		return newLinesEncoder(w, o)
	}
	return nil, usagef("format", "there is no format %q; there are csv, xlsx, vcard, ldif and jsonl", "没有格式 %q；可用 csv、xlsx、vcard、ldif、jsonl", o.Format)
}

// choose finds the fields of each kind that are written.
func (w *writer) choose(o WriteOptions) error {
	w.fields = map[directory.Kind][]directory.ObjectField{}
	for _, kind := range o.Kinds {
		w.fields[kind] = sortedFields[kind]
	}
	if len(o.Fields) == 0 {
		return nil
	}
	chosen, err := writtenFields(o)
	w.fields[o.Kind] = sortByName(chosen)
	return err
}

// writtenFields returns the fields of o.Kind that are written, in the order of
// the kind: version and times, which files have elsewhere than among the fields,
// are accepted and left out.
func writtenFields(o WriteOptions) ([]directory.ObjectField, error) {
	all := o.Kind.Fields()
	if len(o.Fields) == 0 {
		return all, nil
	}
	chosen, err := chooseFields(slices.Concat(all, objectColumns), o.Fields)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(all), func(f directory.ObjectField) bool {
		_, ok := fieldNamed(chosen, f.Name)
		return !ok
	}), nil
}

func (w *writer) Write(o directory.Object) error {
	fields, ok := w.fields[o.Kind]
	if !ok {
		return fmt.Errorf("%s %s: this file holds other kinds", o.Kind, o.ID)
	}
	if w.mask {
		o = o.Masked()
	}
	w.digest.add(o, fields)
	w.counts[o.Kind]++
	w.current = o
	if err := w.object(&w.current); err != nil {
		return fmt.Errorf("write %s %s: %w", o.Kind, o.ID, err)
	}
	return nil
}

func (w *writer) Close() error { return w.end(&w.total) }

// discard ends a file that is not completed.
func (w *writer) discard() {
	if d, ok := w.encoder.(interface{ discard() }); ok {
		d.discard()
	}
}

// oneOf checks an option that has a few values; the first is the default.
func oneOf(parameter, value string, values ...string) (string, error) {
	if value == "" {
		return values[0], nil
	}
	if !slices.Contains(values, value) {
		return "", usagef(parameter, "%q is not known here; there are %s", "此处没有 %q；可用 %s", value, strings.Join(values, ", "))
	}
	return value, nil
}
