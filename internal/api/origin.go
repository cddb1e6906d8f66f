package api

import "context"

type originKey struct{}

// WithOrigin returns a context with the address under which the caller reached
// this server.
func WithOrigin(ctx context.Context, origin string) context.Context {
	return context.WithValue(ctx, originKey{}, origin)
}

// Origin returns scheme and host under which the caller reached this server,
// such as "https://contacts.example.com", or "" if the context has none. Unless
// the deployment has a base URL, a caller can choose it: it may go into the
// answer to that caller, but never into what others read.
func Origin(ctx context.Context) string {
	origin, _ := ctx.Value(originKey{}).(string)
	return origin
}

type clientKey struct{}

// WithClient returns a context with the caller's address.
func WithClient(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, clientKey{}, address)
}

// Client returns the caller's address, or "" if the context has none.
func Client(ctx context.Context) string {
	address, _ := ctx.Value(clientKey{}).(string)
	return address
}
