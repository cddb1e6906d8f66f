package policy

import (
	"net/netip"
	"testing"
	"time"
)

var at = time.Date(2026, 11, 22, 9, 50, 0, 0, time.UTC)

func TestPolicy(t *testing.T) {
	t.Parallel()
	const update, get = "resourcemanager:UpdateMessageContact", "resourcemanager:GetMessageContact"
	const contact = "acs:resourcemanager:*:1000000000000001:messagecontact/c-1"
	allow := func(more string) string {
		return `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"` + more + `}]}`
	}
	deny := func(more string) string {
		return `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"*"` + more + `}]}`
	}
	for _, tt := range []struct {
		name, policy, action, resource string
		allowed                        bool
		why                            string
	}{
		{"full", "FullAccess", update, contact, true, "statement 1 of policy FullAccess allows resourcemanager:UpdateMessageContact on " + contact},
		{"full, any resource", "FullAccess", update, "*", true, ""},
		{"read", "ReadOnly", get, contact, true, ""},
		{"list", "ReadOnly", "resourcemanager:ListMessageContacts", "*", true, ""},
		{"read, not write", "ReadOnly", update, contact, false, "no statement of policy ReadOnly allows resourcemanager:UpdateMessageContact on " + contact},
		{"read, another service", "ReadOnly", "ram:GetUser", "*", false, ""},
		{"none", "", get, contact, false, ""},
		{"unknown name", "Admin", get, contact, false, ""},
		{"nothing stated", `{"Version":"1","Statement":[]}`, get, contact, false, ""},
		{"all", allow(""), get, contact, true, "statement 1 of policy document allows resourcemanager:GetMessageContact on " + contact},
		{"one statement without list", `{"Version":"1","Statement":{"Effect":"Allow","Action":["a","resourcemanager:Get*"],"Resource":"*"}}`, get, contact, true, ""},
		{"question mark", `{"Version":"1","Statement":[{"Effect":"Allow","Action":"resourcemanager:?etMessageContact","Resource":"acs:*:*:*:messagecontact/c-?"}]}`, get, contact, true, ""},
		{"question mark is one", `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"acs:*:*:*:messagecontact/c-??"}]}`, get, contact, false, ""},
		{"other account", `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"acs:resourcemanager:*:2000000000000001:*"}]}`, get, contact, false, ""},
		{"resource by name does not cover all", `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"acs:resourcemanager:*:*:messagecontact/*"}]}`, get, "*", false, ""},
		{"deny wins", deny(""), get, contact, false, "statement 2 of policy document denies resourcemanager:GetMessageContact on " + contact},
		{"deny first", `{"Version":"1","Statement":[{"Effect":"Deny","Action":"*:UPDATE*","Resource":"*"},{"Effect":"Allow","Action":"*","Resource":"*"}]}`, update, contact, false, ""},
		{"not action", `{"Version":"1","Statement":[{"Effect":"Allow","NotAction":"resourcemanager:Update*","Resource":"*"}]}`, update, contact, false, ""},
		{"not action, other", `{"Version":"1","Statement":[{"Effect":"Allow","NotAction":"resourcemanager:Update*","Resource":"*"}]}`, get, contact, true, ""},
		{"source", allow(`,"Condition":{"IpAddress":{"acs:SourceIp":["192.0.2.0/24","10.1.2.3"]}}`), get, contact, true, ""},
		{"source, elsewhere", allow(`,"Condition":{"IpAddress":{"acs:SourceIp":"192.0.2.0/24"}}`), get, contact, false, ""},
		{"source, denied", deny(`,"Condition":{"NotIpAddress":{"acs:SourceIp":"192.0.2.0/24"}}`), get, contact, false, ""},
		{"source, unreadable allow", allow(`,"Condition":{"IpAddress":{"acs:SourceIp":"here"}}`), get, contact, false, ""},
		{"source, unreadable deny", deny(`,"Condition":{"IpAddress":{"acs:SourceIp":"here"}}`), get, contact, false, ""},
		{"time", allow(`,"Condition":{"DateLessThan":{"acs:CurrentTime":"2026-11-22T17:50:01+08:00"}}`), get, contact, true, ""},
		{"time, over", allow(`,"Condition":{"DateLessThan":{"acs:CurrentTime":"2026-11-22T17:50:00+08:00"}}`), get, contact, false, ""},
		{"time, from", allow(`,"Condition":{"DateGreaterThanEquals":{"acs:CurrentTime":"2026-11-22T09:50:00Z"}}`), get, contact, true, ""},
		{"transport", allow(`,"Condition":{"Bool":{"acs:SecureTransport":"true"}}`), get, contact, false, ""},
		{"transport, plain", allow(`,"Condition":{"Bool":{"acs:SecureTransport":false}}`), get, contact, true, ""},
		{"two conditions", allow(`,"Condition":{"Bool":{"acs:SecureTransport":"false"},"IpAddress":{"acs:SourceIp":"192.0.2.1"}}`), get, contact, false, ""},
		{"unknown condition, allow", allow(`,"Condition":{"StringEquals":{"acs:Moon":"full"}}`), get, contact, false, ""},
		{"unknown condition, deny", deny(`,"Condition":{"StringEquals":{"acs:Moon":"full"}}`), get, contact, false, ""},
		{"condition of the wrong kind", allow(`,"Condition":["x"]`), get, contact, false, ""},
		{"unknown element", allow(`,"Principal":"*"`), get, contact, false, ""},
		{"no effect", `{"Version":"1","Statement":[{"Action":"*","Resource":"*"}]}`, get, contact, false, ""},
		{"no resource", `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*"}]}`, get, contact, false, ""},
		{"other version", `{"Version":"2","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, get, contact, false, ""},
		{"duplicate key", `{"Version":"1","Statement":[],"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, get, contact, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := Parse("", tt.policy)
			if err != nil {
				p = None("that cannot be read")
			}
			d := p.Decide(Question{Action: tt.action, Resource: tt.resource, Source: netip.MustParseAddr("10.1.2.3"), Now: at})
			if d.Allowed != tt.allowed {
				t.Errorf("got %v (%s), want %v", d.Allowed, d, tt.allowed)
			}
			if tt.why != "" && d.String() != tt.why {
				t.Errorf("got %q, want %q", d, tt.why)
			}
		})
	}
}

func TestWildcard(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, s string
		want       bool
	}{
		{"*", "", true}, {"", "", true}, {"", "a", false}, {"a*c", "abbc", true}, {"a*c", "abb", false}, {"*a*b*", "xxaxxbxx", true},
		{"?", "", false}, {"a?c", "abc", true}, {"**", "x", true}, {"a", "a*", false}, {"*ab", "aab", true},
	} {
		if got := wildcard(tt.pattern, tt.s); got != tt.want {
			t.Errorf("%q, %q: got %v, want %v", tt.pattern, tt.s, got, tt.want)
		}
	}
	long := make([]byte, 1<<16)
	for i := range long {
		long[i] = 'a'
	}
	begin := time.Now()
	if wildcard("*a*a*a*a*a*a*a*a*b", string(long)) {
		t.Error("a text of a's matches a pattern that ends in b")
	}
	if took := time.Since(begin); took > time.Second {
		t.Errorf("a hostile pattern took %s", took)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	p, err := Parse("operators", `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	const want = "statement 1 of policy operators allows a on b"
	if got := p.Decide(Question{Action: "a", Resource: "b"}).String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, text := range []string{"", "Admin", "[]", "{", `{"Version":"1"}{}`, `{"Version":1}`, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Effect":"Deny"}}`, "\xff"} {
		if _, err := Parse("", text); err == nil {
			t.Errorf("%q: got no error, want one", text)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{FullAccess, `{"Version":"1","Statement":[{"Effect":"Deny","NotAction":["a*"],"Resource":"?","Condition":{"IpAddress":{"acs:SourceIp":"10.0.0.0/8"}}}]}`, "[[[["} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := Parse("x", text); err == nil {
			_ = p.Decide(Question{Action: "resourcemanager:GetFolder", Resource: "*", Now: at}).String()
		}
	})
}
