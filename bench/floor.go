package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"zombiezen.com/go/sqlite"
)

// floor is the bare engine: the same driver, pragmas, tables and rows as the
// product's (a copy of its file), and of its work only what no implementation
// can leave out: check one employee and two labels, read the contact, write
// five columns, append an entry to the history, commit with fsync. No HTTP, no
// signature, no rules, no encryption.
type floor struct {
	ids   []string
	conn  *sqlite.Conn
	stmts map[string]*sqlite.Stmt
	// single: each caller has a transaction of its own. Otherwise callers share
	// one: the writer takes those that wait.
	single bool
	slower time.Duration // added to every commit, as if the disk took longer
	mu     sync.Mutex
}

// The statements of the floor. SQLite and PostgreSQL run the same.
const (
	floorEmployee = "SELECT user_id FROM employee WHERE org = ? AND user_id = ?"
	floorLabels   = "SELECT id FROM label WHERE org = ? AND id IN (?, ?)"
	floorContact  = `SELECT name, follower_id, label_ids, phone, email, title, company_name, address, remark, share_dept_ids,
		share_user_ids, created_at FROM contact WHERE org = ? AND id = ?`
	floorUpdate = `UPDATE contact SET name = ?, title = ?, company_name = ?, address = ?, remark = ?, label_ids = ?, updated_at = ?
		WHERE org = ? AND id = ?`
	floorAudit = `INSERT INTO audit (org, at, actor, api, request_id, noun, object, action, old_values, new_values)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
)

// sealedSize is what encryption adds to the values of an entry.
const sealedSize = 30

// change is one update as the floor makes it.
type change struct {
	id, title, address, remark string
	done                       chan error
}

func newChange(r *rand.Rand, ids []string) *change {
	n := r.IntN(1e6)
	return &change{
		id: pick(r, ids), title: fmt.Sprint("工程师 ", n%977), address: fmt.Sprintf("杭州市余杭区文一西路 %d 号", n), remark: fmt.Sprint("changed ", n), done: make(chan error, 1),
	}
}

// values is the JSON of one side of an audit entry, as long as the product's.
func values(title, address, remark string) []byte {
	b := fmt.Appendf(nil, `{"address":%q,"remark":%q,"title":%q}`, address, remark, title)
	return append(b, make([]byte, sealedSize)...)
}

func openFloor(path string, ids []string) (*floor, error) {
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return nil, err
	}
	f := &floor{ids: ids, conn: conn, stmts: map[string]*sqlite.Stmt{}}
	for _, p := range []string{"journal_mode=WAL", "synchronous=FULL", "cache_size=-16384", "temp_store=MEMORY"} {
		if err := f.exec("PRAGMA "+p, nil); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return f, nil
}

func (f *floor) close() error { return f.conn.Close() }

// exec runs a prepared statement and calls row for its rows.
func (f *floor) exec(sql string, row func(*sqlite.Stmt), args ...any) error {
	st := f.stmts[sql]
	if st == nil {
		var err error
		if st, err = f.conn.Prepare(sql); err != nil {
			return err
		}
		f.stmts[sql] = st
	}
	for i, v := range args {
		switch v := v.(type) {
		case string:
			st.BindText(i+1, v)
		case int64:
			st.BindInt64(i+1, v)
		case []byte:
			st.BindBytes(i+1, v)
		}
	}
	for {
		more, err := st.Step()
		if err != nil {
			return errors.Join(err, st.Reset())
		}
		if !more {
			return st.Reset()
		}
		if row != nil {
			row(st)
		}
	}
}

// apply is one update inside the open transaction.
func (f *floor) apply(c *change, now int64) error {
	var employees, labels, contacts int
	var title, company, address, remark string
	count := func(n *int) func(*sqlite.Stmt) { return func(*sqlite.Stmt) { *n++ } }
	err := f.exec(floorContact, func(st *sqlite.Stmt) {
		contacts++
		_, _, _ = st.ColumnText(0), st.ColumnText(1), st.ColumnText(2)
		title, company, address, remark = st.ColumnText(5), st.ColumnText(6), st.ColumnText(7), st.ColumnText(8)
	}, sampleOrg, c.id)
	if err == nil {
		err = f.exec(floorEmployee, count(&employees), sampleOrg, follower)
	}
	if err == nil {
		err = f.exec(floorLabels, count(&labels), sampleOrg, int64(1), int64(3))
	}
	if err == nil && (contacts != 1 || employees != 1 || labels != 2) {
		err = fmt.Errorf("floor: %d contacts, %d employees, %d labels", contacts, employees, labels)
	}
	if err == nil {
		err = f.exec(floorUpdate, nil, "张三", c.title, company, c.address, c.remark, "[1,3]", now, sampleOrg, c.id)
	}
	if err == nil {
		err = f.exec(floorAudit, nil, sampleOrg, now, "app/dingsampleappkey01", "floor", "0123456789ab", "contact", c.id, "update",
			values(title, address, remark), values(c.title, c.address, c.remark))
	}
	return err
}

// commit carries out changes in one transaction.
func (f *floor) commit(changes []*change) error {
	err := f.exec("BEGIN IMMEDIATE", nil)
	now := time.Now().UnixMilli()
	for _, c := range changes {
		if err == nil {
			err = f.apply(c, now)
		}
	}
	if err == nil {
		err = f.exec("COMMIT", nil)
	}
	if err == nil && f.slower > 0 {
		time.Sleep(f.slower)
	}
	if err != nil && !f.conn.AutocommitEnabled() {
		err = errors.Join(err, f.exec("ROLLBACK", nil))
	}
	return err
}

// mode returns the floor as another side: with or without group commit.
func (f *floor) mode(single bool, slower time.Duration) side {
	return sideFunc(func(conns int, dur time.Duration) sample {
		f.single, f.slower = single, slower
		return f.run(conns, dur)
	})
}

type sideFunc func(conns int, dur time.Duration) sample

func (f sideFunc) run(conns int, dur time.Duration) sample { return f(conns, dur) }

const floorGroup = 256

func (f *floor) run(conns int, dur time.Duration) sample {
	queue := make(chan *change, conns)
	var writer sync.WaitGroup
	if !f.single {
		writer.Go(func() { f.write(queue) })
	}
	do := func(c *change) error {
		if f.single {
			f.mu.Lock()
			defer f.mu.Unlock()
			return f.commit([]*change{c})
		}
		queue <- c
		return <-c.done
	}
	results := make([]callers, conns)
	begin := time.Now()
	stop := begin.Add(dur)
	var wait sync.WaitGroup
	for i := range conns {
		wait.Go(func() {
			r := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
			for at := time.Now(); at.Before(stop); at = time.Now() {
				if err := do(newChange(r, f.ids)); err != nil {
					results[i].wrong(err.Error())
					continue
				}
				results[i].times = append(results[i].times, time.Since(at))
			}
		})
	}
	wait.Wait()
	took := time.Since(begin)
	close(queue)
	writer.Wait()
	return summarise(results, took)
}

// write is the group commit: it takes what waits, and never waits for more.
func (f *floor) write(queue chan *change) {
	group := make([]*change, 0, floorGroup)
	for first := range queue {
		group = append(group[:0], first)
		runtime.Gosched() // as the product does: those just answered may come back
	more:
		for len(group) < floorGroup {
			select {
			case c, ok := <-queue:
				if !ok {
					break more
				}
				group = append(group, c)
			default:
				break more
			}
		}
		err := f.commit(group)
		for _, c := range group {
			c.done <- err
		}
	}
}

// countAudit counts the entries of one operation in the file of a stopped server.
func countAudit(path, api string) (n int64, err error) {
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	f := &floor{conn: conn, stmts: map[string]*sqlite.Stmt{}}
	err = f.exec("SELECT count(*) FROM audit WHERE api = ?", func(st *sqlite.Stmt) { n = st.ColumnInt64(0) }, api)
	return n, err
}

// sqliteVersion is that of the floor's driver, which is the product's too.
func sqliteVersion() string { return sqlite.Version }
