package acs

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/policy"
)

// failure is how a call ends without success: the code for the caller, and what
// the log and the error page may know beside it.
type failure struct {
	code      *api.Code
	message   string // in place of the code's own; "" keeps that
	counted   string // code for the metrics when the caller chose a part of it
	denied    *policy.Decision
	parameter string
	rule      api.Text
	value     api.Text // masked
	cause     error    // for the log only
}

func fail(c *api.Code) *failure { return &failure{code: c} }

func failFor(c *api.Code, rule api.Text) *failure { return &failure{code: c, rule: rule} }

// invalidParameter refuses a parameter before its operation has seen it. The
// name comes from the caller, so one that is no plain name is not repeated.
func invalidParameter(name string, rule api.Text) *failure {
	if !isPlainName(name) {
		return failFor(malformedRequest, rule)
	}
	return &failure{code: invalidArgument(name), counted: malformedRequest.Code, parameter: name, rule: rule}
}

func isPlainName(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_')
	}) < 0
}

// failureOf finds the code for an error of an operation or of the directory.
// op is nil before the operation is known to be allowed.
func failureOf(op *api.Operation, err error) *failure {
	var a *api.ArgumentError
	if errors.As(err, &a) {
		return argumentFailure(a)
	}
	if op != nil {
		if c := op.CodeOf(err); c != nil {
			return &failure{code: c, cause: err}
		}
	}
	switch {
	case errors.Is(err, directory.ErrBusy), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &failure{code: serviceUnavailable, cause: err}
	case errors.Is(err, directory.ErrDirectoryNotEnabled):
		return &failure{code: directoryNotEnabled, cause: err}
	}
	return &failure{code: internalError, cause: err}
}

func argumentFailure(a *api.ArgumentError) *failure {
	f := &failure{code: a.Code, parameter: a.Parameter, rule: a.Broken(), value: a.Value}
	switch {
	case a.Code != nil:
	case a.Missing:
		f.code = missingArgument(flatName(a.Parameter))
	default:
		f.code = invalidArgument(flatName(a.Parameter))
	}
	return f
}

// flatName spells the path of a nested parameter as this wire does: Tag[0].Key
// is Tag.1.Key.
func flatName(path string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(path, "[")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		index, after, _ := strings.Cut(rest, "]")
		n, _ := strconv.Atoi(index)
		b.WriteString("." + strconv.Itoa(n+1))
		path = after
	}
}
