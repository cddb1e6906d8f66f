package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Errors of erasures. Methods wrap them with context; compare with errors.Is.
var (
	ErrEraseKind     = errors.New("objects of this kind are not people and cannot be erased")
	ErrEraseNotFound = errors.New("there is no such object, and there was none")
)

// Erasure is the record of a person's erasure
// (docs/spec/history.md#erasure).
type Erasure struct {
	ID             string    `json:"id"`
	Kind           Kind      `json:"kind"`
	ObjectID       string    `json:"objectId"`
	Reason         string    `json:"reason"`
	Time           time.Time `json:"time"`
	Actor          string    `json:"actor"`
	RequestID      string    `json:"requestId"`
	HistoryEntries int64     `json:"historyEntries"`
	Preview        bool      `json:"preview"`
}

// ErasureTx erases objects and keeps the list of erasures.
type ErasureTx interface {
	// Erasure returns the erasure of an object, or ErrEraseNotFound.
	Erasure(kind Kind, id string) (Erasure, error)
	// Erasures returns erasures in the order of their times, after one.
	Erasures(after *Erasure, limit int64) ([]Erasure, error)
	// CountEntries counts the entries of an object's history.
	CountEntries(kind Kind, id string) (int64, error)
	// EraseTraces deletes what is stored of an object besides its own row and
	// its history: in the bin, undelivered messages and events, leave records,
	// logins. It destroys the key of its history when everything else is
	// written, and records the erasure.
	EraseTraces(e Erasure)
}

// erasable are the kinds of people.
var erasable = []Kind{ContactKind, EmployeeKind, MessageContactKind}

// Erase removes a person: the object, live or in the bin, and whatever else is
// stored of it; its history stays, but its values can never be read again. What
// refuses a deletion refuses it too. A second time it returns the first record.
// It returns ErrEraseKind, ErrEraseNotFound or the errors of a removal.
func (s *Session) Erase(ctx context.Context, kind Kind, id, reason string, preview bool) (e Erasure, err error) {
	if !slices.Contains(erasable, kind) {
		return Erasure{}, fmt.Errorf("erase %s %s: %w", kind, id, ErrEraseKind)
	}
	e = Erasure{ID: "erasure-" + s.dir.ids.Base62(16), Kind: kind, ObjectID: id, Reason: reason, Time: s.now, Actor: s.caller.actor(), RequestID: s.requestID, Preview: preview}
	run := s.update
	if preview {
		run = s.view
	}
	err = run(ctx, func(tx Tx) error { return s.erase(tx, &e) })
	if err != nil {
		return Erasure{}, fmt.Errorf("erase %s %s: %w", kind, id, err)
	}
	return e, nil
}

func (s *Session) erase(tx Tx, e *Erasure) error {
	was, err := editors[e.Kind].object(s, tx, e.ObjectID)
	live := err == nil
	if err != nil && !errors.Is(err, e.Kind.NotFound()) {
		return err
	}
	if !live {
		first, err := tx.Erasures().Erasure(e.Kind, e.ObjectID)
		if err == nil {
			*e = first
			return nil
		}
		if !errors.Is(err, ErrEraseNotFound) {
			return err
		}
	}
	if e.HistoryEntries, err = tx.Erasures().CountEntries(e.Kind, e.ObjectID); err != nil {
		return err
	}
	if !live && e.HistoryEntries == 0 {
		return ErrEraseNotFound
	}
	if e.Preview {
		return nil
	}
	if !live { // what it was in the bin
		past, err := s.versions(tx, e.Kind, e.ObjectID)
		if err != nil {
			return err
		}
		for _, v := range past {
			if was.Values = v.Values; was.Values != nil {
				break
			}
		}
	}
	if live {
		if _, err := editors[e.Kind].remove(s, tx, Edit{Kind: e.Kind, ID: e.ObjectID, Do: RemoveObject, atOnce: true}); err != nil {
			return err
		}
		if err := tx.Flush(); err != nil {
			return err
		}
	}
	if err := s.tellImports(tx, e.Kind, e.ObjectID, was.Values); err != nil {
		return err
	}
	s.audit(tx, Change{Noun: string(e.Kind), Object: e.ObjectID, Action: "erase"})
	tx.Erasures().EraseTraces(*e)
	return nil
}

// Erasures returns up to limit erasures in the order of their times, after one;
// nil begins with the first.
func (s *Session) Erasures(ctx context.Context, after *Erasure, limit int64) (list []Erasure, err error) {
	err = s.view(ctx, func(tx Tx) error {
		list, err = tx.Erasures().Erasures(after, limit)
		return err
	})
	return list, err
}
