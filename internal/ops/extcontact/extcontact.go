// Package extcontact holds the operations on external contacts: the TOP methods
// dingtalk.corp.extcontact.* and dingtalk.corp.ext.*, and the calls of
// DingTalk's own gateway under /topapi/extcontact/. Each operation has a file
// of its own; what several share (the fields of a contact, the codes) is in
// contact.go and codes.go. The rules are in package directory, the envelopes in
// the gateways.
package extcontact

import "github.com/mingce/mingce/internal/api"

// Operations are the operations of this package
// (docs/spec/external-contacts.md#methods-of-the-top-gateway,
// docs/spec/external-contacts.md#paths-of-the-own-gateway).
var Operations api.Registry

// Permission codes (docs/spec/external-contacts.md#permissions).
const (
	permissionRead  = "qyapi_ext_read"
	permissionWrite = "qyapi_ext_write"
)
