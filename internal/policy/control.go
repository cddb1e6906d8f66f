package policy

import (
	"fmt"
	"strings"
)

// ParseControl parses the document of a control policy, whose grammar is
// stricter than that of Parse: what the vendor does not document is refused,
// and no built-in name stands for a document
// (docs/spec/control-policies.md#grammar-of-documents). Decisions show name.
func ParseControl(name, text string) (*Policy, error) {
	doc, err := parseJSON(text)
	if err != nil || doc.kind != objectValue {
		return nil, errNoDocument
	}
	for _, m := range doc.members {
		if m.name != "Version" && m.name != "Statement" {
			return nil, fmt.Errorf("unknown element %q", m.name)
		}
	}
	if version := doc.get("Version"); version.kind != textValue || version.text != "1" {
		return nil, fmt.Errorf(`version is not "1"`)
	}
	statements := doc.get("Statement")
	if statements.kind != listValue || len(statements.list) == 0 {
		return nil, fmt.Errorf("statement is not a list, or is empty")
	}
	p := &Policy{name: name}
	for i, v := range statements.list {
		s, err := parseControlStatement(v)
		if err != nil {
			return nil, fmt.Errorf("statement %d: %w", i+1, err)
		}
		p.statements = append(p.statements, s)
	}
	return p, nil
}

func parseControlStatement(v value) (statement, error) {
	for _, m := range v.members {
		if m.name == "Sid" || m.name == "NotResource" { // only policies of access keys have them
			return statement{}, fmt.Errorf("unknown element %q", m.name)
		}
	}
	s, err := parseStatement(v)
	if err != nil {
		return s, err
	}
	for _, text := range append(s.actions.any, s.resources.any...) {
		if text == "" {
			return s, fmt.Errorf("an action or resource is empty")
		}
	}
	for _, resource := range s.resources.any {
		if resource != "*" && !isResource(resource) {
			return s, fmt.Errorf("resource %q is neither * nor acs:<service>:<region>:<account>:<id>", resource)
		}
	}
	return s, nil
}

// isResource reports whether a text has the parts of a resource's name.
func isResource(text string) bool {
	return strings.HasPrefix(text, "acs:") && strings.Count(text, ":") >= 4
}

// DecideTogether is the decision of all control policies that are attached to a
// target: a Deny of any wins, and any may allow. The decision of a denial names
// the policies, by the names they were parsed with, and the target.
func DecideTogether(target string, attached []*Policy, q Question) Decision {
	together := Decision{Action: q.Action, Resource: q.Resource}
	names := make([]string, len(attached))
	for i, p := range attached {
		d := p.Decide(q)
		if d.Explicit {
			d.Policy += " of " + target
			return d
		}
		together.Allowed = together.Allowed || d.Allowed
		names[i] = p.name
	}
	if !together.Allowed {
		together.Policy = strings.Join(names, ", ") + " of " + target
	}
	return together
}
