package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// History implements [directory.HistoryTx]. Numbers follow the clock but for the
// time that an entry takes to be committed, so a span of time is a span of
// numbers with some slack.
func (t *tx) History(f directory.HistoryFilter, limit int) (entries []directory.AuditEntry, next int64, err error) {
	sql, a := selectAudit+" WHERE org = ?", args{t.Org}
	switch {
	case f.RequestID != "":
		sql, a = selectAudit+" WHERE request_id = ? AND request_id <> '' AND org = ?", args{f.RequestID, t.Org}
	case f.Object != "":
		sql, a = selectAudit+" WHERE object = ? AND org = ?", args{f.Object, t.Org}
	case !f.Until.IsZero():
		last, err := t.lastEntryAt(f.Until.Add(gapLife))
		if err != nil {
			return nil, 0, err
		}
		sql, a = sql+" AND seq <= ?", append(a, last)
	}
	if f.Kind != "" {
		sql, a = sql+" AND noun = ?", append(a, f.Kind)
	}
	if f.Before != 0 {
		sql, a = sql+" AND seq < ?", append(a, f.Before)
	}
	var rows []auditRow
	err = t.Each(sql+" ORDER BY seq DESC LIMIT ?", append(a, limit), func(r *row) error {
		rows = append(rows, scanAudit(r))
		return nil
	})
	if err != nil {
		return nil, 0, err
	}
	if entries, err = t.openEntries(rows); err != nil || len(rows) < limit {
		return entries, 0, err
	}
	if last := rows[len(rows)-1]; f.Since.IsZero() || last.at >= millis(f.Since.Add(-gapLife)) {
		next = last.seq
	}
	return entries, next, nil
}

// openEntries decrypts entries of the organisation.
func (t *tx) openEntries(rows []auditRow) (entries []directory.AuditEntry, err error) {
	keys := subjectKeys{t: t}
	if err := keys.read(rows); err != nil {
		return nil, err
	}
	entries = make([]directory.AuditEntry, len(rows))
	for i := range rows {
		if entries[i], err = keys.entry(&rows[i]); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

// lastEntryAt returns the number of the last entry up to a time, by halving.
func (t *tx) lastEntryAt(at time.Time) (int64, error) {
	high, err := t.LastEntry()
	if err != nil {
		return 0, err
	}
	low := int64(0)
	for low < high {
		middle := low + (high-low+1)/2
		seq, when := int64(0), int64(0)
		found, err := t.One("SELECT seq, at FROM audit WHERE org = ? AND seq <= ? ORDER BY seq DESC LIMIT 1", args{t.Org, middle}, func(r *row) error {
			seq, when = r.Int(0), r.Int(1)
			return nil
		})
		switch {
		case err != nil:
			return 0, err
		case !found || when <= millis(at):
			low = middle
		default:
			high = min(seq, middle) - 1
		}
	}
	return low, nil
}

// LastEntry implements [directory.HistoryTx].
func (t *tx) LastEntry() (seq int64, err error) {
	_, err = t.One("SELECT coalesce(max(seq), 0) FROM audit WHERE org = ?", args{t.Org}, func(r *row) error {
		seq = r.Int(0)
		return nil
	})
	return seq, err
}

// FirstOfRequest implements [directory.HistoryTx].
func (t *tx) FirstOfRequest(requestID string) (noun, object string, err error) {
	_, err = t.One("SELECT noun, object FROM audit WHERE request_id = ? AND request_id <> '' AND org = ? ORDER BY seq LIMIT 1", args{requestID, t.Org}, func(r *row) error {
		noun, object = r.Text(0), r.Text(1)
		return nil
	})
	return noun, object, err
}

// RequestOf implements [directory.HistoryTx].
func (t *tx) RequestOf(noun, object string) (request string, err error) {
	_, err = t.One("SELECT request_id FROM audit WHERE object = ? AND org = ? AND noun = ? ORDER BY seq LIMIT 1", args{object, t.Org, noun}, func(r *row) error {
		request = r.Text(0)
		return nil
	})
	return request, err
}

// CallerName implements [directory.HistoryTx].
func (t *tx) CallerName(id string) (name string, err error) {
	_, err = t.One(`SELECT name FROM employee WHERE org = ? AND user_id = ? UNION ALL SELECT name FROM app WHERE org = ? AND app_key = ?
		UNION ALL SELECT principal FROM access_key WHERE org = ? AND id = ? LIMIT 1`,
		args{t.Org, id, t.Org, id, t.Org, id}, func(r *row) error {
			name = r.Text(0)
			return nil
		})
	return name, err
}
