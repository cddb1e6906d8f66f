package api

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"
)

func TestRecordSaysWhyACallFailed(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	g := &Gateway{
		Log: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn})), Now: time.Now,
		Troubles: NewTroubles(4), BaseURL: "https://contacts.example.com", FailureLevel: slog.LevelWarn,
	}
	e := Ended{Family: "rpc", Operation: "UpdateMessageContact", RequestID: "R1", Started: time.Now()}
	g.Record(t.Context(), e)
	if log.Len() > 0 {
		t.Errorf("success: got %s at level Warn, want nothing", &log)
	}
	e.Trouble = &Trouble{Code: &Code{Code: "InvalidParameter.Title"}, Parameter: "Title", Rule: "one of CEO, Other", Value: "B***s (4 characters)"}
	g.Record(t.Context(), e)
	for _, want := range []string{
		"code=InvalidParameter.Title", "requestId=R1", "parameter=Title", `rule="one of CEO, Other"`, `value="B***s (4 characters)"`,
		`help="https://contacts.example.com/console/errors/InvalidParameter.Title?requestId=R1"`,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("failure: got %s, want %s in it", &log, want)
		}
	}
	if trouble, ok := g.Troubles.Find("R1"); !ok || trouble.Operation != "UpdateMessageContact" {
		t.Errorf("for the error page: got %+v and %t, want the call", trouble, ok)
	}
}

// The caller chooses the names of parameters that nobody knows, and of the codes
// that carry them.
func TestRecordRepeatsNoNameThatTellsSomebody(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	g := &Gateway{Log: slog.New(slog.NewTextHandler(&log, nil)), Now: time.Now}
	for _, name := range []string{"13987654321", "someone@example.com"} {
		g.Record(t.Context(), Ended{Counted: "InvalidParameter", Trouble: &Trouble{Code: &Code{Code: "InvalidParameter." + name}, Parameter: name}})
		if strings.Contains(log.String(), name) {
			t.Errorf("got %s, want no %s in it", &log, name)
		}
	}
}
