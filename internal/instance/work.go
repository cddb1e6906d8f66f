package instance

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/notify"
)

// finishEvery is how often pending deletions of message contacts are finished.
const finishEvery = time.Second

// sweepEvery is how often bins are looked through for what is to be purged, and
// sweepSoonest how often at most, however short it is kept.
const (
	sweepEvery   = time.Hour
	sweepSoonest = time.Second
)

// sweepPause is the time between two looks: objects stay no more than a quarter
// longer than they are kept.
func sweepPause(d *directory.Directory) time.Duration {
	kept := d.PurgeTime(time.Time{}).Sub(time.Time{})
	return min(max(kept/4, sweepSoonest), sweepEvery)
}

// Captured returns carriers for a development server: they send nothing.
func Captured() map[string]notify.Carrier {
	return map[string]notify.Carrier{directory.EmailChannel: notify.Capture, directory.SMSChannel: notify.Capture}
}

// StartWork starts the background work, which runs until ctx is done: it delivers messages
// and events and finishes deletions. Call wait, which blocks until the work has stopped,
// before Close. Several processes may do this on one database.
func (i *Instance) StartWork(ctx context.Context, carriers map[string]notify.Carrier, log *slog.Logger) (wait func()) {
	var work sync.WaitGroup
	sender := &notify.Sender{Directory: i.Directory, Carriers: carriers, Log: log}
	work.Go(func() { sender.Run(ctx) })
	work.Go(func() { i.Events.Run(ctx) })
	work.Go(i.Importer.Work(ctx))
	work.Go(func() {
		every := time.NewTicker(sweepPause(i.Directory))
		defer every.Stop()
		for {
			if err := i.Directory.SweepBins(ctx); err != nil && ctx.Err() == nil {
				log.Error("purge what was deleted long ago", "error", err)
			}
			select {
			case <-every.C:
			case <-ctx.Done():
				return
			}
		}
	})
	work.Go(func() {
		every := time.NewTicker(finishEvery)
		defer every.Stop()
		for {
			select {
			case <-every.C:
			case <-ctx.Done():
				return
			}
			if _, err := i.Directory.FinishDeletions(ctx); err != nil && ctx.Err() == nil {
				log.Error("finish deletions of message contacts", "error", err)
			}
		}
	})
	return work.Wait
}
