package acs

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/policy"
)

// Handler answers Alibaba Cloud RPC calls. It is safe for concurrent use.
type Handler struct {
	// V1 and V3 are the clock windows of the two signature versions. New sets
	// the documented ones; change them before the first request only.
	V1, V3 Window

	g         api.Gateway
	keys      credentials
	policies  policies
	resources map[*api.Operation]resource
	dummy     []byte // secret of keys that do not exist
}

// New returns the handler of the operations that the catalogue holds for this family.
func New(g api.Gateway) *Handler {
	h := &Handler{V1: windowV1, V3: windowV3, g: g, keys: g.Directory, dummy: make([]byte, 30), resources: map[*api.Operation]resource{}}
	if h.g.Now == nil {
		h.g.Now = time.Now
	}
	if h.g.Log == nil {
		h.g.Log = slog.New(slog.DiscardHandler)
	}
	_, _ = rand.Read(h.dummy) // never fails: crypto/rand
	for _, o := range g.Catalogue.Operations() {
		h.resources[o] = resourceOf(o)
	}
	return h
}

// reading is how freely this wire spells values: everything is text, a list may
// be JSON in one parameter or a single bare value.
var reading = api.Reading{Loose: true, JSONText: true, Bare: true}

// ServeHTTP answers one call: always in the vendor's envelope.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := h.g.Now()
	c := &call{request: r, id: newRequestID(), started: now, now: now}
	buf := buffers.Get().(*[]byte)
	defer release(buf)

	answer, f := h.serve(w, c, (*buf)[:0])
	if f != nil {
		answer = appendFailure((*buf)[:0], c, f, h.base(r))
	}
	*buf = answer
	h.write(w, c, answer, f)
}

// write sends an answer, which is f's if f is not nil, and reports the call.
func (h *Handler) write(w http.ResponseWriter, c *call, answer []byte, f *failure) {
	status := http.StatusOK
	header := w.Header()
	if f != nil {
		status = f.code.HTTP
		wait := c.throttle.Wait(c.now)
		if strings.HasPrefix(f.code.Code, "Throttling") {
			// Inferred: the unit is milliseconds (docs/spec/alibaba-cloud.md#throttling).
			header.Set("X-Ratelimit-User-Api", "Remain:0,TimeLeft:"+wait+"000,Reset:"+wait)
		}
		if f.code.Waits() {
			header.Set("Retry-After", wait)
		}
	}
	header.Set("Content-Type", contentJSON)
	if c.xml {
		header.Set("Content-Type", contentXML)
	}
	header.Set("X-Acs-Request-Id", c.id)
	header.Set("Cache-Control", "no-store")
	header.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(answer) // the client may be gone; there is nobody to tell
	h.report(c, f)
}

// serve answers a call
// (docs/spec/alibaba-cloud.md#order-of-checks-in-the-gateway).
func (h *Handler) serve(w http.ResponseWriter, c *call, buf []byte) (answer []byte, f *failure) {
	defer func() {
		if p := recover(); p != nil {
			f = &failure{code: internalError, cause: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	ctx := c.request.Context()

	// 1. read
	if f := c.read(w); f != nil {
		return nil, f
	}
	// 2. find the operation
	if f := h.find(c); f != nil {
		return nil, f
	}
	// 3. authenticate
	if f := h.authenticate(ctx, c); f != nil {
		return nil, f
	}
	// 4. throttle, and take the nonce
	if f := h.admit(ctx, c); f != nil {
		return nil, f
	}
	// 5. permission
	if f := h.permit(c); f != nil {
		return nil, f
	}
	// 6. an armed fault: only a call that would have been carried out uses it up
	if f := h.fault(ctx, c); f != nil {
		return nil, f
	}
	// 7. bind and run
	args, f := tree(c.params)
	if f != nil {
		return nil, f
	}
	out, err := c.op.Call(ctx, h.g.Directory.Session(c.caller, c.op.Name, c.id), args, reading)
	if err != nil {
		return nil, failureOf(c.op, err)
	}
	// 8. encode
	return appendSuccess(buf, c, out), nil
}

// permit asks the caller's policy.
func (h *Handler) permit(c *call) *failure {
	d := h.policies.of(&c.caller).Decide(policy.Question{
		Action:   policy.ActionPrefix + c.op.Action,
		Resource: h.resources[c.op].arn(c, func(name string) string { return valueOf(c.params, name) }),
		Source:   sourceOf(c.request.RemoteAddr),
		Secure:   c.request.TLS != nil,
		Now:      c.now,
	})
	if d.Allowed {
		return nil
	}
	return &failure{code: noPermission, denied: &d, rule: deniedRule(d)}
}

// fault carries out an armed fault of the operation: a delay, a code, or both.
func (h *Handler) fault(ctx context.Context, c *call) *failure {
	code, err := h.g.Faults.Provoke(ctx, c.op, codes)
	switch {
	case err != nil:
		return failureOf(nil, err)
	case code == nil:
		return nil
	}
	f := failFor(code, api.ArmedFault)
	if !slices.Contains(codes, code) && !slices.Contains(c.op.Codes(), code) {
		f.counted = malformedRequest.Code // made for the name that was given
	}
	if code == noPermission {
		f.denied = &policy.Decision{Action: policy.ActionPrefix + c.op.Action, Resource: "*"}
	}
	return f
}

// report tells how the call ended.
func (h *Handler) report(c *call, f *failure) {
	e := api.Ended{Family: "rpc", RequestID: c.id, Started: c.started, Principal: c.caller.ID, Client: c.request.RemoteAddr}
	if e.Asked = c.asked; c.op != nil {
		e.Operation = c.op.Name
	}
	if f != nil {
		e.Counted = f.counted
		e.Trouble = &api.Trouble{Code: f.code, Parameter: f.parameter, Rule: f.rule, Value: f.value}
		if f.code == internalError {
			h.g.Log.Error("rpc call failed", "requestId", c.id, "operation", e.Operation, "error", f.cause)
		}
	}
	h.g.Record(c.request.Context(), e)
}

// base is the address that Recommend links to.
func (h *Handler) base(r *http.Request) string {
	switch {
	case h.g.BaseURL != "":
		return strings.TrimSuffix(h.g.BaseURL, "/")
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// sourceOf is the caller's address. Forwarding headers are not read here: a
// server behind a proxy sets RemoteAddr from what that proxy says.
func sourceOf(remote string) netip.Addr {
	if at, err := netip.ParseAddrPort(remote); err == nil {
		return at.Addr().Unmap().WithZone("")
	}
	address, _ := netip.ParseAddr(remote)
	return address.Unmap()
}

// buffers holds strings to sign and answers between calls.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

func release(b *[]byte) {
	if cap(*b) <= 64<<10 {
		buffers.Put(b)
	}
}
