// Package transfer brings records into an organisation and takes them out: it
// reads and writes CSV, Excel, vCard, LDIF and JSON Lines
// (docs/spec/import.md, docs/spec/export.md).
//
// A file passes through these steps, each of which works on one record at a
// time: a [Reader] takes records from the file, [Draft] turns their texts into
// values, the importer judges the draft against the directory, and the core
// writes it.
package transfer
