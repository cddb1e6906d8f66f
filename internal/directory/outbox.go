package directory

import (
	"context"
	"time"
)

// OutboxItem is an event, a mail or a text message to be delivered after a
// change is committed. It is written in the change's own transaction.
type OutboxItem struct {
	ID        string
	Org       string
	Kind      string // "event", "email" or "sms"
	Topic     string // event type, or template of a message
	Object    string // the object it is about; delivery keeps the order per object
	Recipient string // address of a message; personal, encrypted at rest
	Payload   string // JSON; encrypted at rest
	CreatedAt time.Time
}

// OutboxTx writes and reads outbox items.
type OutboxTx interface {
	// Enqueue adds an item. Without subscriptions of the organisation, an event
	// is dropped.
	Enqueue(i OutboxItem)
	// NoSubscriptions reports whether an earlier read of the transaction found
	// that the organisation has no subscription, so that its events need not be
	// built.
	NoSubscriptions() bool
	// Outbox returns the organisation's undelivered items of a kind, oldest
	// first; in a transaction without an organisation it answers across
	// tenants.
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
