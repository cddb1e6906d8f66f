package top

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/api"
)

const (
	update = "method=dingtalk.corp.extcontact.update&v=2.0&session=tok123&format=json"
	zhang  = `&contact=%7B"name":"张三"%7D`
)

// TestChecks holds the answers of the gateway's own checks and their order
// (docs/spec/top.md#order-of-checks-on-the-top-gateway).
func TestChecks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct{ name, query, want string }{
		{"nothing", "", `<error_response><code>21</code><msg>Missing method</msg><request_id>`},
		{"no method", "format=json&v=2.0", `{"error_response":{"code":21,"msg":"Missing method","request_id":"`},
		{"unknown method", "format=json&method=dingtalk.corp.extcontact.nope", `{"error_response":{"code":22,"msg":"Invalid method","request_id":"`},
		{"method before format", "format=json2", `<code>21</code>`},
		{"format", "method=dingtalk.corp.extcontact.update&format=json2", `<error_response><code>23</code><msg>Invalid format</msg>`},
		{"format before v", "method=dingtalk.corp.extcontact.update&format=JSON", `<code>23</code>`},
		{"no v", "method=dingtalk.corp.extcontact.update&format=json", `"code":32,"msg":"Missing version"`},
		{"other v", "method=dingtalk.corp.extcontact.update&format=json&v=1.0", `"code":34,"msg":"Unsupported version"`},
		{"bad v", "method=dingtalk.corp.extcontact.update&format=json&v=two", `"code":33,"msg":"Invalid version"`},
		{"bad v with blank", "method=dingtalk.corp.extcontact.update&format=json&v=2.0%20", `"code":33,`},
		{"unreadable timestamp", update + "&timestamp=1795341122145", `"code":31,"msg":"Invalid timestamp"`},
		{"timestamp with fraction", update + "&timestamp=2021-01-01+08:00:00.5", `"code":31,`},
		{"no such day", update + "&timestamp=2021-02-30+08:00:00", `"code":31,`},
		{"stale unsigned timestamp", update + zhang + "&timestamp=2021-01-01+08:00:00", `"success":true`},
		{"no session", "method=dingtalk.corp.extcontact.update&format=json&v=2.0", `{"error_response":{"code":26,"msg":"Missing session","request_id":"`},
		{"bad token", "method=dingtalk.corp.extcontact.update&format=json&v=2.0&session=x", `"code":88,"msg":"ding talk error","sub_code":"40014","sub_msg":"不合法的access_token"`},
		{"token before arguments", "method=dingtalk.corp.extcontact.delete&format=json&v=2.0&session=x", `"code":88`},
		{"no permission", "method=dingtalk.corp.extcontact.update&format=json&v=2.0&session=bare", `"code":88,"msg":"ding talk error","sub_code":"60011","sub_msg":"应用尚未开通所需的权限：[qyapi_extcontact_write]，点击链接申请并开通即可：http://example.com/console/permissions/qyapi_extcontact_write, {requiredScopes=[qyapi_extcontact_write]}"`},
		{"busy at the token", "method=dingtalk.corp.extcontact.update&format=json&v=2.0&session=busy", `"code":15,"msg":"Remote service error","sub_code":"isp.service-unavailable"`},
		{"missing contact", update, `"code":40,"msg":"Missing required arguments:contact"`},
		{"empty contact", update + "&contact=", `"code":40,"msg":"Missing required arguments:contact"`},
		{"null contact", update + "&contact=null", `"code":40,"msg":"Missing required arguments:contact"`},
		{"broken contact", update + "&contact=%7B", `"code":50,"msg":"Remote service error","sub_code":"isv.invalid-parameter","sub_msg":"非法参数"`},
		{"contact is a list", update + "&contact=[]", `"sub_code":"isv.invalid-parameter"`},
		{"field of wrong type", update + `&contact=%7B"name":"x","label_ids":["a"]%7D`, `"sub_code":"isv.invalid-parameter"`},
		{"field missing in contact", update + "&contact=%7B%7D", `{"dingtalk_corp_extcontact_update_response":{"result":{"ding_open_errcode":40036,"error_msg":"参数为空","success":false},"request_id":"`},
		{"missing userid", "method=dingtalk.corp.extcontact.delete&format=json&v=2.0&session=tok123", `"code":40,"msg":"Missing required arguments:userid"`},
		{"other spelling", "method=dingtalk.corp.extcontact.delete&format=json&v=2.0&session=tok123&user_id=1", `"ding_open_errcode":33012,"error_msg":"无效的USERID","success":false`},
		{"alias of session", strings.Replace(update, "session", "access_token", 1) + zhang, `"success":true`},
		{"size too big", "method=dingtalk.corp.extcontact.list&v=2.0&session=tok123&format=json&size=101", `{"error_response":{"code":41,"msg":"Invalid arguments:size","request_id":"`},
		{"offset no number", "method=dingtalk.corp.extcontact.list&v=2.0&session=tok123&format=json&offset=x", `"code":41,"msg":"Invalid arguments:offset"`},
		{"empty list", "method=dingtalk.corp.extcontact.list&v=2.0&session=tok123&format=json&offset=9", `{"result":{"results":{},"ding_open_errcode":0,`},
		{"empty list, simplified", "method=dingtalk.corp.extcontact.list&v=2.0&session=tok123&format=json&offset=9&simplify=true", `{"result":{"results":[],"ding_open_errcode":0,`},
		{"empty list in XML", "method=dingtalk.corp.extcontact.list&v=2.0&session=tok123&offset=9", `<result><results/><ding_open_errcode>0</ding_open_errcode>`},
		{"simplified failure", update + "&contact=%7B%7D&simplify=true", `{"result":{"ding_open_errcode":40036,"error_msg":"参数为空","success":false},"request_id":"`},
		{"simplified error", update + "&simplify=true", `{"error_response":{"code":40,`},
		{"failure in XML", "method=dingtalk.corp.extcontact.update&v=2.0&session=tok123&contact=%7B%7D", xmlDeclaration + `<dingtalk_corp_extcontact_update_response><result><ding_open_errcode>40036</ding_open_errcode><error_msg>参数为空</error_msg><success>false</success></result><request_id>`},
		{"failure without result object", `method=dingtalk.corp.ext.add&v=2.0&session=tok123&format=json&contact=%7B"name":"x","mobile":"13088888889"%7D`,
			`{"error_response":{"code":50,"msg":"Remote service error","sub_code":"60201","sub_msg":"该外部联系人已存在","request_id":"`},
		{"nothing but request_id", `method=dingtalk.corp.ext.add&v=2.0&session=tok123&format=json&contact=%7B"name":"x"%7D`, `{"dingtalk_corp_ext_add_response":{"request_id":"`},
		{"own gateway's name", `method=dingtalk.oapi.extcontact.create&v=2.0&session=tok123&format=json&contact=%7B"name":"x","mobile":"13"%7D`,
			`{"dingtalk_oapi_extcontact_create_response":{"errcode":0,"errmsg":"ok","userid":"123420013632","request_id":"`},
		{"own gateway's failure", `method=dingtalk.oapi.extcontact.create&v=2.0&session=tok123&format=json&contact=%7B"name":"x","mobile":"13088888889"%7D`,
			`{"dingtalk_oapi_extcontact_create_response":{"errcode":22005,"errmsg":"该外部联系人已经存在","request_id":"`},
		{"bug", update + `&contact=%7B"name":"x","title":"bug"%7D`, `{"error_response":{"code":15,"msg":"Remote service error","sub_code":"isp.unknown-error","request_id":"`},
		{"busy", update + `&contact=%7B"name":"x","title":"busy"%7D`, `"code":15,"msg":"Remote service error","sub_code":"isp.service-unavailable"`},
		{"panic", update + `&contact=%7B"name":"x","title":"panic"%7D`, `{"error_response":{"code":15,"msg":"Remote service error","sub_code":"isp.unknown-error","request_id":"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			wantContains(t, w.get(t, strings.ReplaceAll(c.query, `"`, "%22")), c.want)
		})
	}
}

// TestPlaces sends one call in every way that clients do
// (docs/spec/top.md#places-of-parameters).
func TestPlaces(t *testing.T) {
	t.Parallel()
	const contact = `contact=%7B%22name%22%3A%22%E5%BC%A0%E4%B8%89%22%7D`
	multipart := strings.ReplaceAll(`
--1234567890
Content-Disposition:form-data;name="method"
Content-Type:text/plain

dingtalk.corp.extcontact.update
--1234567890
Content-Disposition:form-data;name="contact"
Content-Type:text/plain

{"name":"张三"}
--1234567890
Content-Disposition:form-data;name="photo";filename="x.png"
Content-Type:image/png

session=stolen
--1234567890--
`, "\n", "\r\n")
	getWithForm := form("", update+"&"+contact)
	getWithForm.Method = "GET"
	asMultipart := form("v=2.0&session=tok123&format=json", multipart)
	asMultipart.Header.Set("Content-Type", "multipart/form-data;charset=UTF-8;boundary=1234567890")
	for name, r := range map[string]*http.Request{
		"query":        httptest.NewRequest("GET", Path+"?"+update+"&"+contact, nil),
		"empty post":   httptest.NewRequest("POST", Path+"?"+update+"&"+contact, strings.NewReader("")),
		"form":         form("", update+"&"+contact),
		"split":        form(update, contact),
		"both, equal":  form(update+"&"+contact, contact),
		"get + form":   getWithForm,
		"multipart":    asMultipart,
		"path":         httptest.NewRequest("GET", Path+"/dingtalk.corp.extcontact.update?v=2.0&session=tok123&format=json&"+contact, nil),
		"json path":    jsonPost(Path+"/dingtalk.corp.extcontact.update?access_token=tok123", `{"contact":{"name":"\u5f20\u4e09"}}`),
		"json method":  jsonPost(Path+"?method=dingtalk.corp.extcontact.update&access_token=tok123", `{"contact":{"name":"张三"}}`),
		"json as text": jsonPost(Path+"?method=dingtalk.corp.extcontact.update&access_token=tok123", `{"contact":"{\"name\":\"张三\"}"}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			wantContains(t, w.do(t, r), `{"dingtalk_corp_extcontact_update_response":{"result":{"ding_open_errcode":0,"error_msg":"成功","success":true},"request_id":"`)
			if c, _ := w.seen(); text(c.Name) != "张三" {
				t.Errorf("got name %s, want 张三", text(c.Name))
			}
		})
	}
	w := newWorld(t)
	for _, contact := range []string{`null`, `""`, `"null"`} {
		wantContains(t, w.do(t, jsonPost(Path+"?method=dingtalk.corp.extcontact.update&access_token=tok123", `{"contact":`+contact+`}`)), `"code":40,"msg":"Missing required arguments:contact"`)
	}
	wantContains(t, w.do(t, jsonPost(Path+"?access_token=tok123", `{"contact":{"name":"张三"}}`)), `{"error_response":{"code":21,"msg":"Missing method"`)
}

func TestAddressList(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("GET", Path+"?"+strings.Replace(update, "tok123", "fenced", 1)+strings.ReplaceAll(zhang, `"`, "%22"), nil)
	w := newWorld(t)
	wantContains(t, w.do(t, r), `"success":true`) // httptest calls from 192.0.2.1
	r.RemoteAddr = "198.51.100.1:1234"
	wantContains(t, w.do(t, r), `"code":88,"msg":"ding talk error","sub_code":"60020","sub_msg":"访问ip不在白名单之中,request ip=198.51.100.1 appKey(appA)"`)
}

func TestStrict(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(g *api.Gateway) { g.Strict = true })
	contact := strings.ReplaceAll(zhang, `"`, "%22")
	for _, c := range []struct{ name, query, want string }{
		{"no timestamp", update + contact, `"code":30,"msg":"Missing timestamp"`},
		{"UTC", update + contact + "&timestamp=2026-11-22+09:53:40", `"code":31`},
		{"China", update + contact + "&timestamp=2026-11-22+17:53:40", `"success":true`},
		{"unknown app", update + contact + "&timestamp=2026-11-22+17:53:40&app_key=1", `"code":29`},
		{"own app", update + contact + "&timestamp=2026-11-22+17:53:40&app_key=12345678", `"success":true`},
		{"foreign app", strings.Replace(update, "tok123", "tok456", 1) + contact + "&timestamp=2026-11-22+17:53:40&app_key=12345678", `"code":27`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			wantContains(t, w.get(t, c.query), c.want)
		})
	}
	wantContains(t, newWorld(t).get(t, update+contact+"&app_key=1"), `"success":true`) // tolerated unless strict
}

// heldBack is a recorder that can hold an answer back.
type heldBack struct {
	*httptest.ResponseRecorder
	held bool
}

func (h *heldBack) HoldBack() { h.held = true }

// A call refused for a missing permission counts against the rate. Above it the
// answer is the same, but delayed.
func TestRefusedCallsCountInTheRate(t *testing.T) {
	t.Parallel()
	over := false
	w := newWorld(t, func(g *api.Gateway) {
		g.Allow = func(string, string) (limit api.Throttle) {
			if over {
				limit = api.Throttle{Limit: 20, Until: g.Now().Add(time.Second)}
			}
			return limit
		}
	})
	for _, above := range []bool{false, true} {
		over = above
		rec := &heldBack{ResponseRecorder: httptest.NewRecorder()}
		w.handler.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, Path+"?method=dingtalk.corp.extcontact.update&format=json&v=2.0&session=bare", nil))
		wantContains(t, rec.Body.String(), `"sub_code":"60011"`)
		if rec.held != above || rec.Header().Get("Retry-After") != "" {
			t.Errorf("above the rate: %v; held back: %v; Retry-After: %q", above, rec.held, rec.Header().Get("Retry-After"))
		}
	}
}

func TestThrottle(t *testing.T) {
	t.Parallel()
	var asked string
	w := newWorld(t, func(g *api.Gateway) {
		g.Allow = func(principal, operation string) api.Throttle {
			asked = principal + " " + operation
			return api.Throttle{Limit: 20, Until: g.Now().Add(2500 * time.Millisecond)}
		}
	})
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, httptest.NewRequest("GET", Path+"?"+update, nil))
	wantContains(t, rec.Body.String(), `"code":7,"msg":"App Call Limited","sub_code":"accesscontrol.limited-by-api-access-count","sub_msg":"This ban will last for 3 more seconds"`)
	if got := rec.Header().Get("Retry-After"); got != "3" {
		t.Errorf("Retry-After: got %q, want 3", got)
	}
	if want := "appA dingtalk.corp.extcontact.update"; asked != want {
		t.Errorf("got %q, want %q", asked, want)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	const name = "dingtalk.corp.extcontact.update"
	call := update + strings.ReplaceAll(zhang, `"`, "%22")
	for _, c := range []struct{ code, want string }{
		{"33012", `"ding_open_errcode":33012,"error_msg":"无效的USERID","success":false`},
		{"-1", `"ding_open_errcode":-1,"error_msg":"系统繁忙"`},
		{"7", `"code":7,"msg":"App Call Limited","sub_code":"accesscontrol.limited-by-api-access-count","sub_msg":"This ban will last for 1 more seconds","request_id"`},
		{"accesscontrol.limited-by-api-access-count", `"code":7,"msg":"App Call Limited","sub_code":"accesscontrol.limited-by-api-access-count","sub_msg":"This ban will last for 1 more seconds","request_id"`},
		{"accesscontrol.limited-by-app-access-count", `"code":7,"msg":"App Call Limited","sub_code":"accesscontrol.limited-by-app-access-count","request_id"`},
		{"40", `"code":40,"msg":"Missing required arguments:session","request_id"`},
		{"41", `"code":41,"msg":"Invalid arguments:session","request_id"`},
		{"60011", `"code":88,"msg":"ding talk error","sub_code":"60011","sub_msg":"应用尚未开通所需的权限：[qyapi_extcontact_write]，点击链接申请并开通即可：http`},
		{"60020", `"code":88,"msg":"ding talk error","sub_code":"60020","sub_msg":"访问ip不在白名单之中,request ip=192.0.2.1 appKey(appA)"`},
		{"42001", `"code":88,"msg":"ding talk error","sub_code":"42001","sub_msg":"access_token超时"`},
		{"33001", `"code":88,"msg":"ding talk error","sub_code":"33001","sub_msg":"无效的企业ID"`},
		{"40000", `"code":88,"msg":"ding talk error","sub_code":"40000","sub_msg":"access_token is blank"`},
		{"88", `"code":88,"msg":"ding talk error","sub_code":"40014","sub_msg":"不合法的access_token"`},
		{"90018", `"sub_code":"90018","sub_msg":"您的企业应用调用钉钉开放平台当前接口的所有请求都被暂时禁用了, apiPath(dingtalk.corp.extcontact.update), 从 `},
		{"60021", `"ding_open_errcode":60021,"error_msg":"父部门下该部门名称已存在","success":false`},
		{"isp.service-unavailable", `"code":15,"msg":"Remote service error","sub_code":"isp.service-unavailable"`},
		{"isp.remote-service-timeout", `"code":15,"msg":"Remote service error","sub_code":"isp.remote-service-timeout"`},
		{"isv.missing-parameter:contact", `"code":50,"msg":"Remote service error","sub_code":"isv.missing-parameter:contact"`},
		{"isv.contact-not-exist:invalid-user", `"code":50,"msg":"Remote service error","sub_code":"isv.contact-not-exist:invalid-user"`},
		{"isv.permission-ip-whitelist-limit", `"code":11,"msg":"Insufficient ISV Permissions","sub_code":"isv.permission-ip-whitelist-limit"`},
		{"", `"success":true`},
	} {
		t.Run(c.code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.faults.Arm(api.Fault{Operation: name, Code: c.code, Times: 1, Delay: time.Microsecond})
			wantContains(t, w.get(t, strings.Replace(call, "tok123", "x", 1)), `"sub_code":"40014"`) // does not use it up
			wantContains(t, w.get(t, call), c.want)
			wantContains(t, w.get(t, call), `"success":true`)
		})
	}
	w := newWorld(t)
	// A code of another gateway waits for a call that can show it, and no fault is
	// used up by a call that the app may not make.
	w.faults.Arm(api.Fault{Operation: "*", Code: "system.busy", Times: 1})
	w.faults.Arm(api.Fault{Operation: "*", Code: "60021", Times: 1})
	wantContains(t, w.get(t, strings.Replace(call, "tok123", "bare", 1)), `"sub_code":"60011"`)
	wantContains(t, w.get(t, call), `"ding_open_errcode":60021`)
	wantContains(t, w.get(t, call), `"success":true`)
	w = newWorld(t)
	w.faults.Arm(api.Fault{Operation: "*", Times: 1, Delay: time.Hour})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	wantContains(t, w.do(t, httptest.NewRequest("GET", Path+"?"+call, nil).WithContext(ctx)), `"code":15`)
}

// TestRecords checks what a call leaves: a log without personal values or
// credentials, a count, and the explanation of a failed call.
func TestRecords(t *testing.T) {
	t.Parallel()
	var observed []string
	w := newWorld(t, func(g *api.Gateway) {
		g.Observe = func(family, operation, code string, _ time.Duration) {
			observed = append(observed, family+" "+operation+" "+code)
		}
	})
	good := w.get(t, update+`&contact=%7B%22name%22:%22张三%22,%22mobile%22:%2213812345678%22%7D`)
	bad := w.get(t, update+`&contact=%7B%22name%22:%22张三%22,%22mobile%22:%5B13812345678%5D%7D`)
	w.get(t, update+`&contact=%7B%22name%22:%22x%22,%22title%22:%22bug%22%7D`)
	if got, want := strings.Join(observed, "|"), "top dingtalk.corp.extcontact.update |top dingtalk.corp.extcontact.update 50|top dingtalk.corp.extcontact.update 15"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if _, found := w.failed.Find(idOf(t, good)); found {
		t.Error("a successful call was remembered as failed")
	}
	x, found := w.failed.Find(idOf(t, bad))
	if !found || x.Code.Code != "50" || x.Parameter != "contact.mobile" || x.Rule.IsZero() || strings.Contains(x.Value.Zh+x.Value.En, "13812345678") {
		t.Errorf("got %+v, want the code, the parameter and the rule", x)
	}
	log := w.log.String()
	for _, secret := range []string{"张三", "13812345678", "tok123", "contact="} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %s", secret)
		}
	}
	for _, want := range []string{"operation=dingtalk.corp.extcontact.update", "principal=appA", "requestId=" + idOf(t, bad), "level=ERROR"} {
		wantContains(t, log, want)
	}
}

func idOf(t *testing.T, body string) string {
	t.Helper()
	var id string
	for _, part := range strings.SplitAfter(body, `"request_id":"`)[1:] {
		id, _, _ = strings.Cut(part, `"`)
	}
	if len(id) < 12 || len(id) > 13 || strings.Trim(id, "0123456789abcdefghijklmnopqrstuvwxyz") != "" {
		t.Fatalf("got request id %q in %s", id, body)
	}
	return id
}

// TestGzip checks that a long answer is compressed for the clients that ask,
// and for no others.
func TestGzip(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const list = Path + "?method=dingtalk.corp.extcontact.list&v=2.0&session=tok123&format=json&size=40"
	plain := w.do(t, httptest.NewRequest("GET", list, nil))
	for encoding, want := range map[string]bool{
		"gzip": true, "gzip, deflate": true, "deflate;q=0.5, GZIP;q=0.1": true, "gzip;q=0": false, "gzip; q=0.0": false, "gzip;q=x": false, "br": false, "": false,
	} {
		r := httptest.NewRequest("GET", list, nil)
		r.Header.Set("Accept-Encoding", encoding)
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		if got := rec.Header().Get("Content-Encoding") == "gzip"; got != want {
			t.Errorf("%q: got gzip %v, want %v", encoding, got, want)
			continue
		}
		if !want {
			continue
		}
		z, err := gzip.NewReader(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		got := readAll(t, z)
		if requestID.ReplaceAllString(got, "") != requestID.ReplaceAllString(plain, "") || rec.Body.Len() > len(plain) {
			t.Errorf("%q: the compressed answer differs", encoding)
		}
	}
}

// TestCodes checks that every code can be explained and told apart.
func TestCodes(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range Codes() {
		if seen[c.Code] {
			t.Errorf("code %s is declared twice", c.Code)
		}
		seen[c.Code] = true
		if c.Code == "" || c.Msg == "" || c.HTTP != 200 || c.Why.Zh == "" || c.Why.En == "" || c.Fix.Zh == "" || c.Fix.En == "" {
			t.Errorf("code %s lacks text: %+v", c.Code, c)
		}
	}
	for _, want := range []string{"7", "15", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33", "34", "40", "41", "50", "88", "40014", "60011"} {
		if !seen[want] {
			t.Errorf("code %s is missing", want)
		}
	}
}

func TestRootName(t *testing.T) {
	t.Parallel()
	for method, want := range map[string]string{
		"dingtalk.corp.extcontact.update": "dingtalk_corp_extcontact_update_response",
		"taobao.item.seller.get":          "item_seller_get_response",
	} {
		if got := rootName(method); got != want {
			t.Errorf("%s: got %s, want %s", method, got, want)
		}
	}
	for range 100 {
		if id := api.NewShortID(); len(id) != 12 {
			t.Errorf("got request id %q", id)
		}
	}
}

func BenchmarkHandler(b *testing.B) {
	w := newWorld(b)
	w.handler.Log = slog.New(slog.DiscardHandler)
	signedForm := signed("md5", nil)
	for name, query := range map[string]string{"session": update + strings.ReplaceAll(zhang, `"`, "%22"), "signed": signedForm} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				rec := httptest.NewRecorder()
				w.handler.ServeHTTP(rec, form("", query))
				if !json.Valid(rec.Body.Bytes()) {
					b.Fatal(rec.Body.String())
				}
			}
		})
	}
}
