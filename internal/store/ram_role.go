package store

import (
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

const selectRAMRole = "SELECT id, account_id, name, policy, trust, max_session, created_at FROM ram_role WHERE org = ?"

func scanRAMRole(r *row) directory.RAMRole {
	return directory.RAMRole{
		ID: r.Text(0), AccountID: r.Text(1), Name: r.Text(2), Policy: r.Text(3), Trust: r.Text(4),
		MaxSession: time.Duration(r.Int(5)) * time.Second, CreatedAt: fromMillis(r.Int(6)),
	}
}

// RAMRole implements [directory.RAMRoleTx].
func (t *tx) RAMRole(accountID, name string) (role directory.RAMRole, err error) {
	ok, err := t.One(t.toWrite(selectRAMRole+" AND account_id = ? AND name_key = ?"), args{t.Org, accountID, strings.ToLower(name)}, func(r *row) error {
		role = scanRAMRole(r)
		return nil
	})
	return role, found(ok, err, directory.ErrRAMRoleNotFound)
}

// RAMRoles implements [directory.RAMRoleTx].
func (t *tx) RAMRoles() (roles []directory.RAMRole, err error) {
	err = t.Each(selectRAMRole+" ORDER BY account_id, name_key", args{t.Org}, func(r *row) error {
		roles = append(roles, scanRAMRole(r))
		return nil
	})
	return roles, err
}

// InsertRAMRole implements [directory.RAMRoleTx].
func (t *tx) InsertRAMRole(r directory.RAMRole) {
	t.WriteUnique(directory.ErrRAMRoleExists, `INSERT INTO ram_role (org, id, account_id, name, name_key, policy, trust, max_session, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		t.Org, r.ID, r.AccountID, r.Name, strings.ToLower(r.Name), r.Policy, r.Trust, int64(r.MaxSession/time.Second), millis(r.CreatedAt))
}

// DeleteRAMRole implements [directory.RAMRoleTx].
func (t *tx) DeleteRAMRole(id string) {
	t.Write("DELETE FROM ram_role WHERE org = ? AND id = ?", t.Org, id)
}
