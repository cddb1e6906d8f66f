package events

import (
	"fmt"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
)

// TestOldEventsGoPieceByPiece checks that undelivered old events are deleted in
// several small transactions.
func TestOldEventsGoPieceByPiece(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.Open, "postgres": storetest.OpenPostgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			counted := &counting{Store: open(t)}
			w := newWorld(t, counted)
			ref := directory.SubscriptionRef{Org: directory.SampleOrg, AppKey: directory.SampleAppKey, Channel: directory.HTTPChannel}
			const old, young = 1200, 3
			err := w.store.Update(t.Context(), directory.SampleOrg, func(tx directory.Tx) error {
				for i := range old + young {
					born := w.clock.now()
					if i < old {
						born = born.Add(-8 * 24 * time.Hour)
					}
					tx.InsertDelivery(directory.Delivery{
						Ref: ref, Seq: int64(i), EventID: fmt.Sprint(i), Topic: "user_add_org", Object: fmt.Sprint(i), Payload: "{}", BornAt: born, NextAt: born,
					})
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			counted.writes = 0
			if err := w.dir.SweepEvents(t.Context()); err != nil {
				t.Fatal(err)
			}
			if counted.writes != 3 { // of 500
				t.Errorf("got %d transactions, want 3", counted.writes)
			}
			left, err := w.dir.DueDeliveries(t.Context(), ref, old)
			if err != nil || len(left) != young {
				t.Errorf("got %d events left, %v; want %d", len(left), err, young)
			}
		})
	}
}
