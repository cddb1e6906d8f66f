package records_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/enginetest"
)

// Where the organisation has as many contacts as it may have, none comes back, whatever asks
// for it; the answer has the rule and what helps, and nothing is half done
// (docs/spec/history.md#restoration-of-an-object).
func TestNothingComesBackIntoAFullQuota(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) { t.Parallel(); fullQuota(t, store.Options{Ephemeral: true}) })
	t.Run("PostgreSQL", func(t *testing.T) { t.Parallel(); fullQuota(t, store.Options{Database: enginetest.Database(t)}) })
}

func fullQuota(t *testing.T, o store.Options) {
	w := openOn(t, instance.Options{Store: o, Settings: directory.Settings{MaxContacts: 3}}, nil) // the sample has one
	contact := func(n int) string {
		return fmt.Sprintf(`{"userId":"c%d","name":"人%d","mobile":"86-1390000800%d","followerUserId":"org1001","labelIds":[1]}`, n, n, n)
	}
	var deleted answer
	for n := range 3 {
		w.want(t, 201, "", "POST", org+"/contacts", contact(n))
		if n < 2 {
			deleted = w.want(t, 204, "", "DELETE", org+fmt.Sprintf("/contacts/c%d", n), "")
		}
	}
	full := func(what, text string) {
		t.Helper()
		if !strings.Contains(text, `"quotaFull"`) {
			t.Errorf("%s: got %s", what, text)
		}
		if !strings.Contains(text, "raise the limit") || !strings.Contains(text, "提高上限") {
			t.Errorf("%s does not say what helps: %s", what, text)
		}
		if n := w.want(t, 200, "", "GET", org+"/contacts?count=true", "").body["total"]; fmt.Sprint(n) != "3" {
			t.Errorf("after %s there are %v contacts", what, n)
		}
	}
	both := `"items":[{"kind":"contact","id":"c0"},{"kind":"contact","id":"c1"}]}`
	a := w.want(t, 200, "", "POST", org+"/bin/restore", `{`+both) // there is room for one of them
	full("two restored", a.text)
	if counts := a.body["bin"].(map[string]any)["counts"].(map[string]any); fmt.Sprintf("%v %v", counts["restored"], counts["rejected"]) != "1 1" {
		t.Errorf("two restored: %s", a.text)
	}
	full("restored", w.want(t, 200, "", "POST", org+"/bin/restore", `{`+both).text)
	full("previewed", w.want(t, 200, "", "POST", org+"/bin/restore", `{"preview":true,`+both).text)
	full("created", w.want(t, 422, "rejected", "POST", org+"/contacts", contact(9)).text)
	full("an older version", w.want(t, 422, "rejected", "POST", org+"/contacts/c1/restore", `{"version":1}`).text)
	request := fmt.Sprintf(`{"requestId":%q`, deleted.header.Get("X-Request-Id"))
	full("undo", w.want(t, 409, "conflict", "POST", org+"/undo", request+`}`).text)
	full("undo", w.want(t, 409, "conflict", "POST", org+"/undo", request+`,"decideAll":"undo"}`).text)
	bin := w.want(t, 200, "", "GET", org+"/bin?kind=contact", "").text
	if strings.Contains(bin, `"c0"`) || !strings.Contains(bin, `"c1"`) {
		t.Errorf("the bin holds %s", bin)
	}
	w.want(t, 204, "", "DELETE", org+"/contacts/c2", "")
	w.want(t, 200, "", "POST", org+"/undo", request+`}`)
}
