package engine

import (
	"strings"
	"sync"

	"github.com/mingce/mingce/internal/keyring"
)

// maxTenants limits the memory of the cache: the keys of an organisation take
// about 4 KiB.
const maxTenants = 4096

// tenants caches the keys of organisations. The zero value is ready to use, and
// it is safe for concurrent use.
type tenants struct {
	mu    sync.RWMutex
	byOrg map[string]*keyring.Tenant
}

func (x *tenants) of(org string) *keyring.Tenant {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.byOrg[org]
}

// put caches the keys of an organisation, unless they are cached already, and
// returns the cached ones. If the cache is full, any other entry is evicted.
func (x *tenants) put(org string, k *keyring.Tenant) *keyring.Tenant {
	x.mu.Lock()
	defer x.mu.Unlock()
	if cached := x.byOrg[org]; cached != nil {
		return cached
	}
	if x.byOrg == nil {
		x.byOrg = map[string]*keyring.Tenant{}
	}
	for other := range x.byOrg {
		if len(x.byOrg) < maxTenants {
			break
		}
		delete(x.byOrg, other)
	}
	x.byOrg[strings.Clone(org)] = k
	return k
}

func (x *tenants) forget(org string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.byOrg, org)
}
