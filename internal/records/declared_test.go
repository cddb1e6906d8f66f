package records_test

import (
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/records"
)

// Generators of clients need a schema for each type of a body, know files by their
// format, and write null for what may be null.
func TestDocumentSuitsGenerators(t *testing.T) {
	t.Parallel()
	d := readDocument(t, records.Document("1.2.3", ""))
	files := 0
	d.operations(func(path, method string, op map[string]any) {
		places := []any{op["requestBody"]}
		for _, a := range op["responses"].(map[string]any) {
			places = append(places, a)
		}
		for _, place := range places {
			o, _ := place.(map[string]any)
			content, _ := o["content"].(map[string]any)
			for name, media := range content {
				schema, _ := media.(map[string]any)["schema"].(map[string]any)
				isFile := !strings.Contains(name, "json") && name != "text/event-stream" && name != "multipart/form-data" || name == "application/x-ndjson"
				switch {
				case schema == nil:
					t.Errorf("%s %s: %s has no schema", method, path, name)
				case isFile != (schema["format"] == "binary"):
					t.Errorf("%s %s: %s is %v", method, path, name, schema)
				case isFile:
					files++
				}
			}
		}
		list, _ := op["parameters"].([]any)
		for _, p := range list {
			if p := d.resolve(p); p["name"] == "Idempotency-Key" && op["responses"].(map[string]any)["409"] == nil {
				t.Errorf("%s %s: a key that was used is refused with an answer that is not declared", method, path)
			}
			if p := d.resolve(p); p["in"] == "header" && d.resolve(p["schema"])["pattern"] == nil {
				t.Errorf("%s %s: the header %s may be anything", method, path, p["name"])
			}
		}
	})
	if files == 0 {
		t.Error("there are no files")
	}
	schemas := d.tree["components"].(map[string]any)["schemas"].(map[string]any)
	property := func(schema, name string) map[string]any {
		return schemas[schema].(map[string]any)["properties"].(map[string]any)[name].(map[string]any)
	}
	if got := property("ImportForm", "file"); got["format"] != "binary" {
		t.Errorf("a file of a form is %v", got)
	}
	if got := property("ImportRequest", "map"); len(got["anyOf"].([]any)) != 2 {
		t.Errorf("map is %v", got)
	}
	if got := property("ContactCreate", "name"); got["type"] != "string" {
		t.Errorf("the name of a new contact is %v", got)
	}
	if _, isList := property("ContactCreate", "title")["type"].([]any); !isList {
		t.Error("the title of a new contact cannot be null")
	}
	if got := property("PersonQuery", "kind"); got["enum"] == nil {
		t.Errorf("a kind is %v", got)
	}
	if got := property("Restore", "version"); got["minimum"] == nil {
		t.Errorf("a version is %v", got)
	}
}

// What the document calls wrong is refused as before: null is a missing value, and
// each message names its parameter once.
func TestValuesOutsideTheDocument(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	id := w.newContact(t)
	a := w.want(t, 422, "rejected", "POST", org+"/contacts", `{"name":null,"mobile":"86-13900007002","followerUserId":"org1001","labelIds":[1]}`)
	if a.error("rule") != "missing" {
		t.Errorf("got %s", a.text)
	}
	w.want(t, 400, "malformedBody", "POST", org+"/contacts", `null`)
	w.want(t, 200, "", "GET", org+"/bin?kind=", "")
	w.want(t, 400, "invalidParameter", "GET", org+"/bin?kind=contacts", "")
	a = w.want(t, 400, "invalidParameter", "POST", org+"/contacts/"+id+"/restore", `{"version":0}`)
	if got := a.error("message"); strings.Count(got, "version") != 1 {
		t.Errorf("got %q", got)
	}
}

func TestAWordOfAPathIsNoID(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	for _, method := range []string{"GET", "PATCH", "DELETE"} {
		a := w.want(t, 405, "methodNotAllowed", method, org+"/contacts/bulk", "")
		if got := a.header.Get("Allow"); got != "POST" {
			t.Errorf("%s: Allow is %q", method, got)
		}
	}
}

// People read names of labels and departments where programs read ids.
func TestFilesForPeopleHaveNames(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	w.newContact(t)
	for _, tt := range []struct{ kind, format, want string }{
		{"contacts", "csv", "客户等级/重要"}, {"contacts", "vcard", "CATEGORIES:客户等级/重要"}, {"employees", "csv", "市场部"},
	} {
		a := w.want(t, 200, "", "POST", org+"/exports", `{"kind":"`+tt.kind+`","format":"`+tt.format+`"}`)
		if !strings.Contains(a.text, tt.want) {
			t.Errorf("%s as %s: there is no %q in %s", tt.kind, tt.format, tt.want, a.text)
		}
	}
}
