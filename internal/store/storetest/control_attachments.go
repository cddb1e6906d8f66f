package storetest

import (
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func testControlAttachments(t *testing.T, s directory.Store) {
	plantTree(t, s)
	custom := directory.ControlPolicy{ID: "cp-1", Name: "n", Description: "d", Document: "{}", CreatedAt: start, UpdatedAt: start}
	first, second := account(0, "").ID, account(1, "").ID
	later := start.Add(time.Hour)
	update(t, s, orgB, func(tx directory.Tx) {
		tx.Folders().PutFolder(directory.Folder{ID: "r-1", Name: "root", CreatedAt: start})
		tx.ControlAttachments().PutControlAttachment("r-1", directory.SystemControlPolicy, time.Time{})
	})
	update(t, s, orgA, func(tx directory.Tx) {
		tx.ControlPolicies().PutControlPolicy(custom)
		tx.ControlAttachments().PutControlAttachment(first, "cp-1", later)
		tx.ControlAttachments().PutControlAttachment("fd-b", "cp-1", later)
		tx.ControlAttachments().PutControlAttachment("fd-b", directory.SystemControlPolicy, later)
		tx.ControlAttachments().PutControlAttachment(second, directory.SystemControlPolicy, time.Time{})
	})
	brief := directory.ControlPolicy{ID: "cp-1", Name: "n", Description: "d", Document: "{}"}
	system := directory.ControlPolicy{ID: directory.SystemControlPolicy, System: true}
	of := func(targets ...string) []directory.ControlAttachment {
		t.Helper()
		return read(t, s, orgA, func(tx directory.Tx) ([]directory.ControlAttachment, error) {
			return tx.ControlAttachments().ControlAttachments(targets)
		})
	}
	same(t, of(first, "fd-b", second), []directory.ControlAttachment{
		{TargetID: first, Policy: brief, At: later},
		{TargetID: second, Policy: system},
		{TargetID: "fd-b", Policy: brief, At: later}, // before system: "1" before "F"
		{TargetID: "fd-b", Policy: system, At: later},
	})
	same(t, len(of("r-1")), 0)

	targets := func(f directory.ControlTargetFilter, org string) (ids []string) {
		t.Helper()
		total := int64(0)
		for _, x := range read(t, s, org, func(tx directory.Tx) (ts []directory.ControlTarget, err error) {
			ts, total, err = tx.ControlAttachments().ControlTargets(f)
			return ts, err
		}) {
			kind := map[bool]string{true: "account ", false: "folder "}[x.Account]
			if x.Root {
				kind = "root "
			}
			ids = append(ids, kind+x.ID+" "+x.Name+" "+x.At.Sub(start).String())
		}
		return append(ids, string(rune('0'+total)))
	}
	f := directory.ControlTargetFilter{PolicyID: "cp-1", Limit: 10}
	same(t, targets(f, orgA), []string{"account " + first + " Display0 1h0m0s", "folder fd-b B%_ 1h0m0s", "2"})
	same(t, targets(f, orgB), []string{"0"})
	f = directory.ControlTargetFilter{PolicyID: directory.SystemControlPolicy, Since: start.Add(time.Second), Limit: 10}
	third := account(2, "").ID
	all := []string{"folder fd-b B%_ 1h0m0s", "account " + first + " Display0 1s", "account " + third + " Display2 1s", "folder fd-a A 1s", "root r-1 root 1s", "5"}
	same(t, targets(f, orgA), all)
	same(t, targets(f, orgB), []string{"0"})
	f.Limit, f.Offset = 1, 1
	same(t, targets(f, orgA), []string{all[1], "5"})
	same(t, targets(directory.ControlTargetFilter{PolicyID: directory.SystemControlPolicy}, orgA), []string{"5"})

	update(t, s, orgA, func(tx directory.Tx) {
		tx.ControlAttachments().DeleteControlAttachment("fd-b", "cp-1")
		tx.Accounts().DeleteAccount(first)
	})
	same(t, of(first, "fd-b"), []directory.ControlAttachment{{TargetID: "fd-b", Policy: system, At: later}})
	update(t, s, orgA, func(tx directory.Tx) { tx.Folders().DeleteFolder("fd-b") })
	same(t, len(of("fd-b")), 0)
	update(t, s, orgA, func(tx directory.Tx) { tx.ControlAttachments().DeleteControlAttachments() })
	same(t, len(of(second)), 0)
	same(t, targets(directory.ControlTargetFilter{PolicyID: directory.SystemControlPolicy}, orgB), []string{"0"})
}
