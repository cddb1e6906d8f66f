package records_test

import (
	"errors"
	"io"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/mingce/mingce/internal/records"
)

func (w *world) listed(t *testing.T, of string) int {
	t.Helper()
	return len(w.want(t, 200, "", "GET", org+"/"+of, "").body["items"].([]any))
}

func TestARepeatedImportIsTheFirst(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	const file = contacts + "甲,13900000001,普通,王芳\n"
	key := []string{"Content-Type", fileType, "Idempotency-Key", "i-1"}
	target := imports + "?kind=contacts&again=true&name=a.csv"
	first := w.want(t, 202, "", "POST", target, file, key...)
	w.want(t, 200, "", "GET", first.header.Get("Location")+"/events", "") // until its end
	again := w.want(t, 202, "", "POST", target, file, key...)
	if first.text != again.text || first.header.Get("Location") != again.header.Get("Location") {
		t.Errorf("got %s, want %s", again.text, first.text)
	}
	for _, other := range [][2]string{{target, file + "乙,13900000002,普通,王芳\n"}, {target + "&preview=true", file}, {strings.Replace(target, "a.csv", "b.csv", 1), file}} {
		if a := w.want(t, 409, "conflict", "POST", other[0], other[1], key...); a.error("rule") != "keyUsed" {
			t.Errorf("got %s", a.text)
		}
	}
	key[3] = "i-2"
	waited := w.importFile(t, 200, "", "kind=contacts&preview=true", file, key...)
	if a := w.importFile(t, 200, "", "kind=contacts&preview=true", file, key...); a.text != waited.text {
		t.Errorf("got %s, want %s", a.text, waited.text)
	}
	run := imports + "/" + waited.body["id"].(string) + "/run?wait=5m"
	ran := w.want(t, 200, "", "POST", run, "", "Idempotency-Key", "r-1")
	if a := w.want(t, 200, "", "POST", run, "", "Idempotency-Key", "r-1"); a.text != ran.text {
		t.Errorf("got %s, want %s", a.text, ran.text)
	}
	key[3] = "i-3"
	w.importFile(t, 422, "rejected", "kind=contacts", "", key...)
	w.importFile(t, 200, "", "kind=contacts", file+"丙,13900000003,普通,王芳\n", key...) // a refusal is not kept
	if n := w.listed(t, "imports"); n != 4 {
		t.Errorf("got %d imports, want 4", n)
	}
	w.want(t, 400, "invalidParameter", "POST", target, file, "Content-Type", fileType, "Idempotency-Key", "a b")
}

func TestParallelRepeatsImportOnce(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	texts := make([]string, 8)
	var all sync.WaitGroup
	for i := range texts {
		all.Go(func() {
			texts[i] = w.call(t, "POST", imports+"?kind=contacts&again=true", contacts+"甲,13900000001,普通,王芳\n", "Content-Type", fileType, "Idempotency-Key", "k").text
		})
	}
	all.Wait()
	for _, text := range texts {
		if text != texts[0] {
			t.Errorf("got %s and %s", text, texts[0])
		}
	}
	if n := w.listed(t, "imports"); n != 1 {
		t.Errorf("got %d imports, want 1", n)
	}
}

func TestARepeatedExportIsTheSameFile(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	for _, format := range []string{"csv", "xlsx", "vcard", "ldif", "jsonl"} {
		body, key := `{"kind":"contacts","format":"`+format+`"}`, []string{"Idempotency-Key", format}
		answers := make([]answer, 3)
		var all sync.WaitGroup
		for i := range answers {
			all.Go(func() { answers[i] = w.call(t, "POST", org+"/exports", body, key...) })
		}
		all.Wait()
		for _, a := range answers {
			if a.status != 200 || a.text != answers[0].text || a.header.Get("Mingce-Export") != answers[0].header.Get("Mingce-Export") || a.header.Get("Mingce-Export") == "" {
				t.Errorf("%s: got %d %q %v, want %q %v", format, a.status, a.text, a.header, answers[0].text, answers[0].header)
			}
		}
		if a := w.want(t, 409, "conflict", "POST", org+"/exports", `{"kind":"labels"}`, key...); a.error("rule") != "keyUsed" {
			t.Errorf("got %s", a.text)
		}
	}
	if n := w.listed(t, "exports"); n != 5 {
		t.Errorf("got %d exports, want 5", n)
	}
	w.newContact(t)
	if a := w.want(t, 409, "conflict", "POST", org+"/exports", `{"kind":"contacts","format":"csv"}`, "Idempotency-Key", "csv"); a.error("rule") != "exportChanged" {
		t.Errorf("got %s", a.text)
	}
	digest := w.want(t, 200, "", "POST", org+"/exports", `{"kind":"contacts","digestOnly":true}`, "Idempotency-Key", "d")
	w.want(t, 204, "", "DELETE", org+"/contacts/"+w.want(t, 200, "", "GET", org+"/contacts?mobile=86-13900007001", "").body["items"].([]any)[0].(map[string]any)["userId"].(string), "")
	if a := w.want(t, 200, "", "POST", org+"/exports", `{"kind":"contacts","digestOnly":true}`, "Idempotency-Key", "d"); a.text != digest.text {
		t.Errorf("got %s, want %s", a.text, digest.text)
	}
}

// A server that stops ends what only waits, and whoever follows again gets the rest, once.
func TestFollowersLeaveAServerThatStops(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	body, sent := io.Pipe()
	r := httptest.NewRequestWithContext(t.Context(), "POST", imports+"?kind=contacts&wait=5m", body)
	r.Header.Set("Content-Type", fileType)
	var importing sync.WaitGroup
	ended := httptest.NewRecorder()
	importing.Go(func() { w.handler.ServeHTTP(ended, r) })
	if _, err := io.WriteString(sent, contacts); err != nil { // when it is taken, the import has begun
		t.Fatal(err)
	}
	id := w.want(t, 200, "", "GET", imports, "").body["items"].([]any)[0].(map[string]any)["id"].(string)
	stop := make(chan struct{})
	close(stop)
	stopping := func(method, target string) *httptest.ResponseRecorder {
		recorder := httptest.NewRecorder()
		w.handler.ServeHTTP(recorder, httptest.NewRequestWithContext(records.WithStop(t.Context(), stop), method, target, nil))
		return recorder
	}
	if a := stopping("GET", imports+"/"+id+"/events"); a.Code != 200 || strings.Contains(a.Body.String(), "event: done") || !strings.Contains(a.Body.String(), ": the server is stopping") {
		t.Errorf("events: got %d %s", a.Code, a.Body)
	}
	if a := stopping("POST", imports+"/"+id+"/resume?wait=5m"); a.Code != 202 {
		t.Errorf("wait: got %d %s", a.Code, a.Body)
	}
	_, err := io.WriteString(sent, "甲,13900000001,普通,王芳\n")
	if err := errors.Join(err, sent.Close()); err != nil {
		t.Fatal(err)
	}
	importing.Wait()
	if ended.Code != 200 {
		t.Errorf("the import: got %d %s", ended.Code, ended.Body)
	}
	all := eventsOf(w.want(t, 200, "", "GET", imports+"/"+id+"/events", "").text)
	if n := len(all); n != 2 || all[0].name != "progress" || all[1].name != "done" {
		t.Fatalf("got %v, want the last progress and the end", all)
	}
	rest := eventsOf(w.want(t, 200, "", "GET", imports+"/"+id+"/events", "", "Last-Event-ID", all[0].id).text)
	if len(rest) != 1 || rest[0].name != "done" {
		t.Errorf("who has seen all but the end got %v", rest)
	}
}
