package main

import (
	"errors"
	"io"
	"io/fs"

	"github.com/mingce/mingce/internal/store"
)

// wantsJSON reports whether the command line asks for -o json, also one that cannot be
// parsed.
func wantsJSON(args []string) bool {
	for i, arg := range args {
		switch arg {
		case "--":
			return false
		case "-ojson", "--output=json":
			return true
		case "-o", "--output":
			return i+1 < len(args) && args[i+1] == "json"
		}
	}
	return false
}

// printErrorJSON prints the error of a command that has not got so far as to have an answer of
// the API: whoever asks for JSON reads standard output as one object in any case. The codes are
// those of the API (docs/spec/json-api.md#errors).
func printErrorJSON(w io.Writer, err error) error {
	var said exitError
	if errors.As(err, &said) {
		return nil
	}
	type described struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	}
	e := described{"internal", explain(err)}
	var usage usageError
	switch {
	case errors.As(err, &usage):
		e.Code = "invalidParameter"
	case errors.Is(err, store.ErrLocked):
		e.Code = "busy"
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, store.ErrNoData):
		e.Code = "notFound"
	}
	return printJSON(w, map[string]described{"error": e})
}

// watchedWriter remembers whether anything was written.
type watchedWriter struct {
	io.Writer
	wrote bool
}

func (w *watchedWriter) Write(b []byte) (int, error) {
	w.wrote = w.wrote || len(b) > 0
	return w.Writer.Write(b)
}
