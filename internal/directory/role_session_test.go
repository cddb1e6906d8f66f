package directory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

// trusting finds no fault with policies that are not "bad", and trusts whom a
// policy names.
type trusting struct{}

func (trusting) CheckPolicy(document string) error { return trusting{}.CheckTrust(document) }

func (trusting) CheckTrust(document string) error {
	if strings.Contains(document, "bad") {
		return errors.New("bad")
	}
	return nil
}

func (trusting) Trusts(document string, a directory.Assumption) bool {
	for _, name := range a.Names {
		if strings.Contains(document, `"`+name+`"`) {
			return true
		}
	}
	return false
}

const createdMember = "1997968394351234"

// assume assumes a role with an access key, as the gateway would.
func (d *desk) assume(keyID, account, role string) (directory.AssumedRole, error) {
	d.t.Helper()
	k, err := d.dir.AccessKey(context.Background(), keyID)
	d.must(err)
	return d.dir.Session(k.Caller(), "AssumeRole", "").AssumeRole(context.Background(), directory.RoleRequest{
		AccountID: account, Role: role, Session: "ci", SourceIdentity: "alice", Life: time.Hour,
	})
}

// ended reports whether a session is refused as expired, in a process that has
// not seen the change.
func (d *desk) ended(a directory.AssumedRole) bool {
	d.t.Helper()
	other := directory.Open(directory.Config{Store: d.store, Keys: keyring.DevMaster(), NewID: &counting{}, Now: d.dir.Now, Policies: trusting{}})
	k, err := other.AccessKey(context.Background(), a.KeyID)
	d.must(err)
	if string(k.Secret.Reveal()) != string(a.Secret.Reveal()) {
		d.t.Errorf("a session's secret has changed")
	}
	err = other.CheckSecurityToken(k, string(a.SecurityToken.Reveal()))
	if err != nil && !errors.Is(err, directory.ErrKeyExpired) {
		d.t.Errorf("got %v, want %v", err, directory.ErrKeyExpired)
	}
	return err != nil
}

func TestSessionsActAsTheirRole(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		ctx := context.Background()
		d.must(d.operator().PutPolicy(ctx, "readers", `{"Version":"1"}`))
		_, err := d.operator().CreateRAMRole(ctx, directory.RAMRole{Name: "reader", Policy: "readers"})
		d.must(err)
		a, err := d.assume(directory.SampleAccessKey, directory.SampleAccount, "READER")
		d.must(err)
		k, err := d.dir.AccessKey(ctx, a.KeyID)
		d.must(err)
		who := k.Caller()
		if who.Org != directory.SampleOrg || who.AccountID != directory.SampleAccount || who.Policy != `{"Version":"1"}` || who.PolicyName != "readers" ||
			!who.Temporary || !who.InDirectory || who.UserID != "" {
			t.Errorf("got %+v, want the role's account and policy", who)
		}
		_, err = d.dir.Session(who, "CreateFolder", "").CreateFolder(ctx, directory.Folder{Name: "by-role"})
		d.must(err)
		es, err := d.dir.Audit(ctx, directory.AuditFilter{Org: directory.SampleOrg, Limit: 2})
		d.must(err)
		if es[0].Actor != "reader/ci (alice)" || es[1].Action != "assume" || es[1].Object != "acs:ram::1000000000000001:role/reader" || es[1].Actor != directory.SampleAccessKey {
			t.Errorf("history: got %s, then %s of %s by %s", es[0].Actor, es[1].Action, es[1].Object, es[1].Actor)
		}

		d.must(d.operator().PutPolicy(ctx, "readers", `{"Version":"1","Statement":[]}`))
		if k, err = d.dir.AccessKey(ctx, a.KeyID); err != nil || k.Caller().Policy != `{"Version":"1","Statement":[]}` {
			t.Errorf("after a change of the policy: got %q, %v", k.Caller().Policy, err)
		}
		d.is("a policy that a role carries", d.operator().DeletePolicy(ctx, "readers"), directory.ErrPolicyInUse)
		d.is("another token", d.dir.CheckSecurityToken(k, string(a.SecurityToken.Reveal())+"x"), directory.ErrTokenInvalid)
		d.pass(time.Hour)
		if !d.ended(a) {
			t.Error("a session outlives its time")
		}
	})
}

// Sessions end within a second (docs/spec/sts.md#end-of-a-session).
func TestSessionsEndWithRoleAndMember(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		ctx := context.Background()
		create := func() {
			t.Helper()
			_, err := d.operator().CreateRAMRole(ctx, directory.RAMRole{AccountID: createdMember, Name: "deploy", Trust: fmt.Sprintf(`["acs:ram::%s:user/developer"]`, directory.SampleAccount)})
			d.must(err)
		}
		create()
		stored, err := d.assume(directory.SampleAccessKey, createdMember, "deploy")
		d.must(err)
		standard, err := d.assume(directory.SampleAccessKey, createdMember, directory.DefaultRAMRole)
		d.must(err)
		if d.ended(stored) || d.ended(standard) {
			t.Error("new sessions have ended")
		}
		if k, err := d.dir.AccessKey(ctx, standard.KeyID); err != nil || k.Caller().Member != createdMember || k.Caller().AccountID != createdMember {
			t.Errorf("got %+v, %v, want a caller of the member", k.Caller(), err)
		}
		d.must(d.operator().DeleteRAMRole(ctx, createdMember, "Deploy"))
		create()
		if !d.ended(stored) || d.ended(standard) {
			t.Error("the role was deleted and made anew: want its session to end, and no other")
		}

		var member directory.Account
		d.must(d.store.View(ctx, directory.SampleOrg, func(tx directory.Tx) error {
			member, err = tx.Accounts().Account(createdMember)
			return err
		}))
		put := func(a directory.Account) {
			t.Helper()
			d.must(d.store.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error { tx.Accounts().PutAccount(a); return nil }))
		}
		d.must(d.store.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error { tx.Accounts().DeleteAccount(createdMember); return nil }))
		if !d.ended(standard) {
			t.Error("a session outlives the member")
		}
		_, err = d.assume(directory.SampleAccessKey, createdMember, directory.DefaultRAMRole)
		d.is("the role of a member that left", err, directory.ErrRAMRoleNotFound)
		member.JoinedAt = d.dir.Now().Add(time.Minute)
		put(member)
		if !d.ended(standard) {
			t.Error("a member joins anew: its old sessions come back")
		}
		_, err = d.assume(directory.SampleAccessKey, createdMember, directory.DefaultRAMRole)
		d.must(err)
		_, err = d.assume(directory.SampleAccessKey, createdMember, "deploy")
		d.is("a role of a member that left", err, directory.ErrRAMRoleNotFound)
	})
}

// An account that joined a directory keeps its roles in its own organisation.
func TestRolesOfAnAccountThatJoined(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		ctx := context.Background()
		outside := d.dir.Session(directory.CommandLine(directory.OutsideOrg), "test", "")
		_, err := outside.CreateRAMRole(ctx, directory.RAMRole{Name: "own"})
		d.must(err)
		before, err := d.assume(directory.OutsideAccessKey, directory.OutsideAccount, "own")
		d.must(err)
		_, err = d.assume(directory.OutsideAccessKey, directory.SampleAccount, directory.SampleRAMRole)
		d.is("a role of another organisation", err, directory.ErrRAMRoleNotFound)

		join := func(joined bool) {
			t.Helper()
			d.must(d.store.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
				tx.AliyunAccounts().SetMemberOf(directory.OutsideAccount, joined)
				if !joined {
					tx.Accounts().DeleteAccount(directory.OutsideAccount)
					return nil
				}
				tx.Accounts().PutAccount(directory.Account{ID: directory.OutsideAccount, FolderID: "r-Root01", DisplayName: "outsider", Name: "outsider",
					Type: directory.CloudAccount, JoinMethod: "invited", Status: "InviteSuccess", JoinedAt: d.dir.Now(), ModifiedAt: d.dir.Now()})
				return nil
			}))
			d.pass(2 * time.Second) // the cache of keys
		}
		join(true)
		for what, a := range map[string]func() (directory.AssumedRole, error){
			"its own role": func() (directory.AssumedRole, error) {
				return d.assume(directory.OutsideAccessKey, directory.OutsideAccount, "own")
			},
			"the role of members": func() (directory.AssumedRole, error) {
				return d.assume(directory.SampleAccessKey, directory.OutsideAccount, directory.DefaultRAMRole)
			},
			"the older session": func() (directory.AssumedRole, error) { return before, nil },
		} {
			made, err := a()
			if err != nil {
				t.Fatalf("%s: got %v", what, err)
			}
			k, err := d.dir.AccessKey(ctx, made.KeyID)
			d.must(err)
			if who := k.Caller(); who.Org != directory.SampleOrg || who.Member != directory.OutsideAccount || who.Home != directory.OutsideOrg || !who.InDirectory {
				t.Errorf("%s: got %+v, want a caller of the member", what, who)
			}
		}
		_, err = d.operator().CreateRAMRole(ctx, directory.RAMRole{AccountID: directory.OutsideAccount, Name: "new"})
		d.is("a role made in the directory", err, directory.ErrRAMRolePlace)
		standard, err := d.assume(directory.SampleAccessKey, directory.OutsideAccount, directory.DefaultRAMRole)
		d.must(err)
		join(false)
		if !d.ended(standard) || d.ended(before) {
			t.Error("the account left: want the sessions of the directory to end, and no other")
		}
	})
}

func TestRolesThatMayNotBe(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		for what, tt := range map[string]struct {
			role directory.RAMRole
			want error
		}{
			"no name":                 {directory.RAMRole{}, directory.ErrRAMRoleName},
			"64 letters":              {directory.RAMRole{Name: strings.Repeat("a", 64)}, nil},
			"65 letters":              {directory.RAMRole{Name: strings.Repeat("a", 65)}, directory.ErrRAMRoleName},
			"the name of every":       {directory.RAMRole{Name: strings.ToLower(directory.DefaultRAMRole)}, directory.ErrRAMRoleName},
			"an administrator":        {directory.RAMRole{Name: "a", Policy: directory.PolicyServerAdministrator}, directory.ErrRAMRolePolicy},
			"a policy without a name": {directory.RAMRole{Name: "a", Policy: "none"}, directory.ErrPolicyNotFound},
			"12 hours":                {directory.RAMRole{Name: "b", MaxSession: 12 * time.Hour}, nil},
			"more":                    {directory.RAMRole{Name: "c", MaxSession: 12*time.Hour + time.Second}, directory.ErrDuration},
			"less than an hour":       {directory.RAMRole{Name: "c", MaxSession: time.Minute}, directory.ErrDuration},
			"a trust policy":          {directory.RAMRole{Name: "c", Trust: "bad"}, directory.ErrRAMRoleTrust},
			"the same name":           {directory.RAMRole{Name: "MINGCE-OPERATOR"}, directory.ErrRAMRoleExists},
			"an account elsewhere":    {directory.RAMRole{Name: "c", AccountID: directory.OutsideAccount}, directory.ErrAccountNotFound},
		} {
			_, err := d.operator().CreateRAMRole(context.Background(), tt.role)
			d.is(what, err, tt.want)
		}
	})
}
