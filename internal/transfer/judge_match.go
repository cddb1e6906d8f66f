package transfer

import (
	"slices"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// match is the object that a row is about.
type match struct {
	found  bool
	inBin  bool
	id     string
	made   bool
	object directory.Object // as it is before the row; only if the row may change it
	inFile *rowKey          // the key by which an earlier row is about it, too
	// problem is why it is unknown which object the row is about.
	problem *Problem
}

// rowKey is a key of a row.
type rowKey struct {
	key   directory.ObjectKey
	field string // where it stands
	value string
}

// keysOf returns the values of a row's keys, those of the options in their
// order.
func (j *judge) keysOf(p *pending, v directory.Values) (keys []rowKey) {
	for _, key := range j.options.keys(p.Kind) {
		if k, ok := keyOf(p.Kind, key, v); ok {
			keys = append(keys, k)
		}
	}
	return keys
}

// keyOf returns the value of one key, if the values have it.
func keyOf(kind directory.Kind, key directory.ObjectKey, v directory.Values) (k rowKey, ok bool) {
	k.key = key
	switch key {
	case directory.KeyID:
		k.field, k.value = kind.IDField(), givenID(kind, v)
	case keyPath:
		k.field = "name"
		if name, parent := v.Text("name"), v.Number("parentId"); name != "" && parent != 0 {
			k.value = pathKey(parent, name)
		}
	case keyGroupName:
		k.field = "name"
		if name, group := v.Text("name"), v.Text("group"); name != "" && group != "" {
			k.value = directory.NameAndCompany(directory.NameKey(group), directory.NameKey(name))
		}
	case directory.KeyNameCompany:
		k.field = "name"
		if name, company := v.Text("name"), v.Text("companyName"); name != "" && company != "" {
			k.value = directory.NameAndCompany(name, company)
		}
	case directory.KeyEmail:
		k.field, k.value = "email", lowerMail(v.Text("email"))
	case directory.KeyLoginID:
		k.field, k.value = extraField, extraText(v, "login_id")
	case directory.KeyAccount:
		k.field = extraField
		if org, id := extraText(v, "outer_exclusive_corpid"), extraText(v, "outer_exclusive_userid"); org != "" && id != "" {
			k.value = directory.NameAndCompany(org, id)
		}
	default:
		k.field, k.value = string(key), v.Text(string(key))
	}
	return k, k.value != ""
}

// extraField holds what a kind has no field of its own for.
const extraField = "extra"

func extraText(v directory.Values, name string) string {
	extra, _ := v[extraField].(map[string]any)
	text, _ := extra[name].(string)
	return text
}

// Keys of kinds that are all in memory.
const (
	keyPath      directory.ObjectKey = "path"
	keyGroupName directory.ObjectKey = "group+name"
)

// space names the key in the set of those that were seen.
func space(kind directory.Kind, key directory.ObjectKey) string {
	return string(kind) + " " + string(key)
}

// wantKeys asks the directory for what the keys of a row find.
func (j *judge) wantKeys(p *pending) {
	want := func(kind directory.Kind, key directory.ObjectKey) {
		if k, ok := keyOf(kind, key, p.Values); ok {
			j.looked.want(kind, key, k.value)
		}
	}
	switch p.Kind {
	case directory.ContactKind:
		want(directory.ContactKind, directory.KeyMobile)
		j.looked.want(directory.EmployeeKind, directory.KeyMobile, p.Values.Text("mobile"))
	case directory.EmployeeKind:
		for _, key := range uniqueKeys[p.Kind] {
			want(p.Kind, key)
		}
	case directory.MessageContactKind:
		want(p.Kind, directory.KeyName)
	}
	if p.Kind != directory.DepartmentKind && p.Kind != directory.LabelKind && p.Kind != directory.LabelGroupKind {
		for _, k := range j.keysOf(p, p.Values) {
			j.looked.want(p.Kind, k.key, k.value)
		}
	}
	if id := givenID(p.Kind, p.Values); id != "" {
		j.looked.want(p.Kind, directory.KeyID, id)
		j.looked.wantState(p.Kind, id)
	}
}

// candidate is an object that a key fits.
type candidate struct {
	id   string
	made bool
	row  uint32 // of the file that was about it last; 0: none
}

// match finds out which object a row is about
// (docs/spec/import.md#keys-of-duplicates).
func (j *judge) match(p *pending) (m match, err error) {
	if j.options.OnDuplicate == onDuplicateCreate {
		return m, nil
	}
	var chosen *candidate
	for _, k := range j.keysOf(p, p.Values) {
		found, err := j.candidates(p.Kind, k)
		if err != nil {
			return m, err
		}
		if k.key == directory.KeyID && len(found) == 0 && j.looked.state(p.Kind, k.value) == directory.IDInBin {
			return match{inBin: true, id: k.value}, nil
		}
		switch {
		case len(found) > 1:
			problem := p.at(k.field, "matchAmbiguous")
			return match{problem: &problem}, nil
		case len(found) == 0:
			continue
		case chosen != nil && chosen.id != found[0].id:
			problem := p.at(k.field, "matchConflict")
			return match{problem: &problem}, nil
		case chosen == nil:
			chosen = &found[0]
		}
		if found[0].row != 0 && m.inFile == nil {
			m.inFile = &k
		}
	}
	if chosen == nil {
		return m, nil
	}
	m.found, m.id, m.made = true, chosen.id, chosen.made
	if j.options.OnDuplicate == onDuplicateUpdate {
		m.object, err = j.objectOf(p.Kind, chosen)
	}
	return m, err
}

// standIn remembers the object of a row that brings an id which no object has: later
// rows of the file name it by that id (docs/spec/import.md#ids-that-a-file-brings).
func (j *judge) standIn(p *pending, m match) error {
	given := givenID(p.Kind, p.Values)
	if !m.found || given == "" || given == m.id {
		return nil
	}
	others, err := j.candidates(p.Kind, rowKey{directory.KeyID, p.Kind.IDField(), given})
	if err != nil || len(others) > 0 {
		return err
	}
	switch p.Kind {
	case directory.EmployeeKind:
		j.seen.put(personStandIns, given, uint32(p.row))
	case directory.DepartmentKind, directory.LabelKind, directory.LabelGroupKind:
		if j.standIns == nil {
			j.standIns = map[objectName]candidate{}
		}
		j.standIns[objectName{p.Kind, given}] = candidate{id: m.id, made: m.made}
	}
	return nil
}

// meant is a text that names an object, or the id of the object that was taken for
// the one with this id.
func (j *judge) meant(kind directory.Kind, text string) string {
	if c, ok := j.standIns[objectName{kind, text}]; ok {
		return c.id
	}
	return text
}

// candidates returns the objects that a key fits, as they are before the row.
func (j *judge) candidates(kind directory.Kind, k rowKey) (list []candidate, err error) {
	switch kind {
	case directory.DepartmentKind, directory.LabelKind, directory.LabelGroupKind:
		return j.inTrees(kind, k), nil
	}
	if row := j.seen.get(space(kind, k.key), k.value); row != 0 {
		c, err := j.ofRow(kind, k, row)
		if err != nil {
			return nil, err
		}
		if c.id != "" {
			list = append(list, c)
		}
	}
	for _, id := range j.looked.get(kind, k.key, k.value) {
		if slices.ContainsFunc(list, func(c candidate) bool { return c.id == id }) {
			continue
		}
		row := j.seen.get(space(kind, directory.KeyID), id)
		if row != 0 {
			has, err := j.stillHas(kind, k, row)
			if err != nil {
				return nil, err
			}
			if !has {
				continue
			}
		}
		list = append(list, candidate{id: id, row: row &^ madeBit})
	}
	return list, nil
}

// ofRow returns the object that an earlier row is about, if it still has the
// key.
func (j *judge) ofRow(kind directory.Kind, k rowKey, row uint32) (candidate, error) {
	number := row &^ madeBit
	if row&madeBit != 0 && j.options.OnDuplicate != onDuplicateUpdate {
		return candidate{j.ids.make(kind, int64(number), 0), true, number}, nil
	}
	earlier, err := j.log.get(int64(number))
	if err != nil {
		return candidate{}, err
	}
	if has, err := j.stillHas(kind, k, row); err != nil || !has {
		return candidate{}, err
	}
	return candidate{earlier.ID, earlier.Made, number}, nil
}

// stillHas reports whether the object of an earlier row has the key after the
// last row that is about it.
func (j *judge) stillHas(kind directory.Kind, k rowKey, row uint32) (bool, error) {
	if j.options.OnDuplicate != onDuplicateUpdate {
		return true, nil // nothing changes an object
	}
	last, err := j.lastOf(kind, row)
	if err != nil {
		return false, err
	}
	if last.Object == nil {
		return true, nil
	}
	now, ok := keyOf(kind, k.key, last.Object)
	return ok && now.value == k.value, nil
}

// lastOf returns the plan of the last row that is about the object of a row.
func (j *judge) lastOf(kind directory.Kind, row uint32) (*plan, error) {
	p, err := j.log.get(int64(row &^ madeBit))
	if err != nil {
		return nil, err
	}
	if row := j.seen.get(space(kind, directory.KeyID), p.ID); row != 0 && int64(row&^madeBit) != p.Row {
		last, err := j.log.get(int64(row &^ madeBit))
		if err != nil || last.Object != nil {
			return last, err
		}
	}
	return p, nil // those behind it were skipped
}

// inTrees returns the departments, labels and groups that a key fits: all of
// them are in memory.
func (j *judge) inTrees(kind directory.Kind, k rowKey) []candidate {
	switch {
	case kind == directory.DepartmentKind && k.key == keyPath:
		if n := j.tree.byKey(k.value); n != nil {
			return []candidate{{strconv.FormatInt(n.id, 10), n.made, n.row}}
		}
	case kind == directory.LabelKind && k.key == keyGroupName:
		if n := j.labels.byKey(k.value); n != nil {
			return []candidate{{strconv.FormatInt(n.id, 10), n.made, n.row}}
		}
	case kind == directory.DepartmentKind && k.key == directory.KeyID:
		if n := j.tree.byID(k.value); n != nil {
			return []candidate{{k.value, n.made, n.row}}
		}
	case kind == directory.LabelKind && k.key == directory.KeyID:
		id, _ := strconv.ParseInt(k.value, 10, 64)
		if n := j.labels.byID[id]; n != nil {
			return []candidate{{k.value, n.made, n.row}}
		}
	case kind == directory.LabelGroupKind && k.key == directory.KeyID:
		id, _ := strconv.ParseInt(k.value, 10, 64)
		if g := j.labels.groupN[id]; g != nil {
			return []candidate{{k.value, g.made, g.row}}
		}
	case kind == directory.LabelGroupKind && k.key == directory.KeyName:
		if g := j.labels.groups[directory.NameKey(k.value)]; g != nil && g.id != 0 {
			return []candidate{{strconv.FormatInt(g.id, 10), g.made, g.row}}
		}
	}
	return nil
}

// register remembers the keys of a row that made or met an object.
func (j *judge) register(p *pending, out *plan) {
	row := uint32(out.Row)
	if out.Made && out.Action == RowCreated {
		row |= madeBit
	}
	values := out.Object
	if values == nil { // skipped: what the row gives is known of the object
		values = p.Values
	}
	switch p.Kind {
	case directory.DepartmentKind, directory.LabelKind, directory.LabelGroupKind:
		j.touch(out)
		return
	}
	put := func(key directory.ObjectKey, value string) {
		// A row that was skipped leaves the object to the row that has made it.
		if in := space(p.Kind, key); out.Object != nil || j.seen.get(in, value) == 0 {
			j.seen.put(in, value, row)
		}
	}
	if !out.Made || out.Action != RowCreated || j.options.OnDuplicate == onDuplicateUpdate {
		put(directory.KeyID, out.ID)
	}
	keys := slices.Clone(j.options.keys(p.Kind))
	for _, key := range uniqueKeys[p.Kind] {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	for _, key := range keys {
		if k, ok := keyOf(p.Kind, key, values); ok && key != directory.KeyID {
			put(key, k.value)
		}
	}
	if p.Kind == directory.EmployeeKind && out.Object != nil {
		j.seen.add(personNames, directory.NameKey(out.Object.Text("name")), row)
	}
}

// uniqueKeys are the keys that no two objects of a kind may have.
var uniqueKeys = map[directory.Kind][]directory.ObjectKey{
	directory.ContactKind:        {directory.KeyMobile},
	directory.EmployeeKind:       {directory.KeyMobile, directory.KeyEmail, directory.KeyTelephone, directory.KeyLoginID, directory.KeyAccount},
	directory.MessageContactKind: {directory.KeyName},
}

// takenRules are the codes of values that another object has.
var takenRules = map[directory.ObjectKey]string{
	directory.KeyMobile: "mobileTaken", directory.KeyEmail: "emailTaken", directory.KeyTelephone: "telephoneTaken", directory.KeyName: "nameTaken",
	directory.KeyLoginID: "loginIdTaken", directory.KeyAccount: "accountTaken",
}

// checkUnique tells which of the values another object has: id is the row's own
// object.
func (j *judge) checkUnique(p *pending, id string, before, after directory.Values) {
	for _, key := range uniqueKeys[p.Kind] {
		k, ok := keyOf(p.Kind, key, after)
		was, had := keyOf(p.Kind, key, before)
		if !ok || p.wrong(k.field) && k.field != extraField || had && was.value == k.value {
			continue
		}
		if p.Kind == directory.EmployeeKind && key == directory.KeyMobile && after.Text("accountType") != "" && after.Text("accountType") != directory.AccountNormal {
			continue
		}
		if p.Kind == directory.ContactKind {
			if j.employeeHas(k.value) {
				p.errs = append(p.errs, p.at(k.field, "employeeMobile"))
				continue
			}
		}
		found, err := j.candidates(p.Kind, k)
		if err == nil && slices.ContainsFunc(found, func(c candidate) bool { return c.id != id }) {
			at := p.at(k.field, takenRules[key])
			if at.Value = after.Text(k.field); k.field == extraField { // which has other values, too
				at.Value = strings.ReplaceAll(k.value, "\x00", " ")
			}
			p.errs = append(p.errs, at)
		}
	}
}

// employeeHas reports whether an employee has a number.
func (j *judge) employeeHas(mobile string) bool {
	return len(j.looked.get(directory.EmployeeKind, directory.KeyMobile, mobile)) > 0 ||
		j.seen.get(space(directory.EmployeeKind, directory.KeyMobile), mobile) != 0
}

// checkNewID tells whether an id that the row brings is free.
func (j *judge) checkNewID(p *pending, v directory.Values) {
	id := givenID(p.Kind, v)
	if id == "" || p.wrong(p.Kind.IDField()) {
		return
	}
	taken := j.looked.state(p.Kind, id) != directory.IDFree
	for _, kind := range sameSpace[p.Kind] {
		taken = taken || j.seen.get(space(kind, directory.KeyID), id) != 0
	}
	switch n, _ := strconv.ParseInt(id, 10, 64); p.Kind {
	case directory.DepartmentKind:
		taken = taken || j.tree.nodes[n] != nil
	case directory.LabelKind, directory.LabelGroupKind:
		taken = taken || j.labels.byID[n] != nil || j.labels.groupN[n] != nil
	}
	if taken {
		p.errs = append(p.errs, p.at(p.Kind.IDField(), directory.RuleIDTaken))
	}
}

// sameSpace are the kinds that share a kind's ids.
var sameSpace = map[directory.Kind][]directory.Kind{
	directory.ContactKind:        {directory.ContactKind, directory.EmployeeKind},
	directory.EmployeeKind:       {directory.ContactKind, directory.EmployeeKind},
	directory.MessageContactKind: {directory.MessageContactKind},
}

// lowerMail is the form in which mail addresses are compared.
func lowerMail(address string) string { return strings.ToLower(address) }
