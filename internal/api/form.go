package api

import (
	"iter"
	"net/url"
	"slices"
	"strings"
)

// MaxParameters is how many parameters a request may have
// (docs/spec/reliability.md#limits-of-a-request, docs/spec/top.md#size-of-a-request).
const MaxParameters = 1000

// Errors of parsing a query or form.
var (
	ErrEscape            error = &brokenRule{Text{"百分号编码须正确", "a percent escape is not valid"}}
	ErrCharset           error = &brokenRule{Text{"名称和值须用请求体的字符集", "a name or value is not in the character set"}}
	ErrTooManyParameters error = &brokenRule{Text{"参数多于 1000 个", "more than 1,000 parameters"}}
)

// Parameter is one name and value of a query or form, decoded.
type Parameter struct{ Name, Value string }

// Parameters is a list of parameters, which can be searched once sorted.
type Parameters []Parameter

// Sort sorts them by name in byte order; parameters of one name keep their
// order.
func (ps Parameters) Sort() {
	slices.SortStableFunc(ps, func(a, b Parameter) int { return strings.Compare(a.Name, b.Name) })
}

// Get returns the value of the first parameter of that name, or "".
func (ps Parameters) Get(name string) string {
	i, ok := slices.BinarySearchFunc(ps, name, func(p Parameter, name string) int { return strings.Compare(p.Name, name) })
	if !ok {
		return ""
	}
	return ps[i].Value
}

// Form parses the parameters of a query or form in their order, with
// repetitions. Unlike package url it treats a semicolon like any other
// character (docs/spec/top.md#forms). Percent escapes are bytes of the
// character set; UTF-8 is not validated. With [ErrEscape] and [ErrCharset] it
// yields the name, if that could be read, and parsing can continue; after
// [ErrTooManyParameters] it ends.
func Form(form string, charset Charset) iter.Seq2[Parameter, error] {
	return func(yield func(Parameter, error) bool) {
		n := 0
		for rest := form; rest != ""; {
			var pair string
			pair, rest, _ = strings.Cut(rest, "&")
			if pair == "" {
				continue
			}
			if n++; n > MaxParameters {
				yield(Parameter{}, ErrTooManyParameters)
				return
			}
			if !yield(charset.parameter(pair)) {
				return
			}
		}
	}
}

func (c Charset) parameter(pair string) (p Parameter, err error) {
	name, value, _ := strings.Cut(pair, "=")
	if p.Name, err = c.unescape(name); err == nil {
		p.Value, err = c.unescape(value)
	}
	return p, err
}

func (c Charset) unescape(s string) (string, error) {
	s, err := url.QueryUnescape(s)
	if err != nil {
		return "", ErrEscape
	}
	if c.coding == nil {
		return s, nil
	}
	s, ok := c.Text(s)
	if !ok {
		return "", ErrCharset
	}
	return s, nil
}
