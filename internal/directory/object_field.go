package directory

import "slices"

// Limits that only the ways of people have (docs/spec/records.md#fields): the
// vendors' calls have none of their own, or larger ones.
const (
	MaxContactEmail  = 100
	MaxContactLabels = 20
)

// objectFields are the fields of each kind, in the order of columns.
var objectFields = map[Kind][]ObjectField{
	ContactKind: {
		{Name: "userId", Type: TextField, Most: MaxUserID, Of: ContactField},
		{Name: "name", Type: TextField, Required: true, Most: MaxContactName, Of: NameField},
		{Name: "mobile", Type: TextField, Required: true, Personal: true, Of: MobileField},
		{Name: "email", Type: TextField, Most: MaxContactEmail, Personal: true, Of: EmailField},
		{Name: "title", Type: TextField, Most: MaxContactTitle, Of: TitleField},
		{Name: "companyName", Type: TextField, Most: MaxContactCompany, Of: CompanyField},
		{Name: "address", Type: TextField, Most: MaxContactAddress, Of: AddressField},
		{Name: "remark", Type: TextField, Most: MaxContactRemark, Lines: true, Of: RemarkField},
		{Name: "followerUserId", Type: TextField, Required: true, Reference: EmployeeKind, Of: OwnerField},
		{Name: "labelIds", Type: NumbersField, Required: true, Most: MaxContactLabels, Reference: LabelKind, Of: LabelsField},
		{Name: "shareDeptIds", Type: NumbersField, Most: MaxContactEntries, Reference: DepartmentKind, Of: SharedDepartmentsField},
		{Name: "shareUserIds", Type: TextsField, Most: MaxContactEntries, Reference: EmployeeKind, Of: SharedEmployeesField},
	},
	EmployeeKind: {
		{Name: "userId", Type: TextField, Most: MaxUserID, Of: EmployeeField},
		{Name: "name", Type: TextField, Required: true, Most: 80, Of: NameField},
		{Name: "mobile", Type: TextField, Required: true, Personal: true, Of: MobileField}, // of normal accounts
		{Name: "deptIds", Type: NumbersField, Required: true, Most: MaxEmployeeDepts, Reference: DepartmentKind, Of: DepartmentsField},
		{Name: "title", Type: TextField, Most: 200, Of: TitleField},
		{Name: "jobNumber", Type: TextField, Most: 50, Of: JobNumberField},
		{Name: "email", Type: TextField, Most: 50, Personal: true, Of: EmailField},
		{Name: "orgEmail", Type: TextField, Most: 100, Personal: true, Of: OrgEmailField},
		{Name: "telephone", Type: TextField, Most: 50, Personal: true, Of: TelephoneField},
		{Name: "workPlace", Type: TextField, Most: 100, Of: WorkPlaceField},
		{Name: "remark", Type: TextField, Most: 2000, Lines: true, Of: RemarkField},
		{Name: "managerUserId", Type: TextField, Reference: EmployeeKind, Of: ManagerField},
		{Name: "hiredDate", Type: DateField},
		{Name: "hideMobile", Type: BoolField},
		{Name: "gender", Type: TextField},
		{Name: "accountType", Type: TextField},
		{Name: "disabled", Type: BoolField},
		{Name: "admin", Type: BoolField},
		{Name: "extra", Type: ExtraField},
	},
	DepartmentKind: {
		{Name: "deptId", Type: NumberField, Of: DepartmentField},
		{Name: "name", Type: TextField, Required: true, Most: MaxDepartmentName, Of: NameField},
		{Name: "parentId", Type: NumberField, Reference: DepartmentKind, Of: ParentField},
		{Name: "order", Type: NumberField},
		{Name: "code", Type: TextField, Most: MaxDepartmentCode, Of: CodeField},
		{Name: "managerUserIds", Type: TextsField, Most: MaxDepartmentLeaders, Reference: EmployeeKind, Of: LeadersField},
		{Name: "extra", Type: ExtraField},
	},
	LabelKind: {
		{Name: "labelId", Type: NumberField},
		{Name: "name", Type: TextField, Required: true, Most: MaxLabelName, Of: NameField},
		{Name: "groupId", Type: NumberField, Reference: LabelGroupKind},
		{Name: "group", Type: TextField, Required: true, Most: MaxLabelName},
		{Name: "color", Type: NumberField},
	},
	LabelGroupKind: {
		{Name: "groupId", Type: NumberField},
		{Name: "name", Type: TextField, Required: true, Most: MaxLabelName, Of: NameField},
		{Name: "color", Type: NumberField},
	},
	MessageContactKind: {
		{Name: "contactId", Type: TextField, Most: MaxMessageContactID, Of: MessageContactField},
		{Name: "name", Type: TextField, Required: true, Most: MaxMessageContactName, Of: NameField},
		{Name: "email", Type: TextField, Required: true, Most: MaxMessageContactEmail, Personal: true, Of: EmailField},
		{Name: "phone", Type: TextField, Personal: true, Of: MobileField},
		{Name: "title", Type: TextField, Required: true, Of: TitleField},
		{Name: "messageTypes", Type: TextsField, Required: true},
		{Name: "members", Type: TextsField, Of: MemberField},
		{Name: "status", Type: TextField, ReadOnly: true}, // but kept by an import from our own export
	},
}

// Fields returns the fields of the kind in the order of columns: the id first.
// The caller must not change them.
func (k Kind) Fields() []ObjectField { return objectFields[k] }

// Field returns the field with that name.
func (k Kind) Field(name string) (f ObjectField, ok bool) {
	i := slices.IndexFunc(objectFields[k], func(f ObjectField) bool { return f.Name == name })
	if i < 0 {
		return ObjectField{}, false
	}
	return objectFields[k][i], true
}

// IDField returns the name of the field that holds an object's id.
func (k Kind) IDField() string { return objectFields[k][0].Name }

// fieldOf returns the name of the field that the core knows as of, or "".
func (k Kind) fieldOf(of Field) string {
	for _, f := range objectFields[k] {
		if f.Of == of && of != "" {
			return f.Name
		}
	}
	return ""
}
