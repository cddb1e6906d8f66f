package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

const verifiedPurpose = "message_verification.address"

// VerificationOrg implements [directory.VerificationTx]; it answers across
// tenants.
func (t *tx) VerificationOrg(id string) (org string, err error) {
	ok, err := t.One("SELECT org FROM message_verification WHERE id = ?", args{id}, func(r *row) error {
		org = r.Text(0)
		return nil
	})
	return org, found(ok, err, directory.ErrVerificationNotFound)
}

// Verification implements [directory.VerificationTx].
func (t *tx) Verification(id string) (v directory.Verification, err error) {
	return t.oneVerification("id = ? AND org = ?", id, t.Org)
}

// OpenVerification implements [directory.VerificationTx]. Sending another
// verification closes those before, so there is at most one.
func (t *tx) OpenVerification(object, purpose string) (directory.Verification, error) {
	return t.oneVerification("org = ? AND contact_id = ? AND purpose = ? AND state = ?", t.Org, object, purpose, directory.VerificationOpen)
}

func (t *tx) oneVerification(where string, a ...any) (v directory.Verification, err error) {
	ok, err := t.One(t.toWrite(`SELECT id, contact_id, channel, address, state, wrong_codes, created_at, expires_at, purpose
		FROM message_verification WHERE `+where), a, func(r *row) (err error) {
		v = directory.Verification{ID: r.Text(0), Org: t.Org, ContactID: r.Text(1), Channel: r.Text(2), State: r.Text(4),
			WrongCodes: r.Int(5), CreatedAt: fromMillis(r.Int(6)), ExpiresAt: fromMillis(r.Int(7)), Purpose: text(r.NullText(8))}
		v.Address, err = t.Open("message_verification", v.ID, "address", r.Bytes(3))
		return err
	})
	return v, found(ok, err, directory.ErrVerificationNotFound)
}

// VerificationsSince implements [directory.VerificationTx]. An update locks the
// row of the resource directory, so that only one call of an organisation
// counts at a time and the next one counts its insert.
func (t *tx) VerificationsSince(address string, since time.Time) (sent []time.Time, total int64, err error) {
	var reads []*read
	if t.Writable() {
		reads = append(reads, engine.One("SELECT id FROM resource_directory WHERE org = ?"+forUpdate, args{t.Org}, nil, nil))
	}
	reads = append(reads,
		engine.One("SELECT count(*) FROM message_verification WHERE org = ? AND created_at > ?", args{t.Org, millis(since)}, nil, func(r *row) error {
			total = r.Int(0)
			return nil
		}),
		engine.Each("SELECT created_at FROM message_verification WHERE org = ? AND address_index = ? AND created_at > ? ORDER BY created_at",
			args{t.Org, t.Blind(verifiedPurpose, directory.Mailbox(address)), millis(since)}, func(r *row) error {
				sent = append(sent, fromMillis(r.Int(0)))
				return nil
			}))
	err = t.Batch(reads...)
	return sent, total, err
}

// InsertVerification implements [directory.VerificationTx].
func (t *tx) InsertVerification(v directory.Verification) {
	if t.OfOther(v.Org) {
		return
	}
	t.Write(`INSERT INTO message_verification (id, org, contact_id, channel, address, address_index, state, wrong_codes, created_at, expires_at, purpose)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		v.ID, t.Org, v.ContactID, v.Channel, t.Seal("message_verification", v.ID, "address", v.Address),
		t.Blind(verifiedPurpose, directory.Mailbox(v.Address)), v.State, v.WrongCodes, millis(v.CreatedAt), millis(v.ExpiresAt), optional(v.Purpose))
}

// SettleVerification implements [directory.VerificationTx].
func (t *tx) SettleVerification(v directory.Verification) {
	t.WriteOne(directory.ErrVerificationUsed, "UPDATE message_verification SET state = ?, wrong_codes = ? WHERE id = ? AND org = ? AND state = ?",
		v.State, v.WrongCodes, v.ID, t.Org, directory.VerificationOpen)
}

// CloseVerifications implements [directory.VerificationTx].
func (t *tx) CloseVerifications(contactID, channel string) {
	sql, a := "UPDATE message_verification SET state = ? WHERE org = ? AND contact_id = ? AND state = ?",
		args{directory.VerificationSuperseded, t.Org, contactID, directory.VerificationOpen}
	if channel != "" {
		sql, a = sql+" AND channel = ?", append(a, channel)
	}
	t.Write(sql, a...)
}
