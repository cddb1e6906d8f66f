package acs

import (
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/policy"
)

// decide asks the caller's policy and, in a session of a role, that of the
// session: both must allow (docs/spec/sts.md#session-policies).
func (c *call) decide(q policy.Question) policy.Decision {
	d := c.h.policies.of(&c.Caller).Decide(q)
	session := c.Caller.Role.Policy
	if !d.Allowed || session == "" {
		return d
	}
	if d = c.h.policies.of(&directory.Principal{PolicyName: "of the session", Policy: session}).Decide(q); !d.Allowed {
		c.deniedBy = sessionPolicy
	}
	return d
}
