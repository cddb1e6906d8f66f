package engine

import (
	"context"
	"errors"
	"sync"
	"testing"
)

// While the calls of one organisation hold its whole share, calls of another
// organisation, and of none, still run.
func TestOrganisationLeavesConnectionsToOthers(t *testing.T) {
	t.Parallel()
	o := postgresOptions(t)
	s := mustOpen(t, o)
	share := cap(s.engine.(*postgresEngine).shares.of("a"))
	if share >= maxConns || share < maxConns/2 {
		t.Fatalf("got a share of %d of %d connections", share, maxConns)
	}
	holding, end := make(chan struct{}, share), make(chan struct{})
	var held sync.WaitGroup
	hold := func(*Tx) error { holding <- struct{}{}; <-end; return nil }
	for i := range share {
		held.Go(func() {
			call := s.View
			if i%2 == 0 {
				call = func(ctx context.Context, org string, fn func(*Tx) error) error { return s.Update(ctx, org, fn) }
			}
			if err := call(ctx, "a", hold); err != nil {
				t.Error(err)
			}
		})
	}
	for range share {
		<-holding
	}
	nothing := func(*Tx) error { return nil }
	for _, org := range []string{"b", ""} {
		if err := s.View(ctx, org, nothing); err != nil {
			t.Errorf("a call of %q: %v", org, err)
		}
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if err := s.engine.(*postgresEngine).shares.of("a").take(gone); !errors.Is(err, context.Canceled) {
		t.Errorf("one more call of the organisation: got %v, want %v", err, context.Canceled)
	}
	close(end)
	held.Wait()
	if err := s.Update(ctx, "a", nothing); err != nil {
		t.Error(err)
	}
}
