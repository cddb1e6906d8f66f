package directory

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrNoOldSecret: no secret from before the last rotation still works.
var ErrNoOldSecret = errors.New("the app has no old secret that still works")

// OldSecret is the secret an app had before its last rotation. It keeps working
// beside the new one for a while.
type OldSecret struct {
	Secret Secret
	Epoch  int64     // of the token issued for it
	Until  time.Time // zero: there is none
}

// HasOldSecret reports whether the secret before the last rotation still works.
func (a App) HasOldSecret(now time.Time) bool { return now.Before(a.Old.Until) }

// MaxOverlap is how long an old secret may work beside its successor.
const MaxOverlap = 30 * 24 * time.Hour

// Secrets returns the secrets that are valid now, the newest first.
func (a App) Secrets(now time.Time) []Secret {
	if a.HasOldSecret(now) {
		return []Secret{a.Secret, a.Old.Secret}
	}
	return []Secret{a.Secret}
}

// secretNumber returns the number of the rotation that made the secret, and
// whether the secret is valid. It takes the same time for every secret.
func (d *Directory) secretNumber(a App, secret string, now time.Time) (number int64, ok bool) {
	isNew, isOld := d.sameSecret(a.Secret.Reveal(), secret), d.sameSecret(a.Old.Secret.Reveal(), secret)
	switch {
	case isNew:
		return a.Rotations, true
	case isOld && a.HasOldSecret(now):
		return a.Rotations - 1, true
	}
	return 0, false
}

// epochOf returns the epoch of the tokens that are issued for the secret of a
// rotation.
func (a App) epochOf(rotation int64) int64 {
	if rotation != a.Rotations {
		return a.Old.Epoch
	}
	return a.Epoch
}

// gives reports whether tokens of the epoch are valid.
func (a App) gives(epoch int64, now time.Time) bool {
	return epoch == a.Epoch || epoch == a.Old.Epoch && a.HasOldSecret(now)
}

// renewEpoch replaces one of the app's two epochs by a new one, and returns it.
// Epochs are never reused.
func (a *App) renewEpoch(epoch int64) int64 {
	next := max(a.Epoch, a.Old.Epoch) + 1
	if epoch == a.Epoch {
		a.Epoch = next
	} else {
		a.Old.Epoch = next
	}
	return next
}

// tokenEnd is when a token of the epoch, issued now, expires: a token of the
// old secret expires with that secret.
func (a App) tokenEnd(epoch int64, now time.Time) time.Time {
	end := now.Add(TokenLife)
	if epoch != a.Epoch && a.Old.Until.Before(end) {
		return a.Old.Until
	}
	return end
}

// RotateSecret gives the app a new secret. Without an overlap the old secret
// and all tokens of the app and of its users are revoked: at once in this
// process, within a second in others. With an overlap the old secret and its
// tokens keep working for that long, and logins stay; a secret left by an
// earlier rotation is revoked. It returns ErrAppNotFound or ErrAppSetting. Only
// the returned App holds the secret.
func (s *Session) RotateSecret(ctx context.Context, key string, overlap time.Duration) (after App, err error) {
	if overlap < 0 || overlap > MaxOverlap {
		return App{}, fmt.Errorf("an overlap is at most %v: %w", MaxOverlap, ErrAppSetting)
	}
	secret := NewSecret(s.dir.ids.Base62(64))
	change := Record{"secret": "changed"}
	err = s.update(ctx, func(tx Tx) error {
		before, err := s.ownApp(tx, key)
		if err != nil {
			return err
		}
		after = before
		after.Secret, after.Old = secret, OldSecret{}
		after.Rotations++
		after.Epoch = max(before.Epoch, before.Old.Epoch) + 1 // the old secret's token must not come back
		if overlap > 0 {
			after.Old = OldSecret{Secret: before.Secret, Epoch: before.Epoch, Until: s.now.Add(overlap).Truncate(time.Millisecond)}
			change["oldSecretUntil"] = after.Old.Until.UTC().Format(time.RFC3339)
		} else {
			tx.Apps().DeleteTokensOf(key)
			tx.Logins().EndLogins(LoginFilter{AppKey: key})
		}
		tx.Apps().PutApp(after)
		s.audit(tx, Change{Noun: appNoun, Object: key, Action: "rotate-secret", After: change})
		return nil
	})
	if err != nil {
		return App{}, fmt.Errorf("rotate the secret of app %s: %w", key, err)
	}
	s.dir.forgetApps()
	return after, nil
}

// EndOldSecret revokes the secret that RotateSecret left working, with its
// tokens. It returns ErrAppNotFound, or ErrNoOldSecret where there is none.
func (s *Session) EndOldSecret(ctx context.Context, key string) error {
	err := s.update(ctx, func(tx Tx) error {
		app, err := s.ownApp(tx, key)
		if err != nil {
			return err
		}
		if !app.HasOldSecret(s.now) {
			return ErrNoOldSecret
		}
		app.Old = OldSecret{Epoch: app.Old.Epoch} // kept, because epochs are never reused
		tx.Apps().PutApp(app)
		s.audit(tx, Change{Noun: appNoun, Object: key, Action: "end-old-secret", After: Record{"oldSecret": "ended"}})
		return nil
	})
	if err != nil {
		return fmt.Errorf("end the old secret of app %s: %w", key, err)
	}
	s.dir.forgetApps()
	return nil
}
