package engine

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

const (
	lockFile    = "mingce.lock"
	runningFile = "mingce.running"
)

// dataDir is the folder of one installation, locked by one process.
type dataDir struct {
	path      string
	root      *os.Root
	lock      *os.File
	temporary bool
	running   bool // this process has set the flag
}

// openDataDir creates and locks the folder. All files are readable by the owner
// only, because they hold names in plain text.
func openDataDir(path string, temporary bool) (*dataDir, error) {
	var err error
	switch {
	case temporary:
		path, err = os.MkdirTemp("", "mingce-")
	case path == "":
		err = errors.New("no folder given")
	default:
		err = os.MkdirAll(path, 0o700)
	}
	if err != nil {
		return nil, fmt.Errorf("store: data folder: %w", err)
	}
	d := &dataDir{path: path, temporary: temporary}
	if d.root, err = os.OpenRoot(path); err != nil {
		return nil, fmt.Errorf("store: data folder: %w", err)
	}
	if err := d.acquire(); err != nil {
		return nil, errors.Join(err, d.root.Close())
	}
	return d, nil
}

// acquire takes the lock. The system releases it when the process ends for any
// reason.
func (d *dataDir) acquire() error {
	f, err := d.root.OpenFile(lockFile, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("store: lock of %s: %w", d.path, err)
	}
	if err := lockExclusive(f); err != nil {
		pid, _ := io.ReadAll(io.LimitReader(f, 32))
		_ = f.Close()
		if !errors.Is(err, errLocked) {
			return fmt.Errorf("store: lock of %s: %w", d.path, err)
		}
		return fmt.Errorf("%w: %s is in use by another mingce process%s; stop it, or use --database to share data between processes",
			ErrLocked, d.path, describePID(string(pid)))
	}
	d.lock = f
	_ = f.Truncate(0) // the number is information for people; the lock does not need it
	_, _ = f.WriteAt([]byte(fmt.Sprintln(os.Getpid())), 0)
	return nil
}

func describePID(s string) string {
	if s = strings.TrimSpace(s); s == "" {
		return ""
	}
	return " (process " + s + ")"
}

// unclean reports whether nonces without fsync may be lost: the last process
// did not close the folder, and the machine was restarted since. A kill loses
// nothing that the system already had, so the flag of [dataDir.markRunning]
// holds the system's boot id.
func (d *dataDir) unclean() (bool, error) {
	old, err := d.root.ReadFile(runningFile)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	now := bootID()
	return now == "" || string(old) != now, err
}

// markRunning sets a flag that only a clean close removes. The flag must be on
// disk before any nonce is taken. An older flag is replaced only after the
// possible loss was recorded.
func (d *dataDir) markRunning() error {
	if d.temporary {
		return nil
	}
	f, err := d.root.OpenFile(runningFile, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	d.running = true
	_, err = f.WriteString(bootID())
	return errors.Join(err, f.Sync(), f.Close(), d.sync())
}

// bootID identifies the current boot of the operating system, or is empty.
func bootID() string {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// file creates a database file with the right mode if it is missing, and
// returns its path for SQLite, which opens by name.
func (d *dataDir) file(name string) (string, error) {
	f, err := d.root.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return "", fmt.Errorf("store: data folder: %w", err)
	}
	return filepath.Join(d.path, name), nil
}

// sync makes new file names in the folder durable.
func (d *dataDir) sync() error {
	if d.temporary {
		return nil
	}
	return SyncFolder(d.root)
}

// SyncFolder makes new names in a folder durable.
func SyncFolder(root *os.Root) error {
	if runtime.GOOS == "windows" {
		return nil // directories cannot be opened for fsync there
	}
	f, err := root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// close releases the folder; clean means that all files were closed without
// error.
func (d *dataDir) close(clean bool) error {
	var errs []error
	if clean && d.running {
		errs = append(errs, d.root.Remove(runningFile), d.sync())
	}
	if d.lock != nil {
		errs = append(errs, unlock(d.lock), d.lock.Close())
	}
	errs = append(errs, d.root.Close())
	if d.temporary {
		errs = append(errs, os.RemoveAll(d.path))
	}
	return errors.Join(errs...)
}
