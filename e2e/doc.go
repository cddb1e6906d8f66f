// Package e2e runs the vendors' own, unmodified clients against the built program.
//
// Every test starts its own `mingce dev` on a free loopback port with the sample organisation, so
// tests may change anything. They check what a client shows its caller; the server's own tests
// check the rest. The package is a separate module, so that the clients do not become dependencies
// of the product.
//
// If the vendors' clients for a language are in no registry, a program of ours sends the same
// requests (samples/).
//
// `make e2e` installs the Java, Node.js and Python clients and runs everything. A suite whose
// language is missing is skipped, except in CI.
package e2e
