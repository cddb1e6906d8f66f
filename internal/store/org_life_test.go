package store

import (
	"context"
	"slices"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

// Every table with a column org must lose its rows when the organisation is
// erased: a new one is found here if it was forgotten.
func TestErasureReachesEveryTable(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := mustOpen(t, Options{Ephemeral: true, Key: keyring.NewMaster(), Kind: Serve})
	err := s.Update(ctx, "ding1", func(tx directory.Tx) error {
		tx.PutOrg(directory.Org{ID: "ding1", Name: "一", CreatedAt: s.now()})
		tx.InsertAudit(directory.AuditEntry{Org: "ding1", Noun: "org", Object: "ding1", Time: s.now()})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	err = s.view(ctx, "", func(t *tx) error {
		return t.each("SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'org'", nil, func(r *row) error {
			tables = append(tables, r.Text(0))
			return nil
		})
	})
	if err != nil || len(tables) < 20 {
		t.Fatalf("tables of organisations: got %v, %v", tables, err)
	}
	kept := []string{"audit", "erased_subject", "org_key", "subject_key"} // the last two are emptied by name
	for _, table := range tables {
		if !slices.Contains(nounTables, table) && !slices.Contains(kept, table) {
			t.Errorf("table %s has a column org and is not among those that an erasure empties", table)
		}
	}
	if err := s.Update(ctx, "ding1", func(tx directory.Tx) error { tx.EraseOrg(s.now()); return nil }); err != nil {
		t.Fatal(err)
	}
	for _, table := range tables {
		if table == "audit" || table == "erased_subject" {
			continue
		}
		rows := int64(0)
		err := s.view(ctx, "", func(t *tx) error {
			_, err := t.one("SELECT count(*) FROM "+table+" WHERE org = 'ding1'", nil, func(r *row) error { rows = r.Int(0); return nil })
			return err
		})
		if err != nil || rows > 0 {
			t.Errorf("table %s after the erasure: got %d rows, %v, want none", table, rows, err)
		}
	}
}
