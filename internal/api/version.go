package api

import "context"

type versionKey struct{}

// WithVersion returns a context for a call of a product's version other than
// that of the operation's main route.
func WithVersion(ctx context.Context, version string) context.Context {
	return context.WithValue(ctx, versionKey{}, version)
}

// Version returns what WithVersion was given, "" for a call at the main route.
func Version(ctx context.Context) string {
	version, _ := ctx.Value(versionKey{}).(string)
	return version
}
