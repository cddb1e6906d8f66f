package directory_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/mingce/mingce/internal/directory"
)

// machine is an independent model of the states of a contact
// (docs/spec/resource-directory.md#states-of-a-contact).
type machine struct {
	o        *office
	id       string
	status   string // "" is gone
	channels map[string]*modelChannel
	members  map[string]bool
	sent     []*modelToken
	failed   bool // a deletion has failed since the last request
}

type modelChannel struct{ address, pending string }

type modelToken struct {
	channel, address string
	token, code      string
	state            string
	wrong            int
	at               time.Time
}

var channels = []string{directory.EmailChannel, directory.SMSChannel}

func channelOf(c directory.MessageContact, channel string) directory.Channel {
	if channel == directory.SMSChannel {
		return c.Phone
	}
	return c.Email
}

// TestB14StateMachine plays random calls against the model. -rapid.checks says
// how many sequences.
func TestB14StateMachine(t *testing.T) {
	t.Parallel()
	for _, requireReceiver := range []bool{false, true} {
		t.Run(fmt.Sprint("require receiver ", requireReceiver), func(t *testing.T) {
			t.Parallel()
			settings := directory.Settings{RequireReceiver: requireReceiver, MaxMessageContacts: 1 << 40, MaxVerificationsPerDay: 1 << 40}
			onEveryEngine(t, settings, func(t *testing.T, o *office) {
				n := 0
				rapid.Check(t, func(rt *rapid.T) {
					n++
					play(rt, o, n, requireReceiver)
				})
			})
		})
	}
}

func play(rt *rapid.T, o *office, n int, requireReceiver bool) {
	ctx := context.Background()
	verified := map[string]bool{}
	m := &machine{o: o, status: directory.Verifying, members: map[string]bool{},
		channels: map[string]*modelChannel{directory.EmailChannel: {address: fmt.Sprintf("a%d@example.com", n)}, directory.SMSChannel: {}}}
	c, err := o.session().AddMessageContact(ctx, directory.MessageContact{Name: letters(n), Title: "Other", MessageTypes: []string{"FaultMessage"},
		Email: directory.Channel{Address: m.channels[directory.EmailChannel].address}})
	if err != nil {
		rt.Fatal(err)
	}
	m.id = c.ID
	pick := func(what string, from ...string) string { return rapid.SampledFrom(from).Draw(rt, what) }
	address := func(channel string) string {
		i := rapid.IntRange(0, 2).Draw(rt, "address")
		if channel == directory.SMSChannel {
			return fmt.Sprintf("86-138%05d%03d", n%100_000, i)
		}
		return fmt.Sprintf("%c%d@example.com", 'a'+i, n)
	}
	target := func(channel string) string {
		ch := m.channels[channel]
		switch {
		case m.status == "" || m.status == directory.Deleting:
			return ""
		case ch.pending != "":
			return ch.pending
		case !verified[channel]:
			return ch.address
		}
		return ""
	}
	// end invalidates tokens whose address no longer waits for verification.
	end := func() {
		for _, t := range m.sent {
			if t.state == "open" && target(t.channel) != t.address {
				t.state = "superseded"
			}
		}
	}
	expect := func(rt *rapid.T, what string, got, want error) {
		rt.Helper()
		if !errors.Is(got, want) || want == nil && got != nil {
			rt.Fatalf("%s in %q: got %v, want %v", what, m.status, got, want)
		}
	}
	status := func(allowed ...string) error {
		switch {
		case m.status == "":
			return directory.ErrMessageContactNotFound
		case !slices.Contains(allowed, m.status):
			return directory.ErrMessageContactStatus
		}
		return nil
	}
	rt.Repeat(map[string]func(*rapid.T){
		"update": func(rt *rapid.T) {
			channel := pick("channel", channels...)
			a := address(channel)
			if channel == directory.SMSChannel && rapid.IntRange(0, 4).Draw(rt, "remove") == 0 {
				a = ""
			}
			u := directory.MessageContactUpdate{EmailAddress: &a}
			if channel == directory.SMSChannel {
				u = directory.MessageContactUpdate{PhoneNumber: &a}
			}
			want := status(directory.Verifying, directory.Active)
			expect(rt, "update", o.session().UpdateMessageContact(ctx, m.id, u), want)
			if want != nil {
				return
			}
			ch := m.channels[channel]
			switch {
			case a == "":
				*ch, verified[channel] = modelChannel{}, false
			case a == ch.address:
				ch.pending = ""
			case a == ch.pending:
			case m.status == directory.Active && (verified[channel] || ch.address == ""):
				ch.pending = a
			default:
				*ch, verified[channel] = modelChannel{address: a}, false
			}
			end()
		},
		"cancel": func(rt *rapid.T) {
			email, phone := "", ""
			if rapid.Bool().Draw(rt, "name one") {
				email = address(directory.EmailChannel)
			}
			want := status(directory.Active)
			if want == nil && email != "" && email != m.channels[directory.EmailChannel].pending {
				want = directory.ErrVerificationNotOpen
			}
			expect(rt, "cancel", o.session().CancelMessageContactUpdate(ctx, m.id, email, phone), want)
			if want == nil {
				m.channels[directory.EmailChannel].pending = ""
				if email == "" {
					m.channels[directory.SMSChannel].pending = ""
				}
				end()
			}
		},
		"send": func(rt *rapid.T) {
			channel := pick("channel", channels...)
			a := address(channel)
			o.pass(25 * time.Hour) // beyond every limit, and beyond the life of what was sent
			want := directory.ErrVerificationNotOpen
			switch {
			case m.status == "":
				want = directory.ErrMessageContactNotFound
			case target(channel) == a:
				want = nil
			}
			expect(rt, "send", o.session().SendVerification(ctx, m.id, channel, a), want)
			if want != nil {
				return
			}
			for _, t := range m.sent {
				if t.state == "open" && t.channel == channel {
					t.state = "superseded"
				}
			}
			t := &modelToken{channel: channel, address: a, state: "open", at: time.Unix(0, o.clock.Load())}
			t.token, t.code = o.newest(a)
			m.sent = append(m.sent, t)
		},
		"confirm": func(rt *rapid.T) {
			if len(m.sent) == 0 {
				rt.Skip("nothing was sent")
			}
			t := m.sent[rapid.IntRange(0, len(m.sent)-1).Draw(rt, "which")]
			token, code, right := t.token, "", true
			switch rapid.IntRange(0, 3).Draw(rt, "how") {
			case 1:
				token, code = t.token[:16], t.code
			case 2:
				code, right = "nonsense", false
			case 3:
				token, right = t.token[:16], false
			}
			if t.state == "open" && time.Unix(0, o.clock.Load()).Sub(t.at) >= 24*time.Hour {
				t.state = "expired"
			}
			want := map[string]error{"used": directory.ErrVerificationUsed, "expired": directory.ErrVerificationExpired,
				"superseded": directory.ErrVerificationSuperseded, "killed": directory.ErrVerificationKilled}[t.state]
			if t.state == "open" && !right {
				want = directory.ErrVerificationCode
				if t.wrong++; t.wrong == 5 {
					t.state, want = "killed", directory.ErrVerificationKilled
				}
			}
			expect(rt, "confirm", o.confirm(token, code), want)
			if want == nil {
				t.state, m.status = "used", directory.Active
				*m.channels[t.channel], verified[t.channel] = modelChannel{address: t.address}, true
				end()
			}
		},
		"associate": func(rt *rapid.T) {
			member := pick("member", "rd-StSamp", "fd-ZDNPiT1234", "1817610956901234", "fd-nowhere000")
			want := status(directory.Active)
			if want == nil && member == "fd-nowhere000" {
				want = directory.ErrMemberNotFound
			}
			expect(rt, "associate", o.associate(m.id, member), want)
			if want == nil {
				m.members[member] = true
			}
		},
		"disassociate": func(rt *rapid.T) {
			member := pick("member", "rd-StSamp", "fd-ZDNPiT1234", "1817610956901234")
			want := status(directory.Verifying, directory.Active)
			if want == nil && !m.members[member] {
				want = directory.ErrMemberNotFound
			}
			expect(rt, "disassociate", o.session().DisassociateMembers(ctx, m.id, []string{member}), want)
			if want == nil {
				delete(m.members, member)
			}
		},
		"delete": func(rt *rapid.T) {
			retain := rapid.IntRange(0, 9).Draw(rt, "retain") == 0
			got, err := o.remove(m.id, retain)
			want := status(directory.Verifying, directory.Active)
			if m.status == directory.Deleting {
				want = directory.ErrMessageContactDeleting
			}
			expect(rt, "delete", err, want)
			switch {
			case want != nil:
			case retain || len(m.members) == 0:
				m.status, m.failed = "", false
				if got != directory.Deleted {
					rt.Fatalf("delete: got %s, want Deleted", got)
				}
			default:
				m.status, m.failed = directory.Deleting, false
				for _, ch := range m.channels {
					ch.pending = ""
				}
				if got != directory.Deleting {
					rt.Fatalf("delete: got %s, want Deleting", got)
				}
			}
			end()
		},
		"finish": func(rt *rapid.T) {
			if _, err := o.dir.FinishDeletions(ctx); err != nil {
				rt.Fatal(err)
			}
			if m.status != directory.Deleting {
				return
			}
			m.status = ""
			if requireReceiver {
				m.status, m.failed = directory.Active, true
			}
		},
		"": func(rt *rapid.T) { m.compare(rt, verified, target) },
	})
	// What remains must not be another sequence's receiver or pending deletion.
	if m.status == directory.Active || m.status == directory.Verifying {
		_, err = o.remove(m.id, true)
	} else {
		_, err = o.dir.FinishDeletions(ctx)
		if requireReceiver && m.status == directory.Deleting && err == nil {
			_, err = o.remove(m.id, true)
		}
	}
	if err != nil {
		rt.Fatal(err)
	}
}

// compare compares everything that can be read with the model.
func (m *machine) compare(rt *rapid.T, verified map[string]bool, target func(string) string) {
	s := m.o.session()
	c, err := s.MessageContact(context.Background(), m.id)
	if m.status == "" {
		if !errors.Is(err, directory.ErrMessageContactNotFound) {
			rt.Fatalf("a deleted contact: got %v, want not found", err)
		}
		return
	}
	if err != nil {
		rt.Fatal(err)
	}
	if c.Status != m.status {
		rt.Fatalf("status: got %s, want %s", c.Status, m.status)
	}
	var targets []string
	for _, channel := range channels {
		want := directory.Channel{Address: m.channels[channel].address, Pending: m.channels[channel].pending, Verified: verified[channel]}
		if got := channelOf(c, channel); got != want {
			rt.Fatalf("%s: got %+v, want %+v", channel, got, want)
		}
		if t := target(channel); t != "" {
			targets = append(targets, t)
		}
	}
	if got, err := s.MessageContactVerifications(context.Background(), m.id); err != nil || !slices.Equal(got, targets) {
		rt.Fatalf("to be verified: got %v %v, want %v", got, err, targets)
	}
	if got, want := slices.Sorted(slices.Values(c.Members)), slices.Sorted(maps.Keys(m.members)); !slices.Equal(got, want) {
		rt.Fatalf("members: got %v, want %v", got, want)
	}
	x, err := s.MessageContactDeletion(context.Background(), m.id)
	switch {
	case m.status == directory.Deleting && x.Status != directory.Deleting, m.failed && x.Status != directory.DeletionFailed:
		rt.Fatalf("deletion: got %q %v", x.Status, err)
	case m.status != directory.Deleting && !m.failed && !errors.Is(err, directory.ErrMessageContactNotFound):
		rt.Fatalf("deletion: got %q %v, want none", x.Status, err)
	}
}

// letters writes a number as a name of two to twelve letters.
func letters(n int) string {
	name := "x"
	for ; n > 0; n /= 26 {
		name += string(rune('a' + n%26))
	}
	return name
}
