package transfer

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/mingce/mingce/internal/directory"
)

//go:embed headers.json
var headersFile []byte

// Fields of files that are no fields of objects: a draft makes those from them.
const (
	pathField    = "path"
	familyPart   = "parts.family"
	middlePart   = "parts.middle"
	givenPart    = "parts.given"
	addressParts = "parts.address" // and the part: "parts.address.city"
)

const (
	// errorsColumn is the column that our own files of rejected records add.
	errorsColumn = "mingce_errors"
	// anyKind is the section of headers.json for all kinds.
	anyKind = directory.Kind("common")
	// mostColumns is the most columns of a table
	// (docs/spec/import.md#limits-of-files).
	mostColumns = 1000
	// mostTitles is more than any field or part of an address has.
	mostTitles = 64
)

// knownHeader is what a header stands for.
type knownHeader struct {
	field string
	part  string // prefix of an address
	rank  int    // among the headers of the field; the smaller, the better
}

// knownHeaders are the headers of a kind by their normal form.
type knownHeaders map[string]knownHeader

// headersByKind reads headers.json (docs/spec/import.md#headers-of-tables).
var headersByKind = sync.OnceValue(func() map[directory.Kind]knownHeaders {
	var file map[directory.Kind]json.RawMessage
	mustUnmarshal(headersFile, &file)
	lists := map[directory.Kind]map[string]json.RawMessage{}
	for _, section := range append([]directory.Kind{anyKind}, directory.Kinds...) {
		fields := map[string]json.RawMessage{}
		if file[section] != nil {
			mustUnmarshal(file[section], &fields)
		}
		lists[section] = fields
	}
	all := map[directory.Kind]knownHeaders{}
	for _, kind := range directory.Kinds {
		all[kind] = newKnownHeaders(kind, lists[kind], lists[anyKind])
	}
	return all
})

// mustUnmarshal is for headers.json, which is part of the program.
func mustUnmarshal(b []byte, v any) {
	if err := json.Unmarshal(b, v); err != nil {
		panic("headers.json: " + err.Error())
	}
}

// tableFields returns the fields that a table of the kind can have, in the order
// in which a record has them.
func tableFields(kind directory.Kind) (names []string) {
	for _, f := range kind.Fields() {
		if f.Type != directory.ExtraField && !f.ReadOnly {
			names = append(names, f.Name)
		}
	}
	switch kind {
	case directory.DepartmentKind:
		names = append(names, pathField)
	case directory.ContactKind, directory.EmployeeKind, directory.MessageContactKind:
		names = append(names, familyPart, middlePart, givenPart)
	}
	return names
}

func newKnownHeaders(kind directory.Kind, own, common map[string]json.RawMessage) knownHeaders {
	k := knownHeaders{}
	add := func(header string, to knownHeader) {
		for _, h := range numbered(header) {
			if h = normalHeader(h); k[h].field == "" {
				k[h] = to
			}
		}
	}
	fields := tableFields(kind)
	ownTitles, commonTitles := titleLists(fields, own), titleLists(fields, common)
	for _, field := range fields {
		// A field's own name, unless a list ranks it, is the best.
		isOwn := func(title string) bool { return normalHeader(title) == normalHeader(field) }
		rank := 1 + slices.IndexFunc(slices.Concat(ownTitles[field], commonTitles[field]), isOwn)
		add(field, knownHeader{field: field, rank: rank})
	}
	for _, field := range fields {
		for i, title := range ownTitles[field] {
			add(title, knownHeader{field: field, rank: 1 + i})
		}
	}
	for _, field := range fields {
		for i, title := range commonTitles[field] {
			add(title, knownHeader{field: field, rank: 1 + len(ownTitles[field]) + i})
		}
	}
	if own[addressParts] != nil {
		addAddressParts(own[addressParts], add)
	}
	return k
}

// titleLists returns the headers of each field in a section of headers.json.
func titleLists(fields []string, section map[string]json.RawMessage) map[string][]string {
	lists := map[string][]string{}
	for _, field := range fields {
		if section[field] != nil {
			var list []string
			mustUnmarshal(section[field], &list)
			lists[field] = list
		}
	}
	return lists
}

// addAddressParts adds the headers of parts of addresses: each prefix before
// each name of a part.
func addAddressParts(list json.RawMessage, add func(string, knownHeader)) {
	var parts map[string][]string
	mustUnmarshal(list, &parts)
	prefixes := parts["prefixes"]
	delete(parts, "prefixes")
	rank := 0
	for _, prefix := range prefixes {
		for _, one := range numbered(prefix) {
			rank++
			for _, part := range slices.Sorted(maps.Keys(parts)) {
				for i, title := range parts[part] {
					add(strings.TrimSpace(one+" "+title), knownHeader{addressParts + "." + part, one, rank*mostTitles + i})
				}
			}
		}
	}
}

// numbered returns the header with 1 to 9 for a word N, if it has one.
func numbered(header string) []string {
	words := strings.Split(header, " ")
	i := slices.Index(words, "N")
	if i < 0 {
		return []string{header}
	}
	var all []string
	for n := 1; n <= 9; n++ {
		words[i] = strconv.Itoa(n)
		all = append(all, strings.Join(words, " "))
	}
	return all
}

// normalHeader returns the form in which headers are compared.
func normalHeader(s string) string {
	s = strings.Map(func(r rune) rune {
		if isBlank(r) || unicode.IsSpace(r) || strings.ContainsRune("_-.*:\"“”", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
	for _, bracket := range [][2]string{{"(", ")"}, {"[", "]"}, {"【", "】"}} {
		if i := strings.LastIndex(s, bracket[0]); i >= 0 && strings.HasSuffix(s, bracket[1]) {
			return s[:i]
		}
	}
	return s
}

// columnMap is what --map says, by field.
type columnMap map[string]mappedColumn

// mappedColumn is the column of a field.
type mappedColumn struct {
	asked  string
	number int    // of the column; 0: the header says which
	header string // in normal form; "" with number 0: no column at all
}

func newColumnMap(kind directory.Kind, asked map[string]string) (columnMap, error) {
	known := tableFields(kind)
	m := columnMap{}
	for _, field := range slices.Sorted(maps.Keys(asked)) {
		column := asked[field]
		isAddress := kind == directory.ContactKind && strings.HasPrefix(field, addressParts+".")
		if !slices.Contains(known, field) && !isAddress {
			return nil, &FileError{Code: "fieldUnknown", Detail: field}
		}
		to := mappedColumn{asked: column, header: normalHeader(column)}
		if digits, ok := strings.CutPrefix(column, "#"); ok {
			if n, err := strconv.Atoi(digits); err == nil && n > 0 {
				to.number = n
			}
		}
		m[field] = to
	}
	return m, nil
}

// fits reports whether a column of a file is the one.
func (m mappedColumn) fits(number int, header string) bool {
	if m.number > 0 {
		return m.number == number
	}
	return m.header != "" && m.header == header
}

// tableHeader is the header of a table: what its columns stand for.
type tableHeader struct {
	texts  []string      // clean
	fields []knownHeader // by column; field "" is taken for nothing
	silent []bool        // columns that are not told about either: known ones that are never read
	order  []int         // columns that have a field, by field and rank
	errors int           // the column of our own rejected files, or -1
	known  int           // columns with a header that means something, used or not
}

// newTableHeader takes the cells of a line for a header.
func newTableHeader(kind directory.Kind, texts []string, mapped columnMap) *tableHeader {
	h := &tableHeader{texts: texts, fields: make([]knownHeader, len(texts)), silent: make([]bool, len(texts)), errors: -1}
	known := headersByKind()[kind]
	normal := make([]string, len(texts))
	for i, text := range texts {
		normal[i] = normalHeader(text)
		switch normal[i] {
		case normalHeader(errorsColumn):
			h.errors, h.silent[i] = i, true
		case "version", "createdat", "updatedat":
			h.silent[i] = true
		default:
			f, ok := kind.Field(text)
			h.silent[i] = ok && f.ReadOnly
		}
		to, ok := known[normal[i]]
		if _, elsewhere := mapped[to.field]; !elsewhere && !h.silent[i] {
			h.fields[i] = to
		}
		for _, m := range mapped {
			ok = ok || m.fits(i+1, normal[i]) && text != ""
		}
		if ok || h.silent[i] {
			h.known++
		}
	}
	h.dropTitles(normal)
	for field, to := range mapped {
		for i := range texts {
			if i != h.errors && to.fits(i+1, normal[i]) {
				h.fields[i] = knownHeader{field: field}
			}
		}
	}
	h.sort(kind)
	return h
}

// dropTitles leaves out columns named Title that hold "Mr." rather than a job:
// there is a better column, or the names are in parts.
func (h *tableHeader) dropTitles(normal []string) {
	other := slices.Contains(normal, "firstname")
	for i, f := range h.fields {
		other = other || f.field == "title" && normal[i] != "title"
	}
	for i := range h.fields {
		if other && normal[i] == "title" {
			h.fields[i] = knownHeader{}
		}
	}
}

func (h *tableHeader) sort(kind directory.Kind) {
	for i := range h.fields {
		if h.fields[i].field != "" {
			h.fields[i].rank = h.fields[i].rank*2*mostColumns + i
			h.order = append(h.order, i)
		}
	}
	fields := tableFields(kind)
	place := func(i int) int {
		if p := slices.Index(fields, h.fields[i].field); p >= 0 {
			return p
		}
		return len(fields)
	}
	slices.SortFunc(h.order, func(a, b int) int {
		return cmp.Or(place(a)-place(b), cmp.Compare(h.fields[a].field, h.fields[b].field), h.fields[a].rank-h.fields[b].rank)
	})
}

// check returns a *FileError for the first mapped column that the header has
// not.
func (h *tableHeader) check(mapped columnMap) error {
	for _, field := range slices.Sorted(maps.Keys(mapped)) {
		to := mapped[field]
		wanted := to.number > 0 || to.header != ""
		if wanted && !slices.ContainsFunc(h.fields, func(k knownHeader) bool { return k.field == field }) {
			return &FileError{Code: "columnUnknown", Detail: to.asked}
		}
	}
	return nil
}

// columns describes the columns, but for the one with errors of another import.
func (h *tableHeader) columns() []Column {
	var all []Column
	for i, text := range h.texts {
		if i != h.errors {
			all = append(all, Column{Column: i + 1, Header: text, Field: h.fields[i].field})
		}
	}
	return all
}
