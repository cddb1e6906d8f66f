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

// MaskNamed masks a value of the history: what its key says to be personal, and
// in all other texts the mail addresses and numbers, such as the "address" of a
// verification or the "person" of a consent.
func MaskNamed(name string, v any) any { return maskTree(v, IsPersonalName(name)) }

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
