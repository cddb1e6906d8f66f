package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/mingce/mingce/internal/keyring"
)

// TestTenantKeysAreBounded checks that the cache of keys is bounded, and that
// all callers get the keys that were cached first.
func TestTenantKeysAreBounded(t *testing.T) {
	t.Parallel()
	var all tenants
	first := &keyring.Tenant{}
	if all.put("first", first) != first || all.put("first", &keyring.Tenant{}) != first || all.of("first") != first {
		t.Error("two at once: got two, want the first")
	}
	for i := range 2 * maxTenants {
		k := &keyring.Tenant{}
		if org := fmt.Sprint("ding", i); all.put(org, k) != k || all.of(org) != k {
			t.Fatalf("%s: got other keys than its own", org)
		}
	}
	if n := len(all.byOrg); n != maxTenants {
		t.Errorf("got the keys of %d organisations, want %d", n, maxTenants)
	}
	last := fmt.Sprint("ding", 2*maxTenants-1)
	if all.forget(last); all.of(last) != nil {
		t.Error("after an erasure: got keys, want none")
	}
}

// TestPreparedStatementsAreBounded checks that a SQLite connection drops
// prepared statements instead of keeping any number of them.
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
