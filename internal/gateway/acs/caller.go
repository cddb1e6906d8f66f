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
	who, may := &c.Caller, c.Op.Callers
	itself := c.params.Get(accountParameter) == who.Member
	switch {
	case who.Member == "", may&api.ByMembers != 0, may&api.ByItself != 0 && itself:
		return nil
	case may&api.ByDelegated != 0, may&api.ByDelegatedItself != 0 && itself:
		is, err := c.h.keys.IsDelegated(c.Request.Context(), who.Org, who.Member)
		if err != nil {
			return c.Broken(err)
		}
		if is {
			return nil
		}
	}
	if i := slices.IndexFunc(c.Op.Codes(), func(code *api.Code) bool { return code.Code == memberDenied }); i >= 0 {
		return failFor(c.Op.Codes()[i], memberRule)
	}
	c.denied = &policy.Decision{Policy: "of member accounts", Action: c.action(), Resource: c.h.resources[c.Op][0].arn(c)}
	return failFor(noPermission, memberRule)
}

// action is the RAM action of the call.
func (c *call) action() string { return c.Op.Service + ":" + c.Op.Action }
