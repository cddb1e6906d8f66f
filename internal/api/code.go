package api

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Text is prose in both languages of the product.
type Text struct {
	Zh, En string
}

// IsZero reports whether the text is empty in both languages.
func (t Text) IsZero() bool { return t == Text{} }

// Textf formats a Text with figures, so that the prose shows the very constants
// that the rules use.
func Textf(zh, en string, figures ...any) Text {
	return Text{Zh: fmt.Sprintf(zh, figures...), En: fmt.Sprintf(en, figures...)}
}

// Code is an error answer of a vendor: status, code and text exactly as they go
// over the wire, with an explanation for our own pages. Codes are compared by
// pointer and are never changed after start.
type Code struct {
	HTTP int    // status of the REST and RPC gateways; TOP and oapi always answer 200
	Code string // "InvalidParameter.Name", "40036", "invalid.param"
	Msg  string // the vendor's bytes
	Sub  string // the sub code that goes with it in an error_response of TOP, if any
	Why  Text   // what the code means
	Fix  Text   // what the caller can do
	Wait bool   // the same call may succeed later: it was throttled, or the server is busy
	// Pause is how long Msg tells the caller to wait; 0: the limit says it.
	Pause time.Duration
	// Names: DingTalk's own gateways append the refused parameter to Msg.
	Names bool
	// Gateway: it is written like the gateway's own codes, though an operation
	// declares it.
	Gateway bool
	// Series replaces the code in log and metrics if callers choose a part of
	// it; "" is the code itself.
	Series string
	// Cause is the error of the core that this code stands for; nil for codes
	// of the gateway and of parameters.
	Cause error
	// Detail returns the part of a cause that is appended to Msg; nil appends
	// nothing.
	Detail func(cause error) string
}

// Waits reports whether the answer tells the caller to retry later.
func (c *Code) Waits() bool { return c.Wait || errors.Is(c.Cause, directory.ErrBusy) }

// Text returns the text that goes over the wire for a cause.
func (c *Code) Text(cause error) string {
	if c.Detail == nil {
		return c.Msg
	}
	return c.Msg + c.Detail(cause)
}

// ArgumentError reports the first parameter that was missing or invalid.
type ArgumentError struct {
	Parameter string // path as the caller spells it: "contact.label_ids"
	Missing   bool   // absent or empty, not malformed
	Code      *Code  // nil: the gateway answers its family's code
	Rule      Text   // the rule that was broken, without personal values
	Found     string // what was found instead, in English; if "", answers state the rule
	Value     Text   // the offending value, masked
}

// Broken returns the rule that was broken.
func (e *ArgumentError) Broken() Text {
	if e.Rule.IsZero() && e.Missing {
		return Text{Zh: "须给出，且不能为空", En: "must be given and not be empty"}
	}
	return e.Rule
}

// Reason is the text that an answer adds to the parameter's name, in English,
// or "".
func (e *ArgumentError) Reason() string { return cmp.Or(e.Found, e.Rule.En) }

func (e *ArgumentError) Error() string {
	if e.Missing {
		return fmt.Sprintf("parameter %s is missing", e.Parameter)
	}
	return fmt.Sprintf("parameter %s: %s", e.Parameter, e.Reason())
}

// brokenRule is a broken rule as an error.
type brokenRule struct{ Text }

func (r *brokenRule) Error() string { return r.En }

// RuleOf returns the rule that an error states; an error without a Chinese text
// gives its English text for both.
func RuleOf(err error) Text {
	if r := new(brokenRule); errors.As(err, &r) {
		return r.Text
	}
	return same(err.Error())
}

// CodeOf returns the code among codes that stands for err, or nil.
func CodeOf(err error, codes []*Code) *Code {
	for _, c := range codes {
		if c.Cause != nil && errors.Is(err, c.Cause) {
			return c
		}
	}
	return nil
}
