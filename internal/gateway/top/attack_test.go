package top

import (
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
)

// checkEnvelope reports whether the body is a whole answer of the platform: one
// JSON object with one root, or well-formed XML, with a request id.
func checkEnvelope(t testing.TB, contentType, body string) {
	t.Helper()
	if !requestID.MatchString(body) {
		t.Errorf("no request id in %s", body)
	}
	switch contentType {
	case jsonType:
		var root map[string]json.RawMessage
		if err := json.Unmarshal([]byte(body), &root); err != nil || len(root) == 0 {
			t.Errorf("got no JSON object (%v): %s", err, body)
		}
	case xmlType:
		d := xml.NewDecoder(strings.NewReader(strings.TrimPrefix(body, xmlDeclaration)))
		for {
			_, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Errorf("got malformed XML (%v): %s", err, body)
				break
			}
		}
	default:
		t.Errorf("got Content-Type %q", contentType)
	}
}

// attack is a hostile request and how it ends. runs is how often it may reach
// an operation.
type attack struct {
	id, name string
	request  *http.Request
	want     string
	runs     int
}

func (a attack) run(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rec := httptest.NewRecorder()
	w.handler.ServeHTTP(rec, a.request)
	if rec.Code != http.StatusOK {
		t.Errorf("got status %d, want 200", rec.Code)
	}
	checkEnvelope(t, rec.Header().Get("Content-Type"), rec.Body.String())
	wantContains(t, rec.Body.String(), a.want)
	if _, runs := w.seen(); runs != a.runs {
		t.Errorf("reached the operation %d times, want %d", runs, a.runs)
	}
}

func runAttacks(t *testing.T, attacks []attack) {
	t.Helper()
	for _, a := range attacks {
		t.Run(a.id+" "+a.name, a.run)
	}
}

const (
	succeeded = `"success":true`
	badSign   = `"code":25,"msg":"Invalid signature"`
	badInside = `"code":50,"msg":"Remote service error","sub_code":"isv.invalid-parameter"`
	badCoding = `"code":47,"msg":"Invalid encoding"`
	badBody   = `"code":43,"msg":"Parameter error"`
)

func inQuery(query string) *http.Request { return httptest.NewRequest("GET", Path+"?"+query, nil) }

// altered is a signed call that was changed after it was signed.
func altered(change func(url.Values)) *http.Request {
	v, err := url.ParseQuery(signed("md5", map[string]string{"partner_id": "p"}))
	if err != nil {
		panic(err)
	}
	change(v)
	return inQuery(v.Encode())
}

func signedList(change func(url.Values)) *http.Request {
	v, err := url.ParseQuery(signed("md5", map[string]string{"method": "dingtalk.corp.extcontact.list", "contact": "", "offset": "0", "size": "20"}))
	if err != nil {
		panic(err)
	}
	change(v)
	return inQuery(v.Encode())
}

func signedJSON(body, sent string) *http.Request {
	query := map[string]string{
		"app_key": "12345678", "session": "tok123", "timestamp": "2026-11-22 17:53:40", "format": "json", "v": "2.0",
		"method": "dingtalk.corp.extcontact.update", "sign_method": "hmac-sha256",
	}
	sum, _ := signature("hmac-sha256", []byte("helloworld"), sortedParameters(query), []byte(body))
	v := url.Values{"sign": {hex.EncodeToString(sum)}}
	for n, x := range query {
		v.Set(n, x)
	}
	return jsonPost(Path+"?"+v.Encode(), sent)
}

// Attacks on the signature (docs/spec/reliability.md#hostile-requests).
func TestSignatureAttacks(t *testing.T) {
	t.Parallel()
	twice := inQuery(signed("md5", nil) + "&contact=%7B%7D")
	split := form("contact=%7B%22name%22%3A%22%E5%BC%A0%E4%B8%89%22%7D", signed("md5", nil))
	filePart := strings.ReplaceAll("--b\nContent-Disposition: form-data; name=\"contact\"; filename=\"\"\n\n{\"name\":\"x\"}\n--b--\n", "\n", "\r\n")
	file := form(update, filePart)
	file.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	moved := func(method string) *http.Request {
		v, _ := url.ParseQuery(signed("md5", nil))
		v.Del("method")
		return httptest.NewRequest("GET", Path+"/"+method+"?"+v.Encode(), nil)
	}
	runAttacks(t, []attack{
		{"A01", "strip signature and session", altered(func(v url.Values) { v.Del("sign"); v.Del("session") }), `"code":26`, 0},
		{"A02", "alter a parameter", altered(func(v url.Values) { v.Set("contact", `{"name":"李四"}`) }), badSign, 0},
		{"A03", "add a parameter", altered(func(v url.Values) { v.Set("zz", "1") }), badSign, 0},
		{"A04", "duplicate in the query", twice, `"code":41,"msg":"Invalid arguments:contact"`, 0},
		{"A05", "duplicate in query and body", split, `"code":41,"msg":"Invalid arguments:contact"`, 0},
		{"A06", "duplicate the signature", inQuery(signed("md5", nil) + "&sign=00"), `"code":41,"msg":"Invalid arguments:sign"`, 0},
		{"A07", "downgrade the method", altered(func(v url.Values) { v.Set("sign_method", "hmac") }), badSign, 0},
		{"A08", "method without a rule", altered(func(v url.Values) { v.Set("sign_method", "none"); v.Set("sign", "") }), `"code":24`, 0},
		{"A09", "shift a boundary into the name", signedList(func(v url.Values) { v.Del("size"); v.Set("s", "ize20") }), badSign, 0},
		{"A10", "shift a boundary into the value", signedList(func(v url.Values) { v.Del("size"); v.Set("size2", "0") }), badSign, 0},
		{"A11", "shift format away", altered(func(v url.Values) { v.Del("format"); v.Set("f", "ormatjson") }), `<code>25</code>`, 0},
		{"A12", "swallow the neighbour", altered(func(v url.Values) { v.Del("session"); v.Set("partner_id", "psessiontok123") }), `"code":26`, 0},
		{"A13", "add an empty parameter", signedList(func(v url.Values) { v.Set("zz", "") }), succeeded, 0},
		{"A23", "add an empty known parameter", signedList(func(v url.Values) { v.Set("size", ""); v.Set("offset", "0") }), badSign, 0},
		{"A24", "add an empty optional parameter", altered(func(v url.Values) {
			w, _ := url.ParseQuery(signed("md5", map[string]string{"method": "dingtalk.corp.extcontact.list", "contact": ""}))
			for n := range v {
				v.Set(n, w.Get(n))
			}
			v.Set("size", "")
		}), succeeded, 0},
		{"A14", "a file for a parameter", file, `"code":40,"msg":"Missing required arguments:contact"`, 0},
		{"A15", "the signed method in the path", moved("dingtalk.corp.extcontact.update"), succeeded, 1},
		{"A16", "another method in the path", moved("dingtalk.corp.extcontact.create"), badSign, 0},
		{"A17", "signed JSON", signedJSON(`{"contact":{"name":"x"}}`, `{"contact":{"name":"x"}}`), succeeded, 1},
		{"A18", "altered JSON", signedJSON(`{"contact":{"name":"x"}}`, `{"contact":{"name":"y"}}`), badSign, 0},
		{"A19", "text of an object is signed", altered(func(v url.Values) {
			w, _ := url.ParseQuery(signed("md5", map[string]string{"contact": "[object Object]"}))
			v.Set("sign", w.Get("sign"))
		}), badSign, 0},
		{"A20", "a wrong signature beside a good session", inQuery(update + `&contact=%7B%22name%22:%22x%22%7D&app_key=12345678&timestamp=2026-11-22+17:53:40&sign=00`), badSign, 0},
		{"A21", "spelling of the encoding", inQuery(strings.Replace(signed("md5", nil), "contact=", "%63ontact=", 1)), succeeded, 1},
		{"A22", "another organisation's session", altered(func(v url.Values) {
			w, _ := url.ParseQuery(signed("md5", map[string]string{"session": "tok456"}))
			v.Set("session", "tok456")
			v.Del("partner_id")
			v.Set("sign", w.Get("sign"))
		}), `"code":27,"msg":"Invalid session","sub_code":"invalid-sessionkey"`, 0},
	})
}

func updateWith(contact string) *http.Request {
	return form(update, "contact="+url.QueryEscape(contact))
}

// Attacks on encodings, numbers and JSON.
func TestTextAttacks(t *testing.T) {
	t.Parallel()
	deleteOf := func(raw string) *http.Request {
		return inQuery("method=dingtalk.corp.extcontact.delete&v=2.0&session=tok123&format=json&userid=" + raw)
	}
	listOf := func(raw string) *http.Request {
		return inQuery("method=dingtalk.corp.extcontact.list&v=2.0&session=tok123&format=json&size=" + raw)
	}
	gbk := form(update, "contact=%7B%22name%22%3A%22%D5%C5%C8%FD%22%7D")
	charset := updateWith(`{"name":"x"}`)
	charset.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=Big5")
	const jsonCall = Path + "?method=dingtalk.corp.extcontact.update&access_token=tok123"
	attacks := []attack{
		{"A30", "GBK", gbk, badCoding, 0},
		{"A31", "charset", charset, badCoding, 0},
		{"A32", "UTF-16", form(update, "c\x00o\x00n\x00\xff\xfe"), badCoding, 0},
		{"A33", "overlong UTF-8", deleteOf("%C0%AF"), badCoding, 0},
		{"A34", "broken percent-encoding", deleteOf("%G1"), badCoding, 0},
		{"A35", "byte order mark, twice", jsonPost(jsonCall, "\xef\xbb\xbf\xef\xbb\xbf{}"), badBody, 0},
		{"A36", "NUL", deleteOf("%00"), `"code":41,"msg":"Invalid arguments:userid"`, 0},
		{"A37", "NUL as escape", updateWith(`{"name":"\u0000"}`), badInside, 0},
		{"A38", "semicolon is data", deleteOf("1;userid=2"), `"ding_open_errcode":33012`, 1},
		{"A39", "lone surrogate", updateWith(`{"name":"\ud800"}`), badInside, 0},
		{"A40", "noncharacter", updateWith(`{"name":"\ufffe"}`), badInside, 0},
		{"A41", "end of CDATA", updateWith(`{"name":"]]><x>"}`), succeeded, 1},
		{"A42", "markup in a name", inQuery(signed("md5", nil) + "&%3Cx%3E%01=1&%3Cx%3E%01=2&format=xml"), `"code":41`, 0},
		{"A43", "zero width and right to left", updateWith("{\"name\":\"\u202e\u200bx\"}"), succeeded, 1},

		{"A50", "duplicate key", updateWith(`{"name":"x","name":"y"}`), badInside, 0},
		{"A51", "key in other case", updateWith(`{"Name":"x"}`), `"ding_open_errcode":40036`, 0},
		{"A52", "trailing data", updateWith(`{"name":"x"}{}`), badInside, 0},
		{"A53", "depth bomb", updateWith(`{"name":"x","label_ids":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`), badInside, 0},
		{"A54", "depth bomb as JSON body", jsonPost(jsonCall, strings.Repeat(`{"a":`, 100000)), badBody, 0},
		{"A55", "100k items", updateWith(`{"name":"x","label_ids":[1` + strings.Repeat(",1", 100000) + `]}`), badInside, 0},
		{"A56", "unknown keys", updateWith(`{"name":"x","org":"corpB","admin":true}`), succeeded, 1},
		{"A57", "system parameter in JSON", jsonPost(jsonCall, `{"session":"tok456","contact":{"name":"x"}}`), `"code":41,"msg":"Invalid arguments:session"`, 0},
		{"A58", "query against JSON", jsonPost(jsonCall+"&contact=%7B%7D", `{"contact":{"name":"x"}}`), `"code":41,"msg":"Invalid arguments:contact"`, 0},
		{"A59", "JSON array", jsonPost(jsonCall, `[{"contact":{"name":"x"}}]`), badBody, 0},
	}
	for _, n := range []string{"1e400", "1e3", "1.0", "-1", "0", "101", "9223372036854775808", "0x10", "+1", "%201", "1_0", "%D9%A1", "NaN", "[1]", "null", "true"} {
		attacks = append(attacks, attack{"A60", "size " + n, listOf(n), `"code":41,"msg":"Invalid arguments:size"`, 0})
	}
	for _, n := range []string{"1e400", "1e3", "1.0", "9223372036854775808", `"x"`, "true", "[1]", "null"} {
		attacks = append(attacks, attack{"A61", "label " + n, updateWith(`{"name":"x","label_ids":[` + n + `]}`), badInside, 0})
	}
	for _, n := range []string{"9007199254740993", "9223372036854775807", `"1"`} {
		attacks = append(attacks, attack{"A62", "label " + n, updateWith(`{"name":"x","label_ids":[` + n + `]}`), succeeded, 1})
	}
	runAttacks(t, attacks)
}

func TestBigLabelsSurvive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.do(t, updateWith(`{"name":"x","label_ids":[9007199254740993,"9223372036854775807"]}`))
	if c, _ := w.seen(); len(c.Labels) != 2 || c.Labels[0] != 9007199254740993 || c.Labels[1] != 9223372036854775807 {
		t.Errorf("got %v", c.Labels)
	}
}

// Attacks on the HTTP message and on tokens.
func TestHTTPAttacks(t *testing.T) {
	t.Parallel()
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	io.WriteString(z, "contact=%7B%7D")
	z.Close()
	inflate := form(update, zipped.String())
	inflate.Header.Set("Content-Encoding", "gzip")
	override := updateWith(`{"name":"x"}`)
	override.Header.Set("X-HTTP-Method-Override", "DELETE")
	override.Header.Set("X-Forwarded-For", "127.0.0.1")
	header := inQuery(strings.Replace(update, "&session=tok123", "", 1))
	header.Header.Set("x-acs-dingtalk-access-token", "tok123")
	header.Header.Set("Authorization", "Bearer tok123")
	other := form(update, "<contact/>")
	other.Header.Set("Content-Type", "application/xml")
	noBoundary := form(update, "--b")
	noBoundary.Header.Set("Content-Type", "multipart/form-data")
	cut := form(update, "--b\r\nContent-Disposition: form-data; name=\"contact\"\r\n\r\n{")
	cut.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	early := form(update, "")
	early.Body = io.NopCloser(io.MultiReader(strings.NewReader("contact="), failingReader{}))
	badType := form(update, "contact=")
	badType.Header.Set("Content-Type", "text/;;")
	long := "contact=" + strings.Repeat("x", api.MaxBody)
	attacks := []attack{
		{"A70", "compressed body", inflate, badCoding, 0},
		{"A71", "body over 1 MiB", form(update, long), badBody, 0},
		{"A72", "1001 parameters", form(update, strings.Repeat("a=1&", 1001)), badBody, 0},
		{"A73", "body cut off", early, badBody, 0},
		{"A74", "method override and forged address", override, succeeded, 1},
		{"A75", "token in a header", header, `"code":26`, 0},
		{"A76", "two sessions", inQuery(update + "&session=tok456"), `"code":41,"msg":"Invalid arguments:session"`, 0},
		{"A77", "two sessions by alias", inQuery("access_token=tok456&" + update), `"code":41,"msg":"Invalid arguments:session"`, 0},
		{"A78", "method in path and query", httptest.NewRequest("GET", Path+"/dingtalk.corp.extcontact.create?"+update, nil), `"code":41,"msg":"Invalid arguments:method"`, 0},
		{"A79", "path variant", httptest.NewRequest("GET", Path+"//dingtalk.corp.extcontact.create?format=json", nil), `"code":22`, 0},
		{"A80", "empty path", httptest.NewRequest("GET", Path+"/?format=json", nil), `"code":21`, 0},
		{"A81", "XML body", other, badBody, 0},
		{"A82", "no boundary", noBoundary, badBody, 0},
		{"A83", "multipart cut off", cut, badBody, 0},
		{"A84", "callback", inQuery(update + "&callback=alert"), `{"error_response":{"code":40`, 0},
		{"A85", "long token", inQuery(strings.Replace(update, "tok123", strings.Repeat("t", 60000), 1)), `"sub_code":"40014"`, 0},
		{"A86", "Content-Type", badType, badBody, 0},
		{"A87", "value in query and body", form(update+"&contact=%7B%7D", "contact=%7B%22name%22:%22x%22%7D"), `"code":41,"msg":"Invalid arguments:contact"`, 0},
		{"A88", "value twice in the body", form(update, "contact=%7B%7D&contact=%7B%7D"), `"code":41,"msg":"Invalid arguments:contact"`, 0},
	}
	for _, method := range []string{"PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "HEAD", "get"} {
		r := inQuery(update)
		r.Method = method
		attacks = append(attacks, attack{"A90", method, r, `{"error_response":{"code":9,"msg":"Http Action Not Allowed"`, 0})
	}
	runAttacks(t, attacks)
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
