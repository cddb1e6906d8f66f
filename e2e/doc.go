// Package e2e runs the vendors' own, unmodified clients against the built program.
//
// Every test starts `mingce dev` of its own on a free loopback port with the sample
// organisation, so tests may change what they like. What a client shows its caller is
// asserted; how the server comes to it is tested beside the server. The package is a
// module of its own: the clients must not become dependencies of the product.
//
// `make e2e` installs the Node.js and Python clients and runs everything.
package e2e
