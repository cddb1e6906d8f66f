package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Errors of attachments of control policies. Methods wrap them with context;
// compare with errors.Is.
var (
	ErrControlPoliciesOff    = errors.New("control policies are not enabled in the resource directory")
	ErrControlTargetNotFound = errors.New("the resource directory has no such folder or member account")
	ErrAttachmentExists      = errors.New("control policy is attached to this already")
	ErrAttachmentNotFound    = errors.New("control policy is not attached to this")
	ErrAttachmentLast        = errors.New("the last control policy stays attached")
	ErrAttachmentQuota       = errors.New("too many control policies are attached to this")
)

// ControlAttachment is a control policy that is attached to a folder or member
// account.
type ControlAttachment struct {
	TargetID string
	Policy   ControlPolicy
	At       time.Time // zero in the store: the system policy is detached
}

// ControlTarget is a folder or member account that a control policy is attached
// to.
type ControlTarget struct {
	ID, Name string
	Account  bool // else a folder
	Root     bool // the root folder
	At       time.Time
}

// ControlTargetFilter selects what a control policy is attached to. With Limit 0
// the targets are counted only.
type ControlTargetFilter struct {
	PolicyID      string
	Since         time.Time // when control policies were enabled; for the system policy
	Offset, Limit int64
}

// ControlAttachmentTx reads and writes attachments of control policies. While
// control policies are enabled, the system policy is attached to every folder
// and account without a record: since they were enabled, or since the target is
// there if it is newer. A record says that it was detached or attached again.
type ControlAttachmentTx interface {
	// ControlAttachments returns the records of some targets, by target, then
	// newest first, then by policy.
	ControlAttachments(targets []string) ([]ControlAttachment, error)
	// ControlTargets returns a page of what a policy is attached to, newest
	// first, then by id, and how many there are on all pages. The system policy
	// is looked for as if control policies were enabled.
	ControlTargets(f ControlTargetFilter) ([]ControlTarget, int64, error)
	// PutControlAttachment writes a record. A zero time says that the system
	// policy is detached.
	PutControlAttachment(target, policy string, at time.Time)
	DeleteControlAttachment(target, policy string)
	// DeleteControlAttachments deletes all records.
	DeleteControlAttachments()
}

// boundsMembers reports whether control policies are in effect.
func (rd ResourceDirectory) boundsMembers() bool {
	return rd.ControlPolicyStatus == ControlPoliciesEnabled
}

func countAttachments(tx Tx, policyID string) (int64, error) {
	_, n, err := tx.ControlAttachments().ControlTargets(ControlTargetFilter{PolicyID: policyID})
	return n, err
}

// EnableControlPolicies attaches the system policy to every folder and account,
// if control policies were disabled. It returns the status before, or
// ErrDirectoryNotEnabled.
func (s *Session) EnableControlPolicies(ctx context.Context) (before string, err error) {
	return s.switchControlPolicies(ctx, ControlPoliciesEnabled)
}

// DisableControlPolicies detaches all policies from everything, and deletes
// none. It returns the status before, or ErrDirectoryNotEnabled.
func (s *Session) DisableControlPolicies(ctx context.Context) (before string, err error) {
	return s.switchControlPolicies(ctx, ControlPoliciesDisabled)
}

func (s *Session) switchControlPolicies(ctx context.Context, status string) (before string, err error) {
	err = s.update(ctx, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		if before = rd.ControlPolicyStatus; err != nil || before == status {
			return err
		}
		rd.ControlPolicyStatus, rd.ControlPoliciesAt = status, s.now
		tx.ResourceDirectory().PutResourceDirectory(rd)
		tx.ControlAttachments().DeleteControlAttachments()
		s.audit(tx, Change{Noun: "resource-directory", Object: rd.ID, Action: "update",
			Before: Record{"controlPolicies": before}, After: Record{"controlPolicies": status}})
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("set control policies to %s: %w", status, err)
	}
	s.dir.bounds.clear()
	return before, nil
}

// controlTarget returns since when a folder or account is in the directory.
func controlTarget(tx Tx, id string) (since time.Time, err error) {
	if isFolderID(id) {
		above, err := tx.Folders().Ancestors(id)
		if err != nil {
			return since, fmt.Errorf("%w: %w", ErrControlTargetNotFound, err)
		}
		return above[len(above)-1].CreatedAt, nil
	}
	a, err := tx.Accounts().Account(id)
	if err != nil {
		return since, fmt.Errorf("%w: %w", ErrControlTargetNotFound, err)
	}
	return a.JoinedAt, nil
}

// isFolderID tells a folder's id from an account's, which has digits only.
func isFolderID(id string) bool { return strings.Contains(id, "-") }

// attachedTo returns what is attached to a folder or account that is there since
// a time, given the records of it.
func (rd ResourceDirectory) attachedTo(target string, since time.Time, records []ControlAttachment) (as []ControlAttachment) {
	if !rd.boundsMembers() {
		return nil
	}
	recorded := false
	for _, a := range records {
		if a.TargetID != target {
			continue
		}
		recorded = recorded || a.Policy.System
		if !a.At.IsZero() {
			as = append(as, a)
		}
	}
	if !recorded {
		system := ControlAttachment{TargetID: target, Policy: ControlPolicy{ID: SystemControlPolicy}, At: rd.ControlPoliciesAt}
		if since.After(system.At) {
			system.At = since
		}
		as = append(as, system)
	}
	for i := range as {
		if as[i].Policy.ID == SystemControlPolicy {
			as[i].Policy.Name, as[i].Policy.Document, as[i].Policy.System = systemControlName, systemControlDocument, true
		}
	}
	slices.SortStableFunc(as, func(a, b ControlAttachment) int { return b.At.Compare(a.At) })
	return as
}

// attached returns what is attached to a folder or account. It returns
// ErrDirectoryNotEnabled or ErrControlTargetNotFound.
func attached(tx Tx, target string) (rd ResourceDirectory, as []ControlAttachment, err error) {
	if rd, err = tx.ResourceDirectory().ResourceDirectory(); err != nil {
		return rd, nil, err
	}
	since, err := controlTarget(tx, target)
	if err != nil {
		return rd, nil, err
	}
	records, err := tx.ControlAttachments().ControlAttachments([]string{target})
	return rd, rd.attachedTo(target, since, records), err
}

// ControlAttachments returns what is attached to a folder or account, newest
// first. It returns ErrDirectoryNotEnabled or ErrControlTargetNotFound.
func (s *Session) ControlAttachments(ctx context.Context, target string) (as []ControlAttachment, err error) {
	err = s.view(ctx, func(tx Tx) error {
		_, as, err = attached(tx, target)
		return err
	})
	return as, err
}

// ControlTargets returns a page of what a policy is attached to, newest first,
// and how many there are. It returns ErrDirectoryNotEnabled or
// ErrControlPolicyNotFound.
func (s *Session) ControlTargets(ctx context.Context, f ControlTargetFilter) (ts []ControlTarget, total int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		if err != nil {
			return err
		}
		if f.Since = rd.ControlPoliciesAt; f.PolicyID != SystemControlPolicy {
			if _, err := tx.ControlPolicies().ControlPolicy(f.PolicyID); err != nil {
				return err
			}
		}
		if rd.boundsMembers() {
			ts, total, err = tx.ControlAttachments().ControlTargets(f)
		}
		return err
	})
	return ts, total, err
}

// AttachControlPolicy attaches a policy to a folder or account. It bounds the
// members there within a second. It returns ErrDirectoryNotEnabled,
// ErrControlPolicyNotFound, ErrControlTargetNotFound, ErrControlPoliciesOff,
// ErrAttachmentExists or ErrAttachmentQuota.
func (s *Session) AttachControlPolicy(ctx context.Context, policy, target string) error {
	return s.changeAttachment(ctx, policy, target, "attach", func(tx Tx, as []ControlAttachment, at int) error {
		custom := int64(0)
		for _, a := range as {
			if !a.Policy.System {
				custom++
			}
		}
		switch {
		case at >= 0:
			return ErrAttachmentExists
		case policy != SystemControlPolicy && custom >= orDefault(s.dir.settings.MaxControlAttachments, DefaultMaxControlAttachments):
			return ErrAttachmentQuota
		}
		tx.ControlAttachments().PutControlAttachment(target, policy, s.now)
		s.audit(tx, Change{Noun: "control-attachment", Object: target, Action: "attach", After: Record{"policy": policy}})
		return nil
	})
}

// DetachControlPolicy detaches a policy from a folder or account, which keeps at
// least one. It returns ErrDirectoryNotEnabled, ErrControlPolicyNotFound,
// ErrControlTargetNotFound, ErrControlPoliciesOff, ErrAttachmentNotFound or
// ErrAttachmentLast.
func (s *Session) DetachControlPolicy(ctx context.Context, policy, target string) error {
	return s.changeAttachment(ctx, policy, target, "detach", func(tx Tx, as []ControlAttachment, at int) error {
		switch {
		case at < 0:
			return ErrAttachmentNotFound
		case len(as) == 1:
			return ErrAttachmentLast
		case policy == SystemControlPolicy:
			tx.ControlAttachments().PutControlAttachment(target, policy, time.Time{})
		default:
			tx.ControlAttachments().DeleteControlAttachment(target, policy)
		}
		s.audit(tx, Change{Noun: "control-attachment", Object: target, Action: "detach",
			Before: Record{"policy": policy, "attachedAt": as[at].At.Format(time.RFC3339Nano)}})
		return nil
	})
}

// changeAttachment calls change with what is attached to the target, and where
// the policy is among it, or -1.
func (s *Session) changeAttachment(ctx context.Context, policy, target, action string, change func(tx Tx, as []ControlAttachment, at int) error) error {
	err := s.update(ctx, func(tx Tx) error {
		if _, err := changeableControlPolicy(tx, policy); err != nil && !errors.Is(err, ErrControlPolicySystem) {
			return err
		}
		rd, as, err := attached(tx, target)
		switch {
		case err != nil:
			return err
		case !rd.boundsMembers():
			return ErrControlPoliciesOff
		}
		return change(tx, as, slices.IndexFunc(as, func(a ControlAttachment) bool { return a.Policy.ID == policy }))
	})
	if err != nil {
		return fmt.Errorf("%s control policy %s: %w", action, policy, err)
	}
	s.dir.bounds.clear()
	return nil
}
