package directory

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// welcome gives a person who has proved who they are the code for the program,
// and writes the login into the history.
func (d *Directory) welcome(ctx context.Context, r LoginRequest, o LoginOffer, e Employee, requestID string) (code string, err error) {
	s := d.Session(Principal{Kind: UserCaller, Org: o.Org, ID: e.UserID, Name: e.Name, App: o.App}, loginPage, requestID)
	after := Record{"app": o.App}
	if o.App == "" {
		after = Record{"kind": string(r.Kind)}
	}
	err = s.update(ctx, func(tx Tx) error {
		code = s.putCode(tx, r, o, e)
		s.noteLogin(tx, e.UserID)
		s.audit(tx, Change{Noun: "login", Object: e.UserID, Action: "login", After: after})
		return nil
	})
	if err != nil {
		return "", err
	}
	return code, nil
}

// putCode writes a new code of a person: 32 lower-case hexadecimal digits.
func (s *Session) putCode(tx Tx, r LoginRequest, o LoginOffer, e Employee) string {
	code := hex.EncodeToString(s.dir.keys.MAC("login code text", s.dir.ids.Base62(32)))[:32]
	l := Login{Org: o.Org, UserID: e.UserID, Account: e.Account, Mark: s.dir.passwordMark(e), WithOrg: o.WithOrg}
	if r.Kind.ofApp() {
		l.AppKey = o.App
	}
	tx.Logins().PutLoginCode(LoginCode{Hash: s.dir.loginCodeHash(r.Kind, code, o.RedirectURI), Kind: r.Kind, Login: l, Expires: s.now.Add(r.Kind.life())}, s.now)
	return code
}

// ContinueLogin takes the code of a login in a frame in place of a password,
// and returns the code for the program. It returns the errors of OpenLogin, or
// ErrCodeInvalid.
func (d *Directory) ContinueLogin(ctx context.Context, r LoginRequest, frameCode, requestID string) (code string, err error) {
	o, err := d.OpenLogin(ctx, r)
	if err != nil {
		return "", err
	}
	s := d.Session(Principal{Kind: NobodyCaller, Org: o.Org}, loginPage, requestID)
	err = s.update(ctx, func(tx Tx) error {
		hash := d.loginCodeHash(FrameLogin, frameCode, o.RedirectURI)
		e, _, err := s.ownerOf(tx, hash, o.App, FrameLogin)
		if err == nil {
			tx.Logins().DeleteLoginCode(hash)
			code = s.putCode(tx, r, o, e)
		}
		return err
	})
	if err != nil {
		return "", err
	}
	return code, nil
}

// ownerOf returns whose login a code is, which the caller then deletes, if it is
// one of the kinds and an app may use it. It returns ErrCodeInvalid for any
// other, and for that of a person who may no longer log in. replayed says that
// the code was exchanged before: then its login is ended, and there is no
// employee.
func (s *Session) ownerOf(tx Tx, hash, app string, kinds ...LoginKind) (e Employee, replayed bool, err error) {
	c, err := tx.Logins().LoginCodeByHash(hash)
	if err != nil {
		return e, false, err
	}
	if !slices.Contains(kinds, c.Kind) || c.Login.Org != s.org || c.Login.AppKey != "" && c.Login.AppKey != app || !c.Expires.After(s.now) {
		return e, false, ErrCodeInvalid
	}
	if c.Session != "" {
		tx.Logins().DeleteUserSession(c.Session)
		return e, true, nil
	}
	e, err = s.stillIn(tx, c.Login)
	return e, false, err
}

// stillIn returns the person of a login, or ErrCodeInvalid if the login is no
// longer valid.
func (s *Session) stillIn(tx Tx, l Login) (Employee, error) {
	e, err := tx.Employees().Employee(l.UserID)
	if errors.Is(err, ErrEmployeeNotFound) || err == nil && !s.dir.loginValid(l, e) {
		return Employee{}, ErrCodeInvalid
	}
	return e, err
}

// LoggedIn is a person who logged in, as the app that took the code sees them.
// Decision: the range of the app does not matter, because the person came to
// it.
type LoggedIn struct {
	UserID, Name, Nick string
	UnionID, OpenID    string
	DingID, Device     string // Device identifies the login
	Avatar, Email      string
	Mobile             string // masked: "138****1001"; "" if the person hides it
	Admin              bool   // a main administrator
	SubAdmin, Boss     bool
	OrgID, OrgName     string
	Certified          int64 // level of the organisation's certification
}

// TakeCode uses up a code of one of the kinds for the calling app, and returns
// who logged in. It returns ErrCodeInvalid.
func (s *Session) TakeCode(ctx context.Context, code string, kinds ...LoginKind) (p LoggedIn, err error) {
	replayed := false
	err = s.update(ctx, func(tx Tx) error {
		hash := s.dir.codeHash(code)
		e, again, err := s.ownerOf(tx, hash, s.caller.App, kinds...)
		if replayed = again; err != nil || again {
			return err
		}
		p, err = s.loggedIn(tx, e)
		p.Device = hex.EncodeToString(s.dir.keys.MAC("device", code))[:32]
		tx.Logins().DeleteLoginCode(hash)
		return err
	})
	if err == nil && replayed {
		s.dir.tokens.clear()
		err = fmt.Errorf("used before, so the login was ended: %w", ErrCodeInvalid)
	}
	if err != nil {
		return LoggedIn{}, err
	}
	return p, nil
}

func (s *Session) loggedIn(tx Tx, e Employee) (LoggedIn, error) {
	org, err := tx.Orgs().OrgByID(s.org)
	if err != nil {
		return LoggedIn{}, err
	}
	held, err := tx.Roles().RolesHeld(e.UserID)
	if err != nil {
		return LoggedIn{}, err
	}
	p := LoggedIn{UserID: e.UserID, Name: e.Name, Nick: e.Profile.Nickname, UnionID: s.dir.unionIDOf(s.org, e), OpenID: s.dir.openID(e.Account, s.caller.App),
		DingID: s.dir.dingID(e.Account), Avatar: e.Profile.AvatarMediaID, Email: e.Private.Email, Admin: e.Admin, Boss: e.Boss,
		SubAdmin: slices.ContainsFunc(held, func(r HeldRole) bool { return r.ID == subAdministratorID(s.org) }),
		OrgID:    s.org, OrgName: org.Name, Certified: org.Certification.Level}
	if p.Nick == "" {
		p.Nick = e.Name
	}
	if e.Mobile != "" && (Sight{Reader: s.caller, Org: s.org, Employee: e}).Sees(MobileField).Visible {
		_, p.Mobile, _ = strings.Cut(MaskAddress(e.Mobile), "-")
	}
	return p, nil
}

// MakeLoginCode returns a code of a person without a login, for development:
// InAppLogin, or SSOLogin of an administrator. It returns ErrOrgNotFound,
// ErrEmployeeNotFound, ErrEmployeeDisabled or ErrLoginAdministrator.
func (d *Directory) MakeLoginCode(ctx context.Context, org, userID string, kind LoginKind, requestID string) (code string, err error) {
	e, err := d.personToLogIn(ctx, org, userID)
	if err != nil {
		return "", err
	}
	if kind == SSOLogin && !e.Admin {
		return "", ErrLoginAdministrator
	}
	return d.welcome(ctx, LoginRequest{Kind: kind}, LoginOffer{Org: org}, e, requestID)
}

// LogInAs logs a person in without a password, for development, and returns the
// code for the program that asked. It returns the errors of OpenLogin and
// MakeLoginCode.
func (d *Directory) LogInAs(ctx context.Context, r LoginRequest, userID, requestID string) (code string, err error) {
	o, err := d.OpenLogin(ctx, r)
	if err != nil {
		return "", err
	}
	e, err := d.personToLogIn(ctx, o.Org, userID)
	if err != nil {
		return "", err
	}
	if r.Kind == SSOLogin && !e.Admin {
		return "", ErrLoginAdministrator
	}
	return d.welcome(ctx, r, o, e, requestID)
}

// ErrEmployeeDisabled: the account of the person is disabled.
var ErrEmployeeDisabled = errors.New("account of the employee is disabled")

// personToLogIn returns a person who may log in. An account that has joined is
// disabled where it belongs.
func (d *Directory) personToLogIn(ctx context.Context, org, userID string) (e Employee, err error) {
	switch {
	case !isStorable(org):
		return e, ErrOrgNotFound
	case !isStorable(userID):
		return e, ErrEmployeeNotFound
	}
	err = d.store.View(ctx, org, func(tx Tx) error {
		if err := activeOrg(tx, org, ErrOrgNotFound); err != nil {
			return err
		}
		if e, err = tx.Employees().Employee(userID); err != nil {
			return err
		}
		if e.AccountType == AccountJoined {
			e.Disabled, err = tx.Employees().OwnerDisabled(AccountRef{e.OuterOrg, e.OuterUserID})
		}
		return err
	})
	if err == nil && e.Disabled {
		err = ErrEmployeeDisabled
	}
	return e, err
}

// LoginPerson is somebody whom a page of a development server offers to log in.
type LoginPerson struct {
	UserID, Name, Title string
	Admin               bool
}

// MostLoginPeople is how many people the page shows.
const MostLoginPeople = 50

// LoginPeople returns the first people of an organisation whose name or user id
// matches a word, "" for all, without disabled accounts. more says that there
// are others.
func (d *Directory) LoginPeople(ctx context.Context, org, word string) (people []LoginPerson, more bool, err error) {
	if !isStorable(word) {
		return nil, false, nil
	}
	var found NameMatches[string]
	if word != "" {
		s := d.Session(Principal{Kind: AdminCaller, Org: org}, loginPage, "")
		if found, err = s.SearchEmployees(ctx, word, false, 0, MostLoginPeople); err != nil {
			return nil, false, err
		}
	}
	err = d.store.View(ctx, org, func(tx Tx) error {
		ids := append(found.IDs, word)
		if word == "" {
			if ids, err = tx.Employees().EmployeeIDs("", 0, MostLoginPeople+1); err != nil {
				return err
			}
		}
		es, err := tx.Employees().Employees(ids)
		slices.SortFunc(es, func(a, b Employee) int { return strings.Compare(a.UserID, b.UserID) })
		people, more = nil, found.More || len(es) > MostLoginPeople
		for _, e := range es[:min(len(es), MostLoginPeople)] {
			if !e.Disabled {
				people = append(people, LoginPerson{e.UserID, e.Name, e.Profile.Title, e.Admin})
			}
		}
		return err
	})
	return people, more, err
}
