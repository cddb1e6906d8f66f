package policy

import (
	"strings"
	"testing"
)

func TestParseControl(t *testing.T) {
	t.Parallel()
	statement := func(s string) string { return `{"Version":"1","Statement":[` + s + `]}` }
	for _, tt := range []struct{ name, text, wrong string }{
		{"everything", statement(`{"Effect":"Allow","Action":"*","Resource":"*"}`), ""},
		{"no known service", statement(`{"Effect":"Deny","Action":"1","Resource":["*"]}`), ""},
		{"all elements", statement(`{"Effect":"Deny","NotAction":["ecs:*","ram:Get*"],"Resource":["acs:ecs:*:*:instance/*","*"],"Condition":{"StringNotLike":{"acs:PrincipalARN":"acs:ram:*:*:role/admin"}}}`), ""},
		{"two statements, spaced", "{ \"Version\" : \"1\",\n\"Statement\" : [ {\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}, {\"Effect\":\"Deny\",\"Action\":\"a:b\",\"Resource\":\"*\"} ] }", ""},
		{"a name", FullAccess, "not a JSON document"},
		{"a list", `[]`, "not a JSON document"},
		{"cut off", `{"Version":"1"`, "not a JSON document"},
		{"an element twice", `{"Version":"1","Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, "not a JSON document"},
		{"another version", `{"Version":"2","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, "version"},
		{"no version", `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, "version"},
		{"no statement", `{"Version":"1"}`, "statement"},
		{"nothing stated", statement(``), "statement"},
		{"a statement without list", `{"Version":"1","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`, "statement"},
		{"unknown element", `{"Version":"1","Id":"x","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`, `unknown element "Id"`},
		{"principal", statement(`{"Effect":"Allow","Action":"*","Resource":"*","Principal":{"RAM":["*"]}}`), `unknown element "Principal"`},
		{"other resources", statement(`{"Effect":"Allow","Action":"*","NotResource":"*"}`), `unknown element "NotResource"`},
		{"an id", statement(`{"Sid":"x","Effect":"Allow","Action":"*","Resource":"*"}`), `unknown element "Sid"`},
		{"no effect", statement(`{"Action":"*","Resource":"*"}`), "effect"},
		{"effect in another case", statement(`{"Effect":"allow","Action":"*","Resource":"*"}`), "effect"},
		{"no action", statement(`{"Effect":"Allow","Resource":"*"}`), "lacks"},
		{"both actions", statement(`{"Effect":"Allow","Action":"*","NotAction":"a","Resource":"*"}`), "action"},
		{"no action in a list", statement(`{"Effect":"Allow","Action":[],"Resource":"*"}`), "action"},
		{"an empty action", statement(`{"Effect":"Allow","Action":"","Resource":"*"}`), "empty"},
		{"no resource", statement(`{"Effect":"Allow","Action":"*"}`), "lacks"},
		{"no name of a resource", statement(`{"Effect":"Allow","Action":"*","Resource":"instance/*"}`), "neither"},
		{"a name of few parts", statement(`{"Effect":"Allow","Action":"*","Resource":["*","acs:ecs:*"]}`), "neither"},
		{"a condition that is a text", statement(`{"Effect":"Allow","Action":"*","Resource":"*","Condition":"x"}`), "condition"},
		{"a statement that is a text", statement(`"x"`), "not an object"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseControl("cp-1", tt.text)
			if tt.wrong == "" && err != nil || tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)) {
				t.Errorf("got %v, want an error with %q", err, tt.wrong)
			}
		})
	}
}

func TestControlDecides(t *testing.T) {
	t.Parallel()
	p, err := ParseControl("cp-1", `{"Version":"1","Statement":[{"Effect":"Deny","NotAction":["resourcemanager:get*"],"Resource":"*"},{"Effect":"Allow","Action":"*","Resource":"*"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	for action, want := range map[string]string{
		"resourcemanager:GetFolder":    "statement 2 of policy cp-1 allows resourcemanager:GetFolder on *",
		"resourcemanager:DeleteFolder": "statement 1 of policy cp-1 denies resourcemanager:DeleteFolder on *",
	} {
		if got := p.Decide(Question{Action: action, Resource: "*", Now: at}).String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
