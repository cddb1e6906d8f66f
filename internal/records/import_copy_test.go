package records_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What became of the rows is gone with the copy of the file: asking for either is answered alike, not
// as if there were no rows.
func TestCopiesThatAreDeleted(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	v := w.importFile(t, 200, "", "kind=contacts", contacts+"甲,13900000001,普通,王芳\n乙,1,普通,王芳\n")
	at := imports + "/" + v.body["id"].(string)
	if rows := w.want(t, 200, "", "GET", at+"/rows", ""); len(rows.body["items"].([]any)) != 2 {
		t.Fatalf("got %s", rows.text)
	}
	contact := w.want(t, 200, "", "GET", org+"/contacts?mobile=86-13900000001", "").body["items"].([]any)[0].(map[string]any)["userId"].(string)
	w.want(t, 201, "", "POST", org+"/erasures", `{"kind":"contact","id":"`+contact+`"}`)
	want := w.want(t, 404, "notFound", "GET", at+"/rejected", "")
	for _, path := range []string{"/rows", "/rows?problems=true", "/report", "/report?format=jsonl"} {
		if a := w.want(t, 404, "notFound", "GET", at+path, ""); a.error("message") != want.error("message") {
			t.Errorf("%s: got %s", path, a.text)
		}
	}
	if after := w.want(t, 200, "", "GET", at, ""); after.body["state"] != "done" {
		t.Errorf("got %s", after.text)
	}
}

// Over a connection, an answer arrives as it is written, and trailers follow it.
func TestStreamsOverAConnection(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	s := httptest.NewServer(w.handler)
	defer s.Close()
	answer, err := http.Post(s.URL+org+"/exports", jsonType, strings.NewReader(`{"kind":"all"}`)) //nolint:noctx // ends with the test
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	lines := bufio.NewScanner(answer.Body)
	for lines.Scan() {
	}
	if lines.Err() != nil || answer.Trailer.Get("Mingce-Sha256") == "" || answer.Trailer.Get("Mingce-Export") == "" {
		t.Errorf("%v, trailers %v", lines.Err(), answer.Trailer)
	}
}
