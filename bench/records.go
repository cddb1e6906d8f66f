package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
)

// records are the measurements of imports, exports and undo. The command of the product
// does them on a running server, as an administrator would.
type records struct {
	rows, undoRows int // of the import, and of the one that is undone

	imports, exports, undos []float64 // ratios to the other side
	perSecond               []transferRate
	peakMiB, undoMiB        float64 // resident, of the server: with imports and exports, and with an undo
	heldLong, commits       uint64  // commits of imports that held the writer over 20 ms, and all
}

type transferRate struct {
	what string
	rows int
	took time.Duration
}

// longHold is the longest that an import may hold the writer, in seconds.
const longHold = "0.02"

// measureRecords imports, exports and undoes. Many rows are done once; fewer, once in each
// round.
func (b *bench) measureRecords() error {
	r := &b.records
	switch r.rows = b.rows; {
	case b.rows > 0:
	case b.million:
		r.rows = 1_000_000
	default:
		r.rows = b.large / 5
	}
	r.undoRows = min(r.rows, 100_000)
	rounds := b.rounds
	if r.rows >= 100_000 {
		rounds = 1
	}
	for round := range rounds {
		b.say("records, round %d: %d rows", round+1, r.rows)
		if err := b.transferRound(); err != nil {
			return err
		}
		if err := b.undoRound(); err != nil {
			return err
		}
	}
	if b.quick {
		return nil // an import would end before the calls
	}
	return b.measureMeanwhile()
}

func (b *bench) recordsServer() *mingce {
	m := &mingce{name: "records"}
	m.dir = filepath.Join(b.work, m.name)
	m.args = []string{"--data", m.dir, "--limits-import-bytes", strconv.Itoa(1 << 30)}
	return m
}

// transferRound inserts the rows without any check, imports the same rows, exports them and
// reads them without writing anything.
func (b *bench) transferRound() error {
	r := &b.records
	raw, err := b.insertRaw(r.rows)
	if err != nil {
		return err
	}
	m := b.recordsServer()
	if err := b.open(m); err != nil {
		return err
	}
	file, err := b.contactsFile(0, r.rows)
	if err != nil {
		return err
	}
	before := b.holds(m)
	imported, _, err := b.importFile(m, file, r.rows)
	if err != nil {
		return err
	}
	after := b.holds(m)
	r.heldLong, r.commits = r.heldLong+after.long-before.long, r.commits+after.all-before.all
	r.peakMiB = max(r.peakMiB, m.peakMemory())
	r.imports = append(r.imports, raw.Seconds()/imported.Seconds())

	out := filepath.Join(b.work, "export.jsonl")
	begin := time.Now()
	if err := b.command(m, nil, "export", out); err != nil {
		return err
	}
	exported := time.Since(begin)
	r.peakMiB = max(r.peakMiB, m.peakMemory())
	if err := errors.Join(countLines(out, r.rows), m.stop()); err != nil {
		return err
	}
	read, n, err := b.readRaw(m.dir)
	if err != nil {
		return err
	}
	if n < r.rows {
		return fmt.Errorf("%d contacts read after an import of %d", n, r.rows)
	}
	r.exports = append(r.exports, read.Seconds()/exported.Seconds())
	r.perSecond = append(r.perSecond, transferRate{"bulk insert", r.rows, raw}, transferRate{"import, CSV", r.rows, imported},
		transferRate{"bare read", n, read}, transferRate{"export, JSON Lines", n, exported})
	return os.RemoveAll(m.dir)
}

// undoRound undoes an import.
func (b *bench) undoRound() error {
	r := &b.records
	m := b.recordsServer()
	if err := b.open(m); err != nil {
		return err
	}
	file, err := b.contactsFile(0, r.undoRows)
	if err != nil {
		return err
	}
	imported, id, err := b.importFile(m, file, r.undoRows)
	if err != nil {
		return err
	}
	begin := time.Now()
	if err := b.command(m, nil, "undo", "--import", id); err != nil {
		return err
	}
	undone := time.Since(begin)
	r.undos = append(r.undos, undone.Seconds()/imported.Seconds())
	r.perSecond = append(r.perSecond, transferRate{"import to be undone", r.undoRows, imported}, transferRate{"undo", r.undoRows, undone})
	r.undoMiB = max(r.undoMiB, m.peakMemory())
	return errors.Join(m.stop(), os.RemoveAll(m.dir))
}

// Names of the race of calls during an import.
const (
	raceMeanwhile = "calls during an import"
	sideQuiet     = "update, nothing else"
	sideCheck     = "update, during the check of an import"
	sideDuring    = "update, during an import"
	sideGetQuiet  = "get, nothing else"
	sideGetCheck  = "get, during the check of an import"
	sideGetDuring = "get, during an import"
	meanwhile     = 16 // connections
)

// measureMeanwhile makes calls with and without an import beside them.
func (b *bench) measureMeanwhile() error {
	m := b.recordsServer()
	if err := errors.Join(b.open(m), b.seed(m, b.small)); err != nil {
		return err
	}
	rows := 0
	during := func(s side, phase string) side {
		return besideImport{side: s, begin: func() (end func() error, err error) {
			rows += b.large
			file, err := b.contactsFile(rows-b.large, b.large)
			if err != nil {
				return nil, err
			}
			return b.beginImport(m, file, phase)
		}}
	}
	err := b.hold(&race{title: raceMeanwhile, dur: 3 * b.dur, conns: []int{1, meanwhile},
		note: fmt.Sprintf("%d contacts, and an import of more that is stopped afterwards.", b.small),
		entries: []entry{
			{name: sideQuiet, side: m.update()}, {name: sideCheck, side: during(m.update(), "check")}, {name: sideDuring, side: during(m.update(), "write")},
			{name: sideGetQuiet, side: m.get()}, {name: sideGetCheck, side: during(m.get(), "check")}, {name: sideGetDuring, side: during(m.get(), "write")}}})
	return errors.Join(err, m.stop(), os.RemoveAll(m.dir))
}

// besideImport measures a side while an import runs.
type besideImport struct {
	side
	begin func() (end func() error, err error)
}

func (s besideImport) run(conns int, dur time.Duration) sample {
	end, err := s.begin()
	if err != nil {
		return sample{bad: 1, why: err.Error()}
	}
	result := s.side.run(conns, dur)
	if err := end(); err != nil {
		result.bad, result.why = result.bad+1, err.Error()
	}
	return result
}

// contactsFile writes a CSV of contacts, beginning with the given number.
func (b *bench) contactsFile(first, rows int) (path string, err error) {
	path = filepath.Join(b.work, "contacts.csv")
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "姓名,手机号,公司,职位,地址,标签,负责人,邮箱,备注")
	for i := first; i < first+rows; i++ {
		fmt.Fprintf(w, "%s,137%08d,%s,采购,上海市示例路%d号,重要,%s,c%d@example.com,第%d行\n", personName(i), i, companyName(i), i%100, follower, i, i)
	}
	return path, w.Flush()
}

// command runs a command of the product against a running server, and reads its result.
func (b *bench) command(m *mingce, result any, args ...string) error {
	args = append(args, "--server", "http://"+m.client.addr, "--org", sampleOrg, "-o", "json")
	cmd := exec.CommandContext(b.ctx, b.binary, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("mingce %s: %w\n%.500s", strings.Join(args, " "), err, errs.String())
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(out.Bytes(), result)
}

// shownImport is what the JSON API tells about an import.
type shownImport struct {
	ID     string `json:"id"`
	State  string `json:"state"`
	Counts struct {
		Created int `json:"created"`
	} `json:"counts"`
}

// importFile imports a file of new contacts and waits for its end.
func (b *bench) importFile(m *mingce, file string, rows int) (took time.Duration, id string, err error) {
	var v struct {
		Import shownImport `json:"import"`
	}
	begin := time.Now()
	err = b.command(m, &v, "import", file, "--kind", "contacts", "--progress", "none")
	took = time.Since(begin)
	if err == nil && v.Import.Counts.Created != rows {
		err = fmt.Errorf("an import of %d rows made %d", rows, v.Import.Counts.Created)
	}
	return took, v.Import.ID, err
}

// beginImport starts an import and returns when it has begun a phase. end stops it.
func (b *bench) beginImport(m *mingce, file, phase string) (end func() error, err error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	base := "http://" + m.client.addr + "/mingce/v1/orgs/" + sampleOrg + "/imports"
	var v shownImport
	if err := b.exchange("POST", base+"?kind=contacts&name=c.csv", f, &v); err != nil {
		return nil, err
	}
	id := v.ID
	if err := b.awaitPhase(base+"/"+id+"/events", phase); err != nil {
		return nil, err
	}
	return func() error {
		if err := b.exchange("GET", base+"/"+id, nil, &v); err != nil {
			return err
		}
		if v.State != "running" {
			return fmt.Errorf("the import did not run all the time: it is %s", v.State)
		}
		return b.command(m, nil, "import", "--cancel", id)
	}, nil
}

// awaitPhase reads the events of an import until it is in a phase.
func (b *bench) awaitPhase(events, phase string) error {
	req, err := http.NewRequestWithContext(b.ctx, "GET", events, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	for s := bufio.NewScanner(resp.Body); s.Scan(); {
		if strings.Contains(s.Text(), `"phase":"`+phase+`"`) {
			return nil
		}
	}
	return fmt.Errorf("the import was never in the phase %s", phase)
}

func (b *bench) exchange(method, url string, body io.Reader, result any) error {
	req, err := http.NewRequestWithContext(b.ctx, method, url, body)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "text/csv")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode/100 != 2 {
		err = fmt.Errorf("%s %s: %d %.300s", method, url, resp.StatusCode, text)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, result)
}

// holds are the commits of a server, and how many held the writer for long.
type holds struct{ long, all uint64 }

// holds reads them from the metrics of a server; zero if it has none.
func (b *bench) holds(m *mingce) (h holds) {
	resp, err := http.Get("http://" + m.client.addr + "/metrics")
	if err != nil {
		return h
	}
	defer resp.Body.Close()
	short := uint64(0)
	for s := bufio.NewScanner(resp.Body); s.Scan(); {
		if text, ok := strings.CutPrefix(s.Text(), `mingce_commit_seconds_bucket{le="`+longHold+`"} `); ok {
			short, _ = strconv.ParseUint(text, 10, 64)
		}
		if text, ok := strings.CutPrefix(s.Text(), "mingce_commit_seconds_count "); ok {
			h.all, _ = strconv.ParseUint(text, 10, 64)
		}
	}
	h.long = h.all - short
	return h
}

func countLines(path string, least int) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); {
		n++
	}
	if n < least {
		return fmt.Errorf("%s has %d lines, want at least %d", path, n, least)
	}
	return nil
}

// inCore opens data in this process.
func (b *bench) inCore(dir string, use func(*instance.Instance) error) (err error) {
	i, err := instance.Open(b.ctx, instance.Options{Sample: true, Store: store.Options{Dir: dir, Key: keyring.DevMaster(), Kind: store.Dev}})
	if err != nil {
		return fmt.Errorf("open the data: %w", err)
	}
	defer func() { err = errors.Join(err, i.Close()) }()
	return use(i)
}

// insertRaw writes the rows of contactsFile with the store alone, a hundred in a
// transaction: encrypted, with search terms and an encrypted entry of the history for each,
// but without any check.
func (b *bench) insertRaw(rows int) (took time.Duration, err error) {
	dir := filepath.Join(b.work, "raw")
	err = b.inCore(dir, func(i *instance.Instance) error {
		begin := time.Now()
		for n := 0; n < rows; n += 100 {
			err := i.Store.Update(b.ctx, sampleOrg, func(tx directory.Tx) error {
				for k := n; k < min(n+100, rows); k++ {
					insertContact(tx, k)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
		took = time.Since(begin)
		return nil
	})
	return took, errors.Join(err, os.RemoveAll(dir))
}

func insertContact(tx directory.Tx, n int) {
	text := func(format string, a ...any) *string { s := fmt.Sprintf(format, a...); return &s }
	r, now := rand.New(rand.NewPCG(uint64(n), 3)), time.Now()
	company := companyName(n)
	c := directory.Contact{ID: fmt.Sprintf("%018d", r.Uint64N(1e18)), Name: personName(n), FollowerID: follower, LabelIDs: []int64{1}, StateCode: "86", Mobile: fmt.Sprintf("137%08d", n),
		CompanyName: &company, Title: text("采购"), Address: text("上海市示例路%d号", n%100), Email: text("c%d@example.com", n), Remark: text("第%d行", n),
		CreatedAt: now, UpdatedAt: now, Version: 1}
	tx.Contacts().InsertContact(c)
	tx.Employees().PutContactUnionID(fmt.Sprintf("%024x", r.Uint64()), c.ID)
	tx.Audit().InsertAudit(directory.AuditEntry{Time: now, Org: sampleOrg, Actor: "raw", RequestID: "raw", Noun: "contact", Object: c.ID, Action: "create", Version: 1,
		After: fmt.Appendf(nil, `{"name":%q,"state_code":"86","mobile":%q,"company_name":%q,"title":"采购","address":%q,"email":%q,"remark":%q,"follower_user_id":%q,"label_ids":[1]}`,
			c.Name, c.Mobile, company, *c.Address, *c.Email, *c.Remark, follower)})
}

// readRaw reads every contact with the store alone.
func (b *bench) readRaw(dir string) (took time.Duration, n int, err error) {
	err = b.inCore(dir, func(i *instance.Instance) error {
		begin := time.Now()
		err := i.Store.View(b.ctx, sampleOrg, func(tx directory.Tx) error {
			for after := int64(0); ; {
				page, err := tx.Contacts().ContactsAfter(after, 500)
				if err != nil || len(page) == 0 {
					return err
				}
				n, after = n+len(page), page[len(page)-1].Ordinal
			}
		})
		took = time.Since(begin)
		return err
	})
	return took, n, err
}
