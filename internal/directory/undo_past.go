package directory

import (
	"cmp"
	"maps"
	"slices"
)

// past is what the entries of one object say about an undo.
type past struct {
	kind         Kind
	name         string
	made         bool           // the first selected entry made the object
	before       Values         // of each field that a selected entry changed: its value before the first
	extra        map[string]any // the same within "extra"
	touched      map[string]bool
	foreign      map[string]AuditEntry // fields that others changed later, and by which entry
	foreignEntry AuditEntry            // the last of them
	deletion     AuditEntry            // the last deletion
	deletedHere  bool                  // it is selected
	calledOff    bool                  // the last selected entry kept an object whose deletion was under way
	final        Values                // of an object whose deletion is under way
	erased       bool
}

// readPast reads all entries of an object, newest first.
func readPast(kind Kind, all []AuditEntry, selected map[int64]bool, first int64) (*past, error) {
	p := &past{kind: kind, before: Values{}, extra: map[string]any{}, touched: map[string]bool{}, foreign: map[string]AuditEntry{}}
	for _, e := range slices.Backward(all) {
		changes, erased, err := changesOf(kind, e)
		if err != nil {
			return nil, err
		}
		if e.Seq < first {
			continue
		}
		if erased {
			p.erased = true
		}
		action := peopleAction(e.Action)
		if e.Seq == first {
			p.made = action == "create" || action == "restore"
		}
		switch {
		case e.Action == deleteBeginAction, action == "delete":
			// The end of a deletion belongs to its beginning.
			here := p.deletedHere && p.deletion.Action == deleteBeginAction && p.deletion.RequestID == e.RequestID
			p.deletion, p.deletedHere, p.calledOff = e, here || selected[e.Seq], false
		case e.Action == deleteCancelAction:
			p.calledOff = selected[e.Seq]
		}
		for _, c := range changes {
			if c.Field == "name" {
				if name, ok := cmp.Or(c.After, c.Before).(string); ok {
					p.name = name
				}
			}
			p.change(c, e, action, selected[e.Seq])
		}
	}
	return p, nil
}

// change notes one field of one entry, in the order of time.
func (p *past) change(c FieldChange, e AuditEntry, action string, selected bool) {
	if f, ok := p.kind.Field(c.Field); !ok || f.ReadOnly {
		return
	}
	switch {
	case action != "update":
	case selected:
		if c.Field == "extra" {
			p.changeExtra(c)
		} else if !p.touched[c.Field] {
			p.before[c.Field] = c.Before
		}
		p.touched[c.Field] = true
		delete(p.foreign, c.Field) // put back over by what is undone itself
	case p.touched[c.Field] || p.made:
		p.foreign[c.Field], p.foreignEntry = e, e
	}
}

// changeExtra notes the first value of each name within "extra".
func (p *past) changeExtra(c FieldChange) {
	was, _ := c.Before.(map[string]any)
	is, _ := c.After.(map[string]any)
	for _, side := range [...]map[string]any{was, is} {
		for name := range side {
			if _, known := p.extra[name]; !known && p.kind.hasExtra(name) {
				p.extra[name] = was[name]
			}
		}
	}
}

// extraBefore puts the names within "extra" back to what they were.
func (p *past) extraBefore(now Values) map[string]any {
	extra, _ := now["extra"].(map[string]any)
	extra = maps.Clone(extra)
	if extra == nil {
		extra = map[string]any{}
	}
	for name, before := range p.extra {
		if isEmpty(before) {
			delete(extra, name)
			continue
		}
		extra[name] = before
	}
	return extra
}

// putBack returns the fields that differ from what they were before.
func (p *past) putBack(now Values) Values {
	values := Values{}
	for field, before := range p.before {
		if !Equal(now[field], before) {
			values[field] = zeroOf(p.kind, field, before)
		}
	}
	if len(p.extra) > 0 {
		if extra := p.extraBefore(now); !Equal(now["extra"], extra) {
			values["extra"] = extra
		}
	}
	return values
}

// lastValues are the values of a deleted object, as its deletion shows them.
func (p *past) lastValues() Values {
	if p.final != nil {
		return p.final
	}
	values, err := p.kind.fromRecord(p.deletion.Before)
	if err != nil {
		return Values{}
	}
	return values
}

// disputed returns the fields to be put back that others have changed.
func (p *past) disputed(values Values) (fields []string) {
	for _, f := range p.kind.Fields() {
		_, back := values[f.Name]
		if _, ok := p.foreign[f.Name]; ok && back {
			fields = append(fields, f.Name)
		}
	}
	return fields
}
