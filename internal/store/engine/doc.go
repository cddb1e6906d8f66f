// Package engine keeps rows in SQL: in SQLite files of a folder, or in
// PostgreSQL. It has the connections, the group commit, transactions, the
// dialects, migrations, sealing under the keys of organisations, the sums of
// rows, and the nonces of signatures. It knows no noun: what its tables are and
// mean, it is told by a [Schema].
//
// Rules for the SQL that is given to a [Tx]:
//
//   - Reads come first. Writes are buffered and sent together when the function
//     ends; a read after a write sees the state before it ([Options].Strict
//     makes that an error).
//   - Placeholders are ?; types are TEXT, BIGINT, BOOLEAN, BYTEA. TEXT compares
//     byte by byte on both engines. Text between /*pg: and */ is for PostgreSQL
//     only, between /*sqlite: and */ for SQLite only.
//   - Uniqueness is a named unique index reported by [Tx.WriteUnique], never a
//     check before an insert.
//   - Functions may run more than once and must have no effect but through Tx.
//
// It does not log values, and sends nothing over a network but SQL.
package engine
