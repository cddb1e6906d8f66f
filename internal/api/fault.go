package api

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
)

// Fault makes the next calls of an operation fail or wait, so that clients can
// test errors that no parameter causes (docs/control-api.md).
type Fault struct {
	Operation string        // an operation's name, or "*" for all
	Code      string        // code to answer; "" only waits
	Times     int           // calls left
	Delay     time.Duration // wait before the call
}

// ArmedFault is the rule of an armed fault, for the log and the error page: it
// says that the call itself was valid.
var ArmedFault = Text{Zh: "无：此错误是注入的", En: "none: the fault was armed"}

// Faults holds the armed faults. The zero value is ready; it is safe for
// concurrent use.
type Faults struct {
	mu    sync.Mutex
	armed []Fault
}

// mostFaults is how many faults can be armed at once.
const mostFaults = 1000

// Arm adds a fault. It returns false if there are too many already.
func (f *Faults) Arm(x Fault) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.armed) >= mostFaults {
		return false
	}
	x.Operation, x.Code = strings.Clone(x.Operation), strings.Clone(x.Code) // they may be substrings of a request
	f.armed = append(f.armed, x)
	return true
}

// Clear removes all faults.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = nil
}

// Provoke uses up one count of the oldest fault for the operation whose code
// the operation or the family has, waits for the fault's delay and returns the
// code. It returns nil if there is no such fault, or one that only waits, and
// ctx's error if it ends during the delay. A nil *Faults has none.
func (f *Faults) Provoke(ctx context.Context, o *Operation, family []*Code) (*Code, error) {
	if f == nil {
		return nil, nil
	}
	x, code := f.take(o, family)
	if x.Delay > 0 {
		timer := time.NewTimer(x.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return code, nil
}

// take skips faults whose code neither the operation nor the family has: they
// wait for another call.
func (f *Faults) take(o *Operation, family []*Code) (x Fault, code *Code) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.armed {
		x = f.armed[i]
		if x.Operation != o.Name && x.Operation != "*" {
			continue
		}
		if x.Code != "" {
			if code = CodeNamed(x.Code, o.Codes(), o.Effects, family); code == nil {
				continue
			}
		}
		if f.armed[i].Times--; f.armed[i].Times <= 0 {
			f.armed = slices.Delete(f.armed, i, i+1)
		}
		return x, code
	}
	return Fault{}, nil
}

type effectKey struct{}

// Provoked returns the code of the fault among Op.Effects that was armed for the
// call of ctx, or "".
func Provoked(ctx context.Context) string {
	code, _ := ctx.Value(effectKey{}).(string)
	return code
}

// AnyName is the placeholder, in a code and in its text, for a name such as a
// parameter's.
const AnyName = "<Name>"

// CodeNamed returns the first code of that name in the lists, or nil. For a
// code with AnyName in it, it returns a copy with the actual name.
func CodeNamed(name string, lists ...[]*Code) *Code {
	for _, list := range lists {
		for _, c := range list {
			if c.Code == name {
				return c
			}
		}
	}
	for _, list := range lists {
		for _, c := range list {
			if given, ok := c.nameIn(name); ok {
				made := *c
				made.Code, made.Msg, made.Series = name, strings.ReplaceAll(c.Msg, AnyName, given), c.Code
				return &made
			}
		}
	}
	return nil
}

// nameIn returns what replaces the first AnyName, if name is a case of the
// code.
func (c *Code) nameIn(name string) (given string, ok bool) {
	if !strings.Contains(c.Code, AnyName) {
		return "", false
	}
	return caseOf(c.Code, name)
}

// longestName bounds what may replace an AnyName.
const longestName = 64

// caseOf matches name against a form with AnyName in it and returns the longest
// replacement of the first one.
func caseOf(form, name string) (given string, ok bool) {
	head, rest, found := strings.Cut(form, AnyName)
	if !found {
		return "", form == name
	}
	name, ok = strings.CutPrefix(name, head)
	if !ok {
		return "", false
	}
	for end := nameLength(name); end > 0; end-- {
		if _, ok := caseOf(rest, name[end:]); ok {
			return name[:end], true
		}
	}
	return "", false
}

// nameLength returns how many leading bytes could be a name.
func nameLength(s string) int {
	n := strings.IndexFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("_.-", r)
	})
	if n < 0 {
		n = len(s)
	}
	return min(n, longestName)
}

// IsCase reports whether name is the code with every AnyName replaced.
func (c *Code) IsCase(name string) bool {
	_, ok := c.nameIn(name)
	return ok
}

// Families returns the wires over which the operation can be called.
func (c *Catalogue) Families(o *Operation) (families []Family) {
	for _, r := range o.Routes {
		if !slices.Contains(families, r.Family) {
			families = append(families, r.Family)
		}
	}
	if !slices.Contains(families, TOPFamily) && c.TOP(o.Name) == o {
		families = append(families, TOPFamily)
	}
	return families
}
