package directory

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// The forms of personal values within free texts
// (docs/spec/json-api.md#masked-values).
var (
	mailInText = regexp.MustCompile(`[\p{L}\p{N}!#$%&'*+/=?^_{|}~.-]+@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+`)
	// numberInText: identity numbers of the mainland, its mobiles, numbers with a
	// country code after +, fixed lines, and numbers as we store them.
	numberInText = regexp.MustCompile(`[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]` +
		`|(?:(?:\+|00)?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}` +
		`|\+[1-9]\d{0,2}[- ]?\d(?:[- ]?\d){5,13}` +
		`|\(?0[1-9]\d{1,2}[)-]? ?\d{7,8}`)
	maskedInText = regexp.MustCompile(`(?:^|[^*])(?:\*{3}@|\*{4}\d{3}[\dXx])`)
)

// personalNames are parts of keys that name personal values, in lower case and
// without the signs between words.
var personalNames = []string{
	"mobile", "phone", "email", "idcard", "idnumber", "identitycard", "identitynumber", "certno", "certnumber", "certificateno", "passport",
	"手机", "电话", "邮箱", "邮件", "电子邮", "身份证", "证件号", "护照",
}

// IsPersonalName reports whether a key of the history, or of what an object
// stores beyond its fields, names phone numbers, mail addresses or numbers of
// identity papers. The kind of one is not personal.
func IsPersonalName(name string) bool {
	name = strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(name))
	if strings.HasSuffix(name, "type") || strings.HasSuffix(name, "类型") {
		return false
	}
	for _, part := range personalNames {
		if strings.Contains(name, part) {
			return true
		}
	}
	return name == "tel" || name == "mail"
}

// IsMaskedText reports whether a text has a part that was masked.
func IsMaskedText(s string) bool { return maskedInText.MatchString(s) }

// maskText masks a free text: all of it if it is personal by its name, else the
// parts that are personal by their form. A text that is JSON, such as the
// "extension" of an employee, is masked by its own names.
func maskText(s string, personal bool) string {
	if tree, ok := treeInText(s); ok {
		return maskJSON(s, tree, personal)
	}
	if personal && (!strings.Contains(s, "@") || IsMail(s)) || isPhone(s) {
		return Mask(s)
	}
	masked := maskNumbers(mailInText.ReplaceAllStringFunc(s, Mask))
	if personal && masked == s {
		return Mask(s)
	}
	return masked
}

// maskNumbers masks the numbers of a text. What is part of a longer number is
// none.
func maskNumbers(s string) string {
	var b strings.Builder
	for {
		at := numberInText.FindStringIndex(s)
		if at == nil {
			return b.String() + s
		}
		from, to := at[0], at[1]
		inside := from > 0 && isDigit(s[from-1]) || to < len(s) && isDigit(s[to])
		if !inside {
			b.WriteString(s[:from] + maskNumber(s[from:to]))
			s = s[to:]
			continue
		}
		for to = from + 1; to < len(s) && isDigit(s[to]); {
			to++
		}
		b.WriteString(s[:to])
		s = s[to:]
	}
}

// maskNumber masks a number of a text. The signs between its digits are left out,
// so that they do not take the places of digits that are hidden.
func maskNumber(s string) string {
	plus := strings.HasPrefix(s, "+")
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune("+-() ", r) {
			return -1
		}
		return r
	}, s)
	if n := len(s) - mainlandDigits; n > 0 && s[:n] == HomeCountry {
		s = s[:n] + "-" + s[n:]
	}
	if plus {
		return "+" + Mask(s)
	}
	return Mask(s)
}

// mainlandDigits is the length of a mobile number of the mainland.
const mainlandDigits = 11

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// maskNumeral masks a number that is not a text. The times that begin at 1970,
// which have 10 or 13 digits, stay unless they are numbers by their form.
func maskNumeral(v any, digits string, personal bool) any {
	masked := maskNumbers(digits)
	if n := len(digits); personal && masked == digits && n >= MinPhoneDigits && n != 10 && n != 13 {
		masked = Mask(digits)
	}
	if masked == digits {
		return v
	}
	return masked
}

// treeInText reads a text that is a JSON object or list.
func treeInText(s string) (tree any, ok bool) {
	trimmed := strings.TrimSpace(s)
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' {
		return nil, false
	}
	d := json.NewDecoder(strings.NewReader(trimmed))
	d.UseNumber()
	if d.Decode(&tree) != nil || d.InputOffset() != int64(len(trimmed)) {
		return nil, false
	}
	return tree, true
}

// maskJSON is the text of a masked tree, or the text as it is if nothing of it is
// masked.
func maskJSON(s string, tree any, personal bool) string {
	masked := maskTree(tree, personal)
	if Equal(masked, tree) {
		return s
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(masked) != nil {
		return Mask(s)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// namedPersonal reports whether a map names itself by a value, as a custom field
// of an employee does: {"name":"身份证号","value":{"text":"…"}}.
func namedPersonal(m map[string]any) bool {
	for _, key := range [...]string{"name", "code", "key", "label"} {
		if s, ok := m[key].(string); ok && IsPersonalName(s) {
			return true
		}
	}
	return false
}

// maskTree copies a tree of values and masks what is personal by its key or by
// its form.
func maskTree(v any, personal bool) any {
	switch v := v.(type) {
	case string:
		return maskText(v, personal)
	case json.Number:
		return maskNumeral(v, v.String(), personal)
	case int64:
		return maskNumeral(v, strconv.FormatInt(v, 10), personal)
	case float64:
		return maskNumeral(v, strconv.FormatFloat(v, 'f', -1, 64), personal)
	case map[string]any:
		masked, named := make(map[string]any, len(v)), namedPersonal(v)
		for key, value := range v {
			masked[key] = maskTree(value, personal || IsPersonalName(key) || named && isValueName(key))
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
			masked[i] = maskText(value, personal)
		}
		return masked
	}
	return v
}

// isValueName reports whether a key of a map that names itself holds its value.
func isValueName(key string) bool {
	return strings.HasPrefix(strings.ToLower(key), "value") || key == "text"
}
