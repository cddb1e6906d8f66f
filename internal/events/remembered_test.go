package events

import (
	"fmt"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// The number of subscriptions that are worked for and remembered is bounded,
// for any number of apps.
func TestWhatDeliveryRemembersIsBounded(t *testing.T) {
	t.Parallel()
	s := New(nil, nil, nil)
	begun := 0
	for i := range 3 * maxOwned {
		ref := directory.SubscriptionRef{Org: "o", AppKey: fmt.Sprint(i), Channel: directory.StreamChannel}
		if s.begin(ref) {
			begun++
		}
		s.own(ref)
	}
	if begun != maxWorking || len(s.working) != maxWorking || len(s.owned) > maxOwned {
		t.Errorf("got %d started, %d working and %d owned, want at most %d and %d", begun, len(s.working), len(s.owned), maxWorking, maxOwned)
	}
	s.end(directory.SubscriptionRef{Org: "o", AppKey: "0", Channel: directory.StreamChannel})
	if !s.begin(directory.SubscriptionRef{Org: "o", AppKey: "next"}) {
		t.Error("after one has ended: got no place, want one")
	}
	for i := range 3 * maxPaces {
		s.hub.pace.allow(fmt.Sprint(i), time.Now())
	}
	if len(s.hub.pace) > maxPaces {
		t.Errorf("got the pace of %d apps, want of at most %d", len(s.hub.pace), maxPaces)
	}
}

// The places for connections are bounded for one app and for all.
func TestPlacesOfConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	h := newHub(nil, nil, nil)
	got := 0
	for i := range maxInAll {
		for range 2 * maxConnections {
			if h.reserve(fmt.Sprint(i)) {
				got++
			}
		}
		if n := h.apps[fmt.Sprint(i)]; n != nil && n.places > maxConnections {
			t.Fatalf("an app: got %d places, want %d", n.places, maxConnections)
		}
	}
	if got != maxInAll || len(h.apps) != maxInAll/maxConnections {
		t.Errorf("got %d places of %d apps, want %d of %d", got, len(h.apps), maxInAll, maxInAll/maxConnections)
	}
	for range maxConnections {
		h.release("0")
	}
	if _, still := h.apps["0"]; still || h.places != maxInAll-maxConnections {
		t.Errorf("after an app has left: got %d places", h.places)
	}
}
