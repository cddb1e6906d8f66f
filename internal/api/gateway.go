package api

import (
	"log/slog"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Gateway is what every gateway is given. The fields are set once, before the
// first request.
type Gateway struct {
	Directory *directory.Directory
	Catalogue *Catalogue
	Faults    *Faults   // nil: none can be armed (production)
	Troubles  *Troubles // where failed calls are explained
	Log       *slog.Logger
	Now       func() time.Time
	BaseURL   string // for Recommend; "" takes the request's own scheme and host
	Pages     string // where links of the log lead; "" is BaseURL
	// FailureLevel is that of the log line of a failed call; a success is Info.
	FailureLevel slog.Level
	// Allow reports whether a call of the operation by that principal is within
	// its rate; nil never throttles.
	Allow func(principal, operation string) bool
	// Observe counts a finished call by family, operation and code ("" is success).
	Observe func(family, operation, code string, took time.Duration)
	Strict  bool // strict_top and the like: refuse what the vendor tolerates
}
