package directory_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// overtaken refuses its first update when all is written, as a store does that
// finds what another process has committed just before.
type overtaken struct {
	directory.Store
	once      sync.Once
	meanwhile func() error
	err       error
}

func (o *overtaken) Update(ctx context.Context, org string, fn func(directory.Tx) error) error {
	refuse := false
	o.once.Do(func() { refuse = true })
	if !refuse {
		return o.Store.Update(ctx, org, fn)
	}
	err := o.Store.Update(ctx, org, func(tx directory.Tx) error { return errors.Join(fn(tx), o.err) })
	return errors.Join(err, o.meanwhile())
}

// TestEditsThatAreOvertaken: an edit that another one has overtaken when it is
// written is refused by its rule, as if it had come later.
func TestEditsThatAreOvertaken(t *testing.T) {
	t.Parallel()
	contact := func(mobile, owner string) directory.Edit {
		return directory.Edit{Kind: directory.ContactKind, Do: directory.CreateObject, Values: directory.Values{"name": "周杰", "mobile": mobile,
			"followerUserId": owner, "labelIds": []int64{2}}}
	}
	employee := func(id, mobile string) directory.Edit {
		return directory.Edit{Kind: directory.EmployeeKind, Do: directory.CreateObject, ID: id, Values: directory.Values{"name": "周杰", "mobile": mobile, "deptIds": []int64{1}}}
	}
	department := directory.Edit{Kind: directory.DepartmentKind, Do: directory.CreateObject, Values: directory.Values{"name": "新"}}
	label := directory.Edit{Kind: directory.LabelKind, Do: directory.CreateObject, Values: directory.Values{"name": "新", "group": "新组"}}
	change := directory.Edit{Kind: directory.ContactKind, Do: directory.ChangeObject, ID: zhangSan, Values: directory.Values{"mobile": "86-13900009001"}}
	remove := func(kind directory.Kind, id string) directory.Edit {
		return directory.Edit{Kind: kind, Do: directory.RemoveObject, ID: id}
	}
	for name, c := range map[string]struct {
		slow, fast directory.Edit
		store      error
		want       string
	}{
		"mobile of a contact":   {contact("86-13900009001", wangFang), contact("86-13900009001", wangFang), directory.ErrContactExists, "mobile mobileTaken"},
		"another mobile":        {change, contact("86-13900009001", wangFang), directory.ErrMobileTaken, "mobile mobileTaken"},
		"mobile of an employee": {employee("", "86-13900009001"), employee("", "86-13900009001"), directory.ErrEmployeeMobile, "mobile mobileTaken"},
		"id of an employee":     {employee("zhou", "86-13900009001"), employee("zhou", "86-13900009002"), directory.ErrEmployeeExists, "userId idTaken"},
		"name of a department":  {department, department, directory.ErrDepartmentExists, "name nameTaken"},
		"name of a label":       {label, label, directory.ErrLabelExists, "name nameTaken"},
		"label that is gone":    {contact("86-13900009001", wangFang), remove(directory.LabelKind, "2"), directory.ErrLabelNotFound, "labelIds labelNotFound"},
		"owner who is gone":     {contact("86-13900009001", "023420013644"), remove(directory.EmployeeKind, "023420013644"), directory.ErrEmployeeNotFound, "followerUserId ownerNotFound"},
		"object that is gone":   {change, remove(directory.ContactKind, zhangSan), directory.ErrContactNotFound, ""},
		"anything else":         {contact("86-13900009001", wangFang), contact("86-13900009001", wangFang), directory.ErrConflict, "mobile mobileTaken"},
	} {
		t.Run(name, func(t *testing.T) {
			overlapping(t, func(p *pair) {
				slow := p.open(&overtaken{Store: p.store, err: c.store, meanwhile: func() error {
					_, err := session(p.fast).EditObject(context.Background(), c.fast)
					return err
				}})
				_, err := session(slow).EditObject(context.Background(), c.slow)
				if c.want == "" && errors.Is(err, c.store) {
					return
				}
				if err == nil || len(rules(err)) != 1 || rules(err)[0] != c.want {
					t.Errorf("got %v, want %s", err, c.want)
				}
			})
		})
	}
}
