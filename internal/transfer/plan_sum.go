package transfer

import (
	"crypto/sha256"
	"hash"
)

// planSum is a digest of plans: two passes that plan the same have the same.
type planSum struct {
	hash  hash.Hash
	coder coder
}

func newPlanSum() *planSum { return &planSum{hash: sha256.New()} }

func (s *planSum) add(p *plan) {
	s.coder.b = s.coder.b[:0]
	s.coder.plan(p)
	s.hash.Write(s.coder.b)
}

func (s *planSum) sum() []byte { return s.hash.Sum(nil) }
