package transfer

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// plan is what becomes of a row: what is told of it, and what is written.
type plan struct {
	Row, Line int64
	Kind      directory.Kind
	Action    string
	Name      string // for people, where there is no object

	ID     string // of the object
	Made   bool   // the import made the id, so a preview does not tell it
	Object directory.Values
	// Version is the one that the object has afterwards, and From the one that
	// the plan starts from; 0: any.
	Version, From int64
	Given         []string // of a change: the fields that the row gives
	Restored      bool     // the object is taken out of the bin first
	Verified      bool     // a new message contact is as its status says
	// Set are values that are written and that the object does not show: an
	// address that is not yet verified, a status that changes at once.
	Set       directory.Values
	CreatedAt int64    // Unix milliseconds; 0: now
	Late      []string // fields that are set after all rows, as they name later ones

	// Makes are departments and labels that the row needs and nobody has. One that turns out not to
	// be written keeps them for later rows.
	Makes []directory.Edit
	// Shown are the texts that a preview shows instead of ids that the import
	// makes, by field; "" for the ids that exist.
	Shown map[string][]string

	Errors, Warnings []Problem
}

// writes reports whether the plan changes anything.
func (p *plan) writes() bool { return p.Action == RowCreated || p.Action == RowUpdated }

// edits are what the plan writes, in order.
func (p *plan) edits() []directory.Edit {
	if !p.writes() {
		return nil
	}
	edits := slices.Clone(p.Makes)
	e := directory.Edit{Kind: p.Kind, ID: p.ID, Values: p.early()}
	if p.Action == RowCreated {
		e.Do, e.NewID = directory.CreateObject, p.Made
		e.Verified = p.Verified
		if p.CreatedAt > 0 {
			e.CreatedAt = time.UnixMilli(p.CreatedAt).UTC()
		}
		return append(edits, e)
	}
	e.Do, e.IfVersion, e.Values = directory.ChangeObject, p.From, p.given()
	if p.Restored {
		edits = append(edits, directory.Edit{Kind: p.Kind, Do: directory.RestoreObject, ID: p.ID, NewOwner: p.Object.Text("followerUserId")})
		e.IfVersion = 0
	}
	return append(edits, e)
}

// early are the values of a new object but for those that are set at the end.
func (p *plan) early() directory.Values {
	if len(p.Late) == 0 && len(p.Set) == 0 {
		return p.Object
	}
	v := maps.Clone(p.Object)
	maps.Copy(v, p.Set)
	for _, name := range p.Late {
		delete(v, name)
	}
	return v
}

// given are the values of a change; those that the object lacks are cleared.
func (p *plan) given() directory.Values {
	v := make(directory.Values, len(p.Given))
	for _, name := range p.Given {
		f, _ := p.Kind.Field(name)
		value, set := p.Set[name]
		if !set {
			value = p.Object[name]
		}
		if v[name] = value; value == nil {
			v[name] = emptyOf(f.Type)
		}
	}
	return v
}

// reject makes the plan one of a row that is not written.
func (p *plan) reject(errors ...Problem) {
	p.Action, p.Errors, p.Warnings = RowRejected, errors, nil
	p.ID, p.Made, p.Object, p.Given, p.Shown, p.Set = "", false, nil, nil, nil, nil
}

// report tells what became of the row. A preview, and a row that is not yet
// written, does not tell ids that the import makes.
func (p *plan) report(written bool) RowReport {
	id, object := p.ID, p.Object
	if !written {
		if p.Made {
			id = ""
		}
		object = p.shown()
	}
	r := NewRowReport(p.Row, p.Line, p.Kind, p.Action, id, object, p.Errors, p.Warnings)
	r.Name = p.Name
	return r
}

// shown is the object as a preview shows it.
func (p *plan) shown() directory.Values {
	if p.Object == nil || len(p.Shown) == 0 && !p.Made {
		return p.Object
	}
	v := make(directory.Values, len(p.Object))
	for name, value := range p.Object {
		v[name] = value
	}
	if p.Made {
		delete(v, p.Kind.IDField())
	}
	for name, texts := range p.Shown {
		switch value := v[name].(type) {
		case string, int64:
			if len(texts) > 0 && texts[0] != "" {
				v[name] = texts[0]
			}
		case []string:
			v[name] = mixed(value, texts)
		case []int64:
			v[name] = mixed(value, texts)
		}
	}
	return v
}

// mixed is a list in which texts stand for some ids.
func mixed[T any](ids []T, texts []string) []any {
	list := make([]any, len(ids))
	for i, id := range ids {
		if list[i] = id; i < len(texts) && texts[i] != "" {
			list[i] = texts[i]
		}
	}
	return list
}

// idValue is an object's id as a value of its kind's id field.
func idValue(kind directory.Kind, id string) any {
	f, _ := kind.Field(kind.IDField())
	if f.Type == directory.NumberField {
		n, _ := strconv.ParseInt(id, 10, 64) // ids of these kinds are numbers
		return n
	}
	return id
}
