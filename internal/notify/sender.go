package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/mingce/mingce/internal/directory"
)

// Carrier delivers the letters of one channel. It is called by several
// goroutines at once. It returns nil only when the next hop has accepted the
// letter, and stops when ctx is done.
type Carrier interface {
	Carry(ctx context.Context, m directory.Message, l directory.Letter) error
}

// Capture is the carrier that keeps letters to be read instead of sending them.
var Capture Carrier = capture{}

type capture struct{}

func (capture) Carry(context.Context, directory.Message, directory.Letter) error { return nil }

// Sender delivers queued messages. The fields are set once, before Run.
type Sender struct {
	Directory *directory.Directory
	// Carriers by channel; the messages of a channel without one stay queued.
	Carriers map[string]Carrier
	Log      *slog.Logger
}

const (
	pollEvery    = 500 * time.Millisecond // for due messages
	sweepEvery   = time.Hour
	inFlight     = 8 // deliveries of a channel at once
	attemptLimit = time.Minute
	stopGrace    = 5 * time.Second // for running attempts when the program stops
	longestError = 200
)

// Run delivers until ctx is done and then waits for running deliveries. Each
// channel has its own loop, so that a dead mail server does not delay text
// messages. Several processes may run on one database.
func (s *Sender) Run(ctx context.Context) {
	var loops sync.WaitGroup
	for channel, carrier := range s.Carriers {
		loops.Go(func() { s.loop(ctx, channel, carrier) })
	}
	loops.Go(func() { s.sweep(ctx) })
	loops.Wait()
}

func (s *Sender) loop(ctx context.Context, channel string, carrier Carrier) {
	places := make(chan struct{}, inFlight)
	var running sync.WaitGroup
	defer running.Wait()
	look := time.NewTicker(pollEvery)
	defer look.Stop()
	for {
		var refs []directory.MessageRef
		if free := inFlight - len(places); free > 0 {
			var err error
			refs, err = s.Directory.DueMessages(ctx, channel, int64(free))
			if err != nil && ctx.Err() == nil {
				s.Log.Error("look for messages to deliver", "channel", channel, "error", err)
			}
		}
		for _, ref := range refs {
			places <- struct{}{}
			running.Go(func() {
				defer func() { <-places }()
				s.deliver(ctx, ref, carrier)
			})
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
	}
}

// Once delivers the due messages of a channel one by one, and returns how many
// it tried.
func (s *Sender) Once(ctx context.Context, channel string, carrier Carrier) (tried int, err error) {
	refs, err := s.Directory.DueMessages(ctx, channel, 100)
	for _, ref := range refs {
		s.deliver(ctx, ref, carrier)
	}
	return len(refs), err
}

// deliver makes one attempt. The result is recorded even when the program is
// about to stop, so that the letter is not sent again because of the stop.
func (s *Sender) deliver(ctx context.Context, ref directory.MessageRef, carrier Carrier) {
	if carrier == Capture {
		s.logFailure(ctx, ref, s.Directory.CaptureMessage(ctx, ref))
		return
	}
	m, ok, err := s.Directory.ClaimMessage(ctx, ref)
	s.logFailure(ctx, ref, err)
	if !ok {
		return
	}
	detached := context.WithoutCancel(ctx)
	attempt, cancel := context.WithTimeout(detached, attemptLimit)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(stopGrace, cancel) })
	defer stop()
	state, reason := directory.MessageSent, ""
	if err := s.carry(attempt, m, carrier); err != nil {
		state, reason = directory.MessageQueued, presentable(err)
		s.Log.Warn("message not delivered", "message", m.ID, "channel", m.Channel, "attempt", m.Attempts, "reason", reason)
	}
	if err := s.Directory.SettleMessage(detached, m, state, reason); err != nil {
		s.Log.Error("settle a message", "message", m.ID, "error", err)
	}
}

// logFailure logs why a message could not be claimed, unless another process
// has claimed it or the program is about to stop.
func (s *Sender) logFailure(ctx context.Context, ref directory.MessageRef, err error) {
	if err != nil && ctx.Err() == nil && !errors.Is(err, directory.ErrMessageClaimed) {
		s.Log.Error("claim a message", "message", ref.ID, "error", err)
	}
}

func (s *Sender) carry(ctx context.Context, m directory.Message, carrier Carrier) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	l, err := Render(s.Directory, m)
	if err != nil {
		return err
	}
	return carrier.Carry(ctx, m, l)
}

func (s *Sender) sweep(ctx context.Context) {
	for {
		if err := s.Directory.SweepMessages(ctx); err != nil && ctx.Err() == nil {
			s.Log.Error("sweep messages", "error", err)
		}
		select {
		case <-time.After(sweepEvery):
		case <-ctx.Done():
			return
		}
	}
}

// personal finds addresses, phone numbers and codes in a text.
var personal = regexp.MustCompile(`[^\s<>"'(),;:]+@[^\s<>"'(),;:]+|\d{7,}`)

// presentable is the text of an error without addresses, phone numbers and
// codes, which servers like to quote.
func presentable(err error) string {
	text := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, err.Error())
	text = personal.ReplaceAllString(text, "***")
	if r := []rune(text); len(r) > longestError {
		text = string(r[:longestError]) + "..."
	}
	return text
}
