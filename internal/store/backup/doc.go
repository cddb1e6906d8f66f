// Package backup copies one state of all data into an archive, restores
// archives, and checks that data is complete and as the program wrote it. It
// knows tables and rows; package store checks what only a noun can know.
//
// It does not decide when backups are made or where they are stored.
package backup
