package dingtalk

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
)

const (
	grantPath = "/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg"
	asJSON    = "Content-Type: application/json; charset=utf-8"
	withToken = tokenHeader + ": " + tokenA
	grantBody = `{"fields":["mobile","status"],"optUserId":"102530009661373952","toCorpIds":["ding12345678"]}`
)

// What 001_ae1dd7d1f9d1fdf1.txt and the official SDKs send
// (docs/spec/dingtalk.md#parameters-of-rest-calls).
func TestCapturedRESTRequests(t *testing.T) {
	t.Parallel()
	const sdkGo = "User-Agent: AlibabaCloud (linux; amd64) Golang/1.26.8 Core/0.01 TeaDSL/1\naccept: application/json\ncontent-type: application/json; charset=utf-8\nx-acs-dingtalk-access-token: " + tokenA + "\nAccept-Encoding: gzip\n"
	tests := map[string]struct {
		request string
		status  int
		want    string
	}{
		"seed page": {"PUT " + grantPath + " HTTP/1.1\nHost:api.dingtalk.io\nx-acs-dingtalk-access-token:" + tokenA + "\nContent-Type:application/json\nContent-Length: 103\n\n" +
			"{\n\"toCorpIds\" : [ \"ding12345678\" ],\n\"optUserId\" : \"102530009661373952\",\n\"fields\" : [ \"mobile\" ]\n}            ", 200, `{"result":true}`},
		"Go": {"PUT " + grantPath + " HTTP/1.1\nHost: 127.0.0.1:18391\nContent-Length: 92\n" + sdkGo + "\n" + grantBody, 200, `{"result":true}`},
		"Go, fields unset": {"PUT " + grantPath + " HTTP/1.1\nContent-Length: 63\n" + sdkGo + "\n" +
			`{"optUserId":"102530009661373952","toCorpIds":["ding12345678"]}`, 200, `{"result":true}`},
		"Go, fields empty": {"PUT " + grantPath + " HTTP/1.1\nContent-Length: 75\n" + sdkGo + "\n" +
			`{"fields":[],"optUserId":"102530009661373952","toCorpIds":["ding12345678"]}`, 200, `{"result":true}`},
		"Go, everything unset": {"PUT " + grantPath + " HTTP/1.1\nContent-Length: 2\n" + sdkGo + "\n{}", 400,
			`{"code":"invalid.param","requestid":"ID","message":"参数无效: toCorpIds is missing"}`},
		"Go, bare array": {"PUT /v1.0/contact/orgAccounts/mobiles/visiblePermissions HTTP/1.1\nContent-Length: 6\n" + sdkGo + "\n" + `["u1"]`, 200, `{"result":true}`},
		"Node, chunked": {"PUT " + grantPath + " HTTP/1.1\nhost: 127.0.0.1:18392\naccept: application/json\n" + tokenHeader + ": " + tokenA +
			"\ncontent-type: application/json; charset=utf-8\nConnection: keep-alive\nTransfer-Encoding: chunked\n\n5c\r\n" + grantBody + "\r\n0\r\n\r\n", 200, `{"result":true}`},
		"Go, id with slashes": {"GET /v1.0/contact/users/z21Hj/Qli+S== HTTP/1.1\n" + sdkGo, 200, `{"unionId":"z21Hj/Qli+S=="}`},
		"list in the query": {"GET /v1.0/contact/users/u?ids=%5B%22u1%22%2C%22u2%22%5D HTTP/1.1\n" + sdkGo, 200,
			`{"unionId":"u","ids":["u1","u2"]}`},
		"old PHP, token in quotes": {"GET /v1.0/contact/users/u HTTP/1.1\n" + tokenHeader + ": \"" + tokenA + "\"", 400,
			`{"code":"InvalidAuthentication","requestid":"ID","message":"不合法的access_token"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec := newWorld(t).replay(t, test.request)
			check(t, "status", rec.Code, test.status)
			check(t, "answer", body(rec), test.want)
		})
	}
}

func TestRESTHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := map[string]string{
		"Server": "DingTalk/1.0.0", "Content-Type": "application/json;charset=utf-8",
		"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "POST, GET, OPTIONS, PUT, DELETE", "Access-Control-Max-Age": "172800",
		"Access-Control-Allow-Headers": "X-Requested-With, X-Sequence, _aop_secret, _aop_signature, x-acs-dingtalk-access-token",
	}
	for name, rec := range map[string]*httptest.ResponseRecorder{
		"success": w.do(t, "PUT", grantPath, grantBody, asJSON, withToken), "failure": w.do(t, "GET", "/v1.0/nope", ""),
	} {
		for header, value := range want {
			check(t, name+", header "+header, rec.Header().Get(header), value)
		}
		if id := rec.Header().Get("x-acs-request-id"); !regexp.MustCompile(`^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$`).MatchString(id) {
			t.Errorf("%s: got request id %q, want an upper-case UUID", name, id)
		}
		if id := rec.Header().Get("x-acs-trace-id"); !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(id) {
			t.Errorf("%s: got trace id %q, want 32 hexadecimal digits", name, id)
		}
	}
	rec := w.do(t, "GET", "/v1.0/nope", "")
	if id := rec.Header().Get("x-acs-request-id"); !strings.Contains(rec.Body.String(), `"requestid":"`+id+`"`) {
		t.Errorf("got body %s, want the request id %s of the header", rec.Body, id)
	}
	preflight := w.do(t, "OPTIONS", grantPath, "", "Origin: https://example.com", "Access-Control-Request-Method: PUT")
	check(t, "preflight", preflight.Code, 204)
	check(t, "preflight, body", preflight.Body.Len(), 0)
	check(t, "preflight, origin", preflight.Header().Get("Access-Control-Allow-Origin"), "*")
}

func TestRESTAnswers(t *testing.T) {
	t.Parallel()
	fault := func(code, text string) string {
		return `{"code":"` + code + `","requestid":"ID","message":"` + text + `"}`
	}
	invalid := func(text string) string { return fault("invalid.param", "参数无效: "+text) }
	badToken := fault("InvalidAuthentication", "不合法的access_token")
	noToken := fault("AuthenticationFailed.MissingParameter", "缺少参数：x-acs-dingtalk-access-token")
	// An operation's own error begins with the request id.
	own := func(code, text string) string {
		return `{"requestid":"ID","code":"` + code + `","message":"` + text + `"}`
	}
	notFound := fault("InvalidAction.NotFound", "Specified api is not found, please check your url and method.")
	noBody := fault("Missingbody", "body is mandatory for this action.")
	tests := []struct {
		name, method, target, body string
		headers                    []string
		status                     int
		want                       string
	}{
		{"no fields", "POST", "/v1.0/test/nothing", "", []string{withToken}, 200, `{}`},
		{"no fields, with a body", "POST", "/v1.0/test/nothing", "{}", []string{withToken, asJSON}, 200, `{}`},
		{"unknown members are ignored", "PUT", grantPath, `{"optUserId":"u","toCorpIds":["c"],"x":{"y":1}}`, []string{withToken, asJSON}, 200, `{"result":true}`},
		{"null is missing", "PUT", grantPath, `{"optUserId":"u","toCorpIds":["c"],"fields":null}`, []string{withToken, asJSON}, 200, `{"result":true}`},
		{"no content type", "PUT", grantPath, grantBody, []string{withToken}, 200, `{"result":true}`},
		{"typed query", "GET", "/v1.0/contact/users/a?n=9007199254740993&flag=TRUE&filter=%7B%22a%22%3A1e400%7D", "", []string{withToken}, 200, `{"unionId":"a","n":9007199254740993,"flag":true,"filter":{"a":1e400}}`},
		{"encoded slash in the path", "GET", "/v1.0/contact/users/a%2Fb%252F", "", []string{withToken}, 200, `{"unionId":"a/b%2F"}`},
		{"two slashes in the path", "GET", "/v1.0/contact/users/a//b/", "", []string{withToken}, 200, `{"unionId":"a//b/"}`},
		{"path and body agree", "POST", "/v1.0/test/u1/echo", `{"unionId":"u1"}`, []string{withToken, asJSON}, 200, `{"unionId":"u1"}`},
		{"all in path and query, no body", "POST", "/v1.0/test/u1/echo?n=3", "", []string{withToken}, 200, `{"unionId":"u1","n":3}`},

		{"unknown path", "GET", "/v1.0/nope", "", nil, 404, notFound},
		{"other method of a known path", "GET", grantPath, "", []string{withToken}, 404, notFound},
		{"slash at the end", "PUT", grantPath + "/", grantBody, []string{withToken}, 404, notFound},
		{"other case", "PUT", strings.ToLower(grantPath), grantBody, []string{withToken}, 404, notFound},
		{"unused method", "PATCH", grantPath, grantBody, []string{withToken}, 405, notFound},
		{"no token", "PUT", grantPath, grantBody, nil, 400, noToken},
		{"empty token", "PUT", grantPath, grantBody, []string{tokenHeader + ": "}, 400, noToken},
		{"unknown token", "PUT", grantPath, grantBody, []string{tokenHeader + ": x"}, 400, badToken},
		{"token twice", "PUT", grantPath, grantBody, []string{withToken, withToken}, 400, badToken},
		{"token in the query", "PUT", grantPath + "?access_token=" + tokenA + "&" + tokenHeader + "=" + tokenA, grantBody, nil, 400, noToken},
		{"token as a bearer", "PUT", grantPath, grantBody, []string{"Authorization: Bearer " + tokenA}, 400, noToken},
		{"byte order mark", "PUT", grantPath, "\ufeff" + grantBody, []string{withToken, asJSON}, 200, `{"result":true}`},
		{"GBK", "POST", "/v1.0/test/u1/echo", "{\"ids\":[\"\xd5\xc5\"]}", []string{withToken, "Content-Type: application/json; charset=GBK"}, 200, `{"unionId":"u1","ids":["张"]}`},
		{"unknown charset", "PUT", grantPath, grantBody, []string{withToken, "Content-Type: application/json; charset=big5"}, 400, invalid("the body must be one JSON object in UTF-8")},
		{"app's token where a person's is needed", "GET", "/v1.0/test/me", "", []string{withToken}, 403,
			`{"code":"Forbidden.AccessDenied.AccessTokenPermissionDenied","requestid":"ID","message":"没有调用该接口的权限，接口权限申请参考：https://open.dingtalk.com/document/orgapp-server/add-api-permission","accessdenieddetail":{"requiredScopes":["Contact.User.Read"]}}`},
		{"foreign address", "PUT", grantPath, grantBody, []string{tokenHeader + ": " + tokenHome}, 403,
			fault("Forbidden.AccessDenied.IpNotInWhiteList", "访问ip不在白名单之中")},
		{"no permission", "PUT", grantPath, "", []string{tokenHeader + ": " + tokenBare}, 403,
			`{"code":"Forbidden.AccessDenied.AccessTokenPermissionDenied","requestid":"ID","message":"没有调用该接口的权限，接口权限申请参考：https://open.dingtalk.com/document/orgapp-server/add-api-permission","accessdenieddetail":{"requiredScopes":["Contact.OrgAccount.VisiblityInOtherOrg"]}}`},

		{"empty body", "PUT", grantPath, "", []string{withToken, asJSON}, 400, noBody},
		{"blank body", "PUT", grantPath, " \r\n", []string{withToken, asJSON}, 400, noBody},
		{"form", "PUT", grantPath, "optUserId=u", []string{withToken, "Content-Type: application/x-www-form-urlencoded"}, 400, noBody},
		{"not JSON", "PUT", grantPath, `{"optUserId":`, []string{withToken, asJSON}, 400, invalid("the body must be one JSON object in UTF-8")},
		{"array", "PUT", grantPath, `["u1"]`, []string{withToken, asJSON}, 400, invalid("the body must be a JSON object")},
		{"compressed", "PUT", grantPath, grantBody, []string{withToken, asJSON, "Content-Encoding: gzip"}, 400, invalid("the body cannot be read")},
		{"too large", "PUT", grantPath, `{"x":"` + strings.Repeat("x", api.MaxBody) + `"}`, []string{withToken, asJSON}, 413, invalid("the body is larger than 1 MiB")},
		{"missing", "PUT", grantPath, `{"toCorpIds":["c"]}`, []string{withToken, asJSON}, 400, invalid("optUserId is missing")},
		{"empty list", "PUT", grantPath, `{"optUserId":"u","toCorpIds":[]}`, []string{withToken, asJSON}, 400, invalid("toCorpIds is missing")},
		{"number for a text", "PUT", grantPath, `{"optUserId":1,"toCorpIds":["c"]}`, []string{withToken, asJSON}, 400, invalid("optUserId must be a text without control characters")},
		{"text for a list", "PUT", grantPath, `{"optUserId":"u","toCorpIds":"c"}`, []string{withToken, asJSON}, 400, invalid("toCorpIds must be a list of texts")},
		{"not among the values", "PUT", grantPath, `{"optUserId":"u","toCorpIds":["c"],"fields":["x"]}`, []string{withToken, asJSON}, 400, own("invalid.param", "参数无效: fields: one of mobile, status")},
		{"refused by the rules", "PUT", grantPath, `{"optUserId":"u","toCorpIds":["c","unknown"]}`, []string{withToken, asJSON}, 400, own("invalid.param", "参数无效: toCorpIds[1] not found")},
		{"two values in the query", "GET", "/v1.0/contact/users/a?n=1&n=2", "", []string{withToken}, 400, invalid("n must not be given twice with different values")},
		{"path and body differ", "POST", "/v1.0/test/u1/echo", `{"unionId":"u2"}`, []string{withToken, asJSON}, 400, invalid("unionId must not be given twice with different values")},
		{"bad escape in the query", "GET", "/v1.0/contact/users/a?n=%zz", "", []string{withToken}, 400, invalid("a percent escape is not valid")},
		{"no number in the query", "GET", "/v1.0/contact/users/a?n=1e3", "", []string{withToken}, 400, invalid("n must be a whole number of 64 bits")},
		{"bare value for a list in the query", "GET", "/v1.0/contact/users/a?ids=u1", "", []string{withToken}, 400, invalid("ids must be a list of texts")},
		{"wrong pair of a token call", "POST", "/v1.0/oauth2/accessToken", "{}", []string{asJSON}, 401, own("unauthorized.client", "unauthorized.client")},
		{"busy", "PUT", grantPath, `{"optUserId":"u","toCorpIds":["busy"]}`, []string{withToken, asJSON}, 500, fault("system.busy", "系统繁忙")},
		{"bug", "PUT", grantPath, `{"optUserId":"u","toCorpIds":["bug"]}`, []string{withToken, asJSON}, 500, fault("system.busy", "系统繁忙")},
		{"panic", "PUT", grantPath, `{"optUserId":"u","toCorpIds":["panic"]}`, []string{withToken, asJSON}, 500, fault("system.busy", "系统繁忙")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rec := newWorld(t).do(t, test.method, test.target, test.body, test.headers...)
			check(t, "status", rec.Code, test.status)
			check(t, "answer", body(rec), test.want)
			check(t, "content type", rec.Header().Get("Content-Type"), "application/json;charset=utf-8")
		})
	}
}

func TestRESTChunkedBodyWithoutLength(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, test := range map[string]struct {
		body   string
		status int
	}{"small": {grantBody, 200}, "too large": {strings.Repeat(" ", api.MaxBody) + grantBody, 413}} {
		r := chunked(httptest.NewRequest("PUT", grantPath, nil), test.body)
		r.Header.Set(tokenHeader, tokenA)
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		check(t, name, rec.Code, test.status)
	}
}

func TestAllowedMethodsAreNamed(t *testing.T) {
	t.Parallel()
	rec := newWorld(t).do(t, http.MethodPatch, grantPath, "", withToken)
	check(t, "Allow", rec.Header().Get("Allow"), "GET, POST, PUT, DELETE, OPTIONS")
}

func TestBusyServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rec := httptest.NewRecorder()
	w.rest.Busy(rec, httptest.NewRequest("PUT", grantPath, nil))
	check(t, "REST status", rec.Code, 500)
	check(t, "REST", body(rec), `{"code":"system.busy","requestid":"ID","message":"系统繁忙"}`)
	rec = httptest.NewRecorder()
	w.oapi.Busy(rec, httptest.NewRequest("POST", "/topapi/extcontact/list", nil))
	check(t, "oapi", body(rec), `{"errcode":-1,"errmsg":"系统繁忙","request_id":"ID"}`)
}
