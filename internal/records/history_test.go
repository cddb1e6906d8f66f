package records_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/records"
)

// at follows names and numbers into an answer.
func (a answer) at(steps ...any) any {
	v := any(a.body)
	for _, s := range steps {
		switch s := s.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[s]
		case int:
			l, _ := v.([]any)
			if s >= len(l) {
				return nil
			}
			v = l[s]
		}
	}
	return v
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestHistoryVersionsAndUndo(t *testing.T) {
	w := open(t, nil)
	id := w.newContact(t)
	one := org + "/contacts/" + id
	first := w.want(t, http.StatusOK, "", http.MethodPatch, one, `{"title":"总监"}`)
	w.want(t, http.StatusOK, "", http.MethodPatch, one, `{"remark":"later"}`)

	versions := w.want(t, http.StatusOK, "", http.MethodGet, one+"/versions?limit=2", "")
	same(t, "newest version", versions.at("items", 0, "version"), 3)
	same(t, "its change", versions.at("items", 0, "changes", 0, "after"), "later")
	rest := w.want(t, http.StatusOK, "", http.MethodGet, one+"/versions?cursor="+fmt.Sprint(versions.at("next")), "")
	same(t, "oldest version", rest.at("items", 0, "action"), "create")
	same(t, "version 2", w.want(t, http.StatusOK, "", http.MethodGet, one+"/versions/2", "").at("object", "title"), "总监")
	w.want(t, http.StatusNotFound, "notFound", http.MethodGet, one+"/versions/9", "")
	same(t, "restored", w.want(t, http.StatusOK, "", http.MethodPost, one+"/restore", `{"version":1}`).at("title"), nil)

	entries := w.want(t, http.StatusOK, "", http.MethodGet, org+"/history?object="+id+"&limit=1", "")
	same(t, "last entry", entries.at("items", 0, "version"), 4)
	w.want(t, http.StatusOK, "", http.MethodGet, org+"/history?object="+id+"&cursor="+fmt.Sprint(entries.at("next"))+"&limit=1", "")
	w.want(t, http.StatusBadRequest, "cursorInvalid", http.MethodGet, org+"/history?object=x&cursor="+fmt.Sprint(entries.at("next")), "")

	w.want(t, http.StatusOK, "", http.MethodPatch, one, `{"title":"经理"}`)
	request := first.header.Get("X-Request-Id")
	a := w.want(t, http.StatusConflict, "conflict", http.MethodPost, org+"/undo", `{"requestId":"`+request+`"}`)
	same(t, "rule", a.error("rule"), "undoConflict")
	same(t, "conflict", a.at("undo", "conflicts", 0, "fields", 0), "title")
	same(t, "state of what was not done", a.at("undo", "state"), "previewed")
	same(t, "it was no preview", a.at("undo", "preview"), false)
	same(t, "undone", a.at("undo", "counts", "undone"), 0)
	u := w.want(t, http.StatusOK, "", http.MethodPost, org+"/undo", `{"requestId":"`+request+`","decideAll":"keep"}`)
	same(t, "kept", u.at("counts", "kept"), 1)
	w.want(t, http.StatusNotFound, "notFound", http.MethodPost, org+"/undo", `{"requestId":"nothing"}`)
	w.want(t, http.StatusBadRequest, "invalidParameter", http.MethodPost, org+"/undo", `{"requestId":"a","undoId":"b"}`)

	bulk := w.want(t, http.StatusOK, "", http.MethodPost, org+"/contacts/bulk", `{"filter":{},"change":{"title":"wrong"}}`)
	u = w.want(t, http.StatusOK, "", http.MethodPost, org+"/undo", `{"requestId":"`+fmt.Sprint(bulk.at("bulk", "requestId"))+`"}`)
	same(t, "undone", u.at("counts", "undone"), bulk.at("bulk", "counts", "changed"))
	same(t, "read again", w.want(t, http.StatusOK, "", http.MethodGet, org+"/undo/"+fmt.Sprint(u.at("id")), "").at("state"), "done")
	w.want(t, http.StatusNotFound, "notFound", http.MethodGet, org+"/undo/undo-x", "")
}

func TestBinErasureAndPerson(t *testing.T) {
	w := open(t, nil)
	id := w.newContact(t)
	w.want(t, http.StatusNoContent, "", http.MethodDelete, org+"/contacts/"+id, "")
	same(t, "in the bin", w.want(t, http.StatusOK, "", http.MethodGet, org+"/bin?kind=contact&limit=1", "").at("items", 0, "id"), id)
	items := `{"items":[{"kind":"contact","id":"` + id + `"}]`
	r := w.want(t, http.StatusOK, "", http.MethodPost, org+"/bin/restore", items+`,"preview":true}`)
	same(t, "preview", r.at("bin", "counts", "restored"), 1)
	w.want(t, http.StatusNotFound, "notFound", http.MethodGet, org+"/contacts/"+id, "")
	w.want(t, http.StatusOK, "", http.MethodPost, org+"/bin/restore", items+`}`)
	w.want(t, http.StatusOK, "", http.MethodGet, org+"/contacts/"+id, "")
	r = w.want(t, http.StatusOK, "", http.MethodPost, org+"/bin/restore", items+`}`)
	same(t, "not in the bin", r.at("bin", "items", 0, "action"), "rejected")
	w.want(t, http.StatusBadRequest, "invalidParameter", http.MethodPost, org+"/bin/purge", `{}`)
	w.want(t, http.StatusBadRequest, "invalidParameter", http.MethodGet, org+"/bin?kind=thing", "")

	var c struct{ Mobile string }
	if err := json.Unmarshal([]byte(w.want(t, http.StatusOK, "", http.MethodGet, org+"/contacts/"+id, "").text), &c); err != nil {
		t.Fatal(err)
	}
	p := w.want(t, http.StatusOK, "", http.MethodPost, org+"/person-exports", `{"mobile":"`+c.Mobile+`"}`)
	same(t, "person", p.at("objects", 0, "object", "mobile"), c.Mobile)
	w.want(t, http.StatusNotFound, "notFound", http.MethodPost, org+"/person-exports", `{"email":"nobody@example.com"}`)

	body := `{"kind":"contact","id":"` + id + `","reason":"asked for"`
	w.want(t, http.StatusOK, "", http.MethodPost, org+"/erasures", body+`,"preview":true}`)
	e := w.want(t, http.StatusCreated, "", http.MethodPost, org+"/erasures", body+`}`)
	same(t, "erased twice", w.want(t, http.StatusOK, "", http.MethodPost, org+"/erasures", body+`}`).at("id"), e.at("id"))
	same(t, "listed", w.want(t, http.StatusOK, "", http.MethodGet, org+"/erasures", "").at("items", 0, "objectId"), id)
	same(t, "history", w.want(t, http.StatusOK, "", http.MethodGet, org+"/history?object="+id, "").at("items", 1, "erased"), true)
	w.want(t, http.StatusBadRequest, "invalidParameter", http.MethodPost, org+"/erasures", `{"kind":"label","id":"1","reason":"x"}`)
}

func TestHistoryIsMaskedOutsideDev(t *testing.T) {
	w := open(t, func(c *records.Config) { c.Dev = false })
	key, err := w.Directory.Session(directory.CommandLine(directory.SampleOrg), "test", "").CreateAccessKey(t.Context(), "ops", directory.PolicyAdministrator)
	if err != nil {
		t.Fatal(err)
	}
	auth := []string{"Authorization", "Bearer " + key.AdminToken()}
	a := w.want(t, http.StatusCreated, "", http.MethodPost, org+"/contacts", `{"name":"测试","mobile":"86-13900007777","followerUserId":"023420013645","labelIds":[1]}`, auth...)
	id := fmt.Sprint(a.at("userId"))
	masked := w.want(t, http.StatusOK, "", http.MethodGet, org+"/history?object="+id, "", auth...)
	same(t, "holder of the key", masked.at("items", 0, "actorName"), "ops")
	if strings.Contains(masked.text, "13900007777") {
		t.Errorf("a number in clear: %s", masked.text)
	}
	clear := w.want(t, http.StatusOK, "", http.MethodGet, org+"/history?reveal=true&object="+id, "", auth...)
	if !strings.Contains(clear.text, "86-13900007777") {
		t.Errorf("a revealed number is masked: %s", clear.text)
	}
	same(t, "the reveal is recorded", w.want(t, http.StatusOK, "", http.MethodGet, org+"/history?action=reveal", "", auth...).at("items", 0, "objectId"), id)
	session := w.Directory.Session(directory.CommandLine(directory.SampleOrg), "test", "")
	if _, err := session.GiveConsent(t.Context(), "86-13900008888"); err != nil {
		t.Fatal(err)
	}
	if a := w.want(t, http.StatusOK, "", http.MethodGet, org+"/history?limit=3", "", auth...); strings.Contains(a.text, "13900008888") {
		t.Errorf("the number of a consent in clear: %s", a.text)
	}
	w.want(t, http.StatusUnauthorized, "unauthorized", http.MethodGet, org+"/history", "")
}
