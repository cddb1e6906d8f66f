package top

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"sync"
)

// Signature methods (docs/spec/top.md#signature-methods). An empty sign_method is md5.
const (
	signMD5        = "md5"
	signHMAC       = "hmac" // HMAC-MD5
	signHMACSHA256 = "hmac-sha256"
)

var signBuffers = sync.Pool{New: func() any { b := make([]byte, 0, 1024); return &b }}

// signature returns the signature of the parameters, which must be sorted by
// name, followed by the raw body of a JSON call; ok is false for an unknown
// method. The parameter sign and parameters with an empty name or value are not
// signed (docs/spec/top.md#signature-base).
func signature(method string, secret []byte, sorted []parameter, raw []byte) (sum []byte, ok bool) {
	pooled := signBuffers.Get().(*[]byte)
	buf := append((*pooled)[:0], secret...)
	buf = appendBase(buf, sorted)
	buf = append(buf, raw...)
	buf = append(buf, secret...)
	base := buf[len(secret) : len(buf)-len(secret)]
	switch method {
	case signMD5, "":
		s := md5.Sum(buf)
		sum, ok = s[:], true
	case signHMAC:
		m := hmac.New(md5.New, secret)
		m.Write(base)
		sum, ok = m.Sum(nil), true
	case signHMACSHA256:
		m := hmac.New(sha256.New, secret)
		m.Write(base)
		sum, ok = m.Sum(nil), true
	}
	clear(buf) // the buffer returns to the pool and must not keep the secret
	*pooled = buf
	signBuffers.Put(pooled)
	return sum, ok
}

func appendBase(dst []byte, sorted []parameter) []byte {
	for i := range sorted {
		p := &sorted[i]
		if p.name == "" || p.value == "" || p.name == "sign" {
			continue
		}
		dst = append(append(dst, p.name...), p.value...)
	}
	return dst
}

// signedBy reports whether given is the signature of the parameters. Either
// case is accepted; the comparison takes constant time.
func signedBy(given, method string, secret []byte, sorted []parameter, raw []byte) bool {
	want, ok := signature(method, secret, sorted, raw)
	if !ok || len(given) != hex.EncodedLen(len(want)) {
		return false
	}
	have, err := hex.DecodeString(given)
	return err == nil && hmac.Equal(have, want)
}
