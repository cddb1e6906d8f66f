package engine

import (
	"strings"
	"sync"

	"github.com/mingce/mingce/internal/keyring"
)

// mostTenants is of how many organisations the keys are remembered, about 4 KiB
// each: there may be any number of them.
const mostTenants = 4096

// tenants remembers the keys of organisations. The zero value is ready, and it is
// safe for concurrent use.
type tenants struct {
	mu    sync.RWMutex
	byOrg map[string]*keyring.Tenant
}

func (x *tenants) of(org string) *keyring.Tenant {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.byOrg[org]
}

// keep returns the keys that are remembered of an organisation, which are k unless
// somebody was faster. When there are too many, those of any other go.
func (x *tenants) keep(org string, k *keyring.Tenant) *keyring.Tenant {
	x.mu.Lock()
	defer x.mu.Unlock()
	if kept := x.byOrg[org]; kept != nil {
		return kept
	}
	if x.byOrg == nil {
		x.byOrg = map[string]*keyring.Tenant{}
	}
	for other := range x.byOrg {
		if len(x.byOrg) < mostTenants {
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
