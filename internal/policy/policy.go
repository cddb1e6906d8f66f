// Package policy evaluates policies in the vendor's language: RAM statements
// with Effect, Action, Resource and Condition
// (docs/spec/resource-directory.md#policy-language). The gateway asks it for
// every call, and the command line explains its decisions.
//
// It stores nothing, knows no principal and no operation by name, and imports
// no other package of this module.
package policy

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// ActionPrefix is the service's name in policies, which is not
// resourcedirectory (docs/spec/resource-directory.md#actions-and-resources).
const ActionPrefix = "resourcemanager:"

// Built-in policies (docs/spec/resource-directory.md#policies-of-access-keys).
const (
	FullAccess = "FullAccess"
	ReadOnly   = "ReadOnly"
)

// Policy is what an access key may do. It understands Version, Statement,
// Effect, Action, NotAction, Resource, NotResource and Condition. Deny wins;
// what no statement allows is denied. It is immutable and safe for concurrent
// use.
type Policy struct {
	name       string // shown in decisions
	statements []statement
}

type statement struct {
	clauses
	resources patterns
}

// patterns matches any of its texts or, with not, none of them.
type patterns struct {
	not  bool
	fold bool
	any  []string
}

// Question is what a policy decides.
type Question struct {
	Action   string // with ActionPrefix
	Resource string
	Source   netip.Addr
	Secure   bool
	Now      time.Time
	// Keys are further keys of conditions in lower case, such as
	// sts:externalid; a key that is not among them is not understood.
	Keys map[string]string
}

// Decision is a policy's answer and the statement that made it.
type Decision struct {
	Allowed   bool
	Explicit  bool // a statement denies it
	Statement int  // from 1; 0 if no statement applies
	Policy    string
	Action    string
	Resource  string
}

// String says in one sentence which statement decided.
func (d Decision) String() string {
	what := fmt.Sprintf("%s on %s", d.Action, d.Resource)
	switch {
	case d.Allowed:
		return fmt.Sprintf("statement %d of policy %s allows %s", d.Statement, d.Policy, what)
	case d.Explicit:
		return fmt.Sprintf("statement %d of policy %s denies %s", d.Statement, d.Policy, what)
	}
	return fmt.Sprintf("no statement of policy %s allows %s", d.Policy, what)
}

// Decide answers the question
// (docs/spec/resource-directory.md#evaluation-of-a-policy).
func (p *Policy) Decide(q Question) Decision {
	d := Decision{Policy: p.name, Action: q.Action, Resource: q.Resource}
	for i := range p.statements {
		s := &p.statements[i]
		if !s.actions.match(q.Action) || !s.resources.match(q.Resource) || !applies(s.conditions, s.deny, q) {
			continue
		}
		if s.deny {
			d.Allowed, d.Explicit, d.Statement = false, true, i+1
			return d
		}
		if !d.Allowed {
			d.Allowed, d.Statement = true, i+1
		}
	}
	return d
}

// applies reports whether all conditions of a statement are met. A condition
// that cannot be evaluated counts as met in a Deny and as not met in an Allow:
// a policy that is not understood gives no rights
// (docs/spec/resource-directory.md#conditions-of-a-policy).
func applies(conditions []condition, deny bool, q Question) bool {
	for _, c := range conditions {
		met, known := c.met(q)
		if !known {
			met = deny
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

// wildcard matches '*' with any text and '?' with any one byte: names in
// policies are ASCII.
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

// Parse parses a policy: a built-in name or a document. Decisions show name; if
// it is "", the built-in's name or "document".
func Parse(name, text string) (*Policy, error) {
	switch text {
	case FullAccess:
		return allowing(text, "*"), nil
	case ReadOnly:
		return allowing(text, ActionPrefix+"get*", ActionPrefix+"list*"), nil
	}
	statements, err := parseDocument(text, parseStatement)
	if errors.Is(err, errNoDocument) {
		return nil, fmt.Errorf("neither a built-in name nor a JSON document")
	}
	if err != nil {
		return nil, err
	}
	p := &Policy{name: "document", statements: statements}
	if name != "" {
		p.name = name
	}
	return p, nil
}

// None returns a policy that allows nothing; decisions show name.
func None(name string) *Policy { return &Policy{name: name} }

func allowing(name string, actions ...string) *Policy {
	return &Policy{name: name, statements: []statement{{
		clauses: clauses{actions: patterns{fold: true, any: actions}}, resources: patterns{any: []string{"*"}},
	}}}
}

func parseStatement(v value) (s statement, err error) {
	err = s.parse(v, func(name string, v value) (known bool, err error) {
		switch name {
		case "NotAction":
			err = s.parseActions(v, true)
		case "Resource", "NotResource":
			err = s.resources.set(v, name == "NotResource", false)
		default:
			return false, nil
		}
		return true, err
	})
	if err == nil && (s.actions.any == nil || s.resources.any == nil) {
		err = fmt.Errorf("lacks Action or Resource")
	}
	return s, err
}

func (p *patterns) set(v value, not, fold bool) error {
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

// listed returns the entries of a list; a single value is a list of one.
func listed(v value) []value {
	if v.kind == listValue {
		return v.list
	}
	return []value{v}
}

func textsOf(v value) ([]string, bool) {
	items := listed(v)
	texts := make([]string, len(items))
	for i, item := range items {
		switch item.kind {
		case textValue:
			texts[i] = item.text
		case boolValue:
			texts[i] = strconv.FormatBool(item.bool)
		default:
			return nil, false
		}
	}
	return texts, len(texts) > 0
}
