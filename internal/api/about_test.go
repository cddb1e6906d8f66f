package api

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// What the core says of one value names the parameter that brought it, as the
// caller spelled it, and shows of the value what may be shown.
func TestErrorsAboutOneValueNameItsParameter(t *testing.T) {
	t.Parallel()
	type within struct {
		UserID, Owner string
		Labels        []int64
	}
	type input struct {
		UserID, LoginID, FolderID, Name string
		DeptID                          int64
		DeptIDs                         []int64
		Contact                         within
	}
	field := func(f directory.Field, value string, err error) error {
		return &directory.FieldError{Field: f, Value: value, Err: err}
	}
	for what, test := range map[string]struct {
		err              error
		args             string
		parameter, value string // "": none is named
	}{
		"a person":                {directory.ErrEmployeeNotFound, `{"userid":"zhangsan"}`, "userid", "z***n (8 characters)"},
		"by login id":             {directory.ErrEmployeeNotFound, `{"userid":"zhangsan","login_id":"lisi"}`, "login_id", "l***i (4 characters)"},
		"a contact":               {directory.ErrContactNotFound, `{"contact":{"user_id":"1234"}}`, "contact.user_id", "1***4 (4 characters)"},
		"a department":            {directory.ErrDepartmentNotFound, `{"dept_id":4711}`, "dept_id", "4***1 (4 characters)"},
		"departments":             {directory.ErrDepartmentNotFound, `{"dept_id_list":[1,2]}`, "dept_id_list", "list of 2"},
		"a folder":                {directory.ErrFolderNotFound, `{"FolderId":"fd-x"}`, "FolderId", "f***x (4 characters)"},
		"a name":                  {directory.ErrDepartmentExists, `{"name":"研发部"}`, "name", "研***部 (3 characters)"},
		"nothing that was sent":   {directory.ErrDepartmentNotFound, `{"userid":"zhangsan"}`, "", ""},
		"about no one value":      {directory.ErrEmployeeFollows, `{"userid":"zhangsan"}`, "", ""},
		"its own field":           {field(directory.OwnerField, "nobody", directory.ErrEmployeeNotFound), `{"contact":{"user_id":"1","follower_userid":"nobody"}}`, "contact.follower_userid", "n***y (6 characters)"},
		"another spelling":        {field(directory.OwnerField, "nobody", directory.ErrEmployeeNotFound), `{"contact":{"follower_user":"nobody"}}`, "contact.follower_user", "n***y (6 characters)"},
		"within the text of JSON": {field(directory.OwnerField, "nobody", directory.ErrEmployeeNotFound), `{"contact":"{\"follower_user\":\"nobody\"}"}`, "contact.follower_user", "n***y (6 characters)"},
		"an entry":                {field(directory.LabelsField, "4711", directory.ErrLabelNotFound), `{"contact":{"label_ids":[1,1,4711]}}`, "contact.label_ids[2]", "4***1 (4 characters)"},
		"an entry of a text":      {field(directory.LabelsField, "4711", directory.ErrLabelNotFound), `{"contact":{"label_ids":"[1,4711]"}}`, "contact.label_ids[1]", "4***1 (4 characters)"},
		"a field of no parameter": {field(directory.OperatorField, "nobody", directory.ErrEmployeeNotFound), `{"userid":"zhangsan"}`, "", ""},
	} {
		code := &Code{Code: "1", Cause: test.err}
		if f := new(directory.FieldError); errors.As(test.err, &f) {
			code.Cause = f.Err
		}
		op := Op[input, input]{
			In: func(in *input) Fields {
				return Fields{
					String("userid", &in.UserID).Brings(directory.EmployeeField), String("login_id", &in.LoginID).Brings(directory.LoginField),
					String("FolderId", &in.FolderID).Brings(directory.FolderField), String("name", &in.Name).Brings(directory.NameField),
					Int("dept_id", &in.DeptID).Brings(directory.DepartmentField), Ints("dept_id_list", &in.DeptIDs).Brings(directory.DepartmentsField),
					Object("contact", &in.Contact, func(c *within) Fields {
						return Fields{
							String("user_id", &c.UserID).Brings(directory.ContactField), Ints("label_ids", &c.Labels).Brings(directory.LabelsField),
							String("follower_userid", &c.Owner).Alias("follower_user_id", "follower_user").Brings(directory.OwnerField),
						}
					}),
				}
			},
			Codes: []*Code{code},
			Do: func(context.Context, *directory.Session, *input) (*input, error) {
				return nil, fmt.Errorf("do: %w", test.err)
			},
		}.Operation()
		args, err := ParseJSON([]byte(test.args))
		if err != nil {
			t.Fatal(err)
		}
		_, err = op.Call(t.Context(), nil, args, Reading{JSONText: true})
		a := new(ArgumentError)
		if named := errors.As(err, &a); named != (test.parameter != "") || a.Parameter != test.parameter || a.Value.En != test.value ||
			named && (a.Code != code || a.Rule.Zh == "" || a.Rule.En == "") {
			t.Errorf("%s: got %v %+v, want %q with %q", what, err, a, test.parameter, test.value)
		}
	}
}

// A call for tokens has no app yet whose key a fault could name.
func TestRefusedAddressNamesWhatIsKnown(t *testing.T) {
	t.Parallel()
	code := Errcode("60020")
	for key, want := range map[string]string{"": "访问ip不在白名单之中,request ip=192.0.2.1", "ding1": "访问ip不在白名单之中,request ip=192.0.2.1 appKey(ding1)"} {
		if got := (&Refused{AppKey: key, Address: "192.0.2.1"}).Text(code); got != want {
			t.Errorf("key %q: got %s, want %s", key, got, want)
		}
	}
}
