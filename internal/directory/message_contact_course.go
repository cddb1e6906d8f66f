package directory

import (
	"errors"
	"fmt"
	"slices"
)

// planNewContact returns the contact that an edit makes, and what it loses. It
// only reads. holder is who has the name.
func (s *Session) planNewContact(tx Tx, holder string, e Edit, p *problems) (c MessageContact, left []Problem, err error) {
	c = s.newMessageContact(e)
	_, err = tx.ResourceDirectory().ResourceDirectory()
	if errors.Is(err, ErrDirectoryNotEnabled) && e.Verified {
		err = nil // a directory may be enabled after its contacts have been brought back
	}
	if err := p.refused(err, ""); err != nil {
		return c, nil, err
	}
	if e.Verified {
		if c, left, err = s.dropMissingMembers(tx, c); err != nil {
			return c, nil, err
		}
	}
	return c, left, s.checkMessageContactObject(tx, MessageContact{}, c, holder, e, p)
}

// planContactChange returns the contact as an edit leaves it. It only reads.
func (s *Session) planContactChange(tx Tx, before MessageContact, holder string, e Edit, p *problems) (MessageContact, error) {
	p.check(e.Values, false)
	p.ownID(e, e.ID)
	if before.Status == Deleting {
		p.add("status", RuleBeingDeleted, before.Status)
	}
	after := applyMessageContact(before, e.Values.messageContactUpdate())
	if members, ok := e.Values["members"].([]string); ok {
		after = after.withMembers(members)
	}
	return after, s.checkMessageContactObject(tx, before, after, holder, e, p)
}

// ContactCourse foresees what edits of message contacts do, one after the other:
// each sees what the earlier ones would have left. Nothing is written
// (docs/spec/import.md#message-contacts-in-files).
type ContactCourse struct {
	now  map[string]MessageContact
	sent sentMessages
}

// NewContactCourse returns a course without edits.
func NewContactCourse() *ContactCourse {
	return &ContactCourse{now: map[string]MessageContact{}, sent: sentMessages{to: map[string]int{}}}
}

// ContactStep is what edits of one contact would do.
type ContactStep struct {
	EditResult
	Problems []Problem // for which they would be refused

	after MessageContact
	sends []pendingVerification
}

// Foresee returns what edits of one contact would do after those that were taken.
// Whether ids and names are free, and how many contacts there may be, is left to
// the caller.
func (c *ContactCourse) Foresee(f *Finder, edits ...Edit) (step ContactStep, err error) {
	now, known := c.now[edits[0].ID]
	for _, e := range edits {
		p := &problems{kind: MessageContactKind}
		var before MessageContact // the zero one for an edit that makes it
		after, left := now, []Problem(nil)
		switch {
		case e.Do == CreateObject:
			p.check(e.Values, true)
			after, left, err = f.s.planNewContact(f.tx, "", e, p)
		case e.Do == RestoreObject:
			after, left, err = f.s.binnedContact(f.tx, e.ID)
		case !known:
			now, err = f.tx.MessageContacts().MessageContact(e.ID)
			fallthrough
		default:
			if before = now; err == nil {
				after, err = f.s.planContactChange(f.tx, before, "", e, p)
			}
		}
		if err != nil {
			return step, err
		}
		if step.Before.ID == "" {
			step.Before = before.object(f.s)
		}
		step.Problems, step.Left = append(step.Problems, p.list...), append(step.Left, left...)
		if _, changes := before.changes(after); before.ID != "" && len(changes) == 0 {
			continue
		}
		send, unsent, err := f.s.toSend(f.tx, before, after, c.sent.and(len(step.sends)))
		if err != nil {
			return step, err
		}
		if before.ID != "" {
			after.Version = before.Version + 1
		}
		now, known = f.s.afterSending(after, send), true
		step.Changed, step.Left, step.sends = true, append(step.Left, unsent...), append(step.sends, send...)
	}
	step.after, step.After = now, now.object(f.s)
	return step, nil
}

// Take adds a step to the course.
func (c *ContactCourse) Take(step ContactStep) {
	c.now[step.after.ID] = step.after
	for _, v := range step.sends {
		c.sent.all++
		c.sent.to[Mailbox(v.Address)]++
	}
}

// afterSending is the contact once verifications are sent: on a development
// server they are confirmed at once.
func (s *Session) afterSending(c MessageContact, send []pendingVerification) MessageContact {
	if s.dir.settings.AutoVerify {
		for _, v := range send {
			c = c.confirmed(v.Channel)
			c.Version++
		}
	}
	return c
}

// binnedContact returns a contact of the bin as it would be restored, and what it
// loses.
func (s *Session) binnedContact(tx Tx, id string) (c MessageContact, left []Problem, err error) {
	x, err := s.fromBin(tx, MessageContactKind, id, &c)
	if err != nil {
		return c, nil, fmt.Errorf("message contact %s: %w", id, err)
	}
	c.Version, c.UpdatedAt = x.Version+1, s.now
	c.Members = slices.Clone(c.Members)
	return s.dropMissingMembers(tx, c)
}
