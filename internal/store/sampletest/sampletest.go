// Package sampletest fills stores with the sample organisation for tests. It
// opens no store and checks nothing.
package sampletest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/engine"
)

type countedIDs struct{ n atomic.Int64 }

func (c *countedIDs) Digits(n int) string { return fmt.Sprintf("3%0*d", n-1, c.n.Add(1)) }
func (c *countedIDs) Base62(n int) string { return fmt.Sprintf("x%0*d", n-1, c.n.Add(1)) }

// NewIDs returns a source of identifiers that do not repeat.
func NewIDs() directory.IDs { return &countedIDs{} }

// Fill fills a store with the sample organisation, a sealed history, an erased
// subject, and numbers that were assigned but whose rows are deleted.
func Fill(t testing.TB, s *store.Store) *directory.Directory {
	t.Helper()
	ctx := t.Context()
	d := directory.Open(directory.Config{Store: s, Now: time.Now, NewID: &countedIDs{}, Keys: s.Master()})
	if err := d.LoadSample(ctx); err != nil {
		t.Fatal(err)
	}
	for n := range 5 {
		if err := s.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
			tx.Audit().InsertAudit(directory.AuditEntry{Org: directory.SampleOrg, Noun: "contact", Object: fmt.Sprint(n), Action: "create", Time: time.Now(),
				After: []byte(`{"mobile":"13800001234"}`)})
			tx.Outbox().Enqueue(directory.OutboxItem{Org: directory.SampleOrg, ID: fmt.Sprint(n), Kind: "email", Topic: "t", Recipient: "r", Payload: "p", CreatedAt: time.Now()})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.SealAudit(ctx, 3); err != nil {
		t.Fatal(err)
	}
	if err := s.DB.Update(ctx, directory.SampleOrg, func(t *engine.Tx) error {
		t.Write("DELETE FROM subject_key WHERE org = ? AND subject = ?", t.Org, "contact/1")
		t.Write("INSERT INTO erased_subject (org, subject, erased_at) VALUES (?, ?, ?)", t.Org, "contact/1", time.Now().UnixMilli())
		t.Write("DELETE FROM outbox WHERE id = '4'")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return d
}
