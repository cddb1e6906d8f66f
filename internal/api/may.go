package api

import "context"

// Judge is a wire that can tell whether its caller may do something else than
// the call: an action of the operation's service on a resource of the caller's
// account.
type Judge interface {
	May(action, resource string) bool
}

type judgeKey struct{}

// May reports whether the caller may do an action on a resource, for an operation
// with Op.Filters that shows only what its caller may read. Outside of a call
// nobody may.
func May(ctx context.Context, action, resource string) bool {
	j, ok := ctx.Value(judgeKey{}).(Judge)
	return ok && j.May(action, resource)
}
