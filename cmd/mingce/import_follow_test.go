package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Proxies end connections that last long. The command follows the import again from where it
// was, and says what to do when nothing new comes.
func TestAnImportIsFollowedAgain(t *testing.T) {
	t.Parallel()
	progress := func(id, created int) string {
		return fmt.Sprintf("id: %d\nevent: progress\ndata: {\"event\":\"progress\",\"state\":\"running\",\"phase\":\"write\",\"created\":%d}\n\n", id, created)
	}
	labels := strings.Repeat("很长的标签", 100_000)
	done := `id: 9` + "\nevent: done\ndata: " + `{"id":"im-1","state":"done","createdLabels":["` + labels + `"],"counts":{"rows":2,"created":2}}` + "\n\n"
	for _, tt := range []struct {
		name    string
		streams []string // by connection
		asked   string   // Last-Event-ID of the connections
		exit    int
		said    string
	}{
		{"twice", []string{progress(5, 1), progress(7, 2) + done}, " 5", exitDone, ""},
		{"nothing new", []string{": still here\n\n" + progress(5, 1), ""}, " 5", exitPartly, "mingce import --resume im-1 follows it"},
		{"nothing at all", []string{""}, "", exitFailed, "the server has ended it"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var asked []string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				switch {
				case r.Method == http.MethodPost:
					w.WriteHeader(http.StatusAccepted)
					_, _ = fmt.Fprint(w, `{"id":"im-1","state":"running"}`)
				case strings.HasSuffix(r.URL.Path, "/events"):
					asked = append(asked, r.Header.Get("Last-Event-ID"))
					_, _ = fmt.Fprint(w, tt.streams[len(asked)-1])
				default:
					_, _ = fmt.Fprint(w, `{"items":[],"next":null}`)
				}
			}))
			defer server.Close()
			file := filepath.Join(t.TempDir(), "people.csv")
			if err := os.WriteFile(file, []byte("name,mobile\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			var out, errs bytes.Buffer
			if got := run([]string{"import", file, "--kind", "contacts", "--org", "dingstar", "--server", server.URL}, &out, &errs); got != tt.exit {
				t.Errorf("exit %d, want %d", got, tt.exit)
			}
			if got := strings.Join(asked, " "); got != tt.asked || !strings.Contains(errs.String(), tt.said) {
				t.Errorf("after %q: %s", got, errs.String())
			}
		})
	}
}
