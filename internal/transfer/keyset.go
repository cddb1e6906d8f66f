package transfer

import "hash/maphash"

// keySet remembers by which earlier row of the file a key was taken. It keeps
// marks of 64 bits and numbers of rows, about 15 bytes for each key, so that
// millions of rows fit into memory. The mark is seeded, so nobody can make keys
// that collide.
type keySet struct {
	seed  maphash.Seed
	marks []uint64
	rows  []uint32 // 0: the place is empty
	used  int
}

const (
	firstKeys = 1 << 10
	// madeBit marks rows whose object has an id that the import made.
	madeBit = 1 << 31
	// manyRows stands for several rows.
	manyRows = madeBit - 1
)

func newKeySet() *keySet {
	return &keySet{seed: maphash.MakeSeed(), marks: make([]uint64, firstKeys), rows: make([]uint32, firstKeys)}
}

// mark is the hash of a key.
func (s *keySet) mark(space string, value string) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	h.WriteString(space)
	h.WriteByte(0)
	h.WriteString(value)
	return h.Sum64()
}

// place returns where the mark is or would be.
func (s *keySet) place(mark uint64) int {
	n := uint64(len(s.marks))
	at := int((mark >> 32) * n >> 32)
	for s.rows[at] != 0 && s.marks[at] != mark {
		if at++; at == len(s.marks) {
			at = 0
		}
	}
	return at
}

// get returns the row of a key, or 0.
func (s *keySet) get(space, value string) uint32 {
	return s.rows[s.place(s.mark(space, value))]
}

// put sets the row of a key.
func (s *keySet) put(space, value string, row uint32) {
	s.set(s.mark(space, value), row)
}

// add is put, but a key that another row has is then one of several rows.
func (s *keySet) add(space, value string, row uint32) {
	mark := s.mark(space, value)
	if had := s.rows[s.place(mark)]; had != 0 && had != row {
		row = manyRows
	}
	s.set(mark, row)
}

func (s *keySet) set(mark uint64, row uint32) {
	at := s.place(mark)
	if s.rows[at] == 0 {
		if s.used++; s.used > len(s.marks)/20*17 {
			s.grow()
			at = s.place(mark)
		}
	}
	s.marks[at], s.rows[at] = mark, row
}

func (s *keySet) grow() {
	marks, rows := s.marks, s.rows
	size := len(marks) + len(marks)/2
	if len(marks) < 1<<18 {
		size = 4 * len(marks)
	}
	s.marks, s.rows = make([]uint64, size), make([]uint32, size)
	for i, row := range rows {
		if row != 0 {
			at := s.place(marks[i])
			s.marks[at], s.rows[at] = marks[i], row
		}
	}
}
