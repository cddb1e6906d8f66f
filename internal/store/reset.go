package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

// nounTables are the tables of nouns, which Reset empties. The keys of
// organisations stay: another process may hold them in memory.
var nounTables = []string{
	"org", "org_hold", "app", "access_token", "access_key", "department", "employee", "label_group", "label",
	"contact", "contact_sequence", "contact_label", "contact_share_dept", "contact_share_user",
	"contact_gap", "contact_term", "contact_walk",
	"visibility_grant", "employee_dept", "employee_term", "department_term", "department_count", "join_grant", "contact_union_id", "resource_directory", "folder", "account", "message_contact", "message_contact_member",
	"directory_tag", "account_deletion", "removed_account_contact",
	"policy", "temporary_key", "bearer_token",
	"message_verification", "message_contact_deletion", "retained_contact", "retained_contact_account", "message",
	"login_code", "user_session", "login_attempt", "leave_record", "employee_consent", "ended_org",
	"audit", "audit_seal", "outbox", "event_subscription", "event_delivery",
}

// Reset removes every row of every noun and writes the given instead, at once:
// no call sees a state in between. It returns ErrWrongKind for data that was not
// made for development.
func (s *Store) Reset(ctx context.Context, fills ...directory.Fill) error {
	keys := make([]*keyring.Tenant, len(fills))
	for i, f := range fills {
		var err error
		if keys[i], err = s.makeTenantKeys(ctx, f.Org, evenEnded); err != nil {
			return fmt.Errorf("reset the data: %w", err)
		}
	}
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
		for i, f := range fills {
			if err := t.fill(f, keys[i], s.now); err != nil {
				return err
			}
		}
		return nil
	}, atReadCommitted)
	switch {
	case err == nil:
		s.walks.clear()
	case !errors.Is(err, ErrWrongKind):
		return fmt.Errorf("reset the data: %w", err)
	}
	return err
}

// fill adds the writes of one organisation to those of the transaction.
func (t *tx) fill(f directory.Fill, keys *keyring.Tenant, now func() time.Time) error {
	of := &tx{org: f.Org, ctx: t.ctx, reads: t.reads, keys: keys, master: t.master, writable: true, strict: t.strict, now: now}
	f.Write(of)
	if err := of.finish(); err != nil {
		return err
	}
	t.writes = append(t.writes, of.writes...)
	return t.fail(of.err)
}
