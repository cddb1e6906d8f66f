package events

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func TestAddressesThatMayBePushedTo(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"203.119.25.1": true, "8.8.8.8": true, "2400:3200::1": true, "::ffff:8.8.8.8": true,
		"127.0.0.1": false, "127.255.255.254": false, "::1": false, "::ffff:127.0.0.1": false, "::127.0.0.1": false,
		"10.0.0.1": false, "172.16.0.1": false, "192.168.1.1": false, "::ffff:10.0.0.1": false, "fd00::1": false, "fec0::1": false,
		"169.254.169.254": false, "fe80::1": false, "100.100.100.200": false, "0.0.0.0": false, "0.1.2.3": false, "::": false,
		"224.0.0.1": false, "ff02::1": false, "255.255.255.255": false, "240.0.0.1": false, "198.18.0.1": false,
		"64:ff9b::a00:1": false, "2002:a00:1::": false, "2001:0:a00:1::": false,
	} {
		if got := isPublic(netip.MustParseAddr(address)); got != want {
			t.Errorf("%s: got %v, want %v", address, got, want)
		}
	}
}

func TestPushesStayOnTheOpenNetwork(t *testing.T) {
	t.Parallel()
	calls := 0
	r := receive(t, func() int { calls++; return 200 })
	s := r.subscription()
	if err := NewPusher(true, fixedNow).Check(t.Context(), s); err != nil {
		t.Fatalf("private addresses allowed: got %v, want nil", err)
	}
	err := NewPusher(false, fixedNow).Check(t.Context(), s)
	if !errors.Is(err, directory.ErrReceiverForbidden) {
		t.Errorf("private addresses not allowed: got %v, want %v", err, directory.ErrReceiverForbidden)
	}
	if calls != 1 {
		t.Errorf("calls: got %d, want 1", calls)
	}
}

// The response to a registration must not reveal which names exist in a private
// network: refused and unknown names look the same.
func TestNamesInsideAreNotTold(t *testing.T) {
	t.Parallel()
	p := NewPusher(false, fixedNow)
	check := func(address string) error {
		s := receive(t, nil).subscription()
		s.URL = address
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		err := p.Check(ctx, s)
		// The error comes when the time limit has passed, not when it is known.
		if told := ctx.Err() == nil; told != strings.Contains(address, "127.0.0.1") {
			t.Errorf("%s: error before the time limit: got %t", address, told)
		}
		return err
	}
	refused, unknown := check("http://localhost:1/"), check("http://no-such-name.invalid/")
	var a, b *directory.ReceiverError
	if !errors.As(refused, &a) || !errors.As(unknown, &b) || *a != *b {
		t.Errorf("got %v and %v, want the same", refused, unknown)
	}
	if err := check("http://127.0.0.1:1/"); !errors.Is(err, directory.ErrReceiverForbidden) {
		t.Errorf("an address of this machine: got %v, want %v", err, directory.ErrReceiverForbidden)
	}
}
