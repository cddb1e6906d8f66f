package events

import "time"

const (
	// If all clients of an app restart, it may open all its connections at
	// once, twice; after that, pacePerSecond. Each connection uses up a ticket,
	// and often changes the subscription.
	paceBurst     = 2 * maxConnections
	pacePerSecond = 10
	// maxPaces limits the memory. Few apps do nothing but connect.
	maxPaces = 10_000
)

// pace limits how fast apps may open connections. It is not safe for concurrent
// use.
type pace map[string]bucket

type bucket struct {
	left float64
	at   time.Time
}

func (p pace) allow(appKey string, now time.Time) bool {
	b, ok := p[appKey]
	if !ok {
		if len(p) >= maxPaces {
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
