package directory

import (
	"context"
	"time"
)

// OutboxItem is something to be delivered after its change was committed: an
// event for a subscriber, a mail or a text message. It is written in the
// change's own transaction.
type OutboxItem struct {
	ID        string
	Org       string
	Kind      string // "event", "email" or "sms"
	Topic     string // event type, or template of a message
	Object    string // what it is about: order is kept per object
	Recipient string // address of a message; personal, encrypted at rest
	Payload   string // JSON; encrypted at rest
	CreatedAt time.Time
}

// OutboxTx writes and reads what is to be delivered.
type OutboxTx interface {
	// Enqueue adds an item. An event is left out while the organisation has no
	// subscription.
	Enqueue(i OutboxItem)
	// NoSubscriptions reports whether the call has read, with what it changes, that the
	// organisation has no subscription: then an event need not be made.
	NoSubscriptions() bool
	// Outbox returns the organisation's undelivered items of a kind, oldest
	// first; org "" in the transaction answers across tenants.
	Outbox(kind string, limit int64) ([]OutboxItem, error)
	DeleteOutbox(id string)
}

// Outbox returns undelivered items of a kind over all organisations, oldest first.
func (d *Directory) Outbox(ctx context.Context, kind string, limit int64) (is []OutboxItem, err error) {
	err = d.store.View(ctx, "", func(tx Tx) error {
		is, err = tx.Outbox().Outbox(kind, limit)
		return err
	})
	return is, err
}
