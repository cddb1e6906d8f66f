package storetest

import (
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func testSecureInfo(t *testing.T, s directory.Store) {
	i := directory.SecureInfo{AccountID: "1000000000000007", Email: "a@example.com", NewEmail: "b@example.com", EmailState: directory.EmailWaits,
		EmailUntil: start.Add(time.Hour), Phone: "86-13900001234"}
	v := directory.Verification{ID: "verification0001", Org: orgA, Purpose: directory.AccountPhonePurpose, ContactID: i.AccountID, Channel: directory.SMSChannel,
		Address: i.Phone, State: directory.VerificationOpen, CreatedAt: start, ExpiresAt: start.Add(time.Minute)}
	update(t, s, orgA, func(tx directory.Tx) {
		tx.SecureInfo().PutSecureInfo(directory.SecureInfo{AccountID: i.AccountID})
		tx.SecureInfo().PutSecureInfo(i)
		tx.Verifications().InsertVerification(v)
	})
	get := func(tx directory.Tx) (directory.SecureInfo, error) { return tx.SecureInfo().SecureInfo(i.AccountID) }
	open := func(tx directory.Tx) (directory.Verification, error) {
		return tx.Verifications().OpenVerification(i.AccountID, directory.AccountPhonePurpose)
	}
	same(t, read(t, s, orgA, get), i)
	same(t, read(t, s, orgA, open), v)
	none := directory.SecureInfo{AccountID: i.AccountID}
	same(t, read(t, s, orgB, get), none)
	refused(t, s, orgB, directory.ErrVerificationNotFound, func(tx directory.Tx) error { _, err := open(tx); return err })

	update(t, s, orgA, func(tx directory.Tx) { tx.Accounts().DeleteAccount(i.AccountID) })
	same(t, read(t, s, orgA, get), none)
	refused(t, s, orgA, directory.ErrVerificationNotFound, func(tx directory.Tx) error { _, err := open(tx); return err })
}
