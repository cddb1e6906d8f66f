package transfer_test

import (
	"bytes"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/storetest"
	"github.com/mingce/mingce/internal/transfer"
)

// An organisation moves: its export of everything, imported into a new organisation of its id,
// makes the same objects under the same ids, also contacts with the labels that every
// organisation begins with (docs/spec/export.md#exports-of-everything).
func TestOrganisationMoves(t *testing.T) {
	t.Parallel()
	const org = "dingmoves"
	open := func() (*bench, *directory.Session) {
		b := newBench(t, storetest.Open(t), directory.Settings{})
		s := b.dir.Session(directory.CommandLine(org), "test", "request")
		if err := s.CreateOrg(t.Context(), "搬家公司", directory.Employee{UserID: "admin", Name: "管理员"}); err != nil {
			t.Fatal(err)
		}
		return b, s
	}
	old, s := open()
	p, err := s.Objects(t.Context(), directory.ObjectQuery{Kind: directory.LabelKind, Limit: 1})
	if err != nil || len(p.Items) != 1 {
		t.Fatalf("labels: %v, %v", p.Items, err)
	}
	if v := importAll(t, old, s, `{"kind":"department","object":{"name":"部","deptId":7}}
{"kind":"employee","object":{"userId":"e1","name":"员","mobile":"86-13900000001","deptIds":[7]}}
{"kind":"contact","object":{"name":"客","mobile":"86-13900000002","followerUserId":"e1","labelIds":[`+p.Items[0].ID+`]}}
`); v.Counts.Created != 3 {
		t.Fatalf("made: %+v", v)
	}
	var file bytes.Buffer
	want := exportAll(t, s, &file)
	moved, s := open()
	if v := importAll(t, moved, s, file.String()); v.Counts.Rejected+v.Counts.Warnings+v.Counts.Updated > 0 || v.Counts.Created != 3 {
		t.Errorf("moved: %+v", v.Counts)
	}
	if got := exportAll(t, s, new(bytes.Buffer)); got.Digest != want.Digest {
		t.Errorf("digest %s of %v, want %s of %v", got.Digest, got.Counts, want.Digest, want.Counts)
	}
}

// The accounts of an export of our own come back as they were, also those that nobody could
// make now: without mobile, or opened by the vendor without a login id.
func TestAccountsComeBack(t *testing.T) {
	t.Parallel()
	b := newBench(t, storetest.Open(t), directory.Settings{})
	var file bytes.Buffer
	exportAll(t, b.session(), &file)
	s := b.dir.Session(directory.CommandLine("dingmoves"), "test", "request")
	if err := s.CreateOrg(t.Context(), "示例科技", directory.Employee{UserID: "admin", Name: "管理员"}); err != nil {
		t.Fatal(err)
	}
	if v := importAll(t, b, s, file.String()); v.Counts.Rejected > 0 {
		rows, _, _ := b.importer.Problems(t.Context(), s, v.ID, 10)
		t.Errorf("got %+v: %+v", v.Counts, rows)
	}
	for id, want := range map[string]string{"023420013645": directory.AccountNormal, "org1001": directory.AccountDingTalk} {
		o, err := s.Object(t.Context(), directory.EmployeeKind, id)
		if err != nil || o.Values.Text("accountType") != want {
			t.Errorf("%s: %v, %v, want an account %q", id, o.Values, err, want)
		}
	}
}

// exportAll writes everything of an organisation.
func exportAll(t *testing.T, s *directory.Session, w *bytes.Buffer) (result transfer.ExportResult) {
	t.Helper()
	err := s.Export(t.Context(), directory.ExportAll, func(x *directory.Snapshot) (err error) {
		result, err = transfer.Export(t.Context(), x, w, transfer.ExportOptions{KindName: "all",
			WriteOptions: transfer.WriteOptions{Format: transfer.JSONL, Kinds: directory.Kinds, CorpID: s.Org()}})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// importAll imports such a file and waits for the end.
func importAll(t *testing.T, b *bench, s *directory.Session, file string) transfer.Import {
	t.Helper()
	v, err := b.importer.Start(t.Context(), s, transfer.Options{OnDuplicate: "update"}, transfer.Input{Name: "file", Body: bytes.NewReader([]byte(file))})
	if err == nil {
		v, err = b.importer.Watch(t.Context(), s, v.ID, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	return v
}
