package acs

import (
	"bytes"
	"compress/gzip"
	"crypto/hmac"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/mingce/mingce/internal/api"
)

// attack is a request that must be refused: by one of the vendor's own answers,
// without reaching the operation.
type attack struct {
	id      string
	request *http.Request
	status  int
	code    string
}

func run(t *testing.T, attacks []attack) {
	t.Helper()
	for _, tt := range attacks {
		t.Run(tt.id, func(t *testing.T) {
			t.Parallel()
			newWorld(t).send(t, tt.request).is(tt.status, tt.code)
		})
	}
}

// updateV1 is a valid request that the attacks below change after signing.
func updateV1(pairs ...string) *http.Request {
	return signedV1("POST", "UpdateMessageContact", append([]string{"ContactId", "c-1", "Name", "tom"}, pairs...)...)
}

func updateV3(change func(http.Header)) *http.Request {
	return signedV3("UpdateMessageContact", "ContactId=c-1&Name=tom", "", change)
}

func altered(r *http.Request, change func(*http.Request)) *http.Request { change(r); return r }

func query(change func(url.Values)) func(*http.Request) {
	return func(r *http.Request) {
		v := r.URL.Query()
		change(v)
		r.URL.RawQuery = v.Encode()
	}
}

func add(more string) func(*http.Request) {
	return func(r *http.Request) { r.URL.RawQuery += more }
}

func authorize(change func(string) string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", change(r.Header.Get("Authorization"))) }
}

func withBody(r *http.Request, body, contentType string) *http.Request {
	fresh := httptest.NewRequest(r.Method, r.URL.String(), strings.NewReader(body))
	fresh.Header = r.Header
	if contentType != "" {
		fresh.Header.Set("Content-Type", contentType)
	}
	return fresh
}

const formType = "application/x-www-form-urlencoded"

func TestAttackSignatureV1(t *testing.T) {
	t.Parallel()
	run(t, []attack{
		{"A01 stripped", altered(updateV1(), query(func(v url.Values) { v.Del("Signature") })), 400, "MissingSignature"},
		{"A01 stripped with key", altered(updateV1(), query(func(v url.Values) { v.Del("Signature"); v.Del("AccessKeyId") })), 400, "MissingAccessKeyId"},
		{"A01 empty", altered(updateV1(), query(func(v url.Values) { v.Set("Signature", "") })), 400, "MissingSignature"},
		{"A02 parameter altered", altered(updateV1(), query(func(v url.Values) { v.Set("Name", "tim") })), 400, "SignatureDoesNotMatch"},
		{"A02 parameter added", altered(updateV1(), add("&Title=CEO")), 400, "SignatureDoesNotMatch"},
		{"A02 parameter removed", altered(updateV1(), query(func(v url.Values) { v.Del("Name") })), 400, "SignatureDoesNotMatch"},
		{"A02 empty parameter added", altered(updateV1(), add("&Title=")), 400, "SignatureDoesNotMatch"},
		{"A02 action", altered(updateV1(), query(func(v url.Values) { v.Set("Action", "GetMessageContact") })), 400, "SignatureDoesNotMatch"},
		{"A02 method", altered(updateV1(), func(r *http.Request) { r.Method = "GET" }), 400, "SignatureDoesNotMatch"},
		{"A02 key", altered(updateV1(), query(func(v url.Values) { v.Set("AccessKeyId", "readonlyKeyId") })), 400, "SignatureDoesNotMatch"},
		{"A02 in the body", withBody(updateV1(), "Title=CEO", formType), 400, "SignatureDoesNotMatch"},
		{"A03 twice in query", altered(updateV1(), add("&Name=tom")), 400, "InvalidParameter.Name"},
		{"A03 twice, encoded", altered(updateV1(), add("&%4Eame=tim")), 400, "InvalidParameter.Name"},
		{"A03 other value in body", withBody(updateV1(), "Name=tim", formType), 400, "InvalidParameter.Name"},
		{"A03 twice in body", withBody(updateV1(), "Title=CEO&Title=CEO", formType), 400, "InvalidParameter.Title"},
		{"A03 signature twice", altered(updateV1(), add("&Signature=x")), 400, "InvalidParameter.Signature"},
		{"A03 system parameter in body", withBody(updateV1(), "Action=UpdateMessageContact", formType), 400, "InvalidParameter.Action"},
		{"A04 method downgraded", altered(updateV1("SignatureMethod", "HMAC-SHA256"), query(func(v url.Values) { v.Set("SignatureMethod", "HMAC-SHA1") })), 400, "SignatureDoesNotMatch"},
		{"A04 method unknown", altered(updateV1(), query(func(v url.Values) { v.Set("SignatureMethod", "none") })), 400, "InvalidSignatureMethod"},
		{"A04 bearer announced", altered(updateV1(), query(func(v url.Values) { v.Set("SignatureType", "BEARERTOKEN") })), 400, "InvalidSignatureType"},
		{"A05 boundary of names", altered(updateV1("A", "1", "B", "2"), query(func(v url.Values) { v.Del("B"); v.Set("A", "1&B=2") })), 400, "SignatureDoesNotMatch"},
		{"A05 boundary, encoded", altered(updateV1("A", "1", "B", "2"), query(func(v url.Values) { v.Del("B"); v.Set("A", "1%26B%3D2") })), 400, "SignatureDoesNotMatch"},
		{"A06 signature in another case", altered(updateV1(), query(func(v url.Values) { v.Set("Signature", strings.ToUpper(v.Get("Signature"))) })), 400, "SignatureDoesNotMatch"},
		{"A06 signature with blanks", altered(updateV1(), query(func(v url.Values) { v.Set("Signature", v.Get("Signature")+" ") })), 400, "SignatureDoesNotMatch"},
		{"A06 signature without padding", altered(updateV1(), query(func(v url.Values) { v.Set("Signature", strings.TrimRight(v.Get("Signature"), "=")) })), 400, "SignatureDoesNotMatch"},
		{"A06 signature in hex", altered(updateV1(), query(func(v url.Values) {
			v.Set("Signature", hex.EncodeToString([]byte(v.Get("Signature"))))
		})), 400, "SignatureDoesNotMatch"},
		{"A07 two credentials", altered(updateV1(), func(r *http.Request) { r.Header.Set("Authorization", updateV3(nil).Header.Get("Authorization")) }), 400, "MissingAction"},
		{"A07 V1 and V3, both complete", altered(updateV3(nil), add("&AccessKeyId=testAccessKeyId&Signature=x")), 400, "IncompleteSignature"},
		{"A07 V1 and bearer", altered(updateV1(), add("&BearerToken=t")), 400, "IncompleteSignature"},
		{"A07 bearer twice", altered(httptest.NewRequest("POST", "/?BearerToken=a", nil), func(r *http.Request) {
			r.Header = http.Header{"X-Acs-Bearer-Token": {"b"}, "X-Acs-Action": {"UpdateMessageContact"}, "X-Acs-Version": {version}}
		}), 400, "IncompleteSignature"},
	})
	// Encoding on the wire is free as long as the decoded values are the same.
	t.Run("A08 percent-encoding variants", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		for i, variant := range []func(string) string{
			func(s string) string { return s },
			func(s string) string { return strings.ReplaceAll(s, "+", "%20") },
			func(s string) string { return strings.ReplaceAll(s, "%2A", "*") },
			strings.ToLower,
		} {
			r := updateV1("Title", "a *~b")
			parts := strings.Split(r.URL.RawQuery, "&")
			for j, p := range parts {
				if name, value, _ := strings.Cut(p, "="); name == "Title" {
					if i == 3 {
						value = strings.ReplaceAll(strings.ReplaceAll(value, "%2A", "%2a"), "%7E", "%7e")
					} else {
						value = variant(value)
					}
					parts[j] = name + "=" + value
				}
			}
			r.URL.RawQuery = strings.Join(parts, "&")
			w.send(t, r).is(200, "")
		}
	})
	t.Run("A09 replay", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		r := updateV1()
		w.send(t, r).is(200, "")
		w.send(t, r).is(400, "SignatureNonceUsed")
	})
	t.Run("A10 flood of unsigned nonces", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		for range 1000 {
			w.send(t, updateV1("Signature", "eA=="))
		}
		if len(w.keys.nonces) != 0 {
			t.Errorf("got %d nonces remembered, want 0", len(w.keys.nonces))
		}
	})
}

func TestAttackSignatureV3(t *testing.T) {
	t.Parallel()
	header := func(name, value string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set(name, value) }
	}
	double := func(name string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Add(name, r.Header.Get(name)) }
	}
	replace := func(old, text string) func(*http.Request) {
		return authorize(func(s string) string { return strings.Replace(s, old, text, 1) })
	}
	run(t, []attack{
		{"A11 stripped", altered(updateV3(nil), func(r *http.Request) { r.Header.Del("Authorization") }), 400, "MissingAccessKeyId"},
		{"A11 stripped, another scheme", altered(updateV3(nil), header("Authorization", "Basic eDp5")), 400, "MissingAccessKeyId"},
		{"A11 empty signature", altered(updateV3(nil), authorize(func(s string) string { return s[:strings.Index(s, "Signature=")+10] })), 400, "MissingSignature"},
		{"A12 query altered", altered(updateV3(nil), query(func(v url.Values) { v.Set("Name", "tim") })), 400, "SignatureDoesNotMatch"},
		{"A12 header altered", altered(updateV3(nil), header("X-Acs-Action", "GetMessageContact")), 400, "SignatureDoesNotMatch"},
		{"A12 host altered", altered(updateV3(nil), func(r *http.Request) { r.Host = "other.example" }), 400, "SignatureDoesNotMatch"},
		{"A12 method altered", altered(updateV3(nil), func(r *http.Request) { r.Method = "GET" }), 400, "SignatureDoesNotMatch"},
		{"A12 action in query", altered(updateV3(nil), add("&Action=GetMessageContact")), 400, "InvalidParameter.Action"},
		{"A12 version in query", altered(updateV3(nil), add("&Version=2020-03-31")), 400, "InvalidParameter.Version"},
		{"A13 body added", withBody(updateV3(nil), "Title=CEO", formType), 400, "IncompleteSignature"},
		{"A13 body exchanged", withBody(signedV3("UpdateMessageContact", "", "ContactId=c-1", nil), "ContactId=c-2", formType), 400, "IncompleteSignature"},
		{"A13 unsigned payload", updateV3(func(h http.Header) { h.Set("X-Acs-Content-Sha256", "UNSIGNED-PAYLOAD") }), 400, "IncompleteSignature"},
		{"A13 hash in upper case", updateV3(func(h http.Header) { h.Set("X-Acs-Content-Sha256", strings.ToUpper(sha256V3.hex(nil))) }), 400, "IncompleteSignature"},
		{"A13 no hash", updateV3(func(h http.Header) { h.Del("X-Acs-Content-Sha256") }), 400, "IncompleteSignature"},
		{"A14 header twice", altered(updateV3(nil), double("X-Acs-Action")), 400, "InvalidParameter.x-acs-action"},
		{"A14 authorization twice", altered(updateV3(nil), double("Authorization")), 400, "InvalidParameter.authorization"},
		{"A14 signed header twice", altered(signedV3("UpdateMessageContact", "ContactId=c-1", "", nil), func(r *http.Request) {
			r.Header["Date"] = []string{"a", "b"}
			replace("host;", "date;host;")(r)
		}), 400, "IncompleteSignature"},
		{"A14 unsigned vendor header", altered(updateV3(nil), header("X-Acs-Security-Token", "t")), 400, "IncompleteSignature"},
		{"A14 signed content type altered", altered(signedV3("UpdateMessageContact", "", "ContactId=c-1", nil), header("Content-Type", formType+"; charset=utf-8")), 400, "SignatureDoesNotMatch"},
		{"A14 signed content type removed", altered(signedV3("UpdateMessageContact", "", "ContactId=c-1", nil), func(r *http.Request) { r.Header.Del("Content-Type") }), 400, "InvalidContentType"},
		{"A14 unsigned content type of no form", altered(signedBy(sha256V3, "", "UpdateMessageContact", "", "ContactId=c-1", nil), header("Content-Type", "application/json")), 400, "InvalidContentType"},
		{"A14 unsigned content type, other encoding", altered(signedBy(sha256V3, "", "UpdateMessageContact", "", "ContactId=c-1", nil), header("Content-Type", formType+"; charset=gbk")), 400, "InvalidContentType"},
		{"A14 unsigned host, body exchanged", withBody(signedBy(sha256V3, "", "UpdateMessageContact", "", "ContactId=c-1", nil), "ContactId=c-2", formType), 400, "IncompleteSignature"},
		{"A14 host taken from the list", altered(updateV3(nil), replace("host;", "")), 400, "SignatureDoesNotMatch"},
		{"A14 action not signed", altered(updateV3(nil), replace("x-acs-action;", "")), 400, "IncompleteSignature"},
		{"A14 hash of the body not signed", altered(updateV3(nil), replace("x-acs-content-sha256;", "")), 400, "IncompleteSignature"},
		{"A14 SHA-256 of the body given for SM3", signedBy(sm3V3, "host", "UpdateMessageContact", "ContactId=c-1", "", func(h http.Header) {
			h.Del("X-Acs-Content-Sm3")
			h.Set("X-Acs-Content-Sha256", sha256V3.hex(nil))
		}), 400, "IncompleteSignature"},
		{"A14 wrong SM3 of the body", signedBy(sm3V3, "host", "UpdateMessageContact", "ContactId=c-1", "", func(h http.Header) {
			h.Set("X-Acs-Content-Sm3", sha256V3.hex(nil))
		}), 400, "IncompleteSignature"},
		{"A14 algorithm exchanged", altered(updateV3(func(h http.Header) { h.Set("X-Acs-Content-Sm3", sm3V3.hex(nil)) }), replace("SHA256", "SM3")), 400, "SignatureDoesNotMatch"},
		{"A14 name twice in list", altered(updateV3(nil), replace("host;", "host;host;")), 400, "IncompleteSignature"},
		{"A14 name in upper case", altered(updateV3(nil), replace("host;", "Host;")), 400, "IncompleteSignature"},
		{"A14 absent header in list", altered(updateV3(nil), replace("host;", "host;x-more;")), 400, "IncompleteSignature"},
		{"A15 algorithm RSA", altered(updateV3(nil), replace("ACS3-HMAC-SHA256", "ACS3-RSA-SHA256")), 400, "InvalidSignatureMethod"},
		{"A15 algorithm of another version", altered(updateV3(nil), replace("ACS3-HMAC-SHA256", "ACS4-HMAC-SHA256")), 400, "InvalidSignatureMethod"},
		{"A15 old ROA form", altered(updateV3(nil), header("Authorization", "acs testAccessKeyId:x")), 400, "InvalidSignatureMethod"},
		{"A16 signature in upper case", altered(updateV3(nil), authorize(func(s string) string {
			i := strings.Index(s, "Signature=") + 10
			return s[:i] + strings.ToUpper(s[i:])
		})), 400, "SignatureDoesNotMatch"},
		{"A16 signature cut", altered(updateV3(nil), authorize(func(s string) string { return s[:len(s)-2] })), 400, "SignatureDoesNotMatch"},
		{"A17 line break in a header", altered(updateV3(nil), header("X-Acs-Version", version+"\nhost:other.example")), 400, "InvalidVersion"},
		{"A17 bearer beside", altered(updateV3(nil), header("X-Acs-Bearer-Token", "t")), 400, "IncompleteSignature"},
	})
	t.Run("A18 replay", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		r := updateV3(nil)
		w.send(t, r).is(200, "")
		w.send(t, r).is(400, "SignatureNonceUsed")
	})
}

// signedText signs a value whose bytes are as given, however odd.
func signedText(name, value string) *http.Request { return updateV1(name, value) }

func TestAttackEncoding(t *testing.T) {
	t.Parallel()
	u16 := func(s string) string {
		var b []byte
		for _, u := range utf16.Encode([]rune(s)) {
			b = append(b, byte(u>>8), byte(u))
		}
		return string(b)
	}
	run(t, []attack{
		{"A20 GBK", signedText("Name", "\xcc\xc0\xc4\xb7"), 400, "InvalidParameter.Name"},
		{"A20 UTF-16", signedText("Name", u16("汤姆")), 400, "InvalidParameter.Name"},
		{"A20 overlong", signedText("Name", "\xc0\xaf\xc0\xaf"), 400, "InvalidParameter.Name"},
		{"A20 NUL", signedText("Name", "to\x00m"), 400, "InvalidParameter.Name"},
		{"A20 control character", signedText("Name", "to\x1bm"), 400, "InvalidParameter.Name"},
		{"A20 surrogate", signedText("Name", "\xed\xa0\x80x"), 400, "InvalidParameter.Name"},
		{"A20 noncharacter", signedText("Name", "to\uFFFE"), 400, "InvalidParameter.Name"},
		{"A20 GBK body", withBody(updateV1(), "Title=%CC%C0", formType), 400, "InvalidParameter.Title"},
		{"A20 declared GBK", withBody(updateV1(), "Title=x", formType+";charset=gbk"), 400, "InvalidContentType"},
		{"A21 length in characters", signedText("Name", strings.Repeat("汤", 13)), 400, "InvalidParameter.Name.Length"},
		{"A21 length in characters, allowed", signedText("Name", strings.Repeat("汤", 12)), 200, ""},
		{"A22 semicolon is a value", signedText("Name", "a;b=c"), 200, ""},
		{"A22 BOM", signedText("Name", "\uFEFFtom"), 200, ""},
		{"A22 markup", signedText("Name", "]]><x>&"), 200, ""},
		{"A22 lone surrogate in JSON", signedText("MessageTypes", `["\ud800"]`), 400, "InvalidParameter.MessageTypes"},
	})
	t.Run("A23 XML stays well formed", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		a := w.send(t, updateV1("Name", "]]><x>&\r\n\"", "Format", "XML"))
		if a.Code != 200 {
			t.Fatalf("got %d %s", a.Code, a.body)
		}
		a.has("<Name>]]&gt;&lt;x&gt;&amp;&#13;\n&quot;</Name>")
		// The message repeats what the caller sent.
		r := updateV1("Name", "<x>&", "Format", "XML", "Signature", "x")
		if code := errorXML(t, w.send(t, r).body); code != "SignatureDoesNotMatch" {
			t.Errorf("got %s, want SignatureDoesNotMatch", code)
		}
		r.Host = "<b>&\xff"
		errorXML(t, w.send(t, r).body)
	})
}

func TestAttackNumbers(t *testing.T) {
	t.Parallel()
	var attacks []attack
	for _, n := range []string{"1e400", "1e3", "1.0", "9223372036854775808", "0x10", "+1", "1 ", "１", "--1", "NaN", "", "[1]"} {
		attacks = append(attacks, attack{"A30 " + n, signedText("Count", n), 400, "InvalidParameter.Count"})
	}
	for _, n := range []string{"-1", "9007199254740993", "9223372036854775807"} {
		attacks = append(attacks, attack{"A30 " + n, signedText("Count", n), 200, ""})
	}
	deep := strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)
	list := "[" + strings.Repeat(`"a",`, 100_000) + `"a"]`
	run(t, append(attacks,
		attack{"A31 depth bomb", signedForm("MessageTypes", deep), 400, "InvalidParameter.MessageTypes"},
		attack{"A31 100 k entries", signedForm("MessageTypes", list), 400, "InvalidParameter.MessageTypes"},
		attack{"A31 trailing data", signedText("MessageTypes", `["a"]["b"]`), 400, "InvalidParameter.MessageTypes"},
		attack{"A31 nested list", signedText("MessageTypes", `[["a"]]`), 400, "InvalidParameter.MessageTypes"},
		attack{"A31 duplicate key", signedText("Tag", `[{"Key":"a","Key":"b"}]`), 400, "InvalidParameter.Tag"},
		attack{"A31 key in another case", signedText("Tag", `[{"key":"a"}]`), 400, "MissingParameter.Tag.1.Key"},
		attack{"A31 null entry", signedText("MessageTypes", `[null]`), 400, "InvalidParameter.MessageTypes"},
		attack{"A32 index bomb", signedText("MessageTypes.99999999999", "a"), 400, "InvalidParameter.MessageTypes"},
		attack{"A32 index beyond int64", signedText("MessageTypes.99999999999999999999999", "a"), 400, "InvalidParameter.MessageTypes"},
		attack{"A32 index zero", signedText("MessageTypes.0", "a"), 400, "InvalidParameter.MessageTypes"},
		attack{"A32 list and value", updateV1("MessageTypes", "a", "MessageTypes.1", "b"), 400, "InvalidParameter.MessageTypes"},
		attack{"A32 list and JSON", updateV1("MessageTypes", `["a"]`, "MessageTypes.1", "b"), 400, "InvalidParameter.MessageTypes"},
		attack{"A32 gap", updateV1("MessageTypes.3", "a", "MessageTypes.900", "b"), 200, ""},
		attack{"A33 value as list", updateV1("ContactId", "-", "ContactId.1", "c-1"), 400, "InvalidParameter.ContactId"},
		attack{"A33 value as object", updateV1("ContactId", "-", "ContactId.Id", "c-1"), 400, "InvalidParameter.ContactId"},
	))
}

// signedForm returns a V1 request with one big parameter in the body.
func signedForm(name, value string) *http.Request {
	r := updateV1(name, value)
	v := r.URL.Query()
	return withBody(httptest.NewRequest("POST", "/", nil), v.Encode(), formType)
}

func TestAttackHTTP(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte("Title=CEO"))
	_ = z.Close()
	many := make([]string, 0, 2200)
	for i := range 1100 {
		many = append(many, "p"+strconv.Itoa(i), "x")
	}
	run(t, []attack{
		{"A40 gzip", altered(withBody(updateV1(), packed.String(), formType), func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }), 400, "InvalidContentEncoding"},
		{"A40 deflate", altered(withBody(updateV1(), "x", formType), func(r *http.Request) { r.Header.Set("Content-Encoding", "deflate") }), 400, "InvalidContentEncoding"},
		{"A41 body of 2 MiB", withBody(updateV1(), strings.Repeat("a", 2<<20), formType), 413, "RequestEntityTooLarge"},
		{"A41 body of 2 MiB, length not told", altered(withBody(updateV1(), strings.Repeat("a", 2<<20), formType), func(r *http.Request) { r.ContentLength = -1 }), 413, "RequestEntityTooLarge"},
		{"A41 1,100 parameters", updateV1(many...), 400, "TooManyParameters"},
		{"A42 JSON body", withBody(updateV1(), `{"Title":"CEO"}`, "application/json"), 400, "InvalidContentType"},
		{"A42 multipart body", withBody(updateV1(), "--x--", "multipart/form-data; boundary=x"), 400, "InvalidContentType"},
		{"A42 malformed content type", withBody(updateV1(), "Title=CEO", "/;;"), 400, "InvalidContentType"},
		{"A43 method DELETE", altered(updateV1(), func(r *http.Request) { r.Method = "DELETE" }), 405, "UnsupportedHTTPMethod"},
		{"A43 method override", altered(updateV1(), func(r *http.Request) { r.Header.Set("X-HTTP-Method-Override", "GET") }), 200, ""},
		{"A44 path //", altered(updateV1(), func(r *http.Request) { r.URL.Path = "//" }), 404, "InvalidAction.NotFound"},
		{"A44 path /..", altered(updateV1(), func(r *http.Request) { r.URL.Path = "/../" }), 404, "InvalidAction.NotFound"},
	})
	t.Run("A45 forged forwarding header", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		key := w.keys.known["testAccessKeyId"]
		key.Policy = `{"Version":"1","Statement":[{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"IpAddress":{"acs:SourceIp":"10.0.0.1"},"Bool":{"acs:SecureTransport":"true"}}}]}`
		w.keys.known["testAccessKeyId"] = key
		r := updateV1()
		r.Header.Set("X-Forwarded-For", "10.0.0.1")
		r.Header.Set("X-Forwarded-Proto", "https")
		w.send(t, r).is(403, "NoPermission")
	})
	t.Run("A46 small request, small answer", func(t *testing.T) {
		t.Parallel()
		r := signedForm("Name", strings.Repeat("%", 300_000))
		body := strings.Replace(readAll(t, r.Body), "Signature=", "Signature=x", 1)
		a := newWorld(t).send(t, withBody(r, body, formType))
		if a.Body.Len() > 100<<10 {
			t.Errorf("got an answer of %d bytes", a.Body.Len())
		}
	})
}

// FuzzHandler sends any request, as it is and correctly signed: it never panics
// and always gets an answer in the vendor's envelope that parses.
func FuzzHandler(f *testing.F) {
	f.Add("POST", "ContactId=c-1&Name=tom", "MessageTypes.1=A", formType, "", true)
	f.Add("GET", "Action=UpdateMessageContact&Version=2022-04-19&X.0=1&Tag.1.Key=%ff", "", "", "ACS3-HMAC-SHA256 Credential=a,SignedHeaders=host;x,Signature=00", false)
	f.Add("POST", "MessageTypes=%5B%22A%22%5D&Format=XML&Tag=%5B%7B%22Key%22%3A1%7D%5D", "a=1;b", "text/plain", "acs", true)
	f.Add("PUT", "Format=JSON&BearerToken=x&SignatureType=BEARERTOKEN", "{}", "application/json", "", false)
	w := newWorld(f)
	w.Pipeline.Observe, w.Pipeline.Faults = nil, &api.Faults{}
	f.Fuzz(func(t *testing.T, method, rawQuery, body, contentType, auth string, signed bool) {
		r := httptest.NewRequest("POST", "/", strings.NewReader(body))
		r.Method, r.URL.RawQuery = method, rawQuery
		r.Header = http.Header{"Content-Type": {contentType}, "Authorization": {auth}}
		if signed {
			params := paramsAnyway(rawQuery)
			r = signedV3("UpdateMessageContact", encodeAll(params), body, func(h http.Header) {
				if body != "" {
					h.Set("Content-Type", contentType)
				}
			})
		}
		w.log.Reset()
		clear(w.keys.nonces)
		a := w.send(t, r)
		// The test operation fails on purpose when its Fail says so.
		onPurpose := paramsAnyway(rawQuery).Get("Fail") != "" || paramsAnyway(body).Get("Fail") != ""
		if a.Code >= 500 && !onPurpose {
			t.Fatalf("got %d %s", a.Code, a.body)
		}
		switch strings.HasPrefix(a.body, "<") {
		case true:
			if a.Code != 200 {
				errorXML(t, a.body)
			}
		default:
			if !hmac.Equal([]byte(a.field("RequestId")), []byte(a.Header().Get("X-Acs-Request-Id"))) {
				t.Fatalf("got %s, want RequestId %s", a.body, a.Header().Get("X-Acs-Request-Id"))
			}
		}
	})
}

func paramsAnyway(form string) api.Parameters {
	params, _ := parseForm(form)
	return params
}

func encodeAll(params api.Parameters) string {
	var b []byte
	for i, p := range params {
		if i > 0 {
			b = append(b, '&')
		}
		b = appendEncoded(append(appendEncoded(b, p.Name), '='), p.Value)
	}
	return string(b)
}
