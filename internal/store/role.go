package store

import "github.com/mingce/mingce/internal/directory"

// RoleGroups implements [directory.RoleTx].
func (t *tx) RoleGroups(offset, size int64) (gs []directory.RoleGroup, err error) {
	err = t.Each("SELECT id, name FROM role_group WHERE org = ? ORDER BY position, id LIMIT ? OFFSET ?", args{t.Org, size, offset}, func(r *row) error {
		gs = append(gs, directory.RoleGroup{ID: r.Int(0), Name: r.Text(1)})
		return nil
	})
	return gs, err
}

// RoleGroup implements [directory.RoleTx].
func (t *tx) RoleGroup(id int64) (g directory.RoleGroup, err error) {
	ok, err := t.One("SELECT id, name FROM role_group WHERE org = ? AND id = ?", args{t.Org, id}, func(r *row) error {
		g = directory.RoleGroup{ID: r.Int(0), Name: r.Text(1)}
		return nil
	})
	return g, found(ok, err, directory.ErrRoleGroupNotFound)
}

// RolesIn implements [directory.RoleTx].
func (t *tx) RolesIn(groupIDs []int64) ([]directory.Role, error) {
	return t.rolesWhere("group_id", groupIDs)
}

// Roles implements [directory.RoleTx].
func (t *tx) Roles(ids []int64) ([]directory.Role, error) { return t.rolesWhere("id", ids) }

func (t *tx) rolesWhere(column string, ids []int64) (list []directory.Role, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	places, values := in(ids)
	err = t.Each("SELECT id, group_id, name FROM role WHERE org = ? AND "+column+" IN ("+places+") ORDER BY group_id, position, id",
		append(args{t.Org}, values...), func(r *row) error {
			list = append(list, directory.Role{ID: r.Int(0), GroupID: r.Int(1), Name: r.Text(2)})
			return nil
		})
	return list, err
}

// InsertRoleGroup implements [directory.RoleTx].
func (t *tx) InsertRoleGroup(g directory.RoleGroup) {
	t.WriteUnique(directory.ErrRoleExists, `INSERT INTO role_group (org, id, name, name_key, position)
		VALUES (?, ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM role_group WHERE org = ?))`,
		t.Org, g.ID, g.Name, directory.NameKey(g.Name), t.Org)
}

// InsertRole implements [directory.RoleTx].
func (t *tx) InsertRole(r directory.Role) {
	t.WriteUnique(directory.ErrRoleExists, `INSERT INTO role (org, id, group_id, name, name_key, position)
		VALUES (?, ?, ?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM role WHERE org = ? AND group_id = ?))`,
		t.Org, r.ID, r.GroupID, r.Name, directory.NameKey(r.Name), t.Org, r.GroupID)
}

// RenameRole implements [directory.RoleTx].
func (t *tx) RenameRole(r directory.Role) {
	t.WriteOneUnique(directory.ErrRoleNotFound, directory.ErrRoleExists, "UPDATE role SET name = ?, name_key = ? WHERE org = ? AND id = ?",
		r.Name, directory.NameKey(r.Name), t.Org, r.ID)
}

// DeleteRole implements [directory.RoleTx].
func (t *tx) DeleteRole(id int64) { t.Write("DELETE FROM role WHERE org = ? AND id = ?", t.Org, id) }
