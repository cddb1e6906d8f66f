package records_test

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/records"
	"github.com/mingce/mingce/internal/transfer"
)

// TestUndoOfAnImportThatHasNotEnded: one that runs stands in the way of its undo,
// and one that was interrupted does not go on after it.
func TestUndoOfAnImportThatHasNotEnded(t *testing.T) {
	t.Parallel()
	var first *transfer.Importer
	w := open(t, func(c *records.Config) {
		first = transfer.NewImporter(c.Directory, c.Log, true)
		c.Importer = first
	})
	const undo = org + "/undo"
	before := w.digest(t, "contacts")
	a := w.want(t, 202, "", "POST", imports+"?kind=contacts", many(20_000), "Content-Type", fileType)
	at, id, request := a.header.Get("Location"), a.body["id"].(string), a.body["requestId"].(string)
	for w.digest(t, "contacts") == before {
		w.want(t, 200, "", "GET", at, "")
	}
	for _, body := range []string{`{"importId":"` + id + `"}`, `{"requestId":"` + request + `"}`} {
		if e := w.want(t, 409, "conflict", "POST", undo, body); e.error("rule") != "importRunning" {
			t.Errorf("undo while it runs: got %s", e.text)
		}
		w.want(t, 200, "", "POST", undo, body[:len(body)-1]+`,"preview":true}`)
	}
	first.Close()
	w.handler = records.New(records.Config{Directory: w.Directory, Catalogue: w.Catalogue, Log: slog.New(slog.DiscardHandler), Dev: true, Importer: w.Importer})
	u := w.want(t, 200, "", "POST", undo, `{"importId":"`+id+`"}`)
	if u.body["state"] != "done" || w.digest(t, "contacts") != before {
		t.Errorf("undo of the interrupted import: got %s", u.text)
	}
	if v := w.want(t, 200, "", "GET", at, ""); v.body["state"] != "undone" {
		t.Errorf("after the undo: got %s", v.text)
	}
	w.want(t, 409, "conflict", "POST", at+"/resume", "")
}

func TestUndoOfAnImportThatHasWrittenNothing(t *testing.T) {
	t.Parallel()
	w := open(t, nil)
	for _, query := range []string{"?kind=contacts&preview=true&wait=1m", "?kind=contacts&wait=1m&onDuplicate=fail&maxRejected=0"} {
		text := many(1)
		if query[len(query)-1] == '0' {
			text = "姓名,手机号\n甲,1\n"
		}
		a := w.call(t, "POST", imports+query, text, "Content-Type", fileType)
		id, _ := a.body["id"].(string)
		if id == "" {
			id = a.at("import", "id").(string)
		}
		u := w.want(t, 200, "", "POST", org+"/undo", `{"importId":"`+id+`"}`)
		if u.body["state"] != "done" || !strings.Contains(u.text, `"objects":0,`) {
			t.Errorf("%s: got %s", query, u.text)
		}
		if v := w.call(t, "GET", imports+"/"+id, ""); v.body["state"] == "undone" {
			t.Errorf("%s: got %s", query, v.text)
		}
	}
	w.want(t, 404, "notFound", "POST", org+"/undo", `{"importId":"im-nobody"}`)
}
