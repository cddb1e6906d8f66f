package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"

	"github.com/mattn/go-isatty"
)

// standardStream stands for standard input or output in place of a file name.
const standardStream = "-"

// writePipe writes to standard output. A reader that goes away is an ordinary error: the
// program reports it instead of dying by SIGPIPE.
func writePipe(w io.Writer, write func(io.Writer) error) error {
	f, isFile := w.(*os.File)
	if isFile && isatty.IsTerminal(f.Fd()) {
		return usagef("a backup is not written to a terminal: name a file, or redirect standard output")
	}
	signal.Ignore(syscall.SIGPIPE)
	b := bufio.NewWriterSize(w, 1<<20)
	if err := write(b); err != nil {
		return err
	}
	if err := b.Flush(); err != nil || !isFile {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Mode().IsRegular() {
		err = f.Sync()
	}
	return err
}

// openBackup opens a backup for reading: a file, standard input, or a named pipe, such as
// the one a shell makes for the output of a command.
func openBackup(path string) (io.ReadSeekCloser, error) {
	if path == standardStream {
		return spool(os.Stdin)
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no file %s", path)
	}
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	switch {
	case err != nil:
	case info.Mode().IsRegular():
		return f, nil
	case info.IsDir():
		err = fmt.Errorf("%s is a folder, not a backup", path)
	default:
		defer f.Close()
		return spool(f)
	}
	return nil, errors.Join(err, f.Close())
}

// spooled is a temporary copy of a pipe's content. Close removes it.
type spooled struct{ *os.File }

// spool copies a pipe to a temporary file, because a backup is read twice: all of it is
// checked before anything is restored.
func spool(from *os.File) (io.ReadSeekCloser, error) {
	if isatty.IsTerminal(from.Fd()) {
		return nil, usagef("a backup is not read from a terminal: name a file, or redirect standard input")
	}
	f, err := os.CreateTemp("", "mingce-restore-")
	if err != nil {
		return nil, err
	}
	_ = os.Remove(f.Name()) // fails on systems where the file is open; then Close removes it
	if _, err := io.Copy(f, from); err != nil {
		return nil, errors.Join(fmt.Errorf("copy the backup: %w", err), spooled{f}.Close())
	}
	return spooled{f}, nil
}

func (s spooled) Close() error {
	err := s.File.Close()
	_ = os.Remove(s.Name())
	return err
}
