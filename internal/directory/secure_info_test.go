package directory_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

const secureAccount = "1997968394351234"

// sentSecrets returns link token and code of the newest message to an address.
func (d *desk) sentSecrets(to string) (token, code string) {
	d.t.Helper()
	ms, err := d.dir.Messages(context.Background(), directory.MessageFilter{Org: directory.SampleOrg, To: to})
	d.must(err)
	if len(ms) == 0 {
		d.t.Fatalf("no message to %s", to)
	}
	return d.dir.VerificationSecrets(ms[0].Org, ms[0].Content.Verification)
}

func (d *desk) secure() directory.SecureInfo {
	d.t.Helper()
	i, err := d.operator().SecureInfo(context.Background(), secureAccount)
	d.must(err)
	return i
}

func TestAccountEmailChanges(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		ctx := context.Background()
		status := func(want string) {
			t.Helper()
			if got := d.secure().EmailStatus(time.Unix(0, d.clock.Load())); got != want {
				t.Errorf("got status %q, want %q", got, want)
			}
		}
		d.must(d.operator().ChangeAccountEmail(ctx, secureAccount, "first@example.com"))
		status(directory.EmailWaits)
		first, _ := d.sentSecrets("first@example.com")
		d.clock.Add(int64(time.Minute))
		d.must(d.operator().RetryChangeAccountEmail(ctx, secureAccount))
		d.is("the message before", d.dir.ConfirmVerification(ctx, first, "", "r"), directory.ErrVerificationSuperseded)
		second, _ := d.sentSecrets("first@example.com")
		d.must(d.dir.ConfirmVerification(ctx, second, "", "r"))
		d.is("once more", d.dir.ConfirmVerification(ctx, second, "", "r"), directory.ErrVerificationUsed)
		status("")
		if got := d.secure(); got.Email != "first@example.com" || got.NewEmail != "" {
			t.Errorf("got %+v, want the confirmed address", got)
		}

		d.clock.Add(int64(time.Minute))
		d.must(d.operator().ChangeAccountEmail(ctx, secureAccount, "other@example.com"))
		cancelled, _ := d.sentSecrets("other@example.com")
		d.must(d.operator().CancelChangeAccountEmail(ctx, secureAccount))
		status(directory.EmailCancelled)
		d.is("a cancelled change", d.dir.ConfirmVerification(ctx, cancelled, "", "r"), directory.ErrVerificationSuperseded)

		d.clock.Add(int64(time.Minute))
		d.must(d.operator().ChangeAccountEmail(ctx, secureAccount, "late@example.com"))
		late, _ := d.sentSecrets("late@example.com")
		d.clock.Add(int64(24 * time.Hour))
		status(directory.EmailExpired)
		d.is("an expired change", d.dir.ConfirmVerification(ctx, late, "", "r"), directory.ErrVerificationExpired)
		d.must(d.operator().ChangeAccountEmail(ctx, secureAccount, "next@example.com"))
		status(directory.EmailWaits)
		if got := d.secure(); got.Email != "first@example.com" {
			t.Errorf("got %q in effect, want the old address until the new one is confirmed", got.Email)
		}

		// A deleted account takes no address.
		next, _ := d.sentSecrets("next@example.com")
		_, err := d.operator().DeleteAccount(ctx, secureAccount)
		d.must(err)
		d.is("the address of a deleted account", d.dir.ConfirmVerification(ctx, next, "", "r"), directory.ErrVerificationSuperseded)
	})
}

func TestAccountPhoneCodes(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		ctx := context.Background()
		const phone = "86-13900001234"
		bind := func(code string) error { return d.operator().BindAccountPhone(ctx, secureAccount, phone, code) }
		send := func() (code string) {
			t.Helper()
			d.clock.Add(int64(time.Minute))
			_, err := d.operator().SendAccountPhoneCode(ctx, secureAccount, phone)
			d.must(err)
			_, code = d.sentSecrets(phone)
			return code
		}
		wrong := func(code string) string { return fmt.Sprintf("%06d", (len(code)+int(code[0]))*1000) }

		killed := send()
		for range 5 {
			d.is("a wrong code", bind(wrong(killed)), directory.ErrVerificationCode)
		}
		d.is("after five wrong ones", bind(killed), directory.ErrVerificationCode)

		old := send()
		fresh := send()
		if old != fresh {
			d.is("a code that was replaced", bind(old), directory.ErrVerificationCode)
		}
		d.clock.Add(int64(30 * time.Minute))
		d.is("an expired code", bind(fresh), directory.ErrVerificationCode)

		code := send()
		token, _ := d.sentSecrets(phone)
		_, _, err := d.dir.OpenVerification(ctx, token)
		d.is("the page of a code", err, directory.ErrVerificationNotFound)
		d.must(bind(code))
		if got := d.secure(); got.Phone != phone {
			t.Errorf("got phone %q, want %q", got.Phone, phone)
		}
		d.is("another phone", bind(code), directory.ErrAccountPhone)
	})
}

// A dry run must not be a way to try all codes.
func TestDryRunsCountWrongCodes(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		ctx := context.Background()
		const phone = "86-13900001235"
		s := d.dir.Session(directory.CommandLine(directory.OutsideOrg), "test", "")
		d.must(s.SendDirectoryPhoneCode(ctx, phone))
		ms, err := d.dir.Messages(ctx, directory.MessageFilter{Org: directory.OutsideOrg, To: phone})
		d.must(err)
		_, code := d.dir.VerificationSecrets(ms[0].Org, ms[0].Content.Verification)
		try := func(code string) error {
			_, err := s.CreateResourceDirectory(ctx, directory.NewDirectory{AccountName: "user@rdadmin.aliyunid.com", Phone: phone, Code: code, DryRun: true})
			return err
		}
		d.must(try(code))
		d.must(try(code))
		for range 5 {
			d.is("a wrong code", try("x"+code), directory.ErrVerificationCode)
		}
		d.is("the right one after five wrong ones", try(code), directory.ErrVerificationCode)
	})
}
