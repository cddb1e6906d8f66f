package directory_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/storetest"
)

// Contacts that are made together obey the rules of one alone, and each sees
// those before it.
func TestContactsMadeTogether(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		gone := d.add("走了", nil)
		d.must(d.app().DeleteContact(ctx, gone))
		d.events() // those of before
		make := func(id, mobile string, change func(directory.Values)) directory.Edit {
			v := contactValues()
			if v["mobile"] = mobile; change != nil {
				change(v)
			}
			return directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, ID: id, Values: v}
		}
		edits := []directory.Edit{
			make("", "86-13900000011", nil),
			make("", "86-13900000011", nil), // that of the first
			make("", "86-13800001001", nil), // an employee's
			make("", "86-13800000001", nil), // a contact's
			make("n1", "86-13900000012", nil),
			make("n1", "86-13900000013", nil),
			make(wangFang, "86-13900000014", nil),
			make(gone, "86-13900000015", nil),
			make("", "86-13900000016", func(v directory.Values) { v["labelIds"] = []int64{1, 99} }),
			make("", "86-13900000017", func(v directory.Values) { v["followerUserId"] = "nobody" }),
			make("", "86-1", nil),
			make("", "86-13900000018", nil),
		}
		results, err := d.admin().EditObjects(ctx, edits, directory.EditOptions{Partial: true})
		d.must(err)
		var got []string
		for _, r := range results {
			if r.Err == nil {
				got = append(got, "made")
				continue
			}
			got = append(got, fmt.Sprint(rules(r.Err)))
		}
		d.same("together", got, []string{"made", "[mobile mobileTaken]", "[mobile employeeMobile]", "[mobile mobileTaken]", "made", "[userId idTaken]",
			"[userId idTaken]", "[userId idTaken]", "[labelIds labelNotFound]", "[followerUserId ownerNotFound]", "[mobile mobileInvalid]", "made"})
		if n := len(d.events()); n != 3 {
			t.Errorf("%d events, want 3", n)
		}
		stored, err := d.admin().Object(ctx, directory.ContactKind, "n1")
		d.must(err)
		if stored.Version != 1 || !slices.Equal(stored.Values.Numbers("labelIds"), []int64{1}) {
			t.Errorf("stored: %+v", stored)
		}
		_, err = d.admin().EditObjects(ctx, edits, directory.EditOptions{})
		if refused := new(directory.ObjectError); !errors.As(err, &refused) {
			t.Errorf("all or nothing: %v", err)
		}
	})
}

func TestQuotaOfContactsMadeTogether(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{MaxContacts: 3})
	var edits []directory.Edit
	for n := range 4 {
		v := contactValues()
		v["mobile"] = fmt.Sprintf("86-1390000002%d", n)
		edits = append(edits, directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, Values: v})
	}
	results, err := d.admin().EditObjects(ctx, edits, directory.EditOptions{Partial: true})
	d.must(err)
	if results[1].Err != nil || results[2].Err == nil || results[3].Err == nil {
		t.Errorf("got %v %v %v, want two made", results[1].Err, results[2].Err, results[3].Err)
	}
}
