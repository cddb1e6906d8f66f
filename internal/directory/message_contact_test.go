package directory_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

const (
	activeContact  = directory.SampleMessageContact
	pendingContact = directory.PendingMessageContact
)

const jerry = "jerry@example.com"

func TestFirstVerificationActivates(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	token, _ := o.send(pendingContact, directory.EmailChannel, jerry)
	if _, trusted, err := o.dir.OpenVerification(context.Background(), token); err != nil || !trusted {
		t.Fatalf("open: got %v, %v, want a whole token", trusted, err)
	}
	if c := o.contact(pendingContact); c.Status != directory.Verifying {
		t.Errorf("after looking: got %s, want Verifying", c.Status)
	}
	o.must(o.confirm(token, ""))
	if c := o.contact(pendingContact); c.Status != directory.Active || !c.Email.Verified {
		t.Errorf("after confirming: got %s %v, want Active and a verified address", c.Status, c.Email)
	}
	o.want("again", o.confirm(token, ""), directory.ErrVerificationUsed)
	o.want("send again", o.session().SendVerification(context.Background(), pendingContact, directory.EmailChannel, jerry), directory.ErrVerificationNotOpen)
}

func TestPendingAddressKeepsTheOldOneInEffect(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	o.must(o.email(activeContact, "new@example.com"))
	token, code := o.send(activeContact, directory.EmailChannel, "new@example.com")
	if c := o.contact(activeContact); c.Email.Reached() != "someone@example.com" {
		t.Errorf("reached: got %q, want the old address", c.Email.Reached())
	}
	o.must(o.confirm(token, code))
	if c := o.contact(activeContact); c.Email != (directory.Channel{Address: "new@example.com", Verified: true}) {
		t.Errorf("got %v, want the new address alone", c.Email)
	}
}

// A token is invalid once its address no longer waits for verification, even if
// the address is set again.
func TestChangedAddressEndsItsVerification(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{}, func(t *testing.T, o *office) {
		token, _ := o.send(pendingContact, directory.EmailChannel, jerry)
		o.must(o.email(pendingContact, "other@example.com"))
		o.must(o.email(pendingContact, jerry))
		o.want("the old token", o.confirm(token, ""), directory.ErrVerificationSuperseded)

		o.must(o.email(activeContact, "new@example.com"))
		cancelled, _ := o.send(activeContact, directory.EmailChannel, "new@example.com")
		o.must(o.session().CancelMessageContactUpdate(context.Background(), activeContact, "", ""))
		o.want("cancelled", o.confirm(cancelled, ""), directory.ErrVerificationSuperseded)

		o.pass(time.Hour)
		gone, _ := o.send(pendingContact, directory.EmailChannel, jerry)
		if _, err := o.remove(pendingContact, true); err != nil {
			t.Fatal(err)
		}
		o.want("deleted", o.confirm(gone, ""), directory.ErrVerificationSuperseded)
	})
}

func TestNewerMessageSupersedesOlder(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	first, _ := o.send(pendingContact, directory.EmailChannel, jerry)
	o.pass(time.Minute)
	second, _ := o.send(pendingContact, directory.EmailChannel, jerry)
	o.want("the first", o.confirm(first, ""), directory.ErrVerificationSuperseded)
	o.must(o.confirm(second, ""))
}

func TestVerificationExpiresForGood(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	token, _ := o.send(pendingContact, directory.EmailChannel, jerry)
	o.pass(24 * time.Hour)
	if v, _, err := o.dir.OpenVerification(context.Background(), token); err != nil || v.State != directory.VerificationExpired {
		t.Errorf("page: got %s %v, want expired", v.State, err)
	}
	o.want("late", o.confirm(token, ""), directory.ErrVerificationExpired)
	o.pass(-2 * time.Hour)
	o.want("with the clock set back", o.confirm(token, ""), directory.ErrVerificationExpired)
	o.pass(26 * time.Hour)
	o.send(pendingContact, directory.EmailChannel, jerry)
}

func TestFiveWrongCodesKill(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	token, code := o.send(pendingContact, directory.EmailChannel, jerry)
	wrong := "000000"
	if code == wrong {
		wrong = "000001"
	}
	short := token[:16]
	o.want("no code with the short form", o.confirm(short, ""), directory.ErrVerificationCode)
	for i := range 3 {
		o.want(fmt.Sprint("wrong code ", i+2), o.confirm([]string{short, token}[i%2], wrong), directory.ErrVerificationCode)
	}
	o.want("the fifth", o.confirm(short, wrong), directory.ErrVerificationKilled)
	o.want("the right code", o.confirm(short, code), directory.ErrVerificationKilled)
	o.want("the whole link", o.confirm(token, ""), directory.ErrVerificationKilled)
	if c := o.contact(pendingContact); c.Status != directory.Verifying {
		t.Errorf("got %s, want Verifying", c.Status)
	}
}

func TestGuessedTokensAreUnknown(t *testing.T) {
	t.Parallel()
	o := openOffice(t, directory.Settings{})
	mine, code := o.send(pendingContact, directory.EmailChannel, jerry)
	o.must(o.email(activeContact, "new@example.com"))
	other, _ := o.send(activeContact, directory.EmailChannel, "new@example.com")
	for _, token := range []string{"", "x", mine[:15], mine[:47], mine + "0", mine[:16] + other[16:], other[:16] + mine[16:],
		strings.ToUpper(mine[:17]) + strings.Repeat("0", 31), strings.Repeat("9", 48), strings.Repeat("é", 24), mine[:16] + strings.Repeat("\x00", 32)} {
		if token != mine {
			o.want(fmt.Sprintf("token %q", token), o.confirm(token, ""), directory.ErrVerificationNotFound)
		}
	}
	o.must(o.confirm(mine[:16], " "+code+" "))
}

// TestOneConfirmationWins confirms one verification 200 times at once
// (docs/spec/reliability.md#verification-once).
func TestOneConfirmationWins(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{}, func(t *testing.T, o *office) {
		token, code := o.send(pendingContact, directory.EmailChannel, jerry)
		var won, used atomic.Int64
		var all sync.WaitGroup
		for i := range 200 {
			all.Go(func() {
				var err error
				if i%2 == 0 {
					err = o.confirm(token, "")
				} else {
					err = o.confirm(token[:16], code)
				}
				switch {
				case err == nil:
					won.Add(1)
				case errors.Is(err, directory.ErrVerificationUsed):
					used.Add(1)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 || used.Load() != 199 {
			t.Errorf("got %d successes and %d times used, want 1 and 199", won.Load(), used.Load())
		}
		verified := 0
		entries, err := o.dir.Audit(context.Background(), directory.AuditFilter{Object: pendingContact})
		o.must(err)
		for _, e := range entries {
			if e.Action == "verify" {
				verified++
			}
		}
		if verified != 1 {
			t.Errorf("history: got %d verifications, want 1", verified)
		}
	})
}

func TestParallelGuessesKill(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{}, func(t *testing.T, o *office) {
		token, code := o.send(pendingContact, directory.EmailChannel, jerry)
		var wrong atomic.Int64
		var all sync.WaitGroup
		for i := range 60 {
			guess := fmt.Sprintf("%06d", i)
			if guess == code {
				continue
			}
			all.Go(func() {
				if errors.Is(o.confirm(token[:16], guess), directory.ErrVerificationCode) {
					wrong.Add(1)
				}
			})
		}
		all.Wait()
		if wrong.Load() != 4 {
			t.Errorf("guesses that were checked before the last: got %d, want 4", wrong.Load())
		}
		o.want("the right code", o.confirm(token[:16], code), directory.ErrVerificationKilled)
	})
}

func TestSendLimits(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{MaxVerificationsPerDay: 12}, func(t *testing.T, o *office) {
		try := func(want error) {
			t.Helper()
			o.want("send", o.session().SendVerification(context.Background(), pendingContact, directory.EmailChannel, jerry), want)
		}
		try(nil)
		o.pass(59 * time.Second)
		try(directory.ErrVerificationLimit)
		for range 4 {
			o.pass(time.Minute)
			try(nil)
		}
		o.pass(time.Minute)
		try(directory.ErrVerificationLimit) // five within the hour
		o.pass(time.Hour)
		for range 5 {
			o.pass(time.Minute)
			try(nil)
		}
		o.pass(2 * time.Hour)
		try(directory.ErrVerificationLimit) // ten within the day
		for i, want := range []error{nil, nil, directory.ErrVerificationLimit} {
			address := fmt.Sprintf("new%d@example.com", i)
			o.must(o.email(activeContact, address))
			o.want("the directory's limit", o.session().SendVerification(context.Background(), activeContact, directory.EmailChannel, address), want)
		}
		o.pass(22 * time.Hour)
		try(nil)
	})
}

// One limit applies to all contacts with the address, also when they ask at
// once (docs/spec/reliability.md#verification-once).
func TestSendLimitUnderRaces(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{}, func(t *testing.T, o *office) {
		var ids []string
		for _, name := range []string{"anna", "berta", "carla", "dora"} {
			c, err := o.session().AddMessageContact(context.Background(), directory.MessageContact{Name: name, Title: "Other", MessageTypes: directory.MessageTypes[:1],
				Email: directory.Channel{Address: "shared@example.com"}})
			o.must(err)
			ids = append(ids, c.ID)
		}
		var sent atomic.Int64
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				if o.session().SendVerification(context.Background(), ids[i%4], directory.EmailChannel, "shared@example.com") == nil {
					sent.Add(1)
				}
			})
		}
		all.Wait()
		if sent.Load() != 1 {
			t.Errorf("got %d messages within a minute, want 1", sent.Load())
		}
	})
}

func TestDeletionTakesContactsOutOfMembers(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{}, func(t *testing.T, o *office) {
		o.must(o.associate(activeContact, "rd-StSamp"))
		status, err := o.remove(activeContact, false)
		if err != nil || status != directory.Deleting {
			t.Fatalf("got %q %v, want Deleting", status, err)
		}
		_, err = o.remove(activeContact, true)
		o.want("again", err, directory.ErrMessageContactDeleting)
		o.want("again", err, directory.ErrBusy)
		if x, err := o.session().MessageContactDeletion(context.Background(), activeContact); err != nil || x.Status != directory.Deleting {
			t.Errorf("status: got %v %v, want Deleting", x.Status, err)
		}
		if n := o.finish(); n != 1 {
			t.Errorf("finished: got %d, want 1", n)
		}
		_, err = o.session().MessageContact(context.Background(), activeContact)
		o.want("get", err, directory.ErrMessageContactNotFound)
		_, err = o.session().MessageContactDeletion(context.Background(), activeContact)
		o.want("status", err, directory.ErrMessageContactNotFound)
		if n := o.finish(); n != 0 {
			t.Errorf("finished once more: got %d, want 0", n)
		}
	})
}

func TestDeletionOfTheLastReceiverFails(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{RequireReceiver: true}, func(t *testing.T, o *office) {
		o.must(o.associate(activeContact, "rd-StSamp"))
		if _, err := o.remove(activeContact, false); err != nil {
			t.Fatal(err)
		}
		o.finish()
		x, err := o.session().MessageContactDeletion(context.Background(), activeContact)
		o.must(err)
		want := []directory.DeletionFailure{
			{AccountID: "1817610956901234", MessageTypes: []string{"AccountExpenses"}}, {AccountID: "1997968394351234", MessageTypes: []string{"AccountExpenses"}},
		}
		if x.Status != directory.DeletionFailed || fmt.Sprint(x.Reasons) != fmt.Sprint(want) {
			t.Errorf("got %s %v, want Failed %v", x.Status, x.Reasons, want)
		}
		if c := o.contact(activeContact); c.Status != directory.Active || !slices.Equal(c.Members, []string{"rd-StSamp"}) {
			t.Errorf("got %s %v, want Active and still bound", c.Status, c.Members)
		}
		// Another receiver of the folder's account leaves one account without.
		token, _ := o.send(pendingContact, directory.EmailChannel, jerry)
		o.must(o.confirm(token, ""))
		o.must(o.session().UpdateMessageContact(context.Background(), pendingContact, directory.MessageContactUpdate{MessageTypes: directory.MessageTypes}))
		o.must(o.associate(pendingContact, "fd-ZDNPiT1234"))
		_, err = o.remove(activeContact, false)
		o.must(err)
		o.finish()
		if x, _ = o.session().MessageContactDeletion(context.Background(), activeContact); len(x.Reasons) != 1 || x.Reasons[0].AccountID != "1817610956901234" {
			t.Errorf("got %v, want the account outside the folder alone", x.Reasons)
		}
		o.must(o.associate(pendingContact, "r-Root01"))
		_, err = o.remove(activeContact, false)
		o.must(err)
		o.finish()
		_, err = o.session().MessageContact(context.Background(), activeContact)
		o.want("get", err, directory.ErrMessageContactNotFound)
	})
}

func TestRetainedContactStaysInItsAccounts(t *testing.T) {
	t.Parallel()
	onEveryEngine(t, directory.Settings{}, func(t *testing.T, o *office) {
		phone := "86-13900001234" // never verified: nothing goes there
		o.must(o.session().UpdateMessageContact(context.Background(), activeContact, directory.MessageContactUpdate{PhoneNumber: &phone}))
		o.must(o.associate(activeContact, "fd-ZDNPiT1234"))
		if status, err := o.remove(activeContact, true); err != nil || status != directory.Deleted {
			t.Fatalf("got %s %v, want Deleted", status, err)
		}
		for account, want := range map[string]int{"1997968394351234": 1, "1817610956901234": 0} {
			got, err := o.dir.RetainedMessageContacts(context.Background(), directory.SampleOrg, account)
			o.must(err)
			if len(got) != want {
				t.Fatalf("account %s: got %d, want %d", account, len(got), want)
			}
			if want == 1 && (got[0].Email.Reached() != "someone@example.com" || got[0].Phone.Reached() != "") {
				t.Errorf("got %v %v, want the verified address only", got[0].Email, got[0].Phone)
			}
		}
		_, err := o.session().AddMessageContact(context.Background(), directory.MessageContact{Name: "tom", Title: "CEO", MessageTypes: directory.MessageTypes[:1]})
		o.want("its name is free", err, nil)
	})
}

// busyStore is a store that another call keeps busy for a while.
type busyStore struct {
	directory.Store
	until time.Time
}

func (s *busyStore) Update(context.Context, string, func(directory.Tx) error) error {
	if time.Now().Before(s.until) {
		return directory.ErrBusy
	}
	return nil
}

// docs/spec/reliability.md#conflicting-changes
func TestChangesWaitForOthers(t *testing.T) {
	t.Parallel()
	for busy, want := range map[time.Duration]error{0: nil, 4900 * time.Millisecond: nil, time.Hour: directory.ErrBusy} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			d := directory.Open(directory.Config{Store: &busyStore{until: start.Add(busy)}, Now: time.Now, NewID: &counting{}, Keys: keyring.DevMaster()})
			err := d.Session(directory.Principal{}, "test", "1").UpdateMessageContact(t.Context(), activeContact, directory.MessageContactUpdate{})
			if took := time.Since(start); !errors.Is(err, want) || took > 5*time.Second+250*time.Millisecond {
				t.Errorf("busy for %v: got %v after %v, want %v within 5 s", busy, err, took, want)
			}
		})
	}
}
