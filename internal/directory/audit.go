package directory

import (
	"context"
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// Record is an object as audit entries show it: wire names and values.
type Record map[string]any

// Change describes one object's change for an audit entry.
type Change struct {
	Noun   string // "contact", "message-contact", "visibility-grant", ...
	Object string // the id the caller used
	Action string // "create", "update", "delete", "grant", ...
	// Version is that of the object after the change; 0 if it is of no kind that
	// has versions.
	Version int64
	Before  Record // only what changed; nil for a new object
	After   Record
}

// AuditEntry is one change in the history.
type AuditEntry struct {
	Seq       int64     `json:"seq"`
	Time      time.Time `json:"time"`
	Org       string    `json:"org"`
	Actor     string    `json:"actor"`
	API       string    `json:"api"`
	RequestID string    `json:"requestId"`
	Noun      string    `json:"-"`
	Object    string    `json:"object"`
	Action    string    `json:"action"`
	Version   int64     `json:"-"` // see Change
	// Before and After are JSON objects. They are stored encrypted under a key
	// of their object: erasing a person destroys that key and leaves the hash
	// chain intact.
	Before json.RawMessage `json:"before"`
	After  json.RawMessage `json:"after"`
}

// AuditFilter selects entries; zero fields select all.
type AuditFilter struct {
	Org    string // "" is every organisation: dev and admin keys only
	Object string
	Limit  int64
}

// AuditTx writes and reads the history.
type AuditTx interface {
	InsertAudit(e AuditEntry)
	// Audit returns entries, newest first. With f.Org "" it answers across
	// tenants.
	Audit(f AuditFilter) ([]AuditEntry, error)
	// WasDeleted reports whether an object of one of the nouns had the id and
	// was deleted.
	WasDeleted(object string, nouns []string) (bool, error)
}

// Audit returns the entries that f selects, newest first.
func (d *Directory) Audit(ctx context.Context, f AuditFilter) (es []AuditEntry, err error) {
	if f.Limit <= 0 || f.Limit > 1000 {
		f.Limit = 100
	}
	err = d.store.View(ctx, f.Org, func(tx Tx) error {
		es, err = tx.Audit().Audit(f)
		return err
	})
	return es, err
}

// audit writes the entry of a change into the change's own transaction
// (docs/spec/reliability.md#one-transaction-for-a-call).
func (s *Session) audit(tx Tx, c Change) {
	tx.Audit().InsertAudit(AuditEntry{
		Time: s.now, Org: s.org, Actor: s.caller.actor(), API: s.api, RequestID: s.requestID,
		Noun: c.Noun, Object: c.Object, Action: c.Action, Version: c.Version, Before: c.Before.json(), After: c.After.json(),
	})
}

// actor names the principal in the history
// (docs/spec/sts.md#sessions-in-the-history).
func (p Principal) actor() string {
	if p.Role.RoleID != "" {
		return p.Role.String()
	}
	return p.ID
}

func (r Record) json() json.RawMessage {
	if len(r) == 0 {
		return json.RawMessage("{}")
	}
	b := make([]byte, 0, 256)
	for i, name := range slices.Sorted(maps.Keys(r)) {
		if i > 0 {
			b = append(b, ',')
		} else {
			b = append(b, '{')
		}
		b = appendJSON(append(appendText(b, name), ':'), r[name])
	}
	return append(b, '}')
}

// appendJSON writes a value as encoding/json does. Every change passes here, so
// the usual types avoid reflection.
func appendJSON(b []byte, v any) []byte {
	switch v := v.(type) {
	case string:
		return appendText(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case bool:
		return strconv.AppendBool(b, v)
	}
	text, err := json.Marshal(v)
	if err != nil { // cannot happen: a Record holds only texts, numbers and lists of them
		panic("audit record: " + err.Error())
	}
	return append(b, text...)
}

func appendText(b []byte, s string) []byte {
	for _, r := range s {
		if r < ' ' || r == '"' || r == '\\' || r == '<' || r == '>' || r == '&' || r == '\u2028' || r == '\u2029' || r == utf8.RuneError {
			text, _ := json.Marshal(s) // marshalling a string cannot fail
			return append(b, text...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// diff returns the old and new values that differ between two records.
func diff(before, after Record) (old, changed Record) {
	old, changed = Record{}, Record{}
	for name, v := range after {
		if was, ok := before[name]; !ok || !same(was, v) {
			changed[name] = v
			if ok {
				old[name] = was
			}
		}
	}
	for name, was := range before {
		if _, ok := after[name]; !ok {
			old[name], changed[name] = was, nil
		}
	}
	return old, changed
}

// same compares two values of a Record.
func same(a, b any) bool {
	if text, ok := a.(string); ok {
		other, ok := b.(string)
		return ok && text == other
	}
	return reflect.DeepEqual(a, b)
}
