package directory

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// Field names a value of a noun, or a kind of values, in the core's own words.
// Operations declare which parameter carries which field.
type Field string

// The fields that errors are about.
const (
	NameField        Field = "name"
	DisplayNameField Field = "display name"
	MobileField      Field = "mobile"
	CountryField     Field = "country code"
	TitleField       Field = "title"
	RemarkField      Field = "remark"

	ContactField           Field = "external contact"
	OwnerField             Field = "owner"
	LabelsField            Field = "labels"
	SharedDepartmentsField Field = "shared departments"
	SharedEmployeesField   Field = "shared employees"
	CompanyField           Field = "company"
	AddressField           Field = "address"

	EmployeeField      Field = "employee"
	EmployeesField     Field = "employees"
	UnionIDField       Field = "union id"
	LoginField         Field = "login id"
	NicknameField      Field = "nickname"
	AvatarField        Field = "avatar"
	EmailField         Field = "mail address"
	OrgEmailField      Field = "business mail address"
	LoginEmailField    Field = "mail address to log in with"
	TelephoneField     Field = "telephone"
	JobNumberField     Field = "job number"
	WorkPlaceField     Field = "place of work"
	ManagerField       Field = "manager"
	PositionsField     Field = "positions"
	ExtensionField     Field = "extension"
	ExtensionI18nField Field = "extension in other languages"
	ExtAttrsField      Field = "extension attributes"

	DepartmentField  Field = "department"
	DepartmentsField Field = "departments"
	ParentField      Field = "parent"
	SourceField      Field = "source identifier"
	CodeField        Field = "code"
	LeadersField     Field = "leaders"

	RecipientsField Field = "recipients"
	OperatorField   Field = "operator"

	MessageContactField Field = "message contact"
	FolderField         Field = "folder"
	MemberField         Field = "member account"
)

// FieldError names the value of a noun that a rule refused. It wraps one of the
// core's errors.
type FieldError struct {
	Field Field
	Value string // the refused text or list entry; "" if there are too many entries; callers show it masked
	Most  int    // how many characters or entries there may be; 0 if that is not the rule
	Err   error  // the rule
}

func (e *FieldError) Error() string {
	if e.Most > 0 {
		return fmt.Sprintf("%s: %v: at most %d", e.Field, e.Err, e.Most)
	}
	return fmt.Sprintf("%s: %v", e.Field, e.Err)
}

func (e *FieldError) Unwrap() error { return e.Err }

// bound is a text of a noun and its maximal length.
type bound struct {
	field Field
	text  string
	most  int
	err   error
}

// checkBounds returns the error of the first text that is too long, unless the
// text is unchanged: a row that was stored under other rules can still be
// changed in its other fields.
func checkBounds(before, after []bound) error {
	for _, b := range after {
		if utf8.RuneCountInString(b.text) > b.most && !slices.Contains(before, b) {
			return &FieldError{Field: b.field, Value: b.text, Most: b.most, Err: b.err}
		}
	}
	return nil
}

// Limits of all mail addresses (docs/spec/dingtalk.md#mail-addresses).
const (
	maxMailLocal  = 64
	maxMailDomain = 253
	maxMailLabel  = 63
)

// IsMail reports whether a text is one bare mail address, local@domain: atoms
// with single dots between them, at most 64 characters, and a domain of two
// labels or more in ASCII. An internationalised domain is written as its
// A-label.
func IsMail(address string) bool {
	local, domain, ok := strings.Cut(address, "@")
	if !ok || local == "" || len(local) > maxMailLocal || len(domain) > maxMailDomain {
		return false
	}
	for _, atom := range strings.Split(local, ".") {
		if atom == "" || strings.IndexFunc(atom, func(r rune) bool { return !isLetterOrDigit(r) && !strings.ContainsRune("!#$%&'*+-/=?^_`{|}~", r) }) >= 0 {
			return false
		}
	}
	labels := strings.Split(domain, ".")
	return len(labels) >= 2 && !slices.ContainsFunc(labels, func(l string) bool {
		return l == "" || len(l) > maxMailLabel || l[0] == '-' || l[len(l)-1] == '-' ||
			strings.IndexFunc(l, func(r rune) bool { return !isLetterOrDigit(r) && r != '-' }) >= 0
	})
}

func isLetterOrDigit(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// sameMail reports whether two addresses are the same, ignoring case.
func sameMail(a, b string) bool { return strings.EqualFold(a, b) }

// IsPlain reports whether a text can be an id
// (docs/spec/org-accounts.md#user-ids): it is in NFC, without invisible
// characters, with no blank but the plain space and none at its ends. So ids
// that look alike are equal. Ids stored before this rule stay readable.
func IsPlain(id string) bool {
	return id == strings.TrimSpace(id) && norm.NFC.IsNormalString(id) && strings.IndexFunc(id, func(r rune) bool { return r != ' ' && (unicode.IsSpace(r) || isInvisible(r)) }) < 0
}

// NameKey returns the same key for names that look alike: it ignores
// composition, width and invisible characters.
func NameKey(name string) string {
	seen := strings.Map(func(r rune) rune {
		if isInvisible(r) {
			return -1
		}
		return r
	}, width.Fold.String(name))
	return norm.NFC.String(strings.TrimSpace(seen))
}

// isName reports whether a text has one line, something visible, and at most so
// many characters.
func isName(name string, most int) bool { return isLine(name) && showsName(name, most) }

// showsName is isName without the rule about lines, for names stored before
// that rule.
func showsName(name string, most int) bool {
	return NameKey(name) != "" && utf8.RuneCountInString(name) <= most
}

// isLine reports whether a text has one line: no control characters and no line
// or paragraph separators.
func isLine(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' }) < 0
}

// isInvisible reports characters that show nothing: control and format
// characters, and the fillers and variation selectors that Unicode classes as
// letters or marks.
func isInvisible(r rune) bool {
	return !unicode.IsGraphic(r) || strings.ContainsRune("\u034F\u115F\u1160\u17B4\u17B5\u3164\uFFA0", r) || r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF
}

// isStorable reports whether a text from outside can be looked up: PostgreSQL
// takes neither NUL nor what is not UTF-8.
func isStorable(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }
