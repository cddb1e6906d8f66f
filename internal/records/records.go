package records

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/transfer"
)

// Config is the input of New. Directory, Catalogue and Log must be set.
type Config struct {
	Directory *directory.Directory
	Catalogue *api.Catalogue
	Log       *slog.Logger

	Dev bool // no credential is needed, and nothing is masked
	// Guard returns why a request may not reach what a development server offers
	// without a credential, or "": a page of another site could send one. nil:
	// every request may.
	Guard func(*http.Request) string
	// Allow counts a call by a principal and returns the limit it exceeds, if any;
	// nil never throttles.
	Allow func(principal, operation string) api.Throttle
	// Importer carries out imports; nil: files can be neither imported nor exported.
	Importer *transfer.Importer
	// ImportBytes bounds the files that are imported; 0 takes DefaultImportBytes, and for
	// Local what the importer takes.
	ImportBytes int64
	// Local makes every call one of the operator of this machine; nil: calls come from
	// elsewhere.
	Local *Local
	// Others answers the calls below /mingce/v1 that are declared here but carried
	// out elsewhere: grants, consents, notifications, commands. nil: not offered.
	Others http.Handler

	// Codes are those of the gateways, for the document of the vendors' calls.
	Codes   map[api.Family][]*api.Code
	Version string // of the program
	Server  string // address of this server in the documents; "" is where they came from
}

// Local is the caller of an API inside a process.
type Local struct {
	Caller directory.Principal
	Via    string // the command, for the history
}

// API answers everything below /mingce/v1/. It is safe for concurrent use.
type API struct {
	config Config
	table  table

	document, vendors func() []byte
	exports           chan struct{} // places: each export reads one snapshot for as long as it takes
	keys              keysInUse
}

// New returns the API.
func New(c Config) *API {
	a := &API{config: c, exports: make(chan struct{}, runtime.GOMAXPROCS(0)), keys: keysInUse{ends: map[string]chan struct{}{}}}
	a.table.routes = a.routes()
	a.document = sync.OnceValue(func() []byte { return a.table.document(c.Version, c.Server) })
	a.vendors = sync.OnceValue(func() []byte {
		return VendorsDocument(Vendors{Catalogue: c.Catalogue, Codes: c.Codes, Version: c.Version, Server: c.Server})
	})
	return a
}

// Document returns the OpenAPI 3.1 document of the API.
func Document(version, server string) []byte {
	return New(Config{Version: version, Server: server}).document()
}

// call is a request on its way through the API.
type call struct {
	*API
	request *http.Request
	route   *route
	id      string // the request's id
	path    map[string]string
	query   map[string][]api.Value
	body    api.Value
	caller  directory.Principal
	session *directory.Session

	idempotency *idempotency // nil: the call has no key
}

// reply is a successful answer.
type reply struct {
	status  int
	body    any // as appendJSON takes it; nil: none
	headers map[string]string
	text    []byte  // instead of body: a document as it is
	stream  *stream // instead of body
}

// ServeHTTP answers a call. Every answer has X-Request-Id.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{API: a, request: r, id: rand.Text()}
	if err := c.find(); err != nil {
		c.fail(w, err)
		return
	}
	if c.route.do == nil {
		a.config.Others.ServeHTTP(w, r)
		return
	}
	answer, err := c.carryOut()
	if err != nil {
		c.fail(w, err)
		return
	}
	c.send(w, answer)
}

// Busy answers a request for which there is no place now.
func (a *API) Busy(w http.ResponseWriter, r *http.Request) {
	c := &call{API: a, request: r, id: rand.Text()}
	c.fail(w, directory.ErrBusy)
}

// find finds the route of the request.
func (c *call) find() error {
	segments, ok := segmentsOf(c.request.URL)
	if !ok || !api.PlainText(strings.Join(segments, "/")) {
		return nothingHere
	}
	method := c.request.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	found, args, others := c.table.find(method, segments)
	switch {
	case found != nil && found.do == nil && c.config.Others == nil:
		return nothingHere
	case found != nil:
		c.route, c.path = found, args
		return nil
	case len(others) > 0:
		slices.Sort(others)
		return &Error{Code: methodNotAllowed, allow: others, Message: api.Text{
			Zh: "这个路径不接受 " + c.request.Method + "；可用的方法见响应头 Allow。",
			En: "This path does not take " + c.request.Method + "; the header Allow has the methods that it takes.",
		}}
	}
	return nothingHere
}

var nothingHere = &Error{Code: notFound, Message: api.Text{
	Zh: "这里什么也没有；全部路径见 /mingce/v1/openapi.json。",
	En: "There is nothing at this path; /mingce/v1/openapi.json has all of them.",
}}

// carryOut checks credential, rate, parameters and body, in this order, and then
// carries the call out.
func (c *call) carryOut() (*reply, error) {
	if !c.route.access.public {
		if err := c.authenticate(); err != nil {
			return nil, err
		}
		if err := c.throttle(); err != nil {
			return nil, err
		}
	}
	if err := c.readParameters(); err != nil {
		return nil, err
	}
	var text []byte
	if c.route.body != nil {
		var err error
		if text, err = c.readBody(); err != nil {
			return nil, err
		}
	}
	if c.route.once {
		return c.doOnce(text)
	}
	return c.route.do(c)
}

// throttle counts the call.
func (c *call) throttle() error {
	if c.config.Allow == nil {
		return nil
	}
	t := c.config.Allow(c.caller.ID, c.route.id)
	if t == (api.Throttle{}) {
		return nil
	}
	return &throttledError{wait: t.Wait(c.config.Directory.Now())}
}

// throttledError says how many seconds to wait.
type throttledError struct{ wait string }

func (e *throttledError) Error() string { return throttled }

// readParameters checks the parameters of path and query against their
// declarations.
func (c *call) readParameters() error {
	query, err := url.ParseQuery(c.request.URL.RawQuery)
	if err != nil {
		return refuse(invalidParameter, "", api.Text{Zh: "查询串无法解析；检查百分号编码。", En: "The query cannot be read; check its percent escapes."})
	}
	c.query = map[string][]api.Value{}
	for _, name := range slices.Sorted(maps.Keys(query)) {
		i := slices.IndexFunc(c.route.parameters, func(p parameterOf) bool { return p.name == name && !p.inPath })
		if i < 0 {
			return refuse(unknownParameter, api.Clip(name, 64), api.Text{
				Zh: "没有这个参数。可用的有：" + c.route.queryNames() + "。",
				En: "there is no such parameter. Known are: " + c.route.queryNames() + ".",
			})
		}
		p := c.route.parameters[i]
		if len(query[name]) > 1 && !p.repeated {
			return refuse(invalidParameter, name, api.Text{Zh: "只能给出一次。", En: "may be given once."})
		}
		for _, text := range query[name] {
			v := p.parse(text)
			if !api.PlainText(text) {
				return refuse(invalidParameter, name, plainText)
			}
			if wrong := p.check(v, name); len(wrong) > 0 {
				return refusedBody(wrong)
			}
			c.query[name] = append(c.query[name], v)
		}
	}
	return nil
}

var plainText = api.Text{Zh: "须为 UTF-8 文本，不含控制字符。", En: "must be UTF-8 without control characters."}

func (r *route) queryNames() string {
	var names []string
	for _, p := range r.parameters {
		if !p.inPath {
			names = append(names, p.name)
		}
	}
	if len(names) == 0 {
		return "-"
	}
	return strings.Join(names, ", ")
}

// text returns a parameter of the query, or "".
func (c *call) text(name string) string {
	if vs := c.query[name]; len(vs) > 0 {
		return vs[0].Text
	}
	return ""
}

// number returns a parameter of the query, or otherwise.
func (c *call) number(name string, otherwise int64) int64 {
	if vs := c.query[name]; len(vs) > 0 {
		return numberOf(vs[0])
	}
	return otherwise
}

// is returns a parameter of the query; absent is false.
func (c *call) is(name string) bool {
	vs := c.query[name]
	return len(vs) > 0 && vs[0].Bool
}

// fail answers with the error that err stands for. What stands for none is a bug or
// a failure of the store: it is logged, and not shown.
func (c *call) fail(w http.ResponseWriter, err error) {
	if errors.Is(err, context.Canceled) && c.request.Context().Err() != nil {
		return // the caller is gone; nobody reads an answer
	}
	e := c.errorOf(err)
	if e == nil {
		c.config.Log.Error("JSON API", "path", c.request.URL.Path, "request", c.id, "error", err)
		e = &Error{Code: internalError, Message: api.Text{
			Zh: "服务内部错误，请把请求编号交给管理员；服务日志说明原因。",
			En: "The server failed. Give the request id to the administrator: the log of the server says why.",
		}}
	}
	h := w.Header()
	if late := new(throttledError); errors.As(err, &late) {
		h.Set("Retry-After", late.wait)
	} else if e.Code == busy {
		h.Set("Retry-After", "1")
	}
	if len(e.allow) > 0 {
		h.Set("Allow", strings.Join(e.allow, ", "))
	}
	c.write(w, e.status(), append(appendJSON(nil, e.envelope(c.id)), '\n'))
}

func (c *call) send(w http.ResponseWriter, a *reply) {
	for name, value := range a.headers {
		w.Header().Set(name, value)
	}
	switch {
	case a.stream != nil:
		c.sendStream(w, a)
	case a.text != nil:
		c.write(w, a.status, a.text)
	case a.body != nil:
		c.write(w, a.status, append(appendJSON(nil, a.body), '\n'))
	default:
		c.begin(w, a.status, "")
	}
}

// begin sends the head of an answer. media is the type of its body; "" is none.
func (c *call) begin(w http.ResponseWriter, status int, media string) {
	h := w.Header()
	h.Set("X-Request-Id", c.id)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	if media != "" {
		h.Set("Content-Type", media)
	}
	w.WriteHeader(status)
}

func (c *call) write(w http.ResponseWriter, status int, text []byte) {
	c.begin(w, status, "application/json; charset=utf-8")
	if c.request.Method != http.MethodHead {
		_, _ = w.Write(text) // fails only if the caller has left
	}
}
