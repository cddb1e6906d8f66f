package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"sync"

	"github.com/mingce/mingce/internal/directory"
)

// Wire implements for one call what gateways do differently. It embeds a Call,
// which has defaults for some methods. The pipeline calls each method at most
// once, in the order of [Pipeline.answer].
type Wire interface {
	// Read reads what decides the format of the answer. The pipeline calls it
	// even if it is too busy to accept the call.
	Read() *Failure
	// Find sets Op, or Asked if there is no such operation. For a request with
	// several calls it sets Parts instead.
	Find() *Failure
	// Authenticate sets Caller. It is not called for operations that need no
	// credential.
	Authenticate() *Failure
	// Permit says why the caller may not use the operation.
	Permit() *Failure
	// UseNonce uses up the nonce of the signature, for the step [CheckNonce].
	UseNonce() *Failure
	// Arguments returns the parameters as one tree.
	Arguments() (Value, *Failure)
	// Argument completes the failure of a refused parameter with the text, and
	// with a code if the operation declares none.
	Argument(e *ArgumentError, f *Failure)

	AppendSuccess(dst []byte, out Fields) []byte
	AppendFailure(dst []byte, f *Failure) []byte
	// Send writes headers, status and the answer, which is a failure's if f is
	// not nil. It ignores errors of a closed connection.
	Send(answer []byte, f *Failure)

	common() *Call // a Wire embeds a Call
}

// Check is one of the checks between authentication and the parameters. Vendors
// make them in different order.
type Check uint8

const (
	// CheckPermission: may the caller use the operation, and from its address?
	CheckPermission Check = iota + 1
	// CheckFault: is a fault armed? It comes after the permission on every wire:
	// only a call that would have been carried out uses a fault up, unless its
	// operation asks for the permission itself.
	CheckFault
	// CheckRate: is the caller within its rate?
	CheckRate
	// CheckNonce: is the nonce of the signature a new one?
	CheckNonce
)

// Protocol describes a gateway's wire. It must not change after start.
type Protocol struct {
	Name  string                   // in the log and the metrics: "top"
	New   func(*http.Request) Wire // for one call
	NewID func() string            // for one call
	// Order is the order of the checks. No gateway can leave out permission, fault
	// and rate, nor put the fault before the permission: see [checkOrder].
	Order   []Check
	Reading Reading

	Codes   []*Code // can be armed for any operation
	Generic []*Code // answered for their causes, unless the operation declares its own
	Busy    *Code
	// Internal is answered for a bug. If nil, the wire has only the code of a
	// busy server, which an operation may replace by its own.
	Internal  *Code
	Address   *Code // the caller's address is not on its list
	Denied    *Code // of a token without the permission
	Throttled *Code // the caller is above its rate
	// Armed returns the code to answer for an armed code; nil means the code
	// itself.
	Armed func(*Operation, *Code) *Code
}

// Pipeline carries out the calls of one gateway. It owns the steps no gateway
// may forget: the guard against panics, the refusal of a busy server, armed
// faults, rates, metrics, log, and the record of failed calls. It is safe for
// concurrent use.
type Pipeline struct {
	Gateway
	protocol Protocol
}

// NewPipeline returns the pipeline of a gateway.
func NewPipeline(g Gateway, p Protocol) *Pipeline {
	p.Order = checkOrder(p.Order)
	return &Pipeline{g.complete(), p}
}

// checkOrder adds to a gateway's order the checks it must not leave out: a
// missing check comes last, and a fault before the permission moves right after
// it.
func checkOrder(order []Check) []Check {
	order = slices.Clone(order)
	for _, check := range []Check{CheckPermission, CheckFault, CheckRate} {
		if !slices.Contains(order, check) {
			order = append(order, check)
		}
	}
	fault, permission := slices.Index(order, CheckFault), slices.Index(order, CheckPermission)
	if fault < permission {
		order = slices.Insert(slices.Delete(order, fault, fault+1), permission, CheckFault)
	}
	return order
}

// ServeHTTP carries out what the request asks for.
func (p *Pipeline) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.serve(w, r, false)
}

// Busy answers a call that the server is too busy to accept. The request is
// read only as far as the format of the answer requires.
func (p *Pipeline) Busy(w http.ResponseWriter, r *http.Request) { p.serve(w, r, true) }

// buffers holds buffers of answers. One grown by a huge answer is dropped.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

const largestPooled = 64 << 10

func (p *Pipeline) serve(w http.ResponseWriter, r *http.Request, busy bool) {
	wire := p.protocol.New(r)
	p.begin(wire, w, r)
	if busy {
		c := wire.common()
		c.busy, c.Asked = true, r.Method+" "+r.URL.Path
	}
	pooled := buffers.Get().(*[]byte)
	body, f := p.answer((*pooled)[:0], wire)
	wire.Send(body, f)
	if cap(body) <= largestPooled {
		*pooled = body[:0]
		buffers.Put(pooled)
	}
}

func (p *Pipeline) begin(wire Wire, w http.ResponseWriter, r *http.Request) {
	c := wire.common()
	c.pipeline, c.wire, c.Writer, c.Request = p, wire, w, r
	c.ID, c.Started, c.Address = p.protocol.NewID(), p.Now(), Host(r.RemoteAddr)
}

// answer carries a call out and appends its answer to dst.
func (p *Pipeline) answer(dst []byte, wire Wire) (answer []byte, f *Failure) {
	c := wire.common()
	// 1. Whatever happens from here on is answered, counted and logged.
	defer func() {
		if x := recover(); x != nil {
			f = c.panicked(x)
		}
		answer = p.finish(dst, answer, c, f)
	}()
	// 2. Read what decides the format of the answer. A call that was not
	// accepted ends here.
	f = wire.Read()
	if c.busy {
		return nil, Fail(p.protocol.Busy)
	}
	if f != nil {
		return nil, f
	}
	// 3. Find the operation.
	if f := wire.Find(); f != nil {
		return nil, f
	}
	// 4. Who calls?
	if c.Op != nil && c.Op.Auth == NeedsNothing {
		c.Caller = directory.Principal{Kind: directory.NobodyCaller}
	} else if f := wire.Authenticate(); f != nil {
		return nil, f
	}
	// 5. A request may contain several calls; each of them takes all these
	// steps.
	if c.Parts != nil {
		return p.appendParts(dst, c), nil
	}
	// 6. Permission, fault, rate and nonce, in the order of the vendor.
	ctx := c.Request.Context()
	for _, check := range p.protocol.Order {
		if c.Op.Asks && check == CheckPermission {
			ctx = context.WithValue(ctx, permitKey{}, permitter{p, c})
			continue
		}
		if f := p.check(check, c); f != nil {
			return nil, f
		}
	}
	// 7. Put the parameters into one tree.
	args, f := wire.Arguments()
	if f != nil {
		return nil, f
	}
	// 8. Bind them, and call the operation.
	reading := p.protocol.Reading
	reading.Version = c.Version
	if c.effect != "" {
		ctx = context.WithValue(ctx, effectKey{}, c.effect)
	}
	if c.Op.Filters {
		ctx = context.WithValue(ctx, judgeKey{}, wire)
	}
	out, err := c.Op.Call(ctx, p.Directory.Session(c.Caller, c.Op.Name, c.ID), args, reading)
	if err != nil {
		return nil, c.FailureOf(err)
	}
	// 9. Encode the answer.
	return wire.AppendSuccess(dst, out), nil
}

// finish encodes a failure, tells the caller when to retry
// (docs/spec/dingtalk.md#pauses-after-throttled-answers), and records the call.
func (p *Pipeline) finish(dst, answer []byte, c *Call, f *Failure) []byte {
	if f != nil {
		answer = c.wire.AppendFailure(dst, f)
		if f.Code.Waits() {
			limit := c.Throttle
			if f.Code.Pause > 0 {
				limit.Until = c.Started.Add(f.Code.Pause)
			}
			c.Writer.Header().Set("Retry-After", limit.Wait(c.Started))
		}
	}
	if c.late {
		HoldBack(c.Writer)
	}
	if c.Parts == nil || f != nil { // else each of them was recorded
		p.record(c, f)
	}
	return answer
}

// panicked returns the failure of a call that panicked.
func (c *Call) panicked(x any) *Failure {
	if x == http.ErrAbortHandler {
		panic(x)
	}
	return c.Broken(fmt.Errorf("panic: %v\n%s", x, debug.Stack()))
}

// appendParts answers the calls of one request, one after the other: together
// they count as one admitted request, and each counts against the rate.
func (p *Pipeline) appendParts(dst []byte, c *Call) []byte {
	for i, part := range c.Parts.Calls {
		if i > 0 {
			dst = append(dst, c.Parts.Separator...)
		}
		p.begin(part, c.Writer, c.Request)
		dst, _ = p.answer(dst, part)
	}
	return dst
}

func (p *Pipeline) check(check Check, c *Call) *Failure {
	switch check {
	case CheckPermission:
		return p.permit(c)
	case CheckFault:
		return p.provoke(c)
	case CheckNonce:
		return c.wire.UseNonce()
	}
	if p.exceeds(c) {
		return Fail(p.protocol.Throttled)
	}
	return nil
}

// permit lets a permitted caller through. Others count against the rate as
// well; above it they get the same answer, but delayed.
func (p *Pipeline) permit(c *Call) *Failure {
	if !c.Caller.AllowsIP(c.Address) {
		return Fail(p.protocol.Address)
	}
	f := c.wire.Permit()
	if f != nil && !c.rated {
		c.late = p.exceeds(c)
		c.Throttle = Throttle{} // the rate is not what refused the call
	}
	return f
}

// exceeds counts the call against the rate of its caller, or of the address if
// the caller is not authenticated.
func (p *Pipeline) exceeds(c *Call) bool {
	c.rated = true
	if p.Allow == nil {
		return false
	}
	c.Throttle = p.Allow(cmp.Or(c.Caller.ID, c.Address), c.Op.Name)
	return c.Throttle != (Throttle{})
}

// provoke carries out an armed fault: a delay, a code, or both
// (docs/spec/dingtalk.md#wire-form-of-armed-faults). If the caller disconnects
// during the delay, the call ends as busy.
func (p *Pipeline) provoke(c *Call) *Failure {
	code, err := p.Faults.Provoke(c.Request.Context(), c.Op, p.protocol.Codes)
	switch {
	case err != nil:
		return c.Broken(err)
	case code == nil:
		return nil
	case slices.Contains(c.Op.Effects, code):
		c.effect = code.Code
		return nil
	case p.protocol.Armed != nil:
		code = p.protocol.Armed(c.Op, code)
	}
	return &Failure{Code: code, Rule: ArmedFault}
}
