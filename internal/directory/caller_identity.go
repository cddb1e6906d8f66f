package directory

// CallerIdentity says who a key is (docs/spec/sts.md#who-calls).
type CallerIdentity struct {
	Type        string // Account, RAMUser or AssumedRoleUser
	AccountID   string
	UserID      string // "" for a role
	RoleID      string // "" for anyone else
	PrincipalID string
	ARN         string
}

// Types of identities.
const (
	IdentityRoot = "Account"
	IdentityUser = "RAMUser"
	IdentityRole = "AssumedRoleUser"
)

// Identity says who the caller is, who holds an access key.
func (p Principal) Identity() CallerIdentity {
	switch {
	case p.Role.RoleID != "":
		return CallerIdentity{
			Type: IdentityRole, AccountID: p.AccountID, RoleID: p.Role.RoleID, PrincipalID: p.Role.RoleID + ":" + p.Role.Session,
			ARN: "acs:sts::" + p.AccountID + ":assumed-role/" + p.Role.Role + "/" + p.Role.Session,
		}
	case p.Root:
		return CallerIdentity{
			Type: IdentityRoot, AccountID: p.AccountID, UserID: p.AccountID, PrincipalID: p.AccountID, ARN: "acs:ram::" + p.AccountID + ":root",
		}
	}
	return CallerIdentity{
		Type: IdentityUser, AccountID: p.AccountID, UserID: p.UserID, PrincipalID: p.UserID, ARN: "acs:ram::" + p.AccountID + ":user/" + p.Name,
	}
}
