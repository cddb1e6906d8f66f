package top

import (
	"errors"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// failure is a call that ends with an error answer.
type failure struct {
	code    *api.Code
	gateway *gatewayCode // nil: a business failure, shown as the operation says

	text      string // in place of the code's own; "" keeps that
	argument  string // goes behind the colon of 40 and 41
	parameter string // for the error page
	rule      api.Text
	value     api.Text // masked
	cause     error    // logged; nil for what the caller did wrong
}

// refuse makes a failure of the gateway itself.
func refuse(c *gatewayCode) *failure { return &failure{code: c.code, gateway: c} }

// saying puts a text in place of the code's own.
func (f *failure) saying(text string) *failure {
	f.text = text
	return f
}

// naming adds the parameter that a 40 or 41 is about.
func (f *failure) naming(parameter string) *failure {
	f.argument, f.parameter = parameter, parameter
	return f
}

// because adds the rule that was broken, without personal values.
func (f *failure) because(rule api.Text) *failure {
	f.rule = rule
	return f
}

// broken makes the failure of a call that the server could not carry out
// (docs/spec/top.md#failures-of-the-server).
func broken(err error) *failure {
	f := refuse(internalError)
	f.cause = err
	return f
}

// failureOf translates what an operation returned.
func failureOf(op *api.Operation, err error) *failure {
	var argument *api.ArgumentError
	if errors.As(err, &argument) {
		return argumentFailure(argument)
	}
	if c := op.CodeOf(err); c != nil {
		f := failWith(c)
		f.text = c.Text(err)
		return f
	}
	if errors.Is(err, directory.ErrBusy) {
		return refuse(busy)
	}
	return broken(err)
}

// failWith makes the failure of a code that an operation declares: one of the
// platform's numbers is an error of the gateway, any other a business failure.
func failWith(c *api.Code) *failure {
	if own := gatewayCodeOf(c); own != nil {
		f := refuse(own)
		f.code = c
		return f
	}
	return &failure{code: c}
}

// argumentFailure: a field inside contact has another code than a parameter
// (docs/spec/top.md#argument-errors).
func argumentFailure(e *api.ArgumentError) *failure {
	var f *failure
	switch {
	case e.Code != nil:
		f = failWith(e.Code)
	case e.Missing && !isNested(e.Parameter):
		f = refuse(missingArguments)
	case e.Parameter == "contact" || strings.HasPrefix(e.Parameter, "contact.") || strings.HasPrefix(e.Parameter, "contact["):
		f = refuse(remoteServiceError)
	case e.Missing:
		f = refuse(missingArguments)
	default:
		f = refuse(invalidArguments)
	}
	f.argument, f.parameter, f.rule, f.value = e.Parameter, e.Parameter, e.Broken(), e.Value
	return f
}

func isNested(parameter string) bool { return strings.ContainsAny(parameter, ".[") }
