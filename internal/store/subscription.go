package store

import (
	"encoding/json"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/engine"
)

const selectSubscription = `SELECT app_key, channel, url, token, aes_key, tags, seen_at, created_at, updated_at
	FROM event_subscription s WHERE org = ?`

// ofAppInUse leaves out subscriptions whose app or organisation is disabled.
const ofAppInUse = ` AND EXISTS (SELECT 1 FROM app a JOIN org o ON o.id = a.org
	WHERE a.app_key = s.app_key AND a.org = s.org AND NOT a.disabled AND NOT o.disabled)`

// sealedSubscription is a subscription whose values are still sealed.
type sealedSubscription struct {
	directory.Subscription
	url, token, aesKey []byte
}

func (t *tx) scanSubscription(r *row) (s sealedSubscription, err error) {
	s = sealedSubscription{directory.Subscription{
		Org: t.Org, AppKey: r.Text(0), Channel: r.Text(1),
		SeenAt: fromMillis(r.Int(6)), CreatedAt: fromMillis(r.Int(7)), UpdatedAt: fromMillis(r.Int(8)),
	}, r.Bytes(2), r.Bytes(3), r.Bytes(4)}
	return s, json.Unmarshal([]byte(r.Text(5)), &s.Tags)
}

func subscriptionRow(appKey, channel string) string { return appKey + "/" + channel }

func (s *sealedSubscription) open(keys *keyring.Tenant) (directory.Subscription, error) {
	id := subscriptionRow(s.AppKey, s.Channel)
	var opened [3]string
	for i, c := range []struct {
		column string
		sealed []byte
	}{{"url", s.url}, {"token", s.token}, {"aes_key", s.aesKey}} {
		var err error
		if opened[i], err = engine.OpenUnder(keys, "event_subscription", id, c.column, c.sealed); err != nil {
			return s.Subscription, err
		}
	}
	s.URL, s.Token, s.AESKey = opened[0], directory.NewSecret(opened[1]), directory.NewSecret(opened[2])
	return s.Subscription, nil
}

// Subscription implements [directory.SubscriptionTx].
func (t *tx) Subscription(appKey, channel string) (directory.Subscription, error) {
	var s sealedSubscription
	ok, err := t.One(t.toWrite(selectSubscription+" AND app_key = ? AND channel = ?"), args{t.Org, appKey, channel}, func(r *row) (err error) {
		s, err = t.scanSubscription(r)
		return err
	})
	if err := found(ok, err, directory.ErrSubscriptionNotFound); err != nil {
		return directory.Subscription{}, err
	}
	return s.open(t.Keys())
}

// Subscriptions implements [directory.SubscriptionTx]. It takes no locks:
// routing events to a subscription that ends at the same moment is harmless.
func (t *tx) Subscriptions() ([]directory.Subscription, error) {
	var sealed []sealedSubscription
	err := t.Each(selectSubscription+ofAppInUse+" ORDER BY app_key, channel", args{t.Org}, func(r *row) error {
		s, err := t.scanSubscription(r)
		sealed = append(sealed, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	list := make([]directory.Subscription, len(sealed))
	for i := range sealed {
		if list[i], err = sealed[i].open(t.Keys()); err != nil {
			return nil, err
		}
	}
	return list, nil
}

const insertSubscription = `INSERT INTO event_subscription
	(org, app_key, channel, url, token, aes_key, tags, seen_at, created_at, updated_at, owner, owned_until)
	VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', 0)`

func (t *tx) subscriptionValues(s directory.Subscription) args {
	id := subscriptionRow(s.AppKey, s.Channel)
	seal := func(column, value string) []byte { return t.Seal("event_subscription", id, column, value) }
	return args{
		t.Org, s.AppKey, s.Channel, seal("url", s.URL), seal("token", string(s.Token.Reveal())), seal("aes_key", string(s.AESKey.Reveal())),
		jsonText(s.Tags), millis(s.SeenAt), millis(s.CreatedAt), millis(s.UpdatedAt),
	}
}

// InsertSubscription implements [directory.SubscriptionTx].
func (t *tx) InsertSubscription(s directory.Subscription) {
	if !t.OfOther(s.Org) {
		t.WriteUnique(directory.ErrSubscriptionExists, insertSubscription, t.subscriptionValues(s)...)
	}
}

// PutSubscription implements [directory.SubscriptionTx]. The owner stays the
// same.
func (t *tx) PutSubscription(s directory.Subscription) {
	if !t.OfOther(s.Org) {
		t.Write(insertSubscription+` ON CONFLICT (org, app_key, channel) DO UPDATE SET url = excluded.url, token = excluded.token,
			aes_key = excluded.aes_key, tags = excluded.tags, seen_at = excluded.seen_at, updated_at = excluded.updated_at`, t.subscriptionValues(s)...)
	}
}

// DeleteSubscription implements [directory.SubscriptionTx].
func (t *tx) DeleteSubscription(appKey, channel string) {
	t.Write("DELETE FROM event_subscription WHERE org = ? AND app_key = ? AND channel = ?", t.Org, appKey, channel)
	t.Write("DELETE FROM event_delivery WHERE org = ? AND app_key = ? AND channel = ? AND failed_at IS NULL", t.Org, appKey, channel)
}

// OwnSubscription implements [directory.SubscriptionTx].
func (t *tx) OwnSubscription(ref directory.SubscriptionRef, owner string, now, until time.Time) {
	t.WriteOne(directory.ErrSubscriptionOwned, `UPDATE event_subscription SET owner = ?, owned_until = ?
		WHERE org = ? AND app_key = ? AND channel = ? AND (owner = ? OR owned_until <= ?)`,
		owner, millis(until), t.Org, ref.AppKey, ref.Channel, owner, millis(now))
}

// DisownSubscription implements [directory.SubscriptionTx].
func (t *tx) DisownSubscription(ref directory.SubscriptionRef, owner string) {
	t.Write("UPDATE event_subscription SET owned_until = 0 WHERE org = ? AND app_key = ? AND channel = ? AND owner = ?",
		t.Org, ref.AppKey, ref.Channel, owner)
}

// SilentSubscriptions implements [directory.SubscriptionTx]; it answers across tenants.
func (t *tx) SilentSubscriptions(since time.Time) ([]directory.SubscriptionRef, error) {
	return t.subscriptionRefs("SELECT org, app_key, channel FROM event_subscription WHERE channel = ? AND seen_at < ? ORDER BY org, app_key",
		args{directory.StreamChannel, millis(since)})
}

func (t *tx) subscriptionRefs(sql string, a args) (refs []directory.SubscriptionRef, err error) {
	err = t.Each(sql, a, func(r *row) error {
		refs = append(refs, directory.SubscriptionRef{Org: r.Text(0), AppKey: r.Text(1), Channel: r.Text(2)})
		return nil
	})
	return refs, err
}
