package api

import (
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// FailedCall is what is known about one call that failed: enough to explain it to
// the caller one link away from the answer, and nothing personal.
type FailedCall struct {
	RequestID string
	Time      time.Time
	Operation string // "" if it was not found
	Asked     string // what the caller named instead, if anything
	Code      *Code
	Parameter string
	Rule      Text
	Value     Text // masked
}

// How many bytes a text of a FailedCall has. Callers choose some of them.
const (
	mostNamed = 128
	mostRule  = 640
)

// own returns the call with texts of its own: those of a call are often parts
// of its request, and would keep all of it in memory.
func (t FailedCall) own() FailedCall {
	t.RequestID = Clip(t.RequestID, mostNamed)
	t.Operation = Clip(t.Operation, mostNamed)
	t.Asked = anonymous(Clip(t.Asked, mostNamed))
	t.Parameter = Clip(t.Parameter, mostNamed)
	t.Rule = t.Rule.clip(mostRule)
	t.Value = t.Value.clip(mostNamed)
	return t
}

func (t Text) clip(most int) Text { return Text{Clip(t.Zh, most), Clip(t.En, most)} }

// Clip returns a copy of a text that a caller may have chosen, for a log or a
// page: of at most so many bytes, its end cut off with an ellipsis, and without
// control characters.
func Clip(text string, most int) string {
	short := text
	if len(short) > most {
		short = short[:most-len("…")]
	}
	short = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1 // a letter that was cut in two, too
		}
		return r
	}, strings.Clone(short))
	if len(text) > most {
		short += "…"
	}
	return short
}

// FailedCalls remembers the newest failed calls of this process, for the error
// pages: at most 2 KiB of each. It is safe for concurrent use.
type FailedCalls struct {
	mu   sync.Mutex
	size int
	ring []FailedCall
	next int
	byID map[string]int
}

// NewFailedCalls remembers up to size calls.
func NewFailedCalls(size int) *FailedCalls {
	return &FailedCalls{size: size, byID: map[string]int{}}
}

// Add remembers t, forgetting the oldest when full.
func (t *FailedCalls) Add(x FailedCall) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.ring) < t.size {
		t.ring = append(t.ring, x)
	} else {
		delete(t.byID, t.ring[t.next].RequestID)
		t.ring[t.next] = x
	}
	t.byID[x.RequestID] = t.next
	t.next = (t.next + 1) % t.size
}

// Find returns the failed call with that request id.
func (t *FailedCalls) Find(requestID string) (FailedCall, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i, ok := t.byID[requestID]
	if !ok {
		return FailedCall{}, false
	}
	return t.ring[i], true
}
