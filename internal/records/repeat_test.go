package records_test

import (
	"strings"
	"sync"
	"testing"
)

func TestARepeatedRequestGetsTheFirstAnswer(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	at := org + "/contacts"
	key := []string{"Idempotency-Key", "a-1"}
	first := w.want(t, 201, "", "POST", at, contactBody, key...)
	again := w.want(t, 201, "", "POST", at, contactBody, key...)
	if first.text != again.text || first.header.Get("Location") != again.header.Get("Location") || again.header.Get("ETag") != `"1"` {
		t.Errorf("got %s %v, want %s", again.text, again.header, first.text)
	}
	if a := w.want(t, 409, "conflict", "POST", at, strings.Replace(contactBody, "甲", "乙", 1), key...); a.error("rule") != "keyUsed" {
		t.Errorf("got %s", a.text)
	}
	w.want(t, 409, "conflict", "POST", at, contactBody, "Idempotency-Key", "a-2")
	w.want(t, 409, "conflict", "POST", at, contactBody, "Idempotency-Key", "a-2") // a refusal is not kept
	w.want(t, 400, "invalidParameter", "POST", at, contactBody, "Idempotency-Key", "a b")
	w.want(t, 204, "", "DELETE", first.header.Get("Location"), "")
	if a := w.want(t, 201, "", "POST", at, contactBody, key...); a.text != first.text {
		t.Errorf("got %s", a.text)
	}
}

func TestParallelRepeatsCreateOneObject(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	texts := make([]string, 8)
	var all sync.WaitGroup
	for i := range texts {
		all.Go(func() { texts[i] = w.call(t, "POST", org+"/contacts", contactBody, "Idempotency-Key", "k").text })
	}
	all.Wait()
	for _, text := range texts {
		if text != texts[0] {
			t.Errorf("got %s and %s", text, texts[0])
		}
	}
}
