package transfer

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// File is a file that only its owner may read, and that appears under its name
// when it is complete and on disk (docs/spec/export.md#files). Until then the
// old file stays. It is not safe for concurrent use.
type File struct {
	*sumWriter
	root          *os.Root // nil: standard output
	file          *os.File
	partial, name string
}

// CreateFile begins a file; the name - stands for standard output. The caller
// ends it with Commit or Discard.
func CreateFile(path string, stdout io.Writer) (*File, error) {
	if path == "-" {
		return &File{sumWriter: newSumWriter(stdout)}, nil
	}
	dir, name := filepath.Split(path)
	if name == "" || name == "." || name == ".." {
		return nil, usagef("file", "%q does not name a file; - is standard output", "%q 不是文件名；- 表示标准输出", path)
	}
	if dir == "" {
		dir = "."
	}
	root, err := os.OpenRoot(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no folder %s: %w", filepath.Clean(dir), err)
	}
	if err != nil {
		return nil, err
	}
	f := &File{root: root, name: name}
	if err := f.create(path); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return f, nil
}

func (f *File) create(path string) (err error) {
	if info, err := f.root.Lstat(f.name); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file, so it is not replaced; - is standard output", path)
	}
	// A long name leaves room for what is added to it.
	short := f.name[:min(len(f.name), 200)]
	f.partial = "." + short + ".partial-" + rand.Text()[:8]
	f.file, err = f.root.OpenFile(f.partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		f.sumWriter = newSumWriter(f.file)
	}
	return err
}

// Commit puts the file in its place. If it fails, nothing of it stays.
func (f *File) Commit() error {
	if f.root == nil {
		return nil
	}
	if f.file == nil {
		return fs.ErrClosed
	}
	err := errors.Join(f.file.Sync(), f.file.Close())
	f.file = nil
	if err == nil {
		err = f.root.Rename(f.partial, f.name)
	}
	if err != nil {
		err = errors.Join(err, f.root.Remove(f.partial))
	} else {
		err = syncFolder(f.root)
	}
	return errors.Join(err, f.root.Close())
}

// Discard removes what was written, unless it was committed.
func (f *File) Discard() error {
	if f.file == nil {
		return nil
	}
	err := errors.Join(f.file.Close(), f.root.Remove(f.partial), f.root.Close())
	f.file = nil
	return err
}

// syncFolder makes a new name in a folder durable.
func syncFolder(root *os.Root) error {
	if runtime.GOOS == "windows" {
		return nil // folders cannot be opened for fsync there
	}
	dir, err := root.Open(".")
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
