package instance

import (
	"net/netip"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/policy"
)

// policies lets the core ask package policy, which it does not import.
type policies struct{}

// CheckPolicy implements directory.Policies.
func (policies) CheckPolicy(document string) error {
	_, err := policy.Parse("", document)
	return err
}

// CheckTrust implements directory.Policies.
func (policies) CheckTrust(document string) error {
	_, err := policy.ParseTrust(document)
	return err
}

// Trusts implements directory.Policies. A trust policy that cannot be read
// trusts nobody.
func (policies) Trusts(document string, a directory.Assumption) bool {
	t, err := policy.ParseTrust(document)
	if err != nil {
		return false
	}
	source, _ := netip.ParseAddr(a.Address) // one that is not valid meets no condition
	return t.Allows(a.Names, policy.Question{Source: source.Unmap().WithZone(""), Secure: a.Secure, Now: a.Now, Keys: a.Keys})
}
