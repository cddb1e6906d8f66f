package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Config is the input of New. Directory, Catalogue and Log must be set.
type Config struct {
	Directory *directory.Directory
	Catalogue *api.Catalogue
	Log       *slog.Logger

	Dev    bool        // no key needed; captured messages can be read
	Faults *api.Faults // nil: none can be armed
	// Codes are the codes that can be armed on any operation of a gateway.
	Codes     map[api.Family][]*api.Code
	Authority []byte // certificate of our own authority, PEM; nil: there is none
	// Render returns the text of a message.
	Render   func(*directory.Directory, directory.Message) (directory.Letter, error)
	Commands Commands // of the program; nil: not offered
	// Guard returns why a request may not reach what a development server offers without a
	// key, or "": a page of another site could send one. nil: every request may.
	Guard func(*http.Request) string
	// Reset restores the sample organisation; nil: not offered.
	Reset func(context.Context) error
}

// API serves both parts of our own API. It is safe for concurrent use.
type API struct {
	Config
	dev, admin *http.ServeMux
}

// New returns the API.
func New(c Config) *API {
	a := &API{Config: c, dev: http.NewServeMux(), admin: http.NewServeMux()}
	a.dev.HandleFunc("GET /_mingce/messages", a.asked(a.messages, "to", "channel"))
	a.dev.HandleFunc("GET /_mingce/messages/wait", a.asked(a.waitForMessage, "to", "channel", "timeout"))
	a.dev.HandleFunc("GET /_mingce/deliveries", a.asked(a.deliveries, "org", "channel", "to"))
	a.dev.HandleFunc("POST /_mingce/reset", a.guarded(a.answered(a.reset)))
	a.dev.HandleFunc("POST /_mingce/faults", a.guarded(a.answered(a.armFault)))
	a.dev.HandleFunc("DELETE /_mingce/faults", a.guarded(a.answered(a.clearFaults)))
	a.dev.HandleFunc("POST /_mingce/login-codes", a.ofDev(a.answered(a.loginCode)))
	a.dev.HandleFunc("GET /_mingce/audit", a.asked(a.audit, "org", "object", "limit"))
	a.dev.HandleFunc("GET /_mingce/ca.pem", a.authority)
	a.admin.HandleFunc("GET /mingce/v1/orgs/{org}/visibility-grants", a.answered(a.listGrants))
	a.admin.HandleFunc("DELETE /mingce/v1/orgs/{org}/visibility-grants/{to}", a.answered(a.withdrawGrant))
	a.admin.HandleFunc("GET /mingce/v1/orgs/{org}/join-grants", a.answered(a.listJoinGrants))
	a.admin.HandleFunc("DELETE /mingce/v1/orgs/{org}/join-grants/{to}", a.answered(a.withdrawJoinGrant))
	a.admin.HandleFunc("GET /mingce/v1/orgs/{org}/consents", a.guarded(a.answered(a.listConsents)))
	a.admin.HandleFunc("POST /mingce/v1/orgs/{org}/consents", a.guarded(a.answered(a.setConsent)))
	a.admin.HandleFunc("POST /mingce/v1/orgs/{org}/notifications", a.guarded(a.answered(a.notify)))
	a.admin.HandleFunc("POST /mingce/v1/admin/commands", a.guarded(a.answered(a.command)))
	return a
}

// DevHandler answers /_mingce/.
func (a *API) DevHandler() http.Handler { return jsonErrors(a.dev) }

// AdminHandler answers /mingce/v1/.
func (a *API) AdminHandler() http.Handler { return jsonErrors(a.admin) }

// guarded lets a call through on a development server, or with an admin key.
func (a *API) guarded(h http.HandlerFunc) http.HandlerFunc {
	if !a.Dev {
		return a.Administrators(h).ServeHTTP
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if a.Guard != nil {
			if why := a.Guard(r); why != "" {
				fail(w, &refusal{http.StatusForbidden, "forbidden", why})
				return
			}
		}
		h(w, r)
	}
}

// ofDev refuses a call that only a development server offers, whatever key comes
// with it.
func (a *API) ofDev(h http.HandlerFunc) http.HandlerFunc {
	if !a.Dev {
		return func(w http.ResponseWriter, _ *http.Request) { fail(w, notOffered) }
	}
	return a.guarded(h)
}

// Administrators returns a handler that calls h only for requests with an admin key. If
// the path names an organisation, the key must be for that organisation.
func (a *API) Administrators(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := a.Directory.Administrator(r.Context(), adminKey(r))
		// Another organisation is answered like one that does not exist.
		if org := r.PathValue("org"); err == nil && org != "" && !p.Reaches(org) {
			err = noOrg
		}
		if err != nil {
			a.failWith(w, r, err)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// onlyKnown refuses a query with unknown parameters: a misspelled one would be ignored, and
// the answer would be about something else.
func onlyKnown(r *http.Request, known ...string) error {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return invalid("The query cannot be read.")
	}
	for name := range q {
		if !slices.Contains(known, name) {
			return invalid(api.Clip(name, 64) + ": there is no such parameter. Known are: " + strings.Join(known, ", ") + ".")
		}
	}
	return nil
}

// asked wraps a call in guarded, and refuses a query with unknown parameters.
func (a *API) asked(do call, known ...string) http.HandlerFunc {
	return a.guarded(a.answered(func(w http.ResponseWriter, r *http.Request) (any, error) {
		if err := onlyKnown(r, known...); err != nil {
			return nil, err
		}
		return do(w, r)
	}))
}

// call carries out a request and returns the answer. It may set headers.
type call func(w http.ResponseWriter, r *http.Request) (any, error)

// done is the answer of a call without a result.
var done = map[string]bool{"result": true}

// answered returns a handler that writes the result of a call.
func (a *API) answered(do call) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := do(w, r)
		if err != nil {
			a.failWith(w, r, err)
			return
		}
		answer(w, http.StatusOK, v)
	}
}

// orgAsked returns the organisation that the query names or that the admin key is bound to;
// "" is all of them.
func (a *API) orgAsked(r *http.Request) (string, error) {
	org, p := r.URL.Query().Get("org"), a.administrator(r)
	if org == "" {
		return p.Bound, nil
	}
	if !p.Reaches(org) {
		return "", noOrg
	}
	return org, nil
}

// adminKey returns the admin key of a request, or "".
func adminKey(r *http.Request) string {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return ""
	}
	return key
}

// refusal is an error answer: {"error":{"code","message"}}.
type refusal struct {
	status        int
	code, message string
}

func (e *refusal) Error() string { return e.message }

var (
	unauthorized  = &refusal{http.StatusUnauthorized, "unauthorized", "Send an admin key: Authorization: Bearer <key>. Make one with: mingce key create --admin"}
	badToken      = &refusal{http.StatusUnauthorized, "unauthorized", "Send the organisation's access token as x-acs-dingtalk-access-token; this one is missing, unknown or expired."}
	notFound      = &refusal{http.StatusNotFound, "notFound", "There is nothing at this path."}
	noOrg         = &refusal{http.StatusNotFound, "notFound", "There is no such organisation."}
	notOffered    = &refusal{http.StatusForbidden, "notOffered", "mingce serve does not offer this; it is for mingce dev."}
	tooManyFaults = &refusal{http.StatusConflict, "tooManyFaults", "A thousand faults are armed already; DELETE /_mingce/faults clears them."}
	busy          = &refusal{http.StatusServiceUnavailable, "busy", "The directory is busy; nothing was changed. Try again in a moment."}
)

var unstorable = invalid("Texts are UTF-8 without control characters.")

func invalid(message string) *refusal {
	return &refusal{http.StatusBadRequest, "invalidParameter", message}
}

func fail(w http.ResponseWriter, e *refusal) {
	if e == busy {
		w.Header().Set("Retry-After", "1")
	}
	answer(w, e.status, map[string]any{"error": map[string]string{"code": e.code, "message": e.message}})
}

// failWith answers with the refusal that err stands for. Any other error is logged, and
// answered as an internal one.
func (a *API) failWith(w http.ResponseWriter, r *http.Request, err error) {
	var known *refusal
	switch {
	case errors.As(err, &known):
		fail(w, known)
	case errors.Is(err, directory.ErrBusy):
		fail(w, busy)
	case errors.Is(err, directory.ErrKeyNotFound), errors.Is(err, directory.ErrKeyInactive):
		fail(w, unauthorized)
	case errors.Is(err, directory.ErrTokenInvalid):
		fail(w, badToken)
	case errors.Is(err, context.Canceled):
		// The caller is gone; nobody reads an answer.
	default:
		a.Log.Error("own API", "path", r.URL.Path, "error", err)
		fail(w, &refusal{http.StatusInternalServerError, "internal", "The server failed; the log of the server says why."})
	}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v) // fails only if the caller has left
}

// longestBody limits the body of a request to our own API.
const longestBody = 64 << 10

// read decodes the body of a request into v. It refuses unknown members, so that a
// misspelled one is not silently ignored.
func read(w http.ResponseWriter, r *http.Request, v any) error {
	text, err := io.ReadAll(api.SkipByteOrderMark(http.MaxBytesReader(w, r.Body, longestBody)))
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err == nil {
		err = d.Decode(v)
	}
	if err != nil {
		return invalid(bodyFault(err))
	}
	if bytes.Contains(text, []byte(`\u0000`)) {
		return unstorable
	}
	if _, err := d.Token(); err != io.EOF {
		return invalid("The body holds more than one JSON value.")
	}
	return nil
}

// bodyFault says what is wrong with a body in our words: the decoder's speak of
// types of Go.
func bodyFault(err error) string {
	var long *http.MaxBytesError
	var kind *json.UnmarshalTypeError
	switch unknown, isUnknown := strings.CutPrefix(err.Error(), "json: unknown field "); {
	case errors.As(err, &long):
		return fmt.Sprintf("The body is too large: more than %d KiB.", longestBody>>10)
	case isUnknown:
		return "The body has the unknown member " + unknown + "."
	case errors.As(err, &kind) && kind.Field != "":
		return kind.Field + ": not a value of this kind: " + kind.Value + "."
	case errors.As(err, &kind):
		return "The body is not a JSON object."
	}
	return "The body is not JSON."
}

// jsonErrors makes the mux's own answers (404, 405) JSON as well.
func jsonErrors(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// PostgreSQL takes neither NUL nor what is not UTF-8.
		if query, err := url.QueryUnescape(r.URL.RawQuery); err == nil && !api.PlainText(r.URL.Path+query) {
			fail(w, unstorable)
			return
		}
		h, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		probe := &probe{header: http.Header{}}
		h.ServeHTTP(probe, r)
		if probe.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", probe.header.Get("Allow"))
			fail(w, &refusal{probe.status, "methodNotAllowed", "This path does not take the method; see the header Allow."})
			return
		}
		fail(w, notFound)
	})
}

// probe is a ResponseWriter that only records the status.
type probe struct {
	header http.Header
	status int
}

func (p *probe) Header() http.Header         { return p.header }
func (p *probe) Write(b []byte) (int, error) { return len(b), nil }
func (p *probe) WriteHeader(status int)      { p.status = status }
