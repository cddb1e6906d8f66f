package records_test

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// The schema of OpenAPI 3.1 documents, as the OpenAPI Initiative publishes it.
//
//go:embed testdata/openapi-3.1.schema.json
var openAPISchema []byte

// document is an OpenAPI document of ours.
type document struct {
	text     []byte
	tree     map[string]any
	compiler *jsonschema.Compiler
	compile  sync.Mutex // a compiler is for one goroutine
}

const documentURL = "https://mingce.example/document.json"

func readDocument(t testing.TB, text []byte) *document {
	t.Helper()
	if err := uniqueKeys(json.NewDecoder(bytes.NewReader(text))); err != nil {
		t.Fatal(err)
	}
	tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	d := &document{text: text, tree: tree.(map[string]any), compiler: jsonschema.NewCompiler()}
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(documentURL, tree); err != nil {
		t.Fatal(err)
	}
	return d
}

// uniqueKeys reports an object that has a key twice: encoding/json takes the last.
func uniqueKeys(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	seen := map[string]bool{}
	for d.More() {
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			if seen[name.(string)] {
				return fmt.Errorf("key %q is there twice", name)
			}
			seen[name.(string)] = true
		}
		if err := uniqueKeys(d); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// obeysOpenAPI checks the document against the schema of OpenAPI 3.1, and what that
// schema cannot say: ids and paths are unique, parameters of a path are declared,
// and references lead somewhere.
func (d *document) obeysOpenAPI(t *testing.T) {
	t.Helper()
	meta, err := jsonschema.UnmarshalJSON(bytes.NewReader(openAPISchema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	const id = "https://spec.openapis.org/oas/3.1/schema/2022-10-07"
	if err := c.AddResource(id, meta); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(id)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(any(d.tree)); err != nil {
		t.Errorf("the document is not OpenAPI 3.1: %v", err)
	}
	ids, shapes := map[string]bool{}, map[string]bool{}
	d.operations(func(path, method string, op map[string]any) {
		id, _ := op["operationId"].(string)
		if id == "" || ids[id] {
			t.Errorf("%s %s: operationId %q is empty or taken", method, path, id)
		}
		ids[id] = true
		shape := method + inBraces.ReplaceAllString(path, "{}")
		if shapes[shape] {
			t.Errorf("%s %s: another path differs only in its parameters", method, path)
		}
		shapes[shape] = true
		d.declaresPath(t, path, method, op)
	})
	d.references(t, d.tree)
}

var inBraces = regexp.MustCompile(`\{[^}]*\}`)

func (d *document) declaresPath(t *testing.T, path, method string, op map[string]any) {
	t.Helper()
	declared := map[string]bool{}
	list, _ := op["parameters"].([]any)
	for _, p := range list {
		p := d.resolve(p)
		key := fmt.Sprint(p["in"], " ", p["name"])
		if declared[key] {
			t.Errorf("%s %s: parameter %s is declared twice", method, path, key)
		}
		declared[key] = true
	}
	for _, name := range inBraces.FindAllString(path, -1) {
		if key := "path " + strings.Trim(name, "{}"); !declared[key] {
			t.Errorf("%s %s: parameter %s is not declared", method, path, key)
		}
	}
}

// operations calls visit for each operation.
func (d *document) operations(visit func(path, method string, op map[string]any)) {
	for path, item := range d.tree["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			visit(path, method, op.(map[string]any))
		}
	}
}

// resolve follows a reference.
func (d *document) resolve(v any) map[string]any {
	o, _ := v.(map[string]any)
	ref, ok := o["$ref"].(string)
	if !ok {
		return o
	}
	var at any = d.tree
	for step := range strings.SplitSeq(strings.TrimPrefix(ref, "#/"), "/") {
		o, _ := at.(map[string]any)
		at = o[unescape.Replace(step)]
	}
	o, _ = at.(map[string]any)
	return o
}

var (
	unescape = strings.NewReplacer("~1", "/", "~0", "~")
	escape   = strings.NewReplacer("~", "~0", "/", "~1")
)

func (d *document) references(t *testing.T, v any) {
	t.Helper()
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && d.resolve(v) == nil {
			t.Errorf("reference %s leads nowhere", ref)
		}
		for _, item := range v {
			d.references(t, item)
		}
	case []any:
		for _, item := range v {
			d.references(t, item)
		}
	}
}

// at returns the schema at a place of the document, given by its steps.
func (d *document) at(t *testing.T, steps ...string) *jsonschema.Schema {
	t.Helper()
	pointer := "#"
	for _, s := range steps {
		pointer += "/" + escape.Replace(s)
	}
	d.compile.Lock()
	defer d.compile.Unlock()
	s, err := d.compiler.Compile(documentURL + strings.ReplaceAll(strings.ReplaceAll(pointer, "{", "%7B"), "}", "%7D"))
	if err != nil {
		t.Fatalf("%s is not a schema: %v", pointer, err)
	}
	return s
}

// schemas calls visit for each schema of a body, a parameter or an answer, with the
// examples beside it.
func (d *document) schemas(t *testing.T, visit func(where string, s *jsonschema.Schema, examples []any)) {
	t.Helper()
	var walk func(v any, steps []string)
	walk = func(v any, steps []string) {
		switch v := v.(type) {
		case map[string]any:
			if _, ok := v["schema"].(map[string]any); ok && len(steps) > 0 && steps[len(steps)-1] != "properties" {
				var given []any
				if e, ok := v["example"]; ok {
					given = append(given, e)
				}
				named, _ := v["examples"].(map[string]any)
				for _, e := range named {
					given = append(given, e.(map[string]any)["value"])
				}
				visit(strings.Join(steps, " "), d.at(t, append(steps, "schema")...), given)
			}
			for name, item := range v {
				walk(item, append(steps[:len(steps):len(steps)], name))
			}
		case []any:
			for i, item := range v {
				walk(item, append(steps[:len(steps):len(steps)], fmt.Sprint(i)))
			}
		}
	}
	walk(map[string]any(d.tree), nil)
}

// examplesFit checks that each schema of the document is one, and that its examples
// have its form.
func (d *document) examplesFit(t *testing.T) {
	t.Helper()
	n := 0
	d.schemas(t, func(where string, s *jsonschema.Schema, examples []any) {
		n++
		for _, e := range examples {
			if err := s.Validate(e); err != nil {
				t.Errorf("%s: an example does not fit: %v", where, err)
			}
		}
	})
	if n == 0 {
		t.Error("no schemas were found; are they written in another way now?")
	}
}
