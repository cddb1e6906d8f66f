package records_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"mime"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/control"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/records"
	"github.com/mingce/mingce/internal/store"
)

const (
	org      = "/mingce/v1/orgs/" + directory.SampleOrg
	jsonType = "application/json"
)

// world is the API over a directory with the sample organisation. Every answer is
// checked against the OpenAPI document.
type world struct {
	*instance.Instance
	handler http.Handler
	doc     *document
}

// succeeded are the ids of the calls that some test has made with success.
var succeeded sync.Map

// TestMain fails if a declared call was never made with success, so that no answer
// stays uncompared with its declaration. It asks this only of a run of all tests.
func TestMain(m *testing.M) {
	code := m.Run()
	all := code == 0
	for _, selects := range []string{"test.run", "test.skip", "test.fuzz", "test.list", "test.bench", "test.fuzzworker"} {
		if f := flag.Lookup(selects); f != nil && f.Value.String() != "" && f.Value.String() != "false" {
			all = false
		}
	}
	if all {
		code = neverMade()
	}
	os.Exit(code)
}

func neverMade() (code int) {
	var document struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	if err := json.Unmarshal(records.Document("", ""), &document); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for path, methods := range document.Paths {
		for method, op := range methods {
			_, made := succeeded.Load(op.OperationID)
			elsewhere := op.OperationID == "sendNotification" || op.OperationID == "runCommand" // package control tests them
			if !made && !elsewhere {
				fmt.Fprintf(os.Stderr, "%s %s: no test has made this call with success\n", method, path)
				code = 1
			}
		}
	}
	return code
}

func open(t testing.TB, change func(*records.Config)) *world {
	t.Helper()
	return openOn(t, instance.Options{Store: store.Options{Ephemeral: true}}, change)
}

func openOn(t testing.TB, o instance.Options, change func(*records.Config)) *world {
	t.Helper()
	o.Sample, o.Store.Key, o.Store.Kind = true, keyring.DevMaster(), store.Dev
	i, err := instance.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	c := records.Config{Directory: i.Directory, Catalogue: i.Catalogue, Log: slog.New(slog.DiscardHandler), Dev: true, Importer: i.Importer, Version: "1.2.3"}
	if change != nil {
		change(&c)
	}
	c.Others = control.New(control.Config{Directory: i.Directory, Catalogue: i.Catalogue, Log: c.Log, Dev: c.Dev}).AdminHandler()
	w := &world{Instance: i, handler: records.New(c)}
	w.doc = readDocument(t, records.Document("1.2.3", ""))
	return w
}

// answer is what the API answered.
type answer struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

// error is a member of the error, as text.
func (a answer) error(name string) string {
	e, _ := a.body["error"].(map[string]any)
	if e[name] == nil {
		return ""
	}
	return fmt.Sprint(e[name])
}

func (w *world) call(t *testing.T, method, target, body string, headers ...string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", jsonType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r)
	a := answer{status: recorder.Code, header: recorder.Header(), text: recorder.Body.String()}
	if a.text != "" && mediaOf(a) == jsonType {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(a.text))
		if err != nil {
			t.Fatalf("%s %s: got %s, want JSON", method, target, a.text)
		}
		a.body, _ = v.(map[string]any)
	}
	w.declared(t, r, a)
	return a
}

// declared checks that the document declares the answer: its status, its body and
// its headers.
func (w *world) declared(t *testing.T, r *http.Request, a answer) {
	t.Helper()
	path, op := w.operation(r)
	if op == nil {
		if a.status != http.StatusNotFound && a.status != http.StatusMethodNotAllowed {
			t.Errorf("%s %s: got %d for a call that is not in the document", r.Method, r.URL.Path, a.status)
		}
		w.fits(t, a, "components", "schemas", "Error")
		return
	}
	status := fmt.Sprint(a.status)
	response, ok := op["responses"].(map[string]any)[status].(map[string]any)
	if !ok {
		t.Errorf("%s %s: got %d, which is not in the document: %s", r.Method, r.URL.Path, a.status, a.text)
		return
	}
	declared, _ := response["headers"].(map[string]any)
	for name := range declared {
		if isFile := mediaOf(a) != jsonType; a.header.Get(name) == "" && name != "X-Request-Id" && (isFile || name != "Content-Disposition") {
			t.Errorf("%s %s: the answer lacks the header %s", r.Method, r.URL.Path, name)
		}
	}
	if a.status < 300 {
		succeeded.Store(op["operationId"], true)
	}
	if response["content"] == nil {
		if a.text != "" {
			t.Errorf("%s %s: got %s, want no body", r.Method, r.URL.Path, a.text)
		}
		return
	}
	if media := mediaOf(a); response["content"].(map[string]any)[media] == nil {
		t.Errorf("%s %s: got %q, which is not in the document", r.Method, r.URL.Path, media)
	} else if media == jsonType {
		w.fits(t, a, "paths", path, strings.ToLower(r.Method), "responses", status, "content", jsonType, "schema")
	}
}

// mediaOf is the type of an answer's body.
func mediaOf(a answer) string {
	media, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	return media
}

func (w *world) fits(t *testing.T, a answer, steps ...string) {
	t.Helper()
	if err := w.doc.at(t, steps...).Validate(any(a.body)); err != nil {
		t.Errorf("the answer is not as declared: %v\n%s", err, a.text)
	}
}

// operation returns the declared operation of a request.
func (w *world) operation(r *http.Request) (path string, found map[string]any) {
	segments := strings.Split(r.URL.EscapedPath(), "/")
	best := -1
	w.doc.operations(func(pattern, method string, op map[string]any) {
		parts := strings.Split(pattern, "/")
		if len(parts) != len(segments) {
			return
		}
		words := 0
		for i, p := range parts {
			if !strings.HasPrefix(p, "{") {
				if p != segments[i] {
					return
				}
				words++
			}
		}
		if words > best {
			best, path, found = words, pattern, nil
		}
		if words == best && strings.EqualFold(method, r.Method) {
			found = op
		}
	})
	return path, found
}

// want calls and checks the status and, of an error, its code.
func (w *world) want(t *testing.T, status int, code, method, target, body string, headers ...string) answer {
	t.Helper()
	a := w.call(t, method, target, body, headers...)
	if a.status != status || a.error("code") != code {
		t.Errorf("%s %s %s: got %d %s, want %d %s", method, target, body, a.status, a.text, status, code)
	}
	return a
}

const contactBody = `{"name":"测试甲","mobile":"86-13900007001","followerUserId":"org1001","labelIds":[1],"email":"jia@example.com"}`

func (w *world) newContact(t *testing.T) (id string) {
	t.Helper()
	a := w.want(t, 201, "", "POST", org+"/contacts", contactBody)
	return a.body["userId"].(string)
}

func TestDocumentIsOpenAPI(t *testing.T) {
	t.Parallel()
	text := records.Document("1.2.3", "")
	if !bytes.Equal(text, records.Document("1.2.3", "")) {
		t.Error("the document differs when it is made again")
	}
	d := readDocument(t, text)
	d.obeysOpenAPI(t)
	d.examplesFit(t)
}

// What the other calls declare as their permission is that of the vendor's calls.
func TestPermissionsAreTheVendors(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	d := w.doc
	codes := map[string]bool{}
	for _, s := range w.Catalogue.Scopes() {
		codes[s.Code] = true
	}
	d.operations(func(path, method string, op map[string]any) {
		if code, ok := op["x-permission"].(string); ok && !codes[code] {
			t.Errorf("%s %s needs the permission %s, which no vendor's call needs", method, path, code)
		}
	})
	grants := w.Catalogue.Named("MultiOrgPermissionGrant").Permission
	if got := d.tree["paths"].(map[string]any)["/mingce/v1/orgs/{corpId}/join-grants"].(map[string]any)["get"].(map[string]any)["x-permission"]; got != grants {
		t.Errorf("join grants need %v, want %s", got, grants)
	}
}

func TestObjectsAreCreatedReadChangedAndDeleted(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	a := w.want(t, 201, "", "POST", org+"/contacts", contactBody)
	id := a.body["userId"].(string)
	if got, want := a.header.Get("Location"), org+"/contacts/"+id; got != want {
		t.Errorf("Location: got %s, want %s", got, want)
	}
	if a.header.Get("ETag") != `"1"` || a.header.Get("X-Request-Id") == "" {
		t.Errorf("headers: got %v", a.header)
	}
	at := org + "/contacts/" + id
	if got := w.want(t, 200, "", "GET", at, ""); got.body["email"] != "jia@example.com" {
		t.Errorf("got %s", got.text)
	}
	w.want(t, 412, "versionMismatch", "PATCH", at, `{"title":"经理"}`, "If-Match", `"7"`)
	w.want(t, 400, "invalidParameter", "PATCH", at, `{"title":"经理"}`, "If-Match", `1`)
	a = w.want(t, 200, "", "PATCH", at, `{"title":"经理","email":null,"version":9}`, "If-Match", `"1"`)
	if a.body["title"] != "经理" || a.body["email"] != nil || a.header.Get("ETag") != `"2"` {
		t.Errorf("got %s %v", a.text, a.header)
	}
	w.want(t, 422, "rejected", "PATCH", at, `{"userId":"other"}`)
	w.want(t, 204, "", "DELETE", at, "")
	w.want(t, 404, "notFound", "GET", at, "")
	w.want(t, 404, "notFound", "DELETE", at, "")
}

func TestListsHavePages(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	for i := range 3 {
		w.want(t, 201, "", "POST", org+"/contacts", strings.ReplaceAll(contactBody, "7001", fmt.Sprint(8000+i)))
	}
	all := w.want(t, 200, "", "GET", org+"/contacts?count=true", "")
	seen, target := 0, org+"/contacts?limit=2"
	for next := ""; ; {
		a := w.want(t, 200, "", "GET", target+next, "")
		seen += len(a.body["items"].([]any))
		cursor, more := a.body["next"].(string)
		if !more {
			break
		}
		next = "&cursor=" + url.QueryEscape(cursor)
		w.want(t, 400, "cursorInvalid", "GET", target+next+"&sort=name", "")
		w.want(t, 400, "cursorInvalid", "GET", target+next+"x", "")
		w.want(t, 400, "cursorInvalid", "GET", org+"/labels?limit=2"+next, "")
	}
	if fmt.Sprint(all.body["total"]) != fmt.Sprint(seen) || seen < 3 {
		t.Errorf("the pages have %d contacts, the total is %v", seen, all.body["total"])
	}
	w.want(t, 400, "invalidParameter", "GET", org+"/contacts?limit=0", "")
	w.want(t, 400, "invalidParameter", "GET", org+"/contacts?limit=201", "")
	w.want(t, 400, "invalidParameter", "GET", org+"/contacts?limit=1&limit=2", "")
	w.want(t, 400, "invalidParameter", "GET", org+"/contacts?sort=colour", "")
	w.want(t, 400, "invalidParameter", "GET", org+"/contacts?q=!", "")
	w.want(t, 400, "invalidParameter", "GET", org+"/contacts?updatedSince=yesterday", "")
	if a := w.want(t, 400, "unknownParameter", "GET", org+"/contacts?lable=1", ""); a.error("parameter") != "lable" {
		t.Errorf("got %s", a.text)
	}
	if a := w.want(t, 200, "", "GET", org+"/contacts?mobile=%2B86-13900008001", ""); len(a.body["items"].([]any)) != 1 {
		t.Errorf("by mobile: got %s", a.text)
	}
}

func TestBodiesAreChecked(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	at := org + "/contacts"
	for _, tt := range []struct {
		name, body, code, parameter string
		status                      int
	}{
		{"not JSON", "{\n \"name\": x}", "malformedBody", "", 400},
		{"nothing", "", "malformedBody", "", 400},
		{"two values", "{}{}", "malformedBody", "", 400},
		{"a list", "[]", "malformedBody", "", 400},
		{"a key twice", `{"name":"a","name":"b"}`, "malformedBody", "name", 400},
		{"too deep", `{"name":` + strings.Repeat("[", 50), "malformedBody", "", 400},
		{"not UTF-8", "{\"name\":\"\xff\"}", "malformedBody", "", 400},
		{"unknown key", `{"nmae":"a"}`, "unknownParameter", "nmae", 400},
		{"number for text", `{"name":7}`, "invalidParameter", "name", 400},
		{"text for list", `{"labelIds":"1"}`, "invalidParameter", "labelIds", 400},
		{"fraction", `{"labelIds":[1.5]}`, "invalidParameter", "labelIds[0]", 400},
		{"above 64 bits", `{"labelIds":[9223372036854775808]}`, "invalidParameter", "labelIds[0]", 400},
		{"masked phone", `{"mobile":"86-139****1234"}`, "maskedValue", "mobile", 400},
		{"masked mail", `{"email":"j***@example.com"}`, "maskedValue", "email", 400},
		{"control character", `{"name":"a\u0000"}`, "rejected", "name", 422},
		{"missing", `{}`, "rejected", "name", 422},
	} {
		a := w.want(t, tt.status, tt.code, "POST", at, tt.body, "Content-Type", jsonType)
		if got := a.error("parameter"); got != tt.parameter {
			t.Errorf("%s: got parameter %q, want %q: %s", tt.name, got, tt.parameter, a.text)
		}
		if a.error("messageZh") == "" || a.error("requestId") != a.header.Get("X-Request-Id") {
			t.Errorf("%s: got %s", tt.name, a.text)
		}
	}
	a := w.call(t, "POST", at, "{\n \"name\": x}")
	details, _ := a.body["error"].(map[string]any)["details"].([]any)
	if d := details[0].(map[string]any); fmt.Sprintf("%v %v", d["line"], d["column"]) != "2 10" {
		t.Errorf("place of the error: got %v", d)
	}
	w.want(t, 415, "unsupportedMediaType", "POST", at, contactBody, "Content-Type", "text/plain")
	w.want(t, 415, "unsupportedMediaType", "POST", at, contactBody, "Content-Type", "application/json; charset=gbk")
	w.want(t, 413, "tooLarge", "POST", at, `{"remark":"`+strings.Repeat("x", api.MaxBody)+`"}`)
}

func TestRefusalsNameTheRule(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	at := org + "/contacts"
	w.newContact(t)
	a := w.want(t, 409, "conflict", "POST", at, contactBody)
	if a.error("rule") != "mobileTaken" || a.error("parameter") != "mobile" {
		t.Errorf("got %s", a.text)
	}
	a = w.want(t, 422, "rejected", "POST", at, `{"name":"","mobile":"12","followerUserId":"nobody","labelIds":[999]}`)
	details, _ := a.body["error"].(map[string]any)["details"].([]any)
	rules := map[string]any{}
	for _, d := range details {
		d := d.(map[string]any)
		rules[d["parameter"].(string)] = d["rule"]
	}
	want := map[string]any{"name": "missing", "mobile": "mobileInvalid", "followerUserId": "ownerNotFound", "labelIds": "labelNotFound"}
	if fmt.Sprint(rules) != fmt.Sprint(want) {
		t.Errorf("got rules %v, want %v", rules, want)
	}
}

func TestPathsAndMethods(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	a := w.want(t, 405, "methodNotAllowed", "PUT", org+"/contacts", "{}")
	if got := a.header.Get("Allow"); got != "GET, POST" {
		t.Errorf("Allow: got %s", got)
	}
	w.want(t, 404, "notFound", "GET", org+"/nothing", "")
	w.want(t, 404, "notFound", "GET", "/mingce/v1/orgs/dingnobody/contacts", "")
	w.want(t, 404, "notFound", "GET", org+"/contacts/", "")
	w.want(t, 404, "notFound", "GET", org+"/contacts/a%00b", "")
	w.want(t, 404, "notFound", "GET", org+"/contacts/a%2Fb", "")
	w.want(t, 200, "", "GET", "/mingce/v1/openapi.json", "")
	w.want(t, 200, "", "GET", "/mingce/v1/openapi/vendors.json", "")
	w.want(t, 200, "", "GET", org+"/consents", "")
	r := httptest.NewRequestWithContext(t.Context(), "HEAD", org+"/contacts", nil)
	recorder := httptest.NewRecorder()
	w.handler.ServeHTTP(recorder, r)
	if recorder.Code != 200 || recorder.Body.Len() > 0 {
		t.Errorf("HEAD: got %d %s", recorder.Code, recorder.Body)
	}
}

// A time that older versions did not note is absent, in answers and in exports.
func TestUnknownTimesAreAbsent(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	if err := w.Store.Update(t.Context(), directory.SampleOrg, func(tx directory.Tx) error {
		tx.Departments().InsertDepartment(directory.Department{ID: 77, ParentID: directory.RootDepartment, Name: "旧部门"})
		tx.Labels().PutLabelGroup(directory.LabelGroup{ID: 78, Name: "旧组", Labels: []directory.Label{{ID: 79, Name: "旧标签"}}}, 9)
		tx.MessageContacts().InsertMessageContact(directory.MessageContact{ID: "c-old", Name: "old", Title: "Other", MessageTypes: []string{"ServiceMessage"}, Status: directory.Verifying, CreatedAt: time.Now()})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	for target, names := range map[string][]string{
		org + "/departments/77": {"createdAt", "updatedAt"}, org + "/labels/79": {"createdAt", "updatedAt"}, org + "/label-groups/78": {"createdAt", "updatedAt"},
		"/mingce/v1/directories/rd-StSamp/message-contacts/c-old": {"updatedAt"},
	} {
		a := w.want(t, 200, "", "GET", target, "")
		for _, name := range names {
			if at, told := a.body[name]; told {
				t.Errorf("%s: got %s %v, want none", target, name, at)
			}
		}
	}
	for _, kind := range []string{"departments", "labels"} {
		for format, unknown := range map[string]string{"jsonl": `"version":1,"object":`, "csv": ",1,,"} {
			if a := w.want(t, 200, "", "POST", org+"/exports", `{"kind":"`+kind+`","format":"`+format+`"}`); !strings.Contains(a.text, unknown) || strings.Contains(a.text, "0001-01-01") || strings.Contains(a.text, `At":""`) {
				t.Errorf("%s of %s: got %s", format, kind, a.text)
			}
		}
	}
}
