package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
	"zombiezen.com/go/sqlite"
)

// loneWriter is a writer without its goroutine, so that a test decides which
// calls share a group.
func loneWriter(t testing.TB) *writer {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lone.db")
	if c, err := sqlite.OpenConn(path, sqlite.OpenReadWrite|sqlite.OpenCreate); err != nil {
		t.Fatal(err)
	} else if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c, err := openSQLiteConn(connConfig{path: path, sync: "OFF", cacheKiB: 1024}, &dialect{mark: "sqlite:"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.c.Close() })
	if err := c.Exec(`CREATE TABLE item (org TEXT, id TEXT, name TEXT, n BIGINT, PRIMARY KEY (org, id))`); err != nil {
		t.Fatal(err)
	}
	if err := c.Exec(`CREATE TABLE ended_org (id TEXT PRIMARY KEY)`); err != nil {
		t.Fatal(err)
	}
	if err := c.Exec(`CREATE UNIQUE INDEX item_name ON item (org, name)`); err != nil {
		t.Fatal(err)
	}
	return newWriter(c, nil, tuning{})
}

func (w *writer) serveAll(calls []*call) []error {
	for _, c := range calls {
		c.done = make(chan error, 1)
	}
	w.serve(slices.Clone(calls))
	errs := make([]error, len(calls))
	for i, c := range calls {
		errs[i] = <-c.done
	}
	return errs
}

// step is one write of a random call, and its effect on the model of the table.
type step struct {
	Kind     string
	ID, Name string
}

func (s step) buffer(t *Tx) {
	switch s.Kind {
	case "insert":
		t.addItem(s.ID, s.Name, 0)
	case "rename":
		t.WriteOneUnique(errMissing, errName, "UPDATE item SET name = ? WHERE org = ? AND id = ?", s.Name, t.Org, s.ID)
	case "touch":
		t.Write("UPDATE item SET n = n + 1 WHERE org = ? AND id = ?", t.Org, s.ID)
	case "delete":
		t.WriteOne(errMissing, "DELETE FROM item WHERE org = ? AND id = ?", t.Org, s.ID)
	case "broken":
		t.Write("INSERT INTO nowhere VALUES (1)")
	}
}

// item is a row of the model; the model maps ids to items.
type item struct {
	name string
	n    int
}

var errBroken = errors.New("any unforeseen error")

func (s step) model(m map[string]item) error {
	holder := ""
	for id, it := range m {
		if it.name == s.Name {
			holder = id
		}
	}
	it, ok := m[s.ID]
	switch s.Kind {
	case "insert":
		if ok && holder != "" {
			return errBroken // the engine chooses which of two violated constraints it reports
		}
		if ok {
			return errOwn
		}
		if holder != "" {
			return errName
		}
		m[s.ID] = item{name: s.Name}
	case "rename":
		if !ok {
			return errMissing
		}
		if holder != "" && holder != s.ID {
			return errName
		}
		m[s.ID] = item{s.Name, it.n}
	case "touch":
		if ok {
			m[s.ID] = item{it.name, it.n + 1}
		}
	case "delete":
		if !ok {
			return errMissing
		}
		delete(m, s.ID)
	case "broken":
		return errBroken
	}
	return nil
}

// Calls that share a commit have the same outcome as calls that run one by one,
// whatever the other calls in the group do.
func TestGroupEqualsSerialExecution(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := loneWriter(t)
		defer w.conn.c.Close()
		model := map[string]item{}
		gone, cancel := context.WithCancel(ctx)
		cancel()
		for range rapid.IntRange(1, 6).Draw(rt, "groups") {
			var calls []*call
			var want []error
			for range rapid.IntRange(1, 12).Draw(rt, "calls") {
				c, err := randomCall(rt, gone, model)
				calls, want = append(calls, c), append(want, err)
			}
			for i, err := range w.serveAll(calls) {
				if (want[i] == nil) != (err == nil) || want[i] != errBroken && !errors.Is(err, want[i]) {
					rt.Fatalf("call %d: got %v, want %v", i, err, want[i])
				}
			}
		}
		got := map[string]item{}
		err := w.conn.Query(&Read{sql: "SELECT id, name, n FROM item WHERE org = 'a'", scan: func(r *Row) error {
			got[r.Text(0)] = item{r.Text(1), int(r.Int(2))}
			return nil
		}})
		if err != nil || !maps.Equal(got, model) {
			rt.Fatalf("got %v (%v), want %v", got, err, model)
		}
	})
}

// randomCall draws a call and runs it on the model as well.
func randomCall(rt *rapid.T, gone context.Context, model map[string]item) (*call, error) {
	ids, names := []string{"1", "2", "3", "4"}, []string{"p", "q", "r", "s"}
	steps := make([]step, rapid.IntRange(0, 4).Draw(rt, "writes"))
	for i := range steps {
		steps[i] = step{
			Kind: rapid.SampledFrom([]string{"insert", "insert", "insert", "rename", "rename", "touch", "touch", "delete", "broken"}).Draw(rt, "kind"),
			ID:   rapid.SampledFrom(ids).Draw(rt, "id"),
			Name: rapid.SampledFrom(names).Draw(rt, "name"),
		}
	}
	end := rapid.SampledFrom([]string{"", "", "", "", "", "fail", "panic", "cancelled"}).Draw(rt, "end")
	seen := int64(len(model)) // the expected result of the call's own read
	c := &call{ctx: ctx, org: "a", strict: true, fn: func(t *Tx) error {
		n, err := t.itemCount()
		if err != nil || n != seen {
			return fmt.Errorf("got %d rows (%v), want %d", n, err, seen)
		}
		for _, s := range steps {
			s.buffer(t)
		}
		switch end {
		case "fail":
			return errOwn
		case "panic":
			panic("drawn")
		}
		return nil
	}}
	switch end {
	case "cancelled":
		c.ctx = gone
		return c, context.Canceled
	case "fail":
		return c, errOwn
	case "panic":
		return c, errBroken
	}
	next := maps.Clone(model)
	for _, s := range steps {
		if err := s.model(next); err != nil {
			return c, err
		}
	}
	clear(model)
	maps.Copy(model, next)
	return c, nil
}

func insertCall(id string) *call {
	return &call{ctx: ctx, org: "a", fn: func(t *Tx) error { t.addItem(id, id, 0); return nil }}
}

func TestFailedCommit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code  sqlite.ResultCode
		fatal bool
	}{
		{sqlite.ResultFull, false},
		{sqlite.ResultBusy, false},
		{sqlite.ResultIOErrFsync, true},
		{sqlite.ResultIOErrWrite, true},
	} {
		t.Run(c.code.String(), func(t *testing.T) {
			t.Parallel()
			w := loneWriter(t)
			var failed error
			w.onFail = func(err error) { failed = err }
			w.broken = func() error { return failed }
			w.fault = func() error { return c.code.ToError() }
			for _, err := range w.serveAll([]*call{insertCall("1"), insertCall("2")}) {
				if !errors.Is(err, ErrBusy) {
					t.Errorf("got %v, want busy", err)
				}
			}
			if (failed != nil) != c.fatal {
				t.Fatalf("got failure %v, want fatal: %v", failed, c.fatal)
			}
			w.fault = nil
			err := w.serveAll([]*call{insertCall("1")})[0]
			if c.fatal == (err == nil) {
				t.Errorf("next call: got %v", err)
			}
			n := int64(0)
			if err := w.conn.Query(&Read{sql: "SELECT count(*) FROM item", scan: func(r *Row) error { n = r.Int(0); return nil }}); err != nil {
				t.Fatal(err)
			}
			if want := 1 - b2i(c.fatal); n != want {
				t.Errorf("got %d rows, want %d", n, want)
			}
		})
	}
}

func TestFatalFailureIsReported(t *testing.T) {
	t.Parallel()
	o := sqliteOptions(t)
	on := false
	o.tuning.fault = func() error {
		if on {
			return sqlite.ResultIOErrFsync.ToError()
		}
		return nil
	}
	s := withItems(t, mustOpen(t, o))
	if err := s.Update(ctx, "a", func(t *Tx) error { on = true; t.addItem("1", "one", 1); return nil }); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v, want busy", err)
	}
	if err := <-s.Failed(); err == nil {
		t.Error("got no failure")
	}
	if err := s.Update(ctx, "a", func(t *Tx) error { t.addItem("1", "one", 1); return nil }); !errors.Is(err, ErrBusy) {
		t.Errorf("later write: got %v, want busy", err)
	}
	if n := count(t, s, "a"); n != 0 {
		t.Errorf("got %d rows, want 0", n)
	}
}

func TestFunctionThatExitsItsGoroutine(t *testing.T) {
	t.Parallel()
	s := withItems(t, mustOpen(t, sqliteOptions(t)))
	if err := s.Update(ctx, "a", func(*Tx) error { runtime.Goexit(); return nil }); err == nil {
		t.Error("got no error")
	}
	if err := s.Update(ctx, "a", func(t *Tx) error { t.addItem("1", "one", 1); return nil }); err != nil {
		t.Errorf("next call: %v", err)
	}
}

// If the caller cancels while its call is queued, nothing is written; if it
// cancels later, it waits for the outcome.
func TestCallerThatCancels(t *testing.T) {
	t.Parallel()
	s := withItems(t, mustOpen(t, sqliteOptions(t)))
	inside, leave := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		running, cancel := context.WithCancel(ctx)
		err := s.Update(running, "a", func(t *Tx) error {
			close(inside)
			<-leave
			cancel()
			t.addItem("1", "one", 1)
			return nil
		})
		if err != nil {
			t.Errorf("call that had started: %v", err)
		}
	})
	<-inside
	waiting, cancel := context.WithCancel(ctx)
	wg.Go(func() {
		err := s.Update(waiting, "a", func(t *Tx) error { t.addItem("2", "two", 1); return nil })
		if !errors.Is(err, context.Canceled) {
			t.Errorf("call that was queued: got %v, want %v", err, context.Canceled)
		}
		close(leave)
	})
	cancel()
	wg.Wait()
	if n := count(t, s, "a"); n != 1 {
		t.Errorf("got %d rows, want 1", n)
	}
}

// The WAL does not grow without bound while writes never pause.
func TestWALStaysSmallUnderLoad(t *testing.T) {
	t.Parallel()
	o := sqliteOptions(t)
	o.Dir, o.Ephemeral = "", true // no fsync: only the load matters
	s := withItems(t, mustOpen(t, o))
	var wg sync.WaitGroup
	blob := make([]byte, 16<<10)
	for g := range 4 {
		wg.Go(func() {
			for i := range 800 {
				id := fmt.Sprint(g, "-", i)
				if err := s.Update(ctx, "a", func(t *Tx) error {
					t.Write("INSERT INTO item (org, id, name, n, data) VALUES (?, ?, ?, 0, ?)", t.Org, id, id, blob)
					return nil
				}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	w := s.engine.(*sqliteEngine).writer
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if most := 8 * softWAL; w.checkpoint.most == 0 || w.checkpoint.most > most {
		t.Errorf("got a WAL of up to %d pages, want 1 to %d", w.checkpoint.most, most)
	}
}
