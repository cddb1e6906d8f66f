package backup

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/sampletest"
)

// A check that its caller ends has found nothing, however far it came.
func TestCheckThatIsCancelled(t *testing.T) {
	engines(t, func(t *testing.T, open func(...func(*Options)) *store.Store) {
		s := open()
		sampletest.Fill(t, s)
		for looks := int64(1); ; looks++ {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			i := &impatient{Context: ctx, cancel: cancel}
			i.left.Store(looks)
			r, err := Check(i, s)
			if !r.OK() {
				t.Fatalf("cancelled at look %d: got findings %q %v, want none", looks, r.Findings, r.Audit.Findings)
			}
			if err == nil {
				return // it was over before
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("cancelled at look %d: got %v, want that it was cancelled", looks, err)
			}
		}
	})
}

// impatient is a context that is cancelled when it is asked for the n-th time.
type impatient struct {
	context.Context
	cancel context.CancelFunc
	left   atomic.Int64
}

func (i *impatient) Err() error {
	if i.left.Add(-1) == 0 {
		i.cancel()
	}
	return i.Context.Err()
}

// A backup that the disk does not give is not called damaged.
func TestBackupThatCannotBeRead(t *testing.T) {
	t.Parallel()
	backup, o := sampleBackup(t)
	for at := 0; at <= len(backup); at += 509 {
		_, _, err := Restore(ctx, o, &brokenFile{Reader: bytes.NewReader(backup), left: at})
		if !errors.Is(err, syscall.EIO) || errors.Is(err, ErrDamaged) {
			t.Fatalf("disk error at byte %d of %d: got %v, want the disk's error", at, len(backup), err)
		}
	}
}

// brokenFile is a file that cannot be read beyond a place.
type brokenFile struct {
	*bytes.Reader
	left int
}

func (f *brokenFile) Read(b []byte) (int, error) {
	if f.left == 0 {
		return 0, syscall.EIO
	}
	n, err := f.Reader.Read(b[:min(len(b), f.left)])
	if f.left -= n; err == io.EOF {
		err = syscall.EIO
	}
	return n, err
}
