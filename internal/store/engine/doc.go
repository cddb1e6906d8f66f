// Package engine stores rows in SQL: in SQLite files of one folder, or in
// PostgreSQL. It owns the connections, the group commit, transactions, the SQL
// dialects, migrations, sealing under the keys of organisations, the sums of
// rows, and the nonces of signatures. It knows no noun: a [Schema] tells it
// which tables there are and what is special about them.
//
// Rules for the SQL passed to a [Tx]:
//
//   - Reads come first. Writes are buffered and sent together when the function
//     returns; a read after a write sees the state before it ([Options].Strict
//     makes that an error).
//   - Placeholders are ?; types are TEXT, BIGINT, BOOLEAN, BYTEA. TEXT compares
//     byte by byte on both engines. Text between /*pg: and */ is for PostgreSQL
//     only, between /*sqlite: and */ for SQLite only.
//   - Uniqueness is a named unique index reported by [Tx.WriteUnique], never a
//     check before an insert.
//   - Functions may run more than once and must have no side effects except
//     through Tx.
//
// The package does not log values, and sends nothing over the network but SQL.
package engine
