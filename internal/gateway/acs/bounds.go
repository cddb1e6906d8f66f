package acs

import (
	"strings"

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

// decide is the decision of all control policies of a level together: a Deny of
// any wins, and any may allow.
func (ps *policies) decide(level directory.ControlLevel, q policy.Question) policy.Decision {
	decision := policy.Decision{Action: q.Action, Resource: q.Resource}
	for _, p := range level.Policies {
		d := ps.parse(policyKey{p.ID, p.Document, true}).Decide(q)
		if d.Explicit {
			d.Policy += " of " + level.Target
			return d
		}
		decision.Allowed = decision.Allowed || d.Allowed
	}
	if !decision.Allowed {
		decision.Policy = idsOf(level) + " of " + level.Target
	}
	return decision
}

func idsOf(level directory.ControlLevel) string {
	ids := make([]string, len(level.Policies))
	for i, p := range level.Policies {
		ids[i] = p.ID
	}
	return strings.Join(ids, ", ")
}
