package directory

import (
	"maps"
	"strings"
	"unicode/utf8"
)

// Mask leaves of a phone number or mail address what recognises one that is
// known already (docs/spec/reliability.md#masked-values): 86-139****1234,
// s***@example.com. Of a number at least four digits are hidden.
func Mask(s string) string {
	if s == "" {
		return ""
	}
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		_, first := utf8.DecodeRuneInString(s[:at])
		return s[:first] + "***" + s[at:]
	}
	country, number, ok := strings.Cut(s, "-")
	if !ok {
		country, number = "", s
	} else {
		country += "-"
	}
	digits := []rune(number)
	if len(digits) < 8 {
		return country + "****"
	}
	head := min(3, len(digits)-8)
	return country + string(digits[:head]) + "****" + string(digits[len(digits)-4:])
}

// IsPersonalName reports whether a key of the history, or of what an object
// stores beyond its fields, names phone numbers or mail addresses.
func IsPersonalName(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "mobile") || strings.Contains(name, "phone") || strings.Contains(name, "email")
}

// MaskNamed masks a value of the history: a text whose key says that it is
// personal, or that is a whole mail address or number by its form, such as the
// "address" of a verification or the "person" of a consent.
func MaskNamed(name string, v any) any {
	s, ok := v.(string)
	if !ok {
		return maskTree(v, IsPersonalName(name))
	}
	if IsPersonalName(name) || IsMail(s) || isPhone(s) {
		return Mask(s)
	}
	return s
}

// isPhone reports whether a text is a number as we store them: 86-13800001001.
func isPhone(s string) bool {
	country, number, ok := strings.Cut(s, "-")
	return ok && IsCountryCode(country) && digits(number, MinPhoneDigits, MaxPhoneDigits)
}

// Masked returns the object with its phone numbers and mail addresses masked,
// also those in "extra". The object itself stays as it is.
func (o Object) Masked() Object {
	values := maps.Clone(o.Values)
	for _, f := range o.Kind.Fields() {
		switch v := values[f.Name].(type) {
		case string:
			if f.Personal {
				values[f.Name] = Mask(v)
			}
		case map[string]any:
			values[f.Name] = maskTree(v, false)
		}
	}
	o.Values = values
	return o
}

// maskTree copies a tree of values and masks texts under the keys that
// IsPersonalName knows.
func maskTree(v any, personal bool) any {
	switch v := v.(type) {
	case string:
		if personal {
			return Mask(v)
		}
	case map[string]any:
		masked := make(map[string]any, len(v))
		for key, value := range v {
			masked[key] = maskTree(value, personal || IsPersonalName(key))
		}
		return masked
	case []any:
		masked := make([]any, len(v))
		for i, value := range v {
			masked[i] = maskTree(value, personal)
		}
		return masked
	case []string:
		masked := make([]string, len(v))
		for i, value := range v {
			masked[i], _ = maskTree(value, personal).(string)
		}
		return masked
	}
	return v
}
