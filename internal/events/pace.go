package events

import "time"

const (
	// An app whose clients all start anew may open all its connections at once,
	// twice; after that, so many a second. Each costs a ticket that is used up, and
	// often a change of the subscription.
	paceBurst     = 2 * maxConnections
	pacePerSecond = 10
	// pacesKept bounds the memory; those who do nothing else than connect are few.
	pacesKept = 10_000
)

// pace says how fast apps may open connections. It is not safe for concurrent use.
type pace map[string]bucket

type bucket struct {
	left float64
	at   time.Time
}

func (p pace) allow(appKey string, now time.Time) bool {
	b, ok := p[appKey]
	if !ok {
		if len(p) >= pacesKept {
			clear(p)
		}
		b = bucket{paceBurst, now}
	}
	b.left, b.at = min(paceBurst, b.left+max(0, now.Sub(b.at).Seconds())*pacePerSecond), now
	if b.left < 1 {
		p[appKey] = b
		return false
	}
	b.left--
	p[appKey] = b
	return true
}
