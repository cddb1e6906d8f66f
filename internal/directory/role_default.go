package directory

import (
	"hash/fnv"
	"slices"
)

// Places of the groups and roles that every organisation has, counted from its
// first id (docs/spec/dingtalk-roles.md#groups-of-every-organisation).
const (
	defaultGroupPlace = iota
	bossPlace
	leaderPlace
	mainAdministratorPlace
	subAdministratorPlace
	dutyGroupPlace
	postGroupPlace
)

// defaultKinds are the roles of the default group by their place.
var defaultKinds = map[int64]RoleKind{
	bossPlace: BossRole, leaderPlace: LeaderRole, mainAdministratorPlace: MainAdministratorRole, subAdministratorPlace: SubAdministratorRole,
}

// DefaultRoleGroups returns the groups that every organisation has, without the
// roles that were added to them. They are no rows: their ids of nine digits
// follow from the id of the organisation, and created ones have ten.
func DefaultRoleGroups(org string) []RoleGroup {
	first := firstRoleID(org)
	role := func(place int64, name string) Role {
		return Role{ID: first + place, GroupID: first + defaultGroupPlace, Name: name}
	}
	return []RoleGroup{
		{ID: first + defaultGroupPlace, Name: "默认", Roles: []Role{
			role(bossPlace, "负责人"), role(leaderPlace, "主管"), role(mainAdministratorPlace, "主管理员"), role(subAdministratorPlace, "子管理员"),
		}},
		{ID: first + dutyGroupPlace, Name: "职务"},
		{ID: first + postGroupPlace, Name: "岗位"},
	}
}

func firstRoleID(org string) int64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(org)) // never fails
	return 100_000_000 + int64(h.Sum64()%899_999_990)
}

// defaultRole returns the role of the default group with that id.
func defaultRole(org string, id int64) (HeldRole, bool) {
	g := DefaultRoleGroups(org)[0]
	i := slices.IndexFunc(g.Roles, func(r Role) bool { return r.ID == id })
	if i < 0 {
		return HeldRole{}, false
	}
	return HeldRole{Role: g.Roles[i], GroupName: g.Name, Kind: defaultKinds[id-firstRoleID(org)]}, true
}

// defaultRoleGroup returns the group that every organisation has with that id.
func defaultRoleGroup(org string, id int64) (RoleGroup, bool) {
	gs := DefaultRoleGroups(org)
	i := slices.IndexFunc(gs, func(g RoleGroup) bool { return g.ID == id })
	if i < 0 {
		return RoleGroup{}, false
	}
	return gs[i], true
}

// subAdministratorID is the id of the role of sub-administrators, whose members
// are rows as those of other roles are.
func subAdministratorID(org string) int64 { return firstRoleID(org) + subAdministratorPlace }
