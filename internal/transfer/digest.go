package transfer

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math/bits"
	"slices"

	"github.com/mingce/mingce/internal/directory"
)

// Digest is the digest of a set of objects (docs/spec/export.md#digests): the
// same for the same objects in any order. The zero Digest is that of none. It is
// not safe for concurrent use.
type Digest struct {
	sum     [4]uint64 // the least significant first
	scratch []byte
	numbers []int64
	texts   []string
}

// Add adds an object.
func (d *Digest) Add(o directory.Object) { d.add(o, sortedFields[o.Kind]) }

// add adds an object as it is with only some of its fields, given in the order
// of their names.
func (d *Digest) add(o directory.Object, fields []directory.ObjectField) {
	b := append(append(d.scratch[:0], o.Kind...), '\n', '{')
	first := true
	for i := range fields {
		v := o.Values[fields[i].Name]
		if isEmptyValue(v) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = append(append(append(b, '"'), fields[i].Name...), '"', ':')
		if isSet(fields[i].Name) {
			b = d.appendSorted(b, v)
		} else {
			b = appendJSON(b, v)
		}
	}
	d.scratch = append(b, '}')
	h := sha256.Sum256(d.scratch)
	d.plus([4]uint64{
		binary.BigEndian.Uint64(h[24:]), binary.BigEndian.Uint64(h[16:]),
		binary.BigEndian.Uint64(h[8:]), binary.BigEndian.Uint64(h[:]),
	})
}

// Sum adds the objects of another digest.
func (d *Digest) Sum(other Digest) { d.plus(other.sum) }

func (d *Digest) plus(n [4]uint64) {
	var carry uint64
	for i := range d.sum {
		d.sum[i], carry = bits.Add64(d.sum[i], n[i], carry)
	}
}

// String returns "mh1:" and 64 digits.
func (d Digest) String() string {
	var b [32]byte
	for i, n := range d.sum {
		binary.BigEndian.PutUint64(b[24-8*i:], n)
	}
	return "mh1:" + hex.EncodeToString(b[:])
}

// appendSorted appends a list whose order means nothing.
func (d *Digest) appendSorted(b []byte, v any) []byte {
	switch v := v.(type) {
	case []int64:
		d.numbers = sortInto(d.numbers, v)
		return appendJSONList(b, d.numbers, appendJSONInt)
	case []string:
		d.texts = sortInto(d.texts, v)
		return appendJSONList(b, d.texts, appendJSONText)
	}
	return appendJSON(b, v)
}

func sortInto[T cmp.Ordered](scratch, list []T) []T {
	scratch = append(scratch[:0], list...)
	slices.Sort(scratch)
	return scratch
}

// isSet reports the lists whose order means nothing. That of deptIds does: the
// first is the main department.
func isSet(field string) bool {
	switch field {
	case "labelIds", "shareDeptIds", "shareUserIds", "managerUserIds", "members":
		return true
	}
	return false
}

// isEmptyValue reports null, "", [], {}, false and 0
// (docs/spec/records.md#fields).
func isEmptyValue(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case bool:
		return !v
	case int64:
		return v == 0
	case int:
		return v == 0
	case float64:
		return v == 0
	case json.Number:
		f, err := v.Float64()
		return err == nil && f == 0
	case []string:
		return len(v) == 0
	case []int64:
		return len(v) == 0
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// sortedFields are the fields of each kind in the order of their names, as a
// digest has them.
var sortedFields = func() map[directory.Kind][]directory.ObjectField {
	m := map[directory.Kind][]directory.ObjectField{}
	for _, kind := range directory.Kinds {
		m[kind] = sortByName(kind.Fields())
	}
	return m
}()

func sortByName(fields []directory.ObjectField) []directory.ObjectField {
	return slices.SortedFunc(slices.Values(fields), func(a, b directory.ObjectField) int { return cmp.Compare(a.Name, b.Name) })
}
