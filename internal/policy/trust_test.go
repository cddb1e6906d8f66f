package policy

import (
	"net/netip"
	"strings"
	"testing"
)

func TestTrust(t *testing.T) {
	t.Parallel()
	user := []string{"acs:ram::1000000000000001:root", "acs:ram::1000000000000001:user/Developer"}
	role := []string{"acs:ram::1000000000000001:root", "acs:ram::1000000000000001:role/ci"}
	statement := func(effect, principal, more string) string {
		return `{"Effect":"` + effect + `","Action":"sts:AssumeRole","Principal":{"RAM":` + principal + `}` + more + `}`
	}
	const all = `["acs:ram::1000000000000001:root"]`
	for _, tt := range []struct {
		name, statements string
		caller           []string
		external         string
		want             bool
	}{
		{"the account", statement("Allow", all, ""), user, "", true},
		{"a role of the account", statement("Allow", all, ""), role, "", true},
		{"another account", statement("Allow", `"acs:ram::2000000000000001:root"`, ""), user, "", false},
		{"the user", statement("Allow", `"acs:ram::1000000000000001:user/developer"`, ""), user, "", true},
		{"another user", statement("Allow", `"acs:ram::1000000000000001:user/develop"`, ""), user, "", false},
		{"the role", statement("Allow", `"acs:ram::1000000000000001:role/CI"`, ""), role, "", true},
		{"a user of the role's name", statement("Allow", `"acs:ram::1000000000000001:user/ci"`, ""), role, "", false},
		{"one of two", statement("Allow", `["acs:ram::2000000000000001:root","acs:ram::1000000000000001:root"]`, ""), user, "", true},
		{"deny wins", statement("Allow", all, "") + "," + statement("Deny", `"acs:ram::1000000000000001:user/developer"`, ""), user, "", false},
		{"deny of another", statement("Deny", `"acs:ram::1000000000000001:role/ci"`, "") + "," + statement("Allow", all, ""), user, "", true},
		{"any action", `{"Effect":"Allow","Action":"sts:*","Principal":{"RAM":` + all + `}}`, user, "", true},
		{"another action", `{"Effect":"Allow","Action":"ram:*","Principal":{"RAM":` + all + `}}`, user, "", false},
		{"a service", `{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["ecs.aliyuncs.com"]}}`, user, "", false},
		{"external id", statement("Allow", all, `,"Condition":{"StringEquals":{"sts:ExternalId":["a","b"]}}`), user, "b", true},
		{"external id, another", statement("Allow", all, `,"Condition":{"StringEquals":{"sts:ExternalId":"b"}}`), user, "B", false},
		{"external id, any case", statement("Allow", all, `,"Condition":{"StringEqualsIgnoreCase":{"sts:ExternalId":"b"}}`), user, "B", true},
		{"external id, a pattern", statement("Allow", all, `,"Condition":{"StringLike":{"sts:ExternalId":"b*"}}`), user, "bcd", true},
		{"external id, absent", statement("Allow", all, `,"Condition":{"StringLike":{"sts:ExternalId":"*"}}`), user, "", false},
		{"external id, not", statement("Allow", all, `,"Condition":{"StringNotEquals":{"sts:ExternalId":"b"}}`), user, "b", false},
		{"external id, not, absent", statement("Allow", all, `,"Condition":{"StringNotEquals":{"sts:ExternalId":"b"}}`), user, "", true},
		{"external id, unknown operator", statement("Allow", all, `,"Condition":{"Equals":{"sts:ExternalId":"b"}}`), user, "b", false},
		{"external id, deny with unknown operator", statement("Allow", all, "") + "," + statement("Deny", all, `,"Condition":{"Equals":{"sts:ExternalId":"b"}}`), user, "x", false},
		{"source", statement("Allow", all, `,"Condition":{"IpAddress":{"acs:SourceIp":"10.0.0.0/8"}}`), user, "", true},
		{"nothing stated", "", user, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			trust, err := ParseTrust(`{"Version":"1","Statement":[` + tt.statements + `]}`)
			if err != nil {
				t.Fatal(err)
			}
			q := Question{Source: netip.MustParseAddr("10.1.2.3"), Now: at, Keys: map[string]string{"sts:externalid": tt.external}}
			if got := trust.Allows(tt.caller, q); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func TestParseTrustRefuses(t *testing.T) {
	t.Parallel()
	statement := func(s string) string { return `{"Version":"1","Statement":[` + s + `]}` }
	for text, want := range map[string]string{
		"FullAccess":        "not a JSON document",
		`[]`:                "not a JSON document",
		`{"Version":"2"}`:   `version is not "1"`,
		`{"Statements":[]}`: "unknown element",
		statement(`"x"`):    "not an object",
		statement(`{}`):     "effect",
		statement(`{"Effect":"Allow","Action":"sts:AssumeRole"}`):                                                  "lacks Action or Principal",
		statement(`{"Effect":"Allow","Principal":{"RAM":"acs:ram::1000000000000001:root"}}`):                       "lacks Action or Principal",
		statement(`{"Effect":"Allow","Action":"*","Principal":"*"}`):                                               "principal is not an object",
		statement(`{"Effect":"Allow","Action":"*","Principal":{"RAM":"acs:ram::1:root"}}`):                         `principal "acs:ram::1:root" is not`,
		statement(`{"Effect":"Allow","Action":"*","Principal":{"RAM":1}}`):                                         "principal RAM is not a text",
		statement(`{"Effect":"Allow","Action":"*","Principal":{"Users":"x"}}`):                                     "unknown kind of principal",
		statement(`{"Effect":"Allow","Action":"*","Resource":"*","Principal":{"Service":"ecs.aliyuncs.com"}}`):     "unknown element",
		statement(`{"Effect":"Allow","Action":"*","Principal":{"Service":"ecs.aliyuncs.com"},"Condition":["no"]}`): "condition is not an object",
	} {
		if _, err := ParseTrust(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want an error with %q", text, err, want)
		}
	}
}

func FuzzParseTrust(f *testing.F) {
	for _, text := range []string{`{"Version":"1","Statement":[{"Effect":"Deny","Action":["*"],"Principal":{"RAM":["acs:ram::1000000000000001:root"]},"Condition":{"StringLike":{"sts:ExternalId":"*"}}}]}`, "[[[["} {
		f.Add(text)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		if trust, err := ParseTrust(text); err == nil {
			_ = trust.Allows([]string{"acs:ram::1000000000000001:root"}, Question{Now: at})
		}
	})
}
