package policy

import (
	"errors"
	"fmt"
)

// errNoDocument means that a text is no JSON object.
var errNoDocument = errors.New("not a JSON document")

// parseDocument reads a document with Version and Statement, and every
// statement of it with statement.
func parseDocument[S any](text string, statement func(value) (S, error)) (statements []S, err error) {
	doc, err := parseJSON(text)
	if err != nil || doc.kind != objectValue {
		return nil, errNoDocument
	}
	for _, m := range doc.members {
		switch m.name {
		case "Version":
			if m.value.kind != textValue || m.value.text != "1" {
				return nil, fmt.Errorf(`version is not "1"`)
			}
		case "Statement":
			for i, v := range listed(m.value) {
				s, err := statement(v)
				if err != nil {
					return nil, fmt.Errorf("statement %d: %w", i+1, err)
				}
				statements = append(statements, s)
			}
		default:
			return nil, fmt.Errorf("unknown element %q", m.name)
		}
	}
	return statements, nil
}

// clauses are what the statements of every kind of policy have.
type clauses struct {
	deny       bool
	actions    patterns
	conditions []condition
}

// parse reads a statement; own reads the elements that only its kind has, and
// reports whether it knows them.
func (c *clauses) parse(v value, own func(name string, v value) (known bool, err error)) error {
	if v.kind != objectValue {
		return fmt.Errorf("not an object")
	}
	effect := v.get("Effect").text
	if effect != "Allow" && effect != "Deny" {
		return fmt.Errorf("effect is neither Allow nor Deny")
	}
	c.deny = effect == "Deny"
	for _, m := range v.members {
		known := true
		var err error
		switch m.name {
		case "Effect", "Sid":
		case "Action":
			err = c.parseActions(m.value, false)
		case "Condition":
			c.conditions, err = parseConditions(m.value)
		default:
			known, err = own(m.name, m.value)
		}
		if err != nil {
			return err
		}
		if !known {
			return fmt.Errorf("unknown element %q", m.name)
		}
	}
	return nil
}

// parseActions reads Action or, with not, NotAction. Inferred: actions are
// compared without regard to case, so that another spelling cannot bypass a
// Deny.
func (c *clauses) parseActions(v value, not bool) error { return c.actions.set(v, not, true) }
