// Package instance assembles the service: the store with its keys, the directory on top
// of it, and the catalogue of operations. Besides tests, it is the only package that
// imports both the store and the operations, so the program and package mingcetest are
// assembled the same way (docs/adr/0003-one-assembly.md).
//
// It opens no listener, reads no flags and no environment, and contains no rules.
package instance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/events"
	"github.com/mingce/mingce/internal/records"
	"github.com/mingce/mingce/internal/server"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/transfer"
)

// Options say where the data is and how the service behaves.
type Options struct {
	Store    store.Options
	Settings directory.Settings
	Sample   bool // load the sample organisation if it is missing

	// PrivateReceivers allows pushing events to addresses of this machine and of private
	// networks. With data of kind dev this is always allowed.
	PrivateReceivers bool
}

// Instance is an open instance. It is safe for concurrent use.
type Instance struct {
	Store     *store.Store
	Directory *directory.Directory
	Catalogue *api.Catalogue
	Events    *events.Service // delivers while StartWork runs
	Importer  *transfer.Importer

	log *slog.Logger
}

// Open opens the data, migrates its schema and, if asked, loads the sample organisation.
// The caller must close the Instance.
func Open(ctx context.Context, o Options) (*Instance, error) {
	catalogue, err := Catalogue()
	if err != nil {
		return nil, err
	}
	if o.Store.Now == nil {
		o.Store.Now = time.Now
	}
	s, err := store.Open(ctx, o.Store)
	if err != nil {
		return nil, err
	}
	pusher := events.NewPusher(o.PrivateReceivers || o.Store.Kind == store.Dev, o.Store.Now)
	i := &Instance{Store: s, Catalogue: catalogue, Directory: directory.Open(directory.Config{
		Store: s, Now: o.Store.Now, NewID: randomIDs{}, Keys: o.Store.Key, Settings: o.Settings, Receivers: pusher, Policies: policies{},
	})}
	if o.Store.Log == nil {
		o.Store.Log = slog.New(slog.DiscardHandler)
	}
	i.Events = events.New(i.Directory, pusher, o.Store.Log)
	i.log = o.Store.Log
	i.Importer = transfer.NewImporter(i.Directory, o.Store.Log, o.Store.Database == "")
	if o.Sample {
		if err := i.Directory.LoadSample(ctx); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return i, nil
}

// Close interrupts imports, waits for running calls, then closes the data.
func (i *Instance) Close() error {
	i.Importer.Close()
	if err := i.Store.Close(); err != nil {
		return fmt.Errorf("close the data: %w", err)
	}
	return nil
}

// Config returns the minimal configuration of a server of this instance.
func (i *Instance) Config(log *slog.Logger, version string) server.Config {
	return server.Config{Directory: i.Directory, Catalogue: i.Catalogue, Log: log, Version: version, Stream: i.Events.Stream(), Commits: i.commits, Importer: i.Importer}
}

// Records returns the JSON API inside this process, for an operator at the machine: every
// call is by caller, and nothing is masked that was not asked for.
func (i *Instance) Records(caller directory.Principal, via string) http.Handler {
	return records.New(records.Config{Directory: i.Directory, Catalogue: i.Catalogue, Log: i.log, Dev: i.Store.Kind() == store.Dev, Importer: i.Importer, Local: &records.Local{Caller: caller, Via: via}})
}

// Reset deletes everything and loads the sample organisation again, in one transaction.
// The store refuses this for data that was not created for development.
func (i *Instance) Reset(ctx context.Context) error {
	err := i.Store.Reset(ctx, i.Directory.Sample()...)
	i.Directory.Forget()
	i.Events.Refresh(ctx)
	return err
}

func (i *Instance) commits() (calls, seconds server.Histogram) {
	c, s := i.Store.Commits()
	return server.Histogram(c), server.Histogram(s)
}
