package records_test

import (
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// docs/spec/json-api.md#masked-values
func TestPersonalValuesWithinExtraAreMasked(t *testing.T) {
	t.Parallel()
	w := production(t)
	admin := w.adminKey(t, directory.SampleOrg)
	const values = `{"extension":"{\"身份证号\":\"11010519491231002X\",\"备注\":\"急事打13900007002\"}",` +
		`"ext_attrs":[{"code":"x1","name":"护照","value":{"text":"E12345678"}}],"extension_i18n":"{\"a\":\"sam@private.example\"}"}`
	a := w.want(t, 201, "", "POST", org+"/employees", `{"userId":"extra1","name":"甲","mobile":"86-13900007001","deptIds":[1],"extra":`+values+`}`, admin...)
	at := a.header.Get("Location")
	request := a.header.Get("X-Request-Id")
	undo := `{"requestId":"` + request + `","preview":true}`
	bulk := `{"ids":["extra1"],"change":{"title":"t"},"preview":true}`
	for _, call := range [][3]string{
		{"GET", at}, {"GET", org + "/employees?mobile=86-13900007001"}, {"GET", org + "/history?object=extra1"}, {"GET", at + "/versions"},
		{"GET", at + "/versions/1"}, {"POST", org + "/undo", undo}, {"POST", org + "/employees/bulk", bulk}, {"GET", org + "/bin"},
		{"POST", org + "/exports", `{"kind":"employees","format":"jsonl"}`},
	} {
		a := w.want(t, 200, "", call[0], call[1], call[2], admin...)
		for _, clear := range []string{"11010519491231002X", "13900007002", "E12345678", "sam@private.example"} {
			if strings.Contains(a.text, clear) {
				t.Errorf("%s %s: %s in clear: %s", call[0], call[1], clear, a.text)
			}
		}
	}
	if a := w.want(t, 200, "", "GET", at+"?reveal=true", "", admin...); !strings.Contains(a.text, "13900007002") || !strings.Contains(a.text, "E12345678") {
		t.Errorf("revealed: got %s", a.text)
	}
	for _, sent := range []string{`{"extension_i18n":"s***@private.example"}`, `{"extension":"打139****7002"}`} {
		w.want(t, 400, "maskedValue", "PATCH", at, `{"extra":`+sent+`}`, admin...)
	}
}
