package directory

import (
	"errors"
	"regexp"
	"slices"
)

// messageContactEditor edits message contacts for people.
type messageContactEditor struct{}

// object shows a contact as people see it: with the addresses in effect, as the
// vendor's call answers it.
func (c MessageContact) object(s *Session) Object {
	return Object{Kind: MessageContactKind, ID: c.ID, Version: c.Version, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, Values: Values{
		"contactId": c.ID, "name": c.Name, "email": s.ShownAddress(c.Email), "phone": s.ShownAddress(c.Phone), "title": c.Title,
		"messageTypes": slices.Clone(c.MessageTypes), "members": slices.Sorted(slices.Values(c.Members)), "status": c.Status,
	}.compact()}
}

// asSet shows a contact as its history tells it: with the addresses that were
// given last, verified or not.
func (messageContactEditor) asSet(s *Session, tx Tx, id string) (Object, error) {
	c, err := tx.MessageContacts().MessageContact(id)
	if err != nil {
		return Object{}, err
	}
	o := c.object(s)
	for field, ch := range map[string]Channel{"email": c.Email, "phone": c.Phone} {
		if o.Values.set(field, ch.Address); ch.Pending != "" {
			o.Values[field] = ch.Pending
		}
		o.Values.set(field+"Verified", ch.Verified && ch.Pending == "")
	}
	return o, nil
}

// addMessageContactNames completes the values of an entry: an address that waits
// for its verification is shown as the one that was given, and whether one is
// verified has a name like those of fields. Members have no order.
func (v Values) addMessageContactNames(record map[string]any) {
	for name, field := range map[string]string{"EmailAddress": "email", "PhoneNumber": "phone"} {
		pending, waits := record["Pending"+name].(string)
		if _, told := record[name]; told && waits {
			v[field] = pending
		}
		if verified, ok := record[name+"Verified"].(bool); ok {
			v[field+"Verified"] = verified && !waits
		}
		delete(v, name+"Verified")
		delete(v, "Pending"+name)
	}
	if members, ok := v["members"].([]string); ok {
		slices.Sort(members)
	}
}

func (messageContactEditor) object(s *Session, tx Tx, id string) (Object, error) {
	c, err := tx.MessageContacts().MessageContact(id)
	return c.object(s), err
}

func (messageContactEditor) list(s *Session, tx Tx, q ObjectQuery) (ObjectPage, error) {
	cs, _, err := tx.MessageContacts().MessageContacts(MessageContactFilter{})
	if err != nil {
		return ObjectPage{}, err
	}
	phone := ""
	if q.Mobile != "" {
		p, _, err := readPhone(q.Mobile, s.dir.settings.HomeCountry)
		if err != nil {
			return ObjectPage{}, errors.Join(ErrQuery, err)
		}
		phone = p.String()
	}
	all := make([]Object, 0, len(cs))
	for _, c := range cs {
		if c.Phone.matches(phone) && c.Email.matches(q.Email) && !c.UpdatedAt.Before(q.UpdatedSince) {
			all = append(all, c.object(s))
		}
	}
	return pageOf(all, q)
}

// matches reports whether an address is the channel's, in effect or waiting; ""
// matches all.
func (c Channel) matches(address string) bool {
	return address == "" || sameMail(address, c.Address) || sameMail(address, c.Pending)
}

// update is what the values change. A phone number is read as people write it.
func (v Values) messageContactUpdate() (u MessageContactUpdate) {
	text := func(name string) *string {
		if value, ok := v[name].(string); ok {
			return &value
		}
		return nil
	}
	u.Name, u.Title, u.EmailAddress, u.PhoneNumber = text("name"), text("title"), text("email"), text("phone")
	if u.PhoneNumber != nil {
		if p, err := ReadMobile(*u.PhoneNumber, ""); err == nil {
			*u.PhoneNumber = p.String()
		}
	}
	u.MessageTypes = v.Texts("messageTypes")
	return u
}

// withMembers returns the contact with other members. Those that stay keep their
// order, which is that of their binding.
func (c MessageContact) withMembers(members []string) MessageContact {
	stay := slices.DeleteFunc(slices.Clone(c.Members), func(id string) bool { return !slices.Contains(members, id) })
	c.Members = append(stay, added(stay, slices.Compact(slices.Sorted(slices.Values(members))))...)
	return c
}

// checkMessageContactObject tells every problem of a contact that is to be
// written. before is the stored contact, or the zero MessageContact; holder is who
// has the name.
func (s *Session) checkMessageContactObject(tx Tx, before, c MessageContact, holder string, e Edit, p *problems) error {
	check := func(field, value string, differs bool, rule func() error) error {
		if !differs || value == "" || p.has(field) {
			return nil
		}
		err := rule()
		if err == nil {
			return nil
		}
		return p.refused(&FieldError{Value: value, Err: err}, field)
	}
	email, phone := c.Email.Target(), c.Phone.Target()
	err := errors.Join(
		check("name", c.Name, c.Name != before.Name, func() error { return CheckMessageContactName(c.Name) }),
		check("name", c.Name, holder != "" && holder != before.ID, func() error { return ErrMessageContactName }),
		check("email", email, email != before.Email.Target(), func() error { return CheckMessageContactEmail(email) }),
		check("phone", phone, phone != before.Phone.Target(), func() error { return CheckMessageContactPhone(phone, s.MobileCountryCodes()) }),
		check("title", c.Title, c.Title != before.Title && !slices.Contains(Titles, c.Title), func() error { return ErrMessageContactTitle }),
	)
	for _, t := range c.MessageTypes {
		err = errors.Join(err, check("messageTypes", t, !slices.Contains(MessageTypes, t), func() error { return ErrMessageContactTypes }))
	}
	if err != nil {
		return err
	}
	// A development server verifies the address at once.
	may := c.Status == Active || e.Verified || s.dir.settings.BindUnverified || s.dir.settings.AutoVerify
	return s.checkBindings(tx, before, c, may, p)
}

// checkBindings tells what keeps members from being bound
// (docs/spec/resource-directory.md#binding-a-contact).
func (s *Session) checkBindings(tx Tx, before, c MessageContact, may bool, p *problems) error {
	more := added(before.Members, c.Members)
	if len(more) == 0 {
		return nil
	}
	if !may {
		p.add("members", RuleNotVerified, more[0])
	}
	missing, err := tx.Members().MissingMembers(more)
	if err != nil {
		return err
	}
	for _, id := range missing {
		p.add("members", RuleMemberNotFound, id)
	}
	if most := orDefault(s.dir.settings.MaxMembersPerContact, DefaultMaxMembersPerContact); int64(len(c.Members)) > most && len(c.Members) > len(before.Members) {
		p.list = append(p.list, Problem{Field: "members", Rule: RuleTooMany, Most: int(most), Err: ErrMemberQuota})
	}
	return nil
}

// toSend returns verifications of the addresses that began to wait for one, and,
// as problems, the addresses to which no message may be sent now.
func (s *Session) toSend(tx Tx, before, after MessageContact, sent sentMessages) (send []pendingVerification, left []Problem, err error) {
	for _, channel := range [...]string{EmailChannel, SMSChannel} {
		address := after.channel(channel).Target()
		if address == "" || sameMail(address, before.channel(channel).Target()) {
			continue
		}
		err := s.mayVerifyAfter(tx, address, sent.and(len(send)))
		switch {
		case errors.Is(err, ErrVerificationLimit):
			field := map[string]string{EmailChannel: "email", SMSChannel: "phone"}[channel]
			left = append(left, Problem{Field: field, Rule: RuleVerificationLimit, Value: address, Err: err})
		case err != nil:
			return nil, nil, err
		default:
			send = append(send, s.newVerification(after.ID, channel, address))
		}
	}
	return send, left, nil
}

// sentMessages counts verifications besides those that are stored: in all, and by
// the mailbox they go to.
type sentMessages struct {
	all int64
	to  map[string]int
}

func (m sentMessages) and(more int) sentMessages {
	m.all += int64(more)
	return m
}

// sendAll sends verifications and returns the contact as it is then. It only
// writes.
func (s *Session) sendAll(tx Tx, c MessageContact, send []pendingVerification) MessageContact {
	for _, v := range send {
		c = s.sendVerification(tx, c, v)
	}
	return c
}

// newMessageContact is the contact that an edit makes: not verified, or, of an
// export of our own, as it was (docs/spec/records.md#message-contacts).
func (s *Session) newMessageContact(e Edit) MessageContact {
	u := e.Values.messageContactUpdate()
	c := MessageContact{ID: e.ID, Status: Verifying, Version: 1, CreatedAt: s.createdAt(e), UpdatedAt: s.now}
	c = applyMessageContact(c, u).withMembers(e.Values.Texts("members"))
	if e.Verified && e.Values.Text("status") == Active {
		c.Status, c.Email.Verified, c.Phone.Verified = Active, c.Email.Address != "", c.Phone.Address != ""
	}
	if c.ID == "" {
		c.ID = "c-" + s.dir.ids.Base62(16)
	}
	return c
}

// create is as AddMessageContact, with a verification sent to each address.
func (messageContactEditor) create(s *Session, tx Tx, e Edit) (EditResult, error) {
	p := &problems{kind: MessageContactKind}
	p.check(e.Values, true)
	if e.ID != "" {
		if err := messageContactIDFree(tx, e.ID, p); err != nil {
			return EditResult{}, err
		}
	}
	_, holder, err := tx.MessageContacts().MessageContactForUpdate("", e.Values.Text("name"))
	if err != nil && !errors.Is(err, ErrMessageContactNotFound) {
		return EditResult{}, err
	}
	c, left, err := s.planNewContact(tx, holder, e, p)
	if err != nil {
		return EditResult{}, err
	}
	if err := p.refused(s.checkMessageContactQuota(tx), ""); err != nil {
		return EditResult{}, err
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	send, unsent, err := s.toSend(tx, MessageContact{}, c, sentMessages{})
	if err != nil {
		return EditResult{}, err
	}
	s.putMessageContact(tx, c, "create")
	c = s.sendAll(tx, c, send)
	return EditResult{After: c.object(s), Changed: true, Left: append(left, unsent...)}, nil
}

// docs/spec/resource-directory.md#id-of-a-contact
var messageContactIDForm = regexp.MustCompile(`^c-[0-9A-Za-z]{1,64}$`)

// messageContactIDFree tells if an id that a new contact brings is not acceptable
// or not free.
func messageContactIDFree(tx Tx, id string, p *problems) error {
	if p.checkID(id); p.has("contactId") {
		return nil
	}
	_, err := tx.MessageContacts().MessageContact(id)
	used := err == nil
	if errors.Is(err, ErrMessageContactNotFound) {
		used, err = usedID(tx, id, messageContactNoun)
	}
	if used {
		p.add("contactId", RuleIDTaken, id)
	}
	return err
}

// change is as UpdateMessageContact, AssociateMembers and DisassociateMembers in
// one, with a verification sent to each new address. A new address of an active
// contact waits, and the old one stays in effect.
func (messageContactEditor) change(s *Session, tx Tx, e Edit) (EditResult, error) {
	before, holder, err := tx.MessageContacts().MessageContactForUpdate(e.ID, e.Values.Text("name"))
	if err != nil {
		return EditResult{}, err
	}
	if err := e.checkVersion(before.Version); err != nil {
		return EditResult{}, err
	}
	p := &problems{kind: MessageContactKind}
	after, err := s.planContactChange(tx, before, holder, e, p)
	if err != nil {
		return EditResult{}, err
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	r := EditResult{Before: before.object(s)}
	if _, changed := before.changes(after); len(changed) == 0 {
		r.After = r.Before
		return r, nil
	}
	send, left, err := s.toSend(tx, before, after, sentMessages{})
	if err != nil {
		return EditResult{}, err
	}
	after = s.sendAll(tx, s.changeMessageContact(tx, "update", before, after), send)
	r.After, r.Changed, r.Left = after.object(s), true, left
	return r, nil
}

// remove is as DeleteMessageContact that does not retain the contact: one with
// members goes in the background, and is Deleting until then. If it is already,
// nothing changes.
func (messageContactEditor) remove(s *Session, tx Tx, e Edit) (EditResult, error) {
	c, err := tx.MessageContacts().MessageContact(e.ID)
	if err != nil {
		return EditResult{}, err
	}
	if err := e.checkVersion(c.Version); err != nil {
		return EditResult{}, err
	}
	r := EditResult{Before: c.object(s), Changed: true}
	if !e.atOnce {
		switch {
		case c.Status == Deleting:
			r.After, r.Changed = r.Before, false
			return r, nil
		case len(c.Members) > 0:
			r.After = s.beginDeletion(tx, c).object(s)
			return r, nil
		}
	}
	if err := s.mayRemoveAtOnce(tx, &c); err != nil {
		return EditResult{}, err
	}
	s.removeMessageContact(tx, c)
	return r, nil
}

// mayRemoveAtOnce refuses to remove the last receiver of an account, where the
// deployment wants one, and gives a contact that is being deleted the status that
// it had.
func (s *Session) mayRemoveAtOnce(tx Tx, c *MessageContact) error {
	if s.dir.settings.RequireReceiver {
		failures, err := lastReceiverOf(tx, *c)
		if err != nil {
			return err
		}
		p := &problems{kind: MessageContactKind}
		for _, f := range failures {
			p.add("members", RuleLastReceiver, f.AccountID)
		}
		if err := p.err(c.ID); err != nil {
			return err
		}
	}
	if c.Status != Deleting {
		return nil
	}
	x, err := tx.ContactDeletions().ContactDeletion(c.ID)
	c.Status = x.StatusBefore
	return err
}

// restore puts a contact back under its id, or calls its deletion off if that is
// still under way (docs/spec/history.md#restoration-of-a-message-contact).
func (ed messageContactEditor) restore(s *Session, tx Tx, e Edit) (EditResult, error) {
	live, err := tx.MessageContacts().MessageContact(e.ID)
	if err == nil && live.Status == Deleting {
		return s.callOffDeletion(tx, live)
	}
	if err != nil && !errors.Is(err, ErrMessageContactNotFound) {
		return EditResult{}, err
	}
	c, left, err := s.binnedContact(tx, e.ID)
	if err != nil {
		return EditResult{}, err
	}
	p := &problems{kind: MessageContactKind}
	_, holder, err := tx.MessageContacts().MessageContactForUpdate("", c.Name)
	if err != nil && !errors.Is(err, ErrMessageContactNotFound) {
		return EditResult{}, err
	}
	if holder != "" {
		p.add("name", RuleNameTaken, c.Name)
	}
	if err := p.refused(s.checkMessageContactQuota(tx), ""); err != nil {
		return EditResult{}, err
	}
	if err := p.err(e.ID); err != nil {
		return EditResult{}, err
	}
	send, unsent, err := s.toSend(tx, MessageContact{}, c, sentMessages{})
	if err != nil {
		return EditResult{}, err
	}
	tx.Bin().DeleteBin(MessageContactKind, c.ID)
	tx.ContactDeletions().KeepContact(c.ID)
	s.putMessageContact(tx, c, "restore")
	c = s.sendAll(tx, c, send)
	return EditResult{After: c.object(s), Changed: true, Left: append(left, unsent...)}, nil
}

// callOffDeletion keeps a contact whose deletion is under way.
func (s *Session) callOffDeletion(tx Tx, c MessageContact) (EditResult, error) {
	x, err := tx.ContactDeletions().ContactDeletion(c.ID)
	if err != nil {
		return EditResult{}, err
	}
	after := c
	after.Status = x.StatusBefore
	send, unsent, err := s.toSend(tx, MessageContact{}, after, sentMessages{})
	if err != nil {
		return EditResult{}, err
	}
	tx.ContactDeletions().KeepContact(c.ID)
	after = s.sendAll(tx, s.writeMessageContact(tx, deleteCancelAction, c, after), send)
	return EditResult{Before: c.object(s), After: after.object(s), Changed: true, Left: unsent}, nil
}

// The actions of a deletion in the background.
const (
	deleteBeginAction  = "delete-begin"
	deleteCancelAction = "delete-cancel"
)

// dropMissingMembers removes members that are gone, and names them.
func (s *Session) dropMissingMembers(tx Tx, c MessageContact) (MessageContact, []Problem, error) {
	if len(c.Members) == 0 {
		return c, nil, nil
	}
	missing, err := tx.Members().MissingMembers(c.Members)
	if err != nil {
		return c, nil, err
	}
	p := &problems{kind: MessageContactKind}
	for _, id := range missing {
		p.add("members", RuleMemberNotFound, id)
	}
	c.Members = slices.DeleteFunc(slices.Clone(c.Members), func(id string) bool { return slices.Contains(missing, id) })
	return c, p.list, nil
}
