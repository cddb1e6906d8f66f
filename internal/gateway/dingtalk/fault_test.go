package dingtalk

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/api"
)

const (
	deletePath = "/topapi/extcontact/delete?access_token="
	endPath    = "/call_back/delete_call_back?access_token="
)

// The text of a limit has what programs parse to know how long to wait.
func TestOAPIThrottled(t *testing.T) {
	t.Parallel()
	var asked []string
	w := newWorld(t, func(g *api.Gateway) {
		g.Allow = func(principal, operation string) api.Throttle {
			asked = append(asked, principal+" "+operation)
			return api.Throttle{Limit: 20, Until: testTime.Add(1200 * time.Millisecond)}
		}
	})
	// The test's time is 17:52:02.145 at +08:00.
	text := "您的企业应用调用钉钉开放平台当前接口的所有请求都被暂时禁用了, apiPath(NAME), 从 2026-11-22 17:52:02 到 2026-11-22 17:52:02 请求总次数超过 20 次, 限制将在 2026-11-22 17:52:04 结束."
	topapi := strings.ReplaceAll(text, "NAME", "dingtalk.oapi.extcontact.list")
	rec := w.do(t, "POST", "/topapi/extcontact/list?access_token="+tokenA, "{}")
	check(t, "throttled", body(rec), `{"errcode":88,"sub_code":"90018","sub_msg":"`+topapi+`","errmsg":"ding talk error[subcode=90018,submsg=`+topapi+`]","request_id":"ID"}`)
	check(t, "when to come again", rec.Header().Get("Retry-After"), "2")
	rec = w.do(t, "GET", "/gettoken?appkey=k", "")
	check(t, "token call", body(rec), `{"errcode":90018,"errmsg":"`+strings.ReplaceAll(text, "NAME", "/gettoken")+`"}`)
	check(t, "whose rate", strings.Join(asked, ", "), "dingsampleappkey01 dingtalk.oapi.extcontact.list, 192.0.2.1 dingtalk.oapi.gettoken")
	rec = w.do(t, "PUT", grantPath, grantBody, tokenHeader+": "+tokenA)
	check(t, "REST", body(rec), `{"code":"Forbidden.AccessDenied.QpsLimitForAppkeyAndApi","requestid":"ID","message":"您的企业应用调用钉钉开放平台当前接口的所有请求都被暂时禁用了"}`)
	check(t, "REST, when to come again", rec.Header().Get("Retry-After"), "2")
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
	over := api.Throttle{}
	w := newWorld(t, func(g *api.Gateway) {
		g.Allow = func(string, string) api.Throttle { return over }
	})
	ask := func() *heldBack {
		rec := &heldBack{ResponseRecorder: httptest.NewRecorder()}
		w.oapi.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/topapi/extcontact/list?access_token="+tokenBare, strings.NewReader("{}")))
		return rec
	}
	within := ask()
	over = api.Throttle{Limit: 20, Until: testTime.Add(time.Second)}
	above := ask()
	if within.held || !above.held {
		t.Errorf("held back: within the rate %v, above it %v, want false, true", within.held, above.held)
	}
	check(t, "above the rate", body(above.ResponseRecorder), body(within.ResponseRecorder))
	check(t, "when to come again", above.Header().Get("Retry-After"), "")
}

// A number of this gateway can be armed on TOP, too, which uses the table's
// code.
func TestNumbersOfTheGatewayAreInTheTable(t *testing.T) {
	t.Parallel()
	for _, c := range OAPICodes() {
		if number, err := strconv.Atoi(c.Code); err == nil && number >= 1000 && api.Errcode(c.Code) == nil {
			t.Errorf("%s is not in the table", c.Code)
		}
	}
}

// Armed codes answer as documented, whatever the operation declares
// (docs/spec/dingtalk.md#wire-form-of-armed-faults).
func TestArmedCodes(t *testing.T) {
	t.Parallel()
	flat := func(code, text string) string {
		return `{"errcode":` + code + `,"errmsg":"` + text + `","request_id":"ID"}`
	}
	plain := func(code, text string) string { return `{"errcode":` + code + `,"errmsg":"` + text + `"}` }
	sub := func(code, text string) string {
		return `{"errcode":88,"sub_code":"` + code + `","sub_msg":"` + text + `","errmsg":"ding talk error[subcode=` + code + `,submsg=` + text + `]","request_id":"ID"}`
	}
	limit := "当前所有钉钉应用调用该接口次数过多，超出了该接口承受的最大qps，请求被暂时限制了，建议错开整点时刻调用该接口, apiPath(NAME), 从 2026-11-22 17:52:02 到 2026-11-22 17:52:02 请求总次数超过 20 次, 限制将在 2026-11-22 17:52:03 结束."
	name := "不合法ApiName，ApiName = dingtalk.oapi.extcontact.delete"
	for code, want := range map[string][3]string{ // under /topapi, elsewhere, Retry-After
		"33012":  {flat("33012", "无效的USERID"), plain("33012", "无效的USERID"), ""},
		"42001":  {sub("42001", "access_token超时"), plain("42001", "access_token超时"), ""},
		"40001":  {sub("40001", "获取access_token时Secret错误，或者access_token无效"), plain("40001", "获取access_token时Secret错误，或者access_token无效"), ""},
		"88":     {sub("40014", "不合法的access_token"), plain("88", "鉴权异常"), ""},
		"40000":  {sub("40000", "access_token is blank"), plain("40000", "参数错误"), ""},
		"41001":  {sub("41001", "缺少access_token参数"), plain("41001", "缺少access_token参数"), ""},
		"22":     {`{"errcode":22,"sub_msg":"` + name + `","errmsg":"Invalid method[submsg=` + name + `]","request_id":"ID"}`, plain("22", "Invalid method"), ""},
		"40":     {flat("40", "Missing required arguments:access_token"), plain("40", "Missing required arguments:access_token"), ""},
		"41":     {flat("41", "Invalid arguments:access_token"), plain("41", "Invalid arguments:access_token"), ""},
		"404":    {flat("404", "请求的URI地址不存在"), plain("404", "请求的URI地址不存在"), ""},
		"60021":  {flat("60021", "父部门下该部门名称已存在"), plain("60021", "父部门下该部门名称已存在"), ""},
		"400052": {flat("400052", "回调地址访返回数据错误"), plain("400052", "回调地址访返回数据错误"), ""},
		"40033":  {flat("40033", `不合法的请求字符，不能包含\\uxxxx格式的字符`), plain("40033", `不合法的请求字符，不能包含\\uxxxx格式的字符`), ""},
		"-1":     {flat("-1", "系统繁忙"), plain("-1", "系统繁忙"), "1"},
		"45009":  {flat("45009", "接口调用超过限制"), plain("45009", "接口调用超过限制"), "1"},
		"90002":  {sub("90002", strings.ReplaceAll(limit, "NAME", "dingtalk.oapi.extcontact.delete")), plain("90002", strings.ReplaceAll(limit, "NAME", "/call_back/delete_call_back")), "1"},
		"90020":  {sub("90020", "您的企业本月api调用量已超过限制"), plain("90020", "您的企业本月api调用量已超过限制"), "1"},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.gateway.Faults.Arm(api.Fault{Operation: "*", Code: code, Times: 2})
			rec := w.do(t, "POST", deletePath+tokenA, `{"user_id":"2"}`)
			check(t, "under /topapi", body(rec), want[0])
			check(t, "when to come again", rec.Header().Get("Retry-After"), want[2])
			check(t, "elsewhere", body(w.do(t, "GET", endPath+tokenA, "")), want[1])
			check(t, "used up", body(w.do(t, "POST", deletePath+tokenA, `{"user_id":"2"}`)), `{"errcode":0,"errmsg":"ok","request_id":"ID"}`)
		})
	}
}

func TestArmedRESTCodes(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]struct {
		status int
		answer string
		again  string
	}{
		"accesstoken.expired":                   {400, `{"code":"accesstoken.expired","requestid":"ID","message":"用户accessToken过期"}`, ""},
		"AuthenticationFailed.MissingParameter": {400, `{"code":"AuthenticationFailed.MissingParameter","requestid":"ID","message":"缺少参数：x-acs-dingtalk-access-token"}`, ""},
		"Forbidden.AccessDenied.AccessTokenPermissionDenied": {403, `{"code":"Forbidden.AccessDenied.AccessTokenPermissionDenied","requestid":"ID","message":"没有调用该接口的权限，接口权限申请参考：https://open.dingtalk.com/document/orgapp-server/add-api-permission",` +
			`"accessdenieddetail":{"requiredScopes":["Contact.OrgAccount.VisiblityInOtherOrg"]}}`, ""},
		"Forbidden.AccessDenied.QpmLimitForSuitekeyAndOrgAndApi": {403, `{"code":"Forbidden.AccessDenied.QpmLimitForSuitekeyAndOrgAndApi","requestid":"ID","message":"您的ISV应用调用钉钉开放平台当前接口的所有请求都被暂时禁用了"}`, "1"},
		"systemBusy":                         {429, `{"code":"systemBusy","requestid":"ID","message":"请求太频繁"}`, "1"},
		"system.busy":                        {500, `{"code":"system.busy","requestid":"ID","message":"系统繁忙"}`, "1"},
		"unknownError":                       {500, `{"code":"unknownError","requestid":"ID","message":"未知错误"}`, ""},
		"InvalidAction.NotFound":             {404, `{"code":"InvalidAction.NotFound","requestid":"ID","message":"Specified api is not found, please check your url and method."}`, ""},
		"invalidCode":                        {400, `{"requestid":"ID","code":"invalidCode","message":"无效的授权码"}`, ""},
		"invalidSuiteKey":                    {400, `{"requestid":"ID","code":"invalidSuiteKey","message":"suitekey不合法"}`, ""},
		"invalidParameter.user.notFound":     {404, `{"requestid":"ID","code":"invalidParameter.user.notFound","message":"找不到该用户"}`, ""},
		"invalidParameter.authCode.notFound": {400, `{"requestid":"ID","code":"invalidParameter.authCode.notFound","message":"不合法的临时授权码"}`, ""},
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.gateway.Faults.Arm(api.Fault{Operation: "TestGrant", Code: code, Times: 1})
			rec := w.do(t, "PUT", grantPath, grantBody, tokenHeader+": "+tokenA)
			check(t, "status", rec.Code, want.status)
			check(t, "answer", body(rec), want.answer)
			check(t, "when to come again", rec.Header().Get("Retry-After"), want.again)
		})
	}
	w := newWorld(t)
	w.gateway.Faults.Arm(api.Fault{Operation: "*", Code: "systemBusy", Times: 1})
	check(t, "token call", body(w.do(t, "POST", "/v1.0/oauth2/accessToken", "{}")), `{"requestid":"ID","code":"systemBusy","message":"系统繁忙"}`)
}

// Only a call that would have been carried out, and that has the code, uses a
// fault up.
func TestFaultsWaitForTheirCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, code := range []string{"Throttling.User", "33012", "system.busy"} {
		w.gateway.Faults.Arm(api.Fault{Operation: "*", Code: code, Times: 1})
	}
	call := func(token string) string { return body(w.do(t, "POST", deletePath+token, `{"user_id":"2"}`)) }
	for what, want := range map[string]string{"x": "40014", tokenBare: "60011", tokenHome: "60020"} {
		if got := call(what); !strings.Contains(got, want) {
			t.Errorf("refused call: got %s, want %s", got, want)
		}
	}
	check(t, "its code", call(tokenA), `{"errcode":33012,"errmsg":"无效的USERID","request_id":"ID"}`)
	check(t, "codes of others", call(tokenA), `{"errcode":0,"errmsg":"ok","request_id":"ID"}`)
	check(t, "REST", w.do(t, "PUT", grantPath, grantBody, tokenHeader+": "+tokenA).Code, 500)
	check(t, "REST, used up", w.do(t, "PUT", grantPath, grantBody, tokenHeader+": "+tokenA).Code, 200)
}

// An armed fault comes before the rate: a caller above its rate gets it, too.
func TestFaultComesBeforeTheRate(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(g *api.Gateway) {
		g.Allow = func(string, string) api.Throttle { return api.Throttle{Limit: 1, Until: testTime.Add(time.Second)} }
	})
	w.gateway.Faults.Arm(api.Fault{Operation: "*", Code: "33012", Times: 1})
	for _, want := range []string{"33012", "90018"} {
		if got := body(w.do(t, "POST", deletePath+tokenA, `{"user_id":"2"}`)); !strings.Contains(got, want) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// Calls of the vendor that are not offered here are explained in the log.
func TestVendorsCallsAreNamed(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	w := newWorld(t, func(g *api.Gateway) { g.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	for _, c := range []struct {
		path, want string
	}{
		{"/robot/send?access_token=x", "the vendor has this call"}, {"/attendance/list", "calls of this kind"}, {"/Chat/Create", "calls of this kind"},
		{"/topapi/message/corpconversation/asyncsend_v2", "calls of this kind"}, {"/microapp/nope", "calls of this kind"}, {"/data/nope", ""},
	} {
		log.Reset()
		w.do(t, "POST", c.path, "{}")
		if got := log.String(); !strings.Contains(got, c.want) || c.want == "" && strings.Contains(got, "the vendor has") {
			t.Errorf("%s: got %s, want %q", c.path, got, c.want)
		}
	}
}
