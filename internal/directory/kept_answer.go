package directory

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

// Errors of kept answers.
var (
	ErrNoAnswer   = errors.New("no answer is kept for the key")
	ErrAnswerKept = errors.New("the call with this key was carried out already")
)

// KeptAnswer is the answer of a call that its caller may repeat: the same key gets
// the same answer (docs/spec/json-api.md#repeated-requests).
type KeptAnswer struct {
	Key     string // of caller, call and the key that the caller chose
	Request string // digest of the query and the body
	Answer  string
	MadeAt  time.Time
}

// AnswerLife is how long an answer is kept.
const AnswerLife = 24 * time.Hour

// KeptAnswerTx reads and writes kept answers.
type KeptAnswerTx interface {
	// KeptAnswer returns the answer of a key that was made after a time, or
	// ErrNoAnswer.
	KeptAnswer(key string, after time.Time) (KeptAnswer, error)
	// InsertKeptAnswer fails with ErrAnswerKept if the key has one.
	InsertKeptAnswer(a KeptAnswer)
	// SweepKeptAnswers deletes those made before a time.
	SweepKeptAnswers(before time.Time)
}

// AnswerKey returns the key of a call: who makes it, what it does, and the key that
// the caller chose. It tells nobody what the parts are.
func (d *Directory) AnswerKey(parts ...string) string {
	return hex.EncodeToString(d.keys.MAC("idempotency key", parts...))
}

// KeptAnswer returns the answer that is kept for a key, or ErrNoAnswer.
func (s *Session) KeptAnswer(ctx context.Context, key string) (a KeptAnswer, err error) {
	err = s.view(ctx, func(tx Tx) error {
		a, err = tx.KeptAnswers().KeptAnswer(key, s.now.Add(-AnswerLife))
		return err
	})
	return a, err
}

// KeepAnswer keeps an answer. It returns ErrAnswerKept if another call with the
// key was faster.
func (s *Session) KeepAnswer(ctx context.Context, a KeptAnswer) error {
	if err := s.update(ctx, func(tx Tx) error {
		s.KeepAnswerIn(tx, a)
		return nil
	}); err != nil {
		return fmt.Errorf("keep an answer: %w", err)
	}
	return nil
}

// KeepAnswerIn is KeepAnswer in the transaction of the call itself, which then
// fails as a whole with ErrAnswerKept.
func (s *Session) KeepAnswerIn(tx Tx, a KeptAnswer) {
	a.MadeAt = s.now
	tx.KeptAnswers().SweepKeptAnswers(s.now.Add(-AnswerLife))
	tx.KeptAnswers().InsertKeptAnswer(a)
}
