// Package dingtalk speaks the two wires of DingTalk's own gateway: REST
// (/v1.0/..., HTTP status and code/requestid/message) and the older oapi
// (/topapi/..., /gettoken, HTTP 200 and errcode). Each fills in, for the pipeline
// of package api, how a request is read into a tree of values, how the app is
// authenticated and how the envelope is written.
//
// It knows no operation by name and no rule of the directory: operations come
// from the api.Catalogue, and what they do is behind them. It does not listen,
// nor decide which paths it is mounted on, nor trust forwarding headers.
//
// Where the wires answer: docs/spec/dingtalk.md#addresses-of-the-rest-gateway and
// docs/spec/dingtalk.md#addresses-of-the-own-gateway.
package dingtalk
