package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
	"github.com/mingce/mingce/internal/transfer"
)

// manyContacts is a file of so many contacts.
func manyContacts(n int) string {
	var b strings.Builder
	b.WriteString(contactsHeader)
	for i := range n {
		fmt.Fprintf(&b, "测试%d,139%08d,公司%d,,普通,王芳\n", i, i, i%7)
	}
	return b.String()
}

func (b *bench) start(o transfer.Options, text string) transfer.Import {
	b.t.Helper()
	v, err := b.importer.Start(b.t.Context(), b.session(), o, transfer.Input{Name: "file.csv", Body: strings.NewReader(text)})
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

// A process that dies at any moment loses no row, and the next one does none
// twice.
func TestKills(t *testing.T) {
	t.Parallel()
	const rows = 1500
	o := store.Options{Dir: filepath.Join(t.TempDir(), "data"), Key: keyring.DevMaster(), Kind: store.Dev}
	open := func() *bench {
		s, err := store.Open(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		return newBench(t, s, directory.Settings{})
	}
	b := open()
	id := b.start(transfer.Options{Kind: "contacts"}, manyContacts(rows)).ID
	kills := 0
	for ended := false; !ended; {
		work, stop := context.WithCancel(t.Context())
		var worker sync.WaitGroup
		worker.Go(b.importer.Work(work))
		errKill := errors.New("kill")
		progress := int64(0)
		v, err := b.importer.Watch(t.Context(), b.session(), id, func(p transfer.Progress) error {
			progress++
			if kills < 6 && p.Phase != "spool" && p.State == "running" && progress > 1 {
				return errKill
			}
			return nil
		})
		switch {
		case errors.Is(err, errKill):
			kills++
		case err != nil:
			t.Fatal(err)
		default:
			ended = v.State == "done"
		}
		if !ended { // the store goes away under the importer
			if err := b.store.Close(); err != nil {
				t.Fatal(err)
			}
		}
		stop()
		b.importer.Close()
		worker.Wait()
		if !ended {
			b = open()
		}
	}
	t.Logf("%d kills", kills)
	v, told := b.wait(id)
	if v.Counts.Created != rows || v.Counts.Rows != rows || len(told) != rows || v.ExitCode() != 0 {
		t.Errorf("counts: %+v, %d rows", v.Counts, len(told))
	}
	seen := map[string]int{}
	for _, c := range b.contacts() {
		seen[c.Values.Text("mobile")]++
		if c.Version != 1 {
			t.Errorf("%s has version %d", c.ID, c.Version)
		}
	}
	for i := range rows {
		if n := seen[fmt.Sprintf("86-139%08d", i)]; n != 1 {
			t.Errorf("row %d was written %d times", i+1, n)
		}
	}
	if err := b.store.Close(); err != nil {
		t.Fatal(err)
	}
}

// Two imports of one organisation are written one after the other.
func TestTwoImportsAtOnce(t *testing.T) {
	t.Parallel()
	b := sample(t)
	first := b.start(transfer.Options{Kind: "contacts"}, manyContacts(700))
	second := b.start(transfer.Options{Kind: "contacts"}, manyContacts(701))
	var states []string
	v, err := b.importer.Watch(t.Context(), b.session(), second.ID, func(p transfer.Progress) error {
		if state := p.State + " " + p.Phase; len(states) == 0 || states[len(states)-1] != state {
			states = append(states, state)
		}
		if p.State == "running" && p.Phase == "write" { // the other one has ended
			if v, err := b.importer.Get(t.Context(), b.session(), first.ID); err != nil || v.State != "done" {
				t.Errorf("the first is %s (%v) when the second is written", v.State, err)
			}
		}
		return nil
	})
	if err != nil || v.Counts.Created != 1 || v.Counts.Skipped != 700 {
		t.Errorf("second: %+v, %v", v.Counts, err)
	}
	b.same("states", states, []string{"running spool", "queued check", "running check", "running write", "done end"})
	if v, _ := b.wait(first.ID); v.Counts.Created != 700 {
		t.Errorf("first: %+v", v.Counts)
	}
}

// Of imports that wait the one that was begun first is next, whoever asks first.
func TestImportsWaitInTheirOrder(t *testing.T) {
	t.Parallel()
	b := sample(t)
	now := time.Now()
	b.dir = directory.Open(directory.Config{Store: b.store, NewID: b.ids, Keys: b.store.Master(), Now: func() time.Time {
		now = now.Add(time.Millisecond)
		return now
	}})
	ids := make([]string, 3)
	for i := range ids {
		stored, err := b.session().NewImport(t.Context(), directory.Import{Kind: "contacts", State: directory.ImportRunning, Phase: "check", Owner: "x"})
		if err == nil {
			err = b.session().AdmitImport(t.Context(), stored, "x", func(directory.Tx, []directory.Import) (bool, error) { return true, nil })
		}
		if err != nil {
			t.Fatal(err)
		}
		ids[i] = stored.ID
	}
	claim := func(id string, want error) {
		t.Helper()
		if _, err := b.session().ClaimImport(t.Context(), id, "x", false); !errors.Is(err, want) {
			t.Errorf("claim of %s: got %v, want %v", id, err, want)
		}
	}
	claim(ids[2], directory.ErrImportBusy)
	claim(ids[1], directory.ErrImportBusy)
	claim(ids[0], nil)
	claim(ids[1], directory.ErrImportBusy)
	if err := b.session().DeleteImport(t.Context(), ids[0]); err != nil {
		t.Fatal(err)
	}
	claim(ids[2], directory.ErrImportBusy)
	claim(ids[1], nil)
}

func TestTheSameImportAgain(t *testing.T) {
	t.Parallel()
	b := sample(t)
	text := manyContacts(3)
	first, _ := b.do(transfer.Options{Kind: "contacts"}, text)
	again := b.start(transfer.Options{Kind: "contacts"}, text)
	if !again.Repeated || again.ID != first.ID || again.ExitCode() != 0 {
		t.Errorf("repeated: %+v", again)
	}
	if v := b.start(transfer.Options{Kind: "contacts", Country: "1"}, text); v.Repeated {
		t.Errorf("other options: %+v", v)
	} else {
		b.wait(v.ID)
	}
	if v, _ := b.do(transfer.Options{Kind: "contacts", Again: true}, text); v.Repeated || v.Counts.Skipped != 3 || v.ID == first.ID {
		t.Errorf("again: %+v", v)
	}
	if v, _ := b.do(transfer.Options{Kind: "contacts", Preview: true}, text); v.Repeated || v.Counts.Skipped != 3 {
		t.Errorf("preview: %+v", v)
	}
	long := manyContacts(900)
	running := b.start(transfer.Options{Kind: "contacts"}, long)
	_, err := b.importer.Start(t.Context(), b.session(), transfer.Options{Kind: "contacts"}, transfer.Input{Name: "x", Body: strings.NewReader(long)})
	if !errors.Is(err, directory.ErrImportRunning) {
		t.Errorf("while it runs: %v", err)
	}
	b.wait(running.ID)
	list, err := b.importer.List(t.Context(), b.session(), "", 10)
	if err != nil || len(list) != 5 || list[0].ID != running.ID || list[4].ID != first.ID {
		t.Errorf("list: %d, %v", len(list), err)
	}
}

func TestPreviewsMadeReal(t *testing.T) {
	t.Parallel()
	b := sample(t)
	text := contactsHeader + "张三新,13800000001,,,普通,王芳\n甲,13900000001,,,普通,王芳\n"
	o := transfer.Options{Kind: "contacts", OnDuplicate: "update", Preview: true}
	change := func(title string) {
		t.Helper()
		_, err := b.session().EditObject(t.Context(), directory.Edit{Kind: directory.ContactKind, Do: directory.ChangeObject, ID: zhangSan, Values: directory.Values{"title": title}})
		if err != nil {
			t.Fatal(err)
		}
	}
	preview, _ := b.do(o, text)
	change("采购")
	if _, err := b.importer.Run(t.Context(), b.session(), preview.ID, nil); !errors.Is(err, directory.ErrPreviewOutdated) {
		t.Errorf("after a change: %v", err)
	}
	if v, err := b.importer.Get(t.Context(), b.session(), preview.ID); err != nil || v.State != "previewed" || v.Counts.Created != 1 || v.Counts.Updated != 1 {
		t.Errorf("the preview stays: %+v, %v", v, err)
	}
	preview, told := b.do(o, text)
	if _, err := b.session().CreateLabel(t.Context(), "客户等级", "别的"); err != nil { // does not concern it
		t.Fatal(err)
	}
	v, err := b.importer.Run(t.Context(), b.session(), preview.ID, nil)
	if err != nil || v.ID != preview.ID || v.Preview {
		t.Fatalf("run: %+v, %v", v, err)
	}
	v, rows := b.wait(preview.ID)
	if v.State != "done" || v.Counts != preview.Counts || len(rows) != len(told) || rows[1].ObjectID == nil || told[1].ObjectID != nil {
		t.Errorf("made real: %+v", v)
	}
	if c := b.contact(zhangSan); c.Values.Text("name") != "张三新" || c.Values.Text("title") != "采购" {
		t.Errorf("changed: %+v", c.Values)
	}
	if _, err := b.importer.Run(t.Context(), b.session(), preview.ID, nil); !errors.Is(err, directory.ErrImportEnded) {
		t.Errorf("twice: %v", err)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	b := sample(t)
	started := b.start(transfer.Options{Kind: "contacts"}, manyContacts(3000))
	stop := errors.New("stop")
	_, err := b.importer.Watch(t.Context(), b.session(), started.ID, func(p transfer.Progress) error {
		if p.Phase == "write" {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) {
		t.Fatal(err)
	}
	v, err := b.importer.Cancel(t.Context(), b.session(), started.ID)
	if err != nil || v.State != "stopped" || v.EndedAt == nil {
		t.Fatalf("cancelled: %+v, %v", v, err)
	}
	if n := int64(len(b.contacts())) - 1; n != v.Counts.Created {
		t.Errorf("%d contacts, told %+v", n, v.Counts)
	}
	if err := b.importer.Rejected(t.Context(), b.session(), started.ID, new(bytes.Buffer)); !errors.Is(err, directory.ErrImportPurged) {
		t.Errorf("the copy of the file: %v", err)
	}
	if _, err := b.importer.Resume(t.Context(), b.session(), started.ID, nil); !errors.Is(err, directory.ErrImportEnded) {
		t.Errorf("resumed: %v", err)
	}
	if _, err := b.importer.Cancel(t.Context(), b.dir.Session(directory.CommandLine(directory.PartnerOrg), "test", ""), started.ID); !errors.Is(err, directory.ErrImportNotFound) {
		t.Errorf("by another organisation: %v", err)
	}
}

// meddler changes the directory once an import is about to write.
type meddler struct {
	directory.Store
	once   sync.Once
	meddle func()
}

func (m *meddler) Update(ctx context.Context, org string, fn func(directory.Tx) error) error {
	writing := false
	err := m.View(ctx, org, func(tx directory.Tx) error {
		is, err := tx.Imports().Imports(directory.ImportQuery{Limit: 1})
		writing = len(is) > 0 && is[0].Phase == "write"
		return err
	})
	if err != nil {
		return err
	}
	if writing && m.meddle != nil {
		m.once.Do(m.meddle)
	}
	return m.Store.Update(ctx, org, fn)
}

// What others change between check and writing is not overwritten.
func TestChangesDuringAnImport(t *testing.T) {
	t.Parallel()
	b := sample(t)
	other := b.dir // without the meddler
	m := &meddler{Store: b.store}
	b.dir = b.over(m)
	b.importer.Close()
	b.open()
	s := other.Session(directory.CommandLine(directory.SampleOrg), "other", "other")
	var deptID, labelID int64
	m.meddle = func() {
		ctx := context.Background()
		_, err1 := s.EditObject(ctx, directory.Edit{Kind: directory.ContactKind, Do: directory.ChangeObject, ID: zhangSan, Values: directory.Values{"title": "别人改的"}})
		_, err2 := s.EditObject(ctx, directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, Values: directory.Values{"name": "快", "mobile": "86-13900000001", "followerUserId": wangFang, "labelIds": []int64{1}}})
		l, err3 := s.CreateLabel(ctx, "客户等级", "新")
		labelID = l.ID
		d, err4 := s.CreateDepartment(ctx, directory.Department{ParentID: 1, Name: "新部"})
		deptID = d
		if err := errors.Join(err1, err2, err3, err4); err != nil {
			t.Error(err)
		}
	}
	v, rows := b.do(transfer.Options{Kind: "contacts", OnDuplicate: "update", CreateLabels: true, CreateDepartments: true}, "姓名,手机号,公司,标签,负责人,共享部门\n"+
		"张三新,13800000001,,,,\n甲,13900000001,公司甲,,,\n乙,13900000002,,客户等级/新,王芳,新部/一组\n丙,13900000003,,客户等级/新,王芳,新部\n丁,13900000001,,客户等级/新,王芳,\n")
	_ = v
	b.same("rows", told(rows[:1]), []string{"updated zhangSan"})
	if c := b.contact(zhangSan); c.Values.Text("title") != "别人改的" || c.Values.Text("name") != "张三新" {
		t.Errorf("both changes: %+v", c.Values)
	}
	if rows[2].Action != "created" || rows[3].Action != "created" {
		t.Fatalf("rows: %q", told(rows))
	}
	if ids := rows[2].Object.Numbers("labelIds"); !slices.Equal(ids, []int64{labelID}) {
		t.Errorf("label of somebody else: %v, want %d", ids, labelID)
	}
	c := b.contact(*rows[3].ObjectID)
	if !slices.Equal(c.Values.Numbers("shareDeptIds"), []int64{deptID}) || !slices.Equal(c.Values.Numbers("labelIds"), []int64{labelID}) {
		t.Errorf("stored: %+v, want department %d and label %d", c.Values, deptID, labelID)
	}
	b.same("all rows", told(rows), []string{"updated zhangSan", "rejected missing@followerUserId missing@labelIds", "created", "created", "updated"})
}

func TestHistoryOfAnImport(t *testing.T) {
	t.Parallel()
	b := sample(t)
	v, _ := b.do(transfer.Options{Kind: "contacts"}, manyContacts(3))
	entries, _, err := b.session().History(t.Context(), directory.HistoryFilter{ImportID: v.ID, Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range entries {
		list = append(list, e.Kind+" "+e.Action)
		if e.RequestID != v.RequestID || e.ImportID != v.ID {
			t.Errorf("entry: %+v", e)
		}
	}
	b.same("entries", list, []string{"contact create", "contact create", "contact create", "import import"})
	_, _ = b.do(transfer.Options{Kind: "contacts", Preview: true}, manyContacts(4))
	if e, _, err := b.session().History(t.Context(), directory.HistoryFilter{Limit: 1}); err != nil || e[0].Seq != entries[0].Seq {
		t.Errorf("a preview is no change: %+v, %v", e, err)
	}
}

func TestFilesAboutRows(t *testing.T) {
	t.Parallel()
	b := sample(t)
	v, _ := b.do(transfer.Options{Kind: "contacts"}, contactsHeader+"甲,13900000001,,,普通,王芳\n乙,1,,,普通,王芳\n丙,13900000003,,,普通,无此人\n")
	var rejected, csv, lines bytes.Buffer
	err := errors.Join(b.importer.Rejected(t.Context(), b.session(), v.ID, &rejected),
		b.importer.Report(t.Context(), b.session(), v.ID, transfer.CSV, &csv), b.importer.Report(t.Context(), b.session(), v.ID, transfer.JSONL, &lines))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := rejected.String(), "\uFEFF姓名,手机号,公司,邮箱,标签,负责人,mingce_errors\n乙,1,,,普通,王芳,mobileInvalid\n丙,13900000003,,,普通,无此人,ownerNotFound\n"; got != want {
		t.Errorf("rejected: %q", got)
	}
	if strings.Count(csv.String(), "\n") != 4 || strings.Count(lines.String(), "\n") != 3 {
		t.Errorf("reports:\n%s\n%s", csv.String(), lines.String())
	}
	rows, more, err := b.importer.Problems(t.Context(), b.session(), v.ID, 1)
	if err != nil || !more || len(rows) != 1 || rows[0].Row != 2 {
		t.Errorf("problems: %+v, %t, %v", rows, more, err)
	}
	page, next, err := b.importer.Rows(t.Context(), b.session(), v.ID, "rejected", "", 1)
	if err != nil || len(page) != 1 || page[0].Row != 2 || next != "3" {
		t.Errorf("page: %+v, %q, %v", page, next, err)
	}
}

// The same on both engines: contacts that are made and changed, people and
// departments that refer to each other.
func TestImportOnEveryEngine(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		b := newBench(t, s, directory.Settings{})
		v, rows := b.do(transfer.Options{Kind: "contacts", OnDuplicate: "update", CreateLabels: true}, manyContacts(300)+
			"张三,13800000001,公司,z@example.com,新标签,\n改名,13900000007,,,,\n坏,1,,,普通,王芳\n")
		if want := (transfer.Counts{Rows: 303, Created: 300, Updated: 2, Rejected: 1}); v.Counts != want || v.State != "done" {
			t.Errorf("contacts: %+v, %s %+v", v.Counts, v.State, v.Error)
		}
		if c := b.contact(*rows[7].ObjectID); c.Values.Text("name") != "改名" || c.Version != 2 {
			t.Errorf("changed twice: %+v", c)
		}
		for _, match := range []string{"email", "name+company", "user-id", "mobile"} {
			_, rows := b.do(transfer.Options{Kind: "contacts", Match: match, Preview: true}, "用户ID,姓名,手机号,公司,邮箱,标签,负责人\n"+zhangSan+",张三,13800000001,公司,Z@example.com,普通,王芳\n")
			b.same(match, told(rows), []string{"skipped zhangSan"})
		}
		v, rows = b.do(transfer.Options{Kind: "employees", CreateDepartments: true}, "姓名,手机号,部门,直属上级,邮箱\n甲,13910000001,新部/一组,乙,a@example.com\n乙,13910000002,新部,王芳,A@example.com\n丙,13910000003,新部,13910000002,c@example.com\n")
		b.same("employees", told(rows), []string{"created referenceNotFound@managerUserId", "rejected emailTaken@email", "rejected employeeNotFound@managerUserId"})
		b.same("made", v.CreatedDepartments, []string{"新部", "新部/一组"})
	})
}
