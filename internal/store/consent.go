package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
)

const (
	consentPurpose = "employee.consent"
	selectConsent  = "SELECT id, person, given_at FROM employee_consent WHERE org = ?"
)

func (t *tx) scanConsent(r *row) (c directory.Consent, err error) {
	c = directory.Consent{ID: r.Text(0), GivenAt: fromMillis(r.Int(2))}
	c.Person, err = t.Open("employee_consent", c.ID, "person", r.Bytes(1))
	return c, err
}

// Consent implements [directory.ConsentTx].
func (t *tx) Consent(person string) (c directory.Consent, err error) {
	ok, err := t.One(t.toWrite(selectConsent+" AND person_index = ?"), args{t.Org, t.Blind(consentPurpose, person)}, func(r *row) (err error) {
		c, err = t.scanConsent(r)
		return err
	})
	return c, found(ok, err, directory.ErrConsentNotFound)
}

// Consents implements [directory.ConsentTx].
func (t *tx) Consents() (cs []directory.Consent, err error) {
	err = t.Each(selectConsent+" ORDER BY given_at, id", args{t.Org}, func(r *row) error {
		c, err := t.scanConsent(r)
		cs = append(cs, c)
		return err
	})
	return cs, err
}

// PutConsent implements [directory.ConsentTx].
func (t *tx) PutConsent(c directory.Consent) {
	t.DeleteConsent(c.Person)
	t.WriteUnique(directory.ErrBusy, "INSERT INTO employee_consent (org, id, person_index, person, given_at) VALUES (?, ?, ?, ?, ?)",
		t.Org, c.ID, t.Blind(consentPurpose, c.Person), t.Seal("employee_consent", c.ID, "person", c.Person), millis(c.GivenAt))
}

// DeleteConsent implements [directory.ConsentTx].
func (t *tx) DeleteConsent(person string) {
	t.Write("DELETE FROM employee_consent WHERE org = ? AND person_index = ?", t.Org, t.Blind(consentPurpose, person))
}

// SweepConsents implements [directory.ConsentTx].
func (t *tx) SweepConsents(before time.Time) {
	t.Write("DELETE FROM employee_consent WHERE org = ? AND given_at < ?", t.Org, millis(before))
}
