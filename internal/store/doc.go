// Package store is the directory's store: the SQL of each noun is in the file of
// its name, as methods of tx. How the SQL is run is for package engine, whose
// comment has the rules for it; backups and the check of all data are in package
// backup.
//
// The package does not know rules of the directory and does not log values.
package store
