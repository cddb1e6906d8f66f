package records_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// A preview is asked for to see the conflicts, so they are its answer, not its refusal.
func TestAPreviewOfAnUndoAnswersItsConflicts(t *testing.T) {
	w := open(t, nil)
	one := org + "/contacts/" + w.newContact(t)
	request := w.want(t, http.StatusOK, "", http.MethodPatch, one, `{"title":"总监"}`).header.Get("X-Request-Id")
	w.want(t, http.StatusOK, "", http.MethodPatch, one, `{"title":"经理"}`)

	preview := w.want(t, http.StatusOK, "", http.MethodPost, org+"/undo", `{"requestId":"`+request+`","preview":true}`)
	same(t, "state", preview.at("state"), "previewed")
	same(t, "conflict", preview.at("conflicts", 0, "conflict"), "changedSince")
	same(t, "choices", preview.at("conflicts", 0, "choices"), []string{"undo", "keep"})
	w.want(t, http.StatusConflict, "conflict", http.MethodPost, org+"/undo", `{"requestId":"`+request+`"}`)
	a := w.want(t, http.StatusBadRequest, "invalidParameter", http.MethodPost, org+"/undo", `{"requestId":"`+request+`","decisions":{"总监":"keep"}}`)
	same(t, "names the key", a.error("parameter"), "decisions.总监")
}

func TestPurgeTellsWhatIsNotInTheBin(t *testing.T) {
	w := open(t, nil)
	id := w.newContact(t)
	w.want(t, http.StatusNoContent, "", http.MethodDelete, org+"/contacts/"+id, "")
	items := `{"items":[{"kind":"contact","id":"nobody"},{"kind":"contact","id":"` + id + `"}]}`
	first := w.want(t, http.StatusOK, "", http.MethodPost, org+"/bin/purge", items)
	same(t, "purged and not", first.at("bin", "counts"), map[string]any{"restored": 0, "purged": 1, "rejected": 1})
	same(t, "in the order asked for", first.at("bin", "items", 0, "action"), "rejected")
	same(t, "why", first.at("bin", "items", 0, "errors", 0, "rule"), "notFound")
	again := w.want(t, http.StatusOK, "", http.MethodPost, org+"/bin/purge", items)
	same(t, "purged twice", again.at("bin", "counts", "rejected"), 2)
}

// Ids of departments and labels are numbers in their objects, and come back as they were read.
func TestIDsMayBeNumbers(t *testing.T) {
	w := open(t, nil)
	label := w.want(t, http.StatusCreated, "", http.MethodPost, org+"/labels", `{"name":"新","group":"新组"}`).at("labelId")
	number := fmt.Sprint(label)
	b := w.want(t, http.StatusOK, "", http.MethodPost, org+"/labels/bulk", `{"ids":[`+number+`],"change":{"name":"更新"}}`)
	same(t, "changed", b.at("bulk", "items", 0, "id"), number)
	w.want(t, http.StatusNoContent, "", http.MethodDelete, org+"/labels/"+number, "")
	r := w.want(t, http.StatusOK, "", http.MethodPost, org+"/bin/restore", `{"items":[{"kind":"label","id":`+number+`}]}`)
	same(t, "restored", r.at("bin", "counts", "restored"), 1)
	for _, wrong := range []string{`1.5`, `true`, `null`, `["1"]`} {
		w.want(t, http.StatusBadRequest, "invalidParameter", http.MethodPost, org+"/labels/bulk", `{"ids":[`+wrong+`],"delete":true}`)
	}
}

func TestRestorationNamesEachValueThatIsLeftOut(t *testing.T) {
	w := open(t, nil)
	owner := fmt.Sprint(w.want(t, http.StatusCreated, "", http.MethodPost, org+"/employees", `{"name":"旧","mobile":"13700000031","deptIds":[2]}`).at("userId"))
	label := fmt.Sprint(w.want(t, http.StatusCreated, "", http.MethodPost, org+"/labels", `{"name":"新","group":"新组"}`).at("labelId"))
	id := fmt.Sprint(w.want(t, http.StatusCreated, "", http.MethodPost, org+"/contacts",
		`{"name":"客","mobile":"13900000032","followerUserId":"`+owner+`","labelIds":[1,`+label+`],"shareUserIds":["`+owner+`"]}`).at("userId"))
	for _, path := range []string{"/contacts/" + id, "/employees/" + owner, "/labels/" + label} {
		w.want(t, http.StatusNoContent, "", http.MethodDelete, org+path, "")
	}
	r := w.want(t, http.StatusOK, "", http.MethodPost, org+"/bin/restore", `{"items":[{"kind":"contact","id":"`+id+`"}],"owner":"023420013645"}`)
	var left []string
	list, _ := r.at("bin", "items", 0, "left").([]any)
	for i := range list {
		left = append(left, fmt.Sprint(r.at("bin", "items", 0, "left", i, "parameter"), " ", r.at("bin", "items", 0, "left", i, "value")))
	}
	same(t, "left out", strings.Join(left, ", "), "labelIds "+label+", shareUserIds "+owner)
}

func TestARestorationKeepsToTheVersionThatWasSeen(t *testing.T) {
	w := open(t, nil)
	one := org + "/contacts/" + w.newContact(t)
	w.want(t, http.StatusOK, "", http.MethodPatch, one, `{"title":"总监"}`)
	w.want(t, http.StatusPreconditionFailed, "versionMismatch", http.MethodPost, one+"/restore", `{"version":1}`, "If-Match", `"1"`)
	w.want(t, http.StatusBadRequest, "invalidParameter", http.MethodPost, one+"/restore", `{"version":1}`, "If-Match", `1`)
	w.want(t, http.StatusOK, "", http.MethodPost, one+"/restore", `{"version":1}`, "If-Match", `"2"`)
	w.want(t, http.StatusNoContent, "", http.MethodDelete, one, "")
	w.want(t, http.StatusPreconditionFailed, "versionMismatch", http.MethodPost, one+"/restore", `{"version":1}`, "If-Match", `"3"`)
}

func TestFiltersSayWhatTheyMean(t *testing.T) {
	w := open(t, nil)
	id := w.newContact(t)
	same(t, "object with its kind", w.want(t, http.StatusOK, "", http.MethodGet, org+"/history?object=contact:"+id, "").at("items", 0, "objectId"), id)
	same(t, "of another kind", w.want(t, http.StatusOK, "", http.MethodGet, org+"/history?kind=label&object=contact:"+id, "").at("items", 0), nil)
	for _, kind := range []string{"contacts", "employees"} {
		a := w.want(t, http.StatusBadRequest, "invalidParameter", http.MethodGet, org+"/"+kind+"?mobile=abc", "")
		same(t, "what is refused of "+kind, a.error("parameter"), "mobile")
	}
}

// Why somebody is erased may not be known, or not be for this program.
func TestAnErasureNeedsNoReason(t *testing.T) {
	w := open(t, nil)
	id := w.newContact(t)
	e := w.want(t, http.StatusCreated, "", http.MethodPost, org+"/erasures", `{"kind":"contact","id":"`+id+`"}`)
	same(t, "reason", e.at("reason"), nil)
	same(t, "listed", w.want(t, http.StatusOK, "", http.MethodGet, org+"/erasures", "").at("items", 0, "reason"), nil)
}

// What a second call would answer otherwise: nothing is left to be done.
func TestRepeatedCallsOnTheBinGetTheFirstAnswer(t *testing.T) {
	w := open(t, nil)
	key := []string{"Idempotency-Key", "k"}
	twice := func(path, body string, status int) {
		t.Helper()
		first := w.want(t, status, "", http.MethodPost, org+path, body, key...)
		if again := w.want(t, status, "", http.MethodPost, org+path, body, key...); again.text != first.text {
			t.Errorf("%s: first %s, then %s", path, first.text, again.text)
		}
	}
	id := w.newContact(t)
	w.want(t, http.StatusOK, "", http.MethodPatch, org+"/contacts/"+id, `{"title":"总监"}`)
	twice("/contacts/"+id+"/restore", `{"version":1}`, http.StatusOK)
	w.want(t, http.StatusNoContent, "", http.MethodDelete, org+"/contacts/"+id, "")
	twice("/bin/purge", `{"items":[{"kind":"contact","id":"`+id+`"}]}`, http.StatusOK)
	other := w.newContact(t)
	twice("/erasures", `{"kind":"contact","id":"`+other+`"}`, http.StatusCreated)
}

// As an import says it of the same file.
func TestAnIDThatIsTooLongIsToldAsThat(t *testing.T) {
	w := open(t, nil)
	long := strings.Repeat("x", 65)
	for path, body := range map[string]string{
		"/contacts":  `{"userId":"` + long + `","name":"甲","mobile":"13900000033","followerUserId":"023420013645","labelIds":[1]}`,
		"/employees": `{"userId":"` + long + `","name":"甲","mobile":"13700000033","deptIds":[2]}`,
	} {
		a := w.want(t, http.StatusUnprocessableEntity, "rejected", http.MethodPost, org+path, body)
		same(t, path, fmt.Sprint(a.error("parameter"), a.error("rule"), a.at("error", "details", 1)), "userIdtooLong<nil>")
	}
}
