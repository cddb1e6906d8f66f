package dingtalk

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// signWindow bounds how far a signed request's clock may be off.
// Decision: as for signed TOP calls.
const signWindow = 10 * time.Minute

// isSigned reports whether the request has a signature instead of a token
// (docs/spec/dingtalk.md#signed-calls-without-a-token).
func (in *input) isSigned() bool {
	return len(in.values("accessKey")) > 0 && len(in.values("signature")) > 0
}

// verifyOnly checks the signature of an operation that takes no token. A token
// in its place is answered in the layered form, on no other path outside
// /topapi (docs/spec/dingtalk-login.md#signed-login-calls).
func (c *oapiCall) verifyOnly(withToken bool) *api.Failure {
	switch {
	case c.in.isSigned():
		return c.verify()
	case withToken:
		c.layered = true
		return api.Fail(oapiToken)
	case len(c.in.values("accessKey")) == 0:
		return c.FailureOf(&api.ArgumentError{Parameter: "accessKey", Missing: true})
	}
	return c.FailureOf(&api.ArgumentError{Parameter: "signature", Missing: true})
}

// verify checks the signature of an app that sends no token.
func (c *oapiCall) verify() *api.Failure {
	var signed struct{ key, at, signature, ticket, corp string }
	for name, p := range map[string]*string{"accessKey": &signed.key, "timestamp": &signed.at, "signature": &signed.signature,
		"suiteTicket": &signed.ticket, "corpId": &signed.corp} {
		vs := c.in.values(name)
		if len(vs) > 1 {
			return c.FailureOf(&api.ArgumentError{Parameter: name, Rule: onceRule})
		}
		if len(vs) == 1 {
			*p = vs[0]
		}
	}
	ms, err := strconv.ParseInt(signed.at, 10, 64)
	if err != nil {
		return api.Fail(oapiSignTimeForm)
	}
	p, secrets, err := c.h.Directory.AppPrincipal(c.Request.Context(), signed.key)
	switch {
	case errors.Is(err, directory.ErrAppNotFound), errors.Is(err, directory.ErrOrgNotFound), err == nil && signed.corp != "" && signed.corp != p.Org:
		return api.Fail(oapiSignKey)
	case err != nil:
		return c.Broken(err)
	}
	given, err := base64.StdEncoding.DecodeString(signed.signature)
	by := slices.IndexFunc(secrets, func(s directory.Secret) bool {
		return hmac.Equal(given, credentialMAC(s.Reveal(), signed.at, signed.ticket))
	})
	if err != nil || by < 0 {
		return api.Fail(oapiSignature)
	}
	p.ByOldSecret = by > 0
	if off := c.Started.Sub(time.UnixMilli(ms)); off > signWindow || off < -signWindow {
		return api.Fail(oapiSignTime)
	}
	c.Caller = p
	return nil
}

// credentialMAC is what the SDKs compute: HMAC-SHA256 of the timestamp, with
// the suite ticket on a line of its own if there is one.
func credentialMAC(secret []byte, timestamp, ticket string) []byte {
	m := hmac.New(sha256.New, secret)
	m.Write([]byte(timestamp))
	if ticket != "" {
		m.Write([]byte("\n" + ticket))
	}
	return m.Sum(nil)
}
