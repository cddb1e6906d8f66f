package dingtalk

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

const (
	tokenA    = "101w3c04ffa2386da6530e5123bdf260"
	tokenBare = "303w3c04ffa2386da6530e5123bdf260" // an app with qyapi_base only
	tokenHome = "404w3c04ffa2386da6530e5123bdf260" // an app that may be used from 10.1.2.3 only
)

var testTime = time.UnixMilli(1795341122145) // of the captured signed call

// rows is a store in memory with the rows that authentication needs.
type rows struct {
	directory.Store // what the tests do not call
	directory.AppTx
	directory.LoginTx
	directory.OrgTx
	mu     sync.Mutex
	broken error
	apps   map[string]directory.App
	tokens map[string]directory.Token
	orgs   map[string]directory.Org
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

func (r *rows) TokenByHash(hash string) (directory.Token, directory.App, error) {
	t, ok := r.tokens[hash]
	if !ok {
		return t, directory.App{}, directory.ErrTokenInvalid
	}
	return t, r.apps[t.AppKey], nil
}

func (r *rows) UserSessionByAccess(string) (directory.UserSession, directory.App, error) {
	return directory.UserSession{}, directory.App{}, directory.ErrTokenInvalid
}

func (r *rows) OrgByID(id string) (directory.Org, error) {
	if o, ok := r.orgs[id]; ok {
		return o, nil
	}
	return directory.Org{}, directory.ErrOrgNotFound
}

type testKeys struct{}

func (testKeys) MAC(purpose string, parts ...string) []byte {
	m := hmac.New(sha256.New, []byte(purpose))
	for _, p := range parts {
		m.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return m.Sum(nil)
}

// world is the two gateways over a small catalogue and three apps.
type world struct {
	rest    *REST
	oapi    *OAPI
	rows    *rows
	gateway api.Gateway
}

func newWorld(t testing.TB, change ...func(*api.Gateway)) *world {
	t.Helper()
	w := &world{rows: &rows{apps: map[string]directory.App{}, tokens: map[string]directory.Token{}, orgs: map[string]directory.Org{}}}
	w.rows.orgs["ding87654321"] = directory.Org{ID: "ding87654321"}
	for token, app := range map[string]directory.App{
		tokenA:    {Key: "dingsampleappkey01", Permissions: []string{directory.AllPermissions}, Secret: directory.NewSecret("secretB")},
		tokenBare: {Key: "dingnopermission01", Permissions: []string{"qyapi_base"}},
		tokenHome: {Key: "dinghome", Permissions: []string{directory.AllPermissions}, AllowIPs: []string{"10.1.2.3"}},
	} {
		app.Org = "ding87654321"
		w.rows.apps[app.Key] = app
		hash := hexOf(testKeys{}.MAC("access token", token))
		w.rows.tokens[hash] = directory.Token{Hash: hash, Org: app.Org, AppKey: app.Key}
	}
	now := func() time.Time { return testTime }
	catalogue, err := api.NewCatalogue(testOperations()...)
	if err != nil {
		t.Fatal(err)
	}
	w.gateway = api.Gateway{
		Directory: directory.Open(directory.Config{Store: w.rows, Now: now, Keys: testKeys{}}),
		Catalogue: catalogue, Faults: &api.Faults{}, FailedCalls: api.NewFailedCalls(16), Now: now,
	}
	for _, c := range change {
		c(&w.gateway)
	}
	w.rest, w.oapi = NewREST(w.gateway), NewOAPI(w.gateway)
	return w
}

func hexOf(b []byte) string {
	const digits = "0123456789abcdef"
	var s strings.Builder
	for _, x := range b {
		s.WriteByte(digits[x>>4])
		s.WriteByte(digits[x&0xf])
	}
	return s.String()
}

// ServeHTTP sends a request where the server would.
func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/v1.0/") {
		w.rest.ServeHTTP(rw, r)
		return
	}
	w.oapi.ServeHTTP(rw, r)
}

// do sends a request; headers are "name: value" lines.
func (w *world) do(t testing.TB, method, target, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.RemoteAddr = "192.0.2.1:4711"
	if body == "" {
		r.Body, r.ContentLength = http.NoBody, 0
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

// replay sends a request as it was captured: lines end with LF in the source.
func (w *world) replay(t testing.TB, text string) *httptest.ResponseRecorder {
	t.Helper()
	head, body, _ := strings.Cut(text, "\n\n")
	if !strings.Contains(head, "Host:") && !strings.Contains(head, "host:") {
		head += "\nHost: HOST"
	}
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + body)))
	if err != nil {
		t.Fatalf("captured request: %v", err)
	}
	r.RemoteAddr = "192.0.2.1:4711"
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return rec
}

var (
	shortIDs = regexp.MustCompile(`"request_id":"[0-9a-z]{12,13}"`)
	upperIDs = regexp.MustCompile(`"requestid":"[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}"`)
)

// body returns the answer with its request id replaced by ID.
func body(rec *httptest.ResponseRecorder) string {
	s := shortIDs.ReplaceAllString(rec.Body.String(), `"request_id":"ID"`)
	return upperIDs.ReplaceAllString(s, `"requestid":"ID"`)
}

func check(t testing.TB, what string, got, want any) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

// The codes that the test operations declare.
var (
	testBusy     = &api.Code{HTTP: 500, Code: "400001", Msg: "系统错误", Cause: directory.ErrBusy}
	testUnknown  = &api.Code{HTTP: 200, Code: "33012", Msg: "无效的USERID", Cause: errTestUnknown}
	testExists   = &api.Code{HTTP: 200, Code: "22005", Msg: "该外部联系人已经存在", Cause: errTestExists}
	testEmpty    = &api.Code{HTTP: 200, Code: "40036", Msg: "参数为空"}
	testBadParam = &api.Code{HTTP: 400, Code: "invalid.param", Msg: "参数无效", Names: true}
	testLabels   = &api.Code{HTTP: 200, Code: "40035", Msg: "不合法的参数", Names: true}
	testPair     = &api.Code{HTTP: 200, Code: "40096", Msg: "不合法的appKey或appSecret", Cause: errTestPair}
	testForeign  = &api.Code{HTTP: 401, Code: "unauthorized.client", Msg: "unauthorized.client", Cause: errTestPair}

	errTestUnknown = errors.New("unknown contact")
	errTestExists  = errors.New("contact exists")
	errTestPair    = errors.New("no pair")
	errTestBug     = errors.New("a bug that names 13800000001")
)

type grantIn struct {
	ToCorpIDs []string
	OptUserID string
	Fields    []string
}

type boolean struct{ Result bool }

type anything struct {
	UnionID string
	N       int64
	Flag    bool
	IDs     []string
	Filter  api.Value
}

type contactIn struct {
	Contact struct {
		Name, Mobile, StateCode string
		Labels                  []int64
		Shared                  []string
		Follower                string
	}
	Offset, Size int64
	UserID       string
	UserIDs      []string
}

type contactOut struct {
	UserID  string
	Results []contactIn
}

type nothing struct{}

func testOperations() []*api.Operation {
	grant := api.Op[grantIn, boolean]{
		Route:      api.REST("TestGrant", http.MethodPut, "/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg"),
		Permission: "Contact.OrgAccount.VisiblityInOtherOrg",
		In: func(in *grantIn) api.Fields {
			return api.Fields{
				api.Strings("toCorpIds", &in.ToCorpIDs).Required(nil),
				api.String("optUserId", &in.OptUserID).Required(nil),
				api.Strings("fields", &in.Fields).OneOf(testBadParam, "mobile", "status"),
			}
		},
		Out: func(out *boolean) api.Fields { return api.Fields{api.Bool("result", &out.Result)} },
		Do: func(_ context.Context, _ *directory.Session, in *grantIn) (*boolean, error) {
			for i, id := range in.ToCorpIDs {
				switch id {
				case "unknown":
					return nil, &api.ArgumentError{Parameter: "toCorpIds[" + strconv.Itoa(i) + "]", Rule: api.Text{En: "must exist"}, Found: "not found", Code: testBadParam}
				case "busy":
					return nil, directory.ErrBusy
				case "bug":
					return nil, errTestBug
				case "panic":
					panic("13800000001")
				}
			}
			return &boolean{true}, nil
		},
	}
	echoFields := func(in *anything) api.Fields {
		return api.Fields{
			api.String("unionId", &in.UnionID).Required(nil), api.Int("n", &in.N).OmitEmpty(), api.Bool("flag", &in.Flag).OmitEmpty(),
			api.Strings("ids", &in.IDs), api.Any("filter", &in.Filter),
		}
	}
	echo := func(_ context.Context, _ *directory.Session, in *anything) (*anything, error) { return in, nil }
	bare := api.Op[grantIn, boolean]{
		Route: api.REST("TestBareArray", http.MethodPut, "/v1.0/contact/orgAccounts/mobiles/visiblePermissions"),
		In:    func(in *grantIn) api.Fields { return api.Fields{api.Strings("Body", &in.Fields).Body().Required(nil)} },
		Out:   grant.Out,
		Do: func(_ context.Context, _ *directory.Session, in *grantIn) (*boolean, error) {
			return &boolean{len(in.Fields) == 1 && in.Fields[0] == "u1"}, nil
		},
	}
	silent := func(context.Context, *directory.Session, *nothing) (*nothing, error) { return nil, nil }
	return append([]*api.Operation{
		grant.Operation(), bare.Operation(),
		api.Op[anything, anything]{Route: api.REST("TestUser", http.MethodGet, "/v1.0/contact/users/{unionId...}"), In: echoFields, Out: echoFields, Do: echo}.Operation(),
		api.Op[anything, anything]{Route: api.REST("TestPost", http.MethodPost, "/v1.0/test/{unionId}/echo"), In: echoFields, Out: echoFields, Do: echo}.Operation(),
		api.Op[nothing, nothing]{Route: api.REST("TestNothing", http.MethodPost, "/v1.0/test/nothing"), Do: silent}.Operation(),
		api.Op[nothing, nothing]{Route: api.REST("TestMe", http.MethodGet, "/v1.0/test/me"), Auth: api.NeedsUserToken, Permission: "Contact.User.Read", Do: silent}.Operation(),
		api.Op[nothing, nothing]{Route: api.REST("TestToken", http.MethodPost, "/v1.0/oauth2/accessToken"), Auth: api.NeedsNothing,
			Codes: []*api.Code{testForeign}, Do: func(_ context.Context, s *directory.Session, _ *nothing) (*nothing, error) {
				if s.Caller().Kind != directory.NobodyCaller {
					return nil, errTestBug
				}
				return nil, errTestPair
			}}.Operation(),
	}, testOAPIOperations()...)
}

func contactFields(in *contactIn) api.Fields {
	c := &in.Contact
	return api.Fields{api.Object("contact", c, func(*struct {
		Name, Mobile, StateCode string
		Labels                  []int64
		Shared                  []string
		Follower                string
	}) api.Fields {
		return api.Fields{
			api.String("name", &c.Name).Required(testEmpty), api.String("mobile", &c.Mobile), api.String("state_code", &c.StateCode),
			api.Ints("label_ids", &c.Labels), api.Strings("share_user_ids", &c.Shared), api.String("follower_user_id", &c.Follower),
		}
	}).Required(nil)}
}

func testOAPIOperations() []*api.Operation {
	do := func(f func(*contactIn) (*contactOut, error)) func(context.Context, *directory.Session, *contactIn) (*contactOut, error) {
		return func(_ context.Context, _ *directory.Session, in *contactIn) (*contactOut, error) { return f(in) }
	}
	userID := func(out *contactOut) api.Fields { return api.Fields{api.String("userid", &out.UserID)} }
	return []*api.Operation{
		api.Op[contactIn, contactOut]{Route: api.OAPI("", "/topapi/extcontact/create"), Permission: "qyapi_ext_write", In: contactFields, Out: userID,
			Codes: []*api.Code{testExists},
			Do: do(func(in *contactIn) (*contactOut, error) {
				c := in.Contact
				switch {
				case c.Mobile == "22005":
					return nil, errTestExists
				case c.Mobile == "40035":
					return nil, &api.ArgumentError{Parameter: "contact.label_ids", Code: testLabels, Rule: api.Text{En: "must exist"}, Found: "not found"}
				case c.Name != "张三" || c.Mobile != "13088888888" || len(c.Labels) != 1 || c.Labels[0] != 1561077317 || len(c.Shared) != 1:
					return nil, errTestBug
				}
				return &contactOut{UserID: "123420013632"}, nil
			})}.Operation(),
		api.Op[contactIn, contactOut]{Route: api.OAPI("", "/topapi/extcontact/list"), Permission: "qyapi_ext_read", ReadOnly: true,
			In: func(in *contactIn) api.Fields {
				return api.Fields{api.Int("size", &in.Size), api.Int("offset", &in.Offset), api.Strings("ids", &in.UserIDs)}
			},
			Out: func(out *contactOut) api.Fields {
				return api.Fields{api.Objects("results", &out.Results, func(in *contactIn) api.Fields {
					return api.Fields{api.Int("size", &in.Size), api.Int("offset", &in.Offset), api.Strings("ids", &in.UserIDs)}
				})}
			},
			Codes: []*api.Code{testBusy},
			Do: do(func(in *contactIn) (*contactOut, error) {
				if in.Size == 99 {
					return nil, errTestBug
				}
				return &contactOut{Results: []contactIn{*in}}, nil
			})}.Operation(),
		api.Op[contactIn, nothing]{Route: api.OAPI("", "/topapi/extcontact/delete"), Permission: "qyapi_ext_write", Codes: []*api.Code{testUnknown},
			In: func(in *contactIn) api.Fields {
				return api.Fields{api.String("user_id", &in.UserID).Required(nil)}
			},
			Do: func(_ context.Context, _ *directory.Session, in *contactIn) (*nothing, error) {
				switch in.UserID {
				case "1":
					return nil, errTestUnknown
				case "busy":
					return nil, directory.ErrBusy
				case "panic":
					panic("13800000001")
				}
				return nil, nil
			}}.Operation(),
		api.Op[contactIn, contactOut]{Route: api.OAPI(http.MethodGet, "/gettoken"), Auth: api.NeedsNothing, ReadOnly: true, Bare: true,
			In:  func(in *contactIn) api.Fields { return api.Fields{api.String("appkey", &in.UserID)} },
			Out: func(out *contactOut) api.Fields { return api.Fields{api.String("access_token", &out.UserID)} }, Codes: []*api.Code{testPair},
			Do: do(func(in *contactIn) (*contactOut, error) {
				if in.UserID != "k" {
					return nil, errTestPair
				}
				return &contactOut{UserID: "6d1bxxxx"}, nil
			})}.Operation(),
		api.Op[nothing, nothing]{Route: api.OAPI(http.MethodGet, "/call_back/delete_call_back"), Permission: "qyapi_call_back",
			Do: func(context.Context, *directory.Session, *nothing) (*nothing, error) { return nil, nil }}.Operation(),
		api.Op[contactIn, contactOut]{Route: api.OAPI("", "/user/getUserid"), In: func(in *contactIn) api.Fields {
			return api.Fields{api.String("userid", &in.UserID).Required(nil), api.Int("size", &in.Size)}
		}, Out: userID, Do: do(func(in *contactIn) (*contactOut, error) { return &contactOut{UserID: in.UserID}, nil })}.Operation(),
		api.Op[nothing, nothing]{Route: api.OAPI(http.MethodPost, "/user/create"),
			Do: func(context.Context, *directory.Session, *nothing) (*nothing, error) { return nil, nil }}.Operation(),
	}
}

// chunked makes a body of unknown length, as the vendor's Node SDK sends it.
func chunked(r *http.Request, body string) *http.Request {
	r.Body = io.NopCloser(strings.NewReader(body))
	r.ContentLength = -1
	r.TransferEncoding = []string{"chunked"}
	return r
}
