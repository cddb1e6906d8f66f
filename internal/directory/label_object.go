package directory

import (
	"fmt"
	"slices"
	"strconv"
)

// labelEditor and labelGroupEditor edit labels and their groups for people.
type (
	labelEditor      struct{}
	labelGroupEditor struct{}
)

// object shows a label as people see it.
func (l Label) object(g LabelGroup) Object {
	return Object{Kind: LabelKind, ID: strconv.FormatInt(l.ID, 10), Version: l.Version, CreatedAt: l.CreatedAt, UpdatedAt: l.UpdatedAt, Values: Values{
		"labelId": l.ID, "name": l.Name, "groupId": l.GroupID, "group": g.Name, "color": g.Color,
	}.compact()}
}

// object shows a group as people see it.
func (g LabelGroup) object() Object {
	return Object{Kind: LabelGroupKind, ID: strconv.FormatInt(g.ID, 10), Version: g.Version, CreatedAt: g.CreatedAt, UpdatedAt: g.UpdatedAt, Values: Values{
		"groupId": g.ID, "name": g.Name, "color": g.Color,
	}.compact()}
}

// readLabel returns a label and its group. In an update it locks the labels.
func readLabel(tx Tx, id string, all func(Tx) ([]LabelGroup, error)) (gs []LabelGroup, g LabelGroup, l Label, err error) {
	if gs, err = all(tx); err != nil {
		return nil, g, l, err
	}
	for _, g := range gs {
		for _, l := range g.Labels {
			if strconv.FormatInt(l.ID, 10) == id {
				return gs, g, l, nil
			}
		}
	}
	return gs, g, l, fmt.Errorf("label %s: %w", id, ErrLabelNotFound)
}

func readLabelGroup(tx Tx, id string, all func(Tx) ([]LabelGroup, error)) ([]LabelGroup, LabelGroup, error) {
	gs, err := all(tx)
	if err != nil {
		return nil, LabelGroup{}, err
	}
	i := slices.IndexFunc(gs, func(g LabelGroup) bool { return strconv.FormatInt(g.ID, 10) == id })
	if i < 0 {
		return gs, LabelGroup{}, fmt.Errorf("label group %s: %w", id, ErrLabelNotFound)
	}
	return gs, gs[i], nil
}

func (labelEditor) object(_ *Session, tx Tx, id string) (Object, error) {
	_, g, l, err := readLabel(tx, id, allLabelGroups)
	return l.object(g), err
}

func (labelGroupEditor) object(_ *Session, tx Tx, id string) (Object, error) {
	_, g, err := readLabelGroup(tx, id, allLabelGroups)
	return g.object(), err
}

func (labelEditor) list(_ *Session, tx Tx, q ObjectQuery) (ObjectPage, error) {
	gs, err := allLabelGroups(tx)
	if err != nil {
		return ObjectPage{}, err
	}
	var all []Object
	for _, g := range gs {
		if q.Group != "" && q.Group != g.Name && q.Group != strconv.FormatInt(g.ID, 10) {
			continue
		}
		for _, l := range g.Labels {
			all = append(all, l.object(g))
		}
	}
	return pageOf(all, q)
}

func (labelGroupEditor) list(_ *Session, tx Tx, q ObjectQuery) (ObjectPage, error) {
	gs, err := allLabelGroups(tx)
	if err != nil {
		return ObjectPage{}, err
	}
	all := make([]Object, len(gs))
	for i, g := range gs {
		all[i] = g.object()
	}
	return pageOf(all, q)
}

// readLabelID reads the id of a label or a group, 0 if there can be none with it.
func readLabelID(text string) int64 {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id <= 0 || strconv.FormatInt(id, 10) != text {
		return 0
	}
	return id
}

// newLabelObjectID reads the id that a new label or group brings, or makes one. Both share
// one id space.
func (s *Session) newLabelObjectID(tx Tx, e Edit, gs []LabelGroup, p *problems) (int64, error) {
	if e.ID == "" {
		return s.newLabelID(), nil
	}
	id := readLabelID(e.ID)
	if p.checkID(e.ID); id == 0 {
		return 0, nil
	}
	taken := slices.ContainsFunc(gs, func(g LabelGroup) bool {
		return g.ID == id || slices.ContainsFunc(g.Labels, func(l Label) bool { return l.ID == id })
	})
	if !taken {
		var err error
		if taken, err = usedID(tx, e.ID, labelNoun, labelGroupNoun); err != nil {
			return 0, err
		}
	}
	if taken {
		p.add(p.kind.IDField(), RuleIDTaken, e.ID)
	}
	return id, nil
}

// checkLabelName tells what is wrong with a name that differs from the one before.
func (p *problems) checkLabelName(field, before, name string) error {
	if name == before || name == "" || p.has(field) {
		return nil
	}
	return p.refused(checkLabelName(name), field)
}

func sameLabelName(a, b string) bool { return NameKey(a) == NameKey(b) }

// groupOf finds the group that the values name, by id or by name. A new one has
// no id yet.
func groupOf(gs []LabelGroup, v Values, p *problems) (LabelGroup, error) {
	if id := v.Number("groupId"); id != 0 {
		i := slices.IndexFunc(gs, func(g LabelGroup) bool { return g.ID == id })
		if i >= 0 {
			return gs[i], nil
		}
		if v.Text("group") == "" {
			p.add("groupId", RuleGroupNotFound, id)
			return LabelGroup{}, nil
		}
	}
	name := v.Text("group")
	if i := slices.IndexFunc(gs, func(g LabelGroup) bool { return sameLabelName(g.Name, name) }); i >= 0 {
		return gs[i], nil
	}
	return LabelGroup{Name: name, Color: v.Number("color")}, p.checkLabelName("group", "", name)
}

func (labelEditor) create(s *Session, tx Tx, e Edit) (EditResult, error) {
	gs, err := labelGroupsToChange(tx)
	if err != nil {
		return EditResult{}, err
	}
	p := &problems{kind: LabelKind}
	p.check(e.Values, true)
	if e.Values.Number("groupId") != 0 { // it names the group as well
		p.list = slices.DeleteFunc(p.list, func(q Problem) bool { return q.Field == "group" && q.Rule == RuleMissing })
	}
	l := Label{Name: e.Values.Text("name"), Version: 1, CreatedAt: s.createdAt(e), UpdatedAt: s.now}
	if l.ID, err = s.newLabelObjectID(tx, e, gs, p); err != nil {
		return EditResult{}, err
	}
	if err := p.checkLabelName("name", "", l.Name); err != nil {
		return EditResult{}, err
	}
	g, err := groupOf(gs, e.Values, p)
	if err != nil {
		return EditResult{}, err
	}
	p.labelNameFree(g, Label{Name: l.Name})
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	g = s.groupToUse(tx, gs, g)
	l.GroupID = g.ID
	s.addLabel(tx, l, g.Name, "create")
	return EditResult{After: l.object(g), Changed: true}, nil
}

// labelNameFree tells if another label of the group has a name that looks like
// the label's.
func (p *problems) labelNameFree(g LabelGroup, l Label) {
	if slices.ContainsFunc(g.Labels, func(o Label) bool { return o.ID != l.ID && sameLabelName(o.Name, l.Name) }) {
		p.add("name", RuleNameTaken, l.Name)
	}
}

// groupToUse makes the group if it is new.
func (s *Session) groupToUse(tx Tx, gs []LabelGroup, g LabelGroup) LabelGroup {
	if g.ID != 0 {
		return g
	}
	g.ID, g.Version, g.CreatedAt, g.UpdatedAt = s.newLabelID(), 1, s.now, s.now
	if g.Color == 0 {
		g.Color = labelColor(gs)
	}
	s.addLabelGroup(tx, g, "create")
	return g
}

func (labelGroupEditor) create(s *Session, tx Tx, e Edit) (EditResult, error) {
	gs, err := labelGroupsToChange(tx)
	if err != nil {
		return EditResult{}, err
	}
	p := &problems{kind: LabelGroupKind}
	p.check(e.Values, true)
	g := LabelGroup{Name: e.Values.Text("name"), Color: e.Values.Number("color"), Version: 1, CreatedAt: s.createdAt(e), UpdatedAt: s.now}
	if g.ID, err = s.newLabelObjectID(tx, e, gs, p); err != nil {
		return EditResult{}, err
	}
	if g.Color == 0 {
		g.Color = labelColor(gs)
	}
	if err := p.checkGroup(gs, LabelGroup{}, g); err != nil {
		return EditResult{}, err
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	s.addLabelGroup(tx, g, "create")
	return EditResult{After: g.object(), Changed: true}, nil
}

// checkGroup tells what is wrong with name and color of a group.
func (p *problems) checkGroup(gs []LabelGroup, before, g LabelGroup) error {
	if err := p.checkLabelName("name", before.Name, g.Name); err != nil {
		return err
	}
	if slices.ContainsFunc(gs, func(o LabelGroup) bool { return o.ID != g.ID && sameLabelName(o.Name, g.Name) }) {
		p.add("name", RuleNameTaken, g.Name)
	}
	p.checkColor(g.Color)
	return nil
}

// checkColor tells if a colour is not one of 32 bits.
func (p *problems) checkColor(color int64) {
	if int64(int32(color)) != color {
		p.add("color", RuleValueInvalid, color)
	}
}

func (labelEditor) change(s *Session, tx Tx, e Edit) (EditResult, error) {
	gs, g, l, err := readLabel(tx, e.ID, labelGroupsToChange)
	if err != nil {
		return EditResult{}, err
	}
	if err := e.checkVersion(l.Version); err != nil {
		return EditResult{}, err
	}
	p := &problems{kind: LabelKind}
	p.check(e.Values, false)
	after, to := l, g
	if _, given := e.Values["name"]; given {
		after.Name = e.Values.Text("name")
	}
	// A group's id that is the present one is overruled by another name.
	if name, given := e.Values["group"]; given && name != g.Name || e.Values.Number("groupId") != 0 && e.Values.Number("groupId") != g.ID {
		v := Values{"group": e.Values["group"]}
		if id := e.Values.Number("groupId"); id != g.ID {
			v["groupId"] = e.Values["groupId"]
		}
		if to, err = groupOf(gs, v, p); err != nil {
			return EditResult{}, err
		}
	}
	p.ownID(e, l.ID)
	if err := p.checkLabelName("name", l.Name, after.Name); err != nil {
		return EditResult{}, err
	}
	p.labelNameFree(to, after)
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	r := EditResult{Before: l.object(g)}
	if after.Name == l.Name && to.ID == g.ID {
		r.After = r.Before
		return r, nil
	}
	to = s.groupToUse(tx, gs, to)
	after.GroupID = to.ID
	s.changeLabel(tx, l, after, g.Name, to.Name)
	after.Version, after.UpdatedAt = l.Version+1, s.now
	r.After, r.Changed = after.object(to), true
	return r, nil
}

// ownID tells if the values name another id than the object's.
func (p *problems) ownID(e Edit, id any) {
	if v, given := e.Values[p.kind.IDField()]; given && !Equal(v, id) {
		p.add(p.kind.IDField(), RuleValueInvalid, v)
	}
}

func (labelGroupEditor) change(s *Session, tx Tx, e Edit) (EditResult, error) {
	gs, g, err := readLabelGroup(tx, e.ID, labelGroupsToChange)
	if err != nil {
		return EditResult{}, err
	}
	if err := e.checkVersion(g.Version); err != nil {
		return EditResult{}, err
	}
	p := &problems{kind: LabelGroupKind}
	p.check(e.Values, false)
	after := g
	if _, given := e.Values["name"]; given {
		after.Name = e.Values.Text("name")
	}
	if _, given := e.Values["color"]; given {
		after.Color = e.Values.Number("color")
	}
	p.ownID(e, g.ID)
	if err := p.checkGroup(gs, g, after); err != nil {
		return EditResult{}, err
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	r := EditResult{Before: g.object()}
	if after.Name == g.Name && after.Color == g.Color {
		r.After = r.Before
		return r, nil
	}
	s.changeLabelGroup(tx, g, after)
	after.Version, after.UpdatedAt = g.Version+1, s.now
	r.After, r.Changed = after.object(), true
	return r, nil
}

func (labelEditor) remove(s *Session, tx Tx, e Edit) (EditResult, error) {
	_, g, l, err := readLabel(tx, e.ID, labelGroupsToChange)
	if err == nil {
		err = e.checkVersion(l.Version)
	}
	if err == nil {
		_, err = s.removeLabel(tx, g, l)
	}
	return EditResult{Before: l.object(g), Changed: true}, err
}

func (labelGroupEditor) remove(s *Session, tx Tx, e Edit) (EditResult, error) {
	_, g, err := readLabelGroup(tx, e.ID, labelGroupsToChange)
	if err == nil {
		err = e.checkVersion(g.Version)
	}
	if err == nil {
		_, err = s.removeLabel(tx, g, Label{})
	}
	return EditResult{Before: g.object(), Changed: true}, err
}

func (labelEditor) restore(s *Session, tx Tx, e Edit) (EditResult, error) {
	gs, err := labelGroupsToChange(tx)
	if err != nil {
		return EditResult{}, err
	}
	var l Label
	x, err := s.fromBin(tx, LabelKind, e.ID, &l)
	if err != nil {
		return EditResult{}, fmt.Errorf("label %s: %w", e.ID, err)
	}
	p := &problems{kind: LabelKind}
	i := slices.IndexFunc(gs, func(g LabelGroup) bool { return g.ID == l.GroupID })
	if i < 0 {
		p.add("groupId", RuleGroupNotFound, l.GroupID)
		return EditResult{}, p.err(e.ID)
	}
	p.labelNameFree(gs[i], l)
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	l.Version, l.UpdatedAt = x.Version+1, s.now
	tx.Bin().DeleteBin(LabelKind, e.ID)
	s.addLabel(tx, l, gs[i].Name, "restore")
	return EditResult{After: l.object(gs[i]), Changed: true}, nil
}

func (labelGroupEditor) restore(s *Session, tx Tx, e Edit) (EditResult, error) {
	gs, err := labelGroupsToChange(tx)
	if err != nil {
		return EditResult{}, err
	}
	var g LabelGroup
	x, err := s.fromBin(tx, LabelGroupKind, e.ID, &g)
	if err != nil {
		return EditResult{}, fmt.Errorf("label group %s: %w", e.ID, err)
	}
	p := &problems{kind: LabelGroupKind}
	if err := p.checkGroup(gs, g, g); err != nil {
		return EditResult{}, err
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	g.Version, g.UpdatedAt = x.Version+1, s.now
	tx.Bin().DeleteBin(LabelGroupKind, e.ID)
	s.addLabelGroup(tx, g, "restore")
	return EditResult{After: g.object(), Changed: true}, nil
}
