// Package store keeps the directory in SQL: in SQLite files of a folder, or in
// PostgreSQL. One SQL text serves both.
//
// The engine (this file's neighbours store.go, tx.go, group.go, sqlite.go,
// postgres.go, migrate.go, sealing.go, nonce.go) knows no nouns; each noun's
// SQL is in the file of its name, as methods of tx.
//
// Rules for a noun's SQL:
//
//   - Reads come first. Writes are buffered and sent together when the function
//     ends; a read after a write sees the state before it ([Options].Strict
//     makes that an error).
//   - Placeholders are ?; types are TEXT, BIGINT, BOOLEAN, BYTEA. TEXT compares
//     byte by byte on both engines. Text between /*pg: and */ is for PostgreSQL
//     only, between /*sqlite: and */ for SQLite only.
//   - Uniqueness is a named unique index reported by writeUnique, never a check
//     before an insert.
//   - Functions may run more than once and must have no effect but through tx.
//
// The package does not know rules of the directory, does not log values, and
// sends nothing over a network but SQL.
package store
