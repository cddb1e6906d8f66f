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
		struck := int64(0)
		for _, resumed := range []bool{false, true} {
			for n := 0; ; n += 3 {
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
func (b *bench) strikeMaker(t *testing.T, resumed bool, n int) (erased bool, struck int64) {
	run := n
	if resumed {
		run += 500
	}
	mobile := func(i int) string { return fmt.Sprintf("139%04d%04d", run, i) }
	id := fmt.Sprint(700000 + run)
	b.edit(create(directory.ContactKind, id, directory.Values{"name": "旧", "mobile": "86-" + mobile(0), "followerUserId": "023420013645", "labelIds": []int64{2}}))
	label, dept := fmt.Sprintf("新组/新%d", run), fmt.Sprintf("新部%d", run)
	text := "姓名,手机号,标签,负责人,共享部门\n" + "旧," + mobile(0) + "," + label + ",王芳," + dept + "/一组\n"
	for i := 1; i <= 30; i++ { // several transactions
		switch i {
		case 20, 28:
			text += "新," + mobile(i) + "," + label + ",王芳," + dept + "/一组\n"
		case 21, 29:
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
	if v.Counts.Rejected > 1 || v.Counts.Created < 30 { // its rows may be gone already
		t.Errorf("erased before change %d, resumed %t: %+v", n, resumed, v.Counts)
	}
	for _, i := range []int{20, 21, 28, 29} {
		if p, err := b.session().Objects(t.Context(), directory.ObjectQuery{Kind: directory.ContactKind, Mobile: "86-" + mobile(i), Limit: 10}); err != nil || len(p.Items) != 1 {
			t.Errorf("erased before change %d, resumed %t: row %d made %v, %v", n, resumed, i+1, p.Items, err)
		}
	}
	var made []string
	err = b.session().Find(t.Context(), func(f *directory.Finder) error {
		groups, err := f.LabelGroups()
		if err != nil {
			return err
		}
		for _, g := range groups {
			for _, l := range g.Labels {
				if g.Name+"/"+l.Name == label {
					made = append(made, label)
				}
			}
		}
		depts, err := f.Departments()
		for _, d := range depts {
			if d.Name == dept {
				made = append(made, dept)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if slices.Sort(made); !slices.Equal(made, []string{label, dept}) {
		t.Errorf("erased before change %d, resumed %t: made %v", n, resumed, made)
	}
	return erased, v.Counts.Rejected
}
