package transfer

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// docs/spec/export.md#formats
func TestOptionsThatDoNotFit(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		o    WriteOptions
		code string
		tell string
	}{
		{WriteOptions{Kind: directory.ContactKind, Format: "ods"}, "invalidParameter", "csv, xlsx, vcard, ldif and jsonl"},
		{WriteOptions{Format: CSV}, "invalidParameter", "no kind"},
		{WriteOptions{Kinds: directory.Kinds, Format: CSV}, "invalidParameter", "as jsonl"},
		{WriteOptions{Kinds: directory.Kinds, Format: JSONL, Fields: []string{"name"}}, "invalidParameter", "one kind"},
		{WriteOptions{Kind: directory.DepartmentKind, Format: VCard}, "invalidParameter", "csv, xlsx or jsonl"},
		{WriteOptions{Kind: directory.LabelKind, Format: LDIF}, "invalidParameter", "csv, xlsx or jsonl"},
		{WriteOptions{Kind: directory.ContactKind, Format: VCard, VCardVersion: "2.1"}, "invalidParameter", "3.0, 4.0"},
		{WriteOptions{Kind: directory.ContactKind, Format: VCard, Encoding: GB18030}, "invalidParameter", "always UTF-8"},
		{WriteOptions{Kind: directory.ContactKind, Format: CSV, Encoding: "big5"}, "invalidParameter", "utf-8-bom, utf-8, gb18030"},
		{WriteOptions{Kind: directory.ContactKind, Format: CSV, Header: "fr"}, "invalidParameter", "en, zh, field"},
		{WriteOptions{Kind: directory.ContactKind, Format: CSV, Delimiter: `"`}, "invalidParameter", "one character"},
		{WriteOptions{Kind: directory.ContactKind, Format: CSV, Delimiter: "\n"}, "invalidParameter", "one character"},
		{WriteOptions{Kind: directory.ContactKind, Format: CSV, Delimiter: ",,"}, "invalidParameter", "one character"},
		{WriteOptions{Kind: directory.ContactKind, Format: CSV, Fields: []string{"name", "fax"}}, "fieldUnknown", `"fax"`},
		{WriteOptions{Kind: directory.ContactKind, Format: CSV, Fields: []string{"name", "name"}}, "fieldUnknown", "twice"},
		{WriteOptions{Kind: directory.EmployeeKind, Format: CSV, Fields: []string{"extra"}}, "fieldUnknown", `"extra"`},
		{WriteOptions{Kind: directory.ContactKind, Format: JSONL, Fields: []string{"fax"}}, "fieldUnknown", "userId, name"},
	} {
		var b bytes.Buffer
		_, err := NewWriter(&b, tc.o)
		var usage *UsageError
		if !errors.As(err, &usage) || usage.Code != tc.code || !strings.Contains(err.Error(), tc.tell) || usage.MessageZh == "" || usage.Parameter == "" || b.Len() > 0 {
			t.Errorf("%+v: got %v, wrote %q", tc.o, err, b.String())
		}
	}
}

// docs/spec/export.md#formats
func TestFormatByName(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]Format{"a.csv": CSV, "x/A.XLSX": Excel, "a.b.vcf": VCard, "a.vcard": VCard, "a.ldif": LDIF, "a.jsonl": JSONL, "a.ndjson": JSONL, "a": "", "-": "", "a.xls": ""} {
		if got, err := FormatByName(path); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v", path, got, err)
		}
	}
}

func TestWriterRefusesOtherKinds(t *testing.T) {
	t.Parallel()
	w, err := NewWriter(io.Discard, WriteOptions{Format: JSONL, Kind: directory.ContactKind})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Write(heldObject(directory.LabelKind, "1", nil)); err == nil {
		t.Error("a label was written among contacts")
	}
}

// fullDisk takes so many bytes.
type fullDisk int

var errDiskFull = errors.New("no space left on device")

func (f *fullDisk) Write(p []byte) (int, error) {
	if len(p) > int(*f) {
		n := int(*f)
		*f = 0
		return n, errDiskFull
	}
	*f -= fullDisk(len(p))
	return len(p), nil
}

func TestExportFails(t *testing.T) {
	t.Parallel()
	many := heldObjects{}
	for i := range 1000 {
		many.objects = append(many.objects, benchContact(i))
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	broken := heldObjects{objects: sampleOrganisation().objects, err: io.ErrUnexpectedEOF}
	for _, format := range []Format{CSV, JSONL, VCard, LDIF, Excel} {
		o := ExportOptions{WriteOptions: WriteOptions{Format: format, Kind: directory.ContactKind}}
		if _, err := Export(ctx, many, io.Discard, o); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, cancelled: %v", format, err)
		}
		if _, err := Export(context.Background(), broken, io.Discard, o); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s, broken source: %v", format, err)
		}
		disk := fullDisk(10000)
		if _, err := Export(context.Background(), many, &disk, o); !errors.Is(err, errDiskFull) {
			t.Errorf("%s, full disk: %v", format, err)
		}
	}
}

// An empty export is a file of its format all the same.
func TestExportOfNothing(t *testing.T) {
	t.Parallel()
	for format, want := range map[Format]string{
		CSV:   "\ufeffContact ID,Name,Email,Phone,Job,Message Types,members,status,version,createdAt,updatedAt\r\n",
		JSONL: `"kinds":["message-contact"]}` + "\n" + `{"kind":"end","counts":{"message-contact":0},"digest":"mh1:` + strings.Repeat("0", 64) + "\"}\n",
	} {
		if got, _ := exportOf(t, heldObjects{}, WriteOptions{Format: format, Kind: directory.MessageContactKind}); !strings.HasSuffix(string(got), want) {
			t.Errorf("%s: %s", format, got)
		}
	}
}

// A line whose only cell is empty is not taken for a blank line.
func TestCSVOfOneColumn(t *testing.T) {
	t.Parallel()
	got, _ := exportOf(t, sampleOrganisation(), WriteOptions{Format: CSV, Kind: directory.ContactKind, Encoding: UTF8, Fields: []string{"email"}})
	if string(got) != "Email\r\njia@example.com\r\n\"\"\r\n" {
		t.Errorf("got %q", got)
	}
}

// docs/spec/export.md#names-instead-of-ids
func TestNames(t *testing.T) {
	t.Parallel()
	names, err := ReadNames(heldObjects{objects: []directory.Object{
		heldObject(directory.LabelKind, "2", directory.Values{"group": "a;b", "name": "c/d"}),
		heldObject(directory.LabelKind, "3", directory.Values{"group": "* a", "name": "b"}),
		heldObject(directory.LabelKind, "4", directory.Values{"group": "a", "name": "b、c"}),
		heldObject(directory.LabelKind, "5", directory.Values{"group": `a\`, "name": "b"}),
		heldObject(directory.DepartmentKind, "1", directory.Values{"name": "公司"}),
		heldObject(directory.DepartmentKind, "2", directory.Values{"name": "7", "parentId": int64(1)}),
		heldObject(directory.DepartmentKind, "3", directory.Values{"name": "8", "parentId": int64(2)}),
		heldObject(directory.DepartmentKind, "4", directory.Values{"name": "公司", "parentId": int64(1)}),
		heldObject(directory.DepartmentKind, "5", directory.Values{"name": "研-发"}),
		heldObject(directory.DepartmentKind, "6", directory.Values{"name": "研-发", "parentId": int64(5)}),
		heldObject(directory.DepartmentKind, "7", directory.Values{"name": "部", "parentId": int64(8)}),
		heldObject(directory.DepartmentKind, "8", directory.Values{"name": "部", "parentId": int64(7)}),
		heldObject(directory.DepartmentKind, "9", directory.Values{"name": "部", "parentId": int64(77)}),
	}})
	if err != nil {
		t.Fatal(err)
	}
	var labels, departments []string
	for id := range int64(7) {
		labels = append(labels, names.Label(id))
	}
	for id := range int64(10) {
		departments = append(departments, names.Department(id))
	}
	if want := []string{"0", "1", `a\;b/c\/d`, "3", "4", "5", "6"}; !slices.Equal(labels, want) {
		t.Errorf("labels %q", labels)
	}
	if want := []string{"0", "1", "2", "7/8", "4", "5", "研-发/研-发", "7", "8", "9"}; !slices.Equal(departments, want) {
		t.Errorf("departments %q", departments)
	}
}

// docs/spec/export.md#phone-numbers
func TestDialled(t *testing.T) {
	t.Parallel()
	for mobile, want := range map[string]string{
		"86-13900001234":  "+8613900001234",
		"1-2425550100":    "+12425550100",
		"852-61234567":    "+85261234567",
		"999-12345":       "999-12345",
		"8-5261234567":    "8-5261234567", // would be read as 852-61234567
		"86-139****1234":  "86-139****1234",
		"13900001234":     "13900001234",
		"":                "",
		"86-139000012-34": "86-139000012-34",
	} {
		if got, _ := dialled(mobile); got != want {
			t.Errorf("%q: got %q, want %q", mobile, got, want)
		}
	}
}

// docs/spec/export.md#ldif
func TestDNValue(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{
		"u1": "u1", "#a": `\#a`, "a#": "a#", " a ": `\ a\ `, "a b": "a b", " ": `\ `, `a,b+c"d\e<f>g;h=i`: `a\,b\+c\"d\\e\<f\>g\;h\=i`, "中\x00\n": `中\00\0a`,
	} {
		if got := string(appendDNValue(nil, value)); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

// docs/spec/export.md#columns
func TestTitles(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind             directory.Kind
		field            string
		english, chinese string
	}{
		{directory.ContactKind, "userId", "User ID", "联系人ID"},
		{directory.ContactKind, "name", "Name", "姓名"},
		{directory.EmployeeKind, "jobNumber", "Job Number", "工号"},
		{directory.EmployeeKind, "gender", "gender", "gender"},
		{directory.DepartmentKind, "name", "Department Name", "部门名称"},
		{directory.MessageContactKind, "title", "Job", "职务"},
		{directory.LabelKind, "group", "Group", "标签组"},
		{directory.ContactKind, "updatedAt", "updatedAt", "updatedAt"},
	} {
		if en, zh := titleOf(tc.kind, tc.field, EnglishTitles), titleOf(tc.kind, tc.field, ChineseTitles); en != tc.english || zh != tc.chinese {
			t.Errorf("%s %s: %q, %q", tc.kind, tc.field, en, zh)
		}
		if got := titleOf(tc.kind, tc.field, FieldTitles); got != tc.field {
			t.Errorf("%s %s: %q", tc.kind, tc.field, got)
		}
	}
}

func folder(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// docs/spec/export.md#files
func TestFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out.csv")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := CreateFile(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, "new text"); err != nil {
		t.Fatal(err)
	}
	if names := folder(t, dir); len(names) != 2 || !strings.HasPrefix(names[0], ".out.csv.partial-") {
		t.Errorf("while it is written: %q", names)
	}
	if old, err := os.ReadFile(path); err != nil || string(old) != "old" {
		t.Errorf("the old file is %q, %v", old, err)
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := f.Discard(); err != nil {
		t.Errorf("discarded after it was committed: %v", err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() != f.Bytes() || f.Bytes() != 8 {
		t.Errorf("got %v, %v", info, err)
	}
	if f.SHA256() != "cb0208b0b1fa06bc59f85c8b2be1e45ff2ef6ddbf0cef02e9f276b8208ea48ab" {
		t.Errorf("digest %s", f.SHA256())
	}
	if names := folder(t, dir); !slices.Equal(names, []string{"out.csv"}) {
		t.Errorf("afterwards: %q", names)
	}
	if f.Commit() == nil {
		t.Error("committed twice")
	}
}

func TestFileDiscarded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := CreateFile(filepath.Join(dir, strings.Repeat("n", 250)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Discard(), f.Discard()); err != nil {
		t.Error(err)
	}
	if names := folder(t, dir); len(names) > 0 {
		t.Errorf("left: %q", names)
	}

	target := filepath.Join(dir, "target")
	if err := os.Symlink("elsewhere", target); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{target, dir, filepath.Join(dir, "none", "x"), dir + "/"} {
		if f, err := CreateFile(path, nil); err == nil {
			t.Errorf("%s was begun: %v", path, f.Discard())
		}
	}
	if names := folder(t, dir); !slices.Equal(names, []string{"target"}) {
		t.Errorf("left: %q", names)
	}
}

func TestStandardOutput(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	f, err := CreateFile("-", &b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(f, "abc"); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Commit(), f.Discard()); err != nil || b.String() != "abc" ||
		f.SHA256() != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("got %q, %s, %v", b.String(), f.SHA256(), err)
	}
}

// A large sheet lies in a file meanwhile, which goes whatever becomes of the
// export.
func TestTemporaryFilesOfWorkbooks(t *testing.T) {
	t.Parallel()
	src := heldObjects{}
	for range 3500 {
		src.objects = append(src.objects, heldObject(directory.ContactKind, "1", directory.Values{"remark": strings.Repeat("备注", 1000)}))
	}
	for _, failure := range []error{nil, io.ErrUnexpectedEOF} {
		dir, most := t.TempDir(), 0
		src.err = failure
		_, err := Export(context.Background(), watchedObjects{src, func() { most = max(most, len(folder(t, dir))) }}, io.Discard,
			ExportOptions{WriteOptions: WriteOptions{Format: Excel, Kind: directory.ContactKind, TempDir: dir, Names: &Names{}}})
		if !errors.Is(err, failure) {
			t.Errorf("got %v", err)
		}
		if left := folder(t, dir); most != 1 || len(left) > 0 {
			t.Errorf("there were %d temporary files, left are %q", most, left)
		}
	}
}

// However the kinds are named, labels and departments have their names in what
// people read.
func TestExportHasNamesForIDs(t *testing.T) {
	t.Parallel()
	src := heldObjects{objects: []directory.Object{
		heldObject(directory.LabelKind, "7", directory.Values{"labelId": int64(7), "name": "重要", "group": "级别"}),
		heldObject(directory.DepartmentKind, "1", directory.Values{"deptId": int64(1), "name": "总部"}),
		heldObject(directory.DepartmentKind, "8", directory.Values{"deptId": int64(8), "parentId": int64(1), "name": "销售部"}),
		heldObject(directory.ContactKind, "9", directory.Values{"name": "王", "labelIds": []int64{7}, "shareDeptIds": []int64{8}}),
		heldObject(directory.EmployeeKind, "10", directory.Values{"name": "李", "deptIds": []int64{8}}),
	}}
	for _, kind := range []directory.Kind{directory.ContactKind, directory.EmployeeKind} {
		for _, o := range []WriteOptions{{Kind: kind}, {Kinds: []directory.Kind{kind}}} {
			var b bytes.Buffer
			o.Format = CSV
			if _, err := Export(context.Background(), src, &b, ExportOptions{WriteOptions: o}); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(b.String(), "销售部") || kind == directory.ContactKind && !strings.Contains(b.String(), "级别/重要") {
				t.Errorf("%+v: got %s", o, b.String())
			}
		}
	}
}

func TestOptionsOfOtherFormatsAreRefused(t *testing.T) {
	t.Parallel()
	for _, format := range []Format{CSV, Excel, VCard, LDIF, JSONL} {
		for _, o := range []struct {
			WriteOptions
			parameter string
			of        []Format
		}{
			{WriteOptions{Delimiter: ";"}, "delimiter", []Format{CSV}}, {WriteOptions{Header: ChineseTitles}, "header", []Format{CSV, Excel}},
			{WriteOptions{VCardVersion: VCard4}, "vcardVersion", []Format{VCard}}, {WriteOptions{Encoding: GB18030}, "encoding", []Format{CSV}},
			{WriteOptions{Delimiter: ",", Header: EnglishTitles, VCardVersion: VCard3}, "", nil},
		} {
			o.Format, o.Kind = format, directory.ContactKind
			_, err := NewWriter(io.Discard, o.WriteOptions)
			var refused *UsageError
			wrong := errors.As(err, &refused)
			if fits := o.parameter == "" || slices.Contains(o.of, format); fits == wrong || wrong && refused.Parameter != o.parameter {
				t.Errorf("%s with %s: got %v", format, o.parameter, err)
			}
		}
	}
}

// watchedObjects calls before each object.
type watchedObjects struct {
	heldObjects
	before func()
}

func (w watchedObjects) Each(kind directory.Kind, fn func(directory.Object) error) error {
	return w.heldObjects.Each(kind, func(o directory.Object) error {
		w.before()
		return fn(o)
	})
}
