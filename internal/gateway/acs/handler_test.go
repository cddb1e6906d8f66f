package acs

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

var uuid = regexp.MustCompile(`^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$`)

func TestSuccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.send(t, signedV1("POST", "UpdateMessageContact", "ContactId", "c-1", "Name", "汤姆", "MessageTypes.2", "B", "MessageTypes.1", "A")).is(200, "")
	id := a.Header().Get("X-Acs-Request-Id")
	if !uuid.MatchString(id) {
		t.Errorf("got request id %q, want an upper-case UUID", id)
	}
	if want := `{"ContactId":"c-1","Name":"汤姆","MessageTypes":["A","B"],"RequestId":"` + id + `"}`; a.body != want {
		t.Errorf("got %s, want %s", a.body, want)
	}
	for name, want := range map[string]string{"Content-Type": "application/json;charset=utf-8", "Cache-Control": "no-store"} {
		if got := a.Header().Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	w.send(t, signedV3("UpdateMessageContact", "ContactId=c-1", "", nil)).is(200, "").has(`{"ContactId":"c-1","RequestId":"`)
	r := signedV1("GET", "DeleteFolder", "Version", "2020-03-31")
	if a := w.send(t, r); !regexp.MustCompile(`^\{"RequestId":"[^"]+"\}$`).MatchString(a.body) {
		t.Errorf("got %s, want RequestId alone", a.body)
	}
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		request *http.Request
		xml     bool
	}{
		{"V1 default", signedV1("GET", "UpdateMessageContact", "ContactId", "c<1", "Format", "-", "MessageTypes", `["A","B"]`), true},
		{"V1 xml", signedV1("GET", "UpdateMessageContact", "ContactId", "c<1", "Format", "xml", "MessageTypes", `["A","B"]`), true},
		{"V1 json", signedV1("GET", "UpdateMessageContact", "ContactId", "c<1", "Format", "json", "MessageTypes", `["A","B"]`), false},
		{"V3 default", signedV3("UpdateMessageContact", "ContactId=c%3C1&MessageTypes=%5B%22A%22,%22B%22%5D", "", nil), false},
		{"V3 Format=XML", signedV3("UpdateMessageContact", "ContactId=c%3C1&MessageTypes=%5B%22A%22,%22B%22%5D&Format=XML", "", nil), true},
		{"V3 Accept", signedV3("UpdateMessageContact", "ContactId=c%3C1&MessageTypes=%5B%22A%22,%22B%22%5D", "", func(h http.Header) { h.Set("Accept", "text/xml") }), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := newWorld(t).send(t, tt.request)
			if !tt.xml {
				a.is(200, "").has(`"ContactId":"c<1"`)
				return
			}
			want := "<?xml version='1.0' encoding='UTF-8'?><UpdateMessageContactResponse><ContactId>c&lt;1</ContactId>" +
				"<MessageTypes>A</MessageTypes><MessageTypes>B</MessageTypes><RequestId>" + a.Header().Get("X-Acs-Request-Id") + "</RequestId></UpdateMessageContactResponse>"
			if a.body != want {
				t.Errorf("got %s, want %s", a.body, want)
			}
			if got := a.Header().Get("Content-Type"); got != "text/xml;charset=utf-8" {
				t.Errorf("got Content-Type %q", got)
			}
		})
	}
}

func TestErrorEnvelope(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := signedV1("GET", "UpdateMessageContact", "ContactId", "c-1", "Name", "x")
	r.Host = "resourcedirectory.example:8080"
	a := w.send(t, r)
	id := a.Header().Get("X-Acs-Request-Id")
	want := `{"RequestId":"` + id + `","Message":"The Name exceeds the length limit.","HostId":"resourcedirectory.example","Code":"InvalidParameter.Name.Length",` +
		`"Recommend":"https://mingce.example/console/errors/InvalidParameter.Name.Length?requestId=` + id + `"}`
	if a.Code != 400 || a.body != want {
		t.Errorf("got %d %s, want %s", a.Code, a.body, want)
	}
	call, ok := w.failed.Find(id)
	if !ok || call.Parameter != "Name" || call.Operation != "UpdateMessageContact" || call.Rule.IsZero() || call.Value.En != "*" {
		t.Errorf("got call %+v", call)
	}

	r = signedV1("GET", "UpdateMessageContact", "ContactId", "-", "Format", "-")
	a = w.send(t, r)
	id = a.Header().Get("X-Acs-Request-Id")
	want = "<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>" + id + "</RequestId><HostId>example.com</HostId><Code>MissingParameter.ContactId</Code>" +
		"<Message>You must specify ContactId.</Message><Recommend>https://mingce.example/console/errors/MissingParameter.ContactId?requestId=" + id + "</Recommend></Error>"
	if a.Code != 400 || a.body != want {
		t.Errorf("got %d %s, want %s", a.Code, a.body, want)
	}
}

// The codes of the gateway, one request each
// (docs/spec/alibaba-cloud.md#codes-of-the-gateway).
func TestCommonErrors(t *testing.T) {
	t.Parallel()
	v1 := func(pairs ...string) *http.Request {
		return signedV1("GET", "UpdateMessageContact", append([]string{"ContactId", "c-1"}, pairs...)...)
	}
	plain := func(method, query string, headers ...string) *http.Request {
		r := httptest.NewRequest(method, "/?"+query, nil)
		for i := 0; i < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
		return r
	}
	v3 := func(change func(http.Header)) *http.Request {
		return signedV3("UpdateMessageContact", "ContactId=c-1", "", change)
	}
	after := func(r *http.Request, change func(*http.Request)) *http.Request { change(r); return r }
	old := func(d time.Duration) string { return at.Add(d).Format(timeLayout) }
	for _, tt := range []struct {
		name    string
		request *http.Request
		status  int
		code    string
		message string
	}{
		{"1", plain("PUT", "Format=JSON", "Accept", "application/json", "X-Acs-Action", "A"), 405, "UnsupportedHTTPMethod", "This http method is not supported."},
		{"2 action", plain("GET", "Format=JSON&Version="+version), 400, "MissingAction", "Action is mandatory for this action."},
		{"2 version", plain("GET", "Format=JSON&Action=UpdateMessageContact"), 400, "MissingVersion", "Version is mandatory for this action."},
		{"3", v1("Version", "2099-01-01"), 400, "InvalidVersion", "Specified parameter Version is not valid."},
		{"4", v1("Action", "updateMessageContact"), 404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method."},
		{"4 path", after(v1(), func(r *http.Request) { r.URL.Path = "/x" }), 404, "InvalidAction.NotFound", ""},
		{"4 version", v1("Action", "DeleteFolder"), 404, "InvalidAction.NotFound", ""},
		{"6 none", plain("GET", "Format=JSON&Action=UpdateMessageContact&Version="+version), 400, "MissingAccessKeyId", "AccessKeyId is mandatory for this action."},
		{"6 none, headers", plain("POST", "", "X-Acs-Action", "UpdateMessageContact", "X-Acs-Version", version), 400, "MissingAccessKeyId", ""},
		{"6 signature", plain("GET", "Format=JSON&AccessKeyId=k&Action=UpdateMessageContact&Version="+version), 400, "MissingSignature", "Signature is mandatory for this action."},
		{"6 nonce", v1("SignatureNonce", "-"), 400, "MissingSignatureNonce", "SignatureNonce is mandatory for this action."},
		{"6 timestamp", v1("Timestamp", "-"), 400, "MissingTimestamp", "Timestamp is mandatory for this action."},
		{"6 method", v1("SignatureMethod", "-", "Signature", "x"), 400, "MissingSignatureMethod", ""},
		{"6 version", v1("SignatureVersion", "-"), 400, "MissingSignatureVersion", ""},
		{"6 V3 date", v3(func(h http.Header) { h.Del("X-Acs-Date") }), 400, "MissingTimestamp", ""},
		{"6 V3 nonce", v3(func(h http.Header) { h.Del("X-Acs-Signature-Nonce") }), 400, "MissingSignatureNonce", ""},
		{"7", v1("Timestamp", "2026-11-22 09:50:00"), 400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted."},
		{"7 fraction", v1("Timestamp", "2026-11-22T09:50:00.5Z"), 400, "InvalidTimeStamp.Format", ""},
		{"7 V3", v3(func(h http.Header) { h.Set("X-Acs-Date", "now") }), 400, "InvalidTimeStamp.Format", ""},
		{"8 old", v1("Timestamp", old(-31*time.Minute-time.Second)), 400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."},
		{"8 new", v1("Timestamp", old(15*time.Minute+time.Second)), 400, "InvalidTimeStamp.Expired", ""},
		{"8 in time", v1("Timestamp", old(-31*time.Minute)), 200, "", ""},
		{"8 V3 old", v3(func(h http.Header) { h.Set("X-Acs-Date", old(-15*time.Minute-time.Second)) }), 400, "InvalidTimeStamp.Expired", ""},
		{"8 V3 in time", v3(func(h http.Header) { h.Set("X-Acs-Date", old(15*time.Minute)) }), 200, "", ""},
		{"9", v1("AccessKeyId", "nobody"), 404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."},
		{"9 long", v1("AccessKeyId", strings.Repeat("k", 500)), 404, "InvalidAccessKeyId.NotFound", ""},
		{"10", v1("AccessKeyId", "offKeyId"), 400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled."},
		{"11", v1("SignatureMethod", "HMAC-MD5", "Signature", "x"), 400, "InvalidSignatureMethod", "Specified signature method is not valid."},
		{"11 SM3", signedBy(sm3V3, "host content-type", "UpdateMessageContact", "ContactId=c-1", "", nil), 200, "", ""},
		{"11 RSA", after(v3(nil), func(r *http.Request) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "HMAC", "RSA", 1))
		}), 400, "InvalidSignatureMethod", ""},
		{"11 version", v1("SignatureVersion", "2.0"), 400, "InvalidSignatureVersion", ""},
		{"11 type", v1("SignatureType", "PRIVATEKEY"), 400, "InvalidSignatureType", ""},
		{"11 sha256", v1("SignatureMethod", "HMAC-SHA256"), 200, "", ""},
		{"11 empty type", v1("SignatureType", ""), 200, "", ""},
		{"12", after(v3(nil), func(r *http.Request) { r.Header.Set("Authorization", "ACS3-HMAC-SHA256 Credential=k") }), 400, "IncompleteSignature", "The request signature does not conform to Aliyun standards."},
		{"13", v1("Signature", "x"), 400, "SignatureDoesNotMatch", ""},
		{"15 plain key, V1", v1("SecurityToken", "t"), 403, "InvalidSecurityToken.Malformed", "Specified SecurityToken is malformed."},
		{"15 plain key, V3", v3(func(h http.Header) { h.Set("X-Acs-Security-Token", "t") }), 403, "InvalidSecurityToken.Malformed", ""},
		{"15 temporary key, V1", v1("AccessKeyId", "STS.testAccessKeyId", "SecurityToken", "tok/en+=="), 200, "", ""},
		{"15 wrong token", v1("AccessKeyId", "STS.testAccessKeyId", "SecurityToken", "t"), 403, "InvalidSecurityToken.Malformed", ""},
		{"15 expired", v1("AccessKeyId", "STS.overKeyId", "SecurityToken", "tok/en+=="), 400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."},
		{"15 expired, wrong token", v1("AccessKeyId", "STS.overKeyId", "SecurityToken", "t"), 403, "InvalidSecurityToken.Malformed", ""},
		{"15 expired, wrong signature", v1("AccessKeyId", "STS.overKeyId", "SecurityToken", "tok/en+==", "Signature", "x"), 400, "SignatureDoesNotMatch", ""},
		{"17 member account", v1("AccessKeyId", "memberKeyId"), 403, "NoPermission", ""},
		{"17 stored policy", v1("AccessKeyId", "namedKeyId"), 403, "NoPermission", ""},
		{"17 stored policy that is gone", v1("AccessKeyId", "orphanKeyId"), 403, "NoPermission", ""},
		{"15 no token", v1("AccessKeyId", "STS.testAccessKeyId"), 400, "MissingSecurityToken", ""},
		{"17", v1("AccessKeyId", "readonlyKeyId"), 403, "NoPermission", "You are not authorized to perform this operation."},
		{"18", v1("Fail", "off"), 404, "EntityNotExists.ResourceDirectory", "The resource directory for the account is not enabled. We recommend that you first enable the resource directory for the account."},
		{"19 operation", v1("Fail", "gone"), 404, "EntityNotExists.Contact", "This Contact does not exist."},
		{"19 own code for busy", v1("Fail", "busy"), 429, "ConcurrentCallNotSupported", ""},
		{"19 family", v1("Count", "many"), 400, "InvalidParameter.Count", "The Count is invalid."},
		{"19 family, nested", v1("Tag.1.Value", "v"), 400, "MissingParameter.Tag.1.Key", "You must specify Tag.1.Key."},
		{"bug", v1("Fail", "bug"), 500, "InternalError", "The request processing has failed due to some unknown error."},
		{"panic", v1("Fail", "panic"), 500, "InternalError", ""},
		{"busy", signedV1("GET", "GetMessageContact", "ContactId", "c", "Fail", "busy"), 503, "ServiceUnavailable", "The request has failed due to a temporary failure of the server."},
		{"bearer V3", plain("POST", "ContactId=c-x&SignatureType=BEARERTOKEN", "X-Acs-Bearer-Token", "bt123", "X-Acs-Action", "UpdateMessageContact", "X-Acs-Version", version,
			"X-Acs-Date", old(0), "X-Acs-Signature-Nonce", "n"), 403, "InvalidBearerToken", "Specified bearer token is not valid."},
		{"bearer V1", plain("POST", "Action=UpdateMessageContact&BearerToken=bt123&ContactId=c-x&Format=json&SignatureNonce=59fc&SignatureType=BEARERTOKEN&Timestamp="+old(0)+"&Version="+version), 403, "InvalidBearerToken", ""},
		{"bearer V1, old", plain("POST", "Action=UpdateMessageContact&BearerToken=bt123&Format=json&SignatureNonce=59fc&SignatureType=BEARERTOKEN&Timestamp="+old(-time.Hour)+"&Version="+version), 400, "InvalidTimeStamp.Expired", ""},
		{"bearer", plain("POST", "Action=UpdateMessageContact&BearerToken=bt-testAccessKeyId&ContactId=c-x&Format=json&SignatureNonce=59fc&SignatureType=BearerToken&Timestamp="+old(0)+"&Version="+version), 200, "", ""},
		{"bearer, header alone", plain("POST", "ContactId=c-x", "X-Acs-Bearer-Token", "bt-testAccessKeyId", "X-Acs-Action", "UpdateMessageContact", "X-Acs-Version", version,
			"X-Acs-Date", old(0), "X-Acs-Signature-Nonce", "n"), 200, "", ""},
		{"bearer of a disabled key", plain("POST", "Action=UpdateMessageContact&BearerToken=bt-offKeyId&ContactId=c-x&Format=json&SignatureNonce=59fc&SignatureType=BEARERTOKEN&Timestamp="+old(0)+"&Version="+version), 400, "InvalidAccessKeyId.Inactive", ""},
		{"bearer of a key that may read only", plain("POST", "Action=UpdateMessageContact&BearerToken=bt-readonlyKeyId&ContactId=c-x&Format=json&SignatureNonce=59fc&SignatureType=BEARERTOKEN&Timestamp="+old(0)+"&Version="+version), 403, "NoPermission", ""},
		{"bearer, long", plain("POST", "Action=UpdateMessageContact&BearerToken=bt-"+strings.Repeat("x", 300)+"&Format=json&SignatureNonce=59fc&Timestamp="+old(0)+"&Version="+version), 403, "InvalidBearerToken", ""},
		{"bearer without token", plain("POST", "Action=UpdateMessageContact&Format=json&SignatureType=BEARERTOKEN&Version="+version), 400, "MissingBearerToken", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := newWorld(t).send(t, tt.request).is(tt.status, tt.code)
			if got := a.field("Message"); tt.message != "" && got != tt.message {
				t.Errorf("got message %q, want %q", got, tt.message)
			}
			if strings.Contains(a.body, "a secret of") {
				t.Errorf("the answer reveals internals: %s", a.body)
			}
		})
	}
	t.Run("5", func(t *testing.T) {
		t.Parallel()
		a := newWorld(t).send(t, v1("Format", "YAML"))
		if a.Code != 400 {
			t.Errorf("got status %d, want 400", a.Code)
		}
		a.has("<Code>InvalidParameter.Format</Code><Message>Specified parameter format is not valid.</Message>")
	})
	t.Run("16", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.allow = false
		a := w.send(t, v1()).is(400, "Throttling.User").has("Request was denied due to user flow control.")
		if got := a.Header().Get("X-Ratelimit-User-Api"); !strings.Contains(got, "TimeLeft:1000") {
			t.Errorf("got x-ratelimit-user-api %q, want it to have TimeLeft", got)
		}
		if got := a.Header().Get("Retry-After"); got != "1" {
			t.Errorf("got Retry-After %q, want 1", got)
		}
	})
	t.Run("16 writes nothing", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.allow = false
		bearer := plain("POST", "Action=GetMessageContact&BearerToken=bt-testAccessKeyId&Format=json&SignatureNonce=59fc&Timestamp="+old(0)+"&Version="+version)
		for _, r := range []*http.Request{v1(), v3(nil), bearer} {
			w.send(t, r).is(400, "Throttling.User")
		}
		if len(w.keys.nonces) != 0 {
			t.Errorf("got %d nonces remembered, want none of throttled calls", len(w.keys.nonces))
		}
		w.allow = true
		w.send(t, bearer).is(400, "MissingParameter.ContactId") // the nonce is still free
	})
	t.Run("14 before 16", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		r := v1()
		w.send(t, r).is(200, "")
		w.allow = false // a replay neither counts against the rate nor is checked against it
		w.send(t, r).is(400, "SignatureNonceUsed")
	})
	t.Run("busy, when to come back", func(t *testing.T) {
		t.Parallel()
		for _, r := range []*http.Request{v1("Fail", "busy"), signedV1("GET", "GetMessageContact", "ContactId", "c", "Fail", "busy")} {
			if got := newWorld(t).send(t, r).Header().Get("Retry-After"); got != "1" {
				t.Errorf("got Retry-After %q, want 1", got)
			}
		}
		if got := newWorld(t).send(t, v1("Fail", "gone")).Header().Get("Retry-After"); got != "" {
			t.Errorf("got Retry-After %q of a failure that stays, want none", got)
		}
	})
	t.Run("14 bearer", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		send := func(token string) answer {
			return w.send(t, plain("POST", "Action=GetMessageContact&BearerToken="+token+"&ContactId=c-x&Format=json&SignatureNonce=59fc&Timestamp="+old(0)+"&Version="+version))
		}
		send("stranger").is(403, "InvalidBearerToken") // does not use up the nonce
		send("bt-testAccessKeyId").is(200, "")
		send("bt-testAccessKeyId").is(400, "SignatureNonceUsed")
	})
	t.Run("17 who was denied", func(t *testing.T) {
		t.Parallel()
		newWorld(t).send(t, v1("AccessKeyId", "memberKeyId")).has(`"AuthPrincipalOwnerId":"1997968394351234"`).has(`"NoPermissionType":"ImplicitDeny"`)
		newWorld(t).send(t, v1("AccessKeyId", "namedKeyId")).has(`"AuthPrincipalType":"SubUser"`).has(`"NoPermissionType":"ExplicitDeny"`)
	})
	t.Run("store busy", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.keys.err = directory.ErrBusy
		w.send(t, v1()).is(503, "ServiceUnavailable")
	})
	t.Run("store broken", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t)
		w.keys.err = errors.New("disk on fire")
		w.send(t, v1()).is(500, "InternalError")
		if !strings.Contains(w.log.String(), "disk on fire") {
			t.Errorf("got log %s, want the cause", w.log.String())
		}
	})
}

func TestSignatureMismatchMessage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := signedV1("GET", "UpdateMessageContact", "ContactId", "c-1", "SecurityToken", "hush", "Signature", "eA==")
	message := w.send(t, r).is(400, "SignatureDoesNotMatch").field("Message")
	prefix, sts, ok := strings.Cut(message, "server string to sign is:")
	want := string(appendStringV1(nil, "GET", paramsOf(t, strings.Replace(r.URL.RawQuery, "hush", "%2A%2A%2A", 1)), false))
	if !ok || prefix != "Specified signature is not matched with our calculation. " || sts != want || strings.Count(message, ":") != 1 {
		t.Errorf("got %q, want the string to sign %q", message, want)
	}
	r = signedV3("UpdateMessageContact", "ContactId=c-1", "", func(h http.Header) { h.Set("X-Acs-Security-Token", "hush") })
	r.URL.RawQuery = "ContactId=c-2"
	message = w.send(t, r).is(400, "SignatureDoesNotMatch").field("Message")
	if !strings.HasPrefix(message, "Specified signature does not match our calculation. server StringToSign is [ACS3-HMAC-SHA256\n") ||
		!strings.Contains(message, "] server CanonicalRequest is [POST\n/\nContactId=c-2\nhost:example.com\n") || !strings.HasSuffix(message, sha256V3.hex(nil)+"]") {
		t.Errorf("got %q", message)
	}
	if strings.Contains(message, "hush") {
		t.Errorf("the message shows the token: %q", message)
	}
}

func TestNonce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	// Recorded even if the operation fails, for twice the window.
	r := signedV1("GET", "UpdateMessageContact", "ContactId", "c-1", "Fail", "gone", "SignatureNonce", "n1")
	w.send(t, r).is(404, "EntityNotExists.Contact")
	w.send(t, r).is(400, "SignatureNonceUsed").has("Specified signature nonce was used already.")
	if got, want := w.keys.nonces["testAccessKeyId\nn1"], at.Add(92*time.Minute); !got.Equal(want) {
		t.Errorf("V1 nonce remembered until %s, want %s", got, want)
	}
	// Not recorded before the signature is verified.
	w.send(t, signedV1("GET", "UpdateMessageContact", "ContactId", "c-1", "Signature", "x", "SignatureNonce", "n2")).is(400, "SignatureDoesNotMatch")
	w.send(t, signedV1("GET", "UpdateMessageContact", "ContactId", "c-1", "SignatureNonce", "n2")).is(200, "")
	// Per key.
	w.send(t, signedV1("GET", "GetMessageContact", "ContactId", "c-1", "SignatureNonce", "n2", "AccessKeyId", "readonlyKeyId")).is(200, "")
	// Of any length, and clipped.
	long := strings.Repeat("n", 5000)
	w.send(t, signedV1("GET", "UpdateMessageContact", "ContactId", "c-1", "SignatureNonce", long)).is(200, "")
	w.send(t, signedV1("GET", "GetMessageContact", "ContactId", "c-1", "SignatureNonce", long)).is(400, "SignatureNonceUsed")
	for key := range w.keys.nonces {
		if len(key) > 200 {
			t.Errorf("a nonce of %d bytes is stored", len(key))
		}
	}
	// V3 and V1 share the nonces of a key.
	w.send(t, signedV3("GetMessageContact", "ContactId=c-1", "", func(h http.Header) { h.Set("X-Acs-Signature-Nonce", "n2") })).is(400, "SignatureNonceUsed")
}

func TestClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.keys.before = at.Add(-time.Minute)
	w.send(t, signedV1("GET", "GetMessageContact", "ContactId", "c", "Timestamp", at.Add(-2*time.Minute).Format(timeLayout))).is(400, "InvalidTimeStamp.Expired")
	w.send(t, signedV1("GET", "GetMessageContact", "ContactId", "c")).is(200, "")
	w = newWorld(t)
	w.V1 = Window{}
	w.send(t, signedV1("GET", "GetMessageContact", "ContactId", "c", "Timestamp", "2016-02-23T12:46:24Z")).is(200, "")
}

func TestDenied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a := w.send(t, signedV1("GET", "UpdateMessageContact", "ContactId", "c-1", "AccessKeyId", "readonlyKeyId")).is(403, "NoPermission")
	a.has(`,"AccessDeniedDetail":{"AuthAction":"resourcemanager:UpdateMessageContact","AuthPrincipalDisplayName":"tester",` +
		`"AuthPrincipalOwnerId":"1000000000000001","AuthPrincipalType":"SubUser","NoPermissionType":"ImplicitDeny","PolicyType":"AccountLevelIdentityBasedPolicy",`)
	w.send(t, signedV1("GET", "GetMessageContact", "ContactId", "c-1", "AccessKeyId", "readonlyKeyId")).is(200, "")

	key := w.keys.known["readonlyKeyId"]
	key.Policy = `{"Version":"1","Statement":[
		{"Effect":"Allow","Action":"resourcemanager:*MessageContact","Resource":"acs:resourcemanager:*:1000000000000001:messagecontact/*"},
		{"Effect":"Deny","Action":["resourcemanager:Update*"],"Resource":["acs:resourcemanager:*:*:messagecontact/c-secret"]}]}`
	w.keys.known["readonlyKeyId"] = key
	w.send(t, signedV1("GET", "UpdateMessageContact", "ContactId", "c-1", "AccessKeyId", "readonlyKeyId")).is(200, "")
	a = w.send(t, signedV1("GET", "UpdateMessageContact", "ContactId", "c-secret", "AccessKeyId", "readonlyKeyId", "Format", "XML"))
	a.has("<AccessDeniedDetail><AuthAction>resourcemanager:UpdateMessageContact</AuthAction>").has("<NoPermissionType>ExplicitDeny</NoPermissionType>")
	call, _ := w.failed.Find(a.Header().Get("X-Acs-Request-Id"))
	if want := "statement 2 of policy document denies resourcemanager:UpdateMessageContact on acs:resourcemanager:*:1000000000000001:messagecontact/c-secret"; call.Rule.En != want {
		t.Errorf("got %q, want %q", call.Rule.En, want)
	}
	w.send(t, signedV1("GET", "AssociateMembers", "AccessKeyId", "readonlyKeyId")).is(403, "NoPermission")
}

// Over a real connection: the host is signed as the client sent it, a body
// without a stated length is cut off, and a second call follows on it.
func TestServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	server := httptest.NewServer(w)
	defer server.Close()
	for _, tt := range []struct {
		request *http.Request
		status  int
		text    string
	}{
		{signedV1("POST", "UpdateMessageContact", "ContactId", "c-1"), 200, `{"ContactId":"c-1","RequestId":"`},
		{withBody(signedV1("POST", "UpdateMessageContact", "ContactId", "c-1"), strings.Repeat("a", 3<<20), formType), 413, `"Code":"RequestEntityTooLarge"`},
		{signedV1("GET", "UpdateMessageContact", "ContactId", "c-2"), 200, `{"ContactId":"c-2","RequestId":"`},
	} {
		r, err := http.NewRequest(tt.request.Method, server.URL+tt.request.URL.String(), struct{ io.Reader }{tt.request.Body})
		if err != nil {
			t.Fatal(err)
		}
		r.Header = tt.request.Header
		answer, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body := readAll(t, answer.Body)
		_ = answer.Body.Close()
		if answer.StatusCode != tt.status || !strings.Contains(body, tt.text) {
			t.Errorf("got %d %s, want %d %s", answer.StatusCode, body, tt.status, tt.text)
		}
	}
}

func TestCodes(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range Codes() {
		if seen[c.Code] {
			t.Errorf("%s is listed twice", c.Code)
		}
		seen[c.Code] = true
		if c.HTTP < 400 || c.Msg == "" || c.Why.Zh == "" || c.Why.En == "" || c.Fix.Zh == "" || c.Fix.En == "" {
			t.Errorf("%s lacks status, message, explanation or remedy", c.Code)
		}
	}
}

// errorXML is read strictly, so that a malformed answer is noticed.
func errorXML(t testing.TB, body string) (code string) {
	t.Helper()
	var e struct {
		XMLName   xml.Name
		Code      string
		RequestId string
	}
	if err := xml.Unmarshal([]byte(strings.TrimPrefix(body, xmlHead)), &e); err != nil || e.RequestId == "" {
		t.Fatalf("answer is not the vendor's XML: %v: %s", err, body)
	}
	return e.Code
}

func BenchmarkHandler(b *testing.B) {
	w := newWorld(b)
	w.Pipeline.Log, w.Pipeline.FailedCalls, w.Pipeline.Observe = newWorld(b).Pipeline.Log, nil, nil
	for _, tt := range []struct{ name, file string }{{"V1", "pop-core-get-add"}, {"V3", "go-sdk-v3-add"}} {
		b.Run(tt.name, func(b *testing.B) {
			r := recorded(b, "testdata/wire/"+tt.file+".http")
			b.ReportAllocs()
			for b.Loop() {
				clear(w.keys.nonces)
				w.log.Reset()
				w.ServeHTTP(httptest.NewRecorder(), r)
			}
		})
	}
}
