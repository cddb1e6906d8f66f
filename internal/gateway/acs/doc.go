// Package acs speaks Alibaba Cloud's RPC wire: one path, the operation named by
// Action and Version, parameters flattened into a query or a form, answers in
// JSON or XML (docs/spec/alibaba-cloud.md).
//
// It reads a request into a tree of values, proves who signed it (signature
// versions 1 and 3), asks the caller's policy, runs the operation and writes
// the answer in the vendor's envelope. It knows no operation by name, holds no
// rule of the directory, and keeps no state but what a clock and a nonce need.
package acs
