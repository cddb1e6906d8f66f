package mingcetest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// SignRPC adds the parameters that all Alibaba Cloud RPC calls have in common and signs
// the call (signature version 1.0, HMAC-SHA1), for tests that call without an SDK. method
// is the HTTP method of the call. Parameters that are already set stay, except Signature.
func SignRPC(method string, v url.Values, keyID, secret string) {
	for name, value := range map[string]string{
		"Version": "2022-04-19", "Format": "JSON", "AccessKeyId": keyID, "SignatureMethod": "HMAC-SHA1",
		"SignatureVersion": "1.0", "SignatureNonce": rand.Text(), "Timestamp": time.Now().UTC().Format(time.RFC3339),
	} {
		if !v.Has(name) {
			v.Set(name, value)
		}
	}
	v.Del("Signature")
	encode := strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	fmt.Fprintf(mac, "%s&%%2F&%s", method, encode(url.QueryEscape(encode(v.Encode()))))
	v.Set("Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}
