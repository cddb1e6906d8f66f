package console

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// Lang is a language of the pages.
type Lang string

// The languages of the pages.
const (
	Zh Lang = "zh"
	En Lang = "en"
)

const langCookie = "mingce_lang"

// languageOf reads the reader's choice: ?lang=, then an earlier choice, then
// the browser's list, then Chinese.
func languageOf(r *http.Request) (lang Lang, chosen bool) {
	switch l := Lang(r.URL.Query().Get("lang")); l {
	case Zh, En:
		return l, true
	}
	if c, err := r.Cookie(langCookie); err == nil && (c.Value == string(Zh) || c.Value == string(En)) {
		return Lang(c.Value), false
	}
	return accepted(r.Header.Get("Accept-Language")), false
}

// accepted picks a language from an Accept-Language header; the first of equal
// weights wins.
func accepted(header string) Lang {
	best, weight := Zh, 0.0
	for part := range strings.SplitSeq(header, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if text, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			if v, err := strconv.ParseFloat(text, 64); err == nil {
				q = v
			}
		}
		lang := Lang(strings.ToLower(tag[:min(2, len(tag))]))
		if (lang == Zh || lang == En) && q > weight {
			best, weight = lang, q
		}
	}
	return best
}

// Of returns the text in the language.
func (l Lang) Of(t api.Text) string {
	if l == En {
		return t.En
	}
	return t.Zh
}

// Other is the language that the page offers to switch to.
func (l Lang) Other() Lang {
	if l == En {
		return Zh
	}
	return En
}

// HTML is the value of the lang attribute.
func (l Lang) HTML() string {
	if l == En {
		return "en"
	}
	return "zh-CN"
}
