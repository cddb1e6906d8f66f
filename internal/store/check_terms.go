package store

import (
	"encoding/binary"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

// termCheck compares the tables of terms with the names that terms are made of:
// the sum of the terms that should be there with that of those that are. It holds
// what was seen in one view, in which names come before their terms.
type termCheck struct {
	master *keyring.Master
	sums   map[string]*termSums // by table of terms
}

type termSums struct {
	digest     func([]byte) []byte
	want, have rowSum
}

// namedTable is a table whose rows are found by terms.
type namedTable struct {
	terms termTable
	id    string
	of    func(s *shape, r *row) []string
}

var namedTables = map[string]namedTable{
	"contact": {contactTerms, "ordinal", func(s *shape, r *row) []string {
		return directory.Contact{Name: r.Text(s.index("name")), CompanyName: r.NullText(s.index("company_name"))}.SearchTerms()
	}},
	"employee":   {employeeTerms, "user_id", termsOfName},
	"department": {departmentTerms, "id", termsOfName},
}

func termsOfName(s *shape, r *row) []string { return directory.NameTerms(r.Text(s.index("name"))) }

// begin is called before the rows of a table.
func (c *termCheck) begin(s *shape) {
	if named, ok := namedTables[s.name]; ok {
		c.sums[named.terms.name] = &termSums{digest: c.master.Digest("rows of " + named.terms.name)}
	}
}

// row takes a row of any table.
func (c *termCheck) row(s *shape, r *row) {
	if named, ok := namedTables[s.name]; ok {
		sums := c.sums[named.terms.name]
		for _, term := range named.of(s, r) {
			sums.want.add(sums.term(r.Text(s.index("org")), term, r.value(s.index(named.id))))
		}
	}
	if sums := c.sums[s.name]; sums != nil {
		sums.have.add(sums.term(r.Text(s.index("org")), r.Text(s.index("term")), r.value(len(s.columns)-1)))
	}
}

func (s *termSums) term(org, term string, id any) rowSum {
	var buf [192]byte
	d := s.digest(appendValues(buf[:0], []any{org, term, id}))
	return rowSum{1, binary.BigEndian.Uint64(d), binary.BigEndian.Uint64(d[8:])}
}

// fit reports whether a table of terms has those of the names.
func (c *termCheck) fit(table string) bool {
	s := c.sums[table]
	return s == nil || s.want == s.have
}
