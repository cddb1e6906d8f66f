package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
)

const selectErasure = "SELECT id, kind, object_id, reason, erased_at, actor, request_id, entries FROM erasure WHERE org = ?"

func scanErasure(r *row) directory.Erasure {
	return directory.Erasure{ID: r.Text(0), Kind: directory.Kind(r.Text(1)), ObjectID: r.Text(2), Reason: r.Text(3), Time: fromMillis(r.Int(4)),
		Actor: r.Text(5), RequestID: r.Text(6), HistoryEntries: r.Int(7)}
}

// Erasure implements [directory.ErasureTx].
func (t *tx) Erasure(kind directory.Kind, id string) (e directory.Erasure, err error) {
	ok, err := t.One(selectErasure+" AND kind = ? AND object_id = ?", args{t.Org, string(kind), id}, func(r *row) error {
		e = scanErasure(r)
		return nil
	})
	return e, found(ok, err, directory.ErrEraseNotFound)
}

// Erasures implements [directory.ErasureTx].
func (t *tx) Erasures(after *directory.Erasure, limit int64) (list []directory.Erasure, err error) {
	sql, a := selectErasure, args{t.Org}
	if after != nil {
		sql, a = sql+" AND (erased_at, kind, object_id) > (?, ?, ?)", append(a, millis(after.Time), string(after.Kind), after.ObjectID)
	}
	err = t.Each(sql+" ORDER BY erased_at, kind, object_id LIMIT ?", append(a, limit), func(r *row) error {
		list = append(list, scanErasure(r))
		return nil
	})
	return list, err
}

// CountEntries implements [directory.ErasureTx].
func (t *tx) CountEntries(kind directory.Kind, id string) (n int64, err error) {
	_, err = t.One("SELECT count(*) FROM audit WHERE object = ? AND org = ? AND noun = ?", args{id, t.Org, string(kind)}, func(r *row) error {
		n = r.Int(0)
		return nil
	})
	return n, err
}

// tracesOf are the statements that delete what is stored of an object of each
// kind, by organisation and id.
var tracesOf = map[directory.Kind][]string{
	directory.ContactKind: {
		"DELETE FROM contact_union_id WHERE org = ? AND contact_id = ?",
	},
	directory.EmployeeKind: {
		"DELETE FROM leave_record WHERE org = ? AND user_id = ?",
		"DELETE FROM login_code WHERE org = ? AND user_id = ?",
		"DELETE FROM login_token WHERE org = ? AND user_id = ?",
		"DELETE FROM user_session WHERE org = ? AND user_id = ?",
		"DELETE FROM login_day WHERE org = ? AND user_id = ?",
	},
	directory.MessageContactKind: {
		"DELETE FROM message WHERE org = ? AND object = ?",
		"DELETE FROM message_verification WHERE org = ? AND contact_id = ?",
		"DELETE FROM retained_contact WHERE org = ? AND id = ?",
		"DELETE FROM retained_contact_account WHERE org = ? AND contact_id = ?",
		"DELETE FROM removed_account_contact WHERE org = ? AND contact_id = ?",
	},
}

// EraseTraces implements [directory.ErasureTx]. Everything is written after the
// function has returned: the event and the history of the erasure itself come
// first, and the key goes last.
func (t *tx) EraseTraces(e directory.Erasure) {
	subject := auditSubject(string(e.Kind), e.ObjectID)
	t.Last(func() {
		for _, sql := range tracesOf[e.Kind] {
			t.Write(sql, t.Org, e.ObjectID)
		}
		t.Write("DELETE FROM outbox WHERE org = ? AND object = ? AND topic <> 'user_leave_org' AND topic <> 'contact_leave_org'", t.Org, e.ObjectID)
		t.Write("DELETE FROM event_delivery WHERE org = ? AND object = ?", t.Org, e.ObjectID)
		// Copies of imported files and kept answers are for convenience, and any of
		// them may hold the person.
		t.Write("DELETE FROM import_part WHERE org = ? AND import_id IN (SELECT id FROM import WHERE org = ? AND ended_at > 0)", t.Org, t.Org)
		t.Write("UPDATE import SET purge_at = 0 WHERE org = ? AND ended_at > 0 AND purge_at > 0", t.Org)
		t.SweepKeptAnswers(e.Time.Add(time.Second))
		t.DeleteBin(e.Kind, e.ObjectID)
		t.Write(`INSERT INTO erased_subject (org, subject, erased_at) VALUES (?, ?, (SELECT max(a.at) FROM audit a WHERE a.object = ? AND a.org = ?))
			ON CONFLICT (org, subject) DO UPDATE SET erased_at = excluded.erased_at`, t.Org, subject, e.ObjectID, t.Org)
		t.Write("DELETE FROM subject_key WHERE org = ? AND subject = ?", t.Org, subject)
		t.Write(`INSERT INTO erasure (org, id, kind, object_id, reason, erased_at, actor, request_id, entries) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (org, kind, object_id) DO UPDATE SET id = excluded.id, reason = excluded.reason, erased_at = excluded.erased_at,
				actor = excluded.actor, request_id = excluded.request_id, entries = excluded.entries`,
			t.Org, e.ID, string(e.Kind), e.ObjectID, e.Reason, millis(e.Time), e.Actor, e.RequestID, e.HistoryEntries)
	})
}
