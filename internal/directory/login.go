package directory

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

// LoginRequest is what a program that sends a person to the login page asks for
// (docs/spec/dingtalk.md#parameters-of-the-login-page).
type LoginRequest struct {
	ClientID     string
	RedirectURI  string
	ResponseType string // "code"
	Scope        string // "openid", or "openid corpid"
	CorpID       string // the organisation to log in to; "" is the app's
}

// LoginOffer is what the login page tells the person about the program.
type LoginOffer struct {
	Org, OrgName string
	AppName      string
	WithOrg      bool // the program will learn the organisation
}

// LoginCode is what a person's login gives the program, to be exchanged for
// tokens once. Only its hash is stored.
type LoginCode struct {
	Hash    string
	Login   Login
	Session string // the login it was exchanged for; "" while it was not
	Expires time.Time
}

// Login is who logged in to what.
type Login struct {
	Org     string
	AppKey  string
	UserID  string
	Account string // a user id may come back after its account was deleted
	Mark    string // of the password that was used; a new one ends the login
	WithOrg bool
}

// Errors of the login page.
var (
	// ErrLoginClient: there is no such app, or it did not register the address
	// to come back to; nobody must be sent there.
	ErrLoginClient = errors.New("app or redirect address is unknown")
	// ErrLoginRequest: the app asks for what there is not.
	ErrLoginRequest = errors.New("login request is not acceptable")
	ErrLoginScope   = errors.New("scope of the login request is not acceptable")
)

// loginCodeLife is how long a code waits to be exchanged
// (docs/spec/dingtalk.md#login-codes).
const loginCodeLife = 5 * time.Minute

// OpenLogin checks a request of the login page. It returns ErrLoginClient,
// which forbids to send the browser anywhere, ErrLoginRequest or ErrLoginScope.
func (d *Directory) OpenLogin(ctx context.Context, r LoginRequest) (o LoginOffer, err error) {
	app, err := d.app(ctx, r.ClientID)
	if errors.Is(err, ErrAppNotFound) {
		return o, fmt.Errorf("app %s: %w", r.ClientID, ErrLoginClient)
	}
	if err != nil {
		return o, err
	}
	// The whole address is compared, byte for byte: a prefix or a host name would
	// let a page elsewhere on the host collect codes.
	if app.Disabled || app.SigningOnly || !slices.Contains(app.RedirectURIs, r.RedirectURI) {
		return o, fmt.Errorf("app %s: %w", r.ClientID, ErrLoginClient)
	}
	err = d.store.View(ctx, "", func(tx Tx) error {
		if err := activeOrg(tx, app.Org, ErrLoginClient); err != nil {
			return err
		}
		org, err := tx.OrgByID(app.Org)
		o = LoginOffer{Org: app.Org, OrgName: org.Name, AppName: app.Name}
		return err
	})
	if err != nil {
		return o, err
	}
	// An internal app serves the people of its own organisation.
	if r.ResponseType != "code" || r.CorpID != "" && r.CorpID != app.Org {
		return o, ErrLoginRequest
	}
	// The vendor's questions show it escaped twice; JustAuth parts it by commas.
	scopes := strings.FieldsFunc(r.Scope, func(r rune) bool { return unicode.IsSpace(r) || r == '+' || r == ',' })
	o.WithOrg = slices.Contains(scopes, "corpid")
	if !slices.Contains(scopes, "openid") || slices.ContainsFunc(scopes, func(s string) bool { return s != "openid" && s != "corpid" }) {
		return o, ErrLoginScope
	}
	return o, nil
}

// LogIn checks a person's login id, or mobile, and password and returns the
// code for the program that asked. address is where the attempt comes from, as
// attempts are counted. It returns the errors of OpenLogin, or a *LoginFailure
// that wraps ErrLoginAttempts, or ErrPasswordWrong, which does not tell whether
// there is such a person.
func (d *Directory) LogIn(ctx context.Context, r LoginRequest, name, password, address, requestID string) (code string, err error) {
	offer, err := d.OpenLogin(ctx, r)
	if err != nil {
		return "", err
	}
	e, err := d.employeeNamed(ctx, offer.Org, name)
	if err != nil && !errors.Is(err, ErrEmployeeNotFound) {
		return "", err
	}
	failure := LoginFailure{Org: offer.Org, App: r.ClientID, UserID: e.UserID}
	who := d.attempting(e, name)
	// The attempt is counted before the password is looked at: who breaks off
	// and begins again has made two.
	err = d.store.Update(ctx, offer.Org, func(tx Tx) error {
		return takeLoginAttempt(tx, d.allowances(offer.Org, who, address), d.now())
	})
	if errors.Is(err, ErrLoginAttempts) {
		return "", failure.because(TooManyAttempts, err)
	}
	if err != nil {
		return "", err
	}
	switch reason, err := d.checkPassword(ctx, e, password); {
	case err != nil:
		return "", err
	case reason != "":
		return "", d.refuseLogin(ctx, failure, who, reason, requestID)
	}
	code = d.ids.Base62(32)
	caller := Principal{Kind: UserCaller, Org: offer.Org, ID: e.UserID, Name: e.Name, App: r.ClientID}
	s := d.Session(caller, loginPage, requestID)
	err = s.update(ctx, func(tx Tx) error {
		tx.PutLoginCode(LoginCode{Hash: d.codeHash(code), Expires: s.now.Add(loginCodeLife), Login: Login{
			Org: offer.Org, AppKey: r.ClientID, UserID: e.UserID, Account: e.Account, Mark: d.passwordMark(e), WithOrg: offer.WithOrg}}, s.now)
		s.audit(tx, Change{Noun: "login", Object: e.UserID, Action: "login", After: Record{"app": r.ClientID}})
		return nil
	})
	if err != nil {
		return "", err
	}
	return code, nil
}

// loginPage is the API of history entries that people make by logging in.
const loginPage = "login page"

// Reasons of a [LoginFailure], for logs, metrics and the history. The person at
// the page is told less.
const (
	UnknownName     = "unknown-name"
	WrongPassword   = "wrong-password"
	AccountDisabled = "account-disabled"
	TooManyAttempts = "too-many-attempts"
)

// LoginFailure is why somebody was not logged in. It wraps ErrPasswordWrong or
// ErrLoginAttempts.
type LoginFailure struct {
	Org, App string
	UserID   string // "" if nobody has that name
	Reason   string
	err      error
}

func (f *LoginFailure) Error() string { return "log in: " + f.Reason }
func (f *LoginFailure) Unwrap() error { return f.err }

func (f LoginFailure) because(reason string, err error) error {
	f.Reason, f.err = reason, err
	return &f
}

// refuseLogin counts a failed login, and records it in the history of the account
// when [countRefusal] says so. A name that nobody has is counted as well, so that
// it costs the same.
func (d *Directory) refuseLogin(ctx context.Context, f LoginFailure, who attempting, reason, requestID string) error {
	s := d.Session(Principal{Org: f.Org}, loginPage, requestID)
	err := s.update(ctx, func(tx Tx) error {
		n, told, err := countRefusal(tx, d.attemptKey("refused", f.Org, who.account), s.now)
		if err == nil && told && f.UserID != "" {
			s.audit(tx, Change{Noun: "login", Object: f.UserID, Action: "refuse", After: Record{"app": f.App, "reason": reason, "refused": n}})
		}
		return err
	})
	if err != nil {
		return err
	}
	return f.because(reason, ErrPasswordWrong)
}

// attempting is whom an attempt to log in is counted for: the account, however its
// name was written, and the name, whoever has it. Where nobody has it, the account
// is one that only this name has: what is counted, and when it is refused, must
// not tell whether there is such a person.
type attempting struct{ account, name string }

func (d *Directory) attempting(e Employee, name string) attempting {
	a := attempting{account: "account " + e.UserID, name: "name " + clipName(strings.ToLower(name))}
	if phone, err := d.readMobile(name); err == nil {
		a.name = "mobile " + phone
	}
	if e.UserID == "" {
		a.account = "nobody " + a.name
	}
	return a
}

// clipName cuts a name that is longer than any login id.
func clipName(name string) string { return name[:min(len(name), 4*MaxLoginID)] }

// employeeNamed returns the employee with an own password who has that login id
// or mobile, or ErrEmployeeNotFound.
func (d *Directory) employeeNamed(ctx context.Context, org, name string) (e Employee, err error) {
	err = d.store.View(ctx, org, func(tx Tx) (err error) {
		e, err = tx.EmployeeByLogin(name)
		if !errors.Is(err, ErrEmployeeNotFound) {
			return err
		}
		phone, invalid := d.readMobile(name)
		if invalid != nil {
			return err
		}
		es, err := tx.EmployeesByMobile(phone)
		if err != nil {
			return err
		}
		// Several org accounts may share a number: then it says too little.
		es = slices.DeleteFunc(es, func(e Employee) bool { return e.PasswordHash == "" })
		if len(es) != 1 {
			return ErrEmployeeNotFound
		}
		e = es[0]
		return nil
	})
	if err != nil {
		return Employee{}, err
	}
	return e, nil
}

// checkPassword returns why the password does not let e in, or "". The zero
// Employee costs as much as another.
func (d *Directory) checkPassword(ctx context.Context, e Employee, password string) (reason string, err error) {
	hash := e.PasswordHash
	if hash == "" {
		hash = noPassword
	}
	same, err := d.samePassword(ctx, hash, password)
	switch {
	case err != nil:
		return "", err
	case e.UserID == "":
		return UnknownName, nil
	case !same || e.PasswordHash == "":
		return WrongPassword, nil
	case e.Disabled:
		return AccountDisabled, nil
	}
	return "", nil
}

func (d *Directory) codeHash(code string) string {
	return hex.EncodeToString(d.keys.MAC("login code", code))
}

// passwordMark tells one password of an employee from the next, and nothing
// about either.
func (d *Directory) passwordMark(e Employee) string {
	return hex.EncodeToString(d.keys.MAC("password mark", e.PasswordHash)[:8])
}

// stands reports whether somebody who logged in may still act: the same
// account, enabled, with the password of then.
func (d *Directory) stands(l Login, e Employee) bool {
	return !e.Disabled && e.Account == l.Account && l.Mark == d.passwordMark(e)
}
