package store

// forUpdate locks the rows of a read on PostgreSQL until the call ends. On
// SQLite nobody else writes meanwhile.
const forUpdate = " /*pg: FOR NO KEY UPDATE*/"

// toWrite is the text of a read that in an update comes before a write of the
// same row.
func (t *tx) toWrite(sql string) string {
	if t.Writable() {
		return sql + forUpdate
	}
	return sql
}

// forKeyShare locks the rows of a read on PostgreSQL so that others cannot delete
// them until the call ends: what it names exists when it commits.
const forKeyShare = " /*pg: FOR KEY SHARE*/"

// lockShared locks, on PostgreSQL, a row that was read before, so that others
// cannot delete it until the call ends; the call fails with missing if it was
// deleted meanwhile.
func (t *tx) lockShared(missing error, texts *lookupText, id any) {
	t.Lock(missing, texts.locking[0], t.Org, id)
}
