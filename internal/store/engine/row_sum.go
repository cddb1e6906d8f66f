package engine

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

// RowSum sums the rows of one table: the HMACs of the rows modulo 2^128, and
// their number. The order in which rows are added and removed does not matter.
// See docs/adr/0013-keyed-sums-of-rows.md.
type RowSum struct {
	Rows   int64
	hi, lo uint64
}

// Add adds another sum.
func (s *RowSum) Add(o RowSum) {
	var carry uint64
	s.lo, carry = bits.Add64(s.lo, o.lo, 0)
	s.hi, _ = bits.Add64(s.hi, o.hi, carry)
	s.Rows += o.Rows
}

func (s *RowSum) sub(o RowSum) {
	var borrow uint64
	s.lo, borrow = bits.Sub64(s.lo, o.lo, 0)
	s.hi, _ = bits.Sub64(s.hi, o.hi, borrow)
	s.Rows -= o.Rows
}

// RowSums are the sums of all summed tables of a schema, in their order.
type RowSums []RowSum

func (s RowSums) add(o RowSums) {
	for i := range s {
		s[i].Add(o[i])
	}
}

func (s RowSums) sub(o RowSums) {
	for i := range s {
		s[i].sub(o[i])
	}
}

// Summer computes the sum of single rows. It is safe for concurrent use.
type Summer struct {
	Tables  []Shape // tables whose rows are summed; schema_version is last
	digests []func([]byte) []byte
	skip    []int // the column left out of the sum, or -1
}

// newSummer returns the Summer for data of a version of the schema.
func newSummer(schema *Schema, master *keyring.Master, version int64) (*Summer, error) {
	tables, err := schema.summed(version)
	s := &Summer{Tables: tables, digests: make([]func([]byte) []byte, len(tables)), skip: make([]int, len(tables))}
	for i := range tables {
		if s.skip[i] = -1; schema.Tables[tables[i].Name].Sequence {
			s.skip[i] = tables[i].Index(tables[i].Counter)
		}
		s.digests[i] = master.Digest("rows of " + tables[i].Name)
	}
	return s, err
}

// Append appends the columns of a row that are summed.
func (s *Summer) Append(b []byte, table int, r *Row) (_ []byte, err error) {
	for i := range s.Tables[table].Columns {
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
// index is -1 if it is not summed.
func (s *Summer) values(table string, values []any) (i int, sum RowSum) {
	i = slices.IndexFunc(s.Tables, func(t Shape) bool { return t.Name == table })
	if i < 0 || values == nil {
		return i, sum
	}
	if n := s.skip[i]; n >= 0 {
		values = slices.Delete(slices.Clone(values), n, n+1)
	}
	var buf [512]byte
	return i, s.Of(i, AppendValues(buf[:0], values))
}

// Of is the sum of a row as [Summer.Append] writes it.
func (s *Summer) Of(table int, row []byte) RowSum {
	return OneRow(s.digests[table](row))
}

// OneRow is the sum of one row with this digest of at least 16 bytes.
func OneRow(digest []byte) RowSum {
	return RowSum{1, binary.BigEndian.Uint64(digest), binary.BigEndian.Uint64(digest[8:])}
}

// LocalRow reports whether a row concerns the lifetime of one database and is
// written outside the summed transactions. row reads a TEXT column.
func LocalRow(s *Shape, row func(column int) string) bool {
	return s.Name == metaTable && row(s.Index("key")) == nonceEpoch
}

// summed returns the tables whose rows are summed, and schema_version. The
// table of the sums is left out: its values are sealed.
func (s *Schema) summed(version int64) ([]Shape, error) {
	tables, err := s.Shapes(version)
	if err != nil {
		return nil, err
	}
	tables = slices.DeleteFunc(slices.Clone(tables), func(t Shape) bool { return t.Name == SumTable || s.Tables[t.Name].Unsummed })
	return append(tables, Shape{
		Name: StepTable, Columns: []string{"version", "name", "applied_at"},
		Kinds: []string{"BIGINT", "TEXT", "BIGINT"}, Key: []string{"version"},
	}), nil
}

const (
	metaTable  = "meta"
	nonceEpoch = "nonce_epoch"

	// SumTable holds the sums.
	SumTable = "row_sum"
	// StepTable has a row for each migration that ran.
	StepTable = "schema_version"
	// firstSums is the schema version that introduced the sums.
	firstSums = 80

	sumFormat = 1
)

// sumRecord is a row of row_sum.
type sumRecord struct {
	shard   string
	version int64 // time of the write in milliseconds, but always more than before
	adopted bool  // another process wrote it last

	schema int64
	since  time.Time // when the data was first summed
	// moving: a migration is under way. sums then hold the differences between
	// the old sums and the old rows.
	moving bool
	sums   RowSums
}

// ErrNoSums means that the sums are missing or were not written by the program.
var ErrNoSums = errors.New("the sums of the rows are missing, or were altered")

func (r *sumRecord) seal(key *keyring.Key) []byte {
	b := make([]byte, 0, 32+24*len(r.sums))
	b = append(b, sumFormat, byte(b2i(r.moving)))
	b = binary.BigEndian.AppendUint64(b, uint64(r.schema))
	b = binary.BigEndian.AppendUint64(b, uint64(r.since.UnixMilli()))
	b = append(b, byte(len(r.sums)))
	for i, s := range r.sums {
		if s != (RowSum{}) {
			b = binary.BigEndian.AppendUint64(append(b, byte(i)), uint64(s.Rows))
			b = binary.BigEndian.AppendUint64(b, s.hi)
			b = binary.BigEndian.AppendUint64(b, s.lo)
		}
	}
	return key.Seal(r.place(), b)
}

func (r *sumRecord) place() keyring.Place {
	return keyring.Place{Table: SumTable, Row: r.shard, Column: strconv.FormatInt(r.version, 10)}
}

// open reads the result of seal for the same shard and version.
func (r *sumRecord) open(key *keyring.Key, sealed []byte) error {
	const head, one = 19, 25
	b, err := key.Open(r.place(), sealed)
	if err != nil || len(b) < head || b[0] != sumFormat {
		return ErrNoSums
	}
	r.moving = b[1] == 1
	r.schema = int64(binary.BigEndian.Uint64(b[2:]))
	r.since = time.UnixMilli(int64(binary.BigEndian.Uint64(b[10:])))
	r.sums = make(RowSums, b[18])
	for b = b[head:]; len(b) >= one; b = b[one:] {
		r.sums[b[0]] = RowSum{int64(binary.BigEndian.Uint64(b[1:])), binary.BigEndian.Uint64(b[9:]), binary.BigEndian.Uint64(b[17:])}
	}
	return nil
}

func sumKey(m *keyring.Master) *keyring.Key { return m.Key("row sums") }

// readSums reads all rows of row_sum and returns their total and each of them.
func readSums(x func(*Read) error, key *keyring.Key) (total sumRecord, shards []sumRecord, err error) {
	var bad error
	err = x(Each("SELECT shard, version, sums FROM row_sum ORDER BY shard", nil, func(r *Row) error {
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
		return total, shards, ErrNoSums
	}
	total = shards[0]
	total.shard, total.sums = "", slices.Clone(total.sums)
	for _, s := range shards[1:] {
		if s.schema != total.schema || s.moving != total.moving || len(s.sums) != len(total.sums) {
			return total, shards, ErrNoSums
		}
		if s.since.Before(total.since) {
			total.since = s.since
		}
		total.sums.add(s.sums)
	}
	return total, shards, nil
}

// sumRows computes the sums of the rows in the database.
func sumRows(x func(*Read) error, s *Summer) (sums RowSums, err error) {
	sums = make(RowSums, len(s.Tables))
	for i := range sums {
		if sums[i], err = sumTableRows(x, s, i); err != nil {
			return nil, err
		}
	}
	return sums, nil
}

func sumTableRows(x func(*Read) error, s *Summer, i int) (sum RowSum, err error) {
	table := &s.Tables[i]
	var buf []byte
	err = x(Each(table.Selects(), nil, func(r *Row) (err error) {
		if LocalRow(table, r.Text) {
			return nil
		}
		if buf, err = s.Append(buf[:0], i, r); err == nil {
			sum.Add(s.Of(i, buf))
		}
		return err
	}))
	if err != nil {
		err = fmt.Errorf("sum the rows of %s: %w", table.Name, err)
	}
	return sum, err
}

// writeSums replaces all rows of row_sum with one.
func writeSums(x Statements, key *keyring.Key, total *sumRecord, at time.Time) error {
	if err := x.Exec("DELETE FROM row_sum"); err != nil {
		return err
	}
	total.shard = ""
	total.version = max(total.version+1, at.UnixMilli())
	return x.Exec("INSERT INTO row_sum (shard, version, sums) VALUES (?, ?, ?)", total.shard, total.version, total.seal(key))
}
