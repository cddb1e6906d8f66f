// Package ops holds nothing but its folders: one per vendor's product, in which
// one file is one operation. The tests here run every operation's cases
// (testdata/<operation>.txtar beside the operations) against a whole server,
// see to it that every code has a case, and fuzz every operation from its own
// declaration.
package ops
