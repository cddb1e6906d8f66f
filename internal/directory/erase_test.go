package directory_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func TestErasureOfAContact(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		id := d.add("李四", nil)
		d.must(d.app().UpdateContact(ctx, id, directory.ContactUpdate{Remark: ptr("秘密")}))
		d.must(d.app().DeleteContact(ctx, id))
		if e, err := d.admin().Erase(ctx, directory.ContactKind, id, "asked for", true); err != nil || e.HistoryEntries != 3 || !e.Preview {
			t.Errorf("preview: %+v, %v", e, err)
		}
		first, err := d.admin().Erase(ctx, directory.ContactKind, id, "asked for", false)
		d.must(err)
		again, err := d.admin().Erase(ctx, directory.ContactKind, id, "twice", false)
		d.must(err)
		if again.ID != first.ID || again.Reason != "asked for" {
			t.Errorf("erased twice: %+v", again)
		}
		entries, _, err := d.admin().History(ctx, directory.HistoryFilter{Object: id, Limit: 10})
		d.must(err)
		for _, e := range entries {
			if !e.Erased || len(e.Changes) > 0 {
				t.Errorf("readable after the erasure: %+v", e)
			}
		}
		if len(entries) != 4 || entries[0].Action != "erase" {
			t.Errorf("history: %+v", entries)
		}
		if items, err := d.admin().Bin(ctx, directory.BinFilter{}); err != nil || len(items) > 0 {
			t.Errorf("bin: %+v, %v", items, err)
		}
		_, conflicts := d.undo(directory.UndoSelection{Actor: "dingsampleappkey01", Since: d.dir.Now().Add(-time.Hour)}, directory.UndoOptions{})
		if len(conflicts) > 0 {
			t.Errorf("conflicts: %v", conflicts) // it was created in that time, and is gone
		}
		_, err = d.admin().EditObject(ctx, directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, ID: id, Values: contactValues()})
		d.same("its id", rules(err), []string{"userId idTaken"})
		if _, err := d.store.SealAudit(context.Background(), 1000); err != nil {
			t.Fatal(err)
		}
		report, err := d.store.VerifyAudit(context.Background())
		d.must(err)
		if len(report.Findings) > 0 {
			t.Errorf("verify: %+v", report.Findings)
		}
		if _, err := d.admin().Erase(ctx, directory.LabelKind, "1", "", false); !errors.Is(err, directory.ErrEraseKind) {
			t.Errorf("erased a label: %v", err)
		}
		if _, err := d.admin().Erase(ctx, directory.ContactKind, "nobody", "", false); !errors.Is(err, directory.ErrEraseNotFound) {
			t.Errorf("erased nobody: %v", err)
		}
	})
}

func TestExportOfAPerson(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		id := d.add("李四", nil)
		d.must(d.app().DeleteContact(ctx, id))
		edit(d, directory.Edit{Kind: directory.ContactKind, Do: directory.ChangeObject, ID: zhangSan, Values: directory.Values{"email": "Zhang@example.com"}})
		for query, want := range map[directory.PersonQuery]string{
			{Mobile: "+86 139 0000 0001"}:               id + " bin",
			{Email: "zhang@EXAMPLE.com"}:                zhangSan + " live",
			{Kind: directory.ContactKind, ID: zhangSan}: zhangSan + " live",
		} {
			p, err := d.admin().ExportPerson(ctx, query)
			d.must(err)
			if len(p.Objects) != 1 || p.Objects[0].ID+" "+p.Objects[0].State != want || p.Objects[0].Values.Text("name") == "" || len(p.History) == 0 {
				t.Errorf("%+v: %+v", query, p)
			}
		}
		if _, err := d.admin().ExportPerson(ctx, directory.PersonQuery{Mobile: "13911111111"}); !errors.Is(err, directory.ErrPersonNotFound) {
			t.Errorf("nobody: %v", err)
		}
		h := d.history(zhangSan)
		if last := h[len(h)-1]; !strings.HasPrefix(last, "personExport") {
			t.Errorf("history: %v", h)
		}
	})
}

func TestBinsAreSwept(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		d.must(d.app().DeleteContact(ctx, zhangSan))
		d.clock.Add(int64(29 * 24 * time.Hour))
		id := d.add("李四", nil)
		d.must(d.app().DeleteContact(ctx, id))
		d.must(d.dir.SweepBins(ctx))
		if items, err := d.admin().Bin(ctx, directory.BinFilter{}); err != nil || len(items) != 2 {
			t.Errorf("after 29 days: %+v, %v", items, err)
		}
		d.clock.Add(int64(2 * 24 * time.Hour))
		d.must(d.dir.SweepBins(ctx))
		items, err := d.admin().Bin(ctx, directory.BinFilter{})
		d.must(err)
		if len(items) != 1 || items[0].ID != id {
			t.Errorf("after 31 days: %+v", items)
		}
		if _, err := d.admin().EditObject(ctx, directory.Edit{Kind: directory.ContactKind, Do: directory.RestoreObject, ID: zhangSan}); !errors.Is(err, directory.ErrNotInBin) {
			t.Errorf("restored after the purge: %v", err)
		}
		if purged, err := d.admin().Purge(ctx, directory.PurgeFilter{All: true}); err != nil || len(purged) != 1 {
			t.Errorf("purged: %+v, %v", purged, err)
		}
	})
}
