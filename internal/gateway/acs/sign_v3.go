package acs

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

const algorithmV3 = "ACS3-HMAC-SHA256"

// requiredHeaders must always be signed (A.5).
var requiredHeaders = []string{
	"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version",
}

// authorization is the value of an Authorization header of version 3.
type authorization struct {
	algorithm  string
	credential string   // the access key's id
	headers    []string // names as they were signed, in their order
	signature  string
}

// parseAuthorization reads "ALGORITHM Credential=..,SignedHeaders=a;b,Signature=..".
// Order of the parts, blanks around them and letter case of their names do not
// matter; a part that occurs twice, or is none of these, makes it malformed.
func parseAuthorization(s string) (a authorization, ok bool) {
	algorithm, rest, _ := strings.Cut(strings.TrimSpace(s), " ")
	a.algorithm = algorithm
	var seen [3]bool
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		value = strings.TrimSpace(value)
		i := slices.IndexFunc([]string{"Credential", "SignedHeaders", "Signature"}, func(known string) bool {
			return strings.EqualFold(known, strings.TrimSpace(name))
		})
		if i < 0 || seen[i] {
			return a, false
		}
		seen[i] = true
		switch i {
		case 0:
			a.credential = value
		case 1:
			a.headers = strings.Split(value, ";")
		case 2:
			a.signature = value
		}
	}
	return a, seen == [3]bool{true, true, true}
}

// coversRequest reports whether everything that must be signed was: the six
// required headers, every x-acs-* header that is present, and Content-Type.
// Each signed header must be there exactly once, or the line that is signed
// would not say which of its values is meant.
func (a authorization) coversRequest(r *http.Request) bool {
	for i, name := range a.headers {
		if name != strings.ToLower(name) || slices.Contains(a.headers[:i], name) {
			return false
		}
		if _, ok := headerValue(r, name); !ok {
			return false
		}
	}
	for _, name := range requiredHeaders {
		if !slices.Contains(a.headers, name) {
			return false
		}
	}
	for name := range r.Header {
		signed := func(header string) bool { return strings.EqualFold(header, name) }
		if (strings.HasPrefix(name, "X-Acs-") || name == "Content-Type") && !slices.ContainsFunc(a.headers, signed) {
			return false
		}
	}
	return true
}

// canonicalNames saves making the keys of the headers that every request has.
var canonicalNames = map[string]string{
	"content-type": "Content-Type", "x-acs-accesskey-id": "X-Acs-Accesskey-Id", "x-acs-action": "X-Acs-Action",
	"x-acs-content-sha256": "X-Acs-Content-Sha256", "x-acs-credentials-provider": "X-Acs-Credentials-Provider",
	"x-acs-date": "X-Acs-Date", "x-acs-security-token": "X-Acs-Security-Token",
	"x-acs-signature-nonce": "X-Acs-Signature-Nonce", "x-acs-version": "X-Acs-Version",
}

// headerValue returns the one value of a header by its lower-case name. Host is
// the request's, with the port the client sent.
func headerValue(r *http.Request, name string) (string, bool) {
	if name == "host" {
		return r.Host, r.Host != ""
	}
	key := canonicalNames[name]
	if key == "" {
		key = http.CanonicalHeaderKey(name)
	}
	values := r.Header[key]
	if len(values) != 1 {
		return "", false
	}
	return strings.TrimSpace(values[0]), true
}

// appendCanonicalV3 appends the canonical request. query holds the parameters
// of the query string only, in byte order of their names; hash is the body's,
// computed by us. With hide, tokens are masked, for showing.
func appendCanonicalV3(dst []byte, r *http.Request, query []param, headers []string, hash string, hide bool) []byte {
	dst = append(dst, r.Method...)
	dst = append(dst, "\n/\n"...)
	for i, p := range query {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = appendEncoded(dst, p.name)
		dst = append(dst, '=')
		dst = appendEncoded(dst, shown(p, hide))
	}
	dst = append(dst, '\n')
	for _, name := range headers {
		value, _ := headerValue(r, name)
		if hide && (name == "x-acs-security-token" || name == "x-acs-bearer-token" || name == "authorization" || name == "cookie") {
			value = masked
		}
		dst = append(dst, name...)
		dst = append(dst, ':')
		dst = append(dst, value...)
		dst = append(dst, '\n')
	}
	dst = append(dst, '\n')
	for i, name := range headers {
		if i > 0 {
			dst = append(dst, ';')
		}
		dst = append(dst, name...)
	}
	dst = append(dst, '\n')
	return append(dst, hash...)
}

// stringV3 returns the string that version 3 signs.
func stringV3(canonical []byte) string {
	sum := sha256.Sum256(canonical)
	return algorithmV3 + "\n" + hex.EncodeToString(sum[:])
}

// signV3 returns the signature of a string to sign. The key is the secret
// alone, without version 1's '&'.
func signV3(secret []byte, stringToSign string) string {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(stringToSign))
	return hex.EncodeToString(mac.Sum(nil))
}

func hashOf(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
