package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Call is the state of one call that is common to all wires. A Wire embeds it.
type Call struct {
	Writer   http.ResponseWriter // for its headers, until Send
	Request  *http.Request
	ID       string
	Started  time.Time
	Address  string     // the client's address, without the port
	Op       *Operation // nil until it is found
	Version  string     // of the product, if the wire has versions
	Asked    string     // what the caller named, if no operation was found
	Caller   directory.Principal
	Resource string   // that the operation named to [Permit]
	Throttle Throttle // the limit that the call exceeded
	Parts    *Parts   // set for a request with several calls

	pipeline *Pipeline
	wire     Wire
	effect   string // of a fault that does not fail the call
	busy     bool   // the server is too busy to accept it
	rated    bool   // the call was counted against the rate
	late     bool   // above the rate, though refused for another reason: the answer is delayed
}

// Parts are the calls of one request.
type Parts struct {
	Calls     []Wire
	Separator string // between their answers
}

func (c *Call) common() *Call { return c }

// Read is for wires whose answers have one format: it reads nothing.
func (c *Call) Read() *Failure { return nil }

// Permit checks that the token has the operation's permission code.
func (c *Call) Permit() *Failure {
	if c.Op.Auth == NeedsNothing || c.Caller.May(c.Op.Permission) {
		return nil
	}
	return &Failure{Code: c.pipeline.protocol.Denied, Rule: Textf("应用需要权限点 %s", "the app needs the permission %s", c.Op.Permission)}
}

// UseNonce is for wires without nonces: it does nothing.
func (c *Call) UseNonce() *Failure { return nil }

// Base is the address under which the caller reached this server: the base URL,
// or else scheme and host of the request.
func (c *Call) Base() string {
	if base := c.pipeline.BaseURL; base != "" {
		return base
	}
	scheme := "http://"
	if c.Request.TLS != nil {
		scheme = "https://"
	}
	return scheme + c.Request.Host
}

// PagesBase is the address of this server's pages.
func (c *Call) PagesBase() string {
	if pages := c.pipeline.Pages; pages != "" {
		return pages
	}
	return c.Base()
}

// Refused returns what error texts of admission say about the call. name is the
// operation's name on the wire; layered means that the number is a sub code of
// 88.
func (c *Call) Refused(name string, layered bool) *Refused {
	r := &Refused{Layered: layered, Now: c.Started, Pages: c.PagesBase(), AppKey: cmp.Or(c.Caller.App, c.Caller.ID), Address: c.Address, Name: name, Throttle: c.Throttle}
	if c.Op != nil {
		r.Permission = cmp.Or(c.Op.Permission, BaseScope)
	}
	return r
}

// Failure is why a call failed, and what to answer.
type Failure struct {
	Code *Code
	Text string // replaces the code's text on the wire, unless ""

	// For the log and the error page.
	Parameter string
	Rule      Text  // without personal values
	Value     Text  // masked
	Cause     error // set if the failure is not the caller's fault
}

// Fail returns the failure with a code.
func Fail(code *Code) *Failure { return &Failure{Code: code} }

// FailureOf returns the failure for an operation's error.
func (c *Call) FailureOf(err error) *Failure {
	var a *ArgumentError
	if errors.As(err, &a) {
		f := &Failure{Code: a.Code, Parameter: a.Parameter, Rule: a.Broken(), Value: a.Value}
		c.wire.Argument(a, f)
		return f
	}
	if r := (refusal{}); errors.As(err, &r) {
		return r.Failure
	}
	if code := c.Op.CodeOf(err); code != nil {
		return &Failure{Code: code, Text: code.Text(err)}
	}
	if code := CodeOf(err, c.pipeline.protocol.Generic); code != nil {
		return Fail(code)
	}
	return c.Broken(err)
}

// Broken returns the failure of a call that met a transient error or a bug.
func (c *Call) Broken(err error) *Failure {
	p := &c.pipeline.protocol
	code := p.Internal
	if code == nil || isTransient(err) {
		code = p.Busy
	}
	if p.Internal == nil && c.Op != nil {
		code = cmp.Or(c.Op.CodeOf(directory.ErrBusy), code)
	}
	return &Failure{Code: code, Cause: err}
}

// isTransient reports whether repeating the call may succeed.
func isTransient(err error) bool {
	return errors.Is(err, directory.ErrBusy) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
