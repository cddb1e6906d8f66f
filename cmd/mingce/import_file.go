package main

import (
	"errors"
	"io"
	"os"

	"github.com/mingce/mingce/internal/transfer"
)

// steadyFile is a file that must not change while it is read.
type steadyFile struct {
	*os.File
	name string
	was  os.FileInfo
}

func (f *steadyFile) Read(b []byte) (int, error) {
	n, err := f.File.Read(b)
	if errors.Is(err, io.EOF) {
		now, statErr := os.Stat(f.name)
		if statErr != nil || now.Size() != f.was.Size() || !now.ModTime().Equal(f.was.ModTime()) {
			return n, &transfer.FileError{Code: "fileChanged"}
		}
	}
	return n, err
}
