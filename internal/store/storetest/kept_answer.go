package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func testKeptAnswers(t *testing.T, s directory.Store) {
	a := directory.KeptAnswer{Key: "k1", Request: "d1", Answer: `{"mobile":"86-13900001234"}`, MadeAt: start}
	of := func(key string, after time.Time) func(directory.Tx) (directory.KeptAnswer, error) {
		return func(tx directory.Tx) (directory.KeptAnswer, error) { return tx.KeptAnswers().KeptAnswer(key, after) }
	}
	absent := func(org, key string, after time.Time) {
		t.Helper()
		refused(t, s, org, directory.ErrNoAnswer, func(tx directory.Tx) error { _, err := of(key, after)(tx); return err })
	}
	update(t, s, orgA, func(tx directory.Tx) { tx.KeptAnswers().InsertKeptAnswer(a) })
	same(t, read(t, s, orgA, of("k1", start.Add(-time.Hour))), a)
	absent(orgA, "k1", start)
	absent(orgB, "k1", start.Add(-time.Hour))
	err := s.Update(bg, orgA, func(tx directory.Tx) error {
		tx.KeptAnswers().InsertKeptAnswer(directory.KeptAnswer{Key: "k1", Request: "d2", Answer: "{}", MadeAt: start})
		return nil
	})
	if !errors.Is(err, directory.ErrAnswerKept) {
		t.Errorf("got %v, want %v", err, directory.ErrAnswerKept)
	}
	same(t, read(t, s, orgA, of("k1", start.Add(-time.Hour))), a)
	update(t, s, orgB, func(tx directory.Tx) { tx.KeptAnswers().SweepKeptAnswers(start.Add(time.Hour)) })
	same(t, read(t, s, orgA, of("k1", start.Add(-time.Hour))), a)
	update(t, s, orgA, func(tx directory.Tx) { // an older answer makes room for another of its key
		tx.KeptAnswers().SweepKeptAnswers(start)
		tx.KeptAnswers().InsertKeptAnswer(directory.KeptAnswer{Key: "k1", Request: "d2", Answer: "{}", MadeAt: start.Add(time.Hour)})
	})
	same(t, read(t, s, orgA, of("k1", start)).Request, "d2")
}
