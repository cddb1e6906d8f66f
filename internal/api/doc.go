// Package api says what an operation is: its routes, its parameters with their
// limits, its answer, its error codes and its prose, all in one value of type
// Op. Decoding, encoding, the reference page, the console's forms, the sample
// code and the fuzz tests are derived from that value.
//
// It knows no vendor operation by name, reads no HTTP request and writes no
// envelope: package ops declares the operations, the gateways speak the wire.
package api
