package store

import (
	"context"
	"errors"
	"fmt"
)

// nounTables are the tables of nouns, which Reset empties. The keys of
// organisations stay: another process may hold them in memory.
var nounTables = []string{
	"org", "app", "access_token", "access_key", "department", "employee", "label_group", "label",
	"contact", "contact_sequence", "contact_label", "contact_share_dept", "contact_share_user",
	"contact_gap", "contact_term",
	"visibility_grant", "employee_dept", "join_grant", "contact_union_id", "resource_directory", "folder", "account", "message_contact", "message_contact_member",
	"directory_tag", "account_deletion", "removed_account_contact",
	"policy", "temporary_key", "bearer_token",
	"message_verification", "message_contact_deletion", "retained_contact", "retained_contact_account", "message",
	"login_code", "user_session", "leave_record", "ended_org",
	"audit", "audit_seal", "outbox", "event_subscription", "event_delivery",
}

// Reset removes every row of every noun at once. It returns ErrWrongKind for
// data that was not made for development.
func (s *Store) Reset(ctx context.Context) error {
	err := s.update(ctx, "", func(t *tx) error {
		var kind Kind
		if _, err := t.one("SELECT value FROM meta WHERE key = 'kind'", nil, func(r *row) error {
			kind = Kind(r.Text(0))
			return nil
		}); err != nil {
			return err
		}
		if kind != Dev {
			return fmt.Errorf("%w: only data of %q can be reset", ErrWrongKind, Dev)
		}
		for _, table := range nounTables {
			t.write("DELETE FROM " + table)
		}
		return nil
	}, atReadCommitted)
	if err != nil && !errors.Is(err, ErrWrongKind) {
		return fmt.Errorf("reset the data: %w", err)
	}
	return err
}
