package e2e

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

// signedCall is one RPC call signed the V1 way, with everything in the query (GET) or
// in a form body (POST), as programs without an SDK send it.
func (s *server) signedCall(t *testing.T, method string, business url.Values) reply {
	t.Helper()
	parameters := signV1(method, accessKey, accessSecret, business)
	if method == http.MethodPost {
		return s.call(t, method, "/", parameters)
	}
	return s.call(t, method, "/?"+parameters.Encode(), nil)
}

func signV1(method, key, secret string, business url.Values) url.Values {
	parameters := maps.Clone(business)
	for name, value := range map[string]string{
		"Version":          "2022-04-19",
		"AccessKeyId":      key,
		"SignatureMethod":  "HMAC-SHA1",
		"SignatureVersion": "1.0",
		"SignatureNonce":   rand.Text(),
		"Timestamp":        time.Now().UTC().Format("2006-01-02T15:04:05Z"),
	} {
		parameters.Set(name, value)
	}

	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(parameters)) {
		pairs = append(pairs, rfc3986(name)+"="+rfc3986(parameters.Get(name)))
	}
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	mac.Write([]byte(method + "&%2F&" + rfc3986(strings.Join(pairs, "&"))))
	parameters.Set("Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return parameters
}

func rfc3986(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
