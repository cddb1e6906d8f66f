package acs

import (
	"encoding/base64"
	"net/http"
	"testing"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

const member = "1997968394351234"

// controlled is a level with control policies of some statements.
func controlled(target string, statements ...string) directory.ControlLevel {
	level := directory.ControlLevel{Target: target}
	for i, s := range statements {
		level.Policies = append(level.Policies, directory.ControlPolicy{ID: "cp-" + string(rune('0'+i)), Document: `{"Version":"1","Statement":[` + s + `]}`})
	}
	return level
}

const (
	allowAll  = `{"Effect":"Allow","Action":"*","Resource":"*"}`
	allowGet  = `{"Effect":"Allow","Action":"resourcemanager:Get*","Resource":"*"}`
	allowAdd  = `{"Effect":"Allow","Action":"resourcemanager:Add*","Resource":"*"}`
	denyGet   = `{"Effect":"Deny","Action":"resourcemanager:get*","Resource":"acs:resourcemanager:*:*:messagecontact/*"}`
	denyOther = `{"Effect":"Deny","NotAction":"resourcemanager:Get*","Resource":"*"}`
)

func TestControlPoliciesBoundMembers(t *testing.T) {
	t.Parallel()
	all := controlled("r-Root01", allowAll)
	for _, tt := range []struct {
		name   string
		levels []directory.ControlLevel
		kind   string // of the refusal; "" passes
		why    string
	}{
		{"not bound", nil, "", ""},
		{"everything is allowed", []directory.ControlLevel{controlled(member, allowAll), all}, "", ""},
		{"two policies, one allows", []directory.ControlLevel{controlled(member, allowAdd, allowGet), all}, "", ""},
		{"denied at the member", []directory.ControlLevel{controlled(member, allowAll, denyGet), all}, "ExplicitDeny",
			"statement 1 of policy cp-1 of " + member + " denies resourcemanager:GetMessageContact on acs:resourcemanager:*:" + member + ":messagecontact/c-1"},
		{"denied at the root, allowed below", []directory.ControlLevel{controlled(member, allowAll), controlled("r-Root01", denyGet, allowAll)}, "ExplicitDeny",
			"statement 1 of policy cp-0 of r-Root01 denies resourcemanager:GetMessageContact on acs:resourcemanager:*:" + member + ":messagecontact/c-1"},
		{"deny of other actions", []directory.ControlLevel{controlled(member, allowAll, denyOther)}, "", ""},
		{"allowed at one level only", []directory.ControlLevel{controlled(member, allowAll), controlled("fd-a", allowAdd, denyOther), all}, "ImplicitDeny",
			"no statement of policy cp-0, cp-1 of fd-a allows resourcemanager:GetMessageContact on acs:resourcemanager:*:" + member + ":messagecontact/c-1"},
		{"a level without policies", []directory.ControlLevel{{Target: member}}, "ImplicitDeny", ""},
		{"a document that cannot be read", []directory.ControlLevel{controlled(member, `{"Effect":"Allow","Action":"*"}`)}, "ImplicitDeny", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.keys.bounds = map[string][]directory.ControlLevel{member: tt.levels}
			get := signedV1(http.MethodGet, "GetMessageContact", "ContactId", "c-1", "AccessKeyId", "memberKeyId")
			a := w.send(t, get).is(403, "NoPermission")
			if tt.kind == "" { // refused for another reason: only the management account may
				a.has(`"PolicyType":"AccountLevelIdentityBasedPolicy"`)
			} else {
				a.has(`"NoPermissionType":"` + tt.kind + `","PolicyType":"ControlPolicy"`)
			}
			if tt.why != "" {
				a.has(base64.StdEncoding.EncodeToString([]byte(tt.why)))
			}
			w.send(t, signedV1(http.MethodGet, "GetMessageContact", "ContactId", "c-1")).is(200, "") // the management account
		})
	}
}

// While the store cannot tell what binds a member, the member waits.
func TestBoundsThatCannotBeReadRefuse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.keys.boundsErr = directory.ErrBusy
	w.send(t, signedV1(http.MethodGet, "GetMessageContact", "ContactId", "c-1", "AccessKeyId", "memberKeyId")).is(503, "ServiceUnavailable")
}

func TestNoControlPolicyDeniesGetCallerIdentity(t *testing.T) {
	t.Parallel()
	c := &call{h: newWorld(t).Handler}
	c.Caller.Member, c.Request = member, signedV1(http.MethodGet, "GetMessageContact")
	c.h.keys.(*keys).bounds = map[string][]directory.ControlLevel{member: {{Target: member}}}
	for callers, want := range map[api.Callers]bool{api.ByMembers: false, api.ByAnybody: true} {
		c.Op = &api.Operation{Service: "sts", Action: "GetCallerIdentity", Callers: callers}
		c.h.resources[c.Op] = resourcesOf(c.Op)
		if got := c.Permit() == nil; got != want {
			t.Errorf("callers %d: got %v, want %v", callers, got, want)
		}
	}
}
