package store

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

// history writes n entries about ten objects of two organisations.
func history(t *testing.T, s *Store, n int) {
	t.Helper()
	for i := range n {
		org := []string{"dinga", "dingb"}[i%2]
		err := s.Update(ctx, org, func(tx directory.Tx) error {
			tx.InsertAudit(directory.AuditEntry{
				Time: s.Now(), Org: org, Actor: "app", API: "api", RequestID: fmt.Sprint("r", i), Noun: "contact",
				Object: fmt.Sprint("c", i%10), Action: "update", Before: []byte(`{"name":"secret name"}`), After: []byte(`{"name":"b"}`),
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func sealAll(t *testing.T, s *Store, limit int) {
	t.Helper()
	for {
		n, err := s.SealAudit(ctx, limit)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func verifyAudit(t *testing.T, s *Store, heads ...AuditHead) AuditReport {
	t.Helper()
	r, err := s.VerifyAudit(ctx, heads...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// change runs statements directly on the database, like an attacker who can
// write to it.
func change(t *testing.T, s *Store, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		err := s.update(ctx, "", func(t *tx) error {
			t.Write(sql)
			return nil
		}, engine.Keyless)
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestAuditChain(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		s := open()
		if r := verifyAudit(t, s); !r.OK() || r.Entries != 0 {
			t.Errorf("empty history: got %+v, want nothing", r)
		}
		history(t, s, 25)
		sealAll(t, s, 10)
		history(t, s, 3)
		r := verifyAudit(t, s)
		if !r.OK() || r.Entries != 28 || r.Blocks != 3 || r.Pending != 3 {
			t.Errorf("got %+v, want 28 entries, 3 blocks, 3 pending, no findings", r)
		}
		head, err := s.AuditHead(ctx)
		if err != nil || head.Pos != 3 {
			t.Errorf("got head %d, %v, want 3", head.Pos, err)
		}
		sealAll(t, s, 10)
		if r := verifyAudit(t, s, head); !r.OK() || r.Pending != 0 || r.Head.Pos != 4 {
			t.Errorf("got %+v, want head 4 and no findings", r)
		}
	})
}

// docs/spec/reliability.md#tamper-evident-history
func TestTamperingIsFound(t *testing.T) {
	const copyEntry = `INSERT INTO audit (org, at, actor, api, request_id, noun, object, action, old_values, new_values)
		SELECT org, at, actor, api, request_id, noun, object, action, old_values, new_values FROM audit WHERE seq = 7`
	for name, c := range map[string]struct {
		do   []string
		want string
	}{
		"delete an entry":        {[]string{"DELETE FROM audit WHERE seq = 7"}, "deleted"},
		"delete the first entry": {[]string{"DELETE FROM audit WHERE seq = 1"}, "deleted"},
		"edit who":               {[]string{"UPDATE audit SET actor = 'x' WHERE seq = 7"}, "does not match"},
		"edit when":              {[]string{"UPDATE audit SET at = at + 1 WHERE seq = 7"}, "altered"},
		"edit the organisation":  {[]string{"UPDATE audit SET org = 'dingb' WHERE seq = 7"}, "does not match"},
		"edit an unsealed entry": {[]string{"UPDATE audit SET request_id = 'x' WHERE seq = 31"}, "altered"},
		"swap two entries": {[]string{
			"CREATE TABLE swap AS SELECT * FROM audit WHERE seq IN (7, 9)",
			"DELETE FROM audit WHERE seq IN (7, 9)",
			`INSERT INTO audit (seq, org, at, actor, api, request_id, noun, object, action, old_values, new_values) /*pg: OVERRIDING SYSTEM VALUE*/
				SELECT 16 - seq, org, at, actor, api, request_id, noun, object, action, old_values, new_values FROM swap`}, "does not match"},
		"swap values":              {[]string{"UPDATE audit SET new_values = old_values WHERE seq = 7"}, "altered"},
		"copy an entry to the end": {[]string{copyEntry}, "copy"},
		"insert in a hole": {[]string{
			`INSERT INTO audit (seq, org, at, actor, api, request_id, noun, object, action, old_values, new_values) /*pg: OVERRIDING SYSTEM VALUE*/
				SELECT 0, org, 1, actor, api, request_id, noun, object, action, old_values, new_values FROM audit WHERE seq = 7`}, "inserted"},
		"delete a block":             {[]string{"DELETE FROM audit_seal WHERE pos = 2"}, "missing"},
		"delete a block and entries": {[]string{"DELETE FROM audit_seal WHERE pos = 2", "DELETE FROM audit WHERE seq BETWEEN 11 AND 20"}, "missing"},
		"close the hole": {[]string{"DELETE FROM audit WHERE seq BETWEEN 11 AND 20", "DELETE FROM audit_seal WHERE pos = 2",
			"UPDATE audit_seal SET pos = 2 WHERE pos = 3"}, "does not match"},
		"edit a block":    {[]string{"UPDATE audit_seal SET mac = (SELECT mac FROM audit_seal WHERE pos = 1) WHERE pos = 2"}, "does not match"},
		"edit a list":     {[]string{"UPDATE audit_seal SET seqs = 'x' WHERE pos = 2"}, "list of entries"},
		"cut off the end": {[]string{"DELETE FROM audit WHERE seq > 20", "DELETE FROM audit_seal WHERE pos = 3"}, "cut off"},
		"destroy a key":   {[]string{"DELETE FROM subject_key WHERE org = 'dinga' AND subject = 'contact/c6'"}, "key of the entry's subject"},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
				s := open()
				history(t, s, 30)
				sealAll(t, s, 10)
				history(t, s, 1)
				head, err := s.AuditHead(ctx)
				if err != nil {
					t.Fatal(err)
				}
				if r := verifyAudit(t, s, head); !r.OK() {
					t.Fatalf("before: got %+v, want no findings", r.Findings)
				}
				change(t, s, c.do...)
				r := verifyAudit(t, s, head)
				if !slices.ContainsFunc(r.Findings, func(f AuditFinding) bool { return strings.Contains(f.Problem, c.want) }) {
					t.Errorf("got %+v, want a finding with %q", r.Findings, c.want)
				}
				// Sealing more entries does not hide it.
				_, _ = s.SealAudit(ctx, 0)
				if r := verifyAudit(t, s, head); r.OK() {
					t.Error("after sealing on: got no findings, want some")
				}
			})
		})
	}
}

// TestAnyPlace alters one column of one entry at random places
// (docs/spec/reliability.md#tamper-evident-history).
func TestAnyPlace(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, sqliteOptions(t))
	history(t, s, 60)
	sealAll(t, s, 7)
	columns := []string{"org", "actor", "api", "request_id", "noun", "object", "action"}
	for range 100 {
		seq, column := rand.IntN(60)+1, columns[rand.IntN(len(columns))]
		change(t, s, fmt.Sprintf("UPDATE audit SET %s = %s || 'x' WHERE seq = %d", column, column, seq))
		if r := verifyAudit(t, s); r.OK() {
			t.Errorf("%s of entry %d: got no findings, want one", column, seq)
		}
		change(t, s, fmt.Sprintf("UPDATE audit SET %s = substr(%s, 1, length(%s) - 1) WHERE seq = %d", column, column, column, seq))
	}
	if r := verifyAudit(t, s); !r.OK() {
		t.Errorf("all undone: got %+v, want no findings", r.Findings)
	}
}

// eraseSubject deletes the key of a subject and records the erasure.
func eraseSubject(t *tx, name string, now time.Time) {
	t.Write("DELETE FROM subject_key WHERE org = ? AND subject = ?", t.Org, name)
	t.Write("INSERT INTO erased_subject (org, subject, erased_at) VALUES (?, ?, ?)", t.Org, name, millis(now))
}

// docs/spec/reliability.md#erased-subjects
func TestErasureKeepsTheChain(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		s := open()
		history(t, s, 20)
		sealAll(t, s, 10)
		if err := s.update(ctx, "dinga", func(t *tx) error {
			eraseSubject(t, auditSubject("contact", "c4"), s.Now())
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		history(t, s, 4)
		r := verifyAudit(t, s)
		if !r.OK() || r.Erased != 2 {
			t.Errorf("got %+v, want 2 erased entries and no findings", r)
		}
		sealAll(t, s, 10)
		if r := verifyAudit(t, s); !r.OK() || r.Erased != 2 {
			t.Errorf("sealed on: got %+v, want 2 erased entries and no findings", r)
		}
		err := s.View(ctx, "dinga", func(tx directory.Tx) error {
			es, err := tx.Audit(directory.AuditFilter{Object: "c4", Limit: 10})
			for _, e := range es {
				if string(e.Before) != `{"erased":true}` || string(e.After) != `{"erased":true}` {
					t.Errorf("erased entry: got %s, %s", e.Before, e.After)
				}
			}
			if len(es) != 2 {
				t.Errorf("got %d entries, want 2", len(es))
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

// TestAuditChainDoesNotFork lets several processes write and seal on one
// PostgreSQL database at once.
func TestAuditChainDoesNotFork(t *testing.T) {
	t.Parallel()
	o := postgresOptions(t)
	stores := []*Store{mustOpen(t, o), mustOpen(t, o), mustOpen(t, o)}
	var wg, writers sync.WaitGroup
	done := make(chan struct{})
	for _, s := range stores {
		for range 2 {
			writers.Go(func() { history(t, s, 40) })
		}
		wg.Go(func() {
			for {
				if _, err := s.SealAudit(ctx, 5); err != nil {
					t.Error(err)
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	writers.Wait()
	close(done)
	wg.Wait()
	sealAll(t, stores[1], 100)
	r := verifyAudit(t, stores[0])
	if !r.OK() || r.Entries != 240 || r.Pending != 0 {
		t.Errorf("got %+v, want 240 sealed entries and no findings", r)
	}
}

func TestAuditChainAfterReset(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *Store) {
		s := open()
		history(t, s, 12)
		sealAll(t, s, 5)
		if err := s.Reset(ctx); err != nil {
			t.Fatal(err)
		}
		history(t, s, 4)
		sealAll(t, s, 5)
		if r := verifyAudit(t, s); !r.OK() || r.Entries != 4 || r.Pending != 0 || r.Blocks != 1 {
			t.Errorf("got %+v, want 4 entries in 1 block", r)
		}
	})
}

func TestSeqs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		seqs []int64
		want string
	}{{[]int64{5}, "5"}, {[]int64{1, 2, 3}, "1-3"}, {[]int64{1, 3, 4, 9}, "1,3-4,9"}} {
		rows := make([]auditRow, len(c.seqs))
		for i, seq := range c.seqs {
			rows[i].seq = seq
		}
		if got := formatSeqs(rows); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
		if got, err := parseSeqs(c.want); err != nil || !slices.Equal(got, c.seqs) {
			t.Errorf("%q: got %v, %v, want %v", c.want, got, err, c.seqs)
		}
	}
	for _, bad := range []string{"", "x", "3-1", "2,1", "1-9999999999", "1-2,2"} {
		if got, err := parseSeqs(bad); err == nil {
			t.Errorf("%q: got %v, want an error", bad, got)
		}
	}
}
