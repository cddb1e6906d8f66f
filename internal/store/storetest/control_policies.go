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
