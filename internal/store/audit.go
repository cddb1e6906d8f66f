package store

import (
	"encoding/binary"
	"encoding/json"
	"errors"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/engine"
)

const selectAudit = "SELECT seq, org, at, actor, api, request_id, noun, object, action, old_values, new_values, version FROM audit"

// erasedValues replaces the values of an entry whose subject was erased.
var erasedValues = json.RawMessage(`{"erased":true}`)

// auditSubject names the key that seals the history of an object.
func auditSubject(noun, object string) string { return noun + "/" + object }

// auditRow is an entry as stored.
type auditRow struct {
	seq, at, version                               int64
	org, actor, api, request, noun, object, action string
	before, after                                  []byte // sealed
}

func scanAudit(r *row) auditRow {
	return auditRow{
		seq: r.Int(0), org: r.Text(1), at: r.Int(2), actor: r.Text(3), api: r.Text(4), request: r.Text(5),
		noun: r.Text(6), object: r.Text(7), action: r.Text(8), before: r.Bytes(9), after: r.Bytes(10), version: r.Int(11),
	}
}

func (a *auditRow) subject() string { return auditSubject(a.noun, a.object) }

// place binds the sealed values to the plain columns of the entry, except the
// number, which is unknown until the entry is written.
func (a *auditRow) place(column string) keyring.Place {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 160), uint64(a.at))
	for _, s := range [...]string{a.actor, a.api, a.request, a.noun, a.object, a.action} {
		b = engine.AppendText(b, s)
	}
	return keyring.Place{Tenant: a.org, Table: "audit", Row: string(b), Column: column}
}

// InsertAudit implements [directory.AuditTx].
func (t *tx) InsertAudit(e directory.AuditEntry) {
	if t.OfOther(e.Org) {
		return
	}
	a := auditRow{at: millis(e.Time), org: e.Org, actor: e.Actor, api: e.API, request: e.RequestID, noun: e.Noun, object: e.Object, action: e.Action, version: e.Version}
	t.WithSubject(a.subject(), func(key *keyring.Key) error {
		row := args{a.org, a.at, a.actor, a.api, a.request, a.noun, a.object, a.action,
			key.Seal(a.place("old_values"), orEmptyObject(e.Before)), key.Seal(a.place("new_values"), orEmptyObject(e.After)), a.version}
		t.Write(`INSERT INTO audit (org, at, actor, api, request_id, noun, object, action, old_values, new_values, version)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, row...)
		t.DeclareChange("audit", nil, append(args{nil}, row...)...)
		return nil
	})
}

func orEmptyObject(values json.RawMessage) []byte {
	if len(values) == 0 {
		return []byte("{}")
	}
	return values
}

// Audit implements [directory.AuditTx]. Without an organisation it answers
// across tenants.
func (t *tx) Audit(f directory.AuditFilter) ([]directory.AuditEntry, error) {
	if t.Org != "" {
		f.Org = t.Org
	}
	sql, a := selectAudit, args{}
	switch {
	case f.Org != "" && f.Object != "":
		sql, a = sql+" WHERE org = ? AND object = ?", args{f.Org, f.Object}
	case f.Org != "":
		sql, a = sql+" WHERE org = ?", args{f.Org}
	case f.Object != "":
		sql, a = sql+" WHERE object = ?", args{f.Object}
	}
	var rows []auditRow
	err := t.Each(sql+" ORDER BY seq DESC LIMIT ?", append(a, f.Limit), func(r *row) error {
		rows = append(rows, scanAudit(r))
		return nil
	})
	if err != nil {
		return nil, err
	}
	return t.openEntries(rows)
}

// WasDeleted implements [directory.AuditTx].
func (t *tx) WasDeleted(object string, nouns []string) (bool, error) {
	places, list := in(nouns)
	return t.One("SELECT 1 FROM audit WHERE object = ? AND org = ? AND noun IN ("+places+") AND action IN ('delete', 'erase') LIMIT 1",
		append(args{object, t.Org}, list...), nil)
}

// subjectKeys are the keys of the subjects of entries, of any organisation.
type subjectKeys struct {
	t       *tx
	tenants map[string]*keyring.Tenant
	keys    map[[2]string]*keyring.Key // by organisation and subject; nil: erased
}

// read fetches the keys of entries in two round trips.
func (k *subjectKeys) read(rows []auditRow) error {
	if k.keys == nil {
		k.tenants, k.keys = map[string]*keyring.Tenant{}, map[[2]string]*keyring.Key{}
	}
	wrapped := map[[2]string][]byte{}
	var reads []*read
	for i := range rows {
		id := [2]string{rows[i].org, rows[i].subject()}
		if _, known := k.keys[id]; known {
			continue
		}
		k.keys[id] = nil
		reads = append(reads, engine.One("SELECT wrapped FROM subject_key WHERE org = ? AND subject = ?", args{id[0], id[1]}, nil, func(r *row) error {
			wrapped[id] = r.Bytes(0)
			return nil
		}))
	}
	if len(reads) == 0 {
		return nil
	}
	if err := k.t.Batch(reads...); err != nil {
		return err
	}
	for id, w := range wrapped {
		tenant, err := k.tenant(id[0])
		if err != nil {
			return err
		}
		if k.keys[id], err = tenant.SubjectKey(id[1], w); err != nil {
			return err
		}
	}
	return nil
}

func (k *subjectKeys) tenant(org string) (t *keyring.Tenant, err error) {
	if t = k.tenants[org]; t == nil {
		t, err = k.t.KeysOf(org)
		k.tenants[org] = t
	}
	return t, err
}

// errErased means that the key of the entry's subject was deleted.
var errErased = errors.New("store: subject was erased")

// open decrypts both values of an entry, or returns errErased.
func (k *subjectKeys) open(a *auditRow) (before, after []byte, err error) {
	key := k.keys[[2]string{a.org, a.subject()}]
	if key == nil {
		return nil, nil, errErased
	}
	if before, err = key.Open(a.place("old_values"), a.before); err == nil {
		after, err = key.Open(a.place("new_values"), a.after)
	}
	return before, after, err
}

// entry converts a stored entry. Values that do not open are shown as erased:
// after an erasure a new key may serve the same subject, and an altered entry
// is reported by [Store.VerifyAudit] and must not hide the others.
func (k *subjectKeys) entry(a *auditRow) (directory.AuditEntry, error) {
	before, after, err := k.open(a)
	switch {
	case err == nil:
	case errors.Is(err, errErased), errors.Is(err, keyring.ErrOpen):
		before, after = erasedValues, erasedValues
	default:
		return directory.AuditEntry{}, err
	}
	return directory.AuditEntry{
		Seq: a.seq, Time: fromMillis(a.at), Org: a.org, Actor: a.actor, API: a.api, RequestID: a.request,
		Noun: a.noun, Object: a.object, Action: a.action, Before: before, After: after, Version: a.version,
	}, nil
}
