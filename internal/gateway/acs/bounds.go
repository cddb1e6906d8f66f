package acs

import (
	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/policy"
)

// withinBounds refuses what the control policies of the caller's directory deny,
// or do not allow, at a level from the caller's account up to the root folder
// (docs/spec/control-policies.md#evaluation-level-by-level).
func (c *call) withinBounds(q policy.Question) *api.Failure {
	levels, err := c.h.keys.Bounds(c.Request.Context(), c.Caller)
	if err != nil {
		return c.Broken(err)
	}
	for _, level := range levels {
		d := c.h.policies.decide(level, q)
		if !d.Allowed {
			c.denied, c.deniedBy = &d, controlPolicy
			return failFor(noPermission, deniedRule(d))
		}
	}
	return nil
}

func (ps *policies) decide(level directory.ControlLevel, q policy.Question) policy.Decision {
	attached := make([]*policy.Policy, len(level.Policies))
	for i, p := range level.Policies {
		attached[i] = ps.parse(policyKey{p.ID, p.Document, true})
	}
	return policy.DecideTogether(level.Target, attached, q)
}
