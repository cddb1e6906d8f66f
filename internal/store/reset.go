package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store/engine"
)

// nounTables are the tables that Reset empties. The keys of organisations stay:
// another process may have them in memory.
var nounTables = []string{
	"org", "org_hold", "app", "access_token", "access_key", "department", "employee", "label_group", "label",
	"role_group", "role", "role_member", "role_scope",
	"contact", "contact_sequence", "contact_label", "contact_share_dept", "contact_share_user",
	"contact_gap", "contact_term", "contact_walk",
	"visibility_grant", "employee_dept", "employee_term", "department_term", "department_count", "join_grant", "contact_union_id", "resource_directory", "folder", "account", "aliyun_account", "secure_info", "message_contact", "message_contact_member",
	"directory_tag", "control_policy", "control_policy_attachment", "account_deletion", "handshake", "delegated_administrator", "trusted_service", "removed_account_contact",
	"policy", "ram_role", "temporary_key", "bearer_token",
	"message_verification", "message_contact_deletion", "retained_contact", "retained_contact_account", "message",
	"login_code", "login_token", "login_day", "user_session", "login_attempt", "leave_record", "employee_consent", "ended_org",
	"audit", "audit_seal", "bin", "import", "import_part", "outbox", "event_subscription", "event_delivery", "idempotency", "undo", "erasure",
}

// Reset deletes every row of every noun and writes the given ones, in one
// transaction. It returns ErrWrongKind for data that was not created for
// development.
func (s *Store) Reset(ctx context.Context, fills ...directory.Fill) error {
	keys := make([]*keyring.Tenant, len(fills))
	for i, f := range fills {
		var err error
		if keys[i], err = s.MakeKeys(ctx, f.Org, engine.EvenDeleted); err != nil {
			return fmt.Errorf("reset the data: %w", err)
		}
	}
	err := s.update(ctx, "", func(t *tx) error {
		var kind Kind
		if _, err := t.One("SELECT value FROM meta WHERE key = 'kind'", nil, func(r *row) error {
			kind = Kind(r.Text(0))
			return nil
		}); err != nil {
			return err
		}
		if kind != Dev {
			return fmt.Errorf("%w: only data of %q can be reset", ErrWrongKind, Dev)
		}
		for _, table := range nounTables {
			t.Write("DELETE FROM " + table)
		}
		for i, f := range fills {
			if err := s.fill(t, f, keys[i]); err != nil {
				return err
			}
		}
		return nil
	}, engine.AtReadCommitted)
	switch {
	case err == nil:
		s.pageEnds.clear()
	case !errors.Is(err, ErrWrongKind):
		return fmt.Errorf("reset the data: %w", err)
	}
	return err
}

// fill adds the writes of one organisation to the transaction.
func (s *Store) fill(t *tx, f directory.Fill, keys *keyring.Tenant) error {
	return t.For(f.Org, keys, func(of *engine.Tx) { f.Write(nounTx{s.tx(of)}) })
}
