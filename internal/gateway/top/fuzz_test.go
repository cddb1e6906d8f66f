package top

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// FuzzHandler sends anything as query, body and content type: the answer is
// always a whole envelope with status 200, and never an unexplained failure.
func FuzzHandler(f *testing.F) {
	f.Add("POST", "", update, "application/x-www-form-urlencoded", `contact={"name":"x","label_ids":[1]}`)
	f.Add("GET", "/dingtalk.corp.extcontact.list", "v=2.0&session=tok123&size=20&offset=0", "", "")
	f.Add("POST", "", "method=dingtalk.corp.extcontact.update&access_token=tok123", "application/json", `{"contact":{"name":"x"}}`)
	f.Add("POST", "", update, "multipart/form-data;boundary=b", "\r\n--b\r\nContent-Disposition:form-data;name=\"contact\"\r\n\r\n{}\r\n--b--\r\n")
	f.Add("GET", "", signed("md5", nil), "", "")
	f.Add("POST", "", signed("hmac-sha256", nil), "application/x-www-form-urlencoded", "simplify=true")
	w := newWorld(f)
	w.handler.Log = slog.New(slog.DiscardHandler)
	f.Fuzz(func(t *testing.T, method, path, query, contentType, body string) {
		r := &http.Request{
			Method: method, URL: &url.URL{Path: Path + path, RawQuery: query}, RemoteAddr: "192.0.2.1:1",
			Header: http.Header{"Content-Type": {contentType}}, Body: http.NoBody,
		}
		if body != "" {
			r.Body = readCloser{strings.NewReader(body)}
		}
		rec := httptest.NewRecorder()
		w.handler.ServeHTTP(rec, r)
		if rec.Code != http.StatusOK {
			t.Errorf("got status %d", rec.Code)
		}
		checkEnvelope(t, rec.Header().Get("Content-Type"), rec.Body.String())
		// Test operations fail in this way only on purpose.
		if strings.Contains(rec.Body.String(), "isp.unknown-error") && !strings.Contains(query+body, "bug") && !strings.Contains(query+body, "panic") {
			t.Errorf("internal error for %s %s %s", method, query, body)
		}
	})
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }
