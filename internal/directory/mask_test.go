package directory_test

import (
	"reflect"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"github.com/mingce/mingce/internal/directory"
)

// docs/spec/reliability.md#masked-values
func TestMask(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                     "",
		"86-13900001234":       "86-139****1234",
		"13900001234":          "139****1234",
		"852-61234567":         "852-****4567",
		"65-612345678":         "65-6****5678",
		"86-12345":             "86-****",
		"sam@example.com":      "s***@example.com",
		"测试@example.com":       "测***@example.com",
		`"a@b"@example.com`:    `"***@example.com`,
		"@example.com":         "***@example.com",
		"010-65551234":         "010-****1234",
		"a phone of the floor": "a p****loor",
	} {
		if got := directory.Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if s := rapid.String().Draw(t, "text"); !utf8.ValidString(directory.Mask(s)) {
			t.Errorf("Mask(%q) is no UTF-8", s)
		}
	})
}

func TestMaskedObject(t *testing.T) {
	t.Parallel()
	o := directory.Object{Kind: directory.EmployeeKind, Values: directory.Values{
		"name": "测试", "mobile": "86-13900001234", "orgEmail": "sam@example.com",
		"extra": map[string]any{"nickname": "s", "loginMobiles": []any{"86-13900001235"}, "emails": []string{"a@example.com"}},
	}}
	want := directory.Values{
		"name": "测试", "mobile": "86-139****1234", "orgEmail": "s***@example.com",
		"extra": map[string]any{"nickname": "s", "loginMobiles": []any{"86-139****1235"}, "emails": []string{"a***@example.com"}},
	}
	if got := o.Masked().Values; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	if o.Values["mobile"] != "86-13900001234" || o.Values["extra"].(map[string]any)["emails"].([]string)[0] != "a@example.com" {
		t.Error("the object was changed")
	}
}
