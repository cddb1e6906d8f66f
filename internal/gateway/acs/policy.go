package acs

import (
	"sync"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/policy"
)

// policies caches parsed policies by their name and text.
type policies struct {
	mu     sync.Mutex
	parsed map[[2]string]*policy.Policy
	bytes  int // of the texts
}

// A parsed policy takes a few times the memory of its text.
const (
	policyCacheSize  = 1000
	policyCacheBytes = 2 << 20
)

// of returns the principal's policy: a built-in one or a parsed document. A
// document that does not parse grants nothing.
func (ps *policies) of(who *directory.Principal) *policy.Policy {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	key := [2]string{who.PolicyName, who.Policy}
	if p := ps.parsed[key]; p != nil {
		return p
	}
	p, err := policy.Parse(who.PolicyName, who.Policy)
	if err != nil {
		p = policy.None("that cannot be read (" + err.Error() + ")")
	}
	size := len(who.PolicyName) + len(who.Policy)
	if ps.parsed == nil || len(ps.parsed) >= policyCacheSize || ps.bytes+size > policyCacheBytes {
		ps.parsed, ps.bytes = make(map[[2]string]*policy.Policy), 0
	}
	if size <= policyCacheBytes {
		ps.parsed[key] = p
		ps.bytes += size
	}
	return p
}
