package records_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/records"
)

const token = "x-acs-dingtalk-access-token"

// production is the API as mingce serve offers it.
func production(t *testing.T) *world {
	t.Helper()
	return open(t, func(c *records.Config) { c.Dev = false })
}

func (w *world) session(org string) *directory.Session {
	return w.Directory.Session(directory.CommandLine(org), "test", "")
}

// adminKey returns the header of an admin key of an organisation.
func (w *world) adminKey(t *testing.T, org string) []string {
	t.Helper()
	k, err := w.session(org).CreateAccessKey(t.Context(), "ops", directory.PolicyAdministrator)
	if err != nil {
		t.Fatal(err)
	}
	return []string{"Authorization", "Bearer " + k.ID + "." + string(k.Secret.Reveal())}
}

// permit changes the permissions of the app without any.
func (w *world) permit(t *testing.T, revoke string, codes ...string) {
	t.Helper()
	p, err := w.Directory.TokenPrincipal(t.Context(), directory.BareToken)
	if err == nil {
		_, err = w.session(p.Org).ChangeApp(t.Context(), p.ID, directory.AppUpdate{Grant: codes, Revoke: strings.Fields(revoke)})
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestCredentials(t *testing.T) {
	t.Parallel()
	w := production(t)
	at := org + "/contacts"
	admin, other := w.adminKey(t, directory.SampleOrg), w.adminKey(t, directory.PartnerOrg)
	w.want(t, 401, "unauthorized", "GET", at, "")
	w.want(t, 401, "unauthorized", "GET", at, "", "Authorization", "Bearer nonsense")
	w.want(t, 401, "unauthorized", "GET", at, "", token, "nonsense")
	w.want(t, 404, "notFound", "GET", at, "", other...)
	w.want(t, 404, "notFound", "GET", at, "", token, directory.PartnerToken)
	w.want(t, 404, "notFound", "GET", "/mingce/v1/orgs/dingnobody/contacts", "", admin...)
	w.want(t, 403, "forbidden", "GET", at, "", token, directory.BareToken)
	w.want(t, 200, "", "GET", at, "", admin...)
	w.want(t, 200, "", "GET", at, "", token, directory.SampleToken)
	w.want(t, 405, "methodNotAllowed", "PUT", at, "{}")
}

func TestAppsNeedThePermissionOfTheVendorsCall(t *testing.T) {
	t.Parallel()
	w := production(t)
	w.permit(t, "", "qyapi_ext_read")
	at := org + "/contacts"
	w.want(t, 200, "", "GET", at, "", token, directory.BareToken)
	w.want(t, 200, "", "GET", org+"/labels", "", token, directory.BareToken)
	w.want(t, 403, "forbidden", "POST", at, contactBody, token, directory.BareToken)
}

func TestAppsDoNotFindPeopleByWhatTheyMayNotSee(t *testing.T) {
	t.Parallel()
	w := production(t)
	at := org + "/employees"
	w.permit(t, "", "qyapi_get_member", "qyapi_get_department_member")
	for filter, permission := range map[string]string{"mobile=13900001234": "qyapi_get_member_by_mobile", "email=a@example.com": directory.PermissionEmail} {
		e := w.want(t, 403, "forbidden", "GET", at+"?"+filter, "", token, directory.BareToken)
		if e.error("parameter") != strings.Split(filter, "=")[0] || !strings.Contains(e.text, permission) {
			t.Errorf("%s: got %s", filter, e.text)
		}
		w.permit(t, "", permission)
		w.want(t, 200, "", "GET", at+"?"+filter, "", token, directory.BareToken)
	}
	w.permit(t, "qyapi_get_member_by_mobile", directory.PermissionMobile)
	w.want(t, 200, "", "GET", at+"?mobile=13900001234", "", token, directory.BareToken)
	w.want(t, 200, "", "GET", at+"?mobile=13900001234", "", w.adminKey(t, directory.SampleOrg)...)
}

func TestCommandsCallWithoutACredential(t *testing.T) {
	t.Parallel()
	w := open(t, func(c *records.Config) {
		caller := directory.CommandLine("")
		c.Dev, c.Local = false, &records.Local{Caller: caller, Via: "mingce contact list"}
	})
	a := w.want(t, 201, "", "POST", org+"/contacts", contactBody)
	if a.body["mobile"] != "86-139****7001" {
		t.Errorf("got %s, want a masked number", a.text)
	}
	w.want(t, 200, "", "GET", org+"/labels", "")
	w.want(t, 404, "notFound", "GET", "/mingce/v1/orgs/dingnobody/contacts", "")
}

func TestAForeignPageCannotUseADevelopmentServer(t *testing.T) {
	t.Parallel()
	w := open(t, func(c *records.Config) {
		c.Guard = func(r *http.Request) string {
			if r.Host != "localhost" {
				return "only under the names of this machine"
			}
			return ""
		}
	})
	w.want(t, 403, "forbidden", "GET", org+"/contacts", "")
	w.want(t, 200, "", "GET", "http://localhost"+org+"/contacts", "")
}

func TestPersonalFieldsAreMasked(t *testing.T) {
	t.Parallel()
	w := production(t)
	admin := w.adminKey(t, directory.SampleOrg)
	a := w.want(t, 201, "", "POST", org+"/contacts", contactBody, admin...)
	at := a.header.Get("Location")
	masked := func(a answer, mobile, email string) {
		t.Helper()
		if a.body["mobile"] != mobile || a.body["email"] != email {
			t.Errorf("got %s, want %s %s", a.text, mobile, email)
		}
	}
	const phone, mail = "86-13900007001", "jia@example.com"
	const hiddenPhone, hiddenMail = "86-139****7001", "j***@example.com"
	masked(a, hiddenPhone, hiddenMail)
	masked(w.want(t, 200, "", "GET", at, "", admin...), hiddenPhone, hiddenMail)
	masked(w.want(t, 200, "", "GET", at+"?reveal=true", "", admin...), phone, mail)
	list := w.want(t, 200, "", "GET", org+"/contacts?mobile=86-13900007001", "", admin...)
	if strings.Contains(list.text, phone) || !strings.Contains(list.text, hiddenPhone) {
		t.Errorf("list: got %s", list.text)
	}
	bulk := w.want(t, 200, "", "POST", org+"/contacts/bulk", `{"ids":["`+at[strings.LastIndex(at, "/")+1:]+`"],"change":{"email":"yi@example.com"},"preview":true}`, admin...)
	if strings.Contains(bulk.text, "jia@") || !strings.Contains(bulk.text, "y***@example.com") {
		t.Errorf("bulk: got %s", bulk.text)
	}
	w.want(t, 400, "maskedValue", "PATCH", at, `{"mobile":"`+hiddenPhone+`"}`, admin...)

	w.permit(t, "", "qyapi_ext_read")
	w.want(t, 403, "forbidden", "GET", at+"?reveal=true", "", token, directory.BareToken)
}

func TestAnAppSeesWhatItsPermissionsOpen(t *testing.T) {
	t.Parallel()
	w := production(t)
	id := w.want(t, 201, "", "POST", org+"/contacts", contactBody, token, directory.SampleToken).body["userId"].(string)
	w.permit(t, "", "qyapi_ext_read", directory.PermissionMobile)
	a := w.want(t, 200, "", "GET", org+"/contacts/"+id+"?reveal=true", "", token, directory.BareToken)
	if a.body["mobile"] != "86-13900007001" || a.body["email"] != "j***@example.com" {
		t.Errorf("got %s", a.text)
	}
}

func TestRevealingIsRecorded(t *testing.T) {
	t.Parallel()
	w := production(t)
	admin := w.adminKey(t, directory.SampleOrg)
	id := w.want(t, 201, "", "POST", org+"/contacts", contactBody, admin...).body["userId"].(string)
	actions := func() (list []string) {
		t.Helper()
		entries, err := w.Directory.Audit(t.Context(), directory.AuditFilter{Org: directory.SampleOrg, Object: id})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			list = append(list, e.Action)
		}
		return list
	}
	w.want(t, 200, "", "GET", org+"/contacts/"+id, "", admin...)
	if got := actions(); !slices.Equal(got, []string{"create"}) {
		t.Errorf("got %v", got)
	}
	w.want(t, 200, "", "GET", org+"/contacts/"+id+"?reveal=true", "", admin...)
	if got := actions(); !slices.Equal(got, []string{"reveal", "create"}) {
		t.Errorf("got %v", got)
	}
}

func TestThrottledCallersWait(t *testing.T) {
	t.Parallel()
	w := open(t, func(c *records.Config) {
		c.Allow = func(string, string) api.Throttle { return api.Throttle{Limit: 1, Until: c.Directory.Now()} }
	})
	a := w.want(t, 429, "throttled", "GET", org+"/contacts", "")
	if a.header.Get("Retry-After") == "" {
		t.Errorf("got %v", a.header)
	}
}

func TestEveryKindAnswersAsDeclared(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	samples := map[string]struct{ create, change string }{
		"contacts":     {contactBody, `{"title":"经理"}`},
		"labels":       {`{"name":"新标签","group":"新组"}`, `{"name":"改名"}`},
		"label-groups": {`{"name":"新标签组"}`, `{"color":-1}`},
		"employees":    {`{"name":"新员工","mobile":"86-13900007101","deptIds":[2]}`, `{"title":"经理"}`},
		"departments":  {`{"name":"新部门","parentId":2}`, `{"order":3}`},

		"message-contacts": {`{"name":"mia","email":"mia@example.com","title":"CEO","messageTypes":["FaultMessage"]}`, `{"title":"Other"}`},
	}
	w.doc.operations(func(path, method string, op map[string]any) {
		kind := path[strings.LastIndex(path, "/")+1:]
		if method != "post" || !strings.HasPrefix(op["operationId"].(string), "create") {
			return
		}
		s, ok := samples[kind]
		if !ok {
			t.Errorf("%s: the test has no sample of the kind", path)
			return
		}
		base := org
		if kind == "message-contacts" {
			base = "/mingce/v1/directories/rd-StSamp"
		}
		a := w.want(t, 201, "", "POST", base+"/"+kind, s.create)
		at := a.header.Get("Location")
		w.want(t, 200, "", "GET", base+"/"+kind, "")
		w.want(t, 200, "", "GET", at, "")
		w.want(t, 200, "", "PATCH", at, s.change)
		w.want(t, 200, "", "POST", base+"/"+kind+"/bulk", `{"ids":["`+at[strings.LastIndex(at, "/")+1:]+`"],"change":`+s.change+`}`)
		w.want(t, 204, "", "DELETE", at, "")
		w.want(t, 200, "", "GET", at+"/versions", "")
		w.want(t, 200, "", "GET", at+"/versions/1", "")
		w.want(t, 200, "", "POST", at+"/restore", `{"version":1}`)
	})
	w.takeBack(t)
	w.want(t, 200, "", "GET", "/mingce/v1/openapi.json", "")
	w.want(t, 200, "", "GET", "/mingce/v1/openapi/vendors.json", "")
	for _, of := range []string{"visibility-grants", "join-grants"} {
		w.want(t, 200, "", "GET", org+"/"+of, "", token, directory.SampleToken)
	}
	w.want(t, 200, "", "DELETE", org+"/join-grants/ding12345678", "", token, directory.SampleToken)
	w.want(t, 200, "", "DELETE", org+"/visibility-grants/ding12345678?optUserId=org1001", "", token, directory.SampleToken)
	w.want(t, 200, "", "POST", org+"/consents", `{"person":"+86-13900001234","given":true}`)
	w.want(t, 200, "", "GET", org+"/consents", "")
}

// takeBack makes each of the calls on the history, the bin and erasures.
func (w *world) takeBack(t *testing.T) {
	t.Helper()
	made := w.want(t, 201, "", "POST", org+"/contacts", strings.Replace(contactBody, "7001", "7002", 1))
	id, request := made.body["userId"].(string), made.header.Get("X-Request-Id")
	named := `{"items":[{"kind":"contact","id":"` + id + `"}]}`
	w.want(t, 200, "", "GET", org+"/history", "")
	u := w.want(t, 200, "", "POST", org+"/undo", `{"requestId":"`+request+`"}`)
	w.want(t, 200, "", "GET", org+"/undo/"+u.body["id"].(string), "")
	w.want(t, 200, "", "GET", org+"/bin", "")
	w.want(t, 200, "", "POST", org+"/bin/restore", named)
	w.want(t, 204, "", "DELETE", org+"/contacts/"+id, "")
	w.want(t, 200, "", "POST", org+"/bin/purge", named)
	w.want(t, 200, "", "POST", org+"/person-exports", `{"kind":"contact","id":"123420013632"}`)
	w.want(t, 201, "", "POST", org+"/erasures", `{"kind":"contact","id":"123420013632","reason":"asked for"}`)
	w.want(t, 200, "", "GET", org+"/erasures", "")
}

// FuzzBodies: whatever a body holds, the answer is declared, and no failure of the
// server.
func FuzzBodies(f *testing.F) {
	for _, text := range []string{contactBody, `{"extra":{"a":[1,2.5,null,{"b":"c"}]}}`, `{"labelIds":[1,1e3,-0]}`, `{"name":"\ud800"}`, "\ufeff{}", `{"email":null}`, `[`} {
		f.Add(text)
	}
	w := open(f, nil)
	f.Fuzz(func(t *testing.T, text string) {
		if a := w.call(t, "POST", org+"/contacts/bulk", text, "Content-Type", jsonType); a.status >= 500 {
			t.Errorf("%q: got %d %s", text, a.status, a.text)
		}
		if a := w.call(t, "POST", org+"/contacts", text, "Content-Type", jsonType); a.status >= 500 {
			t.Errorf("%q: got %d %s", text, a.status, a.text)
		} else if a.status == 201 && !json.Valid([]byte(text[strings.IndexByte(text, '{'):])) {
			t.Errorf("%q was taken for JSON", text)
		}
	})
}

// FuzzQueries: whatever a query holds, the answer is declared, and no failure of the
// server.
func FuzzQueries(f *testing.F) {
	for _, q := range []string{"limit=2&cursor=AAAA", "q=%00", "sort=-name&count=true", "mobile=+86", "updatedSince=2026-11-29T08:00:00Z", "limit=99999999999999999999", "%zz", "label=-1", "q=!"} {
		f.Add(q)
	}
	w := open(f, nil)
	f.Fuzz(func(t *testing.T, q string) {
		if strings.ContainsFunc(q, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '#' }) {
			return // no request has such a query
		}
		if a := w.call(t, "GET", org+"/contacts?"+q, ""); a.status >= 500 {
			t.Errorf("%q: got %d %s", q, a.status, a.text)
		}
	})
}
