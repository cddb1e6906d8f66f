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

type clientKey struct{}

// WithClient returns a context that knows the address of who calls.
func WithClient(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, clientKey{}, address)
}

// Client returns the address of who calls, or "" where nobody has said.
func Client(ctx context.Context) string {
	address, _ := ctx.Value(clientKey{}).(string)
	return address
}
