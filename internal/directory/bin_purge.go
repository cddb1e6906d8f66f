package directory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// PurgeFilter says what to purge from the bin: objects, those deleted before a
// time, or everything.
type PurgeFilter struct {
	Items  []BinPlace
	Before time.Time
	All    bool
}

// Purge removes objects from the bin for good and returns them; what is not in
// the bin is passed over. Their history stays.
func (s *Session) Purge(ctx context.Context, f PurgeFilter) (purged []BinItem, err error) {
	if len(f.Items) > 0 {
		err := s.update(ctx, func(tx Tx) error {
			purged = nil
			for _, place := range distinct(f.Items) {
				switch x, err := tx.Bin().BinItem(place.Kind, place.ID); {
				case errors.Is(err, ErrNotInBin):
				case err != nil:
					return fmt.Errorf("%s %s: %w", place.Kind, place.ID, err)
				default:
					purged = append(purged, x)
				}
			}
			s.purge(tx, purged)
			return nil
		})
		return purged, err
	}
	if f.All {
		f.Before = s.now.Add(time.Millisecond)
	}
	for {
		var batch []BinItem
		err := s.update(ctx, func(tx Tx) error {
			batch, err = tx.Bin().Bin(BinFilter{Before: f.Before, OldestOnly: true, Limit: 100})
			if err == nil {
				s.purge(tx, batch)
			}
			return err
		})
		if purged = append(purged, batch...); err != nil || len(batch) < 100 {
			return purged, err
		}
	}
}

func (s *Session) purge(tx Tx, items []BinItem) {
	for _, x := range items {
		tx.Bin().DeleteBin(x.Kind, x.ID)
		s.audit(tx, Change{Noun: string(x.Kind), Object: x.ID, Action: "purge"})
	}
}

// DefaultBinRetention is how long deleted objects can be restored.
const DefaultBinRetention = 30 * 24 * time.Hour

// PurgeTime returns when an object is purged that was deleted at a time.
func (d *Directory) PurgeTime(deletedAt time.Time) time.Time {
	return deletedAt.Add(cmp.Or(d.settings.BinRetention, DefaultBinRetention))
}

// SweepBins purges what was deleted too long ago, in all organisations. The
// server calls it regularly; several processes may call it at once.
func (d *Directory) SweepBins(ctx context.Context) error {
	before := d.now().Add(-cmp.Or(d.settings.BinRetention, DefaultBinRetention))
	var orgs []string
	err := d.store.View(ctx, "", func(tx Tx) (err error) {
		orgs, err = tx.Bin().OrgsToSweep(before)
		return err
	})
	for _, org := range orgs {
		if err != nil {
			return err
		}
		s := d.Session(Principal{Kind: AdminCaller, Org: org, ID: "mingce"}, "bin.retention", "sweep-"+strconv.FormatInt(d.now().UnixMilli(), 36))
		_, err = s.Purge(ctx, PurgeFilter{Before: before})
	}
	return err
}
