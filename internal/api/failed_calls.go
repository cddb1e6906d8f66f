package api

import (
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// FailedCall describes a failed call for its error page. It contains nothing
// personal.
type FailedCall struct {
	RequestID string
	Time      time.Time
	Operation string // "" if there is no such operation
	Asked     string // what the caller named, if there is no such operation
	Code      *Code
	Parameter string
	Rule      Text
	Value     Text // masked
}

// Limits of the texts of a FailedCall in bytes: callers choose some of them.
const (
	mostNamed = 128
	mostRule  = 640
)

// own returns the call with copies of its texts: the originals are often
// substrings of the request, and would keep it in memory.
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

// Clip returns a copy of a text that a caller chose, for a log or a page:
// without control characters and cut off after most bytes, with an ellipsis.
func Clip(text string, most int) string {
	short := text
	if len(short) > most {
		short = short[:most-len("…")]
	}
	short = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1 // also drops a letter that was cut in two
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

// Add remembers x, and forgets the oldest call when full.
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
