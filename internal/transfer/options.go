package transfer

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// Options are those of an import: the flags of the command, and of the API
// (docs/spec/import.md#options-of-an-import).
type Options struct {
	Kind              string `json:"kind,omitempty"`
	Format            string `json:"format"`
	Encoding          string `json:"encoding"`
	Delimiter         string `json:"delimiter"`
	Sheet             string `json:"sheet,omitempty"`
	Map               Texts  `json:"map,omitempty"` // "field=header"
	OnDuplicate       string `json:"onDuplicate"`
	Match             string `json:"match,omitempty"` // keys, with commas
	Empty             string `json:"empty"`
	Owner             string `json:"owner,omitempty"`
	Labels            Texts  `json:"label,omitempty"`
	Country           string `json:"country"`
	CreateDepartments bool   `json:"createDepartments,omitempty"`
	CreateLabels      bool   `json:"createLabels,omitempty"`
	MaxRejected       *int64 `json:"maxRejected,omitempty"`
	Directory         string `json:"directory,omitempty"`
	Again             bool   `json:"again,omitempty"`
	Preview           bool   `json:"preview,omitempty"`

	header map[string]string // of Map: headers by field
}

// Texts is a list of texts; one text alone is a list, too.
type Texts []string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *Texts) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*t = Texts{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(t))
}

// refusedOption is the error of an option whose value cannot be meant; known are
// the values that can.
func refusedOption(code, parameter, value string, known ...string) *UsageError {
	e := usagef(parameter, "%s cannot be %q", "%s 不能是 %q", parameter, asShown(value))
	if len(known) > 0 {
		list := strings.Join(known, ", ")
		e = usagef(parameter, "%s cannot be %q; take one of %s", "%s 不能是 %q，请使用：%s", parameter, asShown(value), list)
	}
	e.Code = code
	return e
}

// Values of options.
const (
	autoValue = "auto"

	onDuplicateSkip   = "skip"
	onDuplicateUpdate = "update"
	onDuplicateCreate = "create"
	onDuplicateFail   = "fail"

	emptyKeep  = "keep"
	emptyClear = "clear"
)

// kindsOfFiles are the kinds as the options name them.
var kindsOfFiles = map[string]directory.Kind{
	"contacts": directory.ContactKind, "employees": directory.EmployeeKind, "departments": directory.DepartmentKind,
	"labels": directory.LabelKind, "message-contacts": directory.MessageContactKind,
}

func (o *Options) kind() directory.Kind { return kindsOfFiles[o.Kind] }

// matchKeys are the keys by their names in the option, those of each kind in the
// order of its default.
var matchKeys = map[directory.Kind][]struct {
	name  string
	key   directory.ObjectKey
	usual bool
}{
	directory.ContactKind: {{"user-id", directory.KeyID, true}, {"mobile", directory.KeyMobile, true},
		{"email", directory.KeyEmail, false}, {"name+company", directory.KeyNameCompany, false}},
	directory.EmployeeKind:       {{"user-id", directory.KeyID, true}, {"mobile", directory.KeyMobile, true}, {"email", directory.KeyEmail, false}},
	directory.DepartmentKind:     {{"id", directory.KeyID, true}, {"path", keyPath, true}},
	directory.LabelKind:          {{"id", directory.KeyID, true}, {"group+name", keyGroupName, true}},
	directory.LabelGroupKind:     {{"id", directory.KeyID, true}, {"name", directory.KeyName, true}},
	directory.MessageContactKind: {{"id", directory.KeyID, true}, {"name", directory.KeyName, true}},
}

// keys are the keys by which rows of a kind are recognised, in order. Of a file
// with several kinds, a list counts for the kinds that have one of its keys.
func (o *Options) keys(kind directory.Kind) (keys []directory.ObjectKey) {
	for _, name := range splitNames(o.Match) {
		for _, k := range matchKeys[kind] {
			if k.name == name {
				keys = append(keys, k.key)
			}
		}
	}
	for _, k := range matchKeys[kind] {
		if len(keys) == 0 || o.Match == "" {
			if k.usual && !slices.Contains(keys, k.key) {
				keys = append(keys, k.key)
			}
		}
	}
	return keys
}

func splitNames(list string) (names []string) {
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// choices are the values of options that have few.
func (o *Options) choices() []struct {
	name  string
	value *string
	of    []string
} {
	return []struct {
		name  string
		value *string
		of    []string
	}{
		{"format", &o.Format, []string{autoValue, "csv", "xlsx", "vcard", "ldif", "jsonl"}},
		{"encoding", &o.Encoding, []string{autoValue, "utf-8", "utf-16le", "utf-16be", "gb18030", "gbk", "big5", "windows-1252"}},
		{"onDuplicate", &o.OnDuplicate, []string{onDuplicateSkip, onDuplicateUpdate, onDuplicateCreate, onDuplicateFail}},
		{"empty", &o.Empty, []string{emptyKeep, emptyClear}},
	}
}

// Check fills in the defaults and returns a *UsageError for the first option
// that cannot be meant.
func (o *Options) Check() error {
	for _, c := range o.choices() {
		if *c.value == "" {
			*c.value = c.of[0]
		}
		if !slices.Contains(c.of, *c.value) {
			return refusedOption("invalidParameter", c.name, *c.value, c.of...)
		}
	}
	if _, ok := kindsOfFiles[o.Kind]; !ok && (o.Kind != "" || o.Format != "jsonl" && o.Format != autoValue) {
		return refusedOption("invalidParameter", "kind", o.Kind, kindNames()...)
	}
	if o.Country == "" {
		o.Country = directory.HomeCountry
	}
	if strings.Trim(o.Country, "0123456789") != "" || len(o.Country) > 4 {
		return usagef("country", "%q is no country code; give one as it is dialled, such as 86, 852 or 1", "%q 不是国家码；请填写拨号用的代码，如 86、852 或 1", asShown(o.Country))
	}
	switch {
	case o.Delimiter == "":
		o.Delimiter = autoValue
	case o.Delimiter == "tab":
		o.Delimiter = "\t"
	case o.Delimiter != autoValue && (len([]rune(o.Delimiter)) != 1 || strings.ContainsAny(o.Delimiter, "\"\r\n")):
		return refusedOption("invalidParameter", "delimiter", o.Delimiter)
	}
	if o.MaxRejected != nil && *o.MaxRejected < 0 {
		return refusedOption("invalidParameter", "maxRejected", fmt.Sprint(*o.MaxRejected))
	}
	if err := o.checkMatch(); err != nil {
		return err
	}
	return o.checkMap()
}

func kindNames() []string {
	return []string{"contacts", "employees", "departments", "labels", "message-contacts"}
}

func (o *Options) checkMatch() error {
	known := map[string]bool{}
	var names []string
	for kind, keys := range matchKeys {
		if of := o.kind(); of != "" && of != kind {
			continue
		}
		for _, k := range keys {
			if !known[k.name] {
				names = append(names, k.name)
			}
			known[k.name] = true
		}
	}
	slices.Sort(names)
	for _, name := range splitNames(o.Match) {
		if !known[name] {
			return refusedOption("invalidParameter", "match", name, names...)
		}
	}
	o.Match = strings.Join(splitNames(o.Match), ",")
	return nil
}

// checkMap reads the assignments of columns.
func (o *Options) checkMap() error {
	o.header = map[string]string{}
	for _, text := range o.Map {
		field, header, ok := strings.Cut(text, "=")
		if !ok {
			return usagef("map", "%q is not FIELD=HEADER, such as mobile=手机", "%q 不是 字段=列名 的形式，如 mobile=手机", asShown(text))
		}
		if !isFileField(o.kind(), field) {
			return refusedOption("fieldUnknown", "map", field, fileFields(o.kind())...)
		}
		o.header[field] = header
	}
	return nil
}

// fileFields are the fields that a column may be assigned to.
func fileFields(kind directory.Kind) (names []string) {
	for _, f := range kind.Fields() {
		if !f.ReadOnly && f.Type != directory.ExtraField {
			names = append(names, f.Name)
		}
	}
	if kind == directory.DepartmentKind {
		names = append(names, pathField)
	}
	return names
}

func isFileField(kind directory.Kind, name string) bool {
	return slices.Contains(fileFields(kind), name) ||
		strings.HasPrefix(name, "parts.") && (kind == directory.ContactKind || kind == directory.EmployeeKind)
}

// identity is equal for options that do the same with a file.
func (o Options) identity() string {
	o.Again, o.Preview = false, false
	text, err := json.Marshal(o)
	if err != nil { // texts, numbers and lists of them only
		panic("options of an import: " + err.Error())
	}
	return string(text)
}

// reading is how the file is read.
func (o *Options) reading() ReadOptions {
	none := func(text string) string {
		if text == autoValue {
			return ""
		}
		return text
	}
	return ReadOptions{Kind: o.kind(), Format: Format(none(o.Format)), Encoding: none(o.Encoding), Delimiter: none(o.Delimiter), Sheet: o.Sheet, Map: o.header}
}
