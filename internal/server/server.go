package server

import (
	"cmp"
	"context"
	"crypto/tls"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
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
	"github.com/mingce/mingce/internal/records"
	"github.com/mingce/mingce/internal/snippet"
	"github.com/mingce/mingce/internal/transfer"
)

// Config is the input of New. Directory, Catalogue and Log must be set.
type Config struct {
	Directory *directory.Directory
	Catalogue *api.Catalogue
	Log       *slog.Logger
	Version   string

	BaseURL string // prefix of links; "": the request's scheme and host
	Unnamed bool   // BaseURL is only the address listened on, so streams are opened where the caller came
	Pages   string // prefix of links in the log; "": BaseURL
	Dev     bool   // development server: control API open, faults can be armed
	Rate    Rate   // of one principal and operation; zero is unlimited
	Strict  bool   // refuse what the vendors tolerate

	// BehindProxy says that every peer is a proxy: the caller's address is the last entry
	// of X-Forwarded-For or Forwarded, which the proxy wrote. With Trusted, only these
	// peers are proxies, and their addresses in the list are skipped.
	BehindProxy bool
	Trusted     Proxies

	// Receiving and Unread are how many bytes of memory requests and unread answers may
	// take; 0 stands for DefaultReceiving and DefaultUnread.
	Receiving, Unread int64

	OpenMetrics bool // /metrics answers everybody, not only this machine and administrators

	// Connections returns how many connections are open, and how many were closed or
	// refused to make room; nil: not measured.
	Connections func() (open int, closed int64)

	AnyHost   bool     // console and control API answer under any host name
	Hosts     []string // or under these, besides this machine's own
	Authority []byte   // certificate of our own authority, PEM; nil: there is none
	Endpoints []console.Endpoint
	Samples   []snippet.Sample // of the console's landing page; nil: none

	// Importer carries out imports; nil: files can be neither imported nor exported.
	Importer *transfer.Importer
	// ImportBytes bounds the files that are imported; 0 takes 20 MiB.
	ImportBytes int64
	// Commits tells about the commits since the start: how many calls shared each, and
	// for how many seconds the writer worked for it; nil: not measured.
	Commits func() (calls, seconds Histogram)

	Commands control.Commands // of the program, for administrators; nil: not offered

	Stream http.Handler // the WebSocket endpoint of events; nil: not offered

	Reset func(context.Context) error // back to the sample organisation; nil: not offered
}

// Gateways returns the vendors' gateways with the codes that they answer themselves.
func Gateways() []console.Gateway {
	return []console.Gateway{
		{Family: api.TOPFamily, Codes: top.Codes()},
		{Family: api.OAPIFamily, Codes: dingtalk.OAPICodes()},
		{Family: api.RESTFamily, Codes: dingtalk.RESTCodes()},
		{Family: api.RPCFamily, Codes: acs.Codes()},
	}
}

// maxFailedCalls is how many failed calls the error pages remember.
const maxFailedCalls = 4096

// New returns the handler of the whole service.
func New(c Config) http.Handler {
	h := &handler{
		log:       c.Log,
		admission: newAdmission(maxInFlight, maxQueued),
		guard:     newGuard(c.AnyHost, c.Hosts),
		forwarded: forwarding{oneHop: c.BehindProxy && len(c.Trusted) == 0, trusted: c.Trusted, anySecure: c.Dev},
	}
	if !c.Unnamed {
		h.base = strings.TrimSuffix(c.BaseURL, "/")
	}
	h.basePath, _ = BasePath(c.BaseURL) // checked by the caller
	h.metrics = newMetrics(c.Catalogue, h.admission, c.Version)
	h.receiver.budget = newBudget(cmp.Or(c.Receiving, DefaultReceiving), 0, h.metrics.slow.WithLabelValues("request").Inc)
	h.streams = newStreamPlaces()
	h.unread = newBudget(cmp.Or(c.Unread, DefaultUnread), unreadOfOne, h.metrics.slow.WithLabelValues("answer").Inc)
	h.metrics.measure(h.receiver.budget, h.unread, c.Connections)
	if c.Commits != nil {
		h.metrics.registry.MustRegister(commitCounts(c.Commits))
	}
	h.routes = h.build(c)
	return h
}

func (h *handler) build(c Config) routes {
	g := api.Gateway{
		Directory: c.Directory, Catalogue: c.Catalogue, FailedCalls: api.NewFailedCalls(maxFailedCalls),
		Log: c.Log, Now: c.Directory.Now, BaseURL: strings.TrimSuffix(c.BaseURL, "/"),
		Pages: c.Pages, Observe: h.metrics.observe, Strict: c.Strict,
	}
	if c.Dev {
		g.Faults = new(api.Faults)
		g.FailureLevel = slog.LevelWarn // developers want to see why a call failed
	}
	if c.Rate.PerSecond > 0 {
		g.Allow = newLimiter(c.Rate, c.Directory.Now).allow
	}
	gateways, codes := Gateways(), map[api.Family][]*api.Code{}
	for _, w := range gateways {
		codes[w.Family] = w.Codes
	}
	pages := console.New(console.Config{
		Catalogue: c.Catalogue, FailedCalls: g.FailedCalls, Endpoints: c.Endpoints, Samples: c.Samples, Version: c.Version,
		Gateways: gateways, BasePath: h.basePath,
	})
	controls := control.New(control.Config{
		Directory: c.Directory, Catalogue: c.Catalogue, Faults: g.Faults, Codes: codes,
		Dev: c.Dev, Authority: c.Authority, Reset: c.Reset, Log: c.Log, Commands: c.Commands,
		Render: notify.Render, Guard: h.guard.refusal,
	})
	login := console.NewLogin(console.LoginConfig{
		Directory: c.Directory, Log: c.Log, Dev: c.Dev, HTTPS: strings.HasPrefix(c.BaseURL, "https:"), BasePath: h.basePath, Observe: h.metrics.loggedIn,
	})
	places := newAdmission(runtime.GOMAXPROCS(0), maxQueued)
	measured := h.metrics.handler()
	if !c.Dev && !c.OpenMetrics {
		measured = h.localOr(measured, controls.Administrators(measured))
	}
	own := records.New(records.Config{
		Directory: c.Directory, Catalogue: c.Catalogue, Log: c.Log, Dev: c.Dev, Guard: h.guard.refusal, Allow: g.Allow,
		Importer: c.Importer, ImportBytes: c.ImportBytes, Others: controls.AdminHandler(), Codes: codes, Version: c.Version, Server: c.BaseURL,
	})
	return routes{
		top:       &route{handler: top.New(g), places: h.admission},
		acs:       &route{handler: acs.New(g), places: h.admission},
		oapi:      &route{handler: dingtalk.NewOAPI(g), places: h.admission},
		rest:      &route{handler: dingtalk.NewREST(g), places: h.admission},
		admin:     &route{handler: own, places: h.admission},
		dev:       &route{handler: controls.DevHandler(), guarded: true},
		console:   &route{handler: pages, places: places, guarded: true},
		verify:    &route{handler: console.NewVerify(c.Directory, c.Log, h.basePath), places: places},
		login:     &route{handler: login, places: places},
		toConsole: &route{handler: http.RedirectHandler(h.basePath+"/console/", http.StatusFound)},
		health:    &route{handler: http.HandlerFunc(ok)},
		ready:     &route{handler: http.HandlerFunc(ok)},
		metrics:   &route{handler: measured, places: places, guarded: c.Dev},
		absent:    &route{handler: absentUnder(h.basePath)},
		stream:    &route{handler: stream(c.Stream)},
	}
}

// longestStreamHead limits the head of a request for a stream, which stays in memory as
// long as its connection.
const longestStreamHead = 8 << 10

// stream returns the handler of the WebSocket endpoint. Its connections live long and
// are bounded by package events, not by the number of calls.
func stream(h http.Handler) http.Handler {
	if h == nil {
		return http.HandlerFunc(absent)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if headSize(r) > longestStreamHead {
			writeError(w, http.StatusRequestHeaderFieldsTooLarge, "tooLarge", "A request for a stream has a head of at most 8 KiB.")
			return
		}
		h.ServeHTTP(w, r)
	})
}

// handler answers every request.
type handler struct {
	log       *slog.Logger
	routes    routes
	receiver  receiver
	admission *admission
	unread    *budget
	streams   streamPlaces
	guard     *guard
	metrics   *metrics
	forwarded forwarding
	base      string
	basePath  string
}

// The defaults of Config.Receiving and Config.Unread in bytes, and what one connection may
// leave unread: a few of the longest answers.
const (
	DefaultReceiving = 64 << 20
	DefaultUnread    = 32 << 20
	unreadOfOne      = 8 << 20
)

// longestBody limits the body of a request
// (docs/spec/reliability.md#limits-of-a-request).
const longestBody = 1 << 20

// openStreamPath is the only call whose answer says where this server is.
const openStreamPath = "/v1.0/gateway/connections/open"

// origin returns where the caller reached us: the base URL, or without one the scheme and
// host of the request.
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
	if r.ProtoMajor == 2 && r.Context().Err() != nil {
		return // the client has reset the stream: nobody waits for the answer
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store") // pages may say otherwise
	if h.forwarded.take(r) && r.TLS == nil {
		r.TLS = &tls.ConnectionState{} // like the address, this is about the caller, not the proxy
	}
	r = h.withoutBase(r)
	f := h.routes.of(r)
	c := connectionOf(r)
	if f == h.routes.stream { // without a place: its connections live long
		c.begin()
		defer c.end()
		f.handler.ServeHTTP(w, r)
		return
	}
	if places := h.streams.of(f, r); places != nil {
		h.stream(f, places, w, r, c)
		return
	}
	release, rest := h.receiver.take(w, r, longestBody)
	defer release()
	if r.URL.Path == openStreamPath {
		r = r.WithContext(api.WithClient(api.WithOrigin(r.Context(), h.origin(r)), r.RemoteAddr))
	}
	a := newAnswer(w)
	h.carryOut(f, a, r, c)
	dwell(a, r)
	release()
	if r.ProtoMajor == 2 { // some clients stop sending when an answer comes early, and wait for ever
		h.receiver.discard(w, r, rest)
	}
	a.send(r, h.unread)
	if r.ProtoMajor == 1 {
		h.receiver.discard(w, r, rest)
	}
}

// carryOut runs a call when there is a place for it. The body was received before, and the
// answer is sent after the place was given back, so that a slow client holds no place.
func (h *handler) carryOut(f *route, a *answer, r *http.Request, c *connection) {
	c.begin()
	defer c.end()
	if why := f.refusal(h.guard, r); why != "" {
		writeError(a, http.StatusForbidden, "forbidden", why)
		return
	}
	if f.places == nil {
		f.handler.ServeHTTP(a, r)
		return
	}
	if !f.places.enter(r.Context()) {
		h.metrics.refused.Inc()
		answerBusy(f.handler, a, r)
		return
	}
	defer f.places.leave()
	f.handler.ServeHTTP(a, r)
}

// aMoment is the time in which an app gains one call at [DefaultRate]. Answers are
// delayed by one to two moments.
const aMoment = 50 * time.Millisecond

// dwell delays an answer that tells its caller to come later, or that the gateway wants
// delayed ([api.HoldBack]). A caller that retries at once would otherwise get refusals as
// fast as the machine can make them, and everybody else would wait for that. No place is
// taken meanwhile; the request still counts in the budget of received requests.
func dwell(a *answer, r *http.Request) {
	if a.later || a.Header().Get("Retry-After") != "" {
		wait(r.Context(), aMoment+rand.N(aMoment)) // random, so that many do not come back at once
	}
}

// wait returns after d, or when ctx is done.
func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// recover keeps a panic in one call from ending the process. Gateways catch their own and
// answer in their envelope; this catches the rest.
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

// localOr sends callers on this machine to local, and others to remote. A caller that
// came through a proxy is remote, whatever its address. So is one that asks for a foreign
// host name: it may be a page of that name in a browser on this machine.
func (h *handler) localOr(local, remote http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if IsLoopback(r.RemoteAddr) && !throughProxy(r.Header) && h.guard.isOurs(r.Host) {
			local.ServeHTTP(w, r)
			return
		}
		remote.ServeHTTP(w, r)
	})
}

func ok(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte("ok\n"))
}

func absent(w http.ResponseWriter, _ *http.Request) {
	writeError(w, http.StatusNotFound, "notFound",
		"There is nothing at this path. DingTalk's APIs are at /router/rest, /topapi/ and /v1.0/, Alibaba Cloud's at /, the console at /console/.")
}

// absentUnder is absent, except for the icon that browsers request by themselves.
func absentUnder(base string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/favicon.ico" {
			http.Redirect(w, r, base+"/console/static/icon.svg", http.StatusFound)
			return
		}
		absent(w, r)
	})
}

// writeError answers in the form of our own APIs (docs/control-api.md).
func writeError(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	b := append([]byte(`{"error":{"code":`), api.AppendText(nil, code)...)
	b = append(append(b, `,"message":`...), api.AppendText(nil, message)...)
	_, _ = w.Write(append(b, "}}\n"...))
}

// starting is the handler while the data is being opened.
func starting(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/healthz" {
		ok(w, r)
		return
	}
	w.Header().Set("Retry-After", "1")
	writeError(w, http.StatusServiceUnavailable, "starting", "The server is starting; try again in a moment.")
}

// drainTime is how long a stop waits for calls in flight
// (docs/spec/reliability.md#orderly-stop: less than 30 seconds for the whole stop).
const drainTime = 25 * time.Second
