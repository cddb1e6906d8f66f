// Package store keeps the directory in SQL: the statements of each noun are in
// the file of its name, as methods of tx. Package engine runs them, and its
// comment has the rules for SQL. Package backup makes backups and checks all
// data.
//
// The package implements [directory.Store]; it knows no rules of the directory
// and does not log values.
package store
