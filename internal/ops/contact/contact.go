// Package contact holds the operations of DingTalk's product contact_1_0 on the
// REST gateway: org accounts and what belongs to them. Each operation has a
// file of its own, named as the vendor's SDK names it. The rules are in package
// directory, the envelope in the gateway. The product's other operations are
// not offered
// (docs/spec/org-accounts.md#contact-operations-that-are-not-offered).
package contact

import "github.com/mingce/mingce/internal/api"

// Operations are the operations of this package.
var Operations api.Registry

// booleanResult is the answer {"result":true}.
type booleanResult struct{ Result bool }

func booleanResultFields(r *booleanResult) api.Fields {
	return api.Fields{api.Bool("result", &r.Result).Example("true").Describe("接口调用结果。", "Whether the call succeeded.")}
}

// orgAccountSecurity is the permission of operations that manage org accounts
// (docs/spec/dingtalk.md#permission-codes).
const orgAccountSecurity = "Contact.OrgAccountSecurity.ReadWrite"
