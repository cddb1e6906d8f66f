// Package instance opens one instance of the service: the store with its keys,
// the directory over it and the catalogue of operations. It is the one place,
// besides tests, where the store and the operations meet, so that the program
// and package mingcetest are put together the same way
// (docs/adr/0003-one-assembly.md).
//
// It listens on nothing, reads no flags and no environment, and holds no rules.
package instance

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/events"
	"github.com/mingce/mingce/internal/server"
	"github.com/mingce/mingce/internal/store"
)

// Options say where the data is and how the service behaves.
type Options struct {
	Store    store.Options
	Settings directory.Settings
	Sample   bool // load the sample organisation where it is missing

	// PrivateReceivers allows events to be pushed to addresses of this machine
	// and of private networks. Data of kind dev always allows it.
	PrivateReceivers bool
}

// Instance is an open instance. It is safe for concurrent use.
type Instance struct {
	Store     *store.Store
	Directory *directory.Directory
	Catalogue *api.Catalogue
	Events    *events.Service // delivers while StartWork's work goes on
}

// Open opens the data, brings its schema up to date and, if asked, loads the
// sample organisation. The caller closes the Instance.
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
		Store: s, Now: o.Store.Now, NewID: randomIDs{}, Keys: o.Store.Key, Settings: o.Settings, Receivers: pusher,
	})}
	if o.Store.Log == nil {
		o.Store.Log = slog.New(slog.DiscardHandler)
	}
	i.Events = events.New(i.Directory, pusher, o.Store.Log)
	if o.Sample {
		if err := i.Directory.LoadSample(ctx); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return i, nil
}

// Close finishes the calls under way and closes the data.
func (i *Instance) Close() error {
	if err := i.Store.Close(); err != nil {
		return fmt.Errorf("close the data: %w", err)
	}
	return nil
}

// Config returns what a server of this instance needs at least.
func (i *Instance) Config(log *slog.Logger, version string) server.Config {
	return server.Config{Directory: i.Directory, Catalogue: i.Catalogue, Log: log, Version: version, Stream: i.Events.Stream(), GroupSizes: i.Store.GroupSizes}
}

// Reset removes everything and loads the sample organisation again, at once. The store
// refuses it for data that was not made for development.
func (i *Instance) Reset(ctx context.Context) error {
	err := i.Store.Reset(ctx, i.Directory.Sample()...)
	i.Directory.Forget()
	i.Events.Refresh(ctx)
	return err
}
