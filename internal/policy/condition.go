package policy

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// condition is one key of a Condition block, such as
// "IpAddress": {"acs:SourceIp": ["10.0.0.0/8"]}. Its values are alternatives.
type condition struct {
	operator string
	key      string
	values   []string
}

func parseConditions(v value) ([]condition, error) {
	if v.kind != objectValue {
		return nil, fmt.Errorf("condition is not an object")
	}
	var cs []condition
	for _, operator := range v.members {
		if operator.value.kind != objectValue {
			return nil, fmt.Errorf("condition %s is not an object", operator.name)
		}
		for _, key := range operator.value.members {
			values, ok := textsOf(key.value)
			if !ok {
				return nil, fmt.Errorf("condition %s of %s is not a text or a list of texts", operator.name, key.name)
			}
			cs = append(cs, condition{operator.name, strings.ToLower(key.name), values})
		}
	}
	return cs, nil
}

// met evaluates the condition; known is false for a key, operator or value that
// is not understood.
func (c condition) met(q Question) (met, known bool) {
	switch c.key {
	case "acs:sourceip":
		return c.source(q.Source)
	case "acs:currenttime":
		return c.time(q.Now)
	case "acs:securetransport":
		if c.operator != "Bool" {
			return false, false
		}
		return c.anyOf(func(v string) (bool, bool) {
			return strings.EqualFold(v, "true") == q.Secure, strings.EqualFold(v, "true") || strings.EqualFold(v, "false")
		})
	}
	if v, ok := q.Keys[c.key]; ok {
		return c.compare(v)
	}
	return false, false
}

// compare evaluates the operators on texts. An absent text is "", which no value
// of a policy is meant to equal.
func (c condition) compare(text string) (met, known bool) {
	operator, ok := strings.CutPrefix(c.operator, "String")
	if !ok {
		return false, false
	}
	operator, negate := strings.CutPrefix(operator, "Not")
	var equal func(v string) bool
	switch operator {
	case "Equals":
		equal = func(v string) bool { return v == text }
	case "EqualsIgnoreCase":
		equal = func(v string) bool { return strings.EqualFold(v, text) }
	case "Like":
		equal = func(v string) bool { return wildcard(v, text) }
	default:
		return false, false
	}
	met, known = c.anyOf(func(v string) (bool, bool) { return text != "" && equal(v), true })
	return met != negate, known
}

func (c condition) source(ip netip.Addr) (met, known bool) {
	if !ip.IsValid() {
		return false, false
	}
	within, known := c.anyOf(func(v string) (bool, bool) {
		if network, err := netip.ParsePrefix(v); err == nil {
			return network.Contains(ip), true
		}
		single, err := netip.ParseAddr(v)
		return single == ip, err == nil
	})
	switch c.operator {
	case "IpAddress":
		return within, known
	case "NotIpAddress":
		return !within, known
	}
	return false, false
}

func (c condition) time(now time.Time) (met, known bool) {
	negate := false
	var compare func(limit time.Time) bool
	switch c.operator {
	case "DateEquals":
		compare = now.Equal
	case "DateNotEquals":
		compare, negate = now.Equal, true
	case "DateLessThan":
		compare = now.Before
	case "DateLessThanEquals":
		compare = func(limit time.Time) bool { return !now.After(limit) }
	case "DateGreaterThan":
		compare = now.After
	case "DateGreaterThanEquals":
		compare = func(limit time.Time) bool { return !now.Before(limit) }
	default:
		return false, false
	}
	met, known = c.anyOf(func(v string) (bool, bool) {
		limit, err := time.Parse(time.RFC3339, v)
		return err == nil && compare(limit), err == nil
	})
	return met != negate, known
}

// anyOf reports whether one of the values matches, and whether all can be
// parsed.
func (c condition) anyOf(judge func(string) (met, known bool)) (met, known bool) {
	known = true
	for _, v := range c.values {
		m, k := judge(v)
		met, known = met || m, known && k
	}
	return met, known
}
