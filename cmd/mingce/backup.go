package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/backup"
	"github.com/mingce/mingce/internal/store/engine"
)

type backupCommand struct {
	File string `arg:"" placeholder:"FILE" help:"File to write; an existing one is replaced. - is standard output."`

	dataFlags `embed:""`
	keyFlag   `embed:""`
}

// Run writes a consistent state of the data, even while servers change it.
func (c *backupCommand) Run(o output) error {
	said, replace := o.out, replaceFile
	if c.File == standardStream {
		// Standard output is for the backup alone.
		said, replace = o.err, func(_ string, write func(io.Writer) error) error { return writePipe(o.out, write) }
	}
	var info backup.Info
	var rows int64
	err := onReading(c.dataFlags, c.keyFlag, func(ctx context.Context, s *store.Store) error {
		return replace(c.File, func(w io.Writer) (err error) {
			info, rows, err = backup.Write(ctx, s, w)
			return err
		})
	})
	if err != nil {
		return c.orNoKey(err)
	}
	return describeBackup(said, c.File, info, rows)
}

// onReading opens the data for reading only, even while servers write, calls do and closes
// the data.
func onReading(p dataFlags, k keyFlag, do func(context.Context, *store.Store) error) error {
	options, err := toRead(p, k)
	if err != nil {
		return err
	}
	ctx, cancel := untilStopped(nil)
	defer cancel()
	s, err := store.OpenReading(ctx, options)
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, s), s.Close())
}

func describeBackup(w io.Writer, file string, info backup.Info, rows int64) error {
	p := &printTo{w: w}
	p.line("backup   %s", file)
	p.line("made     %s, by mingce %s on %s, schema %d", info.Created.Format(time.RFC3339), info.Kind, info.Engine, info.Schema)
	p.line("rows     %d", rows)
	return p.err
}

type restoreCommand struct {
	File     string `arg:"" placeholder:"FILE" help:"Backup to restore; - is standard input."`
	Erasures string `placeholder:"FILE" help:"Then erase the people of this list again: what mingce erasures export wrote."`

	dataFlags `embed:""`
	keyFlag   `embed:""`
}

// Run fills an empty or missing folder, or an empty database.
func (c *restoreCommand) Run(o output) error {
	options, err := toRead(c.dataFlags, c.keyFlag)
	if err != nil {
		return err
	}
	f, err := openBackup(c.File)
	if err != nil {
		return err
	}
	defer f.Close()
	ctx, cancel := untilStopped(nil)
	defer cancel()
	info, rows, err := backup.Restore(ctx, options, f)
	if err != nil {
		return c.orNoKey(err)
	}
	if err := describeBackup(o.out, c.File, info, rows); err != nil || c.Erasures == "" {
		return err
	}
	again := erasuresApplyCommand{File: c.Erasures, recordsFlags: recordsFlags{Output: "table", dataFlags: c.dataFlags, keyFlag: c.keyFlag}}
	if err := again.Run(o); err != nil {
		return fmt.Errorf("the backup is restored, but not everybody was erased again: %w\n  repeat it with mingce erasures apply", err)
	}
	return nil
}

// toRead returns the options for data of either kind: without a key it is taken for data
// of dev.
func toRead(p dataFlags, k keyFlag) (store.Options, error) {
	options, err := p.options()
	if err != nil {
		return options, err
	}
	if options.Key, err = k.load(); err == nil && options.Key == nil {
		options.Key = keyring.DevMaster()
	}
	return options, err
}

// orNoKey replaces the error that dev's key does not fit by the one that no key was given.
func (k keyFlag) orNoKey(err error) error {
	if m, loaded := k.load(); errors.Is(err, store.ErrWrongKey) && m == nil && loaded == nil {
		_, missing := k.require()
		return missing
	}
	return err
}

// replaceFile writes a file that only its owner may read. It appears under its name when it
// is complete and on disk. Until then, and if it fails, the old file stays.
func replaceFile(path string, write func(io.Writer) error) (err error) {
	root, name, err := folderOf(path)
	if err != nil {
		return err
	}
	defer root.Close()
	if info, err := root.Lstat(name); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file, so it is not replaced", path)
	}
	draft := "." + name + "." + rand.Text()[:8]
	f, err := root.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	err = write(f)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = root.Rename(draft, name)
	}
	if err != nil {
		return errors.Join(err, root.Remove(draft))
	}
	return engine.SyncFolder(root)
}

// folderOf opens the folder that a file is in, and returns the file's name in it.
func folderOf(path string) (root *os.Root, name string, err error) {
	dir, name := filepath.Split(path)
	if dir == "" {
		dir = "."
	}
	if name == "" || name == "." || name == ".." {
		return nil, "", usagef("%q does not name a file", path)
	}
	root, err = os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("there is no folder %s", filepath.Clean(dir))
	}
	return root, name, err
}
