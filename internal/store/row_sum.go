package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"time"

	"github.com/mingce/mingce/internal/keyring"
)

// rowSum is the sum over the rows of one table: of their HMACs, modulo 2^128, and
// how many they are. Rows may come and go in any order. See
// docs/adr/0013-keyed-sums-of-rows.md.
type rowSum struct {
	rows   int64
	hi, lo uint64
}

func (s *rowSum) add(o rowSum) {
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, o.lo, 0)
	s.hi, _ = bits.Add64(s.hi, o.hi, carry)
	s.rows += o.rows
}

func (s *rowSum) sub(o rowSum) {
	var borrow uint64
	s.lo, borrow = bits.Sub64(s.lo, o.lo, 0)
	s.hi, _ = bits.Sub64(s.hi, o.hi, borrow)
	s.rows -= o.rows
}

// rowSums are the sums of all summed tables of a schema, in their order.
type rowSums []rowSum

func (s rowSums) add(o rowSums) {
	for i := range s {
		s[i].add(o[i])
	}
}

func (s rowSums) sub(o rowSums) {
	for i := range s {
		s[i].sub(o[i])
	}
}

// summer computes the sum of single rows. It is safe for concurrent use.
type summer struct {
	tables  []shape
	digests []func([]byte) []byte
	skip    []int // the column that does not count, or -1
}

// newSummer is for the data of a schema. The number of an entry of the history
// does not count: the server gives it, and the chain over the history has it.
func newSummer(master *keyring.Master, schema int64) (*summer, error) {
	tables, err := summedShapes(schema)
	s := &summer{tables: tables, digests: make([]func([]byte) []byte, len(tables)), skip: make([]int, len(tables))}
	for i := range tables {
		if s.skip[i] = -1; tables[i].name == "audit" {
			s.skip[i] = tables[i].index(tables[i].counter)
		}
		s.digests[i] = master.Digest("rows of " + tables[i].name)
	}
	return s, err
}

// append writes what counts of a row.
func (s *summer) append(b []byte, table int, r *row) (_ []byte, err error) {
	for i := range s.tables[table].columns {
		if i == s.skip[table] {
			continue
		}
		if b, err = appendCell(b, r, i); err != nil {
			return nil, err
		}
	}
	return b, r.err
}

// values is the sum of a row given by its values; nil has none. The table's
// number is -1 if it is not summed.
func (s *summer) values(table string, values []any) (i int, sum rowSum) {
	i = slices.IndexFunc(s.tables, func(t shape) bool { return t.name == table })
	if i < 0 || values == nil {
		return i, sum
	}
	if n := s.skip[i]; n >= 0 {
		values = slices.Delete(slices.Clone(values), n, n+1)
	}
	var buf [512]byte
	return i, s.of(i, appendValues(buf[:0], values))
}

// of is the sum of a row as append writes it.
func (s *summer) of(table int, row []byte) rowSum {
	d := s.digests[table](row)
	return rowSum{1, binary.BigEndian.Uint64(d), binary.BigEndian.Uint64(d[8:])}
}

// unsummed are the tables without a sum: the sums themselves, which are sealed; a
// cache that may be lost at any time; and terms, which verify makes again from
// the names: a name has many, and summing them would cost each change of a name
// as much as all the rest.
var unsummed = []string{sumTable, "contact_walk", contactTerms.name, employeeTerms.name, departmentTerms.name}

// ownRow reports rows of a table that belong to the life of one database and are
// written beside all transactions.
func ownRow(s *shape, row func(column int) string) bool {
	return s.name == "meta" && row(s.index("key")) == nonceEpoch
}

// summedShapes are the tables whose rows are summed: all but [unsummed], and the
// schema's versions.
func summedShapes(schema int64) ([]shape, error) {
	tables, err := shapes(schema)
	if err != nil {
		return nil, err
	}
	tables = slices.DeleteFunc(slices.Clone(tables), func(s shape) bool { return slices.Contains(unsummed, s.name) })
	return append(tables, shape{
		name: stepTable, columns: []string{"version", "name", "applied_at"},
		kinds: []string{"BIGINT", "TEXT", "BIGINT"}, key: []string{"version"},
	}), nil
}

const (
	sumTable   = "row_sum"
	stepTable  = "schema_version"
	nonceEpoch = "nonce_epoch"
	// firstSums is the schema that the sums came with.
	firstSums = 80

	sumFormat = 1
)

// sumRecord is a row of row_sum.
type sumRecord struct {
	shard   string
	version int64 // when it was written, in milliseconds, or more if that was before
	adopted bool  // another process has written it last

	schema int64
	since  time.Time // when the data was first summed
	// moving: the schema is being changed. sums are then not those of the rows
	// but what the rows were found to differ by before.
	moving bool
	sums   rowSums
}

// errNoSums: the sums are not there, or are not the program's.
var errNoSums = errors.New("the sums of the rows are missing, or were altered")

func (r *sumRecord) seal(key *keyring.Key) []byte {
	b := make([]byte, 0, 32+24*len(r.sums))
	b = append(b, sumFormat, byte(b2i(r.moving)))
	b = binary.BigEndian.AppendUint64(b, uint64(r.schema))
	b = binary.BigEndian.AppendUint64(b, uint64(r.since.UnixMilli()))
	b = append(b, byte(len(r.sums)))
	for i, s := range r.sums {
		if s != (rowSum{}) {
			b = binary.BigEndian.AppendUint64(append(b, byte(i)), uint64(s.rows))
			b = binary.BigEndian.AppendUint64(b, s.hi)
			b = binary.BigEndian.AppendUint64(b, s.lo)
		}
	}
	return key.Seal(r.place(), b)
}

func (r *sumRecord) place() keyring.Place {
	return keyring.Place{Table: sumTable, Row: r.shard, Column: strconv.FormatInt(r.version, 10)}
}

// open reads what seal made for the same shard and version.
func (r *sumRecord) open(key *keyring.Key, sealed []byte) error {
	const head, one = 19, 25
	b, err := key.Open(r.place(), sealed)
	if err != nil || len(b) < head || b[0] != sumFormat {
		return errNoSums
	}
	r.moving = b[1] == 1
	r.schema = int64(binary.BigEndian.Uint64(b[2:]))
	r.since = time.UnixMilli(int64(binary.BigEndian.Uint64(b[10:])))
	r.sums = make(rowSums, b[18])
	for b = b[head:]; len(b) >= one; b = b[one:] {
		r.sums[b[0]] = rowSum{int64(binary.BigEndian.Uint64(b[1:])), binary.BigEndian.Uint64(b[9:]), binary.BigEndian.Uint64(b[17:])}
	}
	return nil
}

func sumKey(m *keyring.Master) *keyring.Key { return m.Key("row sums") }

// readSums reads all rows of row_sum and returns them as one: their total.
func readSums(x func(*read) error, key *keyring.Key) (total sumRecord, shards []sumRecord, err error) {
	var bad error
	err = x(each("SELECT shard, version, sums FROM row_sum ORDER BY shard", nil, func(r *row) error {
		s := sumRecord{shard: r.Text(0), version: r.Int(1)}
		if err := s.open(key, r.Bytes(2)); err != nil {
			bad = err
			return nil
		}
		shards = append(shards, s)
		return nil
	}))
	switch {
	case err != nil:
		return total, nil, err
	case bad != nil || len(shards) == 0:
		return total, shards, errNoSums
	}
	total = shards[0]
	total.shard, total.sums = "", slices.Clone(total.sums)
	for _, s := range shards[1:] {
		if s.schema != total.schema || s.moving != total.moving || len(s.sums) != len(total.sums) {
			return total, shards, errNoSums
		}
		if s.since.Before(total.since) {
			total.since = s.since
		}
		total.sums.add(s.sums)
	}
	return total, shards, nil
}

// sumRows computes the sums from the rows that are there.
func sumRows(x func(*read) error, s *summer) (sums rowSums, err error) {
	sums = make(rowSums, len(s.tables))
	for i := range sums {
		if sums[i], err = sumTableRows(x, s, i); err != nil {
			return nil, err
		}
	}
	return sums, nil
}

func sumTableRows(x func(*read) error, s *summer, i int) (sum rowSum, err error) {
	table := &s.tables[i]
	var buf []byte
	err = x(each(table.selects(), nil, func(r *row) (err error) {
		if ownRow(table, r.Text) {
			return nil
		}
		if buf, err = s.append(buf[:0], i, r); err == nil {
			sum.add(s.of(i, buf))
		}
		return err
	}))
	if err != nil {
		err = fmt.Errorf("sum the rows of %s: %w", table.name, err)
	}
	return sum, err
}

// writeSums makes one row of row_sum out of all.
func writeSums(x statements, key *keyring.Key, total *sumRecord, at time.Time) error {
	if err := x.exec("DELETE FROM row_sum"); err != nil {
		return err
	}
	total.shard = ""
	total.version = max(total.version+1, at.UnixMilli())
	return x.exec("INSERT INTO row_sum (shard, version, sums) VALUES (?, ?, ?)", total.shard, total.version, total.seal(key))
}
