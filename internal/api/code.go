package api

import (
	"cmp"
	"errors"
	"fmt"

	"github.com/mingce/mingce/internal/directory"
)

// Text is prose in both languages of the product.
type Text struct {
	Zh, En string
}

// IsZero reports whether nothing is said.
func (t Text) IsZero() bool { return t == Text{} }

// Textf is a Text with figures in it, which are those that the rules hold to.
func Textf(zh, en string, figures ...any) Text {
	return Text{Zh: fmt.Sprintf(zh, figures...), En: fmt.Sprintf(en, figures...)}
}

// Code is one error answer of a vendor: its status, code and text exactly as
// they go over the wire, and, beside the wire, what it means and what helps.
// Codes are compared by pointer and are never changed after start.
type Code struct {
	HTTP int    // status of the REST and RPC gateways; TOP and oapi always answer 200
	Code string // "InvalidParameter.Name", "40036", "invalid.param"
	Msg  string // the vendor's bytes
	Sub  string // the sub code that goes with it in an error_response of TOP, if any
	Why  Text   // what the code says about the request
	Fix  Text   // what the caller can do
	Wait bool   // the same call may succeed later: it was too many, or the server is busy
	// Names: DingTalk's own gateways put the refused parameter behind Msg.
	Names bool
	// Gateway: it is shown as the gateway's own code, though an operation declares it.
	Gateway bool
	// Series stands for the code in log and metrics where callers choose a part of
	// the code; "" is the code itself.
	Series string
	// Cause is the error of the core that this code stands for; nil for codes
	// of the gateway and of parameters.
	Cause error
	// Detail words what of a cause goes behind Msg; nil: nothing does.
	Detail func(cause error) string
}

// Waits reports whether the answer tells the caller to come again later.
func (c *Code) Waits() bool { return c.Wait || errors.Is(c.Cause, directory.ErrBusy) }

// Text is what goes over the wire for a cause.
func (c *Code) Text(cause error) string {
	if c.Detail == nil {
		return c.Msg
	}
	return c.Msg + c.Detail(cause)
}

// ArgumentError reports the first parameter that was missing or not acceptable.
type ArgumentError struct {
	Parameter string // path as the caller spells it: "contact.label_ids"
	Missing   bool   // absent or empty, not malformed
	Code      *Code  // nil: the gateway answers its family's own code
	Rule      Text   // the rule that was broken, without personal values
	Found     string // what was found instead, in English; "": answers say the rule
	Value     Text   // the offending value, masked
}

// Broken returns the rule that was broken.
func (e *ArgumentError) Broken() Text {
	if e.Rule.IsZero() && e.Missing {
		return Text{Zh: "须给出，且不能为空", En: "must be given and not be empty"}
	}
	return e.Rule
}

// Reason is what an answer says behind the parameter's name, in English; "" if
// nothing is known.
func (e *ArgumentError) Reason() string { return cmp.Or(e.Found, e.Rule.En) }

func (e *ArgumentError) Error() string {
	if e.Missing {
		return fmt.Sprintf("parameter %s is missing", e.Parameter)
	}
	return fmt.Sprintf("parameter %s: %s", e.Parameter, e.Reason())
}

// brokenRule is an error that is the rule which was broken.
type brokenRule struct{ Text }

func (r *brokenRule) Error() string { return r.En }

// RuleOf returns the rule that an error says, in English only if it knows no other
// language.
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
