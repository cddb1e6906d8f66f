package acs

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mingce/mingce/internal/api"
)

// An unknown operation is named, for the log and the error page, without what
// could be a person's name or number.
func TestUnknownOperationIsNamed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ action, version, code, want string }{
		{"ListTagResources", "2020-03-31", "InvalidAction.NotFound", "Action ListTagResources, Version 2020-03-31"},
		{"GetCallerIdentity", "2015-04-01", "InvalidVersion", "Action GetCallerIdentity, Version 2015-04-01"},
		{"listTagResources", "x", "InvalidVersion", "Action listTagResources, Version x"},
		{"13900001234", version, "InvalidAction.NotFound", "Action ***, Version " + version},
		{"tom@example.com", version, "InvalidAction.NotFound", "Action ***, Version " + version},
		{"汤姆", version, "InvalidAction.NotFound", "Action ***, Version " + version},
		{strings.Repeat("A", 1000), version, "InvalidAction.NotFound", "Action " + strings.Repeat("A", 61) + "…, Version " + version},
	} {
		w := newWorld(t)
		a := w.send(t, signedV1("GET", tt.action, "Version", tt.version))
		if got := a.field("Code"); got != tt.code {
			t.Errorf("%s: got %s, want %s", tt.action, got, tt.code)
		}
		call, _ := w.failed.Find(a.Header().Get("X-Acs-Request-Id"))
		if call.Asked != tt.want {
			t.Errorf("%s: got %q as what was asked for, want %q", tt.action, call.Asked, tt.want)
		}
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	get := func(pairs ...string) *http.Request {
		return signedV1("GET", "GetMessageContact", append([]string{"ContactId", "c-1"}, pairs...)...)
	}
	w.faults.Arm(api.Fault{Operation: "GetMessageContact", Code: "EntityNotExists.Contact", Times: 1})
	w.faults.Arm(api.Fault{Operation: "*", Code: "Throttling.Api", Times: 1})
	// A code of another gateway waits for a call that has it.
	w.faults.Arm(api.Fault{Operation: "*", Code: "nonsense", Times: 1})
	w.faults.Arm(api.Fault{Operation: "*", Code: "MissingParameter.ContactId", Times: 1})
	w.faults.Arm(api.Fault{Operation: "*", Code: "NoPermission", Times: 1})
	// A call that would be refused anyway does not use a fault up.
	w.send(t, get("Signature", "x")).is(400, "SignatureDoesNotMatch")
	w.send(t, get("AccessKeyId", "memberKeyId")).is(403, "NoPermission")
	w.allow = false
	w.send(t, get()).is(400, "Throttling.User")
	w.allow = true
	w.send(t, get()).is(404, "EntityNotExists.Contact")
	if a := w.send(t, get()).is(400, "Throttling.Api"); a.Header().Get("X-Ratelimit-User-Api") == "" || a.Header().Get("Retry-After") == "" {
		t.Errorf("an armed Throttling has headers %v, want x-ratelimit-user-api and Retry-After", a.Header())
	}
	w.send(t, get()).is(400, "MissingParameter.ContactId")
	if a := w.send(t, get()).is(403, "NoPermission"); !strings.Contains(a.Body.String(), "AccessDeniedDetail") {
		t.Errorf("an armed NoPermission: got %s, want its detail", a.Body)
	}
	w.send(t, get()).is(200, "")
}

func TestDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.faults.Arm(api.Fault{Operation: "*", Delay: time.Minute, Times: 1})
		begin := time.Now()
		w.send(t, signedV1("GET", "GetMessageContact", "ContactId", "c-1")).is(200, "")
		if took := time.Since(begin); took != time.Minute {
			t.Errorf("the delayed call took %s, want 1m", took)
		}
	})
}

func TestReport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.send(t, signedV1("GET", "GetMessageContact", "ContactId", "c-personal"))
	w.send(t, signedV1("GET", "GetMessageContact", "ContactId", "c-personal", "Fail", "panic"))
	w.send(t, httptest.NewRequest("GET", "/?Format=JSON&Made.Up=1&Made.Up=2", nil)).is(400, "InvalidParameter.Made.Up")
	log := w.log.String()
	for _, want := range []string{"operation=GetMessageContact", "principal=testAccessKeyId", "code=InternalError", "a secret of the program"} {
		if !strings.Contains(log, want) {
			t.Errorf("got log %s, want it to contain %s", log, want)
		}
	}
	if strings.Contains(log, "c-personal") {
		t.Errorf("the log has a parameter: %s", log)
	}
	want := []string{"rpc GetMessageContact ", "rpc GetMessageContact InternalError", "rpc  InvalidParameter"}
	if strings.Join(w.counted, "|") != strings.Join(want, "|") {
		t.Errorf("got %q, want %q", w.counted, want)
	}
}
