package api

import "context"

type originKey struct{}

// WithOrigin returns a context that knows where the caller reached us.
func WithOrigin(ctx context.Context, origin string) context.Context {
	return context.WithValue(ctx, originKey{}, origin)
}

// Origin returns scheme and host under which the caller reached us, such as
// "https://contacts.example.com", or "" where nobody has said. A caller can
// choose it unless the deployment has a base URL: it may go into an answer to
// that same caller, never into what others read.
func Origin(ctx context.Context) string {
	origin, _ := ctx.Value(originKey{}).(string)
	return origin
}
