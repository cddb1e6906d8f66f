// Package api says what an operation is: its routes, its parameters with their
// limits, its answer, its error codes and its prose, all in one value of type
// Op. Decoding, encoding, the reference page and the fuzz tests are derived from
// that value.
//
// It also carries calls out: a Pipeline owns what every gateway must do with a
// call, and a gateway fills in, as a Wire, what its vendor does in its own way.
// The package knows no vendor operation by name and writes no envelope: package
// ops declares the operations, the gateways speak the wire.
package api
