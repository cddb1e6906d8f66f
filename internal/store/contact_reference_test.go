package store

import (
	"errors"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// A contact cannot be changed to refer to something that another process
// deletes meanwhile. Old references are the deletion's responsibility.
func TestContactRefersToNothingDeleted(t *testing.T) {
	t.Parallel()
	s := mustOpen(t, postgresOptions(t))
	other := directory.Contact{ID: "1", Name: "张三", FollowerID: "u1", StateCode: "86", Mobile: "13800000001", LabelIDs: []int64{1}}
	err := s.Update(ctx, "ding1", func(tx directory.Tx) error {
		for _, id := range []string{"u1", "u2"} {
			tx.Employees().InsertEmployee(directory.Employee{UserID: id, Name: "陈静", AccountType: directory.AccountNormal})
		}
		tx.Labels().PutLabelGroup(directory.LabelGroup{ID: 1, Labels: []directory.Label{{ID: 1, Name: "一"}, {ID: 2, Name: "二"}}}, 0)
		tx.Contacts().InsertContact(other)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for want, c := range map[error]struct {
		remove func(directory.Tx)
		change func(*directory.Contact)
	}{
		directory.ErrEmployeeNotFound: {
			func(tx directory.Tx) { tx.Employees().DeleteEmployee(directory.Employee{UserID: "u2"}) },
			func(c *directory.Contact) { c.FollowerID = "u2" },
		},
		directory.ErrLabelNotFound: {
			func(tx directory.Tx) {
				tx.Labels().PutLabelGroup(directory.LabelGroup{ID: 1, Labels: []directory.Label{{ID: 1, Name: "一"}}}, 0)
			},
			func(c *directory.Contact) { c.LabelIDs = []int64{1, 2} },
		},
	} {
		err := s.Update(ctx, "ding1", func(tx directory.Tx) error {
			before, missing, err := tx.Contacts().ContactWithReferences("1", directory.References{UserIDs: []string{"u1", "u2"}, LabelIDs: []int64{1, 2}})
			if err != nil {
				return err
			}
			if n := len(missing.UserIDs) + len(missing.LabelIDs); n > 1 { // deleted by the case before
				t.Errorf("%d are missing before anything was deleted in this case: %v", n, missing)
			}
			gone := make(chan error, 1)
			go func() {
				gone <- s.Update(ctx, "ding1", func(tx directory.Tx) error { c.remove(tx); return nil })
			}()
			if err := <-gone; err != nil {
				return err
			}
			after := before
			c.change(&after)
			tx.Contacts().UpdateContact(before, after)
			return nil
		})
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}
