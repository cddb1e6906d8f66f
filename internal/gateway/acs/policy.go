package acs

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// actionPrefix is the service's name in policies: not resourcedirectory (section E).
const actionPrefix = "resourcemanager:"

// policy is what an access key may do: the vendor's policy language, of which
// Version, Statement, Effect, Action, NotAction, Resource, NotResource and
// Condition are understood. Deny wins; what nothing allows is denied.
type policy struct {
	name       string // as the deciding statement is shown
	statements []statement
}

type statement struct {
	deny       bool
	actions    patterns
	resources  patterns
	conditions []condition
}

// patterns matches any of its texts, or none of them.
type patterns struct {
	not  bool
	fold bool
	any  []string
}

// question is what a policy is asked.
type question struct {
	action   string
	resource string
	source   netip.Addr
	secure   bool
	now      time.Time
}

// decision is a policy's answer and the statement that made it.
type decision struct {
	allowed   bool
	explicit  bool // a statement denies it
	statement int  // from 1; 0: no statement says anything
	policy    string
	action    string
	resource  string
}

// String says in one sentence which statement decided.
func (d decision) String() string {
	what := fmt.Sprintf("%s on %s", d.action, d.resource)
	switch {
	case d.allowed:
		return fmt.Sprintf("statement %d of policy %s allows %s", d.statement, d.policy, what)
	case d.explicit:
		return fmt.Sprintf("statement %d of policy %s denies %s", d.statement, d.policy, what)
	}
	return fmt.Sprintf("no statement of policy %s allows %s", d.policy, what)
}

func (p *policy) decide(q question) decision {
	d := decision{policy: p.name, action: q.action, resource: q.resource}
	for i := range p.statements {
		s := &p.statements[i]
		if !s.actions.match(q.action) || !s.resources.match(q.resource) || !s.holds(q) {
			continue
		}
		if s.deny {
			d.allowed, d.explicit, d.statement = false, true, i+1
			return d
		}
		if !d.allowed {
			d.allowed, d.statement = true, i+1
		}
	}
	return d
}

// holds reports whether all conditions of the statement are met. One that
// cannot be judged counts as met in a Deny and as not met in an Allow: a policy
// that is not understood gives no rights.
func (s *statement) holds(q question) bool {
	for _, c := range s.conditions {
		met, known := c.met(q)
		if !known {
			met = s.deny
		}
		if !met {
			return false
		}
	}
	return true
}

func (p patterns) match(s string) bool {
	if p.fold {
		s = strings.ToLower(s)
	}
	for _, pattern := range p.any {
		if wildcard(pattern, s) {
			return !p.not
		}
	}
	return p.not
}

// wildcard matches '*' with any text and '?' with any one byte: what policies
// name is ASCII.
func wildcard(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			p, mark = star+1, mark+1
			i = mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// policies remembers parsed policies by their text.
type policies struct {
	mu     sync.Mutex
	parsed map[string]*policy
}

const policyCacheSize = 1000

// of returns the policy that a principal carries: a built-in name or a document.
// A document that cannot be read gives no rights.
func (ps *policies) of(text string) *policy {
	ps.mu.Lock()
	defer ps.mu.Unlock()
	if p := ps.parsed[text]; p != nil {
		return p
	}
	p, err := parsePolicy(text)
	if err != nil {
		p = &policy{name: "that cannot be read (" + err.Error() + ")"}
	}
	if ps.parsed == nil || len(ps.parsed) >= policyCacheSize {
		ps.parsed = make(map[string]*policy)
	}
	ps.parsed[text] = p
	return p
}

func parsePolicy(text string) (*policy, error) {
	allow := func(name string, actions ...string) *policy {
		return &policy{name: name, statements: []statement{{
			actions: patterns{fold: true, any: actions}, resources: patterns{any: []string{"*"}},
		}}}
	}
	switch text {
	case directory.PolicyFullAccess:
		return allow(text, "*"), nil
	case directory.PolicyReadOnly:
		return allow(text, actionPrefix+"get*", actionPrefix+"list*"), nil
	}
	doc, err := api.ParseJSON([]byte(text))
	if err != nil || doc.Kind != api.ObjectValue {
		return nil, fmt.Errorf("neither a built-in name nor a JSON document")
	}
	p := &policy{name: "document"}
	for _, m := range doc.Members {
		switch m.Name {
		case "Version":
			if m.Value.Kind != api.TextValue || m.Value.Text != "1" {
				return nil, fmt.Errorf(`version is not "1"`)
			}
		case "Statement":
			for i, v := range listed(m.Value) {
				s, err := parseStatement(v)
				if err != nil {
					return nil, fmt.Errorf("statement %d: %w", i+1, err)
				}
				p.statements = append(p.statements, s)
			}
		default:
			return nil, fmt.Errorf("unknown element %q", m.Name)
		}
	}
	return p, nil
}

func parseStatement(v api.Value) (s statement, err error) {
	if v.Kind != api.ObjectValue {
		return s, fmt.Errorf("not an object")
	}
	effect := v.Get("Effect").Text
	if effect != "Allow" && effect != "Deny" {
		return s, fmt.Errorf("effect is neither Allow nor Deny")
	}
	s.deny = effect == "Deny"
	for _, m := range v.Members {
		switch m.Name {
		case "Effect", "Sid":
		case "Action", "NotAction":
			// Inferred: actions are compared without regard to case, so that a
			// Deny cannot be passed by another spelling.
			err = s.actions.set(m.Value, m.Name == "NotAction", true)
		case "Resource", "NotResource":
			err = s.resources.set(m.Value, m.Name == "NotResource", false)
		case "Condition":
			s.conditions, err = parseConditions(m.Value)
		default:
			err = fmt.Errorf("unknown element %q", m.Name)
		}
		if err != nil {
			return s, err
		}
	}
	if s.actions.any == nil || s.resources.any == nil {
		return s, fmt.Errorf("lacks Action or Resource")
	}
	return s, nil
}

func (p *patterns) set(v api.Value, not, fold bool) error {
	texts, ok := textsOf(v)
	if !ok || p.any != nil {
		return fmt.Errorf("action or resource is not one text or one list of texts")
	}
	p.not, p.fold, p.any = not, fold, texts
	if fold {
		for i := range texts {
			texts[i] = strings.ToLower(texts[i])
		}
	}
	return nil
}

// listed returns the entries of a list, or the one value that stands for it.
func listed(v api.Value) []api.Value {
	if v.Kind == api.ListValue {
		return v.List
	}
	return []api.Value{v}
}

func textsOf(v api.Value) ([]string, bool) {
	items := listed(v)
	texts := make([]string, len(items))
	for i, item := range items {
		switch item.Kind {
		case api.TextValue:
			texts[i] = item.Text
		case api.BoolValue:
			texts[i] = strconv.FormatBool(item.Bool)
		default:
			return nil, false
		}
	}
	return texts, len(texts) > 0
}
