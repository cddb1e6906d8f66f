package store

import (
	"encoding/json"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/engine"
)

const (
	selectMessage = `SELECT org, id, channel, topic, object, address, content, created_at, state, attempts, next_at, last_error, done_at
		FROM message WHERE `
	messagePurpose = "message.address"
)

// sealedMessage is a message whose values are still sealed: opening them may
// need a read of keys.
type sealedMessage struct {
	directory.Message
	address, content []byte
}

func scanMessage(r *row) sealedMessage {
	m := sealedMessage{directory.Message{
		Org: r.Text(0), ID: r.Text(1), Channel: r.Text(2), Topic: r.Text(3), Object: r.Text(4), CreatedAt: fromMillis(r.Int(7)),
		State: r.Text(8), Attempts: r.Int(9), NextAt: fromMillis(r.Int(10)), LastError: r.Text(11),
	}, r.Bytes(5), r.Bytes(6)}
	if ms := r.NullInt(12); ms != nil {
		m.DoneAt = fromMillis(*ms)
	}
	return m
}

func (m *sealedMessage) open(key *keyring.Tenant) (directory.Message, error) {
	var err error
	if m.To, err = engine.OpenUnder(key, "message", m.ID, "address", m.address); err != nil || m.content == nil {
		return m.Message, err
	}
	text, err := engine.OpenUnder(key, "message", m.ID, "content", m.content)
	if err == nil {
		err = json.Unmarshal([]byte(text), &m.Content)
	}
	return m.Message, err
}

// InsertMessage implements [directory.MessageTx].
func (t *tx) InsertMessage(m directory.Message) {
	if t.OfOther(m.Org) {
		return
	}
	t.Write(`INSERT INTO message (org, id, channel, topic, object, address, addr_index, content, created_at, state, attempts, next_at, last_error, done_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		t.Org, m.ID, m.Channel, m.Topic, m.Object, t.Seal("message", m.ID, "address", m.To), t.Blind(messagePurpose, normalAddress(m.To)),
		t.sealContent(m), millis(m.CreatedAt), m.State, m.Attempts, millis(m.NextAt), m.LastError, optionalTime(m.DoneAt))
}

func (t *tx) sealContent(m directory.Message) []byte {
	if m.Content == (directory.MessageContent{}) {
		return nil
	}
	return t.Seal("message", m.ID, "content", jsonText(m.Content))
}

// optionalTime stores the zero time as NULL.
func optionalTime(at time.Time) any {
	if at.IsZero() {
		return nil
	}
	return millis(at)
}

// Message implements [directory.MessageTx].
func (t *tx) Message(id string) (directory.Message, error) {
	var m sealedMessage
	ok, err := t.One(t.toWrite(selectMessage+"org = ? AND id = ?"), args{t.Org, id}, func(r *row) error {
		m = scanMessage(r)
		return nil
	})
	if err := found(ok, err, directory.ErrMessageNotFound); err != nil {
		return directory.Message{}, err
	}
	return m.open(t.Keys())
}

// Messages implements [directory.MessageTx]. Without an organisation it answers
// across tenants.
func (t *tx) Messages(f directory.MessageFilter) ([]directory.Message, error) {
	if t.Org != "" {
		f.Org = t.Org
	}
	sql, a := selectMessage+"1 = 1", args{}
	if f.Org != "" {
		sql, a = sql+" AND org = ?", append(a, f.Org)
	}
	if f.Channel != "" {
		sql, a = sql+" AND channel = ?", append(a, f.Channel)
	}
	if f.Readable {
		sql += " AND content IS NOT NULL"
	}
	// Blind indexes differ between organisations; across them, the opened
	// addresses are compared.
	if f.To != "" && f.Org != "" && t.Keys() != nil {
		sql, a = sql+" AND addr_index = ?", append(a, t.Blind(messagePurpose, normalAddress(f.To)))
	} else if f.To == "" {
		a = append(a, f.Limit)
	}
	sql += " ORDER BY created_at DESC, id"
	if f.To == "" {
		sql += " LIMIT ?"
	}
	var rows []sealedMessage
	err := t.Each(sql, a, func(r *row) error {
		rows = append(rows, scanMessage(r))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t.openMessages(rows, f)
}

func (t *tx) openMessages(rows []sealedMessage, f directory.MessageFilter) ([]directory.Message, error) {
	keys := map[string]*keyring.Tenant{}
	ms := make([]directory.Message, 0, len(rows))
	for i := range rows {
		org := rows[i].Org
		if keys[org] == nil {
			k, err := t.KeysOf(org)
			if err != nil {
				return nil, err
			}
			keys[org] = k
		}
		m, err := rows[i].open(keys[org])
		if err != nil {
			return nil, err
		}
		if f.To == "" || normalAddress(m.To) == normalAddress(f.To) {
			ms = append(ms, m)
		}
		if int64(len(ms)) == f.Limit {
			break
		}
	}
	return ms, nil
}

// DueMessages implements [directory.MessageTx]; it answers across tenants.
func (t *tx) DueMessages(channel string, now time.Time, limit int64) (refs []directory.MessageRef, err error) {
	err = t.Each("SELECT org, id FROM message WHERE state = 'queued' AND channel = ? AND next_at <= ? ORDER BY next_at LIMIT ?", args{channel, millis(now), limit}, func(r *row) error {
		refs = append(refs, directory.MessageRef{Org: r.Text(0), ID: r.Text(1)})
		return nil
	})
	return refs, err
}

// UpdateMessage implements [directory.MessageTx].
func (t *tx) UpdateMessage(before, m directory.Message) {
	sql, a := "UPDATE message SET state = ?, attempts = ?, next_at = ?, last_error = ?, done_at = ?",
		args{m.State, m.Attempts, millis(m.NextAt), m.LastError, optionalTime(m.DoneAt)}
	if m.Content != before.Content {
		sql, a = sql+", content = ?", append(a, t.sealContent(m))
	}
	t.WriteOne(directory.ErrMessageClaimed, sql+" WHERE org = ? AND id = ? AND state = ? AND attempts = ?",
		append(a, t.Org, m.ID, before.State, before.Attempts)...)
}

// SweepMessages implements [directory.MessageTx].
func (t *tx) SweepMessages(messages, verifications time.Time) {
	t.Write("DELETE FROM message WHERE org = ? AND created_at < ? AND state <> 'queued'", t.Org, millis(messages))
	t.Write("DELETE FROM message_verification WHERE org = ? AND created_at < ?", t.Org, millis(verifications))
}
