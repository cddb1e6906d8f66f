// Package acs implements Alibaba Cloud's RPC wire format: one path, the
// operation named by Action and Version, parameters flattened into a query or a
// form, answers in JSON or XML (docs/spec/alibaba-cloud.md).
//
// It is a Wire of the pipeline in package api: it parses a request into a tree
// of values, verifies its signature (versions 1 and 3), evaluates the caller's
// policy and writes the vendor's envelope. It knows no operation by name and
// contains no rule of the directory.
package acs
