package directory

import (
	"context"
	"time"
)

// Org is an organisation, the tenant of everything else. Its id is the corp id
// of DingTalk's APIs.
type Org struct {
	ID         string
	Name       string
	Disabled   bool
	ContactsOn bool // external contacts are switched on
	CreatedAt  time.Time
}

// OrgTx reads and writes organisations. OrgByID is one of the few look-ups
// across tenants: it answers for any organisation of the server.
type OrgTx interface {
	// OrgByID returns the organisation, or ErrOrgNotFound.
	OrgByID(id string) (Org, error)
	// Orgs returns all organisations in the order of their ids.
	Orgs() ([]Org, error)
	PutOrg(o Org)
}

// Org returns the organisation of that id, or ErrOrgNotFound.
func (d *Directory) Org(ctx context.Context, id string) (o Org, err error) {
	err = d.store.View(ctx, "", func(tx Tx) error {
		o, err = tx.OrgByID(id)
		return err
	})
	return o, err
}

// Orgs returns all organisations of the server in the order of their ids.
func (d *Directory) Orgs(ctx context.Context) (os []Org, err error) {
	err = d.store.View(ctx, "", func(tx Tx) error {
		os, err = tx.Orgs()
		return err
	})
	return os, err
}
