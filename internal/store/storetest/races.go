package storetest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

const callers = 64

var errOwn = errors.New("the function's own error")

func testRollback(t *testing.T, s directory.Store) {
	err := s.Update(bg, orgA, func(tx directory.Tx) error {
		tx.InsertContact(contact(1))
		return fmt.Errorf("wrapped: %w", errOwn)
	})
	if !errors.Is(err, errOwn) {
		t.Errorf("got %v, want %v", err, errOwn)
	}
	update(t, s, orgA, func(tx directory.Tx) { tx.InsertContact(contact(2)) })
	err = s.Update(bg, orgA, func(tx directory.Tx) error { // the second write is refused
		tx.InsertDepartment(directory.Department{ID: 5})
		c := contact(3)
		c.Mobile = contact(2).Mobile
		tx.InsertContact(c)
		tx.InsertAudit(directory.AuditEntry{Org: orgA, Noun: "contact", Object: "3", Time: start})
		return nil
	})
	if !errors.Is(err, directory.ErrContactExists) {
		t.Errorf("got %v, want %v", err, directory.ErrContactExists)
	}
	view(t, s, orgA, func(tx directory.Tx) error {
		missing, err := tx.MissingDepartments([]int64{5})
		same(t, missing, []int64{5})
		es, err2 := tx.Audit(directory.AuditFilter{Limit: 10})
		same(t, len(es), 0)
		cs, err3 := tx.ContactsAfter(0, 10)
		same(t, len(cs), 1)
		return errors.Join(err, err2, err3)
	})
	if err := s.View(bg, orgA, func(tx directory.Tx) error {
		tx.InsertDepartment(directory.Department{ID: 5})
		return nil
	}); err == nil {
		t.Error("write in a view: got no error, want one")
	}
}

// testReadAfterWrite checks that a read never sees the writes of its own
// function; a store may refuse it.
func testReadAfterWrite(t *testing.T, s directory.Store) {
	_ = s.Update(bg, orgA, func(tx directory.Tx) error {
		tx.InsertDepartment(directory.Department{ID: 1, Name: "new"})
		if d, err := tx.Department(1); err == nil {
			t.Errorf("read after write: got %+v, want an error", d)
		}
		return nil
	})
}

// race runs fn on all callers at once.
func race(fn func(n int)) {
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for n := range callers {
		wg.Go(func() {
			<-gate
			fn(n)
		})
	}
	close(gate)
	wg.Wait()
}

// oneWins runs fn on all callers: one succeeds, the others get lost.
func oneWins(t *testing.T, lost error, fn func(n int) error) {
	t.Helper()
	var won atomic.Int64
	race(func(n int) {
		switch err := fn(n); {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, lost):
			t.Errorf("got %v, want %v", err, lost)
		}
	})
	if got := won.Load(); got != 1 {
		t.Errorf("got %d successes, want 1", got)
	}
}

func testPhoneRace(t *testing.T, s directory.Store) {
	for round := range 3 {
		oneWins(t, directory.ErrContactExists, func(n int) error {
			return s.Update(bg, orgA, func(tx directory.Tx) error {
				c := contact(1000*round + n)
				c.Mobile = fmt.Sprint("1390000", round)
				tx.InsertContact(c)
				tx.InsertAudit(directory.AuditEntry{Org: orgA, Noun: "contact", Object: c.ID, Time: start})
				return nil
			})
		})
	}
	view(t, s, orgA, func(tx directory.Tx) error {
		cs, err := tx.ContactsAfter(0, 100)
		same(t, len(cs), 3)
		es, err2 := tx.Audit(directory.AuditFilter{Limit: 1000})
		same(t, len(es), 3)
		return errors.Join(err, err2)
	})
}

func testNameRace(t *testing.T, s directory.Store) {
	for round := range 3 {
		oneWins(t, directory.ErrMessageContactName, func(n int) error {
			return s.Update(bg, orgA, func(tx directory.Tx) error {
				_, holder, err := tx.MessageContactForUpdate("", fmt.Sprint("tom", round))
				if holder != "" {
					return directory.ErrMessageContactName
				}
				if !errors.Is(err, directory.ErrMessageContactNotFound) {
					return err
				}
				tx.InsertMessageContact(directory.MessageContact{ID: fmt.Sprintf("c-%d-%d", round, n), Name: fmt.Sprint("tom", round), CreatedAt: start})
				return nil
			})
		})
	}
	same(t, read(t, s, orgA, directory.Tx.CountMessageContacts), int64(3))
}

// testConcurrentUpdates checks that no change is lost when all callers change
// one contact, and that its history is in the order of its changes.
func testConcurrentUpdates(t *testing.T, s directory.Store) {
	const rounds = 4
	c := contact(1)
	c.Remark = ptr("")
	c.LabelIDs = nil
	update(t, s, orgA, func(tx directory.Tx) { tx.InsertContact(c) })
	race(func(n int) {
		for round := range rounds {
			err := s.Update(bg, orgA, func(tx directory.Tx) error {
				before, _, err := tx.ContactWithReferences(c.ID, directory.References{})
				if err != nil {
					return err
				}
				after := before
				after.Remark = ptr(*before.Remark + "x")
				after.LabelIDs = append([]int64{int64(n*rounds + round)}, before.LabelIDs...)
				tx.UpdateContact(before, after)
				tx.InsertAudit(directory.AuditEntry{Org: orgA, Noun: "contact", Object: c.ID, Action: "update", Time: start,
					After: fmt.Appendf(nil, "%d", len(*after.Remark))})
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
	got := read(t, s, orgA, getContact(c.ID))
	same(t, len(*got.Remark), callers*rounds)
	same(t, len(got.LabelIDs), callers*rounds)
	es := read(t, s, orgA, func(tx directory.Tx) ([]directory.AuditEntry, error) {
		return tx.Audit(directory.AuditFilter{Limit: 1000})
	})
	same(t, len(es), callers*rounds)
	for i, e := range es {
		if want := fmt.Sprint(len(es) - i); string(e.After) != want {
			t.Fatalf("entry %d: got %s, want %s", i, e.After, want)
		}
	}
}

// testConsistentView changes two contacts together while views read both.
func testConsistentView(t *testing.T, s directory.Store) {
	a, b := contact(1), contact(2)
	update(t, s, orgA, func(tx directory.Tx) { tx.InsertContact(a); tx.InsertContact(b) })
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				view(t, s, orgA, func(tx directory.Tx) error {
					one, err := tx.Contact(a.ID)
					two, err2 := tx.Contact(b.ID)
					if one.Name != two.Name {
						t.Errorf("got %q and %q, want one state", one.Name, two.Name)
					}
					return errors.Join(err, err2)
				})
			}
		})
	}
	for n := range 50 {
		update(t, s, orgA, func(tx directory.Tx) {
			was, wasToo := mustContact(t, tx, a.ID), mustContact(t, tx, b.ID)
			one, two := was, wasToo
			one.Name, two.Name = fmt.Sprint("n", n), fmt.Sprint("n", n)
			tx.UpdateContact(was, one)
			tx.UpdateContact(wasToo, two)
		})
	}
	close(done)
	wg.Wait()
}

func mustContact(t *testing.T, tx directory.Tx, id string) directory.Contact {
	t.Helper()
	c, err := tx.Contact(id)
	if err != nil {
		t.Error(err)
	}
	return c
}

// testOrdinals creates contacts on all callers while a reader follows the end
// of the list. The reader misses none, so none appeared before its position.
func testOrdinals(t *testing.T, s directory.Store) {
	var finished atomic.Bool
	seen := map[string]bool{}
	walked := make(chan struct{})
	go func() {
		defer close(walked)
		last := int64(0)
		for {
			end := finished.Load()
			var cs []directory.Contact
			err := s.View(bg, orgA, func(tx directory.Tx) (err error) {
				cs, err = tx.ContactsAfter(last, 7)
				return err
			})
			if err != nil {
				t.Error(err)
				return
			}
			for _, c := range cs {
				last, seen[c.ID] = c.Ordinal, true
			}
			if end && len(cs) == 0 {
				return
			}
		}
	}()
	race(func(n int) {
		for i := range 3 {
			if err := s.Update(bg, orgA, func(tx directory.Tx) error {
				tx.InsertContact(contact(n*3 + i))
				return nil
			}); err != nil {
				t.Error(err)
			}
		}
	})
	finished.Store(true)
	<-walked
	same(t, len(seen), callers*3)
}

// testFirstCall reads while the first row of an organisation is written.
func testFirstCall(t *testing.T, s directory.Store) {
	for round := range 10 {
		org := fmt.Sprint("dingnew", round)
		race(func(n int) {
			var err error
			if n == 0 {
				err = s.Update(bg, org, func(tx directory.Tx) error { tx.InsertContact(contact(1)); return nil })
			} else {
				err = s.View(bg, org, func(tx directory.Tx) error {
					cs, err := tx.ContactsAfter(0, 10)
					if err != nil || len(cs) == 0 {
						return err
					}
					_, err = tx.ContactByPhone(contact(1).Phone())
					return err
				})
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// testLabelsStay renames a group's labels while calls check that they exist.
func testLabelsStay(t *testing.T, s directory.Store) {
	group := func(n int) directory.LabelGroup {
		return directory.LabelGroup{ID: 1, Labels: []directory.Label{
			{ID: 1, GroupID: 1, Name: fmt.Sprint("a", n)}, {ID: int64(100 + n), GroupID: 1}, {ID: 2, GroupID: 1, Name: fmt.Sprint("b", n)}}}
	}
	update(t, s, orgA, func(tx directory.Tx) { tx.PutLabelGroup(group(0), 0) })
	race(func(n int) {
		err := s.Update(bg, orgA, func(tx directory.Tx) error {
			if n%8 == 0 {
				tx.PutLabelGroup(group(n), 0)
				return nil
			}
			_, missing, err := tx.ContactWithReferences("", directory.References{LabelIDs: []int64{1, 2}})
			if len(missing.LabelIDs) > 0 {
				t.Errorf("got missing labels %v, want none", missing.LabelIDs)
			}
			tx.InsertDepartment(directory.Department{ID: int64(n)})
			return err
		})
		if err != nil {
			t.Error(err)
		}
	})
}

func testQuota(t *testing.T, s directory.Store) {
	const most = 10
	errFull := errors.New("full")
	update(t, s, orgA, func(tx directory.Tx) {
		tx.PutResourceDirectory(directory.ResourceDirectory{ID: "rd-1", CreatedAt: start})
	})
	race(func(n int) {
		err := s.Update(bg, orgA, func(tx directory.Tx) error {
			if have, err := tx.CountMessageContacts(); err != nil || have >= most {
				return errors.Join(err, errFull)
			}
			tx.InsertMessageContact(directory.MessageContact{ID: fmt.Sprint("c-", n), Name: fmt.Sprint("n", n), CreatedAt: start})
			return nil
		})
		if err != nil && !errors.Is(err, errFull) {
			t.Error(err)
		}
	})
	same(t, read(t, s, orgA, directory.Tx.CountMessageContacts), int64(most))
}

func testNonces(t *testing.T, s directory.Store) {
	expires := time.Now().Add(time.Hour)
	var fresh atomic.Int64
	race(func(int) {
		ok, err := s.UseNonce(bg, "key1", "nonce1", expires)
		if err != nil {
			t.Error(err)
		}
		if ok {
			fresh.Add(1)
		}
	})
	same(t, fresh.Load(), int64(1))
	ok, err := s.UseNonce(bg, "key2", "nonce1", expires)
	if err != nil || !ok {
		t.Errorf("the same nonce of another key: got %v, %v; want true", ok, err)
	}
}
