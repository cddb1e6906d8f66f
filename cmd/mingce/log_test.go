package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"unicode/utf8"
)

// A line of the log is bounded in both formats, whatever an error or a path repeats of a request.
// Short ones stay unchanged.
func TestLinesOfTheLogAreBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("王\n", 1<<18)
	for _, format := range []string{"text", "json"} {
		var line bytes.Buffer
		log := logFlags{LogFormat: format}.log(&line, slog.LevelInfo)
		log.Error("rpc call failed", "error", errors.New(long), "path", long, "panic", []string{long}, "requestId", "R1", "took", 3)
		if n := line.Len(); n > 8*longestAttr || !utf8.Valid(line.Bytes()) {
			t.Errorf("%s: got a line of %d bytes, want at most %d of UTF-8", format, n, 8*longestAttr)
		}
		if bytes.Count(line.Bytes(), []byte("\n")) != 1 || !strings.Contains(line.String(), "R1") {
			t.Errorf("%s: got %.200q, want one line with the request id", format, &line)
		}
		if format == "json" {
			var v map[string]any
			if err := json.Unmarshal(line.Bytes(), &v); err != nil || v["took"] != 3.0 {
				t.Errorf("got %v, %v, want an object with the number 3", v["took"], err)
			}
		}
	}
}
