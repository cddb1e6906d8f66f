package directory_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/mingce/mingce/internal/directory"
)

// masked is a value as "extra" shows it under a name.
func masked(name string, v any) any {
	o := directory.Object{Kind: directory.EmployeeKind, Values: directory.Values{"extra": map[string]any{name: v}}}
	return o.Masked().Values["extra"].(map[string]any)[name]
}

// docs/spec/json-api.md#masked-values
func TestPersonalValuesWithinTextsAreMasked(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"office":                "office",
		"2024-03-05, room 1203": "2024-03-05, room 1203",
		"order 20240305123456":  "order 20240305123456",
		"1700000000000":         "1700000000000",
		"rd-3G****":             "rd-3G****",
		"mail sam@example.com, or bob@a.example.": "mail s***@example.com, or b***@a.example.",
		"电话13800001001，备用 139 0000 1002":          "电话138****1001，备用 139****1002",
		"13800001001;13800001002":                 "138****1001;138****1002",
		"tel +86 138-0000-1001":                   "tel +86-138****1001",
		"+852 6123 4567":                          "+852****4567",
		"call 010-65551234 now":                   "call 010****1234 now",
		"852-61234567":                            "852-****4567",
		"身份证 11010519491231002X 有效":               "身份证 110****002X 有效",
		"1101051949123100211":                     "1101051949123100211",
		`{"手机":"13800001001","sex":"f","证件号":{"no":"E12345678"}}`: `{"sex":"f","手机":"138****1001","证件号":{"no":"E****5678"}}`,
		`{"b":1, "a":2}`:      `{"b":1, "a":2}`,
		"{broken 13800001001": "{broken 138****1001",
	} {
		if got := masked("note", in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"note", "mobile"}).Draw(t, "name")
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[0-9+@. *{}"a-]{0,40}`)).Draw(t, "text")
		if s, _ := masked(name, text).(string); !utf8.ValidString(s) {
			t.Errorf("%q under %q: %q is no UTF-8", text, name, s)
		}
	})
}

func TestPersonalValuesAreMaskedByTheirNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		in, want any
	}{
		{"idCard", "E12345678", "E****5678"},
		{"cert_no", "E12345678", "E****5678"},
		{"护照", "E12345678", "E****5678"},
		{"mobile", "a@x.com 13800001001", "a***@x.com 138****1001"},
		{"mobile", int64(61234567), "****4567"},
		{"mobile_at", int64(1700000000000), int64(1700000000000)},
		{"mobile_verified", true, true},
		{"org_email_type", "profession", "profession"},
		{"note", int64(13800001001), "138****1001"},
		{"note", json.Number("110105194912310021"), "110****0021"},
		{"note", 13800001001.0, "138****1001"},
		{"note", int64(42), int64(42)},
		{"list", []any{"x", map[string]any{"deep": []string{"sam@example.com"}}}, []any{"x", map[string]any{"deep": []string{"s***@example.com"}}}},
		{"ext_attrs", []any{map[string]any{"code": "c", "name": "身份证号", "value": map[string]any{"text": "E12345678"}}},
			[]any{map[string]any{"code": "c", "name": "身份证号", "value": map[string]any{"text": "E****5678"}}}},
	} {
		if got := masked(c.name, c.in); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %v: got %#v, want %#v", c.name, c.in, got, c.want)
		}
	}
}

// What was masked within a text is known again when it is sent back.
func TestMaskedTextsAreKnown(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"tel 13800001001", "sam@example.com", "no 11010519491231002X", `{"mail":"sam@example.com"}`} {
		s, _ := masked("note", text).(string)
		if s == text || !directory.IsMaskedText(s) || directory.IsMaskedText(text) {
			t.Errorf("%q: masked as %q, known: %t", text, s, directory.IsMaskedText(s))
		}
	}
	for _, text := range []string{"c-qL4HqKONzOM7****", "*****1234", "** @ **"} {
		if directory.IsMaskedText(text) {
			t.Errorf("%q: taken for a masked text", text)
		}
	}
}
