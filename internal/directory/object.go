package directory

import (
	"fmt"
	"slices"
	"time"
)

// Kind is a kind of object that people list, change, import, export and undo
// (docs/spec/records.md#fields).
type Kind string

// The kinds of objects.
const (
	ContactKind        Kind = "contact"
	EmployeeKind       Kind = "employee"
	DepartmentKind     Kind = "department"
	LabelKind          Kind = "label"
	LabelGroupKind     Kind = "label-group"
	MessageContactKind Kind = "message-contact"
)

// Kinds are all kinds, in the order in which an export writes them: what others
// refer to comes first.
var Kinds = []Kind{DepartmentKind, EmployeeKind, LabelGroupKind, LabelKind, ContactKind, MessageContactKind}

// Known reports whether there is such a kind.
func (k Kind) Known() bool { return slices.Contains(Kinds, k) }

// Values are fields of an object by their names in the JSON API
// ([Kind.Fields]). A value is a string, an int64, a bool, a []string, an
// []int64, or a map[string]any for "extra". A missing name means "not given"; a
// zero value or an empty list means "empty".
type Values map[string]any

// Object is an object as people see it. Values holds only fields that are not
// empty.
type Object struct {
	Kind                 Kind
	ID                   string // decimal for departments, labels and their groups
	Version              int64  // docs/spec/history.md#versions
	CreatedAt, UpdatedAt time.Time
	Values               Values
}

// FieldType is the type of a field's value.
type FieldType uint8

// The types of fields.
const (
	TextField    FieldType = iota + 1 // string
	NumberField                       // int64
	DateField                         // int64: Unix milliseconds
	BoolField                         // bool
	TextsField                        // []string
	NumbersField                      // []int64
	ExtraField                        // map[string]any
)

// ObjectField describes a field of a kind.
type ObjectField struct {
	Name      string // in the JSON API
	Type      FieldType
	Required  bool  // to create an object
	Most      int   // characters of a text, entries of a list; 0: no limit of its own
	Personal  bool  // a phone number or a mail address: masked unless revealed
	Lines     bool  // a text of several lines
	ReadOnly  bool  // set by the server; ignored when an object is written
	Reference Kind  // the values are ids of this kind
	Of        Field // the same in the core's own words; "" if errors never name it
}

// Problem is why a value, or a whole object, is refused or changed on its way
// in. All problems of an object are told at once.
type Problem struct {
	Field string // name of the field; "" concerns the whole object
	Rule  string // code of the rule: "tooLong", "mobileTaken" (docs/spec/records.md#row-codes)
	Value string // the refused value; callers clip and mask it
	Most  int    // characters or entries that there may be, if that is the rule
	Err   error  // the core's error, if there is one
}

// ObjectError are the problems for which an object was not written.
type ObjectError struct {
	Kind     Kind
	ID       string // "" for a new object
	Problems []Problem
}

func (e *ObjectError) Error() string {
	p := e.Problems[0]
	more := ""
	if n := len(e.Problems) - 1; n > 0 {
		more = fmt.Sprintf(" (and %d more)", n)
	}
	return fmt.Sprintf("%s %s: %s: %s%s", e.Kind, e.ID, p.Field, p.Rule, more)
}

// Unwrap returns the core's errors among the problems.
func (e *ObjectError) Unwrap() []error {
	var errs []error
	for _, p := range e.Problems {
		if p.Err != nil {
			errs = append(errs, p.Err)
		}
	}
	return errs
}
