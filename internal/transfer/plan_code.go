package transfer

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/mingce/mingce/internal/directory"
)

// Plans are stored in a form of their own: millions of them are written and read
// again, and JSON would take most of the time.

var errPlan = errors.New("stored plan of a row is damaged")

// coder appends values to a buffer.
type coder struct{ b []byte }

func (c *coder) number(n int64) { c.b = binary.AppendVarint(c.b, n) }
func (c *coder) text(s string)  { c.number(int64(len(s))); c.b = append(c.b, s...) }

func (c *coder) flag(v bool) {
	if v {
		c.b = append(c.b, 1)
	} else {
		c.b = append(c.b, 0)
	}
}

// flags appends up to eight truths as one byte.
func (c *coder) flags(list ...bool) {
	b := byte(0)
	for i, v := range list {
		if v {
			b |= 1 << i
		}
	}
	c.b = append(c.b, b)
}

func (c *coder) texts(list []string) {
	c.number(int64(len(list)))
	for _, s := range list {
		c.text(s)
	}
}

func (c *coder) problems(list []Problem) {
	c.number(int64(len(list)))
	for i := range list {
		p := &list[i]
		c.text(p.Code)
		c.number(p.Line)
		c.number(int64(p.Column))
		c.text(p.Header)
		c.text(p.Field)
		c.text(p.clipped())
		c.number(int64(p.Most))
	}
}

// values appends the fields of a kind. nil differs from no values.
func (c *coder) values(kind directory.Kind, v directory.Values) {
	if v == nil {
		c.number(-1)
		return
	}
	c.number(int64(len(v)))
	for i, f := range kind.Fields() {
		value, ok := v[f.Name]
		if !ok {
			continue
		}
		c.number(int64(i))
		switch value := value.(type) {
		case string:
			c.text(value)
		case int64:
			c.number(value)
		case bool:
			c.flag(value)
		case []string:
			c.texts(value)
		case []int64:
			c.number(int64(len(value)))
			for _, n := range value {
				c.number(n)
			}
		default:
			text, err := json.Marshal(value) // of extra: what was read from JSON
			if err != nil {
				panic("plan of an import: " + err.Error())
			}
			c.text(string(text))
		}
	}
}

func (c *coder) plan(p *plan) {
	c.number(p.Row)
	c.number(p.Line)
	c.text(string(p.Kind))
	c.text(p.Action)
	c.text(p.Name)
	c.text(p.ID)
	c.flag(p.Made)
	c.values(p.Kind, p.Object)
	c.number(p.Version)
	c.number(p.From)
	c.texts(p.Given)
	c.flags(p.Restored, p.Verified, p.Set != nil)
	if p.Set != nil {
		c.values(p.Kind, p.Set)
	}
	c.number(p.CreatedAt)
	c.texts(p.Late)
	c.number(int64(len(p.Makes)))
	for _, e := range p.Makes {
		c.text(string(e.Kind))
		c.text(e.ID)
		c.values(e.Kind, e.Values)
	}
	c.number(int64(len(p.Shown)))
	for _, name := range slices.Sorted(maps.Keys(p.Shown)) {
		c.text(name)
		c.texts(p.Shown[name])
	}
	c.problems(p.Errors)
	c.problems(p.Warnings)
}

// planReader reads what a coder has written.
type planReader struct {
	b   []byte
	err error
}

func (d *planReader) number() int64 {
	n, size := binary.Varint(d.b)
	if size <= 0 {
		d.err, d.b = errPlan, nil
		return 0
	}
	d.b = d.b[size:]
	return n
}

// count is a number of things that are still to come.
func (d *planReader) count() int {
	n := d.number()
	if n < 0 || n > int64(len(d.b)) {
		d.err = errPlan
		return 0
	}
	return int(n)
}

func (d *planReader) text() string {
	n := d.count()
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}

func (d *planReader) flag() bool {
	if len(d.b) == 0 {
		d.err = errPlan
		return false
	}
	v := d.b[0] == 1
	d.b = d.b[1:]
	return v
}

func (d *planReader) flags() (b byte) {
	if len(d.b) == 0 {
		d.err = errPlan
		return 0
	}
	b, d.b = d.b[0], d.b[1:]
	return b
}

func (d *planReader) texts() []string {
	n := d.count()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = d.text()
	}
	return list
}

func (d *planReader) problems() []Problem {
	n := d.count()
	if n == 0 {
		return nil
	}
	list := make([]Problem, n)
	for i := range list {
		list[i] = Problem{Code: d.text(), Line: d.number(), Column: int(d.number()), Header: d.text(), Field: d.text(), Value: d.text(), Most: int(d.number())}
	}
	return list
}

func (d *planReader) values(kind directory.Kind) directory.Values {
	n := d.number()
	if n < 0 {
		return nil
	}
	fields := kind.Fields()
	v := make(directory.Values, min(n, int64(len(fields))))
	for ; n > 0 && d.err == nil; n-- {
		i := d.number()
		if i < 0 || i >= int64(len(fields)) {
			d.err = errPlan
			break
		}
		v[fields[i].Name] = d.value(fields[i].Type)
	}
	return v
}

func (d *planReader) value(t directory.FieldType) any {
	switch t {
	case directory.TextField:
		return d.text()
	case directory.BoolField:
		return d.flag()
	case directory.TextsField:
		return append([]string{}, d.texts()...)
	case directory.NumbersField:
		list := make([]int64, d.count())
		for i := range list {
			list[i] = d.number()
		}
		return list
	case directory.ExtraField:
		var extra map[string]any
		if err := json.Unmarshal([]byte(d.text()), &extra); err != nil {
			d.err = errPlan
		}
		return extra
	}
	return d.number()
}

func (d *planReader) plan() *plan {
	p := &plan{Row: d.number(), Line: d.number(), Kind: directory.Kind(d.text()), Action: d.text(), Name: d.text(), ID: d.text(), Made: d.flag()}
	p.Object = d.values(p.Kind)
	p.Version, p.From, p.Given = d.number(), d.number(), d.texts()
	flags := d.flags()
	if p.Restored, p.Verified = flags&1 != 0, flags&2 != 0; flags&4 != 0 {
		if p.Set = d.values(p.Kind); p.Object == nil {
			d.err = errPlan // what is not shown belongs to something
		}
	}
	p.CreatedAt = d.number()
	p.Late = d.texts()
	for n := d.count(); n > 0 && d.err == nil; n-- {
		e := directory.Edit{Kind: directory.Kind(d.text()), Do: directory.CreateObject, ID: d.text(), NewID: true}
		e.Values = d.values(e.Kind)
		if !e.Kind.Known() {
			d.err = errPlan
		}
		p.Makes = append(p.Makes, e)
	}
	for n := d.count(); n > 0 && d.err == nil; n-- {
		if p.Shown == nil {
			p.Shown = map[string][]string{}
		}
		name := d.text()
		p.Shown[name] = d.texts()
	}
	p.Errors, p.Warnings = d.problems(), d.problems()
	if !p.Kind.Known() && (p.Object != nil || p.Set != nil || p.Made || p.ID != "" || len(p.Given) > 0) {
		d.err = errPlan
	}
	return p
}
