package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Every table with a column org must lose its rows when the organisation is
// erased. This test finds a new table that was forgotten.
func TestErasureReachesEveryTable(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		s := open()
		beginOrg(t, s, "ding1")
		tables := orgTables(t, s)
		kept := []string{"audit", "erased_subject", "org_key", "subject_key"} // the last two are emptied by name
		for _, table := range tables {
			if !slices.Contains(nounTables, table) && !slices.Contains(kept, table) {
				t.Errorf("table %s has a column org and is not among those that an erasure empties", table)
			}
		}
		if err := s.Update(ctx, "ding1", func(tx directory.Tx) error { tx.Orgs().EraseOrg(s.Now()); return nil }); err != nil {
			t.Fatal(err)
		}
		isErased(t, s, "ding1")
	})
}

func beginOrg(t *testing.T, s *Store, org string) {
	t.Helper()
	err := s.Update(ctx, org, func(tx directory.Tx) error {
		tx.Orgs().PutOrg(directory.Org{ID: org, Name: "一", CreatedAt: s.Now()})
		tx.Audit().InsertAudit(directory.AuditEntry{Org: org, Noun: "org", Object: org, Time: s.Now()})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// orgTables returns the tables with a column org.
func orgTables(t *testing.T, s *Store) (tables []string) {
	t.Helper()
	err := s.view(ctx, "", func(t *tx) error {
		return t.Each(`SELECT /*sqlite: m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name = 'org'*/
			/*pg: table_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = 'org'*/`, nil, func(r *row) error {
			tables = append(tables, r.Text(0))
			return nil
		})
	})
	if err != nil || len(tables) < 20 {
		t.Fatalf("tables of organisations: got %v, %v", tables, err)
	}
	return tables
}

// isErased fails if there is a row of the organisation outside its history.
func isErased(t *testing.T, s *Store, org string) {
	t.Helper()
	for _, table := range orgTables(t, s) {
		if table == "audit" || table == "erased_subject" {
			continue
		}
		rows := int64(0)
		err := s.view(ctx, "", func(t *tx) error {
			_, err := t.One("SELECT count(*) FROM "+table+" WHERE org = ?", args{org}, func(r *row) error { rows = r.Int(0); return nil })
			return err
		})
		if err != nil || rows > 0 {
			t.Errorf("table %s after the erasure: got %d rows, %v, want none", table, rows, err)
		}
	}
}

// patience is how long a call must stay blocked to count as waiting.
const patience = time.Second / 2

// TestWriteMeetsErasure checks that a write to an organisation leaves no row
// when the organisation is erased meanwhile, by another process on PostgreSQL.
// Whether the write started with a read decides who wins
// (docs/spec/reliability.md#uniqueness-under-races).
func TestWriteMeetsErasure(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		s, shared := open(), false
		eraser := s
		if shared = s.Engine() == "postgres"; shared {
			eraser = open()
		}
		for name, reads := range map[string]bool{"read first": true, "only writes": false} {
			org := "ding " + name
			beginOrg(t, s, org)
			begun, resume, written := make(chan struct{}), make(chan struct{}), make(chan error, 1)
			go func() {
				written <- s.Update(ctx, org, func(tx directory.Tx) error {
					if reads {
						if _, err := tx.Employees().MissingEmployees([]string{"u1"}); err != nil {
							return err
						}
					}
					close(begun)
					<-resume
					tx.Employees().InsertEmployee(directory.Employee{UserID: "u1", Name: "陈静", AccountType: directory.AccountNormal})
					return nil
				})
			}()
			<-begun
			erased := make(chan error, 1)
			go func() {
				erased <- eraser.Update(ctx, org, func(tx directory.Tx) error { tx.Orgs().EraseOrg(s.Now()); return nil })
			}()
			overtakes, eraseErr, ended := shared && !reads, error(nil), false
			select {
			case eraseErr = <-erased:
				ended = true
			case <-time.After(patience):
			}
			close(resume)
			if !ended {
				eraseErr = <-erased
			}
			if eraseErr != nil || ended != overtakes {
				t.Errorf("%s: the erasure got %v and was done before the write: %v, want %v", name, eraseErr, ended, overtakes)
			}
			if err := <-written; overtakes != errors.Is(err, directory.ErrOrgDeleted) || !overtakes && err != nil {
				t.Errorf("%s: the write got %v, want it refused: %v", name, err, overtakes)
			}
			isErased(t, s, org)
		}
	})
}

// TestDeletedOrganisationGetsNoKey checks that a process that has never used an
// organisation does not create a key for it after its deletion.
func TestDeletedOrganisationGetsNoKey(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		s := open()
		beginOrg(t, s, "ding1")
		if err := s.Update(ctx, "ding1", func(tx directory.Tx) error { tx.Orgs().EraseOrg(s.Now()); return nil }); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil { // another process has no cached keys
			t.Fatal(err)
		}
		s = open()
		err := s.Update(ctx, "ding1", func(tx directory.Tx) error {
			tx.Employees().InsertEmployee(directory.Employee{UserID: "u1", Name: "陈静", AccountType: directory.AccountNormal})
			return nil
		})
		if !errors.Is(err, directory.ErrOrgDeleted) {
			t.Errorf("got %v, want %v", err, directory.ErrOrgDeleted)
		}
		isErased(t, s, "ding1")
	})
}

// TestResetAfterErasure checks that a reset restores the deleted sample
// organisation under keys that are stored.
func TestResetAfterErasure(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		s := open(func(o *Options) { o.Kind = Dev })
		beginOrg(t, s, "ding1")
		if err := s.Update(ctx, "ding1", func(tx directory.Tx) error { tx.Orgs().EraseOrg(s.Now()); return nil }); err != nil {
			t.Fatal(err)
		}
		err := s.Reset(ctx, directory.Fill{Org: "ding1", Write: func(tx directory.Tx) {
			tx.Orgs().PutOrg(directory.Org{ID: "ding1", Name: "一", CreatedAt: s.Now()})
			tx.Employees().InsertEmployee(directory.Employee{UserID: "u1", Name: "陈静", Mobile: "86-13800001001", AccountType: directory.AccountNormal})
		}})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil { // another process has no cached keys
			t.Fatal(err)
		}
		s = open(func(o *Options) { o.Kind = Dev })
		err = s.View(ctx, "ding1", func(tx directory.Tx) error {
			e, err := tx.Employees().Employee("u1")
			if e.Mobile != "86-13800001001" {
				t.Errorf("mobile: got %q", e.Mobile)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}
