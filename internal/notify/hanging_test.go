package notify_test

import (
	"context"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/notify"
)

// TestCallsNeverWaitForTheMailServer checks that calls are answered while all
// concurrent deliveries hang, and that no message is lost or sent twice when
// the server comes back (docs/spec/reliability.md#delivery-of-messages).
func TestCallsNeverWaitForTheMailServer(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	carrying, release := make(chan string, 100), make(chan struct{})
	s := notify.Sender{Directory: o.dir, Log: o.log, Carriers: map[string]notify.Carrier{
		directory.EmailChannel: carrierFunc(func(_ context.Context, m directory.Message, _ directory.Letter) error {
			carrying <- m.ID
			<-release
			return nil
		}),
	}}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); s.Run(ctx) }()
	queue := func() {
		t.Helper()
		soon, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		err := o.session().Notify(soon, directory.PendingMessageContact, directory.EmailChannel, jerry, "subject", "text")
		if err == nil {
			_, err = o.session().MessageContact(soon, directory.PendingMessageContact)
		}
		if err != nil {
			t.Fatalf("a call while mails hang: got %v, want success", err)
		}
	}
	const before, after, atOnce = 10, 20, 8
	for range before {
		queue()
	}
	seen := map[string]bool{}
	for range atOnce {
		seen[<-carrying] = true
	}
	for range after {
		queue()
	}
	close(release)
	for len(seen) < before+after {
		id := <-carrying
		if seen[id] {
			t.Fatalf("message %s: got it twice, want it once", id)
		}
		seen[id] = true
	}
	stop()
	<-done
}
