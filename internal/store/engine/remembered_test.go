package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/keyring"
)

// TestTenantKeysAreBounded: of many organisations the keys of some are
// remembered, and whoever asks gets the ones that were first.
func TestTenantKeysAreBounded(t *testing.T) {
	t.Parallel()
	var all tenants
	first := &keyring.Tenant{}
	if all.keep("first", first) != first || all.keep("first", &keyring.Tenant{}) != first || all.of("first") != first {
		t.Error("two at once: got two, want the first")
	}
	for i := range 2 * mostTenants {
		k := &keyring.Tenant{}
		if org := fmt.Sprint("ding", i); all.keep(org, k) != k || all.of(org) != k {
			t.Fatalf("%s: got other keys than its own", org)
		}
	}
	if n := len(all.byOrg); n != mostTenants {
		t.Errorf("got the keys of %d organisations, want %d", n, mostTenants)
	}
	last := fmt.Sprint("ding", 2*mostTenants-1)
	if all.forget(last); all.of(last) != nil {
		t.Error("after an erasure: got keys, want none")
	}
}

// TestStatementsAreBounded: lists of any length make a few texts.
func TestStatementsAreBounded(t *testing.T) {
	t.Parallel()
	d := dialect{mark: "pg:", numbered: true}
	texts := map[string]bool{}
	for n := range 5000 {
		places, values := in(make([]int64, n))
		if len(values) != 0 && len(values) != len(places)/2+1 {
			t.Fatalf("a list of %d: got %d values for %q", n, len(values), places)
		}
		texts[d.text("SELECT 1 WHERE 1 IN ("+places+")")] = true
	}
	if len(texts) > 15 {
		t.Errorf("got %d texts, want one for each power of two", len(texts))
	}
}

// TestWalksAreBounded: of many callers the places of some are remembered, and of
// each a few.
func TestWalksAreBounded(t *testing.T) {
	t.Parallel()
	var m walkMemory
	for i := range int64(3 * maxWalkers) {
		for at := range int64(2) {
			if err := m.remember(t.Context(), walkPlace{walkKey{org: "o", walker: [16]byte{byte(i), byte(i >> 8), byte(i >> 16)}}, at}, 1, 0, 1+i); err != nil {
				t.Fatal(err)
			}
		}
	}
	for at := range int64(10 * walkEnds) {
		_ = m.remember(t.Context(), walkPlace{walkKey{org: "one"}, at}, 1, 0, 1+at)
	}
	if len(m.ends) > maxWalkers || len(m.ends[walkKey{org: "one"}]) != walkEnds {
		t.Errorf("got %d callers, and %d places of one, want at most %d and %d", len(m.ends), len(m.ends[walkKey{org: "one"}]), maxWalkers, walkEnds)
	}
}

// TestGapsAreBounded: missing numbers of the history are remembered up to a
// number, however far the numbers jump.
func TestGapsAreBounded(t *testing.T) {
	t.Parallel()
	c := chain{gaps: map[int64]time.Time{}}
	var b block
	for i := range int64(50) {
		b.seqs = append(b.seqs, (i+1)*(maxGaps-1))
	}
	c.sealed(b, time.Now())
	if n := len(c.gaps); n > maxGaps || n < maxGaps/2 {
		t.Errorf("got %d gaps, want the newest, at most %d", n, maxGaps)
	}
}

// TestPreparedStatementsAreBounded: a connection of SQLite forgets statements
// rather than holding any number of them.
func TestPreparedStatementsAreBounded(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := openSQLiteConn(connConfig{path: path, sync: "OFF", cacheKiB: 100}, &dialect{mark: "sqlite:"})
	if err != nil {
		t.Fatal(err)
	}
	defer c.c.Close()
	for i := range 3 * maxStmts {
		if _, err := c.prepared(fmt.Sprint("SELECT ", i)); err != nil {
			t.Fatal(err)
		}
		if len(c.stmts) > maxStmts {
			t.Fatalf("got %d statements, want at most %d", len(c.stmts), maxStmts)
		}
	}
}
