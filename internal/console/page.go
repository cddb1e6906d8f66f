package console

import (
	"bytes"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// page is the data of every template.
type page struct {
	Lang  Lang
	Other string // this page in the other language
	Path  string
	Query string
	Data  any
}

// Say returns one of the pages' own texts.
func (p page) Say(key string) string {
	t, ok := words[key]
	if !ok {
		panic("console: no words for " + key)
	}
	return p.Lang.Of(t)
}

// In returns a text of the catalogue.
func (p page) In(t api.Text) string { return p.Lang.Of(t) }

// Family names a gateway.
func (p page) Family(f api.Family) string { return p.Say(familyWord(f)) }

// Here reports whether the reader is in this part of the pages.
func (p page) Here(part string) bool { return strings.HasPrefix(p.Path, part) }

// With returns the page with other data, for a part of it.
func (p page) With(data any) page { p.Data = data; return p }

// functions are the functions of the templates; base is the prefix of every
// path ([Config.BasePath]).
func functions(base string) template.FuncMap {
	return template.FuncMap{"segment": url.PathEscape, "base": func() string { return base }}
}

func (c *Console) render(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	lang, chosen := languageOf(r)
	if chosen {
		http.SetCookie(w, &http.Cookie{
			Name: langCookie, Value: string(lang), Path: c.config.BasePath + "/console/", MaxAge: 365 * 24 * 3600,
			HttpOnly: true, SameSite: http.SameSiteStrictMode,
		})
	}
	q := r.URL.Query()
	p := page{Lang: lang, Path: strings.TrimPrefix(r.URL.Path, "/console"), Query: q.Get("q"), Data: data}
	q.Set("lang", string(lang.Other()))
	p.Other = "?" + q.Encode()

	var out bytes.Buffer
	if err := c.pages[name].ExecuteTemplate(&out, "layout.html", p); err != nil {
		http.Error(w, "the page could not be rendered", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", lang.HTML())
	h.Set("Vary", "Accept-Language, Cookie")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(out.Bytes())
	}
}
