package api

import (
	"errors"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// about says which parameter an error of the core is about that knows but one value:
// the first of these that the call has and gave. Names are compared without regard
// to case and underscores, which differ between the faces.
var about = []struct {
	err        error
	parameters []string
}{
	{directory.ErrEmployeeNotFound, []string{"loginid", "userid", "mobile", "unionid", "useridlist"}},
	{directory.ErrOutOfScope, []string{"loginid", "userid", "mobile", "unionid"}},
	{directory.ErrUserIDForm, []string{"userid"}},
	{directory.ErrEmployeeExists, []string{"userid"}},
	{directory.ErrEmployeeMobile, []string{"mobile", "exclusivemobile"}},
	{directory.ErrEmployeeTelephone, []string{"telephone"}},
	{directory.ErrEmployeeManager, []string{"manageruserid"}},
	{directory.ErrLoginIDTaken, []string{"loginid"}},
	{directory.ErrParentNotFound, []string{"parentid"}},
	{directory.ErrDepartmentNotFound, []string{"deptid", "id", "deptidlist"}},
	{directory.ErrDepartmentOutOfRange, []string{"deptid", "id", "deptidlist", "parentid"}},
	{directory.ErrDepartmentExists, []string{"name"}},
	{directory.ErrDepartmentName, []string{"name"}},
	{directory.ErrEmployeeName, []string{"name"}},
	{directory.ErrContactName, []string{"name"}},
	{directory.ErrContactNotFound, []string{"userid"}},
	{directory.ErrMessageContactNotFound, []string{"contactid"}},
	{directory.ErrMessageContactName, []string{"name"}},
	{directory.ErrFolderNotFound, []string{"folderid", "destinationfolderid", "parentfolderid"}},
	{directory.ErrFolderName, []string{"foldername", "newfoldername"}},
	{directory.ErrAccountNotFound, []string{"accountid"}},
	{directory.ErrAccountDisplayName, []string{"displayname", "newdisplayname"}},
}

// RulesAboutOne are the rules that refusals of one parameter say in the core's words.
func RulesAboutOne() (rules []string) {
	for _, a := range about {
		rules = append(rules, a.err.Error())
	}
	return rules
}

// aboutOne returns the refusal of the one parameter that err is about, or nil.
func (o *Operation) aboutOne(err error, code *Code, args Value) *ArgumentError {
	for _, a := range about {
		if !errors.Is(err, a.err) || !errors.Is(code.Cause, a.err) {
			continue
		}
		fields := o.inputs()
		for _, name := range a.parameters {
			if parameter, v := given(fields, name, args, ""); parameter != "" {
				return &ArgumentError{Parameter: parameter, Code: code, Rule: a.err.Error(), Value: mask(v)}
			}
		}
	}
	return nil
}

// given finds the parameter of that name, also within objects, and what the call gave.
func given(fields Fields, name string, args Value, path string) (parameter string, v Value) {
	for i := range fields {
		f := &fields[i]
		v := f.value(args)
		switch {
		case isEmpty(v):
		case strings.ToLower(strings.ReplaceAll(f.Name, "_", "")) == name:
			return path + f.Name, v
		case f.Kind == ObjectKind && v.Kind == ObjectValue:
			if parameter, v := given(f.Children(), name, v, path+f.Name+"."); parameter != "" {
				return parameter, v
			}
		}
	}
	return "", Value{}
}
