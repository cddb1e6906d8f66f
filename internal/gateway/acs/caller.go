package acs

import (
	"slices"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/policy"
)

// accountParameter names the account that an operation is about.
const accountParameter = "AccountId"

// memberDenied is the code of operations that tell members apart from callers
// whose policy denies the call.
const memberDenied = "MemberAccountAccessDenied"

// mayCall refuses a member what only the management account may do
// (docs/spec/resource-directory.md#callers-of-the-directory).
func (c *call) mayCall() *api.Failure {
	switch who, may := &c.Caller, c.Op.Callers; {
	case who.Member == "", may&api.ByMembers != 0:
		return nil
	case may&api.ByItself != 0 && c.params.Get(accountParameter) == who.Member:
		return nil
	}
	if i := slices.IndexFunc(c.Op.Codes(), func(code *api.Code) bool { return code.Code == memberDenied }); i >= 0 {
		return failFor(c.Op.Codes()[i], memberRule)
	}
	c.denied = &policy.Decision{Policy: "of member accounts", Action: c.action(), Resource: c.h.resources[c.Op].arn(c)}
	return failFor(noPermission, memberRule)
}

// action is the RAM action of the call.
func (c *call) action() string { return c.Op.Service + ":" + c.Op.Action }
