package acs

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// credentials is what the gateway asks of the directory to know a caller.
type credentials interface {
	AccessKey(ctx context.Context, id string) (directory.AccessKey, error)
	CheckSecurityToken(k directory.AccessKey, token string) error
	BearerKey(ctx context.Context, token string) (directory.AccessKey, error)
	NonceSeen(keyID, nonce string) bool
	UseNonce(ctx context.Context, keyID, nonce string, expires time.Time) (fresh bool, err error)
	RefuseBefore() time.Time
}

// Window is how far the time of a request may lie before and after ours. The
// zero Window checks nothing, for tests that run with recorded requests.
type Window struct{ Past, Future time.Duration }

// The vendor's pages name two ages, 31 minutes for V1 and 15 for V3
// (docs/spec/alibaba-cloud.md#clock-window).
var (
	windowV1 = Window{Past: 31 * time.Minute, Future: 15 * time.Minute}
	windowV3 = Window{Past: 15 * time.Minute, Future: 15 * time.Minute}
)

// nonceLife is how long a nonce is remembered: twice the window, so that no
// clock within the window can bring it back.
func (w Window) nonceLife() time.Duration {
	if w == (Window{}) {
		return 24 * time.Hour
	}
	return 2 * (w.Past + w.Future)
}

// maxKeyID and maxBearer are longer than any access key's id and any bearer
// token; a longer one is not looked up.
const (
	maxKeyID  = 128
	maxBearer = 256
)

// timeLayout is the only form of a time on this wire: UTC, whole seconds.
const timeLayout = "2006-01-02T15:04:05Z"

// claim is a credential as the request states it, before it is proved.
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

// authenticate finds out who signed the request. The nonce is not its business:
// see admit. An unknown key costs what a known one costs
// (docs/spec/reliability.md#constant-time-comparison).
func (h *Handler) authenticate(ctx context.Context, c *call) *failure {
	if tooManyCredentials(c) {
		return failFor(incompleteSignature, oneCredentialRule)
	}
	if token, given := bearerToken(c); given {
		return h.bearer(ctx, c, token)
	}
	cl, f := h.claim(c)
	if f != nil {
		return f
	}
	if f := h.checkTime(c, cl.window); f != nil {
		return f
	}
	key, err := h.key(ctx, cl.keyID)
	if err != nil && !errors.Is(err, directory.ErrKeyNotFound) && !errors.Is(err, directory.ErrKeyInactive) {
		return failureOf(nil, err)
	}
	secret := key.Secret.Reveal()
	if err != nil {
		secret = h.dummy // an unknown key costs the same time
	}
	unproved := h.prove(c, cl, secret)
	switch {
	case errors.Is(err, directory.ErrKeyInactive), err == nil && key.Disabled:
		return fail(keyInactive)
	case err != nil:
		return fail(keyNotFound)
	case unproved != nil:
		return unproved
	}
	if f := h.accept(cl, key); f != nil {
		return f
	}
	c.known(key, cl.keyID, cl.nonce, cl.window)
	return nil
}

// known ends an authentication. nonces is the name under which the caller's
// nonces are kept.
func (c *call) known(key directory.AccessKey, nonces, nonce string, w Window) {
	if len(nonce) > 128 || !api.PlainText(nonce) { // anything is allowed; what is kept is bounded text
		sum := sha256.Sum256([]byte(nonce))
		nonce = "sha256:" + hex.EncodeToString(sum[:])
	}
	c.caller = key.Caller()
	c.nonce = usedNonce{nonces, nonce, c.now.Add(w.nonceLife())}
}

// tooManyCredentials reports two credentials in one request: a gateway that
// picked one of them would let the other go unproved. One bearer token sent as
// header and as parameter is one credential
// (docs/spec/alibaba-cloud.md#two-credentials-in-one-request).
func tooManyCredentials(c *call) bool {
	header, parameter := c.request.Header.Get("X-Acs-Bearer-Token"), valueOf(c.params, "BearerToken")
	n := 0
	for _, given := range []bool{
		c.auth != "",
		valueOf(c.params, "Signature") != "",
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
func (h *Handler) claim(c *call) (*claim, *failure) {
	if c.auth != "" {
		return h.claimV3(c)
	}
	cl := &claim{
		keyID: valueOf(c.params, "AccessKeyId"), method: valueOf(c.params, "SignatureMethod"), signature: valueOf(c.params, "Signature"),
		token: valueOf(c.params, "SecurityToken"), nonce: valueOf(c.params, "SignatureNonce"), window: h.V1,
	}
	switch {
	case cl.keyID == "":
		return nil, fail(missingAccessKeyID)
	case cl.signature == "":
		return nil, fail(missingSignature)
	case cl.nonce == "":
		return nil, fail(missingSignatureNonce)
	case valueOf(c.params, "Timestamp") == "":
		return nil, fail(missingTimestamp)
	case cl.method == "":
		return nil, fail(missingSignatureMethod)
	case valueOf(c.params, "SignatureVersion") == "":
		return nil, fail(missingSignatureVersion)
	}
	return cl, nil
}

func (h *Handler) claimV3(c *call) (*claim, *failure) {
	a, ok := parseAuthorization(c.auth)
	by := algorithmOf(a.algorithm)
	if by == nil {
		return nil, fail(invalidSignatureMethod)
	}
	header := c.request.Header
	cl := &claim{
		keyID: a.credential, method: a.algorithm, signature: a.signature,
		token: header.Get("X-Acs-Security-Token"), nonce: header.Get("X-Acs-Signature-Nonce"), window: h.V3, v3: &a, algorithm: by,
	}
	switch {
	case !ok:
		return nil, failFor(incompleteSignature, authorizationRule(by.name))
	case cl.keyID == "":
		return nil, fail(missingAccessKeyID)
	case cl.signature == "":
		return nil, fail(missingSignature)
	case cl.nonce == "":
		return nil, fail(missingSignatureNonce)
	case header.Get("X-Acs-Date") == "":
		return nil, fail(missingTimestamp)
	}
	return cl, nil
}

// checkTime refuses a request that is too old or from the future, and one from
// before an unclean stop, whose nonce may have been forgotten.
func (h *Handler) checkTime(c *call, w Window) *failure {
	text := c.param("Timestamp", "X-Acs-Date")
	t, err := time.Parse(timeLayout, text)
	if err != nil || len(text) != len(timeLayout) {
		return fail(timestampFormat)
	}
	if w == (Window{}) {
		return nil
	}
	if t.Before(c.now.Add(-w.Past)) || t.After(c.now.Add(w.Future)) || t.Before(h.keys.RefuseBefore()) {
		return fail(timestampExpired)
	}
	return nil
}

func (h *Handler) key(ctx context.Context, id string) (directory.AccessKey, error) {
	if len(id) > maxKeyID || !api.PlainText(id) {
		return directory.AccessKey{}, directory.ErrKeyNotFound
	}
	return h.keys.AccessKey(ctx, id)
}

// prove recomputes the signature with the secret and compares.
func (h *Handler) prove(c *call, cl *claim, secret []byte) *failure {
	buf := buffers.Get().(*[]byte)
	defer release(buf)
	if cl.v3 != nil {
		return proveV3(c, cl, secret, buf)
	}
	switch {
	case cl.method != methodSHA1 && cl.method != methodSHA256:
		return fail(invalidSignatureMethod)
	case valueOf(c.params, "SignatureVersion") != "1.0":
		return fail(invalidSignatureVersion)
	case valueOf(c.params, "SignatureType") != "":
		return fail(invalidSignatureType)
	}
	*buf = appendStringV1((*buf)[:0], c.request.Method, c.params, false)
	if hmac.Equal([]byte(signV1(cl.method, secret, *buf)), []byte(cl.signature)) {
		return nil
	}
	// A client of the vendor's splits the message here and compares the rest
	// with its own string, so nothing may follow it
	// (docs/spec/alibaba-cloud.md#message-of-a-wrong-signature).
	shown := appendStringV1(nil, c.request.Method, c.params, true)
	return mismatch("Specified signature is not matched with our calculation. server string to sign is:" + string(shown))
}

func proveV3(c *call, cl *claim, secret []byte, buf *[]byte) *failure {
	by, digest := cl.algorithm, cl.algorithm.digest(c.request)
	if !cl.v3.coversRequest(c.request, digest) {
		return failFor(incompleteSignature, signedHeadersRule(digest))
	}
	hash := by.hex(c.body)
	if given, _ := headerValue(c.request, digest); !hmac.Equal([]byte(given), []byte(hash)) {
		return failFor(incompleteSignature, digestRule(digest))
	}
	*buf = appendCanonicalV3((*buf)[:0], c.request, c.query, cl.v3.headers, hash, false)
	toSign := by.toSign(*buf)
	if hmac.Equal([]byte(by.sign(secret, toSign)), []byte(cl.signature)) {
		return nil
	}
	shown := appendCanonicalV3(nil, c.request, c.query, cl.v3.headers, hash, true)
	return mismatch("Specified signature does not match our calculation. server StringToSign is [" + toSign +
		"] server CanonicalRequest is [" + string(shown) + "]")
}

// maxShown keeps a small request from being answered by a large one: percent
// signs grow fivefold in a string to sign.
const maxShown = 64 << 10

func mismatch(message string) *failure {
	if len(message) > maxShown {
		message = message[:maxShown]
	}
	// Header bytes that are no text must not spoil the answer.
	return &failure{code: signatureMismatch, message: strings.ToValidUTF8(message, "\uFFFD")}
}

// usedNonce is a nonce as it is remembered.
type usedNonce struct {
	key, text string
	expires   time.Time
}

// admit judges a caller that is known: the rate first, then the nonce. In this
// order a caller above its rate writes nothing; the throttled call uses up no
// nonce. A replay is refused before it counts against the rate, as far as it is
// still known here, so that repeating a captured request takes nothing from its
// sender (docs/spec/alibaba-cloud.md#nonces).
func (h *Handler) admit(ctx context.Context, c *call) *failure {
	if h.keys.NonceSeen(c.nonce.key, c.nonce.text) {
		return fail(nonceUsed)
	}
	if h.g.Allow != nil {
		if c.throttle = h.g.Allow(c.caller.ID, c.op.Name); c.throttle != (api.Throttle{}) {
			return fail(throttlingUser)
		}
	}
	return h.useNonce(ctx, c)
}

// useNonce records the nonce. It stays recorded whatever becomes of the call.
func (h *Handler) useNonce(ctx context.Context, c *call) *failure {
	fresh, err := h.keys.UseNonce(ctx, c.nonce.key, c.nonce.text, c.nonce.expires)
	switch {
	case fresh && c.op.ReadOnly && errors.Is(err, directory.ErrBusy):
		// Decision: reading goes on while nothing can be written, such as on a full
		// disk. Until a restart this process still refuses the replay.
	case err != nil:
		return failureOf(nil, err)
	case !fresh:
		return fail(nonceUsed)
	}
	return nil
}

// accept ends the proof of a signed request: a temporary key must bring the
// token it was issued with, and before it expires; a plain key brings none
// (docs/spec/alibaba-cloud.md#temporary-credentials).
func (h *Handler) accept(cl *claim, key directory.AccessKey) *failure {
	temporary := strings.HasPrefix(key.ID, "STS.")
	switch {
	case temporary && cl.token == "":
		return fail(missingSecurityToken)
	case temporary:
		err := h.keys.CheckSecurityToken(key, cl.token)
		if errors.Is(err, directory.ErrKeyExpired) {
			return fail(securityTokenExpired)
		}
		if err != nil {
			return fail(securityTokenMalformed)
		}
	case cl.token != "":
		return fail(securityTokenMalformed)
	}
	return nil
}

// bearerToken returns the request's bearer token; given is true also when only
// SignatureType announces one (docs/spec/alibaba-cloud.md#bearer-tokens).
func bearerToken(c *call) (token string, given bool) {
	if token = c.request.Header.Get("X-Acs-Bearer-Token"); token == "" {
		token = valueOf(c.params, "BearerToken")
	}
	signed := c.auth != "" || valueOf(c.params, "Signature") != ""
	return token, token != "" || !signed && strings.EqualFold(valueOf(c.params, "SignatureType"), "BEARERTOKEN")
}

// bearer authenticates by a token alone, which stands for an access key. Time
// and nonce are needed as in a signed request.
func (h *Handler) bearer(ctx context.Context, c *call, token string) *failure {
	window := h.V1
	if c.inHeaders {
		window = h.V3
	}
	nonce := c.param("SignatureNonce", "X-Acs-Signature-Nonce")
	switch {
	case token == "":
		return fail(missingBearerToken)
	case nonce == "":
		return fail(missingSignatureNonce)
	case c.param("Timestamp", "X-Acs-Date") == "":
		return fail(missingTimestamp)
	}
	if f := h.checkTime(c, window); f != nil {
		return f
	}
	if len(token) > maxBearer {
		return fail(invalidBearerToken)
	}
	key, err := h.keys.BearerKey(ctx, token)
	switch {
	case errors.Is(err, directory.ErrTokenInvalid):
		return fail(invalidBearerToken)
	case err != nil:
		return failureOf(nil, err)
	case key.Disabled:
		return fail(keyInactive)
	}
	// The key's own calls and the token's count as different callers' nonces.
	c.known(key, "bearer "+key.ID, nonce, window)
	return nil
}
