//go:build unix

package engine

import (
	"errors"
	"os"
	"syscall"
)

var errHeld = errors.New("lock is held")

// lockExclusive takes the lock or returns errHeld at once.
func lockExclusive(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errHeld
	}
	return err
}

// unlock releases the lock, as closing the file does unless a child process that
// is being started has a copy of it at this moment.
func unlock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }
