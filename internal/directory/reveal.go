package directory

import (
	"context"
	"fmt"
)

// RecordReveal records that the caller was shown phones and mail addresses of
// objects in clear (docs/spec/json-api.md#masked-values).
func (s *Session) RecordReveal(ctx context.Context, objects []Object) error {
	err := s.update(ctx, func(tx Tx) error {
		s.RecordRevealIn(tx, objects...)
		return nil
	})
	if err != nil {
		return fmt.Errorf("record what was revealed: %w", err)
	}
	return nil
}

// RecordRevealIn is RecordReveal in the transaction of a change whose outcome is
// shown.
func (s *Session) RecordRevealIn(tx Tx, objects ...Object) {
	for _, o := range objects {
		s.audit(tx, Change{Noun: string(o.Kind), Object: o.ID, Action: "reveal", Version: o.Version})
	}
}
