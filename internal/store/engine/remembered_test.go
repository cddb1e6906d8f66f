package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

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
