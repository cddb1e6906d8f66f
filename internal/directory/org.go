package directory

import (
	"context"
	"errors"
	"time"
)

// Errors of organisations. Methods wrap them with context; compare with errors.Is.
var (
	ErrOrgNotFound = errors.New("organisation not found")
	ErrOrgDisabled = errors.New("organisation is disabled")
)

// MaxOrgID is the maximal length of an organisation's id in a request, in
// characters.
const MaxOrgID = 64

// Org is an organisation, the tenant of everything else. Its id is the corp id
// of DingTalk's APIs.
type Org struct {
	ID         string
	Name       string
	Disabled   bool
	ContactsOn bool   // external contacts are switched on
	Creator    string // Employee.Account of the org account that created it; "" if none did
	CreatedAt  time.Time

	Certification Certification
}

// Certification is how an organisation was certified, according to the operator
// of the service. The zero value is no certification.
type Certification struct {
	Level               int64  `json:"authLevel"`      // 0 none, 1 advanced, 2 intermediate
	LicenseOrgName      string `json:"licenseOrgName"` // as on the business licence
	RegistrationNum     string `json:"registrationNum"`
	UnifiedSocialCredit string `json:"unifiedSocialCredit"`
	OrganizationCode    string `json:"organizationCode"`
	LegalPerson         string `json:"legalPerson"`
	LicenseURL          string `json:"licenseUrl"`
}

// OrgTx reads and writes organisations. OrgByID is one of the few look-ups
// across tenants: it finds any organisation of the server.
type OrgTx interface {
	// OrgByID returns the organisation, or ErrOrgNotFound. An update locks it
	// against deletion.
	OrgByID(id string) (Org, error)
	// Orgs returns all organisations in the order of their ids.
	Orgs() ([]Org, error)
	// InsertOrg writes a new organisation. Update returns ErrConflict when its id
	// is taken.
	InsertOrg(o Org)
	PutOrg(o Org)
	OrgLifeTx
}

// OrgLifeTx creates and deletes organisations, and reads what that needs.
type OrgLifeTx interface {
	// OrgToChange is OrgByID for the transaction's own organisation, which it
	// locks.
	OrgToChange() (Org, error)
	// OrgDeleted reports whether an organisation had that id and was deleted.
	OrgDeleted(id string) (bool, error)
	// OrgsByCreator returns the organisations that the account created, in the
	// order of their ids.
	OrgsByCreator(account string) ([]Org, error)
	// OrgsGrantingTo returns the organisations that gave this one a grant or a
	// join grant.
	OrgsGrantingTo() ([]string, error)
	// EraseOrg removes every row of the organisation and every grant to it, and
	// destroys its keys. What remains is its history, with unreadable values,
	// and a record that its id was used. The history includes the entries of
	// this transaction.
	EraseOrg(at time.Time)
}

// Org returns the organisation of that id, or ErrOrgNotFound.
func (d *Directory) Org(ctx context.Context, id string) (o Org, err error) {
	err = d.store.View(ctx, "", func(tx Tx) error {
		o, err = tx.Orgs().OrgByID(id)
		return err
	})
	return o, err
}

// Orgs returns all organisations of the server in the order of their ids.
func (d *Directory) Orgs(ctx context.Context) (os []Org, err error) {
	err = d.store.View(ctx, "", func(tx Tx) error {
		os, err = tx.Orgs().Orgs()
		return err
	})
	return os, err
}
