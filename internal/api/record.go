package api

import (
	"cmp"
	"context"
	"log/slog"
	"net"
	"net/url"
	"regexp"
	"time"
)

// Ended is a finished call, as log, metrics and error pages are told of it.
// Nothing personal is among it: no values, no tokens, no query string.
type Ended struct {
	Family    string // "top", "oapi", "rest", "rpc"
	Operation string // "" if it was not found
	Asked     string // what the caller named, if it was not found
	Client    string // the address it came from, with or without a port
	RequestID string
	Started   time.Time
	Principal string // "" if nobody was recognised
	// Counted stands for the code in log and metrics where the caller chose a
	// part of the code; "" is the code itself.
	Counted string
	// Trouble is nil for a success; else its Code and, where a parameter was at
	// fault, Parameter, Rule and Value are set.
	Trouble *Trouble
}

// Record counts a call, writes its line to the log and, if it failed, remembers
// why for the page that the line and the answer lead to.
func (g *Gateway) Record(ctx context.Context, e Ended) {
	code, level := "", slog.LevelInfo
	if t := e.Trouble; t != nil {
		t.RequestID, t.Time, t.Operation, t.Asked = e.RequestID, e.Started, e.Operation, e.Asked
		*t = t.own()
		code, level = cmp.Or(e.Counted, t.Code.Code), g.FailureLevel
		if g.Troubles != nil {
			g.Troubles.Add(*t)
		}
	}
	took := g.Now().Sub(e.Started)
	if g.Observe != nil {
		g.Observe(e.Family, e.Operation, code, took)
	}
	if !g.Log.Enabled(ctx, level) {
		return
	}
	line := []slog.Attr{
		slog.String("family", e.Family), slog.String("operation", e.Operation), slog.String("code", code),
		slog.String("requestId", e.RequestID), slog.Duration("took", took), slog.String("principal", Clip(e.Principal, mostNamed)),
		slog.String("client", Host(e.Client)),
	}
	if e.Trouble != nil {
		line = append(line, e.Trouble.attributes()...)
		line = append(line, slog.String("help", ErrorPage(cmp.Or(g.Pages, g.BaseURL), code, e.RequestID)))
	}
	g.Log.LogAttrs(ctx, level, "call", line...)
}

// Host is the address of a peer without its port.
func Host(peer string) string {
	if host, _, err := net.SplitHostPort(peer); err == nil {
		return host
	}
	return peer
}

// ErrorPage is the address of the page that explains a call which ended with
// that code, on a server that people reach under base.
func ErrorPage(base, code, requestID string) string {
	return base + "/console/errors/" + url.PathEscape(code) + "?requestId=" + url.QueryEscape(requestID)
}

// PermissionPage is the address of the page that explains a permission code, on a
// server that people reach under base.
func PermissionPage(base, code string) string {
	return base + "/console/permissions/" + url.PathEscape(code)
}

// attributes are what the log says beside about a call that failed.
func (t *Trouble) attributes() (list []slog.Attr) {
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

// tellsSomebody finds what may be personal in a name that the caller chose: a
// number, an address, or a word that is not English, as no vendor's names are.
var tellsSomebody = regexp.MustCompile(`[^\s/,]*@[^\s/,]*|\d{7,}|\d{3}[- ]\d{4}[- ]\d{4}|[^\x00-\x7f…]+`)

// anonymous is a name that the caller chose, without what may tell somebody.
func anonymous(name string) string { return tellsSomebody.ReplaceAllString(name, "***") }
