package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Gateway is what every gateway is given. The fields are set once, before the
// first request.
type Gateway struct {
	Directory   *directory.Directory
	Catalogue   *Catalogue
	Faults      *Faults      // nil: none can be armed (production)
	FailedCalls *FailedCalls // where failed calls are explained
	Log         *slog.Logger
	Now         func() time.Time
	BaseURL     string // where callers reach us; "" takes the request's own scheme and host
	Pages       string // where links of the log lead; "" is BaseURL
	// FailureLevel is that of the log line of a failed call; a success is Info.
	FailureLevel slog.Level
	// Allow returns the limit that a call of the operation by that principal goes
	// over, or none; nil never throttles.
	Allow func(principal, operation string) Throttle
	// Observe counts a finished call by family, operation and code ("" is success).
	Observe func(family, operation, code string, took time.Duration)
	Strict  bool // strict_top and the like: refuse what the vendor tolerates
}

// HoldBack asks the server to hold an answer back a moment, where w can: the caller
// is above its rate, whatever the answer says.
func HoldBack(w http.ResponseWriter) {
	if h, ok := w.(interface{ HoldBack() }); ok {
		h.HoldBack()
	}
}

// complete fills what a test or a small program may leave out.
func (g Gateway) complete() Gateway {
	if g.Log == nil {
		g.Log = slog.New(slog.DiscardHandler)
	}
	if g.Now == nil {
		g.Now = time.Now
	}
	return g
}
