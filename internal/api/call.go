package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Call is what is known about one call, whatever the wire. A Wire embeds it.
type Call struct {
	Writer   http.ResponseWriter // for its headers, until Send
	Request  *http.Request
	ID       string
	Started  time.Time
	Address  string     // where the request came from, without the port
	Op       *Operation // nil until it is found
	Asked    string     // what the caller named, where no operation was found
	Caller   directory.Principal
	Throttle Throttle // the limit that the call went over
	Parts    *Parts   // of a request that holds several calls

	pipeline *Pipeline
	wire     Wire
	busy     bool // the server has no place for it
	rated    bool // the call was counted in the rate
	late     bool // above the rate, though refused for another reason: the answer comes late
}

// Parts are the calls of one request.
type Parts struct {
	Calls     []Wire
	Separator string // between their answers
}

func (c *Call) common() *Call { return c }

// Read reads nothing: the form of the answer is always the same.
func (c *Call) Read() *Failure { return nil }

// Permit asks for the permission code of the operation among those of the token.
func (c *Call) Permit() *Failure {
	if c.Op.Auth == NeedsNothing || c.Caller.May(c.Op.Permission) {
		return nil
	}
	return &Failure{Code: c.pipeline.protocol.Denied, Rule: Textf("应用需要权限点 %s", "the app needs the permission %s", c.Op.Permission)}
}

// UseNonce has none to use up.
func (c *Call) UseNonce() *Failure { return nil }

// Base is where the caller reached us: the base URL, or else scheme and host of
// the request.
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

// PagesBase is where the caller finds our own pages.
func (c *Call) PagesBase() string {
	if pages := c.pipeline.Pages; pages != "" {
		return pages
	}
	return c.Base()
}

// Refused is what the texts of admission tell of the call. name is the
// operation's on the wire; layered: the number is shown below 88.
func (c *Call) Refused(name string, layered bool) *Refused {
	r := &Refused{Layered: layered, Now: c.Started, Pages: c.PagesBase(), AppKey: cmp.Or(c.Caller.App, c.Caller.ID), Address: c.Address, Name: name, Throttle: c.Throttle}
	if c.Op != nil {
		r.Permission = cmp.Or(c.Op.Permission, BaseScope)
	}
	return r
}

// Failure is how a call ends without success.
type Failure struct {
	Code *Code
	Text string // goes over the wire in place of the code's own; "" keeps that

	// For the log and the page of the error.
	Parameter string
	Rule      Text  // without personal values
	Value     Text  // masked
	Cause     error // what went wrong where the caller did nothing wrong
}

// Fail makes the failure of a code.
func Fail(code *Code) *Failure { return &Failure{Code: code} }

// FailureOf finds the code for what an operation returned.
func (c *Call) FailureOf(err error) *Failure {
	var a *ArgumentError
	if errors.As(err, &a) {
		f := &Failure{Code: a.Code, Parameter: a.Parameter, Rule: a.Broken(), Value: a.Value}
		c.wire.Argument(a, f)
		return f
	}
	if code := c.Op.CodeOf(err); code != nil {
		return &Failure{Code: code, Text: code.Text(err)}
	}
	if code := CodeOf(err, c.pipeline.protocol.Generic); code != nil {
		return Fail(code)
	}
	return c.Broken(err)
}

// Broken makes the failure of a call that the server could not carry out now, or
// of a bug.
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

// isTransient reports an error that the same call may not meet again.
func isTransient(err error) bool {
	return errors.Is(err, directory.ErrBusy) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
