package main

import (
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
)

// written notes whether anything was written.
type written struct {
	io.Writer
	any bool
}

func (w *written) Write(b []byte) (int, error) {
	w.any = w.any || len(b) > 0
	return w.Writer.Write(b)
}

// error prints an error for programs, if the command line asks for JSON and nothing
// else was printed: they read one object whatever happens. It returns err.
func (w *written) error(args []string, err error) error {
	if err == nil || w.any || !wantsJSON(args) || errors.As(err, new(exitError)) {
		return err
	}
	return errors.Join(err, printJSON(w.Writer, errorObject(err)))
}

// errorObject is an error in the form of the API's: its own words for one that the API
// answered.
func errorObject(err error) any {
	if refused := new(apiError); errors.As(err, &refused) {
		return json.RawMessage(refused.text)
	}
	code := "failed"
	if errors.As(err, new(usageError)) {
		code = "invalidParameter"
	}
	return map[string]any{"error": map[string]string{"code": code, "message": explain(err)}}
}

// wantsJSON reports whether a command line has -o json, also one that cannot be parsed.
func wantsJSON(args []string) bool {
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i]
	}
	for i, a := range args {
		value, joined := strings.CutPrefix(a, "--output=")
		if !joined {
			value, joined = strings.CutPrefix(a, "-o")
		}
		switch {
		case a == "-o" || a == "--output":
			if i+1 < len(args) && args[i+1] == "json" {
				return true
			}
		case joined && strings.TrimPrefix(value, "=") == "json":
			return true
		}
	}
	return false
}
