package directory

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// Object shows the contact as people see it.
func (c Contact) Object() Object { return c.object() }

// contactEditor edits external contacts for people.
type contactEditor struct{}

// object shows a contact as people see it.
func (c Contact) object() Object {
	return Object{Kind: ContactKind, ID: c.ID, Version: c.Version, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, Values: Values{
		"userId": c.ID, "name": c.Name, "mobile": c.Phone(), "email": orBlank(c.Email),
		"title": orBlank(c.Title), "companyName": orBlank(c.CompanyName), "address": orBlank(c.Address), "remark": orBlank(c.Remark),
		"followerUserId": c.FollowerID, "labelIds": c.LabelIDs, "shareDeptIds": c.ShareDeptIDs, "shareUserIds": c.ShareUserIDs,
	}.compact()}
}

// apply returns the contact with the values that are given. Numbers are read
// into its phone; what cannot be read is a problem.
func (c Contact) apply(v Values, p *problems) (Contact, error) {
	for name, value := range v {
		switch name {
		case "name":
			c.Name = v.Text(name)
		case "mobile":
			if err := c.applyNumber(v.Text(name), p); err != nil {
				return c, err
			}
		case "followerUserId":
			c.FollowerID = v.Text(name)
		case "labelIds":
			c.LabelIDs = distinct(v.Numbers(name))
		case "shareDeptIds":
			c.ShareDeptIDs = distinct(v.Numbers(name))
		case "shareUserIds":
			c.ShareUserIDs = distinct(v.Texts(name))
		case "email":
			c.Email = optional(value)
		case "title":
			c.Title = optional(value)
		case "companyName":
			c.CompanyName = optional(value)
		case "address":
			c.Address = optional(value)
		case "remark":
			c.Remark = optional(value)
		}
	}
	return c, nil
}

// optional is a text of a contact; an empty one counts as never set.
func optional(value any) *string {
	s, _ := value.(string)
	if s == "" {
		return nil
	}
	return &s
}

func (c *Contact) applyNumber(text string, p *problems) error {
	if text == "" || text == c.Phone() || p.has("mobile") {
		return nil // one that is missing was told
	}
	phone, _, err := readPhone(text, "")
	if err == nil {
		return p.refused(c.readPhone(phone.Country, phone.Number), "mobile")
	}
	return p.refused(&FieldError{Field: MobileField, Value: text, Err: errors.Join(ErrContactMobile, err)}, "mobile")
}

func (contactEditor) object(s *Session, tx Tx, id string) (Object, error) {
	c, err := tx.Contacts().Contact(id)
	if err == nil {
		c, err = s.seen(tx, c)
	}
	return c.object(), err
}

func (contactEditor) create(s *Session, tx Tx, e Edit) (EditResult, error) {
	p := &problems{kind: ContactKind}
	p.check(e.Values, true)
	c, err := Contact{ID: e.ID, CreatedAt: s.createdAt(e), UpdatedAt: s.now, Version: 1}.apply(e.Values, p)
	if err != nil {
		return EditResult{}, err
	}
	if c.ID == "" {
		c.ID = s.dir.ids.Digits(18)
	} else if !e.NewID {
		if err := personIDFree(tx, c.ID, p); err != nil {
			return EditResult{}, err
		}
	}
	if err := s.checkContact(tx, Contact{}, c, p); err != nil {
		return EditResult{}, err
	}
	if err := s.mayAddContact(tx, p); err != nil {
		return EditResult{}, err
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	s.addContact(tx, c, "create")
	return EditResult{After: c.object(), Changed: true}, nil
}

// personIDFree tells if an id that a new employee or contact brings is not
// acceptable or not free: they share one id space.
func personIDFree(tx Tx, id string, p *problems) error {
	field := p.kind.IDField()
	if p.checkID(id); p.has(field) {
		return nil
	}
	taken, err := personIDTaken(tx, id)
	if taken {
		p.add(field, RuleIDTaken, id)
	}
	return err
}

// mayAddContact tells whether the organisation takes another contact.
func (s *Session) mayAddContact(tx Tx, p *problems) error {
	read := tx.Orgs().OrgToChange
	if s.dir.settings.MaxContacts <= 0 { // nothing is counted, so no lock is needed
		read = func() (Org, error) { return tx.Orgs().OrgByID(s.org) }
	}
	org, err := read()
	if err != nil {
		return err
	}
	if !org.ContactsOn {
		return p.refused(ErrContactsOff, "")
	}
	return p.refused(s.checkContactQuota(tx), "")
}

// checkContact tells every problem of a contact that is to be written. before
// is the stored contact, or the zero Contact.
func (s *Session) checkContact(tx Tx, before, c Contact, p *problems) error {
	if err := checkContactValues(before, c, p); err != nil {
		return err
	}
	if err := s.checkContactReferences(tx, before, c, p); err != nil {
		return err
	}
	if c.Mobile == "" || c.Phone() == before.Phone() || p.has("mobile") {
		return nil
	}
	return p.refused(phoneIsFree(tx, c, ErrMobileTaken), "mobile")
}

// checkContactValues tells what is wrong with the values themselves.
func checkContactValues(before, c Contact, p *problems) error {
	if c.Name != "" && c.Name != before.Name && !p.has("name") {
		if err := p.refused(checkContactName(before.Name, c.Name), "name"); err != nil {
			return err
		}
	}
	if c.Email != nil && orBlank(c.Email) != orBlank(before.Email) && !p.has("email") && !IsMail(*c.Email) {
		p.add("email", RuleEmailInvalid, *c.Email)
	}
	for _, b := range c.bounds() {
		if err := p.refused(checkBounds(before.bounds(), []bound{b}), ""); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) checkContactReferences(tx Tx, before, c Contact, p *problems) error {
	refs := References{LabelIDs: added(before.LabelIDs, c.LabelIDs), DeptIDs: added(before.ShareDeptIDs, c.ShareDeptIDs),
		UserIDs: added(before.ShareUserIDs, c.ShareUserIDs)}
	owner := c.FollowerID != before.FollowerID && c.FollowerID != ""
	if owner {
		refs.UserIDs = append([]string{c.FollowerID}, refs.UserIDs...)
	}
	id := ""
	if before.ID != "" {
		id = before.ID
	}
	_, missing, err := tx.Contacts().ContactWithReferences(id, refs)
	if err != nil {
		return err
	}
	for _, id := range missing.LabelIDs {
		p.add("labelIds", RuleLabelNotFound, strconv.FormatInt(id, 10))
	}
	for _, id := range missing.DeptIDs {
		p.add("shareDeptIds", RuleDepartmentNotFound, strconv.FormatInt(id, 10))
	}
	for i, id := range missing.UserIDs {
		if i == 0 && owner && id == c.FollowerID {
			p.add("followerUserId", RuleOwnerNotFound, id)
			continue
		}
		p.add("shareUserIds", RuleEmployeeNotFound, id)
	}
	if owner && !p.has("followerUserId") {
		return p.refused(s.mayOwn(tx, c.FollowerID), "followerUserId")
	}
	return nil
}

// added returns what a list has that it had not before.
func added[T comparable](before, after []T) []T {
	return slices.DeleteFunc(slices.Clone(after), func(v T) bool { return slices.Contains(before, v) })
}

func (contactEditor) change(s *Session, tx Tx, e Edit) (EditResult, error) {
	before, err := tx.Contacts().Contact(e.ID)
	if err != nil {
		return EditResult{}, err
	}
	shown, err := s.seen(tx, before)
	if err != nil {
		return EditResult{}, err
	}
	if err := e.checkVersion(before.Version); err != nil {
		return EditResult{}, err
	}
	p := &problems{kind: ContactKind}
	p.check(e.Values, false)
	if id, given := e.Values["userId"]; given && id != e.ID {
		p.add("userId", RuleValueInvalid, id)
	}
	after, err := shown.apply(e.Values, p)
	if err != nil {
		return EditResult{}, err
	}
	if err := s.checkContact(tx, before, after, p); err != nil {
		return EditResult{}, err
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	r := EditResult{Before: shown.object(), After: after.object()}
	if len(ContactKind.Differences(r.Before.Values, r.After.Values)) == 0 {
		r.After = r.Before
		return r, nil
	}
	s.changeContact(tx, before, after)
	r.Changed, r.After.Version, r.After.UpdatedAt = true, before.Version+1, s.now
	return r, nil
}

func (contactEditor) remove(s *Session, tx Tx, e Edit) (EditResult, error) {
	c, err := tx.Contacts().Contact(e.ID)
	if err != nil {
		return EditResult{}, err
	}
	if _, err := s.seen(tx, c); err != nil {
		return EditResult{}, err
	}
	if err := e.checkVersion(c.Version); err != nil {
		return EditResult{}, err
	}
	s.removeContact(tx, c)
	return EditResult{Before: c.object(), Changed: true}, nil
}

// restore puts a contact back under its id
// (docs/spec/history.md#restoration-of-an-object).
func (contactEditor) restore(s *Session, tx Tx, e Edit) (EditResult, error) {
	var c Contact
	x, err := s.fromBin(tx, ContactKind, e.ID, &c)
	if err != nil {
		return EditResult{}, fmt.Errorf("external contact %s: %w", e.ID, err)
	}
	p := &problems{kind: ContactKind}
	c.Version, c.UpdatedAt = x.Version+1, s.now
	_, missing, err := tx.Contacts().ContactWithReferences("", c.references())
	if err != nil {
		return EditResult{}, err
	}
	left := c.dropMissing(missing)
	if len(missing.UserIDs) > 0 && missing.UserIDs[0] == c.FollowerID {
		if e.NewOwner == "" {
			p.add("followerUserId", RuleOwnerNotFound, c.FollowerID)
		} else if gone, err := tx.Employees().MissingEmployees([]string{e.NewOwner}); err != nil {
			return EditResult{}, err
		} else if len(gone) > 0 {
			p.add("followerUserId", RuleOwnerNotFound, e.NewOwner)
		}
		c.FollowerID = e.NewOwner
	}
	if err := p.refused(phoneIsFree(tx, c, ErrMobileTaken), "mobile"); err != nil {
		return EditResult{}, err
	}
	if err := s.mayAddContact(tx, p); err != nil {
		return EditResult{}, err
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	tx.Bin().DeleteBin(ContactKind, c.ID)
	s.addContact(tx, c, "restore")
	return EditResult{After: c.object(), Changed: true, Left: left}, nil
}

// dropMissing removes labels and shares that are gone, and names them.
func (c *Contact) dropMissing(m MissingReferences) (left []Problem) {
	p := &problems{kind: ContactKind}
	for _, id := range m.LabelIDs {
		p.add("labelIds", RuleLabelNotFound, id)
	}
	for _, id := range m.DeptIDs {
		p.add("shareDeptIds", RuleDepartmentNotFound, id)
	}
	for _, id := range distinct(m.UserIDs) { // who owns and shares is there twice
		if slices.Contains(c.ShareUserIDs, id) {
			p.add("shareUserIds", RuleEmployeeNotFound, id)
		}
	}
	c.LabelIDs = slices.DeleteFunc(c.LabelIDs, func(id int64) bool { return slices.Contains(m.LabelIDs, id) })
	c.ShareDeptIDs = slices.DeleteFunc(c.ShareDeptIDs, func(id int64) bool { return slices.Contains(m.DeptIDs, id) })
	c.ShareUserIDs = slices.DeleteFunc(c.ShareUserIDs, func(id string) bool { return slices.Contains(m.UserIDs, id) })
	return p.list
}
