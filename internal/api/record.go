package api

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"regexp"

	"github.com/mingce/mingce/internal/directory"
)

// record counts a call, logs it and, if it failed, remembers it for the error
// page. Nothing personal is logged: no values, no tokens, no query string.
func (p *Pipeline) record(c *Call, f *Failure) {
	ctx, operation := c.Request.Context(), ""
	if c.Op != nil {
		operation = c.Op.Name
	}
	code, level, t := "", slog.LevelInfo, FailedCall{}
	if f != nil {
		t = FailedCall{RequestID: c.ID, Time: c.Started, Operation: operation, Code: f.Code, Parameter: f.Parameter, Rule: f.Rule, Value: f.Value}
		if c.Op == nil {
			t.Asked = c.Asked
		}
		t = t.own()
		code, level = cmp.Or(f.Code.Series, f.Code.Code), p.FailureLevel
		if p.FailedCalls != nil {
			p.FailedCalls.Add(t)
		}
		if f.Cause != nil {
			p.explain(ctx, operation, c.ID, f.Cause)
		}
	}
	took := p.Now().Sub(c.Started)
	if p.Observe != nil {
		p.Observe(p.protocol.Name, operation, code, took)
	}
	if !p.Log.Enabled(ctx, level) {
		return
	}
	line := []slog.Attr{
		slog.String("family", p.protocol.Name), slog.String("operation", operation), slog.String("code", code),
		slog.String("requestId", c.ID), slog.Duration("took", took), slog.String("principal", Clip(c.Caller.ID, mostNamed)),
		slog.String("client", c.Address),
	}
	if f != nil {
		line = append(line, t.attributes()...)
		line = append(line, slog.String("help", ErrorPage(cmp.Or(p.Pages, p.BaseURL), code, c.ID)))
	}
	p.Log.LogAttrs(ctx, level, "call", line...)
}

// explain logs the cause of a failure that is not the caller's fault. It is an
// error only if it is a bug: not a busy store, an organisation deleted
// meanwhile, or a caller that disconnected.
func (p *Pipeline) explain(ctx context.Context, operation, id string, cause error) {
	level := slog.LevelError
	gone := errors.Is(cause, directory.ErrOrgDeleted) || errors.Is(cause, directory.ErrOrgNotFound) // the caller's existed at authentication
	if isTransient(cause) || gone || ctx.Err() != nil {
		level = slog.LevelWarn
	}
	p.Log.Log(ctx, level, "call failed", "family", p.protocol.Name, "operation", operation, "requestId", id, "error", cause.Error())
}

// Host returns the address of a peer without its port.
func Host(peer string) string {
	if host, _, err := net.SplitHostPort(peer); err == nil {
		return host
	}
	return peer
}

// ErrorPage returns the address of the page that explains the code and the
// call, on the server at base.
func ErrorPage(base, code, requestID string) string {
	return base + "/console/errors/" + url.PathEscape(code) + "?requestId=" + url.QueryEscape(requestID)
}

// PermissionPage returns the address of the page that explains a permission
// code, on the server at base.
func PermissionPage(base, code string) string {
	return base + "/console/permissions/" + url.PathEscape(code)
}

// attributes are the further log attributes of a failed call.
func (t *FailedCall) attributes() (list []slog.Attr) {
	if t.Asked != "" {
		list = append(list, slog.String("asked", t.Asked))
	}
	if t.Parameter != "" {
		list = append(list, slog.String("parameter", anonymous(t.Parameter)))
	}
	if !t.Rule.IsZero() {
		list = append(list, slog.String("rule", t.Rule.En))
	}
	if !t.Value.IsZero() {
		list = append(list, slog.String("value", t.Value.En))
	}
	return list
}

// personalParts finds what may be personal in a name that the caller chose: a
// number, an address, or a word that is not English, as no vendor's names are.
var personalParts = regexp.MustCompile(`[^\s/,]*@[^\s/,]*|\d{7,}|\d{3}[- ]\d{4}[- ]\d{4}|[^\x00-\x7f…]+`)

// anonymous returns a name that the caller chose, without parts that may be
// personal.
func anonymous(name string) string { return personalParts.ReplaceAllString(name, "***") }
