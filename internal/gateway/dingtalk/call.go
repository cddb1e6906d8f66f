package dingtalk

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// family is what the two wires word differently.
type family struct {
	name       string
	codes      []*api.Code // everything that can be armed, whatever the operation
	address    *api.Code
	permission *api.Code
	throttled  *api.Code
	busy       *api.Code
	// text words a code of the gateway for the call; nil: as the code has it.
	text func(*call, *api.Code) string
	// argument words a refused parameter.
	argument func(*api.ArgumentError) *failure
}

// failure is an error answer.
type failure struct {
	code *api.Code
	text string             // what goes over the wire; "" is the code's own text
	rule api.Text           // for log and error page, where no parameter is at fault
	arg  *api.ArgumentError // the parameter, when the answer is about one
}

func fail(code *api.Code) *failure { return &failure{code: code} }

// call is what is known about one request from its beginning to its end.
type call struct {
	api.Gateway
	family    *family
	requestID string
	started   time.Time
	path      string
	address   string         // where the request came from
	pages     string         // where our own pages are
	throttle  api.Throttle   // the limit that the call went over
	hasty     bool           // above the rate, though it is refused for another reason
	asked     string         // its method and path
	op        *api.Operation // nil until it is found
	caller    directory.Principal
}

func begin(g api.Gateway, f *family, requestID string, r *http.Request) *call {
	return &call{Gateway: g, family: f, requestID: requestID, started: g.Now(), path: r.URL.Path, address: api.Host(r.RemoteAddr), asked: r.Method + " " + r.URL.Path, pages: g.PagesFor(r)}
}

// message is what goes over the wire.
func (c *call) message(f *failure) string {
	switch {
	case f.text != "":
		return f.text
	case c.family.text == nil || c.op != nil && slices.Contains(c.op.Codes(), f.code):
		return f.code.Text(nil)
	}
	return c.family.text(c, f.code)
}

// comeAgain tells a caller who was too early when to come again
// (docs/spec/dingtalk.md#pauses-after-throttled-answers).
func (c *call) comeAgain(w http.ResponseWriter, f *failure) {
	if f != nil && f.code.Waits() {
		w.Header().Set("Retry-After", c.throttle.Wait(c.Now()))
	}
	if c.hasty {
		api.HoldBack(w)
	}
}

// guard runs fn and turns a panic into the family's internal error.
func (c *call) guard(dst []byte, fn func([]byte) ([]byte, *failure)) (answer []byte, f *failure) {
	defer func() {
		switch x := recover(); {
		case x == nil:
		case x == http.ErrAbortHandler:
			panic(x)
		default:
			c.Log.Error("panic in a call", "requestId", c.requestID, "operation", c.operation(), "panic", x, "stack", string(debug.Stack()))
			answer, f = nil, c.busy()
		}
	}()
	return fn(dst)
}

func (c *call) operation() string {
	if c.op == nil {
		return ""
	}
	return c.op.Name
}

// busy is the internal error as the operation's page words it, or else as the family does.
func (c *call) busy() *failure {
	if c.op != nil {
		if code := c.op.CodeOf(directory.ErrBusy); code != nil {
			return fail(code)
		}
	}
	return fail(c.family.busy)
}

// admit checks what needs the caller but not the parameters.
func (c *call) admit(ctx context.Context) *failure {
	if !c.caller.AllowsIP(c.address) {
		return fail(c.family.address)
	}
	if c.op.Auth != api.NeedsNothing && !c.caller.May(c.op.Permission) {
		c.hasty = c.Allow != nil && c.Allow(c.payer(), c.op.Name) != (api.Throttle{})
		return fail(c.family.permission)
	}
	if f := c.fault(ctx); f != nil {
		return f
	}
	if c.Allow == nil {
		return nil
	}
	if c.throttle = c.Allow(c.payer(), c.op.Name); c.throttle != (api.Throttle{}) {
		return fail(c.family.throttled)
	}
	return nil
}

// payer is whose rate the call counts against: token calls have no app yet.
func (c *call) payer() string {
	if c.caller.ID == "" {
		return c.address
	}
	return c.caller.ID
}

// fault answers or delays the call if a fault is armed for its operation
// (docs/spec/dingtalk.md#wire-form-of-armed-faults).
func (c *call) fault(ctx context.Context) *failure {
	code, err := c.Faults.Provoke(ctx, c.op, c.family.codes)
	switch {
	case err != nil:
		return c.busy()
	case code == nil:
		return nil
	}
	if code.Code == restTokenBusy.Code && isTokenCall(c.op) {
		code = restTokenBusy
	}
	f := fail(code)
	f.rule = api.ArmedFault
	return f
}

// isTokenCall reports whether the operation gives tokens over REST.
func isTokenCall(o *api.Operation) bool {
	return slices.ContainsFunc(o.Routes, func(r api.Route) bool { return strings.HasPrefix(r.Path, "/v1.0/oauth2/") })
}

// run calls the operation and finds the answer to what went wrong.
func (c *call) run(ctx context.Context, args api.Value, r api.Reading) (api.Fields, *failure) {
	fields, err := c.op.Call(ctx, c.Directory.Session(c.caller, c.op.Name, c.requestID), args, r)
	if err == nil {
		return fields, nil
	}
	var arg *api.ArgumentError
	if errors.As(err, &arg) {
		return nil, c.family.argument(arg)
	}
	if code := c.op.CodeOf(err); code != nil {
		return nil, &failure{code: code, text: code.Text(err)}
	}
	if errors.Is(err, directory.ErrAppPermission) { // of an app that the call itself names
		return nil, fail(c.family.permission)
	}
	c.internal(ctx, "call failed", err)
	return nil, c.busy()
}

// internal logs an error that no code stands for. A store that is busy, an
// organisation that was deleted meanwhile and a caller that went away are no
// bugs.
func (c *call) internal(ctx context.Context, what string, err error) {
	level := slog.LevelError
	if errors.Is(err, directory.ErrBusy) || errors.Is(err, directory.ErrOrgEnded) || ctx.Err() != nil {
		level = slog.LevelWarn
	}
	c.Log.Log(ctx, level, what, "requestId", c.requestID, "operation", c.operation(), "error", err)
}

// finish records the outcome. Parameters are named, never shown.
func (c *call) finish(f *failure) {
	e := api.Ended{Family: c.family.name, Operation: c.operation(), RequestID: c.requestID, Started: c.started, Principal: c.caller.ID, Client: c.address}
	if c.op == nil {
		e.Asked = c.asked
	}
	if f != nil {
		e.Trouble = &api.Trouble{Code: f.code, Rule: f.rule}
		if f.arg != nil {
			e.Trouble.Parameter, e.Trouble.Rule, e.Trouble.Value = f.arg.Parameter, f.arg.Broken(), f.arg.Value
		}
	}
	c.Record(context.Background(), e)
}

// reason words what is wrong with a parameter, without its value.
func reason(e *api.ArgumentError) string {
	name := clip(e.Parameter)
	switch {
	case e.Missing:
		return name + " is missing"
	case e.Reason() == "":
		return name
	case strings.HasPrefix(e.Reason(), "must ") || strings.HasPrefix(e.Reason(), "not "):
		return name + " " + e.Reason()
	}
	return name + ": " + e.Reason()
}

// clip shortens a name that the caller chose.
func clip(name string) string {
	const most = 100
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most], "") + "..."
}

// complete fills what a test or a small program may leave out.
func complete(g api.Gateway) api.Gateway {
	if g.Log == nil {
		g.Log = slog.New(slog.DiscardHandler)
	}
	if g.Now == nil {
		g.Now = time.Now
	}
	return g
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

// largestKept keeps one huge answer from staying in the pool for ever.
const largestKept = 64 << 10

func release(p *[]byte, b []byte) {
	if cap(b) <= largestKept {
		*p = b[:0]
		buffers.Put(p)
	}
}
