// Package ops contains no code, only folders: one per product of a vendor, with
// one file per operation. The tests here run every operation's cases
// (testdata/<operation>.txtar beside the operations) against a whole server,
// check that every code has a case, and fuzz every operation from its
// declaration.
package ops
