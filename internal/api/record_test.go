package api

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// recorded is a call that has come to its end.
func recorded(id string) *Call {
	return &Call{ID: id, Started: time.Now(), Request: httptest.NewRequest("GET", "/", nil)}
}

func TestRecordSaysWhyACallFailed(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	p := NewPipeline(Gateway{
		Log:         slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelWarn})),
		FailedCalls: NewFailedCalls(4), BaseURL: "https://contacts.example.com", FailureLevel: slog.LevelWarn,
	}, Protocol{Name: "rpc"})
	c := recorded("R1")
	c.Op = &Operation{Name: "UpdateMessageContact"}
	p.record(c, nil)
	if log.Len() > 0 {
		t.Errorf("success: got %s at level Warn, want nothing", &log)
	}
	p.record(c, &Failure{Code: &Code{Code: "InvalidParameter.Title"}, Parameter: "Title", Rule: Text{En: "one of CEO, Other"}, Value: Text{En: "B***s (4 characters)"}})
	for _, want := range []string{
		"code=InvalidParameter.Title", "requestId=R1", "parameter=Title", `rule="one of CEO, Other"`, `value="B***s (4 characters)"`,
		`help="https://contacts.example.com/console/errors/InvalidParameter.Title?requestId=R1"`,
	} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("failure: got %s, want %s in it", &log, want)
		}
	}
	if call, ok := p.FailedCalls.Find("R1"); !ok || call.Operation != "UpdateMessageContact" {
		t.Errorf("for the error page: got %+v and %t, want the call", call, ok)
	}
}

// The caller chooses the names of unknown parameters, and of the codes that
// carry them.
func TestRecordRepeatsNoNameThatTellsSomebody(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	p := NewPipeline(Gateway{Log: slog.New(slog.NewTextHandler(&log, nil))}, Protocol{})
	for _, name := range []string{"13987654321", "someone@example.com"} {
		p.record(recorded("R"), &Failure{Code: &Code{Code: "InvalidParameter." + name, Series: "InvalidParameter"}, Parameter: name})
		if strings.Contains(log.String(), name) {
			t.Errorf("got %s, want no %s in it", &log, name)
		}
	}
}

// An operation that does not exist is named as the caller did, without what may
// be personal, and no longer than a line bears.
func TestRecordNamesWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	for asked, want := range map[string]string{
		"GET /v1.0/nothing":                      "GET /v1.0/nothing",
		"GET /v1.0/contact/users/023420013645/x": "GET /v1.0/contact/users/***/x",
		"POST /v1.0/mails/tom@example.com/send":  "POST /v1.0/mails/***/send",
		"POST /topapi/138-0000-1234":             "POST /topapi/***",
		"GET /topapi/张三/get":                     "GET /topapi/***/get",
		"Action X, Version 2022-04-19":           "Action X, Version 2022-04-19",
		"a\r\nlevel=ERROR":                       "alevel=ERROR",
		"GET /" + strings.Repeat("x", 1<<20):     "GET /" + strings.Repeat("x", 120) + "…",
		"GET /" + strings.Repeat("x", 110) + "1390000" + strings.Repeat("1", 99): "GET /" + strings.Repeat("x", 110) + "***…",
	} {
		var log bytes.Buffer
		p := NewPipeline(Gateway{Log: slog.New(slog.NewTextHandler(&log, nil)), FailedCalls: NewFailedCalls(1)}, Protocol{})
		c := recorded("R")
		c.Asked, c.Address = asked, "192.0.2.1"
		p.record(c, &Failure{Code: &Code{Code: "X"}})
		if x, _ := p.FailedCalls.Find("R"); x.Asked != want {
			t.Errorf("%.80q: got %q, want %q", asked, x.Asked, want)
		}
		if !strings.Contains(log.String(), want) || !strings.Contains(log.String(), "client=192.0.2.1 ") || log.Len() > 1<<10 {
			t.Errorf("%.80q: got a line of %d bytes: %.500s", asked, log.Len(), &log)
		}
	}
}

// An organisation can be deleted while its calls are under way: for a call that
// finds it gone that is no bug of ours.
func TestRecordTellsBugsFromWhatHappensMeanwhile(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		cause error
		level string
	}{
		{errors.New("no such table"), "level=ERROR"},
		{fmt.Errorf("read: %w", directory.ErrBusy), "level=WARN"},
		{fmt.Errorf("create: %w", directory.ErrOrgDeleted), "level=WARN"},
		{fmt.Errorf("create: %w", directory.ErrOrgNotFound), "level=WARN"},
	} {
		var log bytes.Buffer
		p := NewPipeline(Gateway{Log: slog.New(slog.NewTextHandler(&log, nil))}, Protocol{Name: "oapi"})
		p.record(recorded("R"), &Failure{Code: &Code{Code: "-1"}, Cause: tt.cause})
		line, _, _ := strings.Cut(log.String(), "\n")
		if !strings.Contains(line, tt.level) || !strings.Contains(line, "call failed") {
			t.Errorf("%v: got %s, want %s", tt.cause, line, tt.level)
		}
	}
}
