package store

import (
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/engine"
)

// keyColumns says where a key of a kind is looked for: in a column whose values
// are blind indexes for a purpose, or plain. Both columns are in an index.
type keyColumns struct {
	table, id, column string
	purpose           string              // of the blind index; "" if the column is plain
	form              func(string) string // of the value before it is indexed
	numbers           bool                // ids are numbers
}

func asIs(s string) string { return s }

var objectKeys = map[directory.Kind]map[directory.ObjectKey]keyColumns{
	directory.ContactKind: {
		directory.KeyID:     {table: "contact", id: "id", column: "id"},
		directory.KeyMobile: {table: "contact", id: "id", column: "phone_index", purpose: phonePurpose, form: asIs},
		directory.KeyEmail:  {table: "contact", id: "id", column: "email_index", purpose: contactEmailPurpose, form: foldMail},
	},
	directory.EmployeeKind: {
		directory.KeyID:        {table: "employee", id: "user_id", column: "user_id"},
		directory.KeyName:      {table: "employee", id: "user_id", column: "name"},
		directory.KeyMobile:    {table: "employee", id: "user_id", column: "mobile_index", purpose: mobilePurpose, form: asIs},
		directory.KeyEmail:     {table: "employee", id: "user_id", column: "email_index", purpose: emailPurpose, form: normalAddress},
		directory.KeyTelephone: {table: "employee", id: "user_id", column: "telephone_index", purpose: telephonePurpose, form: asIs},
		directory.KeyLoginID:   {table: "employee", id: "user_id", column: "login_index", purpose: loginPurpose, form: asIs},
	},
	directory.DepartmentKind: {directory.KeyID: {table: "department", id: "id", column: "id", numbers: true}},
	directory.LabelKind:      {directory.KeyID: {table: "label", id: "id", column: "id", numbers: true}},
	directory.LabelGroupKind: {
		directory.KeyID:   {table: "label_group", id: "id", column: "id", numbers: true},
		directory.KeyName: {table: "label_group", id: "id", column: "name"},
	},
	directory.MessageContactKind: {
		directory.KeyID:   {table: "message_contact", id: "id", column: "id"},
		directory.KeyName: {table: "message_contact", id: "id", column: "name"},
	},
}

// ObjectsByKey implements [directory.ObjectKeyTx].
func (t *tx) ObjectsByKey(kind directory.Kind, key directory.ObjectKey, values []string) (map[string][]string, error) {
	found := map[string][]string{}
	if len(values) == 0 {
		return found, nil
	}
	if kind == directory.ContactKind && key == directory.KeyNameCompany {
		return found, t.contactsByNameAndCompany(values, found)
	}
	if kind == directory.EmployeeKind && key == directory.KeyAccount {
		return found, t.employeesByAccount(values, found)
	}
	k, ok := objectKeys[kind][key]
	if !ok {
		return found, directory.ErrQuery
	}
	asked := map[string][]string{} // stored values and what they were asked as
	stored := make([]any, 0, len(values))
	for _, v := range values {
		var column any = v
		text := v
		switch {
		case k.purpose != "":
			blind := t.Blind(k.purpose, k.form(v))
			column, text = blind, string(blind)
		case k.numbers:
			n, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				continue
			}
			column, text = n, strconv.FormatInt(n, 10)
		}
		if asked[text] == nil {
			stored = append(stored, column)
		}
		asked[text] = append(asked[text], v)
	}
	places, list := in(stored)
	err := t.Each("SELECT "+k.column+", "+k.id+" FROM "+k.table+" WHERE org = ? AND "+k.column+" IN ("+places+")", append(args{t.Org}, list...), func(r *row) error {
		value, id := "", ""
		switch {
		case k.numbers && k.column == k.id:
			id = strconv.FormatInt(r.Int(1), 10)
			value = id
		case k.numbers:
			value, id = r.Text(0), strconv.FormatInt(r.Int(1), 10)
		case k.purpose != "":
			value, id = string(r.Bytes(0)), r.Text(1)
		default:
			value, id = r.Text(0), r.Text(1)
		}
		for _, v := range asked[value] {
			found[v] = append(found[v], id)
		}
		return nil
	})
	return found, err
}

func (t *tx) employeesByAccount(values []string, found map[string][]string) error {
	var reads []*read
	for _, v := range values {
		org, user, _ := strings.Cut(v, "\x00")
		reads = append(reads, engine.One("SELECT user_id FROM employee WHERE org = ? AND outer_org = ? AND outer_user_id = ?", args{t.Org, org, user}, new(bool), func(r *row) error {
			found[v] = append(found[v], r.Text(0))
			return nil
		}))
	}
	return t.Batch(reads...)
}

func (t *tx) contactsByNameAndCompany(values []string, found map[string][]string) error {
	asked, names := map[string]bool{}, []string{}
	for _, v := range values {
		name := v
		for i := range v {
			if v[i] == 0 {
				name = v[:i]
				break
			}
		}
		asked[v], names = true, append(names, name)
	}
	places, list := in(names)
	return t.Each("SELECT name, company_name, id FROM contact WHERE org = ? AND name IN ("+places+")", append(args{t.Org}, list...), func(r *row) error {
		if v := directory.NameAndCompany(r.Text(0), text(r.NullText(1))); asked[v] {
			found[v] = append(found[v], r.Text(2))
		}
		return nil
	})
}

// idSpaces are the kinds whose ids are one space, and the nouns of the history
// that have had them.
var idSpaces = map[directory.Kind][]directory.Kind{
	directory.ContactKind:        {directory.ContactKind, directory.EmployeeKind},
	directory.EmployeeKind:       {directory.EmployeeKind, directory.ContactKind},
	directory.DepartmentKind:     {directory.DepartmentKind},
	directory.LabelKind:          {directory.LabelKind, directory.LabelGroupKind},
	directory.LabelGroupKind:     {directory.LabelGroupKind, directory.LabelKind},
	directory.MessageContactKind: {directory.MessageContactKind},
}

// IDStates implements [directory.ObjectKeyTx].
func (t *tx) IDStates(kind directory.Kind, ids []string) (map[string]directory.IDState, error) {
	states := map[string]directory.IDState{}
	if len(ids) == 0 {
		return states, nil
	}
	space := idSpaces[kind]
	places, list := in(ids)
	nounPlaces, nouns := in(space)
	for i, k := range nouns {
		nouns[i] = string(k.(directory.Kind))
	}
	err := t.Each("SELECT DISTINCT object FROM audit WHERE object IN ("+places+") AND org = ? AND noun IN ("+nounPlaces+") AND action = 'delete'",
		append(append(append(args{}, list...), t.Org), nouns...), func(r *row) error {
			states[r.Text(0)] = directory.IDTaken
			return nil
		})
	if err != nil {
		return nil, err
	}
	err = t.Each("SELECT id FROM bin WHERE org = ? AND kind = ? AND id IN ("+places+")", append(args{t.Org, string(kind)}, list...), func(r *row) error {
		states[r.Text(0)] = directory.IDInBin
		return nil
	})
	for i := len(space) - 1; i >= 0 && err == nil; i-- {
		state := directory.IDTaken
		if space[i] == kind {
			state = directory.IDLive
		}
		var live map[string][]string
		live, err = t.ObjectsByKey(space[i], directory.KeyID, ids)
		for id := range live {
			states[id] = state
		}
	}
	return states, err
}

// LastChange implements [directory.ObjectKeyTx].
func (t *tx) LastChange() (seq int64, err error) {
	_, err = t.One("SELECT seq FROM audit WHERE org = ? ORDER BY seq DESC LIMIT 1", args{t.Org}, func(r *row) error {
		seq = r.Int(0)
		return nil
	})
	return seq, err
}
