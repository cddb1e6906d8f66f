package api

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// toy is the least that a gateway can be: the operation is named by the path, the
// caller by the query. Nothing in it is about guard, faults, rates, metrics or log.
type toy struct {
	Call
	p *Pipeline
}

func (c *toy) Find() *Failure {
	if c.Request.URL.Path == "/several" {
		c.Parts = &Parts{[]Wire{&toyPart{toy{p: c.p}, "/do"}, &toyPart{toy{p: c.p}, "/panic"}, &toyPart{toy{p: c.p}, "/do"}}, "|"}
		return nil
	}
	return c.find(c.Request.URL.Path)
}

func (c *toy) find(path string) *Failure {
	if c.Op = c.p.Catalogue.Named(strings.TrimPrefix(path, "/")); c.Op == nil {
		c.Asked = path
		return Fail(toyAbsent)
	}
	return nil
}

func (c *toy) Authenticate() *Failure {
	switch c.Request.URL.RawQuery {
	case "":
		return Fail(toyNobody)
	case "lost":
		return c.Broken(errors.New("the disk is gone"))
	}
	c.Caller = directory.Principal{Kind: directory.AppCaller, ID: c.Request.URL.RawQuery, Permissions: []string{"Toy"}}
	if c.Caller.ID == "bare" {
		c.Caller.Permissions = nil
	}
	if c.Caller.ID == "home" {
		c.Caller.AllowIPs = []string{"10.1.2.3"}
	}
	return nil
}

func (c *toy) Arguments() (Value, *Failure)                { return Value{Kind: ObjectValue}, nil }
func (c *toy) Argument(_ *ArgumentError, f *Failure)       { f.Code = toyArgument }
func (c *toy) AppendSuccess(dst []byte, out Fields) []byte { return append(dst, "done"...) }
func (c *toy) AppendFailure(dst []byte, f *Failure) []byte { return append(dst, f.Code.Code...) }
func (c *toy) Send(answer []byte, _ *Failure)              { _, _ = c.Writer.Write(answer) }

// toyPart is a call of a request with several.
type toyPart struct {
	toy
	path string
}

func (c *toyPart) Find() *Failure { return c.find(c.path) }

// nonced is a toy whose callers sign.
type nonced struct{ toy }

func (c *nonced) UseNonce() *Failure { return Fail(toyReplay) }

var (
	toyAbsent    = &Code{Code: "absent"}
	toyNobody    = &Code{Code: "nobody"}
	toyBusy      = &Code{Code: "busy", Wait: true}
	toyInternal  = &Code{Code: "internal"}
	toyAddress   = &Code{Code: "address"}
	toyDenied    = &Code{Code: "denied"}
	toyThrottled = &Code{Code: "hasty", Wait: true}
	toyArgument  = &Code{Code: "argument"}
	toyReplay    = &Code{Code: "replay"}
)

// toyWorld is a toy gateway with its log and metrics.
type toyWorld struct {
	*Pipeline
	log     bytes.Buffer
	counted []string
	asked   []string
	over    bool // everybody is above the rate
}

func newToyWorld(t *testing.T, order ...Check) *toyWorld {
	t.Helper()
	op := func(name string, auth Auth, do func() error) *Operation {
		return Op[struct{}, struct{}]{Route: Route{Family: RPCFamily, Name: name}, Permission: "Toy", Auth: auth,
			Do: func(context.Context, *directory.Session, *struct{}) (*struct{}, error) { return nil, do() }}.Operation()
	}
	catalogue, err := NewCatalogue(
		op("do", NeedsToken, func() error { return nil }),
		op("open", NeedsNothing, func() error { return nil }),
		op("fail", NeedsToken, func() error { return errors.New("a bug") }),
		op("busy", NeedsToken, func() error { return directory.ErrBusy }),
		op("argument", NeedsToken, func() error { return &ArgumentError{Parameter: "X", Rule: Text{En: "a number"}} }),
		op("panic", NeedsToken, func() error { panic("on purpose") }),
	)
	if err != nil {
		t.Fatal(err)
	}
	w := &toyWorld{}
	w.Pipeline = NewPipeline(Gateway{
		Directory: directory.Open(directory.Config{Now: time.Now}), Catalogue: catalogue, Faults: new(Faults), FailedCalls: NewFailedCalls(16),
		Log: slog.New(slog.NewTextHandler(&w.log, nil)),
		Observe: func(family, operation, code string, _ time.Duration) {
			w.counted = append(w.counted, family+" "+operation+" "+code)
		},
		Allow: func(principal, operation string) Throttle {
			w.asked = append(w.asked, principal+" "+operation)
			if w.over {
				return Throttle{Limit: 20, Until: time.Now().Add(time.Second)}
			}
			return Throttle{}
		},
	}, Protocol{
		Name: "toy", NewID: NewShortID, Order: order, Codes: []*Code{toyArgument},
		Busy: toyBusy, Internal: toyInternal, Address: toyAddress, Denied: toyDenied, Throttled: toyThrottled,
		New: func(*http.Request) Wire {
			if len(order) > 0 {
				return &nonced{toy{p: w.Pipeline}}
			}
			return &toy{p: w.Pipeline}
		},
	})
	return w
}

// delayed is a recorder that can hold an answer back.
type delayed struct {
	*httptest.ResponseRecorder
	back bool
}

func (h *delayed) HoldBack() { h.back = true }

func (w *toyWorld) call(target string) *delayed {
	h := &delayed{ResponseRecorder: httptest.NewRecorder()}
	w.ServeHTTP(h, httptest.NewRequest("GET", target, nil))
	return h
}

// A gateway gets all that none may forget by going through the pipeline.
func TestPipelineOwnsWhatNoGatewayMayForget(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, target, want, counted, logged string
		over, arm, back                     bool
	}{
		{name: "success", target: "/do?a", want: "done", counted: "toy do ", logged: "principal=a"},
		{name: "unknown", target: "/nope?a", want: "absent", counted: "toy  absent", logged: "asked=/nope"},
		{name: "nobody", target: "/do", want: "nobody", counted: "toy do nobody", logged: "code=nobody"},
		{name: "open to all", target: "/open", want: "done", counted: "toy open ", logged: "operation=open"},
		{name: "no permission", target: "/do?bare", want: "denied", counted: "toy do denied", logged: `rule="the app needs the permission Toy"`},
		{name: "address", target: "/do?home", want: "address", counted: "toy do address", logged: "client=192.0.2.1"},
		{name: "panic", target: "/panic?a", want: "internal", counted: "toy panic internal", logged: "panic: on purpose"},
		{name: "bug", target: "/fail?a", want: "internal", counted: "toy fail internal", logged: `level=ERROR msg="call failed" family=toy operation=fail`},
		{name: "busy", target: "/busy?a", want: "busy", counted: "toy busy busy", logged: `level=WARN msg="call failed"`},
		{name: "look-up", target: "/do?lost", want: "internal", counted: "toy do internal", logged: "the disk is gone"},
		{name: "argument", target: "/argument?a", want: "argument", counted: "toy argument argument", logged: `parameter=X rule="a number"`},
		{name: "fault", target: "/do?a", arm: true, want: "argument", counted: "toy do argument", logged: ArmedFault.En},
		{name: "rate", target: "/do?a", over: true, want: "hasty", counted: "toy do hasty", logged: "code=hasty"},
		{name: "fault before rate", target: "/do?a", over: true, arm: true, want: "argument", counted: "toy do argument", logged: ArmedFault.En},
		{name: "permission before fault", target: "/do?bare", arm: true, want: "denied", counted: "toy do denied", logged: "code=denied"},
		{name: "no permission, too often", target: "/do?bare", over: true, want: "denied", counted: "toy do denied", logged: "code=denied", back: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newToyWorld(t)
			w.over = tt.over
			if tt.arm {
				w.Faults.Arm(Fault{Operation: "*", Code: "argument", Times: 1})
			}
			got := w.call(tt.target)
			if got.Body.String() != tt.want || strings.Join(w.counted, "|") != tt.counted || !strings.Contains(w.log.String(), tt.logged) {
				t.Errorf("got %s, counted %q, log %s\nwant %s, %s, %s", got.Body, w.counted, &w.log, tt.want, tt.counted, tt.logged)
			}
			if wait := tt.want == "hasty" || tt.want == "busy"; (got.Header().Get("Retry-After") != "") != wait || got.back != tt.back {
				t.Errorf("got Retry-After %q, held back: %t", got.Header().Get("Retry-After"), got.back)
			}
			id := w.FailedCalls.byID
			if failed := tt.want != "done"; (len(id) == 1) != failed {
				t.Errorf("got %d failed calls", len(id))
			}
		})
	}
}

// Who has no name yet pays by address; others by their own.
func TestPipelineKnowsWhoseRateCounts(t *testing.T) {
	t.Parallel()
	w := newToyWorld(t)
	w.call("/open")
	w.call("/do?a")
	w.call("/do?bare")
	if want := []string{"192.0.2.1 open", "a do", "bare do"}; !slices.Equal(w.asked, want) {
		t.Errorf("got %q, want %q", w.asked, want)
	}
}

func TestPipelineOrder(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		order []Check
		over  bool
		who   string
		want  string
	}{
		{[]Check{CheckRate, CheckNonce, CheckPermission, CheckFault}, true, "bare", "hasty"},
		{[]Check{CheckRate, CheckNonce, CheckPermission, CheckFault}, false, "bare", "replay"},
		{[]Check{CheckPermission, CheckNonce}, false, "bare", "denied"},
		{[]Check{CheckPermission, CheckNonce}, true, "a", "replay"},
	} {
		w := newToyWorld(t, tt.order...)
		w.over = tt.over
		if got := w.call("/do?" + tt.who).Body.String(); got != tt.want {
			t.Errorf("%v, %s: got %s, want %s", tt.order, tt.who, got, tt.want)
		}
	}
	// What a protocol leaves out is checked all the same, and a fault never comes
	// before the permission.
	for _, tt := range []struct{ order, want []Check }{
		{nil, []Check{CheckPermission, CheckFault, CheckRate}},
		{[]Check{CheckRate, CheckNonce}, []Check{CheckRate, CheckNonce, CheckPermission, CheckFault}},
		{[]Check{CheckFault, CheckRate, CheckPermission}, []Check{CheckRate, CheckPermission, CheckFault}},
		{[]Check{CheckFault}, []Check{CheckPermission, CheckFault, CheckRate}},
	} {
		if got := checkOrder(tt.order); !slices.Equal(got, tt.want) {
			t.Errorf("%v: got the order %v, want %v", tt.order, got, tt.want)
		}
	}
}

func TestPipelineSeveralCalls(t *testing.T) {
	t.Parallel()
	w := newToyWorld(t)
	if got := w.call("/several?a").Body.String(); got != "done|internal|done" {
		t.Errorf("got %s", got)
	}
	if want := []string{"toy do ", "toy panic internal", "toy do "}; !slices.Equal(w.counted, want) || len(w.asked) != 3 {
		t.Errorf("counted %q, in the rate %q, want each call", w.counted, w.asked)
	}
	if got := w.call("/several").Body.String(); got != "nobody" {
		t.Errorf("refused as a whole: got %s", got)
	}
}

func TestPipelineBusy(t *testing.T) {
	t.Parallel()
	w := newToyWorld(t)
	rec := httptest.NewRecorder()
	w.Busy(rec, httptest.NewRequest("GET", "/do?a", nil))
	if rec.Body.String() != "busy" || rec.Header().Get("Retry-After") != "1" || !slices.Equal(w.counted, []string{"toy  busy"}) || !strings.Contains(w.log.String(), `asked="GET /do"`) {
		t.Errorf("got %s, Retry-After %s, counted %q, log %s", rec.Body, rec.Header().Get("Retry-After"), w.counted, &w.log)
	}
}

// An armed delay passes, or ends with a caller that leaves.
func TestPipelineDelay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newToyWorld(t)
		w.Faults.Arm(Fault{Operation: "do", Delay: time.Minute, Times: 2})
		begin := time.Now()
		if got := w.call("/do?a").Body.String(); got != "done" || time.Since(begin) != time.Minute {
			t.Errorf("got %s after %s, want it a minute later", got, time.Since(begin))
		}
		ctx, leave := context.WithTimeout(t.Context(), time.Second)
		defer leave()
		begin = time.Now()
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, httptest.NewRequest("GET", "/do?a", nil).WithContext(ctx))
		if rec.Body.String() != "busy" || time.Since(begin) != time.Second || !slices.Equal(w.counted, []string{"toy do ", "toy do busy"}) {
			t.Errorf("a caller that left: got %s after %s, counted %q", rec.Body, time.Since(begin), w.counted)
		}
	})
}

// A handler that wants the connection closed is heard.
func TestPipelineLetsAbortsThrough(t *testing.T) {
	t.Parallel()
	defer func() {
		if x := recover(); x != http.ErrAbortHandler {
			t.Errorf("got %v, want http.ErrAbortHandler", x)
		}
	}()
	(&Call{}).panicked(http.ErrAbortHandler)
}
