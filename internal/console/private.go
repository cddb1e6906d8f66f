package console

import (
	"bytes"
	"html/template"
	"net/http"
)

// writePrivate answers with a page about one person, which caches must not
// store. If the template fails, it answers 500 instead of half a page, and
// calls its error handler.
func writePrivate(w http.ResponseWriter, r *http.Request, page *template.Template, status int, lang Lang, data any) error {
	var out bytes.Buffer
	if err := page.Execute(&out, data); err != nil {
		http.Error(w, "the page could not be rendered", http.StatusInternalServerError)
		return err
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
	return nil
}
