package api

import (
	"context"
	"errors"
)

type permitKey struct{}

// permitter answers, for an operation with Op.Asks, what it asks of its wire.
type permitter struct {
	pipeline *Pipeline
	call     *Call
}

// refusal is a failure of the wire as an error of an operation.
type refusal struct{ *Failure }

func (r refusal) Error() string { return r.Code.Msg }

// errNotAsked is a bug: only the pipeline calls operations that ask.
var errNotAsked = errors.New("an operation asks for its caller's permission outside a call")

// Permit checks the permission, which comes before the parameters for all
// operations but those with Op.Asks. resource is the RAM resource of the call;
// the text of denied replaces the wire's for a caller that may not.
func Permit(ctx context.Context, resource string, denied *Code) error {
	p, ok := ctx.Value(permitKey{}).(permitter)
	if !ok {
		return errNotAsked
	}
	p.call.Resource = resource
	f := p.pipeline.check(CheckPermission, p.call)
	if f == nil {
		return nil
	}
	if f.Code == p.pipeline.protocol.Denied {
		f.Text = denied.Msg
	}
	return refusal{f}
}

// Sender returns the address of the caller of an operation with Op.Asks, and
// whether the call came over TLS.
func Sender(ctx context.Context) (address string, secure bool) {
	p, ok := ctx.Value(permitKey{}).(permitter)
	if !ok {
		return "", false
	}
	return p.call.Address, p.call.Request.TLS != nil
}
