package control_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/control"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/notify"
	"github.com/mingce/mingce/internal/store"
)

// world is our own API over a directory with the sample organisation.
type world struct {
	*instance.Instance
	handler http.Handler
	faults  *api.Faults
}

func open(t *testing.T, dev bool) *world {
	t.Helper()
	i, err := instance.Open(t.Context(), instance.Options{Sample: true, Store: store.Options{Ephemeral: true, Key: keyring.DevMaster(), Kind: store.Dev}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	w := &world{Instance: i}
	c := control.Config{
		Directory: i.Directory, Catalogue: i.Catalogue, Log: slog.New(slog.DiscardHandler), Dev: dev,
		Codes: map[api.Family][]*api.Code{api.RESTFamily: {{Code: "system.busy"}}}, Render: notify.Render,
	}
	if dev {
		w.faults = new(api.Faults)
		c.Faults, c.Reset, c.Authority = w.faults, i.Reset, []byte("-----BEGIN CERTIFICATE-----\n")
	}
	a := control.New(c)
	mux := http.NewServeMux()
	mux.Handle("/_mingce/", a.DevHandler())
	mux.Handle("/mingce/", a.AdminHandler())
	w.handler = mux
	return w
}

func (w *world) call(t *testing.T, method, target, body string, headers ...string) (status int, text string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	a := httptest.NewRecorder()
	w.handler.ServeHTTP(a, r)
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.Code, strings.TrimSpace(string(b))
}

func (w *world) want(t *testing.T, status int, body, method, target, sent string, headers ...string) {
	t.Helper()
	gotStatus, got := w.call(t, method, target, sent, headers...)
	if gotStatus != status || !strings.Contains(got, body) {
		t.Errorf("%s %s %s: got %d %s, want %d %s", method, target, sent, gotStatus, got, status, body)
	}
	if !json.Valid([]byte(got)) {
		t.Errorf("%s %s: got %s, want JSON", method, target, got)
	}
}

const faults = "/_mingce/faults"

func TestFaultsAreArmedAndCleared(t *testing.T) {
	t.Parallel()
	w := open(t, true)
	w.want(t, 200, `"times":2`, "POST", faults, `{"operation":"OrgAccountMobileVisibleInOtherOrg","fault":"system.busy","times":2}`)
	busy := []*api.Code{{Code: "system.busy"}}
	provoked := func() *api.Code {
		code, err := w.faults.Provoke(t.Context(), w.Catalogue.Named("OrgAccountMobileVisibleInOtherOrg"), busy)
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	if code := provoked(); code == nil || code.Code != "system.busy" {
		t.Errorf("armed fault: got %+v, want system.busy", code)
	}
	w.want(t, 200, `"delayMs":50`, "POST", faults, `{"operation":"*","delayMs":50}`)
	w.want(t, 200, `"result":true`, "DELETE", faults, "")
	if code := provoked(); code != nil {
		t.Errorf("fault after DELETE: got %s, want none", code.Code)
	}
}

// An unknown fault is refused with the list of those that the operation can answer with, on
// any of its gateways.
func TestFaultsOfAnOperation(t *testing.T) {
	t.Parallel()
	w := open(t, true)
	w.want(t, 200, `"fault":"exclusive.account.only"`, "POST", faults, `{"operation":"QueryStatus","fault":"exclusive.account.only"}`)
	w.want(t, 200, `"fault":"system.busy"`, "POST", faults, `{"operation":"*","fault":"system.busy"}`)
	w.want(t, 400, "QueryStatus cannot answer 60011. Known are: exclusive.account.only, invalid.param, system.busy, user.not.exist.", "POST", faults,
		`{"operation":"QueryStatus","fault":"60011"}`)
	w.want(t, 400, "GetMessageContact cannot answer system.busy. Known are: ", "POST", faults, `{"operation":"GetMessageContact","fault":"system.busy"}`)
	w.want(t, 200, `"times":1`, "POST", faults, "\ufeff"+`{"operation":"QueryStatus","fault":"system.busy"}`)
}

func TestMistakesInFaultsAreNamed(t *testing.T) {
	t.Parallel()
	w := open(t, true)
	for body, parameter := range map[string]string{
		`{"operation":"Nope","fault":"system.busy"}`:         "operation:",
		`{"fault":"system.busy"}`:                            "operation: name one",
		`{"operation":"*"}`:                                  "fault and delayMs:",
		`{"operation":"*","fault":"nope"}`:                   "fault:",
		`{"operation":"*","fault":"system.busy","times":0}`:  "times:",
		`{"operation":"*","fault":"system.busy","times":-1}`: "times:",
		`{"operation":"*","delayMs":60001}`:                  "delayMs:",
		`{"operation":"*","falt":"system.busy"}`:             "falt",
		`{"operation":"*","fault":"system.busy"} {}`:         "more than one",
		`[]`: "JSON",
		``:   "JSON",
		`{"operation":"*","fault":"` + strings.Repeat("x", 70_000) + `"}`: "too large",
	} {
		w.want(t, 400, parameter, "POST", faults, body)
	}
}

func TestAuditShowsChangesAndIsFiltered(t *testing.T) {
	t.Parallel()
	w := open(t, true)
	w.want(t, 200, `{"entries":[]}`, "GET", "/_mingce/audit", "")
	w.grant(t)
	w.want(t, 200, `"object":"ding12345678","action":"grant"`, "GET", "/_mingce/audit?org=ding87654321&object=ding12345678", "")
	w.want(t, 200, `{"entries":[]}`, "GET", "/_mingce/audit?org=ding12345678", "")
	for _, limit := range []string{"0", "-1", "1001", "x"} {
		w.want(t, 400, "limit:", "GET", "/_mingce/audit?limit="+limit, "")
	}
}

func (w *world) grant(t *testing.T) {
	t.Helper()
	p, err := w.Directory.TokenPrincipal(t.Context(), directory.SampleToken)
	if err != nil {
		t.Fatal(err)
	}
	s := w.Directory.Session(p, "OrgAccountMobileVisibleInOtherOrg", "R1")
	if err := s.GrantVisibility(t.Context(), []string{directory.PartnerOrg}, "102530009661373952", []string{"status", "mobile"}); err != nil {
		t.Fatal(err)
	}
}

const (
	grants   = "/mingce/v1/orgs/ding87654321/visibility-grants"
	withdraw = grants + "/ding12345678"
	token    = "x-acs-dingtalk-access-token"
)

func TestGrantsAreListedAndWithdrawn(t *testing.T) {
	t.Parallel()
	w := open(t, true)
	w.grant(t)
	w.want(t, 200, `"toCorpId":"ding12345678","toCorpName":"伙伴公司","fields":["mobile","status"],"optUserId":"102530009661373952"`,
		"GET", grants, "", token, directory.SampleToken)
	w.want(t, 400, "optUserId:", "DELETE", withdraw+"?optUserId=nobody", "", token, directory.SampleToken)
	w.want(t, 200, `{"result":true}`, "DELETE", withdraw+"?optUserId=102530009661373952", "", token, directory.SampleToken)
	w.want(t, 200, `{"grants":[]}`, "GET", grants, "", token, directory.SampleToken)
	w.want(t, 200, `{"result":true}`, "DELETE", withdraw, "", token, directory.SampleToken)
	w.want(t, 200, `"action":"withdraw"`, "GET", "/_mingce/audit?object=ding12345678", "")
}

func TestJoinGrantsAreListedAndWithdrawn(t *testing.T) {
	t.Parallel()
	w := open(t, true)
	s := w.Directory.Session(directory.CommandLine(directory.SampleOrg), "test", "")
	if err := s.GrantJoin(t.Context(), directory.JoinGrant{ToOrg: directory.PartnerOrg, DeptIDs: []int64{2, 3}}); err != nil {
		t.Fatal(err)
	}
	const joins = "/mingce/v1/orgs/ding87654321/join-grants"
	w.want(t, 401, "unauthorized", "GET", joins, "")
	w.want(t, 403, "Contact.OrgAccountSecurity.ReadWrite", "GET", joins, "", token, directory.BareToken)
	w.want(t, 404, "notFound", "GET", joins, "", token, directory.PartnerToken)
	w.want(t, 404, "notFound", "DELETE", joins+"/ding12345678", "", token, directory.PartnerToken)
	w.want(t, 200, `{"grants":[{"toCorpId":"ding12345678","toCorpName":"伙伴公司","grantDeptIdList":[2,3],"updatedAt"`, "GET", joins, "", token, directory.SampleToken)
	w.want(t, 200, `{"result":true}`, "DELETE", joins+"/ding12345678", "", token, directory.SampleToken)
	w.want(t, 200, `{"grants":[]}`, "GET", joins, "", token, directory.SampleToken)
	w.want(t, 200, `{"result":true}`, "DELETE", joins+"/ding12345678", "", token, directory.SampleToken)
	w.want(t, 200, `"api":"WithdrawJoinGrant"`, "GET", "/_mingce/audit?object=ding12345678", "")
}

func TestGrantsOfOthersCannotBeSeen(t *testing.T) {
	t.Parallel()
	w := open(t, true)
	w.want(t, 401, "unauthorized", "GET", grants, "")
	w.want(t, 401, "unauthorized", "GET", grants, "", token, "nope")
	w.want(t, 403, "forbidden", "GET", grants, "", token, directory.BareToken)
	w.want(t, 403, "forbidden", "DELETE", withdraw, "", token, directory.BareToken)

	foreignStatus, foreign := w.call(t, "GET", grants, "", token, directory.PartnerToken)
	unknownStatus, unknown := w.call(t, "GET", "/mingce/v1/orgs/ding00000000/visibility-grants", "", token, directory.PartnerToken)
	if foreignStatus != 404 || foreignStatus != unknownStatus || foreign != unknown {
		t.Errorf("another organisation: got %d %s, want the same as for one that does not exist: %d %s", foreignStatus, foreign, unknownStatus, unknown)
	}
}

// A misspelled query parameter is refused, like a misspelled member of a body.
func TestUnknownParametersAreNamed(t *testing.T) {
	t.Parallel()
	_, h, _ := mailroom(t, true)
	for target, want := range map[string]string{
		"/_mingce/messages?too=x":          "too: there is no such parameter. Known are: to, channel.",
		"/_mingce/messages?to=x&To=y":      "To: there is no such parameter. Known are: to, channel.",
		"/_mingce/messages/wait?time=1s":   "time: there is no such parameter. Known are: to, channel, timeout.",
		"/_mingce/deliveries?timeout=1s":   "timeout: there is no such parameter. Known are: org, channel, to.",
		"/_mingce/audit?user=023420013645": "user: there is no such parameter. Known are: org, object, limit.",
		"/_mingce/audit?object=%zz":        "The query cannot be read.",
	} {
		var got struct {
			Error struct{ Code, Message string }
		}
		if status := get(t, h, target, "", &got); status != http.StatusBadRequest || got.Error.Code != "invalidParameter" || got.Error.Message != want {
			t.Errorf("%s: got %d %+v, want %q", target, status, got.Error, want)
		}
	}
}

func TestTextsThatNoStoreHoldsAreRefused(t *testing.T) {
	w := open(t, true)
	for _, target := range []string{"/_mingce/audit?org=%00", "/_mingce/audit?object=%ff", "/_mingce/deliveries?to=%00", "/mingce/v1/orgs/%00/consents"} {
		w.want(t, 400, `"message":"Texts are UTF-8 without control characters."`, "GET", target, "")
	}
	w.want(t, 400, `"message":"Texts are UTF-8 without control characters."`, "POST", "/_mingce/login-codes", `{"corpId":"\u0000","userid":"org1001"}`)
}

// What is wrong with a body is said in our words, not in those of Go's decoder.
func TestFaultsOfBodies(t *testing.T) {
	t.Parallel()
	w := open(t, true)
	for body, want := range map[string]string{
		``:                 "The body is not JSON.",
		`{"corpId":`:       "The body is not JSON.",
		`{corpId}`:         "The body is not JSON.",
		`[]`:               "The body is not a JSON object.",
		`"x"`:              "The body is not a JSON object.",
		`{"corpId":1}`:     "corpId: not a value of this kind: number.",
		`{"corp":"x"}`:     `The body has the unknown member \"corp\".`,
		`{"corpId":""} {}`: "The body holds more than one JSON value.",
		`{"corpId":"` + strings.Repeat("x", 65<<10) + `"}`: "The body is too large: more than 64 KiB.",
	} {
		w.want(t, 400, `"message":"`+want+`"`, "POST", "/_mingce/login-codes", body)
	}
}

func TestMessagesAreEmptyUntilSomethingIsSent(t *testing.T) {
	t.Parallel()
	w := open(t, true)
	w.want(t, 200, `{"messages":[]}`, "GET", "/_mingce/messages?to=someone@example.com&channel=email", "")
	w.want(t, 408, "timeout", "GET", "/_mingce/messages/wait?to=86-13900001234&channel=sms&timeout=10ms", "")
	w.want(t, 400, "channel:", "GET", "/_mingce/messages?channel=fax", "")
	w.want(t, 400, "timeout:", "GET", "/_mingce/messages/wait?timeout=soon", "")
}

func TestUnknownPathsAndMethodsAreJSON(t *testing.T) {
	t.Parallel()
	w := open(t, true)
	w.want(t, 404, "notFound", "GET", "/_mingce/nope", "")
	w.want(t, 405, "methodNotAllowed", "POST", "/_mingce/audit", "")
	w.want(t, 404, "notFound", "GET", "/mingce/v2/orgs", "")
	w.want(t, 405, "methodNotAllowed", "POST", grants, "")
	if status, got := w.call(t, "GET", "/_mingce/ca.pem", ""); status != 200 || !bytes.HasPrefix([]byte(got), []byte("-----BEGIN CERTIFICATE")) {
		t.Errorf("ca.pem: got %d %s, want the certificate", status, got)
	}
}

// adminKey makes an admin key of an organisation.
func adminKey(t *testing.T, d *directory.Directory, org string) directory.AccessKey {
	t.Helper()
	k, err := d.Session(directory.CommandLine(org), "test", "").CreateAccessKey(t.Context(), "ops", directory.PolicyAdministrator)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestServeNeedsAnAdminKeyAndShowsNoMessages(t *testing.T) {
	t.Parallel()
	w := open(t, false)
	admin := adminKey(t, w.Directory, directory.SampleOrg)
	access, err := w.Directory.Session(directory.CommandLine(directory.SampleOrg), "test", "").CreateAccessKey(t.Context(), "dev", directory.PolicyFullAccess)
	if err != nil {
		t.Fatal(err)
	}
	const audit = "/_mingce/audit"
	w.want(t, 401, "unauthorized", "GET", audit, "")
	for _, bad := range []string{"", "x", admin.ID, admin.ID + ".", admin.ID + ".x", "." + string(admin.Secret.Reveal()), access.AdminToken(), directory.SampleAccessKey + "." + directory.SampleAccessSecret} {
		w.want(t, 401, "unauthorized", "GET", audit, "", "Authorization", "Bearer "+bad)
	}
	w.want(t, 401, "unauthorized", "GET", audit, "", "Authorization", admin.AdminToken())

	key := []string{"Authorization", "Bearer " + admin.AdminToken()}
	w.want(t, 200, "entries", "GET", audit, "", key...)
	w.want(t, 403, "notOffered", "GET", "/_mingce/messages", "", key...)
	w.want(t, 403, "notOffered", "GET", "/_mingce/messages/wait?timeout=1ms", "", key...)
	w.want(t, 403, "notOffered", "POST", "/_mingce/reset", "", key...)
	w.want(t, 403, "notOffered", "POST", faults, `{"operation":"*","fault":"system.busy"}`, key...)
	w.want(t, 404, "notFound", "GET", "/_mingce/ca.pem", "")
}
