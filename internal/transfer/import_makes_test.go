package transfer_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
	"github.com/mingce/mingce/internal/transfer"
)

// ending is a store that lets an importer be closed before one of its changes, counted down to 0.
type ending struct {
	directory.Store
	left  atomic.Int64
	close func()
}

func (e *ending) Update(ctx context.Context, org string, fn func(directory.Tx) error) error {
	if e.left.Add(-1) == -1 && ctx.Done() != nil {
		go e.close()
		<-ctx.Done()
		return ctx.Err()
	}
	return e.Store.Update(ctx, org, fn)
}

// The row that was to make departments and a label is not written, as its person is erased: the first
// row behind it that names them makes them, also when another process goes on with the import.
func TestLaterRowMakesWhatAStruckRowDoesNot(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		b := newBench(t, s, directory.Settings{})
		struck := 0
		for _, resumed := range []bool{false, true} {
			for n := 0; ; n++ {
				erased, strikes := b.strikeMaker(t, resumed, n)
				if !erased {
					break
				}
				struck += strikes
			}
		}
		if struck == 0 {
			t.Error("no row was struck")
		}
	})
}

// strikeMaker erases the person of the first row before the n-th change of an import, and reports
// whether there were so many, and how many rows were struck.
func (b *bench) strikeMaker(t *testing.T, resumed bool, n int) (erased bool, struck int) {
	run := n
	if resumed {
		run += 500
	}
	mobile := func(i int) string { return fmt.Sprintf("139%04d%04d", run, i) }
	id := fmt.Sprint(700000 + run)
	b.edit(create(directory.ContactKind, id, directory.Values{"name": "旧", "mobile": "86-" + mobile(0), "followerUserId": "023420013645", "labelIds": []int64{2}}))
	label, dept := fmt.Sprintf("新组/新%d", run), fmt.Sprintf("新部%d", run)
	text := "姓名,手机号,标签,负责人,共享部门\n" + "旧," + mobile(0) + "," + label + ",王芳," + dept + "/一组\n"
	for i := 1; i <= 60; i++ { // several transactions
		switch i {
		case 40, 55:
			text += "新," + mobile(i) + "," + label + ",王芳," + dept + "/一组\n"
		case 41, 56:
			text += "新," + mobile(i) + ",普通,王芳," + dept + "/二组\n"
		default:
			text += "旁," + mobile(i) + ",普通,王芳,\n"
		}
	}
	var runner *transfer.Importer
	end := &ending{Store: b.store, close: func() { runner.Close() }}
	end.left.Store(1 << 40)
	h := &hooked{Store: end, do: func() {
		erased = true
		if _, err := b.session().Erase(t.Context(), directory.ContactKind, id, "asked for", false); err != nil {
			t.Error(err)
		}
		if resumed {
			end.left.Store(3)
		}
	}}
	h.left.Store(int64(n))
	runner = transfer.NewImporter(b.over(h), slog.New(slog.DiscardHandler), true)
	o := transfer.Options{Kind: "contacts", OnDuplicate: "update", CreateLabels: true, CreateDepartments: true}
	v, err := runner.Start(t.Context(), b.session(), o, transfer.Input{Name: "file", Body: strings.NewReader(text)})
	if err != nil {
		if n == 0 || resumed { // before the file was copied
			return erased, 0
		}
		t.Fatal(err)
	}
	v, err = runner.Watch(t.Context(), b.session(), v.ID, nil)
	runner.Close()
	if err == nil && v.State == "interrupted" {
		next := transfer.NewImporter(b.dir, slog.New(slog.DiscardHandler), true)
		defer next.Close()
		if _, err = next.Resume(t.Context(), b.session(), v.ID, nil); err == nil {
			v, err = next.Watch(t.Context(), b.session(), v.ID, nil)
		}
	}
	if err != nil || v.State != "done" {
		t.Fatalf("erased before change %d: %+v, %+v, %v", n, v, v.Error, err)
	}
	rows, _, err := b.importer.Rows(t.Context(), b.session(), v.ID, "", "", 200)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		switch {
		case i == 0 && row.Action == transfer.RowRejected:
			struck++
		case i > 0 && row.Action != transfer.RowCreated:
			t.Errorf("erased before change %d, resumed %t: row %d: %s %+v", n, resumed, i+1, row.Action, row.Errors)
		}
	}
	labels, err := b.session().Objects(t.Context(), directory.ObjectQuery{Kind: directory.LabelKind, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	depts, err := b.session().Objects(t.Context(), directory.ObjectQuery{Kind: directory.DepartmentKind, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var made []string
	for _, o := range append(labels.Items, depts.Items...) {
		if name := o.Values.Text("name"); name == label[len("新组/"):] || name == dept {
			made = append(made, name)
		}
	}
	if slices.Sort(made); !slices.Equal(made, []string{fmt.Sprintf("新%d", run), dept}) {
		t.Errorf("erased before change %d, resumed %t: made %v", n, resumed, made)
	}
	return erased, struck
}
