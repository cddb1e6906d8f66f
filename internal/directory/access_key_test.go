package directory_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func (d *desk) is(what string, got, want error) {
	d.t.Helper()
	if !errors.Is(got, want) {
		d.t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func (d *desk) pass(by time.Duration) { d.clock.Add(int64(by)) }

func (d *desk) operator() *directory.Session {
	return d.dir.Session(directory.CommandLine(directory.SampleOrg), "test", "")
}

func TestKeysAndTheirPolicies(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		ctx := context.Background()
		_, err := d.operator().AddAccessKey(ctx, directory.NewKey{Principal: "ops", Policy: "operators"})
		d.is("a policy that is not there", err, directory.ErrPolicyNotFound)
		_, err = d.operator().AddAccessKey(ctx, directory.NewKey{Principal: "ops", Member: "1000000000009999"})
		d.is("an account that is not there", err, directory.ErrAccountNotFound)
		for _, name := range []string{"", "a b", "FullAccess", "Administrator"} {
			d.is("policy "+name, d.operator().PutPolicy(ctx, name, "{}"), directory.ErrPolicyName)
		}

		d.must(d.operator().PutPolicy(ctx, "operators", `{"Version":"1"}`))
		k, err := d.operator().AddAccessKey(ctx, directory.NewKey{Principal: "ops", Policy: "operators", Member: "1997968394351234"})
		d.must(err)
		got, err := d.dir.AccessKey(ctx, k.ID)
		d.must(err)
		who := got.Caller()
		if who.Policy != `{"Version":"1"}` || who.PolicyName != "operators" || who.Member != "1997968394351234" || who.AccountID != "1997968394351234" {
			t.Errorf("got %+v, want the stored policy and the member", who)
		}

		// Keys follow their policy.
		d.must(d.operator().PutPolicy(ctx, "operators", "{}"))
		got, err = d.dir.AccessKey(ctx, k.ID)
		d.must(err)
		if got.Document != "{}" {
			t.Errorf("got document %q, want the new one", got.Document)
		}
		d.is("a policy in use", d.operator().DeletePolicy(ctx, "operators"), directory.ErrPolicyInUse)

		fresh, err := d.operator().RotateAccessKey(ctx, k.ID, true)
		d.must(err)
		if old, err := d.dir.AccessKey(ctx, k.ID); err != nil || !old.Disabled {
			t.Errorf("the old key: got %v, %v, want it disabled", old.Disabled, err)
		}
		if fresh.ID == k.ID || fresh.Policy != k.Policy || fresh.Member != k.Member || fresh.Disabled {
			t.Errorf("the new key: got %+v, want another one like the old", fresh)
		}
		for _, id := range []string{k.ID, fresh.ID} {
			d.must(d.operator().RevokeAccessKey(ctx, id))
			_, err = d.dir.AccessKey(ctx, id)
			d.is("a revoked key", err, directory.ErrKeyNotFound)
		}
		d.must(d.operator().DeletePolicy(ctx, "operators"))
		d.is("a key of another organisation", d.dir.Session(directory.CommandLine(directory.PartnerOrg), "test", "").RevokeAccessKey(ctx, directory.SampleAccessKey), directory.ErrKeyNotFound)
	})
}

func TestTemporaryKeysEnd(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		ctx := context.Background()
		for life, want := range map[time.Duration]error{time.Minute: directory.ErrDuration, 13 * time.Hour: directory.ErrDuration, 12 * time.Hour: nil} {
			_, err := d.operator().CreateTemporaryKey(ctx, directory.ReadOnlyAccessKey, life)
			d.is(life.String(), err, want)
		}
		made, err := d.operator().CreateTemporaryKey(ctx, directory.ReadOnlyAccessKey, time.Hour)
		d.must(err)
		k, err := d.dir.AccessKey(ctx, made.KeyID)
		d.must(err)
		if string(k.Secret.Reveal()) != string(made.Secret.Reveal()) || k.Policy != directory.PolicyReadOnly || !k.Caller().Temporary {
			t.Errorf("got %+v, want the returned secret and the policy of its key", k)
		}
		token := string(made.SecurityToken.Reveal())
		d.must(d.dir.CheckSecurityToken(k, token))
		d.is("another token", d.dir.CheckSecurityToken(k, token+"x"), directory.ErrTokenInvalid)
		plain, err := d.dir.AccessKey(ctx, directory.SampleAccessKey)
		d.must(err)
		d.is("a token with a plain key", d.dir.CheckSecurityToken(plain, token), directory.ErrTokenInvalid)

		bearer, _, err := d.operator().CreateBearerToken(ctx, directory.SampleAccessKey, time.Hour)
		d.must(err)
		stands, err := d.dir.BearerKey(ctx, string(bearer.Reveal()))
		d.must(err)
		if stands.ID != directory.SampleAccessKey {
			t.Errorf("bearer token: got key %s, want %s", stands.ID, directory.SampleAccessKey)
		}
		_, err = d.dir.BearerKey(ctx, "bt-unknown")
		d.is("an unknown bearer token", err, directory.ErrTokenInvalid)

		d.pass(time.Hour)
		d.is("an hour later", d.dir.CheckSecurityToken(k, token), directory.ErrKeyExpired)
		_, err = d.dir.BearerKey(ctx, string(bearer.Reveal()))
		d.is("a bearer token an hour later", err, directory.ErrTokenInvalid)

		// Disabling or revoking the key ends its temporary keys and bearer
		// tokens.
		made, err = d.operator().CreateTemporaryKey(ctx, directory.ReadOnlyAccessKey, time.Hour)
		d.must(err)
		d.must(d.operator().DisableAccessKey(ctx, directory.ReadOnlyAccessKey, true))
		if k, err := d.dir.AccessKey(ctx, made.KeyID); err != nil || !k.Disabled {
			t.Errorf("a temporary key of a disabled one: got %v, %v, want it disabled", k.Disabled, err)
		}
		_, err = d.operator().CreateTemporaryKey(ctx, directory.ReadOnlyAccessKey, time.Hour)
		d.is("a new one", err, directory.ErrKeyInactive)
		d.must(d.operator().RevokeAccessKey(ctx, directory.ReadOnlyAccessKey))
		_, err = d.dir.AccessKey(ctx, made.KeyID)
		d.is("a temporary key of a revoked one", err, directory.ErrKeyNotFound)

		admin, err := d.operator().CreateAccessKey(ctx, "ops", directory.PolicyAdministrator)
		d.must(err)
		_, _, err = d.operator().CreateBearerToken(ctx, admin.ID, time.Hour)
		d.is("a bearer token for an admin key", err, directory.ErrKeyNotFound)
	})
}

func TestNotificationsReachVerifiedAddressesOnly(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		ctx := context.Background()
		const member, folder = "1997968394351234", "fd-ZDNPiT1234"
		d.must(d.store.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
			both := directory.MessageContact{ID: "c-both", Name: "both", Title: "Other", MessageTypes: []string{"FaultMessage"}, Status: directory.Active,
				Email: directory.Channel{Address: "both@example.com", Verified: true, Pending: "new@example.com"},
				Phone: directory.Channel{Address: "86-13900001234", Verified: true}, CreatedAt: d.dir.Now()}
			half := both
			half.ID, half.Name, half.Phone.Verified = "c-half", "half", false
			other := both
			other.ID, other.Name, other.MessageTypes = "c-other", "other", []string{"ProductMessage"}
			for _, c := range []directory.MessageContact{both, half, other} {
				tx.MessageContacts().InsertMessageContact(c)
				tx.Members().PutBinding(c.ID, folder, d.dir.Now())
			}
			tx.Members().PutBinding(directory.PendingMessageContact, member, d.dir.Now())
			return nil
		}))
		sent, err := d.operator().NotifyAccount(ctx, directory.Notification{AccountID: member, Type: "FaultMessage", Subject: "s", Text: "t"})
		d.must(err)
		if len(sent.Receivers) != 2 || len(sent.Receivers[0].Channels) != 2 || len(sent.Receivers[1].Channels) != 1 {
			t.Errorf("got %+v, want c-both over two channels and c-half over one", sent.Receivers)
		}
		ms, err := d.dir.Messages(ctx, directory.MessageFilter{Org: directory.SampleOrg})
		d.must(err)
		to := map[string]int{}
		for _, m := range ms {
			to[m.To]++
		}
		if len(ms) != 3 || to["both@example.com"] != 2 || to["86-13900001234"] != 1 {
			t.Errorf("messages: got %v, want two mails and one text message to verified addresses", to)
		}
		_, err = d.operator().NotifyAccount(ctx, directory.Notification{AccountID: "1000000000009999", Type: "FaultMessage", Subject: "s", Text: "t"})
		d.is("an unknown account", err, directory.ErrAccountNotFound)
		for _, bad := range []directory.Notification{{Subject: "", Text: "t"}, {Subject: "a\nBcc: b", Text: "t"}, {Subject: "s", Text: ""}, {Subject: "s", Text: "\xff"}} {
			bad.AccountID, bad.Type = member, "FaultMessage"
			_, err = d.operator().NotifyAccount(ctx, bad)
			d.is("text", err, directory.ErrNotificationText)
		}
		_, err = d.operator().NotifyAccount(ctx, directory.Notification{AccountID: member, Type: "Spam", Subject: "s", Text: "t"})
		d.is("type", err, directory.ErrMessageType)
	})
}
