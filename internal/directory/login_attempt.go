package directory

import (
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"
)

// ErrLoginAttempts: too many attempts to log in; the password was not checked.
var ErrLoginAttempts = errors.New("too many attempts to log in")

// LoginAttempts is the remainder of one allowance of attempts to log in. All
// processes share it.
type LoginAttempts struct {
	Key  string // a hash: neither names nor addresses are stored
	Left int64  // thousandths of an attempt, at At; for refusals, their count
	At   time.Time
	New  bool // there is no row yet
}

// LoginAttemptTx reads and writes allowances. They belong to no organisation.
type LoginAttemptTx interface {
	// LoginAttempts returns those of keys that are stored. An update locks
	// them.
	LoginAttempts(keys []string) ([]LoginAttempts, error)
	// PutLoginAttempts writes an allowance. If another call has written a new one
	// first, the update runs again.
	PutLoginAttempts(a LoginAttempts)
	// SweepLoginAttempts deletes those that were last used before a time.
	SweepLoginAttempts(before time.Time)
}

// allowance is how many attempts may be made at once, and how long one takes to
// be restored.
type allowance struct {
	key   string
	burst int64
	pause time.Duration
}

// longestAllowance is how long until every allowance is full again.
const longestAllowance = time.Hour

// allowances of an attempt at an account of an organisation, under a name, from
// an address. Decision: few attempts from one address on one account, more from
// one address on all accounts, and many on one account from anywhere. So
// locking a person out is expensive, and guessing a password is hopeless.
func (d *Directory) allowances(org string, who attempting, address string) []allowance {
	list := []allowance{{d.attemptKey("address", address), 30, 10 * time.Second}}
	for _, whose := range []string{who.account, who.name} {
		list = append(list,
			allowance{d.attemptKey("here", org, whose, address), 5, time.Minute},
			allowance{d.attemptKey("name", org, whose), 100, 30 * time.Second})
	}
	// Writing in one order keeps two calls that insert new rows from
	// deadlocking.
	slices.SortFunc(list, func(a, b allowance) int { return strings.Compare(a.key, b.key) })
	return list
}

func (d *Directory) attemptKey(parts ...string) string {
	return hex.EncodeToString(d.keys.MAC("login attempt", parts...))
}

// takeLoginAttempt takes one attempt from each allowance, or takes none and
// returns ErrLoginAttempts.
func takeLoginAttempt(tx Tx, allowances []allowance, now time.Time) error {
	keys := make([]string, len(allowances))
	for i, a := range allowances {
		keys[i] = a.key
	}
	have, err := tx.Logins().LoginAttempts(keys)
	if err != nil {
		return err
	}
	after := make([]LoginAttempts, len(allowances))
	for i, a := range allowances {
		full := a.burst * 1000
		after[i] = LoginAttempts{Key: a.key, Left: full, At: now, New: true}
		if at := slices.IndexFunc(have, func(h LoginAttempts) bool { return h.Key == a.key }); at >= 0 {
			gone := min(max(0, now.Sub(have[at].At)), longestAllowance)
			after[i].Left = min(full, have[at].Left+int64(1000*gone/a.pause))
			after[i].New = false
		}
		if after[i].Left < 1000 {
			return ErrLoginAttempts
		}
		after[i].Left -= 1000
	}
	for _, a := range after {
		tx.Logins().PutLoginAttempts(a)
	}
	tx.Logins().SweepLoginAttempts(now.Add(-longestAllowance))
	return nil
}

// countRefusal counts a failed login under a key; the count restarts after an
// hour without one. It reports whether to write the history: for the first,
// second, fourth, eighth and so on. Strangers can cause any number of failures,
// and the history is kept for ever.
func countRefusal(tx Tx, key string, now time.Time) (n int64, told bool, err error) {
	have, err := tx.Logins().LoginAttempts([]string{key})
	if err != nil {
		return 0, false, err
	}
	a := LoginAttempts{Key: key, Left: 1, At: now, New: len(have) == 0}
	if len(have) > 0 && now.Sub(have[0].At) < longestAllowance {
		a.Left += have[0].Left
	}
	tx.Logins().PutLoginAttempts(a)
	return a.Left, a.Left&(a.Left-1) == 0, nil
}
