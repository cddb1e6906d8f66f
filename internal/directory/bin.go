package directory

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrNotInBin: there is no such object in the bin.
var ErrNotInBin = errors.New("object is not in the bin")

// BinItem is a deleted object that can be restored
// (docs/spec/history.md#bin).
type BinItem struct {
	Kind      Kind
	ID        string
	Name      string
	Version   int64 // of the deletion
	DeletedAt time.Time
	DeletedBy string
	RequestID string

	// Phones, at most two, and Emails, at most three, find the objects of a person.
	// They are written, never read.
	Phones, Emails []string
	// Content is the noun as JSON. Lists leave it out; it is nil after an
	// erasure.
	Content json.RawMessage
}

// BinPlace is a position in the bin, newest first.
type BinPlace struct {
	DeletedAt time.Time
	Kind      Kind
	ID        string
}

// BinFilter selects objects in the bin; zero fields select all.
type BinFilter struct {
	Kind       Kind
	Text       string    // part of the name, in any letter case
	Before     time.Time // deleted earlier
	After      BinPlace  // the page before ended here
	Phone      string    // "86-13800000001"
	Email      string    // in any letter case
	Limit      int64
	OldestOnly bool // oldest first, for the purge
}

// BinTx reads and writes the bin.
type BinTx interface {
	// BinItem returns the object with its content, or ErrNotInBin.
	BinItem(kind Kind, id string) (BinItem, error)
	// Bin returns objects without their content, newest first.
	Bin(f BinFilter) ([]BinItem, error)
	// OrgsToSweep returns, over all organisations, those with objects that were
	// deleted before a time.
	OrgsToSweep(before time.Time) ([]string, error)
	InsertBin(x BinItem)
	DeleteBin(kind Kind, id string)
}

// discard puts an object that is being deleted into the bin, with all that its
// noun holds. It only writes.
func (s *Session) discard(tx Tx, x BinItem, noun any) {
	var err error
	if x.Content, err = json.Marshal(noun); err != nil { // cannot happen: nouns are plain structs
		panic("bin: " + err.Error())
	}
	x.DeletedAt, x.DeletedBy, x.RequestID = s.now, s.caller.actor(), s.requestID
	tx.Bin().InsertBin(x)
}

// fromBin reads an object from the bin into its noun, or returns ErrNotInBin.
func (s *Session) fromBin(tx Tx, kind Kind, id string, noun any) (BinItem, error) {
	x, err := tx.Bin().BinItem(kind, id)
	if err != nil {
		return x, err
	}
	if x.Content == nil {
		return x, ErrNotInBin
	}
	if err := json.Unmarshal(x.Content, noun); err != nil {
		return x, fmt.Errorf("content of %s %s in the bin: %w", kind, id, err)
	}
	return x, nil
}

// Bin returns a page of the deleted objects, newest first.
func (s *Session) Bin(ctx context.Context, f BinFilter) (items []BinItem, err error) {
	err = s.view(ctx, func(tx Tx) error {
		items, err = tx.Bin().Bin(f)
		return err
	})
	return items, err
}
