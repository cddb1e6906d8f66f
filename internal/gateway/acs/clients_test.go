package acs

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What the vendor's own clients leave unsigned, and how they write what they do sign.
func TestUnsignedHeaders(t *testing.T) {
	t.Parallel()
	const get, form = "ContactId=c-1", "ContactId=c-1&Name=tom"
	for _, tt := range []struct {
		name    string
		request *http.Request
	}{
		{"no host", signedBy(sha256V3, "", "UpdateMessageContact", get, "", nil)},
		{"no host, form", signedBy(sha256V3, "content-type", "UpdateMessageContact", "", form, nil)},
		{"neither host nor type, form", signedBy(sha256V3, "", "UpdateMessageContact", "", form, nil)},
		{"type added to an empty body", altered(signedBy(sha256V3, "host", "UpdateMessageContact", get, "", nil), func(r *http.Request) {
			r.Header.Set("Content-Type", "application/octet-stream")
		})},
		{"more than is asked", signedBy(sha256V3, "host content-type accept user-agent", "UpdateMessageContact", get, "", func(h http.Header) {
			h.Set("Accept", "application/json")
			h.Set("User-Agent", "AlibabaCloud")
		})},
		{"signature before its headers", altered(signedBy(sha256V3, "", "UpdateMessageContact", get, "", nil), authorize(func(s string) string {
			head, signature, _ := strings.Cut(s, ",Signature=")
			credential, headers, _ := strings.Cut(head, ",")
			return credential + ",Signature=" + signature + "," + headers
		}))},
		{"SM3", signedBy(sm3V3, "host", "UpdateMessageContact", get, "", nil)},
		{"SM3, form", signedBy(sm3V3, "host content-type", "UpdateMessageContact", "", form, nil)},
		{"SM3 under the name of SHA-256", signedBy(sm3V3, "host", "UpdateMessageContact", "", form, func(h http.Header) {
			h.Set("X-Acs-Content-Sha256", h.Get("X-Acs-Content-Sm3"))
			h.Del("X-Acs-Content-Sm3")
		})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			newWorld(t).send(t, tt.request).is(200, "").has(`"ContactId":"c-1"`)
		})
	}
}

// A request whose host is not signed cannot be replayed under another name.
func TestUnsignedHostReplayed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := signedBy(sha256V3, "", "UpdateMessageContact", "ContactId=c-1", "", nil)
	w.send(t, r).is(200, "")
	r.Host = "other.example"
	w.send(t, r).is(400, "SignatureNonceUsed")
}

// The signature that the vendor's Python SDK (tea-openapi 0.4.6) computes.
func TestSignSM3(t *testing.T) {
	t.Parallel()
	const query = "ContactId=c-qL4HqKONzOM7abcd&Name=%E6%B1%A4%E5%A7%86%20a%2A~b"
	r := httptest.NewRequest(http.MethodPost, "/?"+query, nil)
	r.Host = "127.0.0.1:8080"
	for name, value := range map[string]string{"action": "UpdateMessageContact", "version": version, "date": "2026-11-22T09:48:32Z",
		"signature-nonce": "5b1c3f0e7d2a4c6e8f90a1b2c3d4e5f6", "content-sm3": "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b"} {
		r.Header.Set("x-acs-"+name, value)
	}
	r.Header.Set("Authorization", "ACS3-HMAC-SM3 Credential=testAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sm3;x-acs-date;"+
		"x-acs-signature-nonce;x-acs-version,Signature=2e322454ab4d2df88aa13cb32c18359448c4458ce019e6c5ede769f56f6b9d90")
	timeless(t).send(t, r).is(200, "").has(`"Name":"汤姆 a*~b"`)
}

// One bearer token may be both in the header and in the parameters, as
// aliyun-java-sdk-core sends it, with time and nonce as parameters only.
func TestBearerTokenTwice(t *testing.T) {
	t.Parallel()
	request := func(header, query string) *http.Request {
		r := httptest.NewRequest("GET", "/?SignatureVersion&SignatureMethod&Action=UpdateMessageContact&Format=JSON&Version="+version+
			"&ContactId=c-1&SignatureType=BEARERTOKEN"+query, nil)
		r.Header.Set("X-Acs-Bearer-Token", header)
		r.Header.Set("X-Acs-Action", "UpdateMessageContact")
		r.Header.Set("X-Acs-Version", version)
		r.Header.Set("Timestamp", at.Format(timeLayout))
		r.Header.Set("SignatureNonce", "another")
		return r
	}
	now := "&SignatureNonce=n&Timestamp=" + at.Format(timeLayout)
	w := newWorld(t)
	w.send(t, request("bt-testAccessKeyId", now+"&BearerToken=bt-testAccessKeyId")).is(200, "").has(`"ContactId":"c-1"`)
	w.send(t, request("bt-testAccessKeyId", now+"&BearerToken=bt-testAccessKeyId")).is(400, "SignatureNonceUsed")
	w.send(t, request("bt-testAccessKeyId", "&SignatureNonce=m&BearerToken=bt-testAccessKeyId")).is(400, "MissingTimestamp")
	w.send(t, request("bt-testAccessKeyId", now+"&BearerToken=bt-readonlyKeyId")).is(400, "IncompleteSignature")
	w.send(t, request("bt-testAccessKeyId", now+"&BearerToken=bt-testAccessKeyId&Signature=x")).is(400, "IncompleteSignature")
}
