package store

import (
	"encoding/json"

	"github.com/mingce/mingce/internal/directory"
)

// Undo implements [directory.UndoTx].
func (t *tx) Undo(id string) (u directory.Undo, err error) {
	ok, err := t.One("SELECT result, started_at, changed_at, actor FROM undo WHERE org = ? AND id = ?", args{t.Org, id}, func(r *row) error {
		err := json.Unmarshal([]byte(r.Text(0)), &u)
		u.StartedAt, u.ChangedAt, u.Actor = fromMillis(r.Int(1)), fromMillis(r.Int(2)), r.Text(3)
		return err
	})
	return u, found(ok, err, directory.ErrUndoNotFound)
}

// PutUndo implements [directory.UndoTx]. Names are left out: an erasure would
// have to find them.
func (t *tx) PutUndo(u directory.Undo) {
	kept := make([]directory.UndoConflict, len(u.Conflicts))
	for i, c := range u.Conflicts {
		c.Name = ""
		kept[i] = c
	}
	u.Conflicts = kept
	t.Write(`INSERT INTO undo (org, id, request_id, actor, result, started_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org, id) DO UPDATE SET result = excluded.result, changed_at = excluded.changed_at`,
		t.Org, u.ID, u.RequestID, u.Actor, jsonText(u), millis(u.StartedAt), millis(u.ChangedAt))
}

// ManagedBy implements [directory.HistoryTx].
func (t *tx) ManagedBy(userID string) ([]string, error) {
	return t.texts("SELECT user_id FROM employee WHERE org = ? AND manager_id = ? ORDER BY user_id", t.Org, userID)
}
