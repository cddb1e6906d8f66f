package directory

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Errors of control policies; ErrControlPolicyNotFound is among those of tags.
// Methods wrap them with context; compare with errors.Is.
var (
	ErrControlPolicyName     = errors.New("another control policy has this name")
	ErrControlPolicyQuota    = errors.New("too many control policies")
	ErrControlPolicySystem   = errors.New("the system control policy cannot be changed")
	ErrControlPolicyAttached = errors.New("control policy is attached")
)

// ControlPolicy bounds what members of a resource directory may do. It grants
// nothing (docs/spec/control-policies.md#what-a-control-policy-bounds).
type ControlPolicy struct {
	ID          string // cp-xxxxxxxxxxxxxxxx
	Name        string // unique in the directory
	Description string
	Document    string
	System      bool // the one of the vendor, which every directory has
	CreatedAt   time.Time
	UpdatedAt   time.Time
	Attachments int64 // filled by Session methods
	Tags        []Tag // written with a new policy, filled by ControlPolicies
}

// The system policy allows everything
// (docs/spec/control-policies.md#system-policy).
const (
	SystemControlPolicy   = "cp-FullAliyunAccess"
	systemControlName     = "FullAliyunAccess"
	systemControlDocument = `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`
)

var systemControlSince = time.Date(2020, 8, 5, 6, 32, 24, 0, time.UTC)

// Limits of control policies (docs/spec/control-policies.md#limits-of-control-policies).
const (
	MaxControlDocument    = 4096
	MaxControlDescription = 1024
	MaxControlName        = 128

	DefaultMaxControlPolicies    = 1500
	DefaultMaxControlAttachments = 10 // to one folder or account, without the system policy
)

// StrictPolicyNames reports whether the deployment allows only names of control
// policies that the vendor documents.
func (s *Session) StrictPolicyNames() bool { return s.dir.settings.StrictPolicyNames }

// ControlPolicyFilter selects control policies; zero fields select all.
type ControlPolicyFilter struct {
	System, Custom bool       // only this kind; neither means both
	Tags           []TagMatch // all of them
	Offset, Limit  int64
}

// ControlPolicyTx reads and writes control policies, but for the system policy,
// which every directory has.
type ControlPolicyTx interface {
	// ControlPolicy returns the policy, or ErrControlPolicyNotFound.
	ControlPolicy(id string) (ControlPolicy, error)
	// ControlPolicies returns a page of policies, newest first, then by id, with
	// their tags and how often each is attached, and how many policies there are
	// on all pages. With Limit 0 they are counted only.
	ControlPolicies(f ControlPolicyFilter) ([]ControlPolicy, int64, error)
	// PutControlPolicy writes a policy, new or not. Update returns
	// ErrControlPolicyName if another has its name.
	PutControlPolicy(p ControlPolicy)
	// DeleteControlPolicy deletes the policy with its tags. It must not be
	// attached.
	DeleteControlPolicy(id string)
}

// CreateControlPolicy adds a policy with the name, description, document and
// tags of p, and returns it. The caller must have checked that the document
// parses. It returns ErrTags, ErrDirectoryNotEnabled, ErrControlPolicyQuota or
// ErrControlPolicyName.
func (s *Session) CreateControlPolicy(ctx context.Context, p ControlPolicy) (ControlPolicy, error) {
	if err := CheckTags(p.Tags); err != nil {
		return ControlPolicy{}, fmt.Errorf("create control policy: %w", err)
	}
	p.ID, p.CreatedAt, p.UpdatedAt = "cp-"+s.dir.ids.Base62(16), s.now, s.now
	err := s.update(ctx, func(tx Tx) error {
		if _, err := tx.ResourceDirectory().ResourceDirectory(); err != nil {
			return err
		}
		if p.Name == systemControlName {
			return ErrControlPolicyName
		}
		switch _, n, err := tx.ControlPolicies().ControlPolicies(ControlPolicyFilter{}); {
		case err != nil:
			return err
		case n >= orDefault(s.dir.settings.MaxControlPolicies, DefaultMaxControlPolicies):
			return ErrControlPolicyQuota
		}
		tx.ControlPolicies().PutControlPolicy(p)
		s.audit(tx, Change{Noun: "control-policy", Object: p.ID, Action: "create", After: p.record()})
		return nil
	})
	if err != nil {
		return ControlPolicy{}, fmt.Errorf("create control policy: %w", err)
	}
	return p, nil
}

// ControlPolicyUpdate says what to change; nil leaves a value as it is.
type ControlPolicyUpdate struct{ Name, Description, Document *string }

// UpdateControlPolicy changes the policy and returns it. What it bounds changes
// within a second. The caller must have checked that the document parses. It
// returns ErrDirectoryNotEnabled, ErrControlPolicyNotFound,
// ErrControlPolicySystem or ErrControlPolicyName.
func (s *Session) UpdateControlPolicy(ctx context.Context, id string, u ControlPolicyUpdate) (after ControlPolicy, err error) {
	err = s.update(ctx, func(tx Tx) error {
		before, err := changeableControlPolicy(tx, id)
		if err != nil {
			return err
		}
		if before.Attachments, err = countAttachments(tx, id); err != nil {
			return err
		}
		after = before
		for p, value := range map[*string]*string{&after.Name: u.Name, &after.Description: u.Description, &after.Document: u.Document} {
			if value != nil {
				*p = *value
			}
		}
		old, changed := diff(before.record(), after.record())
		if len(changed) == 0 {
			return nil
		}
		if after.Name == systemControlName {
			return ErrControlPolicyName
		}
		after.UpdatedAt = s.now
		tx.ControlPolicies().PutControlPolicy(after)
		s.audit(tx, Change{Noun: "control-policy", Object: id, Action: "update", Before: old, After: changed})
		return nil
	})
	if err != nil {
		return ControlPolicy{}, fmt.Errorf("update control policy %s: %w", id, err)
	}
	s.dir.bounds.clear()
	return after, nil
}

// changeableControlPolicy reads a policy that is going to be changed, under the
// lock of the directory.
func changeableControlPolicy(tx Tx, id string) (ControlPolicy, error) {
	switch _, err := tx.ResourceDirectory().ResourceDirectory(); {
	case err != nil:
		return ControlPolicy{}, err
	case id == SystemControlPolicy:
		return ControlPolicy{}, ErrControlPolicySystem
	}
	return tx.ControlPolicies().ControlPolicy(id)
}

// ControlPolicy returns the policy. It returns ErrDirectoryNotEnabled or
// ErrControlPolicyNotFound.
func (s *Session) ControlPolicy(ctx context.Context, id string) (p ControlPolicy, err error) {
	err = s.view(ctx, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		if err != nil {
			return err
		}
		if id == SystemControlPolicy {
			p, err = rd.systemControlPolicy(tx)
			return err
		}
		if p, err = tx.ControlPolicies().ControlPolicy(id); err != nil {
			return err
		}
		p.Attachments, err = countAttachments(tx, id)
		return err
	})
	return p, err
}

// systemControlPolicy returns the system policy as this directory has it.
func (rd ResourceDirectory) systemControlPolicy(tx Tx) (p ControlPolicy, err error) {
	p = ControlPolicy{ID: SystemControlPolicy, Name: systemControlName, Document: systemControlDocument, System: true,
		CreatedAt: systemControlSince, UpdatedAt: systemControlSince}
	if rd.boundsMembers() {
		p.Attachments, err = countAttachments(tx, SystemControlPolicy)
	}
	return p, err
}

// ControlPolicies returns a page of policies, the system policy first, then the
// newest, and how many there are on all pages.
func (s *Session) ControlPolicies(ctx context.Context, f ControlPolicyFilter) (ps []ControlPolicy, total int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		if err != nil {
			return err
		}
		if !f.Custom && len(f.Tags) == 0 { // the system policy has no tags
			system, err := rd.systemControlPolicy(tx)
			if err != nil {
				return err
			}
			total = 1
			if f.Offset == 0 {
				ps = append(ps, system)
				f.Limit--
			} else {
				f.Offset--
			}
		}
		if f.System {
			return nil
		}
		custom, n, err := tx.ControlPolicies().ControlPolicies(f)
		ps, total = append(ps, custom...), total+n
		return err
	})
	return ps, total, err
}

// DeleteControlPolicy deletes a policy that is not attached. It returns
// ErrDirectoryNotEnabled, ErrControlPolicyNotFound, ErrControlPolicySystem or
// ErrControlPolicyAttached.
func (s *Session) DeleteControlPolicy(ctx context.Context, id string) error {
	err := s.update(ctx, func(tx Tx) error {
		p, err := changeableControlPolicy(tx, id)
		if err != nil {
			return err
		}
		switch n, err := countAttachments(tx, id); {
		case err != nil:
			return err
		case n > 0:
			return ErrControlPolicyAttached
		}
		tags, err := tx.Tags().TagsOf([]string{id})
		if err != nil {
			return err
		}
		p.Tags = tags[id]
		tx.ControlPolicies().DeleteControlPolicy(id)
		s.audit(tx, Change{Noun: "control-policy", Object: id, Action: "delete", Before: p.record()})
		return nil
	})
	if err != nil {
		return fmt.Errorf("delete control policy %s: %w", id, err)
	}
	return nil
}

func (p ControlPolicy) record() Record {
	r := Record{"name": p.Name, "description": p.Description, "document": p.Document}
	if len(p.Tags) > 0 {
		r["tags"] = tagRecord(p.Tags)
	}
	return r
}
