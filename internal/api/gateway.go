package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Gateway holds what all gateways share. Set the fields before the first
// request.
type Gateway struct {
	Directory   *directory.Directory
	Catalogue   *Catalogue
	Faults      *Faults      // nil: none can be armed (production)
	FailedCalls *FailedCalls // where failed calls are explained
	Log         *slog.Logger
	Now         func() time.Time
	BaseURL     string // address of this server; "" takes the request's scheme and host
	Pages       string // base of links in the log; "" is BaseURL
	// FailureLevel is the log level of failed calls; successes have Info.
	FailureLevel slog.Level
	// Allow counts a call of the operation by the principal and returns the
	// limit it exceeds, if any; nil never throttles.
	Allow func(principal, operation string) Throttle
	// Observe counts a finished call by family, operation and code ("" is success).
	Observe func(family, operation, code string, took time.Duration)
	Strict  bool // strict_top and the like: refuse what the vendor tolerates
}

// HoldBack asks the server, if w supports it, to delay an answer because the
// caller is above its rate.
func HoldBack(w http.ResponseWriter) {
	if h, ok := w.(interface{ HoldBack() }); ok {
		h.HoldBack()
	}
}

// complete sets defaults for the fields that a test may leave out.
func (g Gateway) complete() Gateway {
	if g.Log == nil {
		g.Log = slog.New(slog.DiscardHandler)
	}
	if g.Now == nil {
		g.Now = time.Now
	}
	return g
}
