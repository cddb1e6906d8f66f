package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Errors of grants. Methods wrap them with context; compare with errors.Is.
var (
	ErrGrantTarget   = errors.New("organisation cannot receive the grant")
	ErrGrantOperator = errors.New("operator is not an active employee of the organisation")
)

// Grant lets another organisation see fields of all org accounts that this one
// owns, present and future, once they have joined it
// (docs/spec/org-accounts.md#meaning-of-a-visibility-grant).
type Grant struct {
	ToOrg     string
	ToOrgName string   // filled on reading
	Fields    []string // GrantMobile, GrantStatus, in this order
	OptUserID string   // the employee who gave it
	UpdatedAt time.Time
}

// Fields that a grant can open.
const (
	GrantMobile = "mobile"
	GrantStatus = "status"
)

// MaxGrantTargets is how many organisations one call may grant to.
const MaxGrantTargets = 100

// GrantTx reads and writes the grants that the organisation gave.
type GrantTx interface {
	// Grants returns the organisation's grants in the order of the recipients.
	Grants() ([]Grant, error)
	PutGrant(g Grant)
	DeleteGrant(toOrg string)
}

// GrantVisibility opens the fields to each organisation of to; no fields means
// mobile. The fields replace what each of to was granted before; other
// recipients keep their grants. It returns ErrGrantOperator when optUserID is
// no active employee and ErrGrantTarget when one of to does not exist or is the
// caller itself; then nothing is stored
// (docs/spec/org-accounts.md#validation-of-a-visibility-grant).
func (s *Session) GrantVisibility(ctx context.Context, to []string, optUserID string, fields []string) error {
	to = distinct(to)
	if len(fields) == 0 {
		fields = []string{GrantMobile}
	}
	fields = slices.Sorted(slices.Values(distinct(fields)))
	if len(to) > MaxGrantTargets {
		return fmt.Errorf("grant to %d organisations, at most %d: %w", len(to), MaxGrantTargets, ErrGrantTarget)
	}
	return s.update(ctx, func(tx Tx) error {
		if err := activeEmployee(tx, optUserID); err != nil {
			return err
		}
		current, err := tx.Grants().Grants()
		if err != nil {
			return err
		}
		for _, id := range to {
			err := s.grantTarget(tx, id)
			if errors.Is(err, ErrGrantTarget) {
				return &FieldError{Field: RecipientsField, Value: id, Err: ErrGrantTarget}
			}
			if err != nil {
				return err
			}
		}
		for _, id := range to {
			s.grant(tx, current, Grant{ToOrg: id, Fields: fields, OptUserID: optUserID, UpdatedAt: s.now})
		}
		return nil
	})
}

func (s *Session) grantTarget(tx Tx, id string) error {
	if id == s.org {
		return ErrGrantTarget
	}
	if s.dir.settings.AllowUnknownCorpIDs {
		return nil
	}
	return activeOrg(tx, id, ErrGrantTarget)
}

func (s *Session) grant(tx Tx, current []Grant, g Grant) {
	var old []string
	if i := slices.IndexFunc(current, func(c Grant) bool { return c.ToOrg == g.ToOrg }); i >= 0 {
		old = current[i].Fields
	}
	change := Change{Noun: "visibility-grant", Object: g.ToOrg, Action: "grant",
		Before: Record{"fields": old}, After: Record{"fields": g.Fields, "optUserId": g.OptUserID}}
	if slices.Equal(old, g.Fields) {
		change.After["unchanged"] = true
	}
	tx.Grants().PutGrant(g)
	s.audit(tx, change)
}

// Grants returns the grants of the organisation in the order of the recipients.
func (s *Session) Grants(ctx context.Context) (gs []Grant, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if gs, err = tx.Grants().Grants(); err != nil {
			return err
		}
		for i := range gs {
			if gs[i].ToOrgName, err = orgName(tx, gs[i].ToOrg); err != nil {
				return err
			}
		}
		return nil
	})
	return gs, err
}

// orgName returns the name of any organisation, or "" if there is none with
// that id: with Settings.AllowUnknownCorpIDs, grants may go to such ids.
func orgName(tx Tx, id string) (string, error) {
	o, err := tx.Orgs().OrgByID(id)
	if errors.Is(err, ErrOrgNotFound) {
		return "", nil
	}
	return o.Name, err
}

// WithdrawGrant withdraws the grant to an organisation
// (docs/spec/org-accounts.md#withdrawal-of-a-visibility-grant); withdrawing one
// that does not exist succeeds. It returns ErrGrantOperator when optUserID is
// given and is no active employee.
func (s *Session) WithdrawGrant(ctx context.Context, toOrg, optUserID string) error {
	return s.update(ctx, func(tx Tx) error {
		if optUserID != "" {
			if err := activeEmployee(tx, optUserID); err != nil {
				return err
			}
		}
		current, err := tx.Grants().Grants()
		if err != nil {
			return err
		}
		i := slices.IndexFunc(current, func(g Grant) bool { return g.ToOrg == toOrg })
		if i < 0 {
			return nil
		}
		tx.Grants().DeleteGrant(toOrg)
		s.audit(tx, Change{Noun: "visibility-grant", Object: toOrg, Action: "withdraw",
			Before: Record{"fields": current[i].Fields}, After: Record{"fields": []string{}, "optUserId": optUserID}})
		return nil
	})
}

func activeEmployee(tx Tx, userID string) error {
	e, err := tx.Employees().Employee(strings.TrimSpace(userID))
	if err != nil && !errors.Is(err, ErrEmployeeNotFound) {
		return err
	}
	if err != nil || e.Disabled || userID == "" {
		return &FieldError{Field: OperatorField, Value: userID, Err: ErrGrantOperator}
	}
	return nil
}
