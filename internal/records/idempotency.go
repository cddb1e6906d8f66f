package records

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

const idempotencyHeader = "Idempotency-Key"

// idempotency is what a call with an Idempotency-Key remembers.
type idempotency struct {
	answer directory.KeptAnswer
	kept   bool // in the transaction of the call
}

var (
	keyForm = refuse(invalidParameter, idempotencyHeader, api.Text{Zh: "一个请求头，1 至 255 个可见的 ASCII 字符。", En: "one header of 1 to 255 visible ASCII characters."})
	keyUsed = &Error{Code: conflict, Parameter: idempotencyHeader, Rule: "keyUsed", Message: api.Text{
		Zh: "这个 Idempotency-Key 在 24 小时内已用于内容不同的请求；换一个键。",
		En: "This Idempotency-Key was used for another request within 24 hours; choose another key.",
	}}
)

// doOnce carries a call out unless it was already: a request that is repeated with
// its key within a day gets the first answer
// (docs/spec/json-api.md#repeated-requests). A call that was refused changed
// nothing, so its answer is not kept.
func (c *call) doOnce(body []byte) (*reply, error) {
	values := c.request.Header.Values(idempotencyHeader)
	if len(values) == 0 {
		return c.route.do(c)
	}
	if len(values) > 1 || !isKey(values[0]) {
		return nil, keyForm
	}
	d := c.config.Directory
	c.idempotency = &idempotency{answer: directory.KeptAnswer{
		Key:     d.AnswerKey(string(rune('0'+c.caller.Kind)), c.caller.ID, c.request.Method, c.request.URL.EscapedPath(), values[0]),
		Request: requestDigest([]byte(c.request.URL.RawQuery), body),
	}}
	if c.route.keeps {
		return c.route.do(c)
	}
	return c.answerOnce(c.route.do)
}

// requestDigest tells requests apart by their parts.
func requestDigest(parts ...[]byte) string {
	digest := sha256.New()
	for i, part := range parts {
		if i > 0 {
			digest.Write([]byte{'\n'})
		}
		digest.Write(part)
	}
	return hex.EncodeToString(digest.Sum(nil))
}

// answerOnce keeps the answer of do, unless the call has no key or has one already.
func (c *call) answerOnce(do func(*call) (*reply, error)) (*reply, error) {
	if c.idempotency == nil {
		return do(c)
	}
	if first, err := c.first(); first != nil || err != nil {
		return first, err
	}
	answer, err := do(c)
	if err == nil && !c.idempotency.kept {
		err = c.keep(answer)
		if err != nil && !errors.Is(err, directory.ErrAnswerKept) { // the call itself is done
			c.config.Log.Warn("an answer was not kept", "request", c.id, "error", err)
			err = nil
		}
	}
	if err != nil { // perhaps because another request with the key was faster
		if first, _ := c.first(); first != nil {
			return first, nil
		}
	}
	return answer, err
}

// keep keeps an answer in a transaction of its own.
func (c *call) keep(answer *reply) error {
	c.idempotency.answer.Answer = answer.encode()
	return c.session.KeepAnswer(c.request.Context(), c.idempotency.answer)
}

// keysInUse are the keys of calls whose answers are kept only after a file was received or
// sent.
type keysInUse struct {
	mu   sync.Mutex
	ends map[string]chan struct{}
}

// take waits until no other call uses the key.
func (k *keysInUse) take(ctx context.Context, key string) (release func(), err error) {
	for {
		k.mu.Lock()
		other := k.ends[key]
		if other == nil {
			own := make(chan struct{})
			k.ends[key] = own
			k.mu.Unlock()
			return func() {
				k.mu.Lock()
				defer k.mu.Unlock()
				delete(k.ends, key)
				close(own)
			}, nil
		}
		k.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func isKey(key string) bool {
	if key == "" || len(key) > 255 {
		return false
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] > '~' {
			return false
		}
	}
	return true
}

// first returns the answer that is kept for the call, or nil.
func (c *call) first() (*reply, error) {
	kept, err := c.kept()
	if kept == nil || err != nil {
		return nil, err
	}
	return c.repeated(kept)
}

// kept returns what is kept for the key of the call, or nil.
func (c *call) kept() (*directory.KeptAnswer, error) {
	kept, err := c.session.KeptAnswer(c.request.Context(), c.idempotency.answer.Key)
	if errors.Is(err, directory.ErrNoAnswer) {
		return nil, nil
	}
	return &kept, err
}

// repeated is the kept answer, if the request is the same.
func (c *call) repeated(kept *directory.KeptAnswer) (*reply, error) {
	if kept.Request != c.idempotency.answer.Request {
		return nil, keyUsed
	}
	return decodeReply(kept.Answer)
}

// keepIn keeps the answer in the transaction of the call, so that it is kept if and
// only if the call took effect.
func (c *call) keepIn(tx directory.Tx, answer *reply) {
	if c.idempotency == nil {
		return
	}
	c.idempotency.answer.Answer, c.idempotency.kept = answer.encode(), true
	c.session.KeepAnswerIn(tx, c.idempotency.answer)
}

// keptReply is an answer as it is kept.
type keptReply struct {
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
}

func (r *reply) encode() string {
	headers := object{}
	for _, name := range slices.Sorted(maps.Keys(r.headers)) {
		headers.set(name, r.headers[name])
	}
	return string(appendJSON(nil, object{{"status", r.status}, {"headers", headers}, {"body", r.body}}))
}

func decodeReply(text string) (*reply, error) {
	var k keptReply
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		return nil, err
	}
	return &reply{status: k.Status, headers: k.Headers, body: k.Body}, nil
}
