package control

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestPersonalValuesOfTheHistoryAreMasked(t *testing.T) {
	t.Parallel()
	got := string(maskRecord(json.RawMessage(
		`{"Name":"tom","EmailAddress":"someone@example.com","PendingPhoneNumber":"86-13900001234","mobile":"13800000001","ids":[9007199254740993],"email":"",
		"ext_attrs":[{"code":"c1","name":"身份证","value":{"text":"E12345678"}}],"people":["bob@example.com"]}`)))
	for _, want := range []string{`"Name":"tom"`, `"EmailAddress":"s***@example.com"`, `"PendingPhoneNumber":"86-139****1234"`, `"mobile":"138****0001"`, `"email":""`, `"text":"E****5678"`, `"people":["b***@example.com"]`, `9007199254740993`} {
		if !strings.Contains(got, want) {
			t.Errorf("masked record: got %s, want %s in it", got, want)
		}
	}
	for text, want := range map[string]string{`{}`: `{}`, `{"name":"a"}`: `{"name":"a"}`, `null`: `null`, ``: ``} {
		if got := string(maskRecord(json.RawMessage(text))); got != want {
			t.Errorf("record %q: got %q, want it unchanged", text, got)
		}
	}
}
