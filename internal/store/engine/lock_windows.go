package engine

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

var errLocked = errors.New("already locked")

// lockExclusive takes the lock or returns errLocked at once. It locks a byte far
// past the end of the content, so that others can read the process number.
func lockExclusive(f *os.File) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()),
		windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{Offset: 1 << 30})
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return errLocked
	}
	return err
}

// unlock has nothing to do: closing the file releases the lock.
func unlock(*os.File) error { return nil }
