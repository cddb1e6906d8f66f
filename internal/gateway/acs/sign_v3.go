package acs

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"net/http"
	"slices"
	"strings"

	"github.com/emmansun/gmsm/sm3"

	"github.com/mingce/mingce/internal/api"
)

// algorithm is a way to sign with version 3: one hash for the body, for the
// canonical request and inside the HMAC.
type algorithm struct {
	name    string
	digests []string // headers that may have the body's hash; the first one present is used
	sum     func([]byte) [32]byte
	fresh   func() hash.Hash
}

// ACS3-RSA-SHA256, which the SDKs also implement, needs a key pair issued by
// the vendor's STS, so it is not supported
// (docs/spec/alibaba-cloud.md#algorithms-of-version-3).
var algorithms = []algorithm{
	{"ACS3-HMAC-SHA256", []string{"x-acs-content-sha256"}, sha256.Sum256, sha256.New},
	// The newer clients send the SM3 hash in the header for SHA-256.
	{"ACS3-HMAC-SM3", []string{"x-acs-content-sm3", "x-acs-content-sha256"}, sm3.Sum, sm3.New},
}

// algorithmOf returns the algorithm of that name, or nil.
func algorithmOf(name string) *algorithm {
	for i := range algorithms {
		if algorithms[i].name == name {
			return &algorithms[i]
		}
	}
	return nil
}

// digest returns the name of the header with the body's hash
// (docs/spec/alibaba-cloud.md#hash-of-the-body).
func (a *algorithm) digest(r *http.Request) string {
	for _, name := range a.digests {
		if _, given := headerValue(r, name); given {
			return name
		}
	}
	return a.digests[0]
}

// requiredHeaders must always be signed, and the header with the body's hash
// (docs/spec/alibaba-cloud.md#signed-headers). Host and Content-Type need not
// be, because some of the vendor's clients do not sign them. This is safe: a
// nonce works once under any name of this server, and a body is parsed in one
// way only, whatever its type.
var requiredHeaders = []string{"x-acs-action", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}

// authorization is the value of an Authorization header of version 3.
type authorization struct {
	algorithm  string
	credential string   // the access key's id
	headers    []string // names as they were signed, in their order
	signature  string
}

// parseAuthorization reads "ALGORITHM
// Credential=..,SignedHeaders=a;b,Signature=..". Order of the parts, blanks
// around them and case of their names do not matter; a repeated or unknown part
// makes it malformed.
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

// coversRequest reports whether everything that must be signed is: the required
// headers and every x-acs-* header in the request. Each signed header must be
// present exactly once, or it would be ambiguous which value was signed.
func (a authorization) coversRequest(r *http.Request, digest string) bool {
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
		if strings.HasPrefix(name, "X-Acs-") && !slices.ContainsFunc(a.headers, signed) {
			return false
		}
	}
	return slices.Contains(a.headers, digest)
}

// canonicalNames saves computing the canonical names of the headers that every
// request has.
var canonicalNames = map[string]string{
	"content-type": "Content-Type", "x-acs-accesskey-id": "X-Acs-Accesskey-Id", "x-acs-action": "X-Acs-Action",
	"x-acs-content-sha256": "X-Acs-Content-Sha256", "x-acs-content-sm3": "X-Acs-Content-Sm3", "x-acs-credentials-provider": "X-Acs-Credentials-Provider",
	"x-acs-date": "X-Acs-Date", "x-acs-security-token": "X-Acs-Security-Token",
	"x-acs-signature-nonce": "X-Acs-Signature-Nonce", "x-acs-version": "X-Acs-Version",
}

// headerValue returns the only value of a header by its lower-case name. Host
// is the request's, with the port the client sent.
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

// appendCanonicalV3 appends the canonical request
// (docs/spec/alibaba-cloud.md#signature-of-version-3). query holds the
// parameters of the query string only, in byte order of their names; hash is
// the body's, computed by the server. With hide, tokens are masked.
func appendCanonicalV3(dst []byte, r *http.Request, query api.Parameters, headers []string, hash string, hide bool) []byte {
	dst = append(dst, r.Method...)
	dst = append(dst, "\n/\n"...)
	for i, p := range query {
		if i > 0 {
			dst = append(dst, '&')
		}
		dst = appendEncoded(dst, p.Name)
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

// toSign returns the string that version 3 signs.
func (a *algorithm) toSign(canonical []byte) string {
	return a.name + "\n" + a.hex(canonical)
}

// sign returns the signature of a string to sign. The key is the secret alone,
// without version 1's '&'.
func (a *algorithm) sign(secret []byte, toSign string) string {
	mac := hmac.New(a.fresh, secret)
	mac.Write([]byte(toSign))
	return hex.EncodeToString(mac.Sum(nil))
}

func (a *algorithm) hex(text []byte) string {
	sum := a.sum(text)
	return hex.EncodeToString(sum[:])
}
