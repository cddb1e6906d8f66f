package store

import (
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

// ordinalBlock is how many ordinals a row of contact_gap stands for. It is part
// of the stored data.
const ordinalBlock = 2048

// OrdinalBefore implements [directory.ContactListTx]. In blocks where nothing
// was deleted ordinals count contacts; in the one block where that does not
// hold and the offset lies, rows are stepped over.
func (t *tx) OrdinalBefore(offset int64) (int64, error) {
	offset = min(offset, 1<<52) // more contacts there never are
	// Ordinals are at least as many as contacts, so the offset is in none of the
	// blocks before this one: what was deleted there is summed up at once.
	block := offset / ordinalBlock
	left, last, inBlock := offset%ordinalBlock, int64(0), int64(0)
	found, inside := false, false
	err := t.Batch(
		engine.One("SELECT last FROM contact_sequence WHERE org = ?", args{t.Org}, nil, func(r *row) error {
			last = r.Int(0)
			return nil
		}),
		engine.One("SELECT CAST(coalesce(sum(deleted), 0) AS BIGINT) FROM contact_gap WHERE org = ? AND block < ?", args{t.Org, block}, nil, func(r *row) error {
			left += r.Int(0)
			return nil
		}),
		engine.Each("SELECT block, deleted FROM contact_gap WHERE org = ? AND block >= ? ORDER BY block", args{t.Org, block}, func(r *row) error {
			at, have := r.Int(0), ordinalBlock-r.Int(1)
			whole := (at - block) * ordinalBlock
			switch {
			case found:
			case left < whole:
				found = true
			case left-whole < have:
				left, block, inBlock, found, inside = left-whole, at, have, true, true
			default:
				left, block = left-whole-have, at+1
			}
			return nil
		}))
	if err != nil {
		return 0, err
	}
	start := block * ordinalBlock
	if !inside || left == 0 {
		return start + left, nil
	}
	if end := start + ordinalBlock; end <= last && left > inBlock/2 {
		return t.stepOver("ordinal <= ? ORDER BY ordinal DESC", end, inBlock-left+1)
	}
	return t.stepOver("ordinal > ? ORDER BY ordinal", start, left)
}

// stepOver returns the ordinal of the n-th contact on one side of an ordinal or,
// if there are fewer, one behind all of them.
func (t *tx) stepOver(side string, ordinal, n int64) (end int64, err error) {
	end = 1 << 62
	_, err = t.One("SELECT ordinal FROM contact WHERE org = ? AND "+side+" LIMIT 1 OFFSET ?", args{t.Org, ordinal, n - 1}, func(r *row) error {
		end = r.Int(0)
		return nil
	})
	return end, err
}

// CountContacts implements [directory.ContactListTx].
func (t *tx) CountContacts() (n int64, err error) {
	var reads []*read
	if t.Writable() {
		// The first contact has no row to lock, so calls that count take turns
		// on the organisation's own row.
		reads = append(reads, engine.One("SELECT id FROM org WHERE id = ?"+forUpdate, args{t.Org}, nil, nil))
	}
	reads = append(reads, engine.One(`SELECT coalesce((SELECT last FROM contact_sequence WHERE org = ?), 0)
		- CAST(coalesce((SELECT sum(deleted) FROM contact_gap WHERE org = ?), 0) AS BIGINT)`, args{t.Org, t.Org}, nil, func(r *row) error {
		n = r.Int(0)
		return nil
	}))
	err = t.Batch(reads...)
	return n, err
}

// ContactsFollowedBy implements [directory.ContactListTx]. Whoever gives the
// employee a contact holds the employee's row ([tx.keep]), so in an update this
// waits for them, and they for the end of this call.
func (t *tx) ContactsFollowedBy(userID string) (cs []directory.Contact, err error) {
	err = t.Batch(
		t.lock("SELECT user_id FROM employee WHERE org = ? AND user_id = ?", args{t.Org, userID}),
		engine.Each(t.toWrite(selectContact+" AND c.follower_id = ? ORDER BY c.ordinal"), args{t.Org, userID}, t.collect(&cs)))
	return cs, err
}

// ContactsWithLabel implements [directory.ContactListTx].
func (t *tx) ContactsWithLabel(labelID int64) (cs []directory.Contact, err error) {
	err = t.Batch(
		t.lock("SELECT id FROM label WHERE org = ? AND id = ?", args{t.Org, labelID}),
		engine.Each(t.toWrite(selectContact+` AND c.id IN (SELECT contact_id FROM contact_label WHERE org = ? AND label_id = ?)
			ORDER BY c.ordinal`), args{t.Org, t.Org, labelID}, t.collect(&cs)))
	return cs, err
}

// lock is a read that in an update keeps others from holding the row.
func (t *tx) lock(sql string, a args) *read {
	if t.Writable() {
		sql += " /*pg: FOR UPDATE*/"
	}
	return engine.One(sql, a, nil, nil)
}
