package console

import (
	"embed"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/snippet"
)

// Config is what the pages need.
type Config struct {
	Catalogue   *api.Catalogue
	Gateways    []Gateway
	FailedCalls *api.FailedCalls
	Endpoints   []Endpoint
	Samples     []snippet.Sample // calls to try on the landing page; nil: none
	Version     string
	BasePath    string // prefix of the public address: "" or "/contacts"; requests arrive without it
}

// Gateway is one of the vendors' gateways with the codes that it answers
// itself, whatever the operation.
type Gateway struct {
	Family api.Family
	Codes  []*api.Code
}

// Endpoint is an address of this server, shown on the landing page.
type Endpoint struct {
	Name api.Text
	URL  string
}

//go:embed templates static
var files embed.FS

// Console is the handler of everything under /console. It is safe for
// concurrent use.
type Console struct {
	config  Config
	pages   map[string]*template.Template
	entries entries
	statics http.Handler
}

// entries has all documented errors.
type entries struct {
	list   []*Entry
	byCode map[string][]*Entry
}

// New returns the pages.
func New(c Config) *Console {
	x := &Console{config: c, pages: map[string]*template.Template{}, entries: entries{list: Entries(c.Catalogue, c.Gateways), byCode: map[string][]*Entry{}}}
	for _, name := range []string{"home", "errors", "error", "absent", "reference", "operation", "permission", "permissions"} {
		x.pages[name] = template.Must(template.New("layout.html").Funcs(functions(c.BasePath)).
			ParseFS(files, "templates/layout.html", "templates/fields.html", "templates/"+name+".html"))
	}
	for _, e := range x.entries.list {
		x.entries.byCode[e.Code.Code] = append(x.entries.byCode[e.Code.Code], e)
		if sub := e.Code.Sub; sub != "" && sub != e.Code.Code {
			x.entries.byCode[sub] = append(x.entries.byCode[sub], e)
		}
	}
	x.statics = http.StripPrefix("/console/", http.FileServerFS(files))
	return x
}

// Knows reports whether an error code is documented.
func (c *Console) Knows(code string) bool {
	return slices.ContainsFunc(c.entries.byCode[code], func(e *Entry) bool { return e.Code.Code == code })
}

func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		c.render(w, r, http.StatusMethodNotAllowed, "absent", nil)
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/console")
	code, isCode := strings.CutPrefix(path, "/errors/")
	operation, isOperation := strings.CutPrefix(path, "/reference/")
	permission, isPermission := strings.CutPrefix(path, "/permissions/")
	switch {
	case path == "", path == "/errors", path == "/reference", path == "/permissions":
		http.Redirect(w, r, c.config.BasePath+"/console"+path+"/", http.StatusMovedPermanently)
	case path == "/":
		c.home(w, r)
	case isCode && code == "":
		c.errorList(w, r)
	case isCode:
		c.errorPage(w, r, code)
	case isOperation && operation == "":
		c.render(w, r, http.StatusOK, "reference", c.groups())
	case isOperation:
		c.operation(w, r, operation)
	case isPermission && permission == "":
		c.render(w, r, http.StatusOK, "permissions", c.config.Catalogue.Scopes())
	case isPermission:
		c.permission(w, r, permission)
	case path == "/static/style.css", path == "/static/icon.svg":
		w.Header().Set("Cache-Control", "max-age=300")
		c.statics.ServeHTTP(w, r)
	default:
		c.render(w, r, http.StatusNotFound, "absent", nil)
	}
}

// secure sets the headers that prevent framing, content sniffing and scripts,
// of which the pages have none.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

func (c *Console) home(w http.ResponseWriter, r *http.Request) {
	c.render(w, r, http.StatusOK, "home", map[string]any{
		"Endpoints": c.config.Endpoints, "Samples": c.config.Samples, "Groups": c.groups(),
		"Codes": len(c.entries.list), "Version": c.config.Version,
	})
}
