package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// OrgsWithEvents implements [directory.DeliveryTx]; it answers across tenants.
// Its cost depends on the number of organisations, not of events.
func (t *tx) OrgsWithEvents() (orgs []string, err error) {
	err = t.Each(`WITH RECURSIVE waiting (org) AS (
			SELECT MIN(org) FROM outbox WHERE kind = ?
			UNION ALL
			SELECT (SELECT MIN(x.org) FROM outbox x WHERE x.kind = ? AND x.org > w.org) FROM waiting w WHERE w.org IS NOT NULL
		) SELECT org FROM waiting WHERE org IS NOT NULL`, args{directory.EventKind, directory.EventKind}, func(r *row) error {
		orgs = append(orgs, r.Text(0))
		return nil
	})
	return orgs, err
}

// EventsToRoute implements [directory.DeliveryTx].
func (t *tx) EventsToRoute(limit int64) (events []directory.Delivery, err error) {
	var sealed [][]byte
	err = t.Each(t.toWrite("SELECT seq, id, topic, object, created_at, payload FROM outbox WHERE kind = ? AND org = ? ORDER BY seq LIMIT ?"),
		args{directory.EventKind, t.Org, limit}, func(r *row) error {
			at := fromMillis(r.Int(4))
			events = append(events, directory.Delivery{Seq: r.Int(0), EventID: r.Text(1), Topic: r.Text(2), Object: r.Text(3), BornAt: at, NextAt: at})
			sealed = append(sealed, r.Bytes(5))
			return nil
		})
	for i := range events {
		if err == nil {
			events[i].Payload, err = t.Open("outbox", events[i].EventID, "payload", sealed[i])
		}
	}
	return events, err
}

// deliveryRow is the name of the row that its sealed value is bound to.
func deliveryRow(d directory.Delivery) string {
	return subscriptionRow(d.Ref.AppKey, d.Ref.Channel) + "/" + d.EventID
}

// InsertDelivery implements [directory.DeliveryTx].
func (t *tx) InsertDelivery(d directory.Delivery) {
	if t.OfOther(d.Ref.Org) {
		return
	}
	t.Write(`INSERT INTO event_delivery (org, app_key, channel, seq, event_id, topic, object, payload, born_at, attempts, next_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		t.Org, d.Ref.AppKey, d.Ref.Channel, d.Seq, d.EventID, d.Topic, d.Object, t.Seal("event_delivery", deliveryRow(d), "payload", d.Payload),
		millis(d.BornAt), d.Attempts, millis(d.NextAt))
}

// SubscriptionsDue implements [directory.DeliveryTx]; it answers across tenants.
func (t *tx) SubscriptionsDue(owner string, now time.Time) ([]directory.SubscriptionRef, error) {
	return t.subscriptionRefs(`SELECT s.org, s.app_key, s.channel FROM event_subscription s
		WHERE (s.owner = ? OR s.owned_until <= ?) AND EXISTS (SELECT 1 FROM event_delivery d
			WHERE d.org = s.org AND d.app_key = s.app_key AND d.channel = s.channel AND d.failed_at IS NULL AND d.next_at <= ?)`+
		ofAppInUse+" ORDER BY s.org, s.app_key, s.channel", args{owner, millis(now), millis(now)})
}

const selectDelivery = `SELECT d.app_key, d.channel, d.seq, d.event_id, d.topic, d.object, d.payload, d.born_at, d.attempts, d.next_at, d.failed_at
	FROM event_delivery d WHERE d.org = ? AND d.app_key = ?`

// deliveries runs a query that starts with selectDelivery.
func (t *tx) deliveries(sql string, a args) (ds []directory.Delivery, err error) {
	var sealed [][]byte
	err = t.Each(sql, a, func(r *row) error {
		d := directory.Delivery{
			Ref: directory.SubscriptionRef{Org: t.Org, AppKey: r.Text(0), Channel: r.Text(1)},
			Seq: r.Int(2), EventID: r.Text(3), Topic: r.Text(4), Object: r.Text(5),
			BornAt: fromMillis(r.Int(7)), Attempts: r.Int(8), NextAt: fromMillis(r.Int(9)),
		}
		if ms := r.NullInt(10); ms != nil {
			d.FailedAt = fromMillis(*ms)
		}
		ds, sealed = append(ds, d), append(sealed, r.Bytes(6))
		return nil
	})
	for i := range ds {
		if err == nil {
			ds[i].Payload, err = t.Open("event_delivery", deliveryRow(ds[i]), "payload", sealed[i])
		}
	}
	return ds, err
}

// DueDeliveries implements [directory.DeliveryTx].
func (t *tx) DueDeliveries(ref directory.SubscriptionRef, now time.Time, limit int64) ([]directory.Delivery, error) {
	return t.deliveries(selectDelivery+` AND d.channel = ? AND d.failed_at IS NULL AND d.next_at <= ?
		AND NOT EXISTS (SELECT 1 FROM event_delivery e WHERE e.org = d.org AND e.app_key = d.app_key AND e.channel = d.channel
			AND e.object = d.object AND e.seq < d.seq AND e.failed_at IS NULL)
		ORDER BY d.next_at, d.seq LIMIT ?`, args{t.Org, ref.AppKey, ref.Channel, millis(now), limit})
}

// DeleteDelivery implements [directory.DeliveryTx].
func (t *tx) DeleteDelivery(d directory.Delivery) {
	t.Write("DELETE FROM event_delivery WHERE org = ? AND app_key = ? AND channel = ? AND seq = ?", t.Org, d.Ref.AppKey, d.Ref.Channel, d.Seq)
}

// UpdateDelivery implements [directory.DeliveryTx].
func (t *tx) UpdateDelivery(before, d directory.Delivery) {
	t.Write(`UPDATE event_delivery SET attempts = ?, next_at = ?, failed_at = ?
		WHERE org = ? AND app_key = ? AND channel = ? AND seq = ? AND attempts = ? AND failed_at IS NULL`,
		d.Attempts, millis(d.NextAt), optionalTime(d.FailedAt), t.Org, d.Ref.AppKey, d.Ref.Channel, d.Seq, before.Attempts)
}

// FailedDeliveries implements [directory.DeliveryTx].
func (t *tx) FailedDeliveries(appKey string, limit int64) ([]directory.Delivery, error) {
	return t.deliveries(t.toWrite(selectDelivery+" AND d.failed_at IS NOT NULL ORDER BY d.failed_at, d.seq LIMIT ?"), args{t.Org, appKey, limit})
}

// OldDeliveries implements [directory.DeliveryTx].
func (t *tx) OldDeliveries(before time.Time, limit int64) (n int64, err error) {
	_, err = t.One("SELECT count(*) FROM (SELECT 1 FROM event_delivery WHERE org = ? AND born_at < ? LIMIT ?) old", args{t.Org, millis(before), limit}, func(r *row) error {
		n = r.Int(0)
		return nil
	})
	return n, err
}

// SweepDeliveries implements [directory.DeliveryTx].
func (t *tx) SweepDeliveries(before time.Time, limit int64) {
	t.Write(`DELETE FROM event_delivery WHERE org = ? AND (app_key, channel, seq) IN
		(SELECT app_key, channel, seq FROM event_delivery WHERE org = ? AND born_at < ? ORDER BY born_at LIMIT ?)`, t.Org, t.Org, millis(before), limit)
}
