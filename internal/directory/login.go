package directory

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// LoginRequest is what a program that sends a person to a login page asks for
// (docs/spec/dingtalk.md#parameters-of-the-login-page).
type LoginRequest struct {
	Kind         LoginKind
	ClientID     string // an app; of an InAppLogin an organisation
	RedirectURI  string // of an SSOLogin "" is the first that the app registered
	ResponseType string // "code"
	Scope        string // "openid", or "openid corpid"
	CorpID       string // the organisation to log in to; "" is the app's
}

// LoginOffer is what the login page shows the person about the program, and
// where it sends the person back to.
type LoginOffer struct {
	Org, OrgName string
	App, AppName string
	RedirectURI  string
	WithOrg      bool // the program will learn the organisation
}

// LoginCode is what a person's login gives the program, to be used once. Only
// its hash is stored.
type LoginCode struct {
	Hash    string
	Kind    LoginKind
	Login   Login
	Session string // the login it was exchanged for; "" until then
	Expires time.Time
}

// Login is who logged in to which app.
type Login struct {
	Org     string
	AppKey  string // "" for any of the organisation
	UserID  string
	Account string // identifies the person: a user id may be reused after its employee was deleted
	Mark    string // of the password that was used; a new one ends the login
	WithOrg bool
}

// Errors of the login page.
var (
	// ErrLoginClient: the app does not exist or has not registered the redirect
	// address; the browser must not be sent there.
	ErrLoginClient = errors.New("app or redirect address is unknown")
	// ErrLoginRequest: the app asks for something this server does not offer.
	ErrLoginRequest = errors.New("login request is not acceptable")
	ErrLoginScope   = errors.New("scope of the login request is not acceptable")
	// ErrLoginAdministrator: the login is for administrators, and the person is
	// none.
	ErrLoginAdministrator = errors.New("person is not an administrator")
)

// OpenLogin checks a request of a login page. It returns ErrLoginClient,
// after which the browser must not be redirected, or ErrLoginRequest or
// ErrLoginScope with an offer, which says where to.
func (d *Directory) OpenLogin(ctx context.Context, r LoginRequest) (o LoginOffer, err error) {
	app, err := d.appOfLogin(ctx, r)
	if err != nil {
		return o, err
	}
	o = LoginOffer{Org: app.Org, App: app.Key, AppName: app.Name, RedirectURI: cmp.Or(r.RedirectURI, app.RedirectURIs[0])}
	err = d.store.View(ctx, "", func(tx Tx) error {
		if err := activeOrg(tx, app.Org, ErrLoginClient); err != nil {
			return err
		}
		org, err := tx.Orgs().OrgByID(app.Org)
		o.OrgName = org.Name
		return err
	})
	if err != nil {
		return LoginOffer{}, err
	}
	o.WithOrg, err = r.check(app)
	return o, err
}

// appOfLogin returns the app that a person is to log in to, or ErrLoginClient.
func (d *Directory) appOfLogin(ctx context.Context, r LoginRequest) (App, error) {
	if !isStorable(r.ClientID) {
		return App{}, fmt.Errorf("app: %w", ErrLoginClient)
	}
	var apps []App
	err := d.store.View(ctx, "", func(tx Tx) (err error) {
		if r.Kind == InAppLogin {
			apps, err = tx.Apps().AppsOf(r.ClientID)
			return err
		}
		app, err := tx.Apps().AppByKey(r.ClientID)
		apps = []App{app}
		return err
	})
	if err != nil && !errors.Is(err, ErrAppNotFound) {
		return App{}, err
	}
	for _, app := range apps {
		// The whole address is compared, byte for byte: comparing only a prefix or
		// the host would let another page of the host collect codes.
		registered := slices.Contains(app.RedirectURIs, r.RedirectURI) ||
			r.Kind == SSOLogin && r.RedirectURI == "" && len(app.RedirectURIs) > 0
		if registered && !app.Disabled && !app.SigningOnly {
			return app, nil
		}
	}
	return App{}, fmt.Errorf("app %s: %w", r.ClientID, ErrLoginClient)
}

// LogIn checks a person's login id, or mobile, and password and returns the
// code for the program that asked. address is the client's, because attempts
// are counted per address. It returns the errors of OpenLogin, or a
// *LoginFailure that wraps ErrLoginAttempts, ErrPasswordWrong, which does not
// reveal whether the person exists, or ErrLoginAdministrator.
func (d *Directory) LogIn(ctx context.Context, r LoginRequest, name, password, address, requestID string) (code string, err error) {
	offer, err := d.OpenLogin(ctx, r)
	if err != nil {
		return "", err
	}
	e, err := d.employeeNamed(ctx, offer.Org, name)
	if err != nil && !errors.Is(err, ErrEmployeeNotFound) {
		return "", err
	}
	failure := LoginFailure{Org: offer.Org, App: offer.App, UserID: e.UserID}
	who := d.attempting(e, name)
	// The attempt is counted before the password is checked, so that breaking
	// off a call does not undo the count.
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
	if r.Kind == SSOLogin && !e.Admin {
		return "", failure.because(NoAdministrator, ErrLoginAdministrator)
	}
	return d.welcome(ctx, r, offer, e, requestID)
}

// loginPage is the API named in history entries that logins cause.
const loginPage = "login page"

// Reasons of a [LoginFailure], for logs, metrics and the history. The login
// page shows less.
const (
	UnknownName     = "unknown-name"
	WrongPassword   = "wrong-password"
	AccountDisabled = "account-disabled"
	TooManyAttempts = "too-many-attempts"
	NoAdministrator = "no-administrator"
)

// LoginFailure is why a login failed. It wraps ErrPasswordWrong,
// ErrLoginAttempts or ErrLoginAdministrator.
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

// refuseLogin counts a failed login, and records it in the history of the
// account when [countRefusal] says so. An unknown name is counted as well, so
// that it takes the same time.
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

// attempting says what an attempt to log in is counted under: the account,
// however its name was written, and the name as it was written. For an unknown
// name the account is derived from the name: what is counted, and when it is
// refused, must not reveal whether the person exists.
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

// employeeNamed returns the employee with a password who has that login id or
// mobile, or ErrEmployeeNotFound.
func (d *Directory) employeeNamed(ctx context.Context, org, name string) (e Employee, err error) {
	err = d.store.View(ctx, org, func(tx Tx) (err error) {
		e, err = tx.Employees().EmployeeByLogin(name)
		if !errors.Is(err, ErrEmployeeNotFound) {
			return err
		}
		phone, invalid := d.readMobile(name)
		if invalid != nil {
			return err
		}
		es, err := tx.Employees().EmployeesByMobile(phone)
		if err != nil {
			return err
		}
		// Several org accounts may share a number: then it does not identify
		// one.
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

// checkPassword returns why the login of e is refused, or "". It takes as long
// for the zero Employee.
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

// passwordMark changes with the employee's password and reveals nothing about
// it.
func (d *Directory) passwordMark(e Employee) string {
	return hex.EncodeToString(d.keys.MAC("password mark", e.PasswordHash)[:8])
}

// loginValid reports whether a login is still valid: the account is the same,
// enabled, and its password unchanged.
func (d *Directory) loginValid(l Login, e Employee) bool {
	return !e.Disabled && e.Account == l.Account && l.Mark == d.passwordMark(e)
}
