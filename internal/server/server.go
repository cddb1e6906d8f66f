package server

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/console"
	"github.com/mingce/mingce/internal/control"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/gateway/acs"
	"github.com/mingce/mingce/internal/gateway/dingtalk"
	"github.com/mingce/mingce/internal/gateway/top"
	"github.com/mingce/mingce/internal/notify"
	"github.com/mingce/mingce/internal/snippet"
)

// Config is what New serves. Directory, Catalogue and Log must be set.
type Config struct {
	Directory *directory.Directory
	Catalogue *api.Catalogue
	Log       *slog.Logger
	Version   string

	BaseURL string // where links lead; "" takes the request's scheme and host
	Pages   string // where links of the log lead; "" is BaseURL
	Dev     bool   // stand-in: control API open, faults can be armed
	Rate    Rate   // of one principal and operation; zero is unlimited
	Strict  bool   // refuse what the vendors tolerate

	// BehindProxy takes the caller's address from the last X-Forwarded-For entry,
	// the one that the stated proxy wrote.
	BehindProxy bool

	AnyHost   bool     // console and control API answer under any host name
	Hosts     []string // or under these, besides this machine's own
	Authority []byte   // certificate of the own authority, PEM; nil if there is none
	Endpoints []console.Endpoint
	Samples   []snippet.Sample // of the console's landing page; nil: none

	// GroupSizes is how many calls shared a commit: commits, calls, and for each
	// limit the commits of at most so many calls; nil: not measured.
	GroupSizes func() (commits, calls uint64, upTo map[float64]uint64)

	Commands control.Commands // of the program, for administrators; nil: not offered

	Stream http.Handler // the WebSocket endpoint of events; nil: not offered

	Reset func(context.Context) error // back to the sample organisation; nil: not offered
}

// Gateways lists the vendors' gateways with the codes they answer themselves.
func Gateways() []console.Gateway {
	list := []console.Gateway{
		{Family: api.TOPFamily, Codes: top.Codes()},
		{Family: api.OAPIFamily}, {Family: api.RESTFamily},
		{Family: api.RPCFamily, Codes: acs.Codes()},
	}
	for _, code := range dingtalk.Codes() {
		i := 1 // the older gateway answers everything with 200
		if code.HTTP != http.StatusOK {
			i = 2
		}
		list[i].Codes = append(list[i].Codes, code)
	}
	return list
}

// troublesKept is how many failed calls the error pages remember.
const troublesKept = 4096

// New returns the handler of all faces.
func New(c Config) http.Handler {
	h := &handler{
		log:       c.Log,
		admission: newAdmission(maxInFlight, maxQueued),
		guard:     newGuard(c.AnyHost, c.Hosts),
		forwarded: c.BehindProxy,
		base:      strings.TrimSuffix(c.BaseURL, "/"),
	}
	h.metrics = newMetrics(c.Catalogue, h.admission, c.Version)
	if c.GroupSizes != nil {
		h.metrics.registry.MustRegister(groupSizes(c.GroupSizes))
	}
	h.faces = h.build(c)
	return h
}

func (h *handler) build(c Config) faces {
	g := api.Gateway{
		Directory: c.Directory, Catalogue: c.Catalogue, Troubles: api.NewTroubles(troublesKept),
		Log: c.Log, Now: c.Directory.Now, BaseURL: strings.TrimSuffix(c.BaseURL, "/"),
		Pages: c.Pages, Observe: h.metrics.observe, Strict: c.Strict,
	}
	if c.Dev {
		g.Faults = new(api.Faults)
		g.FailureLevel = slog.LevelWarn // who develops against it wants to see why
	}
	if c.Rate.PerSecond > 0 {
		g.Allow = newLimiter(c.Rate, c.Directory.Now).allow
	}
	pages := console.New(console.Config{
		Catalogue: c.Catalogue, Troubles: g.Troubles, Endpoints: c.Endpoints, Samples: c.Samples, Version: c.Version,
		Gateways: Gateways(),
	})
	controls := control.New(control.Config{
		Directory: c.Directory, Catalogue: c.Catalogue, Faults: g.Faults, Knows: pages.Knows,
		Dev: c.Dev, Authority: c.Authority, Reset: c.Reset, Log: c.Log, Commands: c.Commands,
		Render: notify.Render,
	})
	return faces{
		top:     &face{handler: top.New(g), vendor: true},
		acs:     &face{handler: acs.New(g), vendor: true},
		oapi:    &face{handler: dingtalk.NewOAPI(g), vendor: true},
		rest:    &face{handler: dingtalk.NewREST(g), vendor: true},
		own:     &face{handler: controls.Own(), vendor: true},
		control: &face{handler: controls.Stand(), guarded: true},
		// A stand-in asks for no key: there the host must be ours.
		admin:     &face{handler: controls.Own(), guarded: c.Dev},
		console:   &face{handler: pages, guarded: true},
		verify:    &face{handler: console.NewVerify(c.Directory, c.Log)},
		login:     &face{handler: console.NewLogin(c.Directory, c.Log, strings.HasPrefix(c.BaseURL, "https:"))},
		toConsole: &face{handler: http.RedirectHandler("/console/", http.StatusFound)},
		health:    &face{handler: http.HandlerFunc(ok)},
		ready:     &face{handler: http.HandlerFunc(ok)},
		metrics:   &face{handler: h.metrics.handler()},
		absent:    &face{handler: http.HandlerFunc(absent)},
		stream:    &face{handler: stream(c.Stream)},
	}
}

// stream is the handler of the WebSocket endpoint. Its connections live long
// and are counted by their owner, not among the calls in flight.
func stream(h http.Handler) http.Handler {
	if h == nil {
		return http.HandlerFunc(absent)
	}
	return h
}

// handler answers every request.
type handler struct {
	log       *slog.Logger
	faces     faces
	admission *admission
	guard     *guard
	metrics   *metrics
	forwarded bool
	base      string
}

// openStreamPath is the one call whose answer says where we are.
const openStreamPath = "/v1.0/gateway/connections/open"

// origin is where the caller reached us: the base URL, or without one the
// scheme and host of the request.
func (h *handler) origin(r *http.Request) string {
	switch {
	case h.base != "":
		return h.base
	case r.TLS != nil:
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer h.recover(w, r)
	if h.forwarded {
		takeForwarded(r)
	}
	f := h.faces.of(r)
	if r.URL.Path == openStreamPath {
		r = r.WithContext(api.WithOrigin(r.Context(), h.origin(r)))
	}
	switch {
	case f.vendor:
		h.admit(f, w, r)
	case f.guarded:
		if why := h.guard.refusal(r); why != "" {
			writeError(w, http.StatusForbidden, "forbidden", why)
			return
		}
		f.handler.ServeHTTP(w, r)
	default:
		f.handler.ServeHTTP(w, r)
	}
}

// takeForwarded makes the address that the proxy saw the caller's. Entries
// before the last were written by the caller and prove nothing.
func takeForwarded(r *http.Request) {
	lists := r.Header.Values("X-Forwarded-For")
	if len(lists) == 0 {
		return
	}
	last := lists[len(lists)-1]
	last = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
	if addr, err := netip.ParseAddr(last); err == nil {
		r.RemoteAddr = netip.AddrPortFrom(addr, 0).String()
	}
}

// admit lets a vendor's call in when there is a place for it. Its body is read
// before, so that a slow sender holds no place.
func (h *handler) admit(f *face, w http.ResponseWriter, r *http.Request) {
	takeBody(r)
	if !h.admission.enter(r.Context()) {
		h.metrics.refused.Inc()
		answerBusy(f.handler, w, r)
		return
	}
	defer h.admission.leave()
	f.handler.ServeHTTP(w, r)
}

// recover keeps a mistake in one call from ending the process. Gateways catch
// their own and answer in their envelope; this is the net below them.
func (h *handler) recover(w http.ResponseWriter, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if p == http.ErrAbortHandler {
		panic(p)
	}
	h.log.Error("panic in a handler", "path", r.URL.Path, "panic", p, "stack", string(debug.Stack()))
	writeError(w, http.StatusInternalServerError, "internal", "The server failed; the log of the server says why.")
}

// answerBusy lets the gateway say "busy" in its own envelope.
func answerBusy(gateway http.Handler, w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", "1")
	if b, ok := gateway.(interface {
		Busy(http.ResponseWriter, *http.Request)
	}); ok {
		b.Busy(w, r)
		return
	}
	writeError(w, http.StatusServiceUnavailable, "busy", "Too many calls are waiting. Nothing was changed; try again in a moment.")
}

func ok(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

func absent(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/favicon.ico" {
		http.Redirect(w, r, "/console/static/icon.svg", http.StatusFound)
		return
	}
	writeError(w, http.StatusNotFound, "notFound",
		"There is nothing at this path. DingTalk's APIs are at /router/rest, /topapi/ and /v1.0/, Alibaba Cloud's at /, the console at /console/.")
}

// writeError answers in the form of our own APIs (design, section 6).
func writeError(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	b := append([]byte(`{"error":{"code":`), api.AppendText(nil, code)...)
	b = append(append(b, `,"message":`...), api.AppendText(nil, message)...)
	_, _ = w.Write(append(b, "}}\n"...))
}

// starting answers while the data is being opened.
func starting(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/healthz" {
		ok(w, r)
		return
	}
	w.Header().Set("Retry-After", "1")
	writeError(w, http.StatusServiceUnavailable, "starting", "The server is starting; try again in a moment.")
}

// drainTime is how long a stop waits for calls in flight (P38: an exit takes
// less than 30 seconds).
const drainTime = 25 * time.Second
