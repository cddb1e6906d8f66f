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
	export := func(s *directory.Session, w *bytes.Buffer) (result transfer.ExportResult) {
		t.Helper()
		err := s.Export(t.Context(), directory.ExportAll, func(x *directory.Snapshot) (err error) {
			result, err = transfer.Export(t.Context(), x, w, transfer.ExportOptions{KindName: "all",
				WriteOptions: transfer.WriteOptions{Format: transfer.JSONL, Kinds: directory.Kinds, CorpID: org}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return result
	}
	take := func(b *bench, s *directory.Session, file string) transfer.Import {
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
	old, s := open()
	p, err := s.Objects(t.Context(), directory.ObjectQuery{Kind: directory.LabelKind, Limit: 1})
	if err != nil || len(p.Items) != 1 {
		t.Fatalf("labels: %v, %v", p.Items, err)
	}
	if v := take(old, s, `{"kind":"department","object":{"name":"部","deptId":7}}
{"kind":"employee","object":{"userId":"e1","name":"员","mobile":"86-13900000001","deptIds":[7]}}
{"kind":"contact","object":{"name":"客","mobile":"86-13900000002","followerUserId":"e1","labelIds":[`+p.Items[0].ID+`]}}
`); v.Counts.Created != 3 {
		t.Fatalf("made: %+v", v)
	}
	var file bytes.Buffer
	want := export(s, &file)
	moved, s := open()
	if v := take(moved, s, file.String()); v.Counts.Rejected+v.Counts.Warnings+v.Counts.Updated > 0 || v.Counts.Created != 3 {
		t.Errorf("moved: %+v", v.Counts)
	}
	if got := export(s, new(bytes.Buffer)); got.Digest != want.Digest {
		t.Errorf("digest %s of %v, want %s of %v", got.Digest, got.Counts, want.Digest, want.Counts)
	}
}
