package console_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/console"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/server"
	"github.com/mingce/mingce/internal/snippet"
)

func open(t *testing.T) (*console.Console, *api.FailedCalls, *api.Catalogue) {
	t.Helper()
	catalogue, err := instance.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	failed := api.NewFailedCalls(16)
	return console.New(console.Config{
		Catalogue: catalogue, Gateways: server.Gateways(), FailedCalls: failed, Version: "test",
		Endpoints: []console.Endpoint{{Name: api.Text{Zh: "地址", En: "Address"}, URL: "http://127.0.0.1:8080"}},
	}), failed, catalogue
}

func page(t *testing.T, c http.Handler, target string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, r)
	return w
}

func has(t *testing.T, w *httptest.ResponseRecorder, what string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(w.Body.String(), text) {
			t.Errorf("%s: got status %d and no %q", what, w.Code, text)
		}
	}
}

func TestEveryDocumentedErrorHasItsPageInBothLanguages(t *testing.T) {
	t.Parallel()
	c, _, catalogue := open(t)
	for _, e := range console.Entries(catalogue, server.Gateways()) {
		code := e.Code
		if code.Why.Zh == "" || code.Why.En == "" || code.Fix.Zh == "" || code.Fix.En == "" {
			t.Errorf("code %s: a text is missing in Why %q or Fix %q", code.Code, code.Why, code.Fix)
		}
		for lang, texts := range map[string][]string{"zh": {code.Why.Zh, code.Fix.Zh}, "en": {code.Why.En, code.Fix.En}} {
			w := page(t, c, "/console/errors/"+code.Code+"?lang="+lang)
			if w.Code != http.StatusOK {
				t.Errorf("page of %s: got status %d, want 200", code.Code, w.Code)
			}
			for _, text := range texts {
				// The page escapes what HTML demands; compare up to the first such letter.
				if i := strings.IndexAny(text, `<>&'"+`); i >= 0 {
					text = text[:i]
				}
				has(t, w, "page of "+code.Code+" in "+lang, text)
			}
		}
		if len(e.Operations) == 0 && !e.OfGateway {
			t.Errorf("code %s: nothing answers it", code.Code)
		}
	}
}

func TestEveryOperationHasItsPage(t *testing.T) {
	t.Parallel()
	c, _, catalogue := open(t)
	list := page(t, c, "/console/reference/")
	for _, o := range catalogue.Operations() {
		has(t, list, "reference", `href="/console/reference/`+o.Name+`"`)
		w := page(t, c, "/console/reference/"+o.Name)
		if w.Code != http.StatusOK {
			t.Errorf("page of %s: got status %d, want 200", o.Name, w.Code)
		}
		for _, f := range o.Inputs() {
			has(t, w, "page of "+o.Name, "<code>"+f.Name+"</code>")
		}
	}
}

func TestErrorPageExplainsTheCallThatFailed(t *testing.T) {
	t.Parallel()
	c, failed, _ := open(t)
	failed.Add(api.FailedCall{
		RequestID: "R1", Time: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC), Operation: "UpdateMessageContact",
		Code: &api.Code{Code: "InvalidParameter.Title"}, Parameter: "Title", Rule: api.Text{Zh: "只能是 CEO, Other 之一", En: "one of CEO, Other"}, Value: api.Text{Zh: "B***s（4 个字符）", En: "B***s (4 characters)"},
	})
	w := page(t, c, "/console/errors/InvalidParameter.Title?requestId=R1&lang=en")
	has(t, w, "page", "<code>Title</code>", "one of CEO, Other", "B***s (4 characters)", "2026-05-01 12:00:00 UTC", "/console/reference/UpdateMessageContact")

	w = page(t, c, "/console/errors/InvalidParameter.Name?requestId=R1&lang=en")
	has(t, w, "page of another code", "answered with another code", "/console/errors/InvalidParameter.Title?requestId=R1")

	w = page(t, c, "/console/errors/InvalidParameter.Title?requestId=%3Cscript%3E&lang=en")
	has(t, w, "unknown request id", "does not remember", "&lt;script&gt;")
}

// A page about one call opens with what the call met; what else the code can
// mean is folded away.
func TestErrorPageOpensWithTheMeaningThatTheCallMet(t *testing.T) {
	t.Parallel()
	c, failed, catalogue := open(t)
	var met *api.Code
	for _, code := range catalogue.Named("OrgAccountMobileVisibleInOtherOrg").Codes() {
		if strings.Contains(code.Why.En, "toCorpIds") {
			met = code
		}
	}
	if met == nil {
		t.Fatal("got no code about toCorpIds, want one")
	}
	failed.Add(api.FailedCall{RequestID: "R2", Code: met, Parameter: "toCorpIds[0]", Rule: api.Text{Zh: "须存在", En: "must exist"}, Value: api.Text{Zh: "d***8（12 个字符）", En: "d***8 (12 characters)"}})
	w := page(t, c, "/console/errors/"+met.Code+"?requestId=R2&lang=en")
	has(t, w, "page", "must exist", "Other meanings of this code")
	above, _, _ := strings.Cut(w.Body.String(), "<details")
	if !strings.Contains(above, met.Why.En) || strings.Count(above, "<article") != 1 {
		t.Errorf("above the fold: got %d meanings, want the one of this call", strings.Count(above, "<article"))
	}
	w = page(t, c, "/console/errors/"+met.Code+"?requestId=R2&lang=zh")
	has(t, w, "page in Chinese", "须存在", "d***8（12 个字符）")

	failed.Add(api.FailedCall{RequestID: "R3", Code: met, Parameter: "optUserId", Rule: (&api.ArgumentError{Missing: true}).Broken()})
	has(t, page(t, c, "/console/errors/"+met.Code+"?requestId=R3&lang=en"), "a missing parameter", "must be given and not be empty")
}

// What an answer calls its error leads to a page, also where the code has the
// parameter's name in it or is a sub code.
func TestCodesOfAFormHaveTheirPage(t *testing.T) {
	t.Parallel()
	c, _, _ := open(t)
	has(t, page(t, c, "/console/errors/InvalidParameter.SignatureNonce?lang=en"), "code of a form", "<h1 class=\"code\">InvalidParameter.SignatureNonce</h1>", "<article")
	has(t, page(t, c, "/console/errors/MissingParameter.Anything?lang=en"), "code of a form", "<article")
	has(t, page(t, c, "/console/errors/isv.invalid-parameter?lang=en"), "sub code", "<code>Remote service error</code>", "<code>isv.invalid-parameter</code>")
	has(t, page(t, c, "/console/errors/isv.missing-parameter:contact?lang=en"), "sub code with a name", "<article")
	if c.Knows("invalid-sessionkey") || !c.Knows("27") {
		t.Error("codes of their own: got the sub code or not its code, want 27 alone")
	}
	for _, absent := range []string{"Nope.Name", "InvalidParameter.", "InvalidParameterX"} {
		if w := page(t, c, "/console/errors/"+absent); w.Code != http.StatusNotFound {
			t.Errorf("%s: got status %d, want 404", absent, w.Code)
		}
	}
}

// A refused call leads to the page of the permission that it lacks.
func TestEveryPermissionHasItsPage(t *testing.T) {
	t.Parallel()
	c, _, catalogue := open(t)
	for _, scope := range catalogue.Scopes() {
		w := page(t, c, api.PermissionPage("", scope.Code)+"?lang=en")
		has(t, w, "page of "+scope.Code, "<h1 class=\"code\">"+scope.Code+"</h1>", "mingce app grant")
		for _, name := range scope.Operations {
			has(t, w, "page of "+scope.Code, "/console/reference/"+name+`"`)
		}
		has(t, page(t, c, "/console/permissions/?lang=zh"), "list", "/console/permissions/"+scope.Code+`"`)
	}
	if w := page(t, c, "/console/permissions/nope"); w.Code != http.StatusNotFound {
		t.Errorf("unknown permission: got status %d, want 404", w.Code)
	}
}

func TestUnknownPagesOfferASearch(t *testing.T) {
	t.Parallel()
	c, _, _ := open(t)
	for _, path := range []string{"/console/errors/Nope", "/console/errors/a/b", "/console/reference/Nope", "/console/nope", "/console/static/", "/console/static/../doc.go"} {
		w := page(t, c, path)
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: got status %d, want 404", path, w.Code)
		}
		has(t, w, path, `role="search"`)
	}
}

func TestErrorsCanBeSearched(t *testing.T) {
	t.Parallel()
	c, _, _ := open(t)
	w := page(t, c, "/console/errors/?lang=en&q=already+exists")
	has(t, w, "search for words", "InvalidParameter.Name.AlreadyUsed")
	if strings.Contains(w.Body.String(), "InvalidParameter.Title") {
		t.Error("search for words: got InvalidParameter.Title, want matching entries only")
	}
	w = page(t, c, "/console/errors/?q=InvalidParameter.Name.AlreadyUsed")
	if w.Code != http.StatusFound || w.Header().Get("Location") != "/console/errors/InvalidParameter.Name.AlreadyUsed" {
		t.Errorf("search for a code: got %d to %q, want a redirect to its page", w.Code, w.Header().Get("Location"))
	}
	w = page(t, c, "/console/errors/?lang=en&q="+strings.Repeat("%E5%B7%B2", 500)+"%22%3E%3Cscript%3E%FF")
	has(t, w, "search for nothing that exists", "No code matches")
	if strings.Contains(w.Body.String(), "<script>") {
		t.Error("search text: got markup unescaped")
	}
}

func TestLanguageFollowsChoiceThenBrowser(t *testing.T) {
	t.Parallel()
	c, _, _ := open(t)
	for _, x := range []struct{ query, cookie, accept, want string }{
		{"", "", "", "zh-CN"},
		{"", "", "en-GB,en;q=0.9", "en"},
		{"", "", "fr, en;q=0.3, zh-TW;q=0.8", "zh-CN"},
		{"", "", "fr", "zh-CN"},
		{"?lang=en", "", "zh", "en"},
		{"?lang=xx", "", "en", "en"},
		{"", "mingce_lang=en", "zh", "en"},
		{"?lang=zh", "mingce_lang=en", "en", "zh-CN"},
	} {
		w := page(t, c, "/console/"+x.query, "Cookie", x.cookie, "Accept-Language", x.accept)
		if got := w.Header().Get("Content-Language"); got != x.want {
			t.Errorf("%+v: got %s, want %s", x, got, x.want)
		}
	}
}

func TestPagesAreLockedDown(t *testing.T) {
	t.Parallel()
	c, _, _ := open(t)
	for _, path := range []string{"/console/", "/console/errors/", "/console/errors/Nope", "/console/static/style.css"} {
		h := page(t, c, path).Header()
		if csp := h.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: got policy %q, want one that allows nothing but style and images", path, csp)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" {
			t.Errorf("%s: got headers %v, want nosniff and no-referrer", path, h)
		}
	}
	w := httptest.NewRecorder()
	c.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/console/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: got status %d, want 405", w.Code)
	}
}

// The samples stand on the landing page as they can be copied; in serve there are none.
func TestLandingPageShowsSamples(t *testing.T) {
	t.Parallel()
	samples := []snippet.Sample{{Client: "Java", How: api.Text{Zh: "存为 Call.java", En: "as Call.java"}, Code: `class Call { String a = "<&>"; }`}}
	with := console.New(console.Config{Catalogue: new(api.Catalogue), Samples: samples})
	has(t, page(t, with, "/console/?lang=zh"), "samples in Chinese", `id="samples"`, "Java", "存为 Call.java", "class Call { String a = &#34;&lt;&amp;&gt;&#34;; }")
	has(t, page(t, with, "/console/?lang=en"), "samples in English", "as Call.java")

	without := console.New(console.Config{Catalogue: new(api.Catalogue)})
	if w := page(t, without, "/console/?lang=en"); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "samples") {
		t.Errorf("no samples: got status %d and the section, want 200 without it", w.Code)
	}
}
