// Package e2e runs the vendors' own, unmodified clients against the built program.
//
// Every test starts `mingce dev` of its own on a free loopback port with the sample
// organisation, so tests may change what they like. What a client shows its caller is
// asserted; how the server comes to it is tested beside the server. The package is a
// module of its own: the clients must not become dependencies of the product.
//
// Where the vendors' clients of a language come from no registry, a program of ours
// sends the same requests (samples/).
//
// `make e2e` installs the Java, Node.js and Python clients and runs everything. A suite
// whose language is missing is left out, except in CI.
package e2e
