// Package records is the JSON API for people and their programs: objects,
// imports, exports, history and undo under /mingce/v1/orgs
// (docs/spec/records.md).
package records
