package events

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	mathrand "math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

const (
	pollEvery  = 250 * time.Millisecond // for events and due deliveries
	sweepEvery = time.Hour
	// ownFor is how long a process owns a subscription before another may take
	// over, in case it dies. Ownership is renewed before every batch, and no
	// batch takes longer: two rounds of attempts of at most ten seconds.
	ownFor      = 30 * time.Second
	batch       = 16 // deliveries of a subscription that are read at once
	maxAttempts = 8  // concurrent attempts of a subscription, each about another object
	stopGrace   = 3 * time.Second
	// maxWorking limits the subscriptions that are delivered for at once,
	// maxOwned those that are remembered as owned by this process.
	maxWorking = 1024
	maxOwned   = 10_000
)

// Service delivers events and holds the connections of Stream mode. Several
// processes may run one each on one database: every subscription is owned by
// one of them at a time. It is safe for concurrent use.
type Service struct {
	dir    *directory.Directory
	log    *slog.Logger
	pusher *Pusher
	hub    *hub
	owner  string // identifies this process among those on one database

	mu      sync.Mutex
	working map[directory.SubscriptionRef]bool
	owned   map[directory.SubscriptionRef]bool // possibly; released when Run ends
}

// New returns a Service; Run starts it.
func New(dir *directory.Directory, pusher *Pusher, log *slog.Logger) *Service {
	s := &Service{
		dir: dir, log: log, pusher: pusher, owner: rand.Text(),
		working: map[directory.SubscriptionRef]bool{}, owned: map[directory.SubscriptionRef]bool{},
	}
	s.hub = newHub(dir, log, s.disown)
	return s
}

// Stream returns the handler of the WebSocket endpoint.
func (s *Service) Stream() http.Handler { return s.hub }

// Refresh records again which apps are connected, after all data was replaced.
func (s *Service) Refresh(ctx context.Context) { s.hub.recordAll(ctx) }

// Run delivers until ctx is done; then it tells connected apps to connect
// elsewhere and waits for running attempts.
func (s *Service) Run(ctx context.Context) {
	var loops sync.WaitGroup
	loops.Go(func() { s.sweep(ctx) })
	loops.Go(func() { s.hub.run(ctx) })
	look := time.NewTicker(pollEvery)
	defer look.Stop()
	for {
		if more := s.round(ctx, &loops); more {
			continue
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			loops.Wait()
			s.disownAll(context.WithoutCancel(ctx))
			return
		}
	}
}

// Once routes and delivers everything that is due, and returns when all
// attempts have finished.
func (s *Service) Once(ctx context.Context) {
	for more := true; more; {
		var workers sync.WaitGroup
		more = s.round(ctx, &workers)
		workers.Wait()
	}
}

// round routes some events from the outbox and starts a worker for each
// subscription that has due deliveries and no worker. It reports whether there
// may be more to route, so that a long import does not stop deliveries.
func (s *Service) round(ctx context.Context, workers *sync.WaitGroup) (more bool) {
	n, err := s.dir.RouteEvents(ctx)
	s.logFailure(ctx, "route events", err)
	refs, err := s.dir.SubscriptionsDue(ctx, s.owner)
	s.logFailure(ctx, "look for events to deliver", err)
	// If there are too many subscriptions, chance decides whose turn it is:
	// slow receivers must not take all workers in every round.
	mathrand.Shuffle(len(refs), func(i, j int) { refs[i], refs[j] = refs[j], refs[i] })
	for _, ref := range refs {
		if ref.Channel == directory.StreamChannel && !s.hub.has(ref.AppKey) || !s.begin(ref) {
			continue
		}
		workers.Go(func() {
			defer s.end(ref)
			s.work(ctx, ref)
		})
	}
	return n > 0 && ctx.Err() == nil
}

func (s *Service) begin(ref directory.SubscriptionRef) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.working[ref] || len(s.working) >= maxWorking {
		return false
	}
	s.working[ref] = true
	return true
}

func (s *Service) end(ref directory.SubscriptionRef) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.working, ref)
}

// logFailure logs a failure that is not the receiver's.
func (s *Service) logFailure(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		s.log.Error(what, "error", err)
	}
}

// own remembers that this process owns a subscription. If an entry is dropped,
// another process can take over only after ownFor.
func (s *Service) own(ref directory.SubscriptionRef) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.owned) >= maxOwned {
		clear(s.owned)
	}
	s.owned[ref] = true
}

// disown lets another process deliver for the subscription at once instead of
// after ownFor.
func (s *Service) disown(ctx context.Context, ref directory.SubscriptionRef) {
	s.mu.Lock()
	owned := s.owned[ref] && !s.working[ref]
	delete(s.owned, ref)
	s.mu.Unlock()
	if owned {
		s.logFailure(ctx, "disown a subscription", s.dir.DisownSubscription(ctx, ref, s.owner))
	}
}

func (s *Service) disownAll(ctx context.Context) {
	s.mu.Lock()
	refs := slices.Collect(maps.Keys(s.owned))
	s.mu.Unlock()
	for _, ref := range refs {
		s.disown(ctx, ref)
	}
}

// work delivers for one subscription until nothing is due or the app is no
// longer connected.
func (s *Service) work(ctx context.Context, ref directory.SubscriptionRef) {
	for ctx.Err() == nil {
		to, err := s.dir.OwnSubscription(ctx, ref, s.owner, s.dir.Now().Add(ownFor))
		if errors.Is(err, directory.ErrSubscriptionOwned) {
			return
		}
		s.own(ref)
		var due []directory.Delivery
		if err == nil {
			due, err = s.dir.DueDeliveries(ctx, ref, batch)
		}
		s.logFailure(ctx, "deliver events", err)
		if err != nil || len(due) == 0 || !s.deliverAll(ctx, to, due) {
			return
		}
	}
}

// deliverAll makes one attempt for each delivery, all about different objects.
// It returns false when the app is no longer connected.
func (s *Service) deliverAll(ctx context.Context, to directory.Subscription, due []directory.Delivery) bool {
	// The result of an attempt is recorded even when the program is about to
	// stop, so that the event is not delivered again because of the stop.
	detached := context.WithoutCancel(ctx)
	attempt, cancel := context.WithCancel(detached)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(stopGrace, cancel) })
	defer stop()

	places := make(chan struct{}, maxAttempts)
	var running sync.WaitGroup
	var mu sync.Mutex
	connected := true
	for _, d := range due {
		if ctx.Err() != nil {
			break
		}
		places <- struct{}{}
		running.Go(func() {
			defer func() { <-places }()
			err := s.attempt(attempt, to, d)
			if errors.Is(err, errNotConnected) || attempt.Err() != nil && err != nil {
				mu.Lock()
				defer mu.Unlock()
				connected = false
				return
			}
			if err != nil {
				s.log.Warn("event not delivered", "app", d.Ref.AppKey, "channel", d.Ref.Channel, "event", d.EventID,
					"type", d.Topic, "attempt", d.Attempts+1, "reason", err)
			}
			s.logFailure(detached, "settle an event", s.dir.SettleDelivery(detached, d, err == nil))
		})
	}
	running.Wait()
	return connected
}

func (s *Service) attempt(ctx context.Context, to directory.Subscription, d directory.Delivery) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	if to.Channel == directory.StreamChannel {
		return s.hub.deliver(ctx, d)
	}
	return s.pusher.Push(ctx, to, d)
}

func (s *Service) sweep(ctx context.Context) {
	for {
		s.logFailure(ctx, "sweep events", s.dir.SweepEvents(ctx))
		select {
		case <-time.After(sweepEvery):
		case <-ctx.Done():
			return
		}
	}
}
