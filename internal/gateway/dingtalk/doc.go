// Package dingtalk implements the two wire formats of DingTalk's own gateway:
// REST (/v1.0/..., HTTP status and code/requestid/message) and the older oapi
// (/topapi/..., /gettoken, HTTP 200 and errcode). Each is a Wire of the
// pipeline in package api: it parses a request into a tree of values,
// authenticates the app and writes the envelope.
//
// It knows no operation by name, contains no rule of the directory, and reads
// no forwarding headers. Package server mounts it.
//
// Paths: docs/spec/dingtalk.md#addresses-of-the-rest-gateway and
// docs/spec/dingtalk.md#addresses-of-the-own-gateway.
package dingtalk
