package dingtalk

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Requests that clients sent and recorded answers, byte for byte: objects as JSON
// text among them (docs/spec/external-contacts.md#contact-in-a-request).
func TestFixtures(t *testing.T) {
	t.Parallel()
	const jsonType = "application/json;charset=UTF-8"
	const list = `{"errcode":0,"errmsg":"ok","results":[{"size":20,"offset":0}],"request_id":"ID"}`
	const created = `{"errcode":0,"errmsg":"ok","userid":"123420013632","request_id":"ID"}`
	tests := map[string]struct{ request, contentType, want string }{
		"F12 create, contact as object": {"POST /topapi/extcontact/create?access_token=TOKEN HTTP/1.1\nAccept: text/xml,text/javascript\nUser-Agent: top-sdk-java\nContent-Type: application/json;charset=UTF-8\nConnection: keep-alive\nContent-Length: 162\n\n" +
			`{"contact":{"share_user_ids":["023420013644"],"follower_user_id":"manager4220","label_ids":[1561077317],"mobile":"13088888888","name":"张三","state_code":"86"}}`, jsonType, created},
		"F12 create, contact as text": {"POST /topapi/extcontact/create?access_token=TOKEN HTTP/1.1\nContent-Type: application/json;charset=UTF-8\nContent-Length: 186\n\n" +
			`{"contact":"{\"follower_user_id\":\"manager4220\",\"label_ids\":[1561077317],\"mobile\":\"13088888888\",\"name\":\"张三\",\"share_user_ids\":[\"023420013644\"],\"state_code\":\"86\"}"}`, jsonType, created},
		"F12 create, lists as text (PHP)": {"POST /topapi/extcontact/create?access_token=TOKEN HTTP/1.1\nContent-Type: application/json\nContent-Length: 135\n\n" +
			`{"contact":{"name":"张三","mobile":"13088888888","label_ids":"[1561077317]","share_user_ids":"[\"023420013644\"]","state_code":"86"}}`, jsonType, created},
		"F12 same mobile again": {"POST /topapi/extcontact/create?access_token=TOKEN HTTP/1.1\nContent-Type: application/json\nContent-Length: 46\n\n" +
			`{"contact":{"name":"张三","mobile":"22005"}}`, jsonType, `{"errcode":22005,"errmsg":"该外部联系人已经存在","request_id":"ID"}`},
		"F13 list, Java": {"POST /topapi/extcontact/list?access_token=TOKEN HTTP/1.1\nContent-Type: application/json;charset=UTF-8\nContent-Length: 26\n\n" +
			`{"offset":"0","size":"20"}`, jsonType, list},
		"F13 list, GET": {"GET /topapi/extcontact/list?access_token=TOKEN&offset=0&size=20 HTTP/1.1", jsonType, list},
		"F13 list, Python": {"POST /topapi/extcontact/list?access_token=TOKEN HTTP/1.1\nContent-type: application/json;charset=UTF-8\nContent-Length: 25\n\n" +
			`{"offset": 0, "size": 20}`, jsonType, list},
		"F14 delete, unknown": {"POST /topapi/extcontact/delete?access_token=TOKEN HTTP/1.1\nContent-Type: application/json;charset=UTF-8\nContent-Length: 15\n\n" +
			`{"user_id":"1"}`, jsonType, `{"errcode":33012,"errmsg":"无效的USERID","request_id":"ID"}`},
		"F15 bad token": {"POST /topapi/extcontact/delete?access_token=tok123 HTTP/1.1\nContent-Type: application/json;charset=UTF-8\nContent-Length: 15\n\n" +
			`{"user_id":"1"}`, jsonType,
			`{"errcode":88,"sub_code":"40014","sub_msg":"不合法的access_token","errmsg":"ding talk error[subcode=40014,submsg=不合法的access_token]","request_id":"ID"}`},
		"F16 gettoken":       {"GET /gettoken?appkey=k&appsecret=s HTTP/1.1", "application/json", `{"access_token":"6d1bxxxx"}`},
		"F16 gettoken wrong": {"GET /gettoken?appkey=x&appsecret=s HTTP/1.1", "application/json", `{"errcode":40096,"errmsg":"不合法的appKey或appSecret"}`},
		"F17 unknown path": {"POST /topapi/extcontact/nope HTTP/1.1\nContent-Length: 0", jsonType,
			`{"errcode":22,"sub_msg":"不合法ApiName，ApiName = dingtalk.oapi.extcontact.nope","errmsg":"Invalid method[submsg=不合法ApiName，ApiName = dingtalk.oapi.extcontact.nope]","request_id":"ID"}`},
		"F18 signed, with suite ticket": {"POST /topapi/extcontact/list?corpId=ding87654321&accessKey=dingsampleappkey01&signature=Qt4i5F79TSSIrARt2BBJ%2BHxyK2q0nVIy86xErJBnm5M%3D&suiteTicket=ticketC&timestamp=1795341122145 HTTP/1.1\nContent-Type: application/json;charset=UTF-8\nContent-Length: 2\n\n{}", jsonType,
			`{"errcode":0,"errmsg":"ok","results":[{"size":0,"offset":0}],"request_id":"ID"}`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rec := newWorld(t).replay(t, strings.ReplaceAll(test.request, "TOKEN", tokenA))
			check(t, "status", rec.Code, 200)
			check(t, "content type", rec.Header().Get("Content-Type"), test.contentType)
			check(t, "answer", body(rec), test.want)
		})
	}
}

// Calls outside /topapi/ that have a method of their own choice
// (docs/spec/dingtalk-older-paths.md#rules-of-the-older-paths).
func TestOlderPaths(t *testing.T) {
	t.Parallel()
	const (
		withToken = "?access_token=" + tokenA
		form      = "Content-Type: application/x-www-form-urlencoded"
		asJSON    = "Content-Type: application/json"
		found     = `{"errcode":0,"errmsg":"ok","userid":"a"}`
	)
	plain := func(code, text string) string { return `{"errcode":` + code + `,"errmsg":"` + text + `"}` }
	tests := []struct{ name, method, target, body, header, want string }{
		{"GET", "GET", "/user/getUserid" + withToken + "&userid=a", "", asJSON, found},
		{"another case", "GET", "/USER/getuserid" + withToken + "&userid=a", "", asJSON, found},
		{"POST of a form", "POST", "/user/getUserid", "access_token=" + tokenA + "&userid=a", form, found},
		{"POST of JSON", "POST", "/user/getUserid" + withToken, `{"userid":"a"}`, asJSON, found},
		{"write by GET", "GET", "/user/create" + withToken, "", asJSON, plain("43002", "需要POST请求")},
		{"PUT", "PUT", "/user/getUserid" + withToken, "", asJSON, plain("43002", "需要POST请求")},
		{"case counts under /topapi", "POST", "/TopAPI/extcontact/list" + withToken, "{}", asJSON, plain("404", "请求的URI地址不存在")},
		{"missing", "GET", "/user/getUserid" + withToken, "", asJSON, plain("40035", "缺少参数 userid")},
		{"malformed", "GET", "/user/getUserid" + withToken + "&userid=a&size=x", "", asJSON, plain("40035", "不合法的参数:size")},
		{"two values", "GET", "/user/getUserid" + withToken + "&userid=a&userid=b", "", asJSON, plain("40035", "不合法的参数:userid")},
		{"token twice", "GET", "/user/getUserid" + withToken + "&access_token=b", "", asJSON, plain("40035", "不合法的参数:access_token")},
		{"no token", "GET", "/user/getUserid?userid=a", "", asJSON, plain("40035", "缺少参数 access_token")},
		{"bad token", "GET", "/user/getUserid?access_token=x", "", asJSON, plain("40014", "不合法的access_token")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rec := newWorld(t).do(t, test.method, test.target, test.body, test.header)
			check(t, "status", rec.Code, 200)
			check(t, "content type", rec.Header().Get("Content-Type"), "application/json")
			check(t, "answer", body(rec), test.want)
		})
	}
}

func TestOAPIAnswers(t *testing.T) {
	t.Parallel()
	const (
		list, create, remove = "/topapi/extcontact/list", "/topapi/extcontact/create", "/topapi/extcontact/delete"
		withToken            = "?access_token=" + tokenA
		form                 = "Content-Type: application/x-www-form-urlencoded;charset=utf-8"
		asJSON               = "Content-Type: application/json"
	)
	ok := func(fields string) string { return `{"errcode":0,"errmsg":"ok",` + fields + `"request_id":"ID"}` }
	flat := func(code, text string) string {
		return `{"errcode":` + code + `,"errmsg":"` + text + `","request_id":"ID"}`
	}
	sub := func(code, text string) string {
		return `{"errcode":88,"sub_code":"` + code + `","sub_msg":"` + text + `","errmsg":"ding talk error[subcode=` + code + `,submsg=` + text + `]","request_id":"ID"}`
	}
	plain := func(code, text string) string { return `{"errcode":` + code + `,"errmsg":"` + text + `"}` }
	missing := func(code string) string {
		return "应用尚未开通所需的权限：[" + code + "]，点击链接申请并开通即可：http://example.com/console/permissions/" + code + ", {requiredScopes=[" + code + "]}"
	}
	paged := ok(`"results":[{"size":20,"offset":0}],`)
	tests := []struct {
		name, method, target, body string
		headers                    []string
		want                       string
	}{
		{"token in the form", "POST", list, "access_token=" + tokenA + "&size=20", []string{form}, paged},
		{"contact as form field", "POST", create, "access_token=" + tokenA + "&contact=%7B%22name%22%3A%22%E5%BC%A0%E4%B8%89%22%2C%22mobile%22%3A%2213088888888%22%2C%22label_ids%22%3A%5B1561077317%5D%2C%22share_user_ids%22%3A%5B%22a%22%5D%7D", []string{form}, ok(`"userid":"123420013632",`)},
		{"no content type, JSON", "POST", list + withToken, `{"size":20}`, nil, paged},
		{"no content type, form", "POST", list + withToken, `size=20`, nil, paged},
		{"curl's default type with JSON", "POST", list + withToken, ` {"size":20}`, []string{form}, paged},
		{"list with commas", "POST", list + withToken, `{"ids":"a,b"}`, []string{asJSON}, ok(`"results":[{"size":0,"offset":0,"ids":["a","b"]}],`)},
		{"one value for a list", "POST", list + withToken, `{"ids":7}`, []string{asJSON}, ok(`"results":[{"size":0,"offset":0,"ids":["7"]}],`)},
		{"no body at all", "POST", list + withToken + "&size=20", "", nil, paged},
		{"body of a GET is not read", "GET", list + withToken + "&size=20", `{"size":30}`, []string{asJSON}, paged},
		{"same in query and body", "POST", list + withToken + "&size=20", `{"size":20}`, []string{asJSON}, paged},
		{"no fields", "POST", remove + withToken, `{"user_id":"2"}`, []string{asJSON}, ok("")},
		{"write by GET where the route says so", "GET", "/call_back/delete_call_back" + withToken, "", nil, plain("0", "ok")},

		{"no token", "POST", list, "{}", []string{asJSON}, sub("40000", "access_token is blank")},
		{"empty token", "POST", list + "?access_token=", "{}", []string{asJSON}, sub("40000", "access_token is blank")},
		{"token in the header", "POST", list, "{}", []string{asJSON, "x-acs-dingtalk-access-token: " + tokenA}, sub("40000", "access_token is blank")},
		{"token in the JSON body", "POST", list, `{"access_token":"` + tokenA + `"}`, []string{asJSON}, sub("40000", "access_token is blank")},
		{"no token elsewhere", "GET", "/call_back/delete_call_back", "", nil, plain("40035", "缺少参数 access_token")},
		{"bad token elsewhere", "GET", "/call_back/delete_call_back?access_token=x", "", nil, plain("40014", "不合法的access_token")},
		{"token twice", "POST", list + withToken, "access_token=" + tokenA, []string{form}, flat("41", "Invalid arguments:access_token")},
		{"no permission", "POST", list + "?access_token=" + tokenBare, "{}", []string{asJSON}, sub("60011", missing("qyapi_ext_read"))},
		{"no permission elsewhere", "GET", "/call_back/delete_call_back?access_token=" + tokenBare, "", nil, plain("60011", missing("qyapi_call_back"))},
		{"foreign address", "POST", list + "?access_token=" + tokenHome, "{}", []string{asJSON}, sub("60020", "访问ip不在白名单之中,request ip=192.0.2.1 appKey(dinghome)")},
		{"foreign address elsewhere", "GET", "/call_back/delete_call_back?access_token=" + tokenHome, "", nil,
			plain("60020", "请参考FAQ：http://example.com/console/errors/60020。错误原因：访问ip不在白名单之中,request ip=192.0.2.1 appKey(dinghome)")},
		{"forged address", "POST", list + "?access_token=" + tokenHome, "{}", []string{asJSON, "X-Forwarded-For: 10.1.2.3", "Forwarded: for=10.1.2.3"}, sub("60020", "访问ip不在白名单之中,request ip=192.0.2.1 appKey(dinghome)")},

		{"unknown path elsewhere", "GET", "/nope", "", nil, `{"errcode":404,"errmsg":"请求的URI地址不存在"}`},
		{"path with a slash at its end", "POST", list + "/" + withToken, "{}", []string{asJSON}, `{"errcode":22,"sub_msg":"不合法ApiName，ApiName = dingtalk.oapi.extcontact.list.","errmsg":"Invalid method[submsg=不合法ApiName，ApiName = dingtalk.oapi.extcontact.list.]","request_id":"ID"}`},
		{"write by GET", "GET", remove + withToken + "&user_id=2", "", nil, flat("43002", "需要POST请求")},
		{"read by PUT", "PUT", list + withToken, "{}", nil, flat("43002", "需要POST请求")},
		{"gettoken by POST", "POST", "/gettoken?appkey=k", "", nil, `{"errcode":43001,"errmsg":"需要GET请求"}`},

		{"not JSON", "POST", list + withToken, `{"size":`, []string{asJSON}, flat("47001", "解析JSON/XML内容错误")},
		{"JSON, but no object", "POST", list + withToken, `[1]`, []string{asJSON}, flat("47001", "解析JSON/XML内容错误")},
		{"compressed", "POST", list + withToken, "x", []string{asJSON, "Content-Encoding: gzip"}, flat("47001", "解析JSON/XML内容错误")},
		{"GBK in JSON", "POST", list + withToken, "{\"size\":20,\"ids\":\"\xd5\xc5\"}", []string{"Content-Type: application/json;charset=gbk"}, ok(`"results":[{"size":20,"offset":0,"ids":["张"]}],`)},
		{"GB18030 in a form", "POST", list + withToken, "size=20&ids=%95%32%82%36", []string{"Content-Type: application/x-www-form-urlencoded;charset=GB18030"}, ok(`"results":[{"size":20,"offset":0,"ids":["𠀀"]}],`)},
		{"not GBK", "POST", list + withToken, "ids=%FF%FF", []string{"Content-Type: application/x-www-form-urlencoded;charset=GBK"}, flat("47001", "解析JSON/XML内容错误")},
		{"unknown charset", "POST", list + withToken, `{"size":20}`, []string{"Content-Type: application/json;charset=big5"}, flat("47001", "解析JSON/XML内容错误")},
		{"byte order mark before JSON", "POST", list + withToken, "\ufeff{\"size\":20}", []string{asJSON}, paged},
		{"byte order mark before JSON without a type", "POST", list + withToken, "\ufeff{\"size\":20}", nil, paged},
		{"byte order mark before a form", "POST", list, "\ufeffaccess_token=" + tokenA + "&size=20", []string{form}, paged},
		{"multipart", "POST", list + withToken, `x`, []string{"Content-Type: multipart/form-data; boundary=x"}, flat("47001", "解析JSON/XML内容错误")},
		{"bad escape", "POST", list + withToken, `size=%zz`, []string{form}, flat("47001", "解析JSON/XML内容错误")},
		{"bad body of a stranger", "POST", list + "?access_token=x", `{"size":`, []string{asJSON}, sub("40014", "不合法的access_token")},
		{"too large", "POST", list + withToken, strings.Repeat("x", api.MaxBody+1), []string{form}, flat("41101", "数据内容过长")},
		{"missing argument", "POST", create + withToken, "{}", []string{asJSON}, flat("40", "Missing required arguments:contact")},
		{"missing argument inside", "POST", create + withToken, `{"contact":{"mobile":"1"}}`, []string{asJSON}, flat("40036", "参数为空")},
		{"malformed argument", "POST", list + withToken, `{"size":"ten"}`, []string{asJSON}, flat("41", "Invalid arguments:size")},
		{"two values", "POST", list + withToken + "&size=20", `{"size":30}`, []string{asJSON}, flat("41", "Invalid arguments:size")},
		{"unknown label is named", "POST", create + withToken, `{"contact":{"name":"x","mobile":"40035"}}`, []string{asJSON}, flat("40035", "不合法的参数:label_ids")},
		{"busy", "POST", remove + withToken, `{"user_id":"busy"}`, []string{asJSON}, flat("-1", "系统繁忙")},
		{"panic", "POST", remove + withToken, `{"user_id":"panic"}`, []string{asJSON}, flat("-1", "系统繁忙")},
		{"bug, with a code of its own for that", "POST", list + withToken, `{"size":99}`, []string{asJSON}, flat("400001", "系统错误")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rec := newWorld(t).do(t, test.method, test.target, test.body, test.headers...)
			check(t, "status", rec.Code, 200)
			check(t, "answer", body(rec), test.want)
			if !json.Valid(rec.Body.Bytes()) {
				t.Errorf("answer is no JSON: %s", rec.Body)
			}
		})
	}
}

func TestSignedCredentials(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ query, code string }{
		"altered signature":    {"accessKey=dingsampleappkey01&signature=At4i5F79TSSIrARt2BBJ%2BHxyK2q0nVIy86xErJBnm5M%3D&suiteTicket=ticketC&timestamp=1795341122145", "853004"},
		"without the ticket":   {"accessKey=dingsampleappkey01&signature=Qt4i5F79TSSIrARt2BBJ%2BHxyK2q0nVIy86xErJBnm5M%3D&timestamp=1795341122145", "853004"},
		"other timestamp":      {"accessKey=dingsampleappkey01&signature=Qt4i5F79TSSIrARt2BBJ%2BHxyK2q0nVIy86xErJBnm5M%3D&suiteTicket=ticketC&timestamp=1795341122146", "853004"},
		"no timestamp":         {"accessKey=dingsampleappkey01&signature=x", "853001"},
		"unknown app":          {"accessKey=nobody&signature=x&timestamp=1795341122145", "853003"},
		"other organisation":   {"corpId=corpD&accessKey=dingsampleappkey01&signature=x&timestamp=1795341122145", "853003"},
		"app without a secret": {"accessKey=dingnopermission01&signature=&timestamp=1795341122145", "853004"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := body(newWorld(t).do(t, "POST", "/topapi/extcontact/list?"+test.query, "{}"))
			if want := `{"errcode":88,"sub_code":"` + test.code + `"`; !strings.HasPrefix(got, want) {
				t.Errorf("got %s, want %s...", got, want)
			}
		})
	}
}

// What is logged and remembered explains the failure and shows no value of the request.
func TestNothingPersonalIsLogged(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	w := newWorld(t, func(g *api.Gateway) { g.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	rec := w.do(t, "POST", "/topapi/extcontact/list?access_token="+tokenA, `{"size":"13800000001"}`)
	w.do(t, "POST", "/topapi/extcontact/create?access_token="+tokenA, `{"contact":{"name":"张三","mobile":["13800000001"]}}`)
	w.do(t, "POST", "/v1.0/test/13800000001/echo?n=13800000001x", `{}`, tokenHeader+": "+tokenA)
	for _, secret := range []string{"13800000001", tokenA, "张三"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log shows %q:\n%s", secret, log.String())
		}
	}
	check(t, "answer", body(rec), `{"errcode":0,"errmsg":"ok","results":[{"size":13800000001,"offset":0}],"request_id":"ID"}`)
	if !strings.Contains(log.String(), "operation=dingtalk.oapi.extcontact.create code=41") {
		t.Errorf("log has no line of the failed call:\n%s", log.String())
	}
}

func TestFailedCallsAreRemembered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rec := w.do(t, "POST", "/topapi/extcontact/list?access_token="+tokenA, `{"size":"ten"}`)
	var answer struct {
		RequestID string `json:"request_id"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	call, ok := w.gateway.FailedCalls.Find(answer.RequestID)
	if !ok || call.Parameter != "size" || call.Code != oapiInvalid || call.Operation != "dingtalk.oapi.extcontact.list" {
		t.Errorf("got %+v, %v, want the parameter size with code 41", call, ok)
	}
}

func TestBrokenStore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.rows.broken = directory.ErrBusy
	check(t, "oapi", body(w.do(t, "POST", "/topapi/extcontact/delete?access_token="+tokenA, `{"user_id":"2"}`)),
		`{"errcode":-1,"errmsg":"系统繁忙","request_id":"ID"}`)
	rec := w.do(t, http.MethodPost, "/v1.0/test/nothing", "", tokenHeader+": "+tokenA)
	check(t, "REST", body(rec), `{"code":"system.busy","requestid":"ID","message":"系统繁忙"}`)
	check(t, "REST status", rec.Code, 500)
}

func TestCodesAreExplained(t *testing.T) {
	t.Parallel()
	codes := append(OAPICodes(), RESTCodes()...)
	for _, c := range codes {
		if c.HTTP == 0 || c.Msg == "" || slices.Contains([]string{c.Why.Zh, c.Why.En, c.Fix.Zh, c.Fix.En}, "") {
			t.Errorf("code %s lacks a status, a text or an explanation", c.Code)
		}
	}
	for i, c := range codes {
		if slices.Contains(codes[i+1:], c) {
			t.Errorf("code %s is listed twice", c.Code)
		}
	}
}
