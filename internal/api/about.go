package api

import (
	"errors"
	"slices"
	"strconv"

	"github.com/mingce/mingce/internal/directory"
)

// saying gives the rule behind an error of the core about one value.
type saying struct {
	err    error
	of     directory.Field   // set if the error must be about this field
	rule   Text              // for log and error page
	found  string            // see [ArgumentError.Found]
	fields []directory.Field // candidates if the error does not name its field: the first one in the call
}

// sayings are searched in order. An error without an entry is not about a
// single value.
var sayings = []saying{
	{err: directory.ErrLabelNotFound, rule: Text{"标签须存在", "the label must exist"}},
	{err: directory.ErrEmployeeNotFound, rule: Text{"员工须存在", "the employee must exist"},
		fields: []directory.Field{directory.LoginField, directory.EmployeeField, directory.MobileField, directory.UnionIDField, directory.EmployeesField}},
	{err: directory.ErrOutOfScope, rule: inRange,
		fields: []directory.Field{directory.LoginField, directory.EmployeeField, directory.MobileField, directory.UnionIDField, directory.OwnerField}},
	{err: directory.ErrUserIDForm, rule: Text{"须由可见字符组成，且不超长", "must be of characters that can be seen, and not too long"}, fields: []directory.Field{directory.EmployeeField}},
	{err: directory.ErrEmployeeExists, rule: Text{"不得与已有的员工或外部联系人相同", "must not be that of another employee or external contact"}, fields: []directory.Field{directory.EmployeeField}},
	{err: directory.ErrEmployeeMobile, rule: othersEmployee, fields: []directory.Field{directory.MobileField}},
	{err: directory.ErrEmployeeTelephone, rule: othersEmployee, fields: []directory.Field{directory.TelephoneField}},
	{err: directory.ErrEmployeeManager, rule: Text{"须为本企业的员工", "must be an employee of the organisation"}, fields: []directory.Field{directory.ManagerField}},
	{err: directory.ErrEmployeeText, of: directory.LoginField,
		rule: Text{"首尾不能有空白，不能含控制字符或不可见字符", "no blanks at its ends, no control or invisible characters"}},
	{err: directory.ErrEmployeeMail, rule: MailRule},
	{err: directory.ErrMobileInvalid, rule: Text{"手机号码，形如 13900001234 或 +852-61239999", "a mobile like 13900001234 or +852-61239999"}},
	{err: directory.ErrLoginIDTaken, rule: Text{"不得与其他账号相同", "must not be another account's"}, fields: []directory.Field{directory.LoginField}},
	{err: directory.ErrParentNotFound, rule: Text{"父部门须存在", "the parent department must exist"}, fields: []directory.Field{directory.ParentField}},
	{err: directory.ErrDepartmentNotFound, rule: Text{"部门须存在", "the department must exist"}, fields: []directory.Field{directory.DepartmentField, directory.DepartmentsField}},
	{err: directory.ErrDepartmentOutOfRange, rule: inRange, fields: []directory.Field{directory.DepartmentField, directory.DepartmentsField, directory.ParentField}},
	{err: directory.ErrDepartmentExists, rule: Text{"父部门下不得有同名部门", "the parent must have no department of this name"}, fields: []directory.Field{directory.NameField}},
	{err: directory.ErrDepartmentName, rule: nameRule, fields: []directory.Field{directory.NameField}},
	{err: directory.ErrEmployeeName, rule: nameRule, fields: []directory.Field{directory.NameField}},
	{err: directory.ErrContactName, rule: nameRule, fields: []directory.Field{directory.NameField}},
	{err: directory.ErrContactNotFound, rule: Text{"外部联系人须存在", "the external contact must exist"}, fields: []directory.Field{directory.ContactField}},
	{err: directory.ErrContactMobile, of: directory.CountryField, rule: Text{"已分配的国家码，如 86", "a country code that is assigned, like 86"}},
	{err: directory.ErrContactMobile, rule: Textf("该国家的号码，%d 至 %d 位数字", "a number of that country, %d to %d digits", directory.MinPhoneDigits, directory.MaxPhoneDigits)},
	{err: directory.ErrMessageContactNotFound, rule: Text{"消息联系人须存在", "the message contact must exist"}, fields: []directory.Field{directory.MessageContactField}},
	{err: directory.ErrMessageContactName, rule: Text{"不得与其他消息联系人同名", "must not be another message contact's"}, fields: []directory.Field{directory.NameField}},
	{err: directory.ErrFolderNotFound, rule: Text{"资源夹须存在", "the folder must exist"}, fields: []directory.Field{directory.FolderField, directory.ParentField}},
	{err: directory.ErrFolderName, rule: Text{"同一父资源夹下不得同名", "must not be another folder's under the same parent"}, fields: []directory.Field{directory.NameField}},
	{err: directory.ErrAccountNotFound, rule: Text{"账号须存在", "the account must exist"}, fields: []directory.Field{directory.MemberField}},
	{err: directory.ErrAccountDisplayName, rule: Text{"不得与其他账号的显示名相同", "must not be another account's"}, fields: []directory.Field{directory.DisplayNameField}},
	{err: directory.ErrGrantTarget, rule: Text{"须存在", "must exist"}, found: "not found"},
	{err: directory.ErrGrantOperator, rule: Text{"须为在职员工", "must be an active employee"}, found: "not an active employee"},
}

// MailRule is [directory.IsMail] in words.
var MailRule = Text{Zh: "一个 local@domain 形式的地址", En: "one address of the form local@domain"}

var (
	inRange        = Text{"须在应用的授权范围内", "must be in the app's range"}
	othersEmployee = Text{"不得与其他员工相同", "must not be another employee's"}
	nameRule       = Text{"须为一行可见文字，且不超长", "must be one line that can be seen, and not too long"}
)

// named turns the core's error about a value into the error of the parameter
// that carried it, spelled as the caller spelled it.
func (o *Operation) named(err error, args Value, r Reading) error {
	code := o.CodeOf(err)
	if code == nil || code.Detail != nil {
		return err
	}
	f := new(directory.FieldError)
	if !errors.As(err, &f) {
		return o.about(err, code, args, r)
	}
	at := o.brought(f.Field, args, r)
	if at == nil {
		return err
	}
	e := &ArgumentError{Parameter: at.parameter + at.entry(f.Value, r), Code: code, Value: maskText(f.Value)}
	e.Rule, e.Found = said(f)
	return e
}

// said returns the rule behind the core's error, and what was found instead.
func said(f *directory.FieldError) (rule Text, found string) {
	switch {
	case f.Most > 0 && f.Value == "":
		return MostEntries(f.Most), ""
	case f.Most > 0:
		return Textf("最多 %d 个字符", "at most %d characters", f.Most), ""
	}
	for _, s := range sayings {
		if errors.Is(f, s.err) && (s.of == "" || s.of == f.Field) {
			return s.rule, s.found
		}
	}
	return Text{}, f.Err.Error()
}

// about is named for an error that does not name its field.
func (o *Operation) about(err error, code *Code, args Value, r Reading) error {
	for _, s := range sayings {
		if !errors.Is(err, s.err) || !errors.Is(code.Cause, s.err) {
			continue
		}
		for _, field := range s.fields {
			if at := o.brought(field, args, r); at != nil && !isEmpty(at.value) {
				return &ArgumentError{Parameter: at.parameter, Code: code, Rule: s.rule, Value: mask(at.value)}
			}
		}
	}
	return err
}

// place is a parameter of a call with its value.
type place struct {
	parameter string // path as the caller spelled it
	value     Value
	list      bool
}

// brought finds the parameter that carries a field of the core; among several,
// the first one in the call. It returns nil if the operation has none.
func (o *Operation) brought(field directory.Field, args Value, r Reading) *place {
	return brought(o.inputs(), field, args, r, "")
}

func brought(fields Fields, field directory.Field, args Value, r Reading, path string) (absent *place) {
	for i := range fields {
		f := &fields[i]
		v, name := f.given(args, r)
		at := &place{path + name, v, f.Kind == StringsKind || f.Kind == IntsKind}
		if f.Kind == ObjectKind {
			inner, _ := readObjectValue(v, r)
			if at = brought(f.Children(), field, inner, r, path+name+"."); at == nil {
				continue
			}
		} else if f.brings != field {
			continue
		}
		if !isEmpty(at.value) {
			return at
		}
		if absent == nil {
			absent = at
		}
	}
	return absent
}

// entry returns the index of the refused list entry, or "".
func (p *place) entry(refused string, r Reading) string {
	if !p.list || refused == "" {
		return ""
	}
	items, _ := listOf(p.value, r)
	i := slices.IndexFunc(items, func(item Value) bool { return item.Text == refused })
	if i < 0 {
		return ""
	}
	return "[" + strconv.Itoa(i) + "]"
}
