// Package api defines what an operation is: routes, parameters with their
// limits, answer, error codes and prose, all in one value of type Op. Decoding,
// encoding, the reference and the fuzz tests are derived from that value.
//
// It also carries calls out: a Pipeline owns the steps that are the same for
// all gateways, and a gateway implements the others as a Wire. The package
// knows no operation by name and writes no envelope: the packages under ops
// declare the operations, and the gateways implement the wire formats.
package api
