package acs

import (
	"sync"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/policy"
)

// policies caches parsed policies by their name and text: those of callers apart
// from control policies, whose grammar is another.
type policies struct {
	mu     sync.Mutex
	parsed map[policyKey]*policy.Policy
	bytes  int // of the texts
}

// A parsed policy takes a few times the memory of its text.
const (
	policyCacheSize  = 1000
	policyCacheBytes = 2 << 20
)

type policyKey struct {
	name, text string
	control    bool
}

// of returns the principal's policy: a built-in one or a parsed document. A
// document that does not parse grants nothing.
func (ps *policies) of(who *directory.Principal) *policy.Policy {
	return ps.parse(policyKey{who.PolicyName, who.Policy, false})
}

func (ps *policies) parse(key policyKey) *policy.Policy {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if p := ps.parsed[key]; p != nil {
		return p
	}
	read := policy.Parse
	if key.control {
		read = policy.ParseControl
	}
	p, err := read(key.name, key.text)
	if err != nil {
		p = policy.None("that cannot be read (" + err.Error() + ")")
	}
	size := len(key.name) + len(key.text)
	if ps.parsed == nil || len(ps.parsed) >= policyCacheSize || ps.bytes+size > policyCacheBytes {
		ps.parsed, ps.bytes = make(map[policyKey]*policy.Policy), 0
	}
	if size <= policyCacheBytes {
		ps.parsed[key] = p
		ps.bytes += size
	}
	return p
}
