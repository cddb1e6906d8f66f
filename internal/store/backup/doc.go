// Package backup takes one state of all data out of a store, puts it into
// another, and checks that data is whole and as the program wrote it. It knows
// tables and rows; what only a noun can check, the noun does (package store).
//
// It does not decide when backups are made or where they are kept.
package backup
