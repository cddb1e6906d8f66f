package policy

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// AssumeRole is the action that trust policies are about.
const AssumeRole = "sts:AssumeRole"

// Trust is the trust policy of a role: statements with Effect, Action,
// Principal and Condition (docs/spec/sts.md#trust-policies). Deny wins; whom no
// statement names is not trusted. It is immutable and safe for concurrent use.
type Trust struct{ statements []trustStatement }

type trustStatement struct {
	deny       bool
	actions    patterns
	principals []string // of the kind RAM, in lower case
	conditions []condition
}

// ParseTrust parses a trust policy.
func ParseTrust(text string) (*Trust, error) {
	doc, err := parseJSON(text)
	if err != nil || doc.kind != objectValue {
		return nil, fmt.Errorf("not a JSON document")
	}
	t := &Trust{}
	for _, m := range doc.members {
		switch m.name {
		case "Version":
			if m.value.kind != textValue || m.value.text != "1" {
				return nil, fmt.Errorf(`version is not "1"`)
			}
		case "Statement":
			for i, v := range listed(m.value) {
				s, err := parseTrustStatement(v)
				if err != nil {
					return nil, fmt.Errorf("statement %d: %w", i+1, err)
				}
				t.statements = append(t.statements, s)
			}
		default:
			return nil, fmt.Errorf("unknown element %q", m.name)
		}
	}
	return t, nil
}

func parseTrustStatement(v value) (s trustStatement, err error) {
	if v.kind != objectValue {
		return s, fmt.Errorf("not an object")
	}
	effect := v.get("Effect").text
	if effect != "Allow" && effect != "Deny" {
		return s, fmt.Errorf("effect is neither Allow nor Deny")
	}
	s.deny = effect == "Deny"
	named := false
	for _, m := range v.members {
		switch m.name {
		case "Effect", "Sid":
		case "Action":
			err = s.actions.set(m.value, false, true)
		case "Principal":
			named = true
			s.principals, err = parsePrincipals(m.value)
		case "Condition":
			s.conditions, err = parseConditions(m.value)
		default:
			err = fmt.Errorf("unknown element %q", m.name)
		}
		if err != nil {
			return s, err
		}
	}
	if s.actions.any == nil || !named {
		return s, fmt.Errorf("lacks Action or Principal")
	}
	return s, nil
}

// principalForm is the form of a principal of the kind RAM.
var principalForm = regexp.MustCompile(`^acs:ram::[0-9]{16}:(root|user/.{1,64}|role/[0-9A-Za-z.-]{1,64})$`)

// parsePrincipals returns the principals of the kind RAM. Services and identity
// providers are read over: none of them calls here.
func parsePrincipals(v value) (ram []string, err error) {
	if v.kind != objectValue {
		return nil, fmt.Errorf("principal is not an object")
	}
	for _, kind := range v.members {
		names, ok := textsOf(kind.value)
		switch {
		case !ok:
			return nil, fmt.Errorf("principal %s is not a text or a list of texts", kind.name)
		case kind.name == "Service", kind.name == "Federated":
			continue
		case kind.name != "RAM":
			return nil, fmt.Errorf("unknown kind of principal %q", kind.name)
		}
		for _, name := range names {
			if !principalForm.MatchString(name) {
				return nil, fmt.Errorf("principal %q is not acs:ram::<account>:root, :user/<name> or :role/<name>", name)
			}
			ram = append(ram, strings.ToLower(name))
		}
	}
	return ram, nil
}

// Allows reports whether the role trusts a caller that goes by the names, such
// as acs:ram::<account>:root and acs:ram::<account>:user/<name>.
func (t *Trust) Allows(names []string, q Question) bool {
	allowed := false
	q.Action = AssumeRole
	for i := range t.statements {
		s := &t.statements[i]
		if !s.actions.match(q.Action) || !s.names(names) || !applies(s.conditions, s.deny, q) {
			continue
		}
		if s.deny {
			return false
		}
		allowed = true
	}
	return allowed
}

func (s *trustStatement) names(caller []string) bool {
	return slices.ContainsFunc(caller, func(name string) bool { return slices.Contains(s.principals, strings.ToLower(name)) })
}
