package acs

import (
	"crypto/hmac"
	"crypto/sha1" // HMAC-SHA1 is what signature version 1.0 is
	"crypto/sha256"
	"encoding/base64"
	"hash"

	"github.com/mingce/mingce/internal/api"
)

// The signature methods of version 1.0. HMAC-SHA256 signs the same string.
const (
	methodSHA1   = "HMAC-SHA1"
	methodSHA256 = "HMAC-SHA256"
)

// masked replaces a token wherever a string to sign is shown.
const masked = "***"

// signV1 returns the signature of a string to sign, or "" for an unknown
// method.
func signV1(method string, secret, stringToSign []byte) string {
	var fresh func() hash.Hash
	switch method {
	case methodSHA1:
		fresh = sha1.New
	case methodSHA256:
		fresh = sha256.New
	default:
		return ""
	}
	key := make([]byte, 0, len(secret)+1)
	mac := hmac.New(fresh, append(append(key, secret...), '&'))
	mac.Write(stringToSign)
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// appendStringV1 appends the string that version 1.0 signs
// (docs/spec/alibaba-cloud.md#signature-of-version-1). params are all
// parameters of query and form in byte order of their names. It uses decoded
// values, because clients sign the RFC 3986 form however they encode on the
// wire. With hide, tokens are masked.
func appendStringV1(dst []byte, method string, params api.Parameters, hide bool) []byte {
	dst = append(dst, method...)
	dst = append(dst, "&%2F&"...)
	first := true
	for _, p := range params {
		if p.Name == "Signature" {
			continue
		}
		if !first {
			dst = append(dst, "%26"...)
		}
		first = false
		dst = appendTwiceEncoded(dst, p.Name)
		dst = append(dst, "%3D"...)
		dst = appendTwiceEncoded(dst, shown(p, hide))
	}
	return dst
}

// shown returns the value of p, or its mask if it is a token and hide is set.
func shown(p api.Parameter, hide bool) string {
	if hide && p.Value != "" && (p.Name == "SecurityToken" || p.Name == "BearerToken") {
		return masked
	}
	return p.Value
}

const upperHex = "0123456789ABCDEF"

// unreserved reports whether RFC 3986 leaves the byte unencoded.
func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '~'
}

// appendEncoded appends s percent-encoded as the signatures require: upper-case
// hexadecimal, a space as %20, '*' as %2A and '~' as it is.
func appendEncoded(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; unreserved(c) {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}

// appendTwiceEncoded encodes the encoding of s, in one pass.
func appendTwiceEncoded(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; unreserved(c) {
			dst = append(dst, c)
		} else {
			dst = append(dst, '%', '2', '5', upperHex[c>>4], upperHex[c&15])
		}
	}
	return dst
}
