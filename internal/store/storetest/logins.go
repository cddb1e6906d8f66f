package storetest

import (
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

func testLoginTokens(t *testing.T, s directory.Store) {
	for _, org := range []string{orgA, orgB} {
		update(t, s, org, func(tx directory.Tx) {
			tx.Apps().PutApp(directory.App{Key: "app of " + org, Org: org, Secret: directory.NewSecret("s"), CreatedAt: start})
		})
	}
	login := directory.Login{Org: orgA, AppKey: "app of " + orgA, UserID: "u1", Account: "account1", Mark: "m", WithOrg: true}
	code := directory.LoginCode{Hash: "c1", Kind: directory.SNSLogin, Login: login, Expires: start.Add(time.Minute)}
	app := directory.LoginToken{Hash: "t1", Kind: directory.SNSToken, Login: directory.Login{Org: orgA, AppKey: login.AppKey}, Rotation: 3, Seed: "seed", Expires: start.Add(time.Minute)}
	ofPerson := login
	ofPerson.WithOrg = false
	lasting := directory.LoginToken{Hash: "t2", Kind: directory.PersistentCode, Login: ofPerson, Rotation: 3}
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Logins().PutLoginCode(code, start)
		tx.Logins().PutLoginToken(app, start)
		tx.Logins().PutLoginToken(lasting, start)
	})
	token := func(hash string) func(directory.Tx) (directory.LoginToken, error) {
		return func(tx directory.Tx) (directory.LoginToken, error) {
			t, _, err := tx.Logins().LoginTokenByHash(hash)
			return t, err
		}
	}
	same(t, read(t, s, orgB, func(tx directory.Tx) (directory.LoginCode, error) { return tx.Logins().LoginCodeByHash("c1") }), code)
	same(t, read(t, s, orgB, token("t1")), app)
	same(t, read(t, s, orgB, token("t2")), lasting)

	latest := func(rotation int64) func(directory.Tx) (directory.LoginToken, error) {
		return func(tx directory.Tx) (directory.LoginToken, error) {
			return tx.Logins().LoginTokenOf(login.AppKey, directory.SNSToken, rotation)
		}
	}
	app.Expires = start.Add(2 * time.Minute)
	later := app
	later.Hash, later.Expires = "t3", start.Add(3*time.Minute)
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Logins().PutLoginToken(app, start)
		tx.Logins().PutLoginToken(later, start)
	})
	same(t, read(t, s, orgA, token("t1")), app)
	same(t, read(t, s, orgA, latest(3)), later)
	missing := func(org string, fn func(directory.Tx) (directory.LoginToken, error)) {
		t.Helper()
		refused(t, s, org, directory.ErrTokenInvalid, func(tx directory.Tx) error { _, err := fn(tx); return err })
	}
	missing(orgA, latest(4))
	missing(orgB, latest(3))

	// Another organisation changes nothing.
	update(t, s, orgB, func(tx directory.Tx) {
		tx.Logins().DeleteLoginCode("c1")
		tx.Logins().EndLogins(directory.LoginFilter{AppKey: login.AppKey})
	})
	same(t, read(t, s, orgA, token("t1")), app)
	same(t, read(t, s, orgA, func(tx directory.Tx) (directory.LoginCode, error) { return tx.Logins().LoginCodeByHash("c1") }), code)

	// Expired ones go with the next that is written; those without an end stay.
	update(t, s, orgA, func(tx directory.Tx) {
		tx.Logins().DeleteLoginCode("c1")
		tx.Logins().PutLoginToken(later, start.Add(150*time.Second))
	})
	missing(orgA, token("t1"))
	same(t, read(t, s, orgA, token("t2")), lasting)
	refused(t, s, orgA, directory.ErrCodeInvalid, func(tx directory.Tx) error { _, err := tx.Logins().LoginCodeByHash("c1"); return err })
	update(t, s, orgA, func(tx directory.Tx) { tx.Logins().EndLogins(directory.LoginFilter{Account: "account1"}) })
	missing(orgA, token("t2"))
	same(t, read(t, s, orgA, token("t3")), later)
	update(t, s, orgA, func(tx directory.Tx) { tx.Logins().EndLogins(directory.LoginFilter{AppKey: login.AppKey}) })
	missing(orgA, token("t3"))
}
