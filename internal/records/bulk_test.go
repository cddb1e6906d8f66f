package records_test

import (
	"fmt"
	"strings"
	"testing"
)

func TestBulk(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	id := w.newContact(t)
	at := org + "/contacts/bulk"
	count := func(a answer, name string) string {
		return fmt.Sprint(a.body["bulk"].(map[string]any)["counts"].(map[string]any)[name])
	}
	preview := w.want(t, 200, "", "POST", at, `{"filter":{"mobile":"86-13900007001"},"change":{"title":"经理"},"preview":true}`)
	if count(preview, "changed") != "1" || w.want(t, 200, "", "GET", org+"/contacts/"+id, "").body["title"] != nil {
		t.Errorf("preview: got %s", preview.text)
	}
	confirm := preview.body["bulk"].(map[string]any)["confirm"].(string)
	run := `{"filter":{"mobile":"86-13900007001"},"change":{"title":"经理"},"confirm":"` + confirm + `"}`
	w.want(t, 200, "", "PATCH", org+"/contacts/"+id, `{"remark":"x"}`)
	if a := w.want(t, 409, "conflict", "POST", at, run); a.error("rule") != "previewOutdated" {
		t.Errorf("got %s", a.text)
	}
	preview = w.want(t, 200, "", "POST", at, `{"filter":{"mobile":"86-13900007001"},"change":{"title":"经理"},"preview":true}`)
	run = strings.Replace(run, confirm, preview.body["bulk"].(map[string]any)["confirm"].(string), 1)
	if a := w.want(t, 200, "", "POST", at, run); count(a, "changed") != "1" {
		t.Errorf("got %s", a.text)
	}
	mixed := `{"ids":["` + id + `","nobody"],"change":{"title":"总监"}`
	if a := w.want(t, 422, "rejected", "POST", at, mixed+`}`); a.error("parameter") != "nobody" {
		t.Errorf("got %s", a.text)
	}
	if a := w.want(t, 200, "", "POST", at, mixed+`,"partial":true}`); count(a, "changed") != "1" || count(a, "rejected") != "1" {
		t.Errorf("got %s", a.text)
	}
	w.want(t, 400, "invalidParameter", "POST", at, `{"ids":["a"]}`)
	w.want(t, 400, "invalidParameter", "POST", at, `{"delete":true}`)
	w.want(t, 400, "unknownParameter", "POST", at, `{"filter":{"colour":1},"delete":true}`)
	if a := w.want(t, 200, "", "POST", at, `{"ids":["`+id+`"],"delete":true}`); count(a, "changed") != "1" {
		t.Errorf("got %s", a.text)
	}
	w.want(t, 404, "notFound", "GET", org+"/contacts/"+id, "")
}
