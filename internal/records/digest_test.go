package records_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/records"
)

// An export with digestOnly answers with the digest that its file would have.
func TestADigestIsThatOfTheExport(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	w.newContact(t)
	for _, request := range []string{
		`"kind":"all"`, `"kind":"contacts"`, `"kind":"contacts","filter":{"mobile":"86-13900007001"}`, `"kind":"contacts","fields":["name"]`,
		`"kind":"contacts","mask":true`, `"kind":"employees","filter":{"dept":1,"recursive":true},"format":"csv","header":"zh"`, `"kind":"departments","filter":{"q":"市场"}`,
	} {
		whole := w.want(t, 200, "", "POST", org+"/exports", `{`+request+`}`)
		digest := w.want(t, 200, "", "POST", org+"/exports", `{`+request+`,"digestOnly":true}`)
		told, err := base64.RawURLEncoding.DecodeString(whole.header.Get("Mingce-Export"))
		var export map[string]any
		if err = errors.Join(err, json.Unmarshal(told, &export)); err != nil {
			t.Fatal(err)
		}
		for name, value := range export {
			got, there := digest.body[name]
			switch name {
			case "id", "bytes", "sha256": // of the file
				same(t, request+": "+name, got, nil)
			case "time", "requestId", "seq", "format":
			default:
				same(t, request+": "+name, fmt.Sprint(got), fmt.Sprint(value))
			}
			if !there {
				t.Errorf("%s: got no %s, which an export has", request, name)
			}
		}
		if got, want := digest.body["digest"], whole.header.Get("Mingce-Digest"); got != want || want == "" {
			t.Errorf("%s: got %v, want %s", request, got, want)
		}
	}
	for _, tt := range []struct{ query, body string }{
		{"kind=contacts&mobile=86-13900007001", `{"kind":"contacts","filter":{"mobile":"86-13900007001"},"digestOnly":true}`},
		{"kind=employees&dept=1&recursive=true", `{"kind":"employees","filter":{"dept":1,"recursive":true},"digestOnly":true}`},
		{"kind=contacts&follower=nobody&updatedSince=2026-01-01T00:00:00Z", `{"kind":"contacts","filter":{"follower":"nobody"},"digestOnly":true}`},
	} {
		got := w.want(t, 200, "", "GET", org+"/digest?"+tt.query, "")
		want := w.want(t, 200, "", "POST", org+"/exports", tt.body)
		for name, value := range got.body {
			same(t, tt.query+": "+name, want.body[name], value)
		}
	}
	if a := w.want(t, 200, "", "GET", org+"/digest?kind=contacts&mobile=86-13900007001", ""); fmt.Sprint(a.body["count"]) != "1" {
		t.Errorf("got %s", a.text)
	}
	for _, tt := range []struct{ query, code, parameter string }{
		{"q=a", "invalidParameter", "q"}, {"kind=labels&follower=org1001", "unknownParameter", "follower"}, {"kind=contacts&colour=red", "unknownParameter", "colour"},
	} {
		if a := w.want(t, 400, tt.code, "GET", org+"/digest?"+tt.query, ""); a.error("parameter") != tt.parameter {
			t.Errorf("%s: got %s", tt.query, a.text)
		}
	}
	for _, body := range []string{`{"kind":"labels","format":"vcard","digestOnly":true}`, `{"kind":"all","format":"csv","digestOnly":true}`, `{"kind":"contacts","vcardVersion":"4.0","digestOnly":true}`} {
		w.want(t, 400, "invalidParameter", "POST", org+"/exports", body)
	}
	if n := len(w.want(t, 200, "", "GET", org+"/exports", "").body["items"].([]any)); n != 7 {
		t.Errorf("%d exports are listed, want the 7 files", n)
	}
}

// The digest of one object in clear would tell what its mask hides.
func TestTheDigestOfASelectionIsMasked(t *testing.T) {
	t.Parallel()
	w := open(t, func(c *records.Config) { c.Dev = false })
	admin := w.adminKey(t, directory.SampleOrg)
	w.want(t, 201, "", "POST", org+"/contacts", contactBody, admin...)
	const one = `"kind":"contacts","filter":{"mobile":"86-13900007001"}`
	digest := func(method, target, body string) string {
		return w.want(t, 200, "", method, org+target, body, admin...).body["digest"].(string)
	}
	masked, clear := digest("POST", "/exports", `{`+one+`,"digestOnly":true}`), digest("POST", "/exports?reveal=true", `{`+one+`,"digestOnly":true}`)
	if masked == clear || masked != digest("POST", "/exports?reveal=true", `{`+one+`,"digestOnly":true,"mask":true}`) {
		t.Errorf("got %s masked and %s in clear", masked, clear)
	}
	const query = "/digest?kind=contacts&mobile=86-13900007001"
	if got := digest("GET", query, ""); got != masked {
		t.Errorf("got %s, want %s", got, masked)
	}
	if got := digest("GET", query+"&reveal=true", ""); got != clear {
		t.Errorf("got %s, want %s", got, clear)
	}
	got := w.want(t, 200, "", "GET", org+"/history?action=export", "", admin...)
	if n := strings.Count(got.text, `"revealed"`); n != 3 {
		t.Errorf("%d entries, want one for each of the 3 that asked for clear values: %s", n, got.text)
	}
}
