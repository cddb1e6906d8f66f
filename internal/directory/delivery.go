package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Delivery is an event to be delivered to one subscription.
type Delivery struct {
	Ref      SubscriptionRef
	Seq      int64 // orders changes, over all organisations
	EventID  string
	Topic    string // event type
	Object   string // the object it is about; delivery keeps the order per object
	Payload  string // JSON object of the facts; encrypted at rest
	BornAt   time.Time
	Attempts int64
	NextAt   time.Time
	FailedAt time.Time // zero unless delivery was given up
}

// retries are the pauses after the first and the second failed attempt; after
// the third the event goes to the failed list
// (docs/spec/dingtalk.md#retries-of-events).
var retries = []time.Duration{10 * time.Second, 30 * time.Second}

const (
	// routeBatch bounds one transaction that routes events.
	routeBatch = 50
	// With more than routeEach subscriptions a batch has fewer events, so that
	// a transaction stays about as large.
	routeEach = 10
	// sweepBatch bounds one transaction that deletes old events.
	sweepBatch = 500
	// MaxFailedEvents is how many failed events one call returns.
	MaxFailedEvents = 200
	// Decision: an app without a connection gets the events of one day when it
	// reconnects.
	silentLife = 24 * time.Hour
	// Decision: undelivered and failed events are kept for a week
	// (docs/spec/dingtalk.md#life-of-undelivered-events).
	keepEvents = 7 * 24 * time.Hour
)

// DeliveryTx reads and writes events to be delivered.
type DeliveryTx interface {
	// OrgsWithEvents answers across tenants: the organisations whose outbox
	// holds events, in the order of their ids.
	OrgsWithEvents() ([]string, error)
	// EventsToRoute returns events of the organisation's outbox, oldest first,
	// as deliveries without a subscription, and locks them for this
	// transaction.
	EventsToRoute(limit int64) ([]Delivery, error)
	InsertDelivery(d Delivery)
	// SubscriptionsDue answers across tenants: subscriptions of enabled apps
	// that have a due event and that owner may deliver for.
	SubscriptionsDue(owner string, now time.Time) ([]SubscriptionRef, error)
	// DueDeliveries returns the subscription's due events, oldest first: of
	// each object only the oldest that was not given up.
	DueDeliveries(ref SubscriptionRef, now time.Time, limit int64) ([]Delivery, error)
	DeleteDelivery(d Delivery)
	// UpdateDelivery writes Attempts, NextAt and FailedAt unless there was
	// another attempt since before was read.
	UpdateDelivery(before, d Delivery)
	// FailedDeliveries returns the events of an app that were given up, over
	// all its channels, oldest first.
	FailedDeliveries(appKey string, limit int64) ([]Delivery, error)
	// OldDeliveries counts events of the organisation older than before, up to
	// limit.
	OldDeliveries(before time.Time, limit int64) (int64, error)
	// SweepDeliveries deletes up to limit of them, the oldest first.
	SweepDeliveries(before time.Time, limit int64)
}

// RouteEvents turns events in the outbox into deliveries, one for each
// subscription that wants the event. It takes a batch from each organisation
// and returns how many events it took. Several processes may call it at once.
func (d *Directory) RouteEvents(ctx context.Context) (routed int, err error) {
	var orgs []string
	err = d.store.View(ctx, "", func(tx Tx) error {
		orgs, err = tx.Deliveries().OrgsWithEvents()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("look for events: %w", err)
	}
	var errs []error // one organisation's failure must not stop the others
	for _, org := range orgs {
		n, err := d.routeEvents(ctx, org)
		routed += n
		if err != nil {
			errs = append(errs, fmt.Errorf("route events of %s: %w", org, err))
		}
	}
	return routed, errors.Join(errs...)
}

func (d *Directory) routeEvents(ctx context.Context, org string) (routed int, err error) {
	err = d.store.Update(ctx, org, func(tx Tx) error {
		subscriptions, err := tx.Subscriptions().Subscriptions()
		if err != nil {
			return err
		}
		may, err := permissions(tx, subscriptions)
		if err != nil {
			return err
		}
		// The number of rows in a transaction does not grow with the number of
		// subscriptions.
		events, err := tx.Deliveries().EventsToRoute(max(1, routeBatch/int64(max(1, len(subscriptions)/routeEach))))
		if err != nil {
			return err
		}
		routed = len(events)
		for _, e := range events {
			for _, s := range subscriptions {
				if s.Wants(e.Topic) && may[s.AppKey].May(eventPermission(e.Topic)) {
					e.Ref, e.NextAt = s.Ref(), e.BornAt
					tx.Deliveries().InsertDelivery(e)
				}
			}
			tx.Outbox().DeleteOutbox(e.EventID)
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return routed, nil
}

// permissions returns the principals of the subscribed apps, for their
// permissions.
func permissions(tx Tx, to []Subscription) (map[string]Principal, error) {
	keys := make([]string, len(to))
	for i, s := range to {
		keys[i] = s.AppKey
	}
	may := make(map[string]Principal, len(to))
	for some := range slices.Chunk(distinct(keys), appsAtOnce) {
		apps, err := tx.Apps().AppsInUse(some)
		if err != nil {
			return nil, err
		}
		for _, a := range apps {
			may[a.Key] = Principal{Permissions: a.Permissions}
		}
	}
	return may, nil
}

// SubscriptionsDue returns the subscriptions that have a due event and that no
// process other than owner delivers for.
func (d *Directory) SubscriptionsDue(ctx context.Context, owner string) (refs []SubscriptionRef, err error) {
	now := d.now()
	err = d.store.View(ctx, "", func(tx Tx) error {
		refs, err = tx.Deliveries().SubscriptionsDue(owner, now)
		return err
	})
	return refs, err
}

// OwnSubscription makes owner the only process that delivers for the
// subscription until the given time, and returns the subscription. It returns
// ErrSubscriptionOwned if another process is the owner or the subscription was
// deleted.
func (d *Directory) OwnSubscription(ctx context.Context, ref SubscriptionRef, owner string, until time.Time) (s Subscription, err error) {
	now := d.now()
	err = d.store.Update(ctx, ref.Org, func(tx Tx) error {
		if s, err = tx.Subscriptions().Subscription(ref.AppKey, ref.Channel); errors.Is(err, ErrSubscriptionNotFound) {
			return ErrSubscriptionOwned
		} else if err != nil {
			return err
		}
		tx.Subscriptions().OwnSubscription(ref, owner, now, until)
		return nil
	})
	return s, err
}

// DisownSubscription gives the ownership up before it expires.
func (d *Directory) DisownSubscription(ctx context.Context, ref SubscriptionRef, owner string) error {
	return d.store.Update(ctx, ref.Org, func(tx Tx) error {
		tx.Subscriptions().DisownSubscription(ref, owner)
		return nil
	})
}

// DueDeliveries returns the subscription's due events, at most one per object,
// so that they may be delivered concurrently.
func (d *Directory) DueDeliveries(ctx context.Context, ref SubscriptionRef, limit int64) (ds []Delivery, err error) {
	now := d.now()
	err = d.store.View(ctx, ref.Org, func(tx Tx) error {
		ds, err = tx.Deliveries().DueDeliveries(ref, now, limit)
		return err
	})
	return ds, err
}

// SettleDelivery records the outcome of an attempt. A failed one is repeated
// after 10 and after 30 seconds; then the event goes to the failed list, and
// later events of its object can be delivered.
func (d *Directory) SettleDelivery(ctx context.Context, e Delivery, delivered bool) error {
	now := d.now()
	return d.store.Update(ctx, e.Ref.Org, func(tx Tx) error {
		if delivered {
			tx.Deliveries().DeleteDelivery(e)
			return nil
		}
		after := e
		after.Attempts++
		if after.Attempts <= int64(len(retries)) {
			after.NextAt = now.Add(retries[after.Attempts-1])
		} else {
			after.FailedAt = now
		}
		tx.Deliveries().UpdateDelivery(e, after)
		return nil
	})
}

// TakeFailedEvents returns and deletes up to MaxFailedEvents failed events of
// the calling app; more reports whether there are others. It returns
// ErrSubscriptionNotFound for an app that never subscribed.
func (s *Session) TakeFailedEvents(ctx context.Context) (failed []Delivery, more bool, err error) {
	err = s.update(ctx, func(tx Tx) error {
		found, err := tx.Deliveries().FailedDeliveries(s.caller.ID, MaxFailedEvents+1)
		if err != nil {
			return err
		}
		if len(found) == 0 && !s.subscribed(tx) {
			return ErrSubscriptionNotFound
		}
		more = len(found) > MaxFailedEvents
		failed = found[:min(len(found), MaxFailedEvents)]
		for _, f := range failed {
			tx.Deliveries().DeleteDelivery(f)
		}
		return nil
	})
	return failed, more, err
}

func (s *Session) subscribed(tx Tx) bool {
	for _, channel := range []string{HTTPChannel, StreamChannel} {
		if _, err := tx.Subscriptions().Subscription(s.caller.ID, channel); err == nil {
			return true
		}
	}
	return false
}

// SweepEvents deletes the stream subscriptions of apps that have not been
// connected for a day, and events older than a week.
func (d *Directory) SweepEvents(ctx context.Context) error {
	now := d.now()
	var silent []SubscriptionRef
	err := d.store.View(ctx, "", func(tx Tx) (err error) {
		silent, err = tx.Subscriptions().SilentSubscriptions(now.Add(-silentLife))
		return err
	})
	if err != nil {
		return err
	}
	for _, ref := range silent {
		err := d.store.Update(ctx, ref.Org, func(tx Tx) error {
			s, err := tx.Subscriptions().Subscription(ref.AppKey, ref.Channel)
			if err == nil && s.SeenAt.Before(now.Add(-silentLife)) {
				tx.Subscriptions().DeleteSubscription(ref.AppKey, ref.Channel)
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("end the subscription of %s: %w", ref.AppKey, err)
		}
	}
	orgs, err := d.Orgs(ctx)
	if err != nil {
		return err
	}
	for _, o := range orgs {
		if err := d.sweepEvents(ctx, o.ID, now.Add(-keepEvents)); err != nil {
			return fmt.Errorf("sweep events of %s: %w", o.ID, err)
		}
	}
	return nil
}

// sweepEvents deletes old events in batches, so that other calls wait for one
// batch at most.
func (d *Directory) sweepEvents(ctx context.Context, org string, before time.Time) error {
	for n := int64(sweepBatch); n == sweepBatch; {
		err := d.store.View(ctx, org, func(tx Tx) (err error) {
			n, err = tx.Deliveries().OldDeliveries(before, sweepBatch)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
		err = d.store.Update(ctx, org, func(tx Tx) error {
			tx.Deliveries().SweepDeliveries(before, sweepBatch)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
