package store

import (
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/engine"
)

// TermCheck compares the tables of search terms with the names they are made
// from: the sum of the terms that should exist with the sum of those that do.
// It is for one view, which must read names before their terms.
type TermCheck struct {
	master *keyring.Master
	sums   map[string]*termSums // by table of terms
}

// NewTermCheck returns a check for one view of the data under master.
func NewTermCheck(master *keyring.Master) *TermCheck {
	return &TermCheck{master: master, sums: map[string]*termSums{}}
}

type termSums struct {
	digest     func([]byte) []byte
	want, have engine.RowSum
}

// namedTable is a table whose rows are found by terms of a name.
type namedTable struct {
	terms termTable
	id    string
	of    func(s *engine.Shape, r *row) []string
}

var namedTables = map[string]namedTable{
	"contact": {contactTerms, "ordinal", func(s *engine.Shape, r *row) []string {
		return directory.Contact{Name: r.Text(s.Index("name")), CompanyName: r.NullText(s.Index("company_name"))}.SearchTerms()
	}},
	"employee":   {employeeTerms, "user_id", termsOfName},
	"department": {departmentTerms, "id", termsOfName},
}

func termsOfName(s *engine.Shape, r *row) []string {
	return directory.NameTerms(r.Text(s.Index("name")))
}

// Begin is called before the rows of a table.
func (c *TermCheck) Begin(s *engine.Shape) {
	if named, ok := namedTables[s.Name]; ok {
		c.sums[named.terms.name] = &termSums{digest: c.master.Digest("rows of " + named.terms.name)}
	}
}

// Row adds a row of any table.
func (c *TermCheck) Row(s *engine.Shape, r *row) {
	if named, ok := namedTables[s.Name]; ok {
		sums := c.sums[named.terms.name]
		for _, term := range named.of(s, r) {
			sums.want.Add(sums.term(r.Text(s.Index("org")), term, r.Value(s.Index(named.id))))
		}
	}
	if sums := c.sums[s.Name]; sums != nil {
		sums.have.Add(sums.term(r.Text(s.Index("org")), r.Text(s.Index("term")), r.Value(len(s.Columns)-1)))
	}
}

func (s *termSums) term(org, term string, id any) engine.RowSum {
	var buf [192]byte
	return engine.OneRow(s.digest(engine.AppendValues(buf[:0], []any{org, term, id})))
}

// Fit reports whether a table of terms matches the names.
func (c *TermCheck) Fit(table string) bool {
	s := c.sums[table]
	return s == nil || s.want == s.have
}
