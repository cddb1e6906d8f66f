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
	clauses
	principals []string // of the kind RAM, in lower case
}

// ParseTrust parses a trust policy.
func ParseTrust(text string) (*Trust, error) {
	statements, err := parseDocument(text, parseTrustStatement)
	if err != nil {
		return nil, err
	}
	return &Trust{statements}, nil
}

func parseTrustStatement(v value) (s trustStatement, err error) {
	named := false
	err = s.parse(v, func(name string, v value) (known bool, err error) {
		if name != "Principal" {
			return false, nil
		}
		named = true
		s.principals, err = parsePrincipals(v)
		return true, err
	})
	if err == nil && (s.actions.any == nil || !named) {
		err = fmt.Errorf("lacks Action or Principal")
	}
	return s, err
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
