package acs

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// credentials is the part of the directory that authenticates callers.
type credentials interface {
	AccessKey(ctx context.Context, id string) (directory.AccessKey, error)
	CheckSecurityToken(k directory.AccessKey, token string) error
	BearerKey(ctx context.Context, token string) (directory.AccessKey, error)
	NonceSeen(keyID, nonce string) bool
	UseNonce(ctx context.Context, keyID, nonce string, expires time.Time) (fresh bool, err error)
	RefuseBefore() time.Time
	Bounds(ctx context.Context, p directory.Principal) ([]directory.ControlLevel, error)
}

// Window is how far the time of a request may lie before and after the
// server's. The zero Window checks nothing, for tests with recorded requests.
type Window struct{ Past, Future time.Duration }

// The vendor's pages name two ages, 31 minutes for V1 and 15 for V3
// (docs/spec/alibaba-cloud.md#clock-window).
var (
	windowV1 = Window{Past: 31 * time.Minute, Future: 15 * time.Minute}
	windowV3 = Window{Past: 15 * time.Minute, Future: 15 * time.Minute}
)

// nonceLife is how long a nonce is remembered: twice the window, so that a
// replay outlives the window of every accepted clock.
func (w Window) nonceLife() time.Duration {
	if w == (Window{}) {
		return 24 * time.Hour
	}
	return 2 * (w.Past + w.Future)
}

// maxKeyID and maxBearer exceed the length of every access key id and bearer
// token; a longer one is not looked up.
const (
	maxKeyID  = 128
	maxBearer = 256
)

// timeLayout is the only form of a time on this wire: UTC, whole seconds.
const timeLayout = "2006-01-02T15:04:05Z"

// claim is a credential as stated in the request, not yet verified.
type claim struct {
	keyID     string
	method    string // signature method or algorithm
	signature string
	token     string // SecurityToken of a temporary key
	nonce     string
	window    Window
	v3        *authorization
	algorithm *algorithm // of version 3
}

// Authenticate identifies the signer of the request. An unknown key takes as
// long as a known one (docs/spec/reliability.md#constant-time-comparison).
func (c *call) Authenticate() *api.Failure {
	if c.tooManyCredentials() {
		return failFor(incompleteSignature, oneCredentialRule)
	}
	if token, given := c.bearerToken(); given {
		return c.bearer(token)
	}
	cl, f := c.claim()
	if f != nil {
		return f
	}
	if f := c.checkTime(cl.window); f != nil {
		return f
	}
	key, err := c.key(cl.keyID)
	if err != nil && !errors.Is(err, directory.ErrKeyNotFound) && !errors.Is(err, directory.ErrKeyInactive) {
		return c.Broken(err)
	}
	secret := key.Secret.Reveal()
	if err != nil {
		secret = c.h.dummy // an unknown key must take the same time
	}
	unproved := c.prove(cl, secret)
	switch {
	case errors.Is(err, directory.ErrKeyInactive), err == nil && key.Disabled:
		return api.Fail(keyInactive)
	case err != nil:
		return api.Fail(keyNotFound)
	case unproved != nil:
		return unproved
	}
	if f := c.accept(cl, key); f != nil {
		return f
	}
	return c.known(key, cl.keyID, cl.nonce, cl.window)
}

// known completes an authentication. nonces is the name under which the
// caller's nonces are recorded. A replay that this process remembers is refused
// before it counts against the rate, so that replaying a captured request does
// not use up its sender's rate (docs/spec/alibaba-cloud.md#nonces).
func (c *call) known(key directory.AccessKey, nonces, nonce string, w Window) *api.Failure {
	if len(nonce) > 128 || !api.PlainText(nonce) { // any text is accepted, within a length that can be stored
		sum := sha256.Sum256([]byte(nonce))
		nonce = "sha256:" + hex.EncodeToString(sum[:])
	}
	c.Caller = key.Caller()
	c.nonce = usedNonce{nonces, nonce, c.Started.Add(w.nonceLife())}
	if c.h.keys.NonceSeen(nonces, nonce) {
		return api.Fail(nonceUsed)
	}
	return nil
}

// tooManyCredentials reports whether the request has two credentials: picking
// one would leave the other unverified. A bearer token sent both as header and
// as parameter counts once
// (docs/spec/alibaba-cloud.md#two-credentials-in-one-request).
func (c *call) tooManyCredentials() bool {
	header, parameter := c.Request.Header.Get("X-Acs-Bearer-Token"), c.params.Get("BearerToken")
	n := 0
	for _, given := range []bool{
		c.auth != "",
		c.params.Get("Signature") != "",
		header != "",
		parameter != "" && parameter != header,
	} {
		if given {
			n++
		}
	}
	return n > 1
}

// claim reads the signed credential of the request.
func (c *call) claim() (*claim, *api.Failure) {
	if c.auth != "" {
		return c.claimV3()
	}
	cl := &claim{
		keyID: c.params.Get("AccessKeyId"), method: c.params.Get("SignatureMethod"), signature: c.params.Get("Signature"),
		token: c.params.Get("SecurityToken"), nonce: c.params.Get("SignatureNonce"), window: c.h.V1,
	}
	switch {
	case cl.keyID == "":
		return nil, api.Fail(missingAccessKeyID)
	case cl.signature == "":
		return nil, api.Fail(missingSignature)
	case cl.nonce == "":
		return nil, api.Fail(missingSignatureNonce)
	case c.params.Get("Timestamp") == "":
		return nil, api.Fail(missingTimestamp)
	case cl.method == "":
		return nil, api.Fail(missingSignatureMethod)
	case c.params.Get("SignatureVersion") == "":
		return nil, api.Fail(missingSignatureVersion)
	}
	return cl, nil
}

func (c *call) claimV3() (*claim, *api.Failure) {
	a, ok := parseAuthorization(c.auth)
	by := algorithmOf(a.algorithm)
	if by == nil {
		return nil, api.Fail(invalidSignatureMethod)
	}
	header := c.Request.Header
	cl := &claim{
		keyID: a.credential, method: a.algorithm, signature: a.signature,
		token: header.Get("X-Acs-Security-Token"), nonce: header.Get("X-Acs-Signature-Nonce"), window: c.h.V3, v3: &a, algorithm: by,
	}
	switch {
	case !ok:
		return nil, failFor(incompleteSignature, authorizationRule(by.name))
	case cl.keyID == "":
		return nil, api.Fail(missingAccessKeyID)
	case cl.signature == "":
		return nil, api.Fail(missingSignature)
	case cl.nonce == "":
		return nil, api.Fail(missingSignatureNonce)
	case header.Get("X-Acs-Date") == "":
		return nil, api.Fail(missingTimestamp)
	}
	return cl, nil
}

// checkTime refuses a request that is too old or from the future, and one from
// before an unclean stop, whose nonce may have been lost.
func (c *call) checkTime(w Window) *api.Failure {
	text := c.param("Timestamp", "X-Acs-Date")
	t, err := time.Parse(timeLayout, text)
	if err != nil || len(text) != len(timeLayout) {
		return api.Fail(timestampFormat)
	}
	if w == (Window{}) {
		return nil
	}
	if t.Before(c.Started.Add(-w.Past)) || t.After(c.Started.Add(w.Future)) || t.Before(c.h.keys.RefuseBefore()) {
		return api.Fail(timestampExpired)
	}
	return nil
}

func (c *call) key(id string) (directory.AccessKey, error) {
	if len(id) > maxKeyID || !api.PlainText(id) {
		return directory.AccessKey{}, directory.ErrKeyNotFound
	}
	return c.h.keys.AccessKey(c.Request.Context(), id)
}

// prove recomputes the signature with the secret and compares it.
func (c *call) prove(cl *claim, secret []byte) *api.Failure {
	buf := buffers.Get().(*[]byte)
	defer release(buf)
	if cl.v3 != nil {
		return c.proveV3(cl, secret, buf)
	}
	switch {
	case cl.method != methodSHA1 && cl.method != methodSHA256:
		return api.Fail(invalidSignatureMethod)
	case c.params.Get("SignatureVersion") != "1.0":
		return api.Fail(invalidSignatureVersion)
	case c.params.Get("SignatureType") != "":
		return api.Fail(invalidSignatureType)
	}
	*buf = appendStringV1((*buf)[:0], c.Request.Method, c.params, false)
	if hmac.Equal([]byte(signV1(cl.method, secret, *buf)), []byte(cl.signature)) {
		return nil
	}
	// One of the vendor's clients splits the message here and compares the rest
	// with its own string, so nothing may follow it
	// (docs/spec/alibaba-cloud.md#message-of-a-wrong-signature).
	shown := appendStringV1(nil, c.Request.Method, c.params, true)
	return mismatch("Specified signature is not matched with our calculation. server string to sign is:" + string(shown))
}

func (c *call) proveV3(cl *claim, secret []byte, buf *[]byte) *api.Failure {
	by, digest := cl.algorithm, cl.algorithm.digest(c.Request)
	if !cl.v3.coversRequest(c.Request, digest) {
		return failFor(incompleteSignature, signedHeadersRule(digest))
	}
	hash := by.hex(c.body)
	if given, _ := headerValue(c.Request, digest); !hmac.Equal([]byte(given), []byte(hash)) {
		return failFor(incompleteSignature, digestRule(digest))
	}
	*buf = appendCanonicalV3((*buf)[:0], c.Request, c.query, cl.v3.headers, hash, false)
	toSign := by.toSign(*buf)
	if hmac.Equal([]byte(by.sign(secret, toSign)), []byte(cl.signature)) {
		return nil
	}
	shown := appendCanonicalV3(nil, c.Request, c.query, cl.v3.headers, hash, true)
	return mismatch("Specified signature does not match our calculation. server StringToSign is [" + toSign +
		"] server CanonicalRequest is [" + string(shown) + "]")
}

// maxShown keeps a small request from being answered by a large one: percent
// signs grow fivefold in a string to sign.
const maxShown = 64 << 10

func mismatch(message string) *api.Failure {
	if len(message) > maxShown {
		message = message[:maxShown]
	}
	// Header bytes that are not valid UTF-8 must not break the answer.
	return &api.Failure{Code: signatureMismatch, Text: strings.ToValidUTF8(message, "\uFFFD")}
}

// buffers pools buffers for strings to sign.
var buffers = sync.Pool{New: func() any { b := make([]byte, 0, 4096); return &b }}

func release(b *[]byte) {
	if cap(*b) <= 64<<10 {
		buffers.Put(b)
	}
}

// usedNonce is a nonce to be recorded.
type usedNonce struct {
	key, text string
	expires   time.Time
}

// UseNonce records the nonce, whether or not the call succeeds later.
func (c *call) UseNonce() *api.Failure {
	fresh, err := c.h.keys.UseNonce(c.Request.Context(), c.nonce.key, c.nonce.text, c.nonce.expires)
	switch {
	case fresh && c.Op.ReadOnly && errors.Is(err, directory.ErrBusy):
		// Decision: reads continue while nothing can be written, for example
		// because the disk is full. Until it restarts, this process still
		// refuses the replay.
	case err != nil:
		return c.Broken(err)
	case !fresh:
		return api.Fail(nonceUsed)
	}
	return nil
}

// accept makes the last checks of a signed request: a temporary key must be
// sent with its token and must not have expired; a plain key must be sent
// without one (docs/spec/alibaba-cloud.md#temporary-credentials).
func (c *call) accept(cl *claim, key directory.AccessKey) *api.Failure {
	temporary := strings.HasPrefix(key.ID, "STS.")
	switch {
	case temporary && cl.token == "":
		return api.Fail(missingSecurityToken)
	case temporary:
		err := c.h.keys.CheckSecurityToken(key, cl.token)
		if errors.Is(err, directory.ErrKeyExpired) {
			return api.Fail(securityTokenExpired)
		}
		if err != nil {
			return api.Fail(securityTokenMalformed)
		}
	case cl.token != "":
		return api.Fail(securityTokenMalformed)
	}
	return nil
}

// bearerToken returns the request's bearer token; given is true also when only
// SignatureType announces one (docs/spec/alibaba-cloud.md#bearer-tokens).
func (c *call) bearerToken() (token string, given bool) {
	if token = c.Request.Header.Get("X-Acs-Bearer-Token"); token == "" {
		token = c.params.Get("BearerToken")
	}
	signed := c.auth != "" || c.params.Get("Signature") != ""
	return token, token != "" || !signed && strings.EqualFold(c.params.Get("SignatureType"), "BEARERTOKEN")
}

// bearer authenticates with only a token, which acts for an access key. Time
// and nonce are needed as in a signed request.
func (c *call) bearer(token string) *api.Failure {
	window := c.h.V1
	if c.inHeaders {
		window = c.h.V3
	}
	nonce := c.param("SignatureNonce", "X-Acs-Signature-Nonce")
	switch {
	case token == "":
		return api.Fail(missingBearerToken)
	case nonce == "":
		return api.Fail(missingSignatureNonce)
	case c.param("Timestamp", "X-Acs-Date") == "":
		return api.Fail(missingTimestamp)
	}
	if f := c.checkTime(window); f != nil {
		return f
	}
	if len(token) > maxBearer {
		return api.Fail(invalidBearerToken)
	}
	key, err := c.h.keys.BearerKey(c.Request.Context(), token)
	switch {
	case errors.Is(err, directory.ErrTokenInvalid):
		return api.Fail(invalidBearerToken)
	case err != nil:
		return c.Broken(err)
	case key.Disabled:
		return api.Fail(keyInactive)
	}
	// Nonces of calls signed with the key and of calls with the token are
	// separate.
	return c.known(key, "bearer "+key.ID, nonce, window)
}
