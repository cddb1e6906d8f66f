package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func testControlPolicies(t *testing.T, s directory.Store) {
	plantTree(t, s)
	policy := func(n int) directory.ControlPolicy {
		n0 := string(rune('0' + n))
		return directory.ControlPolicy{ID: "cp-" + n0, Name: "名-" + n0, Description: "d" + n0, Document: `{"n":` + n0 + `}`,
			CreatedAt: start.Add(time.Duration(n) * time.Second), UpdatedAt: start.Add(time.Minute)}
	}
	tags := []directory.Tag{{Key: "env", Value: "test"}}
	update(t, s, orgA, func(tx directory.Tx) {
		for n := range 3 {
			p := policy(n)
			if n == 1 {
				p.Tags = tags
			}
			tx.ControlPolicies().PutControlPolicy(p)
		}
	})
	update(t, s, orgB, func(tx directory.Tx) { // the same ids and names elsewhere
		tx.ControlPolicies().PutControlPolicy(policy(1))
		tx.ControlAttachments().PutControlAttachment("fd-a", "cp-1", start)
	})
	one := func(id string) func(directory.Tx) (directory.ControlPolicy, error) {
		return func(tx directory.Tx) (directory.ControlPolicy, error) { return tx.ControlPolicies().ControlPolicy(id) }
	}
	same(t, read(t, s, orgA, one("cp-1")), policy(1))
	changed := policy(1)
	changed.Name, changed.Description, changed.Document, changed.UpdatedAt = "new", "", `{}`, start.Add(time.Hour)
	update(t, s, orgA, func(tx directory.Tx) { tx.ControlPolicies().PutControlPolicy(changed) })
	same(t, read(t, s, orgA, one("cp-1")), changed)
	same(t, read(t, s, orgB, one("cp-1")), policy(1))
	twin := policy(3)
	twin.Name = changed.Name
	if err := s.Update(bg, orgA, func(tx directory.Tx) error { tx.ControlPolicies().PutControlPolicy(twin); return nil }); !errors.Is(err, directory.ErrControlPolicyName) {
		t.Errorf("got %v, want %v", err, directory.ErrControlPolicyName)
	}
	same(t, read(t, s, orgA, func(tx directory.Tx) ([]string, error) {
		return tx.Tags().UntaggableIDs(directory.TaggedControlPolicy, []string{"cp-1", "cp-9"})
	}), []string{"cp-9"})

	list := func(f directory.ControlPolicyFilter) (ids []string) {
		t.Helper()
		total := int64(0)
		for _, p := range read(t, s, orgA, func(tx directory.Tx) (ps []directory.ControlPolicy, err error) {
			ps, total, err = tx.ControlPolicies().ControlPolicies(f)
			return ps, err
		}) {
			ids = append(ids, p.ID+"*"+string(rune('0'+p.Attachments)))
			if p.ID == "cp-1" {
				same(t, p.Tags, tags)
			}
		}
		return append(ids, string(rune('0'+total)))
	}
	update(t, s, orgA, func(tx directory.Tx) {
		tx.ControlAttachments().PutControlAttachment("fd-a", "cp-0", start)
		tx.ControlAttachments().PutControlAttachment("fd-b", "cp-0", start.Add(time.Second))
	})
	same(t, list(directory.ControlPolicyFilter{Limit: 10}), []string{"cp-2*0", "cp-1*0", "cp-0*2", "3"})
	same(t, list(directory.ControlPolicyFilter{Limit: 1, Offset: 2}), []string{"cp-0*2", "3"})
	same(t, list(directory.ControlPolicyFilter{}), []string{"3"})
	same(t, list(directory.ControlPolicyFilter{Limit: 10, Tags: matches("env", "test")}), []string{"cp-1*0", "1"})
	update(t, s, orgA, func(tx directory.Tx) { tx.ControlPolicies().DeleteControlPolicy("cp-1") })
	refused(t, s, orgA, directory.ErrControlPolicyNotFound, func(tx directory.Tx) error { _, err := one("cp-1")(tx); return err })
	same(t, len(read(t, s, orgA, func(tx directory.Tx) ([]directory.TaggedObject, error) {
		return tx.Tags().TaggedObjects(directory.TagFilter{Kind: directory.TaggedControlPolicy, Limit: 10})
	})), 0)
	same(t, read(t, s, orgB, one("cp-1")), policy(1))
}

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
