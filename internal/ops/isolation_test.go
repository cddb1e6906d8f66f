package ops_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
)

var isoNames = regexp.MustCompile(`iso[0-9]{4}|1360000[0-9]{4}`)

// TestForeignIDsAreUnknown calls every operation as the partner, with every id
// in turn that is the sample organisation's: the answer is that for an id that
// does not exist, and the sample organisation does not change
// (docs/spec/reliability.md#isolation-of-organisations).
func TestForeignIDsAreUnknown(t *testing.T) {
	t.Parallel()
	for _, p := range instance.Products() {
		for _, op := range p.Operations {
			if op.Auth != api.NeedsToken {
				// Either the credential is among the parameters, or the caller
				// is a person, which gives access to nobody else.
				continue
			}
			t.Run(op.Name, func(t *testing.T) {
				t.Parallel()
				foreignIDs(t, op)
			})
		}
	}
}

// foreignIDs does this for one operation, with a server for each parameter, so
// that no call finds what another has created.
func foreignIDs(t *testing.T, op *api.Operation) {
	parameterPaths(op.Inputs(), nil, func(path []string, f api.Field) {
		if notTenants[f.Name] != "" {
			return
		}
		if !namesSomething.MatchString(f.Name) {
			return
		}
		o := startOther(t)
		k := o.kind(f)
		if k == nil {
			t.Errorf("parameter %v looks like an id: say in this test what it names", path)
			return
		}
		before := o.sampleState(t)
		for _, route := range op.Routes {
			nowhere := map[any]string{} // asked only once: the call may create it
			for _, id := range k.theirs {
				none := k.noneLike(id)
				if nowhere[none] == "" {
					nowhere[none] = o.ask(t, op, route, path, none)
				}
				if got, want := o.ask(t, op, route, path, id), nowhere[none]; got != want {
					t.Errorf("%v %s = %v of another organisation:\ngot  %s\nwant %s", route, strings.Join(path, "."), id, got, want)
				}
			}
		}
		if after := o.sampleState(t); after != before {
			t.Errorf("%v: the other organisation has changed:\nbefore %s\nafter  %s", path, before, after)
		}
	})
}

// ask is the partner's call with the id at path, and its answer without what
// differs from call to call.
func (o *otherTenant) ask(t *testing.T, op *api.Operation, route api.Route, path []string, id any) string {
	t.Helper()
	args := o.arguments(op.Inputs(), isExternal(op), path, id)
	others := withOthers[op.Name]
	if special := withOthers[op.Name+" "+path[len(path)-1]]; special != nil {
		others = special
	}
	for name, v := range others {
		if v == "" {
			v = o.plain(api.Field{Name: name}, false)
		}
		if _, given := args[name]; !given {
			args[name] = v
		}
	}
	caller := credential{directory.PartnerToken, o.key.ID, string(o.key.Secret.Reveal())}
	answer := strings.ReplaceAll(o.callAs(t, caller, route, args), fmt.Sprint(id), "<sent>")
	return isoNames.ReplaceAllString(answer, "<given>")
}

// sampleState is everything that the partner might have changed.
func (o *otherTenant) sampleState(t *testing.T) string {
	t.Helper()
	var state []any
	err := o.instance.Store.View(context.Background(), directory.SampleOrg, func(tx directory.Tx) error {
		var failed error
		keep := func(v any, err error) {
			state, failed = append(state, v), errors.Join(failed, err)
		}
		contacts, err := tx.Contacts().ContactsAfter(0, 1000)
		keep(contacts, err)
		groups, err := tx.Labels().LabelGroups(0, 1000)
		keep(groups, err)
		employees, err := tx.Employees().Employees([]string{"023420013645", "023420013644", "102530009661373952", "org1001", "org1002"})
		keep(employees, err)
		departments, err := tx.Departments().SubDepartments(directory.RootDepartment)
		keep(departments, err)
		messages, _, err := tx.MessageContacts().MessageContacts(directory.MessageContactFilter{})
		keep(messages, err)
		tree, err := tx.Members().MemberTree()
		keep(tree, err)
		accounts, _, err := tx.Accounts().Accounts(directory.AccountFilter{Limit: 1000})
		keep(accounts, err)
		grants, err := tx.Grants().Grants()
		keep(grants, err)
		joins, err := tx.Employees().JoinGrants()
		keep(joins, err)
		history, err := tx.Audit().Audit(directory.AuditFilter{Limit: 1000})
		keep(len(history), err)
		return failed
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestRights calls every operation as a caller who may not
// (docs/spec/reliability.md#rights-of-callers).
func TestRights(t *testing.T) {
	t.Parallel()
	o := startOther(t)
	bare := credential{token: directory.BareToken}
	readOnly := credential{key: directory.ReadOnlyAccessKey, secret: directory.ReadOnlyAccessSecret}
	before := o.sampleState(t)
	for _, p := range instance.Products() {
		for _, op := range p.Operations {
			for _, route := range op.Routes {
				args := o.arguments(op.Inputs(), isExternal(op), nil, nil)
				check := func(who string, c credential, wants map[api.Family][]string) {
					t.Helper()
					answer := o.callAs(t, c, route, args)
					if code := codeIn(answer); !slices.Contains(wants[route.Family], code) {
						t.Errorf("%s at %v, %s: got %s %s, want %v", op.Name, route, who, code, answer, wants[route.Family])
					}
				}
				if op.Auth != api.NeedsNothing {
					check("nobody", credential{}, noCredential)
				}
				// The bare app has qyapi_base; for a person's call the kind of
				// token is checked first.
				if op.Permission != "" && op.Permission != "qyapi_base" && op.Auth == api.NeedsToken {
					check("an app without the permission", bare, noPermission)
				}
				if op.Asks { // about what the caller can see
					args["RoleArn"] = sampleRole
				}
				if route.Family == api.RPCFamily && !op.ReadOnly {
					check("a read-only key", readOnly, noPermission)
				}
			}
		}
	}
	if after := o.sampleState(t); after != before {
		t.Errorf("refused calls changed something:\nbefore %s\nafter  %s", before, after)
	}
}

// What the families answer.
var (
	noCredential = map[api.Family][]string{
		api.TOPFamily: {"26"}, api.OAPIFamily: {"40000", "40035"}, api.RESTFamily: {"AuthenticationFailed.MissingParameter"}, api.RPCFamily: {"MissingAccessKeyId"},
	}
	noPermission = map[api.Family][]string{
		api.TOPFamily: {"60011"}, api.OAPIFamily: {"60011"}, api.RESTFamily: {"Forbidden.AccessDenied.AccessTokenPermissionDenied"}, api.RPCFamily: {"NoPermission"},
	}
)
