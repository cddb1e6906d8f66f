package ops_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

func macOf(purpose string, parts ...string) string {
	return hex.EncodeToString(keyring.DevMaster().MAC(purpose, parts...))
}

// loginCodes gives codes and tokens whose texts are known: each is named as it
// is kept here.
func loginCodes(tx directory.Tx) error {
	const person, admin, disabled, sub = "org1001", directory.SampleAdministrator, "org1002", "023420013645"
	es, err := tx.Employees().Employees([]string{person, admin, disabled, sub})
	login := func(userID, app string) directory.Login {
		e := es[slices.IndexFunc(es, func(e directory.Employee) bool { return e.UserID == userID })]
		return directory.Login{Org: directory.SampleOrg, AppKey: app, UserID: userID, Account: e.Account, Mark: macOf("password mark", e.PasswordHash)[:16]}
	}
	gone := login(person, "")
	gone.UserID = "gone"
	for code, c := range map[string]directory.LoginCode{
		"in-app": {Kind: directory.InAppLogin, Login: login(person, "")}, "in-app-2": {Kind: directory.InAppLogin, Login: login(person, "")},
		"in-app-3": {Kind: directory.InAppLogin, Login: login(person, "")}, "in-app-4": {Kind: directory.InAppLogin, Login: login(person, "")},
		"in-app-5":     {Kind: directory.InAppLogin, Login: login(person, "")},
		"in-app-admin": {Kind: directory.InAppLogin, Login: login(admin, "")}, "in-app-disabled": {Kind: directory.InAppLogin, Login: login(disabled, "")},
		"in-app-sub":  {Kind: directory.InAppLogin, Login: login(sub, "")},
		"in-app-gone": {Kind: directory.InAppLogin, Login: gone}, "in-app-old": {Kind: directory.InAppLogin, Login: login(person, ""), Expires: now},
		"oauth": {Kind: directory.OAuthLogin, Login: login(person, directory.SampleAppKey)},
		"sns":   {Kind: directory.SNSLogin, Login: login(person, directory.SampleAppKey)}, "sns-2": {Kind: directory.SNSLogin, Login: login(person, directory.SampleAppKey)},
		"sns-3": {Kind: directory.SNSLogin, Login: login(person, directory.SampleAppKey)},
		"sso":   {Kind: directory.SSOLogin, Login: login(admin, "")}, "sso-2": {Kind: directory.SSOLogin, Login: login(admin, "")},
	} {
		c.Hash = macOf("login code", code)
		if c.Expires.IsZero() {
			c.Expires = now.Add(time.Minute)
		}
		tx.Logins().PutLoginCode(c, now.Add(-time.Second))
	}
	app := directory.Login{Org: directory.SampleOrg, AppKey: directory.SampleAppKey}
	for token, t := range map[string]directory.LoginToken{
		"sns-token": {Kind: directory.SNSToken, Login: app, Expires: now.Add(time.Minute)}, "sso-token": {Kind: directory.SSOToken, Login: app, Expires: now.Add(time.Minute)},
		"person-token":          {Kind: directory.PersonToken, Login: login(person, directory.SampleAppKey), Expires: now.Add(time.Minute)},
		"persistent":            {Kind: directory.PersistentCode, Login: login(person, directory.SampleAppKey)},
		"persistent-of-another": {Kind: directory.PersistentCode, Login: login(person, directory.BareAppKey)},
	} {
		t.Hash = macOf("login token", string(t.Kind), token)
		tx.Logins().PutLoginToken(t, now)
	}
	return err
}

// withCredential gives a request of a login call the credential that it takes
// in place of an access token: those of loginCodes, or a signature.
func withCredential(o *api.Operation, r *http.Request) *http.Request {
	q := r.URL.Query()
	token := map[api.Auth]string{api.NeedsUserToken: "fixed-user-token", api.NeedsSNSToken: "sns-token", api.NeedsSSOToken: "sso-token"}[o.Auth]
	switch {
	case o.Auth == api.NeedsSigning:
		at := strconv.FormatInt(now.UnixMilli(), 10)
		m := hmac.New(sha256.New, []byte(directory.SampleSecret))
		m.Write([]byte(at))
		if ticket := ticketIn(r); ticket != "" {
			m.Write([]byte("\n" + ticket))
		}
		q.Del("access_token")
		q.Set("accessKey", directory.SampleAppKey)
		q.Set("timestamp", at)
		q.Set("signature", base64.StdEncoding.EncodeToString(m.Sum(nil)))
	case o.Auth == api.NeedsPersonToken:
		q.Set("sns_token", "person-token")
	case token == "":
		return r
	case q.Has("access_token"):
		q.Set("access_token", token)
	default:
		r.Header.Set("x-acs-dingtalk-access-token", token)
	}
	r.URL.RawQuery = q.Encode()
	return r
}

// ticketIn returns the suite ticket in the body, which is signed, too.
func ticketIn(r *http.Request) string {
	body, _ := io.ReadAll(r.Body) // of a test: it is in memory
	r.Body = io.NopCloser(bytes.NewReader(body))
	var sent struct {
		Ticket any `json:"suiteTicket"`
	}
	_ = json.Unmarshal(body, &sent) // what is no JSON has no ticket
	ticket, _ := sent.Ticket.(string)
	return ticket
}
