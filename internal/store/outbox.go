package store

import (
	"strings"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/engine"
)

const (
	selectOutbox = "SELECT id, org, kind, topic, object, recipient, payload, created_at FROM outbox WHERE kind = ?"

	insertOutbox = `INSERT INTO outbox (org, id, kind, topic, object, recipient, recipient_index, payload, created_at)
		SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?`

	recipientPurpose = "outbox.recipient"
)

// Enqueue implements [directory.OutboxTx]. The statement itself checks whether
// there is a subscription, so a subscription that was committed before it
// misses no event. Routing filters by what the subscription asks for.
func (t *tx) Enqueue(i directory.OutboxItem) {
	if t.OfOther(i.Org) {
		return
	}
	sql, a := insertOutbox, args{
		t.Org, i.ID, i.Kind, i.Topic, i.Object, t.Seal("outbox", i.ID, "recipient", i.Recipient),
		t.Blind(recipientPurpose, normalAddress(i.Recipient)), t.Seal("outbox", i.ID, "payload", i.Payload), millis(i.CreatedAt),
	}
	if i.Kind == directory.EventKind {
		sql, a = sql+" WHERE EXISTS (SELECT 1 FROM event_subscription WHERE org = ?)", append(a, t.Org)
	}
	t.Write(sql, a...)
}

// NoSubscriptions implements [directory.OutboxTx].
func (t *tx) NoSubscriptions() bool { return t.contact.unheard }

// readSubscribed is a read for [engine.Tx.Batch] that finds out whether there
// are subscriptions to events.
func (t *tx) readSubscribed(subscribed *bool) *read {
	return engine.One("SELECT 1 FROM event_subscription WHERE org = ? LIMIT 1", args{t.Org}, subscribed, nil)
}

// sealedItem is an item whose values are still sealed: opening them may need a
// read of keys.
type sealedItem struct {
	directory.OutboxItem
	recipient, payload []byte
}

// Outbox implements [directory.OutboxTx]. Without an organisation it answers
// across tenants.
func (t *tx) Outbox(kind string, limit int64) ([]directory.OutboxItem, error) {
	sql, a := selectOutbox, args{kind}
	if t.Org != "" {
		sql, a = sql+" AND org = ?", append(a, t.Org)
	}
	var rows []sealedItem
	err := t.Each(sql+" ORDER BY seq LIMIT ?", append(a, limit), func(r *row) error {
		rows = append(rows, sealedItem{directory.OutboxItem{
			ID: r.Text(0), Org: r.Text(1), Kind: r.Text(2), Topic: r.Text(3), Object: r.Text(4), CreatedAt: fromMillis(r.Int(7)),
		}, r.Bytes(5), r.Bytes(6)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	keys := map[string]*keyring.Tenant{}
	items := make([]directory.OutboxItem, len(rows))
	for n, i := range rows {
		if keys[i.Org] == nil {
			if keys[i.Org], err = t.KeysOf(i.Org); err != nil {
				return nil, err
			}
		}
		if i.Recipient, err = engine.OpenUnder(keys[i.Org], "outbox", i.ID, "recipient", i.recipient); err != nil {
			return nil, err
		}
		if i.Payload, err = engine.OpenUnder(keys[i.Org], "outbox", i.ID, "payload", i.payload); err != nil {
			return nil, err
		}
		items[n] = i.OutboxItem
	}
	return items, nil
}

// DeleteOutbox implements [directory.OutboxTx].
func (t *tx) DeleteOutbox(id string) {
	t.Write("DELETE FROM outbox WHERE org = ? AND id = ?", t.Org, id)
}

// normalAddress is the form in which addresses are indexed. Mail addresses are
// compared without regard to case; phone numbers ("86-139...") have none.
func normalAddress(address string) string { return strings.ToLower(address) }
