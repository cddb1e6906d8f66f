//go:build unix

package engine

import (
	"errors"
	"os"
	"syscall"
)

var errLocked = errors.New("already locked")

// lockExclusive takes the lock or returns errLocked at once.
func lockExclusive(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errLocked
	}
	return err
}

// unlock releases the lock, as closing the file does unless a child process that
// is being started has a copy of it at this moment.
func unlock(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_UN) }
