package dingtalk

import (
	"encoding/json"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestAttacks sends what an attacker would
// (docs/spec/reliability.md#hostile-requests): each is refused in the family's
// envelope, at once, and never as an internal error. want is a part of the
// answer.
func TestAttacks(t *testing.T) {
	t.Parallel()
	const (
		list = "/topapi/extcontact/list?access_token=" + tokenA
		form = "Content-Type: application/x-www-form-urlencoded"
	)
	user := func(query string) string { return "/v1.0/contact/users/u?" + query }
	grant := func(corp string) string { return `{"optUserId":"u","toCorpIds":["` + corp + `"]}` }
	tests := []struct {
		id, method, target, body string
		headers                  []string
		want                     string
	}{
		// Tokens
		{"A01 token in a cookie", "PUT", grantPath, grantBody, []string{"Cookie: " + tokenHeader + "=" + tokenA}, "AuthenticationFailed.MissingParameter"},
		{"A02 token as a bearer", "PUT", grantPath, grantBody, []string{"Authorization: Bearer " + tokenA}, "AuthenticationFailed.MissingParameter"},
		{"A03 two tokens in one header", "PUT", grantPath, grantBody, []string{tokenHeader + ": " + tokenA + "," + tokenA}, "InvalidAuthentication"},
		{"A04 token with a blank", "PUT", grantPath, grantBody, []string{tokenHeader + ": x " + tokenA}, "InvalidAuthentication"},
		{"A05 token in capitals", "PUT", grantPath, grantBody, []string{tokenHeader + ": " + strings.ToUpper(tokenA)}, "InvalidAuthentication"},
		{"A06 endless token", "PUT", grantPath, grantBody, []string{tokenHeader + ": " + strings.Repeat("1", 60000)}, "InvalidAuthentication"},
		{"A07 second token in the form", "POST", list, "access_token=x", []string{form}, "Invalid arguments:access_token"},
		{"A08 two tokens in the query", "POST", list + "&access_token=" + tokenA, "{}", nil, "Invalid arguments:access_token"},
		{"A09 token name in another case", "POST", "/topapi/extcontact/list?Access_Token=" + tokenA, "{}", nil, "access_token is blank"},
		{"A10 signature beside a bad token", "POST", "/topapi/extcontact/list?access_token=x&accessKey=dingsampleappkey01&signature=Qt4i5F79TSSIrARt2BBJ%2BHxyK2q0nVIy86xErJBnm5M%3D&suiteTicket=ticketC&timestamp=1795341122145", "{}", nil, "40014"},
		{"A11 signed key twice", "POST", "/topapi/extcontact/list?accessKey=a&accessKey=b&signature=x&timestamp=1795341122145", "{}", nil, "Invalid arguments:accessKey"},
		{"A12 shifted boundary of a signature", "POST", "/topapi/extcontact/list?accessKey=dingsampleappkey01&signature=Qt4i5F79TSSIrARt2BBJ%2BHxyK2q0nVIy86xErJBnm5M%3D&timestamp=1795341122145%0AticketC", "{}", nil, "853001"},

		// Encoding
		{"A20 invalid UTF-8 in JSON", "PUT", grantPath, grant("\xff\xfe"), nil, "invalid.param"},
		{"A21 overlong UTF-8", "PUT", grantPath, grant("\xc0\xaf"), nil, "invalid.param"},
		{"A22 UTF-16", "PUT", grantPath, "\xff\xfe{\x00}\x00", nil, "invalid.param"},
		{"A23 byte order mark, twice", "PUT", grantPath, "\xef\xbb\xbf\xef\xbb\xbf" + grantBody, nil, "invalid.param"},
		{"A24 lone surrogate", "PUT", grantPath, grant(`\ud800`), nil, "invalid.param"},
		{"A25 NUL in JSON", "PUT", grantPath, grant(`\u0000`), nil, "invalid.param"},
		{"A26 U+FFFE", "PUT", grantPath, grant(`\ufffe`), nil, "invalid.param"},
		{"A27 NUL in the query", "GET", user("unionId=u%00"), "", nil, "invalid.param"},
		{"A28 NUL in the path", "GET", "/v1.0/contact/users/%00", "", nil, "invalid.param"},
		{"A29 invalid UTF-8 in the path", "GET", "/v1.0/contact/users/%ff%fe", "", nil, "invalid.param"},
		{"A30 GBK in a form", "POST", list, "ids=%D5%C5", []string{form}, "Invalid arguments:ids"},
		{"A31 CR LF in the name of an unknown path", "POST", "/topapi/x%0d%0aSet-Cookie:a", "{}", nil, `dingtalk.oapi.x\r\nSet-Cookie:a`},
		{"A32 markup in the name of an unknown path", "POST", "/topapi/%3Cscript%3E%22", "{}", nil, `<script>\"`},
		{"A33 semicolon", "POST", list, "size=20;offset=1", []string{form}, "Invalid arguments:size"},

		// Numbers and JSON
		{"A40 fraction", "GET", user("n=1.0"), "", nil, "invalid.param"},
		{"A41 exponent", "POST", list, `{"size":1e3}`, nil, "Invalid arguments:size"},
		{"A42 beyond 64 bits", "POST", list, `{"size":9223372036854775808}`, nil, "Invalid arguments:size"},
		{"A43 sign", "GET", user("n=%2B1"), "", nil, "invalid.param"},
		{"A44 full-width digits", "GET", user("n=%EF%BC%91"), "", nil, "invalid.param"},
		{"A45 infinity", "POST", list, `{"size":1e400}`, nil, "Invalid arguments:size"},
		{"A46 NaN", "POST", list, `{"size":NaN}`, nil, "47001"},
		{"A47 key twice", "PUT", grantPath, `{"optUserId":"u","optUserId":"v","toCorpIds":["c"]}`, nil, "invalid.param"},
		{"A48 key in another case", "PUT", grantPath, `{"OptUserId":"u","toCorpIds":["c"]}`, nil, "optUserId is missing"},
		{"A49 trailing data", "PUT", grantPath, grantBody + "{}", nil, "invalid.param"},
		{"A50 depth bomb", "PUT", grantPath, strings.Repeat("[", 100000), nil, "invalid.param"},
		{"A51 depth bomb in the query", "GET", user("filter=" + strings.Repeat("%5B", 10000)), "", nil, ""},
		{"A52 100,000 entries", "PUT", grantPath, `{"optUserId":"u","toCorpIds":[` + strings.Repeat(`"c",`, 100000) + `"c"]}`, nil, "invalid.param"},
		{"A53 2,000 members", "PUT", grantPath, manyMembers(2000), nil, "invalid.param"},
		{"A54 2,000 parameters", "POST", list, strings.Repeat("a=1&", 2000), []string{form}, "47001"},
		{"A55 2,000 parameters in the query", "GET", user(strings.Repeat("a=1&", 2000)), "", nil, "invalid.param"},
		{"A56 nested list for a text", "PUT", grantPath, `{"optUserId":["u"],"toCorpIds":["c"]}`, nil, "optUserId must be a text"},
		{"A57 comment", "PUT", grantPath, `{/**/"optUserId":"u","toCorpIds":["c"]}`, nil, "invalid.param"},
		{"A58 long name given twice", "GET", user(strings.Repeat("n", 9000) + "=1&" + strings.Repeat("n", 9000) + "=2"), "", nil, "..."},

		// HTTP
		{"A60 method override", "POST", grantPath, grantBody, []string{"X-HTTP-Method-Override: PUT"}, "InvalidAction.NotFound"},
		{"A61 dot segments", "PUT", "/v1.0/contact/orgAccounts/x/../mobiles/visibleInOtherOrg", grantBody, nil, "InvalidAction.NotFound"},
		{"A62 encoded dot segments", "PUT", "/v1.0/contact/orgAccounts/x/%2e%2e/mobiles/visibleInOtherOrg", grantBody, nil, "InvalidAction.NotFound"},
		{"A63 doubled slash", "PUT", "/v1.0//contact/orgAccounts/mobiles/visibleInOtherOrg", grantBody, nil, "InvalidAction.NotFound"},
		{"A64 matrix parameter", "PUT", grantPath + ";a=b", grantBody, nil, "InvalidAction.NotFound"},
		{"A65 compressed body", "PUT", grantPath, "\x1f\x8b\x08", []string{"Content-Encoding: deflate"}, "invalid.param"},
		{"A66 text/plain form", "POST", "/topapi/extcontact/delete?access_token=" + tokenA, "user_id", []string{"Content-Type: text/plain"}, "Missing required arguments:user_id"},
		{"A67 garbled content type", "PUT", grantPath, "x", []string{"Content-Type: ;;;"}, "invalid.param"},
		{"A68 write by HEAD", "HEAD", "/topapi/extcontact/delete?access_token=" + tokenA + "&user_id=1", "", nil, "43002"},
	}
	for _, test := range tests {
		t.Run(test.id, func(t *testing.T) {
			t.Parallel()
			w, headers := newWorld(t), test.headers
			if strings.HasPrefix(test.target, "/v1.0/") && !strings.Contains(test.want, "Authentication") {
				headers = append(headers, withToken)
			}
			start := time.Now()
			rec := w.do(t, test.method, test.target, test.body, headers...)
			if took := time.Since(start); took > time.Second {
				t.Errorf("took %v, want less than a second", took)
			}
			if !strings.Contains(rec.Body.String(), test.want) {
				t.Errorf("got %s, want %q in it", rec.Body, test.want)
			}
			inEnvelope(t, rec, strings.HasPrefix(test.target, "/v1.0/"))
			if rec.Code >= 500 || strings.Contains(rec.Body.String(), `"errcode":-1`) {
				t.Errorf("got the internal error %d %s", rec.Code, rec.Body)
			}
		})
	}
}

func manyMembers(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`,"k` + strconv.Itoa(i) + `":1`)
	}
	return "{" + b.String()[1:] + "}"
}

// inEnvelope checks that an answer has the form its family promises.
func inEnvelope(t testing.TB, rec *httptest.ResponseRecorder, isREST bool) {
	t.Helper()
	var answer map[string]json.RawMessage
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
		t.Fatalf("answer %q: %v", rec.Body, err)
	}
	if !isREST {
		if _, ok := answer["errcode"]; rec.Code != 200 || !ok && answer["access_token"] == nil {
			t.Errorf("got %d %s, want 200 and an errcode", rec.Code, rec.Body)
		}
		return
	}
	if rec.Code != 200 && (answer["code"] == nil || answer["message"] == nil || answer["requestid"] == nil) {
		t.Errorf("got %d %s, want code, message and requestid", rec.Code, rec.Body)
	}
}

// FuzzHandler sends any request: it never panics, and what comes back is
// always in the family's envelope and never an internal error.
func FuzzHandler(f *testing.F) {
	f.Add("PUT", grantPath, "", tokenA, "application/json", grantBody)
	f.Add("GET", "/v1.0/contact/users/a//b", "n=1&ids=%5B%22u%22%5D&flag=true&filter={}", tokenA, "", "")
	f.Add("POST", "/v1.0/test/u/echo", "n=1", tokenA, "application/json", `{"ids":["a"],"filter":[[1]]}`)
	f.Add("POST", "/topapi/extcontact/create", "access_token="+tokenA, "", "application/json", `{"contact":"{\"name\":\"x\",\"label_ids\":\"[1]\"}"}`)
	f.Add("POST", "/topapi/extcontact/list", "", "", formType, "access_token="+tokenA+"&size=20&ids=a,b")
	f.Add("GET", "/gettoken", "appkey=k", "", "", "")
	f.Add("POST", "/topapi/nope", "accessKey=a&signature=b&timestamp=1", "", "text/plain; charset=gbk", "\xff")
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, method, path, query, token, contentType, content string) {
		if strings.Contains(content, "busy") || strings.Contains(content, "bug") || strings.Contains(content, "panic") || strings.Contains(content, "99") {
			t.Skip() // the names of the test operations' failures
		}
		r := httptest.NewRequest("POST", "/", strings.NewReader(content))
		r.Method, r.URL.Path, r.URL.RawQuery = method, path, query
		r.Header.Set(tokenHeader, token)
		r.Header.Set("Content-Type", contentType)
		rec := httptest.NewRecorder()
		w.ServeHTTP(rec, r)
		if method == "OPTIONS" && rec.Code == 204 {
			return
		}
		inEnvelope(t, rec, strings.HasPrefix(path, "/v1.0/"))
		if rec.Code >= 500 {
			t.Errorf("got the internal error %d %s", rec.Code, rec.Body)
		}
	})
}

func BenchmarkREST(b *testing.B) {
	w := newWorld(b)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("PUT", grantPath, strings.NewReader(grantBody))
		r.Header.Set(tokenHeader, tokenA)
		w.rest.ServeHTTP(httptest.NewRecorder(), r)
	}
}

func BenchmarkOAPI(b *testing.B) {
	w := newWorld(b)
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequest("POST", "/topapi/extcontact/list?access_token="+tokenA, strings.NewReader(`{"offset":"0","size":"20"}`))
		w.oapi.ServeHTTP(httptest.NewRecorder(), r)
	}
}

func BenchmarkCredentialMAC(b *testing.B) {
	secret := []byte("secretB")
	b.ReportAllocs()
	for b.Loop() {
		credentialMAC(secret, "1795341122145", "ticketC")
	}
}
