package acs

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// at is the time of every test; the recorded requests lie within its window.
var at = time.Date(2026, 11, 22, 9, 50, 0, 0, time.UTC)

const version = "2022-04-19"

// keys is a set of access keys and the nonces they used.
type keys struct {
	mu     sync.Mutex
	known  map[string]directory.AccessKey
	nonces map[string]time.Time
	before time.Time
	err    error
}

func (k *keys) AccessKey(_ context.Context, id string) (directory.AccessKey, error) {
	key, ok := k.known[id]
	if !ok {
		return key, errors.Join(k.err, directory.ErrKeyNotFound)
	}
	return key, k.err
}

// CheckSecurityToken: the token is the one of the recorded requests.
func (k *keys) CheckSecurityToken(key directory.AccessKey, token string) error {
	switch {
	case key.Parent == "" || token != "tok/en+==":
		return directory.ErrTokenInvalid
	case !at.Before(key.Expires):
		return directory.ErrKeyExpired
	}
	return nil
}

// BearerKey: the token of a key is "bt-" and its id.
func (k *keys) BearerKey(ctx context.Context, token string) (directory.AccessKey, error) {
	id, ok := strings.CutPrefix(token, "bt-")
	if !ok {
		return directory.AccessKey{}, directory.ErrTokenInvalid
	}
	return k.AccessKey(ctx, id)
}

func (k *keys) UseNonce(_ context.Context, id, nonce string, expires time.Time) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, used := k.nonces[id+"\n"+nonce]
	k.nonces[id+"\n"+nonce] = expires
	return !used, nil
}

func (k *keys) NonceSeen(id, nonce string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	_, used := k.nonces[id+"\n"+nonce]
	return used
}

func (k *keys) RefuseBefore() time.Time { return k.before }

// echo is an operation that answers its arguments; its Fail names an error of
// the core to return.
type echo struct {
	ContactID string
	Name      *string
	Types     []string
	Tags      []tag
	Count     int64
	Fail      string
}

type tag struct{ Key, Value string }

func tagFields(t *tag) api.Fields {
	return api.Fields{api.String("Key", &t.Key).Required(nil), api.String("Value", &t.Value).OmitEmpty()}
}

func echoFields(e *echo) api.Fields {
	return api.Fields{
		api.String("ContactId", &e.ContactID).Required(testMissing),
		api.OptString("Name", &e.Name).Runes(2, 12, testLength),
		api.Strings("MessageTypes", &e.Types),
		api.Objects("Tag", &e.Tags, tagFields),
		api.Int("Count", &e.Count).OmitEmpty(),
		api.String("Fail", &e.Fail).OmitEmpty(),
	}
}

var (
	testMissing = &api.Code{HTTP: 400, Code: "MissingParameter.ContactId", Msg: "You must specify ContactId."}
	testLength  = &api.Code{HTTP: 400, Code: "InvalidParameter.Name.Length", Msg: "The Name exceeds the length limit."}
	testGone    = &api.Code{HTTP: 404, Code: "EntityNotExists.Contact", Msg: "This Contact does not exist.", Cause: directory.ErrMessageContactNotFound}
	testBusy    = &api.Code{HTTP: 429, Code: "ConcurrentCallNotSupported", Msg: "The operation conflicts with other operations. Please try again later.", Cause: directory.ErrBusy}
)

func echoing(name, resource string, required bool, codes ...*api.Code) *api.Operation {
	in := echoFields
	if !required {
		in = func(e *echo) api.Fields {
			fs := echoFields(e)
			fs[0] = api.String("ContactId", &e.ContactID).OmitEmpty()
			return append(fs, api.Strings("Members", new([]string)))
		}
	}
	return api.Op[echo, echo]{
		Route: api.RPC(version, name), Resource: resource, In: in, Out: in, Codes: codes,
		Do: func(_ context.Context, _ *directory.Session, e *echo) (*echo, error) {
			switch e.Fail {
			case "gone":
				return nil, directory.ErrMessageContactNotFound
			case "busy":
				return nil, directory.ErrBusy
			case "off":
				return nil, directory.ErrDirectoryNotEnabled
			case "bug":
				return nil, errors.New("a secret of the database")
			case "panic":
				panic("a secret of the program")
			}
			return e, nil
		},
	}.Operation()
}

type world struct {
	*Handler
	keys    *keys
	faults  api.Faults
	failed  *api.FailedCalls
	log     strings.Builder
	logMu   sync.Mutex
	allow   bool
	counted []string
}

func (w *world) Write(p []byte) (int, error) {
	w.logMu.Lock()
	defer w.logMu.Unlock()
	return w.log.Write(p)
}

func newWorld(t testing.TB) *world {
	t.Helper()
	catalogue, err := api.NewCatalogue(
		echoing("UpdateMessageContact", "messagecontact/{ContactId}", true, testGone, testBusy),
		echoing("GetMessageContact", "messagecontact/{ContactId}", true, testGone),
		echoing("AddMessageContact", "messagecontact/*", false),
		echoing("AssociateMembers", "", false),
		api.Op[struct{}, struct{}]{
			Route: api.RPC("2020-03-31", "DeleteFolder"),
			Do:    func(context.Context, *directory.Session, *struct{}) (*struct{}, error) { return &struct{}{}, nil },
		}.Operation(),
	)
	if err != nil {
		t.Fatal(err)
	}
	key := func(id, policy string) directory.AccessKey {
		return directory.AccessKey{ID: id, Org: "ding87654321", AccountID: "1000000000000001", Principal: "tester",
			Secret: directory.NewSecret("testAccessKeySecret"), Policy: policy}
	}
	off := key("offKeyId", directory.PolicyFullAccess)
	off.Disabled = true
	temporary, over, member := key("STS.testAccessKeyId", directory.PolicyFullAccess), key("STS.overKeyId", directory.PolicyFullAccess), key("memberKeyId", directory.PolicyFullAccess)
	temporary.Parent, temporary.Expires = "testAccessKeyId", at.Add(time.Second)
	over.Parent, over.Expires = "testAccessKeyId", at
	member.Member, member.AccountID = "1997968394351234", "1997968394351234"
	named := key("namedKeyId", "operators")
	named.Document = `{"Version":"1","Statement":[{"Effect":"Deny","Action":"resourcemanager:Update*","Resource":"*"}]}`
	w := &world{failed: api.NewFailedCalls(1000), allow: true}
	w.keys = &keys{nonces: map[string]time.Time{}, known: map[string]directory.AccessKey{
		"testAccessKeyId":     key("testAccessKeyId", directory.PolicyFullAccess),
		"readonlyKeyId":       key("readonlyKeyId", directory.PolicyReadOnly),
		"STS.testAccessKeyId": temporary,
		"STS.overKeyId":       over,
		"memberKeyId":         member,
		"namedKeyId":          named,
		"orphanKeyId":         key("orphanKeyId", "gone"),
		"offKeyId":            off,
	}}
	now := func() time.Time { return at }
	w.Handler = New(api.Gateway{
		Directory: directory.Open(directory.Config{Now: now}), Catalogue: catalogue, Faults: &w.faults, FailedCalls: w.failed,
		Log: slog.New(slog.NewTextHandler(w, nil)), Now: now, BaseURL: "https://mingce.example",
		Allow: func(string, string) api.Throttle {
			if w.allow {
				return api.Throttle{}
			}
			return api.Throttle{Limit: 20, Until: at.Add(time.Second)}
		},
		Observe: func(family, operation, code string, _ time.Duration) {
			w.counted = append(w.counted, family+" "+operation+" "+code)
		},
	})
	w.Handler.keys = w.keys
	return w
}

// answer is what a caller sees.
type answer struct {
	*httptest.ResponseRecorder
	t    testing.TB
	body string
}

func (w *world) send(t testing.TB, r *http.Request) answer {
	t.Helper()
	rec := httptest.NewRecorder()
	w.ServeHTTP(rec, r)
	return answer{rec, t, rec.Body.String()}
}

// field returns a text at the top level of a JSON answer.
func (a answer) field(name string) string {
	a.t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(a.body), &m); err != nil {
		a.t.Fatalf("answer is not JSON: %v: %s", err, a.body)
	}
	s, _ := m[name].(string)
	return s
}

// is checks status and code; code "" is success.
func (a answer) is(status int, code string) answer {
	a.t.Helper()
	if got := a.field("Code"); a.Code != status || got != code {
		a.t.Errorf("got %d %q, want %d %q: %s", a.Code, got, status, code, a.body)
	}
	return a
}

func (a answer) has(text string) answer {
	a.t.Helper()
	if !strings.Contains(a.body, text) {
		a.t.Errorf("got %s, want it to contain %s", a.body, text)
	}
	return a
}

var nonce struct {
	sync.Mutex
	n int
}

func newNonce() string {
	nonce.Lock()
	defer nonce.Unlock()
	nonce.n++
	return "nonce-" + strconv.Itoa(nonce.n)
}

// signedV1 builds a request as V1 clients do. pairs are name, value, ...; a
// system parameter among them replaces the usual one, and "-" as its value
// omits it.
func signedV1(method, action string, pairs ...string) *http.Request {
	v := url.Values{
		"Action": {action}, "Version": {version}, "Format": {"JSON"}, "AccessKeyId": {"testAccessKeyId"},
		"SignatureMethod": {"HMAC-SHA1"}, "SignatureVersion": {"1.0"}, "SignatureNonce": {newNonce()}, "Timestamp": {at.Format(timeLayout)},
	}
	for i := 0; i < len(pairs); i += 2 {
		if v.Set(pairs[i], pairs[i+1]); pairs[i+1] == "-" {
			v.Del(pairs[i])
		}
	}
	params, _ := parseForm(v.Encode())
	if v.Get("Signature") == "" {
		v.Set("Signature", signV1(v.Get("SignatureMethod"), []byte("testAccessKeySecret"), appendStringV1(nil, method, params, false)))
	}
	return httptest.NewRequest(method, "/?"+v.Encode(), nil)
}

// signedV3 builds a request as V3 clients do; change may alter it before it is
// signed.
func signedV3(action, query, body string, change func(http.Header)) *http.Request {
	return signedBy(sha256V3, "host content-type", action, query, body, change)
}

// signedBy is signedV3 with another algorithm, and with the headers that are
// signed besides those of the vendor.
func signedBy(by *algorithm, beside, action, query, body string, change func(http.Header)) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/?"+query, strings.NewReader(body))
	r.Header.Set("X-Acs-Action", action)
	r.Header.Set("X-Acs-Version", version)
	r.Header.Set("X-Acs-Date", at.Format(timeLayout))
	r.Header.Set("X-Acs-Signature-Nonce", newNonce())
	r.Header.Set(by.digests[0], by.hex([]byte(body)))
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if change != nil {
		change(r.Header)
	}
	signed := strings.Fields(beside)
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Acs-") {
			signed = append(signed, strings.ToLower(name))
		}
	}
	headers := slices.DeleteFunc(signed, func(name string) bool { return name != "host" && r.Header.Get(name) == "" })
	slices.Sort(headers)
	params, _ := parseForm(query)
	toSign := by.toSign(appendCanonicalV3(nil, r, params, headers, by.hex([]byte(body)), false))
	r.Header.Set("Authorization", by.name+" Credential=testAccessKeyId,SignedHeaders="+strings.Join(headers, ";")+
		",Signature="+by.sign([]byte("testAccessKeySecret"), toSign))
	return r
}

func readAll(t testing.TB, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
