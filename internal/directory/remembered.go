package directory

import (
	"strings"
	"sync"
	"time"
	"unsafe"
)

// expiring is a small cache whose entries expire after one second, so that a
// revocation in one process takes effect in all within a second
// (docs/spec/reliability.md#revocation-within-a-second).
type expiring[T sized] struct {
	mu      sync.Mutex
	entries map[string]expiringEntry[T]
	bytes   int
}

// sized is a value that reports roughly how many bytes it takes.
type sized interface{ size() int }

type expiringEntry[T any] struct {
	value T
	until time.Time
}

const (
	cacheLife  = time.Second
	cacheSize  = 10_000
	cacheBytes = 8 << 20
)

func (c *expiring[T]) get(key string, now time.Time) (v T, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries[key]
	if !ok || now.After(e.until) || now.Before(e.until.Add(-cacheLife)) {
		return v, false
	}
	return e.value, true
}

// put caches a value. If there is no room, it empties the cache first.
func (c *expiring[T]) put(key string, v T, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if before, ok := c.entries[key]; ok {
		c.bytes -= len(key) + before.value.size()
	}
	size := len(key) + v.size()
	if c.entries == nil || len(c.entries) >= cacheSize || c.bytes+size > cacheBytes {
		c.entries, c.bytes = make(map[string]expiringEntry[T]), 0
	}
	if size > cacheBytes {
		return
	}
	// The key may be a substring of a request, which would stay in memory with
	// it.
	c.entries[strings.Clone(key)] = expiringEntry[T]{v, now.Add(cacheLife)}
	c.bytes += size
}

func (c *expiring[T]) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.entries, c.bytes = nil, 0
}

func textSize(texts ...string) (n int) {
	for _, t := range texts {
		n += int(unsafe.Sizeof(t)) + len(t)
	}
	return n
}

func (s Scope) size() int { return 8*len(s.DeptIDs) + textSize(s.UserIDs...) }

func (p Principal) size() int {
	return int(unsafe.Sizeof(p)) + textSize(p.Org, p.ID, p.Name, p.App, p.Policy, p.PolicyName, p.AccountID, p.Member, p.Home, p.UserID, p.Bound) +
		textSize(p.Permissions...) + textSize(p.AllowIPs...) + p.Scope.size()
}

func (a App) size() int {
	return int(unsafe.Sizeof(a)) + textSize(a.Org, a.Key, a.Name) + len(a.Secret.b) + len(a.Old.Secret.b) +
		textSize(a.Permissions...) + textSize(a.AllowIPs...) + textSize(a.RedirectURIs...) + a.Scope.size()
}

func (k AccessKey) size() int {
	return int(unsafe.Sizeof(k)) + textSize(k.ID, k.Org, k.AccountID, k.Member, k.Home, k.UserID, k.Principal, k.Policy, k.Document, k.Parent) + len(k.Secret.b)
}

func (b BearerToken) size() int { return int(unsafe.Sizeof(b)) + textSize(b.Hash, b.Org, b.KeyID) }
