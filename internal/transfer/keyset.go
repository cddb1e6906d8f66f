package transfer

import "hash/maphash"

// keySet remembers by which earlier row of the file a key was taken. It keeps
// hashes of 64 bits and numbers of rows, about 15 bytes for each key, so that
// millions of rows fit into memory. The hash is seeded, so nobody can make keys
// that collide.
type keySet struct {
	seed   maphash.Seed
	hashes []uint64
	rows   []uint32 // 0: the place is empty
	used   int
}

const (
	firstKeys = 1 << 10
	// madeBit marks rows whose object has an id that the import made.
	madeBit = 1 << 31
	// manyRows stands for several rows.
	manyRows = madeBit - 1
)

func newKeySet() *keySet {
	return &keySet{seed: maphash.MakeSeed(), hashes: make([]uint64, firstKeys), rows: make([]uint32, firstKeys)}
}

func (s *keySet) hash(space string, value string) uint64 {
	var h maphash.Hash
	h.SetSeed(s.seed)
	h.WriteString(space)
	h.WriteByte(0)
	h.WriteString(value)
	return h.Sum64()
}

// place returns where the hash is or would be.
func (s *keySet) place(hash uint64) int {
	n := uint64(len(s.hashes))
	at := int((hash >> 32) * n >> 32)
	for s.rows[at] != 0 && s.hashes[at] != hash {
		if at++; at == len(s.hashes) {
			at = 0
		}
	}
	return at
}

// get returns the row of a key, or 0.
func (s *keySet) get(space, value string) uint32 {
	return s.rows[s.place(s.hash(space, value))]
}

// put sets the row of a key.
func (s *keySet) put(space, value string, row uint32) {
	s.set(s.hash(space, value), row)
}

// add is put, but a key that another row has is then one of several rows.
func (s *keySet) add(space, value string, row uint32) {
	hash := s.hash(space, value)
	if had := s.rows[s.place(hash)]; had != 0 && had != row {
		row = manyRows
	}
	s.set(hash, row)
}

func (s *keySet) set(hash uint64, row uint32) {
	at := s.place(hash)
	if s.rows[at] == 0 {
		if s.used++; s.used > len(s.hashes)/20*17 {
			s.grow()
			at = s.place(hash)
		}
	}
	s.hashes[at], s.rows[at] = hash, row
}

func (s *keySet) grow() {
	hashes, rows := s.hashes, s.rows
	size := len(hashes) + len(hashes)/2
	if len(hashes) < 1<<18 {
		size = 4 * len(hashes)
	}
	s.hashes, s.rows = make([]uint64, size), make([]uint32, size)
	for i, row := range rows {
		if row != 0 {
			at := s.place(hashes[i])
			s.hashes[at], s.rows[at] = hashes[i], row
		}
	}
}
