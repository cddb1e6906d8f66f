package store

import (
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// KeptAnswer implements [directory.KeptAnswerTx].
func (t *tx) KeptAnswer(key string, after time.Time) (a directory.KeptAnswer, err error) {
	ok, err := t.One("SELECT request, answer, made_at FROM idempotency WHERE org = ? AND key = ? AND made_at > ?",
		args{t.Org, key, millis(after)}, func(r *row) (err error) {
			a = directory.KeptAnswer{Key: key, Request: r.Text(0), MadeAt: fromMillis(r.Int(2))}
			a.Answer, err = t.Open("idempotency", key, "answer", r.Bytes(1))
			return err
		})
	return a, found(ok, err, directory.ErrNoAnswer)
}

// InsertKeptAnswer implements [directory.KeptAnswerTx].
func (t *tx) InsertKeptAnswer(a directory.KeptAnswer) {
	t.WriteUnique(directory.ErrAnswerKept, "INSERT INTO idempotency (org, key, request, answer, made_at) VALUES (?, ?, ?, ?, ?)",
		t.Org, a.Key, a.Request, t.Seal("idempotency", a.Key, "answer", a.Answer), millis(a.MadeAt))
}

// SweepKeptAnswers implements [directory.KeptAnswerTx].
func (t *tx) SweepKeptAnswers(before time.Time) {
	t.Write("DELETE FROM idempotency WHERE org = ? AND made_at <= ?", t.Org, millis(before))
}
