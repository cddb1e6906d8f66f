package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// LoginAttempts implements [directory.LoginAttemptTx]. The rows are locked in
// the order of their keys, so that two calls do not deadlock.
func (t *tx) LoginAttempts(keys []string) (as []directory.LoginAttempts, err error) {
	places, values := in(keys)
	err = t.Each(t.toWrite("SELECT key, left_milli, at FROM login_attempt WHERE key IN ("+places+") ORDER BY key"), values, func(r *row) error {
		as = append(as, directory.LoginAttempts{Key: r.Text(0), Left: r.Int(1), At: fromMillis(r.Int(2))})
		return nil
	})
	return as, err
}

// PutLoginAttempts implements [directory.LoginAttemptTx].
func (t *tx) PutLoginAttempts(a directory.LoginAttempts) {
	if a.New {
		t.WriteOrRetry("INSERT INTO login_attempt (key, left_milli, at) VALUES (?, ?, ?)", a.Key, a.Left, millis(a.At))
		return
	}
	t.Write("UPDATE login_attempt SET left_milli = ?, at = ? WHERE key = ?", a.Left, millis(a.At), a.Key)
}

// SweepLoginAttempts implements [directory.LoginAttemptTx].
func (t *tx) SweepLoginAttempts(before time.Time) {
	t.Write("DELETE FROM login_attempt WHERE at < ?", millis(before))
}
