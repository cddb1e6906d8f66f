package store_test

import (
	"sync"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/engine"
	"github.com/mingce/mingce/internal/store/sampletest"
	"github.com/mingce/mingce/internal/store/storetest"
)

// TestResetShowsNothingBetween checks that calls during a reset see the sample
// organisation, before or after it.
func TestResetShowsNothingBetween(t *testing.T) {
	storetest.Engines(t, func(t *testing.T, s *store.Store) {
		d := sampletest.Fill(t, s)
		done := make(chan struct{})
		var calls sync.WaitGroup
		for range 4 {
			calls.Go(func() {
				for ended := false; !ended; {
					select {
					case <-done:
						ended = true // one more look, after the last reset
					default:
					}
					d.Forget()
					if _, err := d.Org(t.Context(), directory.SampleOrg); err != nil {
						t.Errorf("organisation: %v", err)
						return
					}
					if _, err := d.TokenPrincipal(t.Context(), directory.PartnerToken); err != nil {
						t.Errorf("token: %v", err)
						return
					}
				}
			})
		}
		for range 5 {
			if err := s.Reset(t.Context(), d.Sample()...); err != nil {
				t.Error(err)
			}
		}
		close(done)
		calls.Wait()
		var contacts, entries int64
		if err := s.DB.View(t.Context(), "", func(t *engine.Tx) error {
			return t.Batch(
				engine.One("SELECT count(*) FROM contact", nil, nil, func(r *engine.Row) error { contacts = r.Int(0); return nil }),
				engine.One("SELECT count(*) FROM audit", nil, nil, func(r *engine.Row) error { entries = r.Int(0); return nil }))
		}); err != nil || contacts != 1 || entries != 0 {
			t.Errorf("got %d contacts, %d entries, %v, want the sample's one contact and no history", contacts, entries, err)
		}
	})
}
