package transfer

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Fields that every object has beside those of its kind.
const (
	versionField   = "version"
	createdAtField = "createdAt"
	updatedAtField = "updatedAt"
)

// objectColumns are the columns that end each row of a table.
var objectColumns = []directory.ObjectField{
	{Name: versionField, Type: directory.NumberField},
	{Name: createdAtField, Type: directory.TextField},
	{Name: updatedAtField, Type: directory.TextField},
}

// tableColumns returns the columns of a table: the fields of the kind without
// extra, which is no text, and then what every object has. Given names choose
// columns and their order (docs/spec/export.md#columns).
func tableColumns(kind directory.Kind, names []string) ([]directory.ObjectField, error) {
	all := slices.DeleteFunc(slices.Concat(kind.Fields(), objectColumns), func(f directory.ObjectField) bool {
		return f.Type == directory.ExtraField
	})
	if len(names) == 0 {
		return all, nil
	}
	return chooseFields(all, names)
}

// chooseFields returns the named fields in the order of their names. It returns
// a UsageError for a name that none has, or that comes twice.
func chooseFields(all []directory.ObjectField, names []string) ([]directory.ObjectField, error) {
	var chosen []directory.ObjectField
	for _, name := range names {
		f, ok := fieldNamed(all, name)
		if !ok {
			known := make([]string, len(all))
			for i := range all {
				known[i] = all[i].Name
			}
			return nil, fieldUnknown("there is no field %q here; there are %s", "此处没有字段 %q；可用 %s", asShown(name), strings.Join(known, ", "))
		}
		if _, twice := fieldNamed(chosen, name); twice {
			return nil, fieldUnknown("field %q is given twice; leave one out", "字段 %q 重复；请去掉一个", name)
		}
		chosen = append(chosen, f)
	}
	return chosen, nil
}

func fieldUnknown(en, zh string, args ...any) error {
	e := usagef("fields", en, zh, args...)
	e.Code = "fieldUnknown"
	return e
}

func fieldNamed(fields []directory.ObjectField, name string) (directory.ObjectField, bool) {
	for i := range fields {
		if fields[i].Name == name {
			return fields[i], true
		}
	}
	return directory.ObjectField{}, false
}

// chinaTime is the zone of dates in files: those of the vendors are days of
// UTC+8.
var chinaTime = time.FixedZone("UTC+8", 8*60*60)

// appendCell appends the text of a field as tables and cards have it
// (docs/spec/export.md#cells). names may be nil; ids then stand for themselves.
func appendCell(b []byte, o *directory.Object, f *directory.ObjectField, names *Names) []byte {
	switch f.Name {
	case versionField:
		return strconv.AppendInt(b, o.Version, 10)
	case createdAtField:
		return appendTime(b, o.CreatedAt)
	case updatedAtField:
		return appendTime(b, o.UpdatedAt)
	}
	switch v := o.Values[f.Name].(type) {
	case string:
		return append(b, v...)
	case int64:
		if v == 0 {
			return b
		}
		if f.Type == directory.DateField {
			return time.UnixMilli(v).In(chinaTime).AppendFormat(b, time.DateOnly)
		}
		return appendReference(b, v, f.Reference, names)
	case bool:
		if v {
			b = append(b, "true"...)
		}
	case []int64:
		for i, id := range v {
			if i > 0 {
				b = append(b, ';')
			}
			b = appendReference(b, id, f.Reference, names)
		}
	case []string:
		for i, text := range v {
			if i > 0 {
				b = append(b, ';')
			}
			b = appendEscaped(b, text, ";", '\\')
		}
	}
	return b
}

func appendReference(b []byte, id int64, kind directory.Kind, names *Names) []byte {
	switch kind {
	case directory.LabelKind:
		return append(b, names.Label(id)...)
	case directory.DepartmentKind:
		return append(b, names.Department(id)...)
	}
	return strconv.AppendInt(b, id, 10)
}

// timeForm is RFC 3339 in UTC with milliseconds.
const timeForm = "2006-01-02T15:04:05.000Z"

func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return b
	}
	return t.UTC().AppendFormat(b, timeForm)
}

// appendEscaped appends a text with a mark before each of the given bytes.
func appendEscaped(b []byte, text, bytes string, mark byte) []byte {
	from := 0
	for i := 0; i < len(text); i++ {
		if strings.IndexByte(bytes, text[i]) >= 0 {
			b = append(append(b, text[from:i]...), mark)
			from = i
		}
	}
	return append(b, text[from:]...)
}
