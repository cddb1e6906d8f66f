package oauth2

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// rows is a store in memory with what token calls read and write.
type rows struct {
	directory.Store // what the tests do not call
	directory.AppTx
	directory.LoginTx
	directory.OrgTx
	mu     sync.Mutex
	broken error
	apps   map[string]directory.App
	tokens map[string]directory.Token
}

// rowsTx is a transaction on the rows.
type rowsTx struct {
	directory.Tx // what the tests do not call
	*rows
}

func (t rowsTx) Apps() directory.AppTx     { return t.rows }
func (t rowsTx) Logins() directory.LoginTx { return t.rows }
func (t rowsTx) Orgs() directory.OrgTx     { return t.rows }

func (r *rows) View(_ context.Context, _ string, fn func(directory.Tx) error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken != nil {
		return r.broken
	}
	return fn(rowsTx{rows: r})
}

func (r *rows) Update(ctx context.Context, org string, fn func(directory.Tx) error) error {
	return r.View(ctx, org, fn)
}

func (r *rows) UseNonce(context.Context, string, string, time.Time) (bool, error) { return true, nil }
func (r *rows) RefuseBefore() time.Time                                           { return time.Time{} }

// These tests do not page through lists.
func (r *rows) PageEnd(context.Context, directory.PageReader, int64, time.Time) (int64, bool) {
	return 0, false
}

func (r *rows) RememberPageEnd(context.Context, directory.PageReader, int64, int64, time.Time, time.Time) {
}

func (r *rows) AppByKey(key string) (directory.App, error) {
	if a, ok := r.apps[key]; ok {
		return a, nil
	}
	return directory.App{}, directory.ErrAppNotFound
}

func (r *rows) AppsOf(org string) (as []directory.App, err error) {
	for _, a := range r.apps {
		if a.Org == org {
			as = append(as, a)
		}
	}
	return as, nil
}

func (r *rows) PutApp(a directory.App)     { r.apps[a.Key] = a }
func (r *rows) PutToken(t directory.Token) { r.tokens[t.Hash] = t }
func (r *rows) DeleteToken(hash string)    { delete(r.tokens, hash) }

func (r *rows) UserSessionByAccess(string) (directory.UserSession, directory.App, error) {
	return directory.UserSession{}, directory.App{}, directory.ErrTokenInvalid
}

func (r *rows) TokenByHash(hash string) (directory.Token, directory.App, error) {
	t, ok := r.tokens[hash]
	if !ok {
		return t, directory.App{}, directory.ErrTokenInvalid
	}
	return t, r.apps[t.AppKey], nil
}

func (r *rows) OrgByID(id string) (directory.Org, error) { return directory.Org{ID: id}, nil }

type testKeys struct{}

func (testKeys) MAC(purpose string, parts ...string) []byte {
	m := hmac.New(sha256.New, []byte(purpose))
	for _, p := range parts {
		m.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return m.Sum(nil)
}

type world struct {
	rows *rows
	dir  *directory.Directory
	now  time.Time
}

func newWorld() *world {
	w := &world{now: time.UnixMilli(1795341122145), rows: &rows{tokens: map[string]directory.Token{}, apps: map[string]directory.App{
		"dingsampleappkey01": {Key: "dingsampleappkey01", Org: "ding87654321", Secret: directory.NewSecret("sample-app-secret-0001")},
		"dingpartnerappkey1": {Key: "dingpartnerappkey1", Org: "ding12345678", Secret: directory.NewSecret("partner-app-secret-01")},
		"12345678":           {Key: "12345678", Org: "ding87654321", Secret: directory.NewSecret("helloworld"), SigningOnly: true},
		"dingdisabled":       {Key: "dingdisabled", Org: "ding87654321", Secret: directory.NewSecret("s"), Disabled: true},
	}}}
	w.dir = directory.Open(directory.Config{Store: w.rows, Keys: testKeys{}, Now: func() time.Time { return w.now }})
	return w
}

// call returns the answer as JSON members, and the code of a failure.
func (w *world) call(t *testing.T, o *api.Operation, args string) (answer string, code *api.Code) {
	t.Helper()
	v, err := api.ParseJSON([]byte(args))
	if err != nil {
		t.Fatal(err)
	}
	s := w.dir.Session(directory.Principal{Kind: directory.NobodyCaller}, o.Name, "request")
	fields, err := o.Call(context.Background(), s, v, api.Reading{})
	var arg *api.ArgumentError
	switch {
	case errors.As(err, &arg):
		return "", arg.Code
	case err != nil:
		return "", o.CodeOf(err)
	}
	return string(api.AppendJSON(nil, fields, false)), nil
}

func (w *world) token(t *testing.T) string {
	t.Helper()
	s := w.dir.Session(directory.Principal{Kind: directory.NobodyCaller}, "GetAccessToken", "request")
	token, _, err := s.IssueToken(context.Background(), "dingsampleappkey01", "sample-app-secret-0001")
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestTokenCallsGiveTheSameToken(t *testing.T) {
	t.Parallel()
	w := newWorld()
	token := w.token(t)
	tests := map[string]struct {
		op         *api.Operation
		args, want string
	}{
		"GetAccessToken": {GetAccessToken, `{"appKey":"dingsampleappkey01","appSecret":"sample-app-secret-0001"}`,
			`"accessToken":"` + token + `","expireIn":7200`},
		"GetToken": {GetToken, `{"corpId":"ding87654321","client_id":"dingsampleappkey01","client_secret":"sample-app-secret-0001","grant_type":"client_credentials"}`,
			`"access_token":"` + token + `","expires_in":7200`},
		"gettoken, app": {Gettoken, `{"appkey":"dingsampleappkey01","appsecret":"sample-app-secret-0001"}`,
			`"errcode":0,"access_token":"` + token + `","errmsg":"ok","expires_in":7200`},
		"gettoken, organisation": {Gettoken, `{"corpid":"ding87654321","corpsecret":"sample-app-secret-0001"}`,
			`"errcode":0,"access_token":"` + token + `","errmsg":"ok","expires_in":7200`},
	}
	for name, test := range tests {
		if got, code := w.call(t, test.op, test.args); got != test.want || code != nil {
			t.Errorf("%s: got %s, %v, want %s", name, got, code, test.want)
		}
	}
	if len(token) != 32 {
		t.Errorf("got a token of %d characters, want 32", len(token))
	}
}

func TestTokenIsRenewedAndThenReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld()
	first := w.token(t)
	w.now = w.now.Add(2*time.Hour - time.Second)
	if again := w.token(t); again != first {
		t.Errorf("within the lifetime: got %s, want %s again", again, first)
	}
	w.now = w.now.Add(2*time.Hour - time.Second)
	if _, err := w.dir.TokenPrincipal(context.Background(), first); err != nil {
		t.Errorf("asking again did not renew the token: %v", err)
	}
	w.now = w.now.Add(2 * time.Second)
	if next := w.token(t); next == first {
		t.Errorf("after the lifetime: got %s again, want another token", next)
	}
	if _, err := w.dir.TokenPrincipal(context.Background(), first); err == nil {
		t.Error("the expired token is accepted")
	}
}

func TestTokenCallsRefuse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		op   *api.Operation
		args string
		want *api.Code
	}{
		"GetAccessToken, wrong secret":       {GetAccessToken, `{"appKey":"dingsampleappkey01","appSecret":"x"}`, invalidClientIDOrSecret},
		"GetAccessToken, unknown app":        {GetAccessToken, `{"appKey":"x","appSecret":"sample-app-secret-0001"}`, invalidClientIDOrSecret},
		"GetAccessToken, no secret":          {GetAccessToken, `{"appKey":"dingsampleappkey01"}`, invalidClientIDOrSecret},
		"GetAccessToken, empty secret":       {GetAccessToken, `{"appKey":"dingsampleappkey01","appSecret":""}`, invalidClientIDOrSecret},
		"GetAccessToken, number":             {GetAccessToken, `{"appKey":1,"appSecret":"x"}`, invalidClientIDOrSecret},
		"GetAccessToken, signing key":        {GetAccessToken, `{"appKey":"12345678","appSecret":"helloworld"}`, invalidClientIDOrSecret},
		"GetAccessToken, disabled app":       {GetAccessToken, `{"appKey":"dingdisabled","appSecret":"s"}`, invalidClientIDOrSecret},
		"GetToken, wrong secret":             {GetToken, `{"corpId":"ding87654321","client_id":"dingsampleappkey01","client_secret":"x","grant_type":"client_credentials"}`, invalidClient},
		"GetToken, no client":                {GetToken, `{"corpId":"ding87654321","client_secret":"x","grant_type":"client_credentials"}`, invalidClient},
		"GetToken, no grant type":            {GetToken, `{"corpId":"ding87654321","client_id":"dingsampleappkey01","client_secret":"sample-app-secret-0001"}`, unsupportedGrantType},
		"GetToken, other grant type":         {GetToken, `{"corpId":"ding87654321","client_id":"dingsampleappkey01","client_secret":"sample-app-secret-0001","grant_type":"password"}`, unsupportedGrantType},
		"GetToken, other organisation":       {GetToken, `{"corpId":"ding12345678","client_id":"dingsampleappkey01","client_secret":"sample-app-secret-0001","grant_type":"client_credentials"}`, unauthorizedClient},
		"gettoken, nothing":                  {Gettoken, `{}`, missingPair},
		"gettoken, secret only":              {Gettoken, `{"appsecret":"x"}`, missingPair},
		"gettoken, wrong app secret":         {Gettoken, `{"appkey":"dingsampleappkey01","appsecret":"x"}`, wrongAppPair},
		"gettoken, no app secret":            {Gettoken, `{"appkey":"dingsampleappkey01"}`, wrongAppPair},
		"gettoken, wrong corp secret":        {Gettoken, `{"corpid":"ding87654321","corpsecret":"x"}`, wrongCorpPair},
		"gettoken, secret of another corp":   {Gettoken, `{"corpid":"ding87654321","corpsecret":"partner-app-secret-01"}`, wrongCorpPair},
		"gettoken, unknown corp":             {Gettoken, `{"corpid":"x","corpsecret":"x"}`, wrongCorpPair},
		"gettoken, signing key for its corp": {Gettoken, `{"corpid":"ding87654321","corpsecret":"helloworld"}`, wrongCorpPair},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, code := newWorld().call(t, test.op, test.args); got != "" || code != test.want {
				t.Errorf("got %s, %+v, want %+v", got, code, test.want)
			}
		})
	}
}

// A failing store must not look like a wrong secret: clients would discard
// their key.
func TestBrokenStoreIsNoWrongSecret(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.rows.broken = directory.ErrBusy
	pair := `"client_id":"dingsampleappkey01","client_secret":"x","grant_type":"client_credentials"`
	if _, code := w.call(t, GetToken, `{"corpId":"c",`+pair+`}`); code != serverError {
		t.Errorf("GetToken: got %+v, want %+v", code, serverError)
	}
	for _, o := range []*api.Operation{GetAccessToken, Gettoken} {
		if _, code := w.call(t, o, `{"appKey":"a","appSecret":"b","appkey":"a","appsecret":"b"}`); code != nil {
			t.Errorf("%s: got %+v, want the gateway's own answer", o.Name, code)
		}
	}
}

func TestOperationsAreComplete(t *testing.T) {
	t.Parallel()
	if _, err := api.NewCatalogue(Operations...); err != nil {
		t.Fatal(err)
	}
	for _, o := range Operations {
		texts := []string{o.Doc.Zh, o.Doc.En}
		for _, f := range append(o.Inputs(), o.Outputs()...) {
			texts = append(texts, f.Doc.Zh, f.Doc.En)
		}
		for _, c := range o.Codes() {
			texts = append(texts, c.Why.Zh, c.Why.En, c.Fix.Zh, c.Fix.En)
		}
		if slices.Contains(texts, "") {
			t.Errorf("%s lacks a text in one of the two languages", o.Name)
		}
	}
}
