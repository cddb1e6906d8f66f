package records_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/records"
	"github.com/mingce/mingce/internal/transfer"
)

const (
	fileType = "application/octet-stream"
	imports  = org + "/imports"
	contacts = "name,mobile,labels,owner\n"
)

// importFile sends a file and waits for the end of its import.
func (w *world) importFile(t *testing.T, status int, code, query, text string, headers ...string) answer {
	t.Helper()
	return w.want(t, status, code, "POST", imports+"?wait=5m&"+query, text, append([]string{"Content-Type", fileType}, headers...)...)
}

// counts are the numbers of an import.
func counts(a answer) string {
	n, _ := a.body["counts"].(map[string]any)
	return fmt.Sprintf("rows %v created %v updated %v unchanged %v skipped %v rejected %v", n["rows"], n["created"], n["updated"], n["unchanged"], n["skipped"], n["rejected"])
}

func (w *world) digest(t *testing.T, kind string) string {
	t.Helper()
	return w.want(t, 200, "", "GET", org+"/digest?kind="+kind, "").text
}

// exported is the file of an export of everything.
func (w *world) exported(t *testing.T) answer {
	t.Helper()
	return w.want(t, 200, "", "POST", org+"/exports", `{"kind":"all"}`)
}

func TestEverythingExportedCanBeImportedAgain(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	w.newContact(t)
	w.want(t, 201, "", "POST", org+"/labels", `{"name":"新标签","group":"新组"}`)
	file, digest := w.exported(t), w.digest(t, "all")
	if got := file.header.Get("Mingce-Digest"); !strings.Contains(digest, got) || got == "" {
		t.Errorf("the trailer says %s, the digest is %s", got, digest)
	}
	told, err := base64.RawURLEncoding.DecodeString(file.header.Get("Mingce-Export"))
	if err != nil {
		t.Fatal(err)
	}
	list := w.want(t, 200, "", "GET", org+"/exports", "")
	first := list.body["items"].([]any)[0]
	var export map[string]any
	if err := json.Unmarshal(told, &export); err != nil || fmt.Sprint(export["id"]) != fmt.Sprint(first.(map[string]any)["id"]) {
		t.Errorf("the list has %s, the trailer %s", list.text, told)
	}
	if again, err := json.Marshal(first); err != nil || !jsonEqual(t, string(told), string(again)) {
		t.Errorf("the list has %s, the trailer %s", again, told)
	}
	if want := fmt.Sprint(len(file.text)); fmt.Sprint(export["bytes"]) != want {
		t.Errorf("%s, want %s bytes", told, want)
	}

	fresh := open(t, nil)
	fresh.importFile(t, 200, "", "onDuplicate=update&format=jsonl", file.text)
	if got := fresh.digest(t, "all"); got != digest {
		t.Errorf("got %s, want %s", got, digest)
	}
}

func jsonEqual(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		t.Fatalf("not JSON: %s, %s", a, b)
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

func TestASampleIsImported(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	text, err := os.ReadFile("../transfer/testdata/dingtalk-contacts-gbk.csv")
	if err != nil {
		t.Fatal(err)
	}
	a := w.importFile(t, 200, "", "kind=contacts&name=dingtalk.csv", string(text))
	at := imports + "/" + a.body["id"].(string)
	if a.body["state"] != "done" || a.body["encoding"] != "gb18030" || a.body["file"].(map[string]any)["name"] != "dingtalk.csv" {
		t.Errorf("got %s", a.text)
	}
	again := w.importFile(t, 200, "", "kind=contacts", string(text))
	if again.body["repeated"] != true || again.body["id"] != a.body["id"] {
		t.Errorf("again: got %s", again.text)
	}
	nameless := w.importFile(t, 200, "", "kind=contacts&preview=true", string(text))
	if name, has := nameless.body["file"].(map[string]any)["name"]; !has || name != nil {
		t.Errorf("a file without a name: got %s", nameless.text)
	}
	var seen, rejected int
	for next := ""; ; {
		page := w.want(t, 200, "", "GET", at+"/rows?limit=2"+next, "")
		for _, r := range page.body["items"].([]any) {
			seen++
			if r.(map[string]any)["action"] == "rejected" {
				rejected++
			}
		}
		cursor, more := page.body["next"].(string)
		if !more {
			break
		}
		next = "&cursor=" + url.QueryEscape(cursor)
	}
	if want := a.body["counts"].(map[string]any); fmt.Sprintf("%v %v", want["rows"], want["rejected"]) != fmt.Sprintf("%d %d", seen, rejected) {
		t.Errorf("%d rows, %d rejected, want %v", seen, rejected, want)
	}
	if got := len(w.want(t, 200, "", "GET", at+"/rows?action=rejected", "").body["items"].([]any)); got != rejected {
		t.Errorf("%d rejected rows, want %d", got, rejected)
	}
	for _, r := range w.want(t, 200, "", "GET", at+"/rows?problems=true", "").body["items"].([]any) {
		row := r.(map[string]any)
		if len(row["errors"].([]any))+len(row["warnings"].([]any)) == 0 {
			t.Errorf("a row without problems: %v", row)
		}
	}
	report := w.want(t, 200, "", "GET", at+"/report?format=jsonl", "")
	if got := strings.Count(report.text, "\n"); got != seen || !strings.Contains(report.header.Get("Content-Disposition"), ".jsonl") {
		t.Errorf("%d lines, %v", got, report.header)
	}
	if report = w.want(t, 200, "", "GET", at+"/report?format=csv", ""); !strings.HasPrefix(report.text, "\ufeffrow,") {
		t.Errorf("got %q", report.text)
	}
	file := w.want(t, 200, "", "GET", at+"/rejected", "")
	if lines := strings.Count(file.text, "\n"); lines < rejected || file.header.Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Errorf("got %d lines of %s", lines, file.header.Get("Content-Type"))
	}
	if list := w.want(t, 200, "", "GET", imports+"?limit=1", ""); len(list.body["items"].([]any)) != 1 {
		t.Errorf("got %s", list.text)
	}
	w.want(t, 200, "", "GET", at, "")
}

func TestAPreviewBecomesReal(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	text := contacts + "甲,13900000001,普通,王芳\n乙,13900000002,普通,王芳\n"
	a := w.importFile(t, 200, "", "kind=contacts&preview=true", text)
	at := imports + "/" + a.body["id"].(string)
	if a.body["state"] != "previewed" || !strings.Contains(counts(a), "created 2") {
		t.Fatalf("got %s", a.text)
	}
	w.want(t, 201, "", "POST", org+"/contacts", strings.ReplaceAll(contactBody, "86-13900007001", "86-13900000002"))
	if e := w.want(t, 409, "conflict", "POST", at+"/run", ""); e.error("rule") != "previewOutdated" {
		t.Errorf("got %s", e.text)
	}
	a = w.importFile(t, 200, "", "kind=contacts&preview=true", text)
	at = imports + "/" + a.body["id"].(string)
	run := w.want(t, 200, "", "POST", at+"/run?wait=5m", "")
	if run.body["state"] != "done" || run.body["id"] != a.body["id"] || counts(run) != counts(a) {
		t.Errorf("got %s, want what the preview told: %s", run.text, counts(a))
	}
	if e := w.want(t, 409, "conflict", "POST", at+"/run", ""); e.error("rule") != "importEnded" {
		t.Errorf("got %s", e.text)
	}
}

// event is an event of a stream.
type event struct{ id, name, data string }

func eventsOf(text string) (list []event) {
	for block := range strings.SplitSeq(strings.TrimSuffix(text, "\n\n"), "\n\n") {
		var e event
		for line := range strings.SplitSeq(block, "\n") {
			name, value, _ := strings.Cut(line, ": ")
			switch name {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data = value
			}
		}
		if e.name != "" {
			list = append(list, e)
		}
	}
	return list
}

func TestEventsTellOfAnImport(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	a := w.want(t, 202, "", "POST", imports+"?kind=contacts", many(300), "Content-Type", fileType)
	at := a.header.Get("Location")
	told := w.want(t, 200, "", "GET", at+"/events", "")
	list := eventsOf(told.text)
	if told.header.Get("Content-Type") != "text/event-stream" || len(list) < 2 {
		t.Fatalf("got %s %q", told.header.Get("Content-Type"), told.text)
	}
	last := ""
	for i, e := range list {
		isLast := i == len(list)-1
		if (e.name == "done") != isLast || !isLast && e.name != "progress" {
			t.Errorf("event %d of %d is %s", i, len(list), e.name)
		}
		if len(e.id) < len(last) || len(e.id) == len(last) && e.id <= last {
			t.Errorf("id %s after %s", e.id, last)
		}
		last = e.id
	}
	var done map[string]any
	if err := json.Unmarshal([]byte(list[len(list)-1].data), &done); err != nil || done["state"] != "done" || fmt.Sprint(done["counts"].(map[string]any)["created"]) != "300" {
		t.Errorf("the end is %s", list[len(list)-1].data)
	}
	var progress map[string]any
	if err := json.Unmarshal([]byte(list[0].data), &progress); err != nil || progress["event"] != "progress" || progress["importId"] != done["id"] {
		t.Errorf("the beginning is %s", list[0].data)
	}
	rest := eventsOf(w.want(t, 200, "", "GET", at+"/events", "", "Last-Event-ID", last).text)
	if n := len(rest); n == 0 || rest[n-1].name != "done" || len(rest[n-1].id) < len(last) || rest[n-1].id <= last {
		t.Errorf("after the end: %v", rest)
	}
	w.want(t, 404, "notFound", "GET", imports+"/im-nobody/events", "")
}

// many are contacts.
func many(n int) string {
	var b strings.Builder
	b.WriteString(contacts)
	for i := range n {
		fmt.Fprintf(&b, "批量%d,139%08d,普通,王芳\n", i, i)
	}
	return b.String()
}

func TestAnImportIsCancelled(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	a := w.want(t, 202, "", "POST", imports+"?kind=contacts", many(5000), "Content-Type", fileType)
	at := a.header.Get("Location")
	c := w.call(t, "POST", at+"/cancel", "")
	if c.status != 200 || c.body["state"] != "stopped" || c.error("code") != "cancelled" {
		t.Fatalf("got %s", c.text)
	}
	w.want(t, 404, "notFound", "GET", at+"/rejected", "")
	if e := w.want(t, 409, "conflict", "POST", at+"/resume", ""); e.error("rule") != "importEnded" {
		t.Errorf("got %s", e.text)
	}
	w.want(t, 404, "notFound", "POST", imports+"/im-nobody/cancel", "")
}

func TestAnInterruptedImportIsResumed(t *testing.T) {
	t.Parallel()
	var first *transfer.Importer
	w := open(t, func(c *records.Config) {
		first = transfer.NewImporter(c.Directory, c.Log, true)
		c.Importer = first
	})
	text := many(20_000)
	a := w.want(t, 202, "", "POST", imports+"?kind=contacts&preview=true", text, "Content-Type", fileType)
	at := a.header.Get("Location")
	first.Close()
	if v := w.want(t, 200, "", "GET", at, ""); v.body["state"] != "interrupted" {
		t.Fatalf("got %s", v.text)
	}
	w.handler = records.New(records.Config{Directory: w.Directory, Catalogue: w.Catalogue, Log: slog.New(slog.DiscardHandler), Dev: true, Importer: w.Importer})
	if e := w.want(t, 422, "rejected", "POST", at+"/resume", text+"x", "Content-Type", fileType); e.error("rule") != "fileChanged" {
		t.Errorf("with another file: got %s", e.text)
	}
	body, media := form(t, "options", `{"kind":"contacts"}`, "file", text)
	w.want(t, 400, "unknownParameter", "POST", at+"/resume", body, "Content-Type", media)
	if r := w.want(t, 200, "", "POST", at+"/resume?wait=5m", text, "Content-Type", fileType); r.body["state"] != "previewed" {
		t.Errorf("got %s", r.text)
	}
}

func TestWrongImportsAreRefused(t *testing.T) {
	t.Parallel()
	w := open(t, func(c *records.Config) { c.ImportBytes = 4096 })
	for _, tt := range []struct {
		query, text, code, parameter, rule string
		status                             int
	}{
		{"kind=people", contacts, "invalidParameter", "kind", "", 400},
		{"kind=contacts&colour=red", contacts, "unknownParameter", "colour", "", 400},
		{"kind=contacts&map=colour%3Dx", contacts, "invalidParameter", "map", "fieldUnknown", 400},
		{"kind=contacts&map=title%3Dnowhere", contacts + "甲,13900000001,普通,王芳\n", "invalidParameter", "map", "columnUnknown", 400},
		{"kind=contacts&match=colour", contacts, "invalidParameter", "match", "", 400},
		{"kind=contacts&maxRejected=x", contacts, "invalidParameter", "maxRejected", "", 400},
		{"kind=contacts&country=xx", contacts, "invalidParameter", "country", "", 400},
		{"kind=contacts", "", "rejected", "", "empty", 422},
		{"kind=contacts", contacts, "rejected", "", "empty", 422},
		{"kind=contacts", "x,y\n1,2\n", "rejected", "", "headerNotFound", 422},
		{"kind=contacts", contacts + strings.Repeat("甲", 4096), "tooLarge", "", "tooLarge", 413},
		{"kind=contacts&maxRejected=0", contacts + "甲,1,普通,王芳\n", "rejected", "", "tooManyRejected", 422},
		{"kind=message-contacts&directory=rd-nobody", contacts, "notFound", "directory", "", 404},
	} {
		a := w.importFile(t, tt.status, tt.code, tt.query, tt.text)
		if a.error("parameter") != tt.parameter || a.error("rule") != tt.rule {
			t.Errorf("%s: got %s", tt.query, a.text)
		}
		if tt.status == 422 && a.body["import"].(map[string]any)["state"] != "failed" {
			t.Errorf("%s: got %s, want the import", tt.query, a.text)
		}
	}
	for _, wait := range []string{"soon", "-1s", "1h"} {
		w.want(t, 400, "invalidParameter", "POST", imports+"?kind=contacts&wait="+wait, contacts, "Content-Type", fileType)
	}
	short := httptest.NewRequestWithContext(t.Context(), "POST", imports+"?kind=contacts", io.MultiReader(strings.NewReader(contacts), brokenOff{}))
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, short)
	if recorder.Code != 400 || !strings.Contains(recorder.Body.String(), `"malformedBody"`) {
		t.Errorf("a body that ends early: got %d %s", recorder.Code, recorder.Body)
	}
	w.want(t, 415, "unsupportedMediaType", "POST", imports+"?kind=contacts", contacts, "Content-Encoding", "gzip")
	if n := len(w.want(t, 200, "", "GET", org+"/contacts", "").body["items"].([]any)); n != 1 {
		t.Errorf("there are %d contacts, want the one of the sample", n)
	}
}

// brokenOff is the rest of a body whose sender is gone.
type brokenOff struct{}

func (brokenOff) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// form writes a form with parts in order: names and contents.
func form(t *testing.T, parts ...string) (body, contentType string) {
	t.Helper()
	var b strings.Builder
	m := multipart.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		var p io.Writer
		var err error
		if parts[i] == "file" {
			p, err = m.CreateFormFile("file", `C:\people\人员.csv`)
		} else {
			p, err = m.CreateFormField(parts[i])
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(p, parts[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String(), m.FormDataContentType()
}

func TestFormsAreImported(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	text := "name,手机\n甲,13900000001\n"
	body, media := form(t, "options", `{"kind":"contacts","owner":"org1001","label":[1],"map":"mobile=手机","preview":true}`, "file", text)
	a := w.want(t, 200, "", "POST", imports+"?wait=5m", body, "Content-Type", media)
	if a.body["state"] != "previewed" || !strings.Contains(counts(a), "created 1") || !strings.HasSuffix(a.body["file"].(map[string]any)["name"].(string), "人员.csv") {
		t.Errorf("got %s", a.text)
	}
	for _, tt := range []struct {
		code  string
		parts []string
	}{
		{"malformedBody", []string{"file", text, "options", `{"kind":"contacts"}`}},
		{"invalidParameter", []string{"options", `{"kind":"contacts"}`}},
		{"unknownParameter", []string{"options", `{"kind":"contacts","colour":"red"}`, "file", text}},
		{"unknownParameter", []string{"colour", "red", "file", text}},
		{"malformedBody", []string{"options", `{"kind"`, "file", text}},
		{"invalidParameter", []string{"options", `{"kind":"contacts","map":{"a":1}}`, "file", text}},
		{"invalidParameter", []string{"options", `[]`, "file", text}},
	} {
		body, media := form(t, tt.parts...)
		w.want(t, 400, tt.code, "POST", imports+"?kind=contacts", body, "Content-Type", media)
	}
	w.want(t, 400, "malformedBody", "POST", imports+"?kind=contacts", body[:len(body)-30], "Content-Type", media)
	if n := len(w.want(t, 200, "", "GET", imports, "").body["items"].([]any)); n != 1 {
		t.Errorf("there are %d imports, want the first", n)
	}
}

func TestOnlyAdministratorsImportAndExport(t *testing.T) {
	t.Parallel()
	w := production(t)
	admin := w.adminKey(t, directory.SampleOrg)
	for _, call := range [][3]string{
		{"POST", imports + "?kind=contacts", contacts}, {"GET", imports, ""}, {"POST", org + "/exports", `{"kind":"contacts"}`}, {"GET", org + "/exports", ""}, {"GET", org + "/digest", ""},
	} {
		w.want(t, 401, "unauthorized", call[0], call[1], call[2])
		w.want(t, 403, "forbidden", call[0], call[1], call[2], token, directory.SampleToken)
		w.want(t, 404, "notFound", call[0], strings.Replace(call[1], directory.SampleOrg, directory.PartnerOrg, 1), call[2], w.adminKey(t, directory.SampleOrg)...)
	}
	a := w.importFile(t, 200, "", "kind=contacts", contacts+"甲,13900000001,普通,王芳\n乙,1390000000x,普通,王芳\n", admin...)
	at := imports + "/" + a.body["id"].(string)
	for _, path := range []string{"/rows?limit=10", "/report?format=jsonl"} {
		if got := w.want(t, 200, "", "GET", at+path, "", admin...).text; strings.Contains(got, "13900000001") || strings.Contains(got, "1390000000x") {
			t.Errorf("%s: got %s, want no phones", path, got)
		}
		if got := w.want(t, 200, "", "GET", at+path+"&reveal=true", "", admin...).text; !strings.Contains(got, "13900000001") || !strings.Contains(got, "1390000000x") {
			t.Errorf("%s: got %s, want phones", path, got)
		}
	}
	masked := w.want(t, 200, "", "POST", org+"/exports", `{"kind":"contacts"}`, admin...)
	clear := w.want(t, 200, "", "POST", org+"/exports?reveal=true", `{"kind":"contacts"}`, admin...)
	if strings.Contains(masked.text, "13900000001") || !strings.Contains(clear.text, "86-13900000001") {
		t.Errorf("got %s and %s", masked.text, clear.text)
	}
	if masked.header.Get("Mingce-Digest") == clear.header.Get("Mingce-Digest") {
		t.Error("the digest tells what was masked")
	}
	if got := w.want(t, 200, "", "GET", org+"/history?action=export", "", admin...); len(got.body["items"].([]any)) != 2 || strings.Count(got.text, `"revealed"`) != 1 {
		t.Errorf("got %s", got.text)
	}
	if got := w.want(t, 200, "", "GET", org+"/history?action=reveal&kind=import", "", admin...); len(got.body["items"].([]any)) != 2 {
		t.Errorf("got %s", got.text)
	}
}

func TestExportsHaveFormatsAndFilters(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	w.newContact(t)
	for format, media := range map[string]string{
		"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "vcard": "text/vcard; charset=utf-8",
		"ldif": "text/ldif; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8",
	} {
		a := w.want(t, 200, "", "POST", org+"/exports", `{"kind":"contacts","format":"`+format+`"}`)
		if a.header.Get("Content-Type") != media || !strings.Contains(a.header.Get("Content-Disposition"), directory.SampleOrg+"-contacts.") {
			t.Errorf("%s: got %v", format, a.header)
		}
	}
	a := w.want(t, 200, "", "POST", org+"/exports", `{"kind":"contacts","header":"field","fields":["name"],"encoding":"utf-8","filter":{"mobile":"86-13900007001"}}`)
	if !strings.Contains(a.text, "测试甲") || strings.Contains(a.text, "1390000") || strings.Count(a.text, "\n") != 2 {
		t.Errorf("got %q", a.text)
	}
	for _, tt := range []struct{ body, code, parameter string }{
		{`{}`, "invalidParameter", "kind"},
		{`{"kind":"people"}`, "invalidParameter", "kind"},
		{`{"kind":"all","format":"csv"}`, "invalidParameter", "format"},
		{`{"kind":"all","filter":{"q":"a"}}`, "invalidParameter", "filter"},
		{`{"kind":"labels","filter":{"follower":"org1001"}}`, "unknownParameter", "filter.follower"},
		{`{"kind":"labels","format":"vcard"}`, "invalidParameter", "format"},
		{`{"kind":"contacts","fields":["colour"]}`, "invalidParameter", "fields"},
		{`{"kind":"contacts","colour":"red"}`, "unknownParameter", "colour"},
	} {
		if a := w.want(t, 400, tt.code, "POST", org+"/exports", tt.body); a.error("parameter") != tt.parameter {
			t.Errorf("%s: got %s", tt.body, a.text)
		}
	}
	if n := len(w.want(t, 200, "", "GET", org+"/exports?limit=2", "").body["items"].([]any)); n != 2 {
		t.Errorf("%d exports on the first page, want 2", n)
	}
	if got := w.digest(t, "contacts"); !strings.Contains(got, `"count":2`) {
		t.Errorf("got %s", got)
	}
}

func TestNothingIsImportedWithoutAnImporter(t *testing.T) {
	t.Parallel()
	w := open(t, func(c *records.Config) { c.Importer = nil })
	w.want(t, 403, "notOffered", "POST", imports+"?kind=contacts", contacts)
	w.want(t, 403, "notOffered", "POST", org+"/exports", `{"kind":"contacts"}`)
}
