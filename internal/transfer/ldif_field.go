package transfer

import (
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// ldifFields tell which field an attribute of LDIF belongs to
// (docs/spec/import.md#attributes).
type ldifFields struct {
	kind   directory.Kind
	known  knownHeaders
	mapped mappedHeaders
	cache  map[string]ldifAttribute // by the name as written
}

// ldifAttribute is what is known about an attribute.
type ldifAttribute struct {
	lower  string // its name
	field  string // "" if it belongs to none
	part   string
	rank   int
	unread bool // a photo or the like, which is passed over
	told   bool // it describes the entry
}

func newLDIFFields(o ReadOptions) (*ldifFields, error) {
	mapped, err := newMappedHeaders(o)
	if err != nil {
		return nil, err
	}
	return &ldifFields{kind: o.Kind, known: headersByKind()[o.Kind], mapped: mapped, cache: map[string]ldifAttribute{}}, nil
}

// unreadAttributes are those of photos, sounds and certificates.
var unreadAttributes = []string{"jpegphoto", "photo", "thumbnailphoto", "thumbnaillogo", "audio", "usercertificate", "usersmimecertificate", "userpkcs12"}

// attribute returns what is known about an attribute. Names come again and
// again, so they are remembered.
func (f *ldifFields) attribute(name string) ldifAttribute {
	if a, ok := f.cache[name]; ok {
		return a
	}
	a := ldifAttribute{lower: strings.ToLower(name)}
	switch a.lower {
	case "dn", "objectclass", "changetype", "control":
		a.told = true
	default:
		if field := f.mapped.field(name); field != "" {
			a.field = field
		} else if known := f.known[normalHeader(name)]; !f.mapped.has(known.field) {
			a.field, a.part, a.rank = known.field, known.part, known.rank
		}
		a.unread = a.field == "" && slices.Contains(unreadAttributes, a.lower)
	}
	if len(f.cache) < maxIgnored {
		f.cache[name] = a
	}
	return a
}

// whole returns the field of the object that the attribute, which may be a part
// of one, belongs to.
func (a ldifAttribute) whole() string {
	switch {
	case strings.HasPrefix(a.field, addressParts):
		return "address"
	case strings.HasPrefix(a.field, "parts."):
		return "name"
	}
	return a.field
}

// isOfKind reports whether entries of the class are records of the kind.
func (f *ldifFields) isOfKind(class string) bool {
	if f.kind == directory.DepartmentKind {
		return strings.EqualFold(class, "organizationalUnit")
	}
	switch strings.ToLower(class) {
	case "person", "inetorgperson", "organizationalperson", "user", "contact":
		return true
	}
	return false
}

// person returns the value of a field. A field that names an employee may hold
// the DN of one, whose first part has the id or the name.
func (f *ldifFields) person(field, text string) string {
	known, ok := f.kind.Field(field)
	if !ok || known.Reference != directory.EmployeeKind {
		return text
	}
	if parts := splitDN(text); len(parts) > 0 && parts[0].name != "" {
		return parts[0].value
	}
	return text
}

// dnPart is one attribute and its value in a DN.
type dnPart struct{ name, value string }

// splitDN returns the parts of a DN, or nil if it has one without a name.
func splitDN(dn string) []dnPart {
	var parts []dnPart
	for rest := dn; rest != ""; {
		var one string
		one, rest = cutDN(rest)
		name, value, ok := strings.Cut(one, "=")
		if !ok {
			return nil
		}
		parts = append(parts, dnPart{strings.ToLower(strings.TrimSpace(name)), unescapeDN(value)})
	}
	return parts
}

// cutDN cuts a DN at the first separator.
func cutDN(dn string) (before, after string) {
	quoted := false
	for i := 0; i < len(dn); i++ {
		switch c := dn[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case (c == ',' || c == ';' || c == '+') && !quoted:
			return dn[:i], dn[i+1:]
		}
	}
	return dn, ""
}

// unescapeDN returns a value of a DN as a text.
func unescapeDN(value string) string {
	value = strings.TrimLeft(value, " ")
	if trimmed := strings.TrimRight(value, " "); !strings.HasSuffix(trimmed, `\`) {
		value = trimmed
	}
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	if !strings.Contains(value, `\`) {
		return value
	}
	b := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		if value[i] != '\\' || i+1 == len(value) {
			b = append(b, value[i])
			continue
		}
		i++
		if i+1 < len(value) {
			high, ok1 := hexDigit(value[i])
			low, ok2 := hexDigit(value[i+1])
			if ok1 && ok2 {
				b = append(b, high<<4|low)
				i++
				continue
			}
		}
		b = append(b, value[i])
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}

// unitsOf returns the organisational units of a DN, the root first.
func unitsOf(dn string) []string {
	var units []string
	for _, part := range splitDN(dn) {
		if part.name == "ou" && part.value != "" {
			units = append(units, part.value)
		}
	}
	slices.Reverse(units)
	return units
}

// joinPath returns the path of departments of these names.
func joinPath(names []string) string {
	escape := strings.NewReplacer("/", `\/`, ";", `\;`)
	escaped := make([]string, len(names))
	for i, name := range names {
		escaped[i] = escape.Replace(name)
	}
	return strings.Join(escaped, "/")
}
