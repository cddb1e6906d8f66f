package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// lateError is the store's refusal of writes that nothing stood against when
// they were checked.
type lateError struct{ error }

func (e lateError) Unwrap() error { return e.error }

// updateEdits runs the transaction of some edits. What they found free or there
// may be taken or gone when they are written, as another process was faster; the
// store then says so without naming the object or the field. Another try finds
// it as it is now and refuses the edit by its rule.
func (s *Session) updateEdits(ctx context.Context, run func(context.Context, func(Tx) error) error, change func(Tx) error) error {
	const mostRaces = 5
	for races := 0; ; races++ {
		late := false
		err := run(ctx, func(tx Tx) error {
			err := change(tx)
			late = err == nil || errors.As(err, new(lateError))
			return err
		})
		switch {
		case !late || !lostRace(err):
			return err
		case races == mostRaces:
			return fmt.Errorf("%w: %w", ErrBusy, err)
		}
	}
}

// lostRace reports whether the store refuses what a check of the edits would
// have refused.
func lostRace(err error) bool {
	if err == nil || errors.Is(err, ErrBusy) {
		return false
	}
	for _, notFound := range notFoundOf {
		if errors.Is(err, notFound) {
			return true
		}
	}
	return errors.Is(err, ErrConflict) || slices.ContainsFunc(ruleOfErrors, func(r errorRule) bool { return errors.Is(err, r.err) })
}
