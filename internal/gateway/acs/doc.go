// Package acs speaks Alibaba Cloud's RPC wire: one path, the operation named by
// Action and Version, parameters flattened into a query or a form, answers in
// JSON or XML (docs/spec/alibaba-cloud.md).
//
// It fills in, for the pipeline of package api, how a request is read into a tree
// of values, how it is proved who signed it (signature versions 1 and 3), how the
// caller's policy is asked and how the vendor's envelope is written. It knows no
// operation by name, holds no rule of the directory, and keeps no state but what
// a clock and a nonce need.
package acs
