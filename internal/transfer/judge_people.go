package transfer

import (
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/directory"
)

// personText is a text that may be a user id, a number or a name of an employee,
// and personNames the space of names of employees that the file makes.
const personText directory.ObjectKey = "person"

const personNames = "employee name"

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

// person resolves a text (docs/spec/import.md#people-in-files). several says
// that it means more than one employee. made is set if the import makes the id.
func (j *judge) person(text string) (id string, made, several bool, err error) {
	known := j.people[text]
	if known.id || j.seen.get(space(directory.EmployeeKind, directory.KeyID), text) != 0 {
		return text, false, false, nil
	}
	if c, ok := j.standIns[objectName{directory.EmployeeKind, text}]; ok {
		return c.id, c.made, false, nil
	}
	if mobile := j.mobile(text); mobile != "" {
		id, made, several, err = j.onePerson(space(directory.EmployeeKind, directory.KeyMobile), mobile, known.byPhone)
		if id != "" || several || err != nil {
			return id, made, several, err
		}
	}
	return j.onePerson(personNames, directory.NameKey(text), known.byName)
}

// onePerson returns the only employee among those of the directory and one that
// an earlier row is about.
func (j *judge) onePerson(space, value string, ids []string) (id string, made, several bool, err error) {
	row := j.seen.get(space, value)
	switch {
	case row == manyRows || len(ids) > 1:
		return "", false, true, nil
	case row == 0 && len(ids) == 1:
		return ids[0], false, false, nil
	case row == 0:
		return "", false, false, nil
	}
	id, made = "", true
	if row&madeBit != 0 {
		id = j.ids.make(directory.EmployeeKind, int64(row&^madeBit), 0)
	} else {
		p, err := j.log.get(int64(row))
		if err != nil {
			return "", false, false, err
		}
		id, made = p.ID, p.Made
	}
	if len(ids) == 1 && ids[0] != id {
		return "", false, true, nil
	}
	return id, made, false, nil
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
		id, made, several, err := j.person(r.Text)
		if err != nil {
			return err
		}
		switch {
		case several:
			p.refuse(r.At, codes[1])
			failed = true
		case id == "" && mayBeLate:
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
		case id == "":
			p.refuse(r.At, codes[0])
			failed = true
		case !slices.Contains(list, id):
			list = append(list, id)
			shown = append(shown, shownIf(made, r.Text))
		}
	}
	if failed {
		delete(p.Values, f.Name)
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
