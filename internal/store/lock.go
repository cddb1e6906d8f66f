package store

// forUpdate locks the rows of a read on PostgreSQL until the call ends. SQLite
// has one writer and needs no locks.
const forUpdate = " /*pg: FOR NO KEY UPDATE*/"

// toWrite returns a read of rows that the call may write: an update locks them.
func (t *tx) toWrite(sql string) string {
	if t.Writable() {
		return sql + forUpdate
	}
	return sql
}

// forKeyShare locks the rows of a read on PostgreSQL against deletion until the
// call ends: what the call refers to still exists when it commits.
const forKeyShare = " /*pg: FOR KEY SHARE*/"

// lockShared locks a row that was read before, on PostgreSQL, against deletion
// until the call ends. The call fails with missing if the row was deleted
// meanwhile.
func (t *tx) lockShared(missing error, texts *lookupText, id any) {
	t.Lock(missing, texts.locking[0], t.Org, id)
}
