package transfer

import (
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// personText is a text that may be a user id, a number or a name of an employee.
const personText directory.ObjectKey = "person"

// Spaces of employees of the file: the names of those that it makes, and the ids of
// others that rows about them bring.
const (
	personNames    = "employee name"
	personStandIns = "employee of another id"
)

// mostPeople is how many texts are remembered between batches.
const mostPeople = 20_000

// found are the employees of the directory that a text may mean.
type foundPeople struct {
	id      bool
	byPhone []string
	byName  []string
}

// findPeople reads the employees that texts may mean.
func (j *judge) findPeople(f *directory.Finder, texts []string) error {
	if len(j.people) > mostPeople {
		clear(j.people)
	}
	l := newLookups()
	var unknown []string
	for _, text := range texts {
		if _, known := j.people[text]; known {
			continue
		}
		unknown = append(unknown, text)
		l.want(directory.EmployeeKind, directory.KeyID, text)
		l.want(directory.EmployeeKind, directory.KeyName, text)
		l.want(directory.EmployeeKind, directory.KeyMobile, j.mobile(text))
	}
	if len(unknown) == 0 {
		return nil
	}
	if err := l.read(f, func(keySpace) bool { return false }); err != nil {
		return err
	}
	for _, text := range unknown {
		j.people[text] = foundPeople{
			id:      len(l.get(directory.EmployeeKind, directory.KeyID, text)) > 0,
			byPhone: l.get(directory.EmployeeKind, directory.KeyMobile, j.mobile(text)),
			byName:  l.get(directory.EmployeeKind, directory.KeyName, text),
		}
	}
	return nil
}

// mobile is a text as a number, or "".
func (j *judge) mobile(text string) string {
	if strings.Trim(text, "+-() .0123456789") != "" {
		return ""
	}
	number, _, code := readNumber(text, j.options.Country, true)
	if code != "" {
		return ""
	}
	return number
}

// somebody is the employee that a text means.
type somebody struct {
	id      string // "": nobody, or several
	several bool   // the text means more than one employee
	made    bool   // the import makes the id
	row     uint32 // of the file that is about the employee; 0: none that is known
}

// person resolves a text (docs/spec/import.md#people-in-files).
func (j *judge) person(text string) (somebody, error) {
	known := j.people[text]
	if row := j.seen.get(space(directory.EmployeeKind, directory.KeyID), text); known.id || row != 0 {
		return somebody{id: text, row: row &^ madeBit}, nil
	}
	if row := j.seen.get(personStandIns, text); row != 0 {
		p, err := j.log.get(int64(row))
		if err != nil {
			return somebody{}, err
		}
		if p.ID != "" {
			return somebody{id: p.ID, made: p.Made, row: row}, nil
		}
	}
	if mobile := j.mobile(text); mobile != "" {
		found, err := j.onePerson(space(directory.EmployeeKind, directory.KeyMobile), mobile, known.byPhone)
		if found.id != "" || found.several || err != nil {
			return found, err
		}
	}
	return j.onePerson(personNames, directory.NameKey(text), known.byName)
}

// onePerson returns the only employee among those of the directory and one that
// an earlier row is about.
func (j *judge) onePerson(in, value string, ids []string) (found somebody, err error) {
	row := j.seen.get(in, value)
	switch {
	case row == manyRows || len(ids) > 1:
		return somebody{several: true}, nil
	case row == 0 && len(ids) == 1:
		return somebody{id: ids[0], row: j.seen.get(space(directory.EmployeeKind, directory.KeyID), ids[0]) &^ madeBit}, nil
	case row == 0:
		return somebody{}, nil
	case row&madeBit != 0:
		found = somebody{id: j.ids.make(directory.EmployeeKind, int64(row&^madeBit), 0), made: true, row: row &^ madeBit}
	default:
		p, err := j.log.get(int64(row))
		if err != nil {
			return somebody{}, err
		}
		found = somebody{id: p.ID, made: p.Made, row: row}
	}
	if len(ids) == 1 && ids[0] != found.id {
		return somebody{several: true}, nil
	}
	return found, nil
}

func (j *judge) resolvePeople(p *pending, f *directory.ObjectField, refs []Reference, ids bool) error {
	codes := [2]string{"employeeNotFound", "employeeAmbiguous"}
	if f.Name == "followerUserId" {
		codes = [2]string{"ownerNotFound", "ownerAmbiguous"}
	}
	mayBeLate := f.Name == "managerUserId" || f.Name == "managerUserIds"
	var list, shown []string
	failed := false
	for _, r := range refs {
		who, err := j.person(r.Text)
		if err != nil {
			return err
		}
		switch {
		case who.several:
			p.refuse(r.At, codes[1])
			failed = true
		case who.id == "" && mayBeLate:
			later := ids
			if !ids {
				if later, err = j.isLater(p.row, r.Text); err != nil {
					return err
				}
			}
			if later {
				j.postpone(p, f.Name, refs, ids)
				return nil
			}
			p.refuse(r.At, codes[0])
			failed = true
		case who.id == "":
			p.refuse(r.At, codes[0])
			failed = true
		case !slices.Contains(list, who.id):
			list = append(list, who.id)
			shown = append(shown, shownIf(who.made, r.Text))
		}
	}
	if failed {
		delete(p.Values, f.Name)
		return nil
	}
	if p.Kind == directory.DepartmentKind { // whose leaders must be its members, which they may become by a later row
		j.postpone(p, f.Name, refs, ids)
		return nil
	}
	p.show(f.Name, shown)
	if f.Type == directory.TextsField {
		p.Values[f.Name] = list
	} else {
		p.Values[f.Name] = list[0]
	}
	return nil
}
