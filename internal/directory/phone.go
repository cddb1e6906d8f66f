package directory

import (
	_ "embed"
	"errors"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// Phone is a parsed phone number.
type Phone struct {
	Country string // country code without plus: "86"
	Number  string // national number
}

// String returns the number as it is stored and compared: "86-13800000001".
func (p Phone) String() string { return p.Country + "-" + p.Number }

// HomeCountry is the country code of numbers that are written without one,
// unless the deployment says otherwise.
const HomeCountry = "86"

// ErrPhoneInvalid: a text is not a phone number. The nouns have errors of their
// own, which wrap this one.
var ErrPhoneInvalid = errors.New("not a phone number")

// Lengths of national numbers (docs/spec/dingtalk.md#lengths-of-phone-numbers).
const (
	minMobile = 5
	maxMobile = 15
	// MinPhoneDigits and MaxPhoneDigits apply to numbers that may be landlines,
	// as for external contacts.
	MinPhoneDigits = 5
	MaxPhoneDigits = 20
)

// ReadMobile parses a mobile as people and the vendors' pages write it: bare,
// or with a country code as +C-N, C-N or +CN, with blanks, dots, parentheses,
// hyphens or full-width digits (docs/spec/dingtalk.md#phone-numbers). home is
// the country of a bare number; "" takes HomeCountry. It returns
// ErrPhoneInvalid if it is not a mobile of its country.
func ReadMobile(text, home string) (Phone, error) {
	p, _, err := readPhone(text, home)
	if err == nil && !p.isMobile() {
		err = ErrPhoneInvalid
	}
	return p, err
}

// readPhone parses a text; coded reports whether it names a country. The caller
// checks whether the country has such numbers.
func readPhone(text, home string) (p Phone, coded bool, err error) {
	if home == "" {
		home = HomeCountry
	}
	group, rest, coded := phoneGroups(text)
	if coded && group == "" { // "+-139...": do not guess the country
		return Phone{}, true, ErrPhoneInvalid
	}
	if coded {
		if IsCountryCode(group) && rest != "" {
			return Phone{group, rest}, true, digitsOnly(rest)
		}
		if code := longestCountry(group + rest); code != "" {
			number := strings.TrimPrefix(group+rest, code)
			return Phone{code, number}, true, digitsOnly(number)
		}
	} else if rest != "" && IsCountryCode(group) {
		return Phone{group, rest}, true, digitsOnly(rest)
	}
	return homePhone(home, group+rest), false, digitsOnly(group + rest)
}

// phoneGroups returns a number's digits before and after its first hyphen, and
// whether a plus preceded them.
func phoneGroups(text string) (group, rest string, plus bool) {
	var b strings.Builder
	for _, r := range width.Narrow.String(text) {
		switch {
		case unicode.IsSpace(r), r == '.', r == '(', r == ')':
		case unicode.Is(unicode.Pd, r):
			b.WriteByte('-')
		default:
			b.WriteRune(r)
		}
	}
	text, plus = strings.CutPrefix(b.String(), "+")
	if rest, ok := strings.CutPrefix(text, "00"); ok && !plus && len(rest) > 4 { // 0001 may be the end of a number
		text, plus = rest, true
	}
	group, rest, _ = strings.Cut(text, "-")
	return group, strings.ReplaceAll(rest, "-", ""), plus
}

// homePhone parses a number without a plus. No mobile of mainland China begins
// with 86, so there a code without plus is recognised.
func homePhone(home, number string) Phone {
	if rest, ok := strings.CutPrefix(number, HomeCountry); ok && home == HomeCountry && isMainland(rest) {
		number = rest
	}
	return Phone{home, number}
}

// readCountry parses a country code that is separate from its number: 86, +86
// or 0086. It returns false for one that is not assigned.
func readCountry(text string) (code string, ok bool) {
	code, none, _ := phoneGroups(text)
	code = strings.TrimPrefix(code, "00")
	return code, none == "" && IsCountryCode(code)
}

// readPhoneOf parses a number whose country code is separate. If the number
// repeats the code after + or 00, it is dropped there; another country's code
// is refused.
func readPhoneOf(country, text string) (Phone, error) {
	code, ok := readCountry(country)
	if !ok {
		return Phone{}, ErrPhoneInvalid
	}
	group, rest, plus := phoneGroups(text)
	number := group + rest
	switch {
	case plus && (group == "" || !strings.HasPrefix(number, code)), digitsOnly(number) != nil:
		return Phone{}, ErrPhoneInvalid
	case plus, rest != "" && group == code:
		number = strings.TrimPrefix(number, code)
	}
	p := homePhone(code, number)
	if !p.isLandline() {
		return Phone{}, ErrPhoneInvalid
	}
	return p, nil
}

// isMobile checks mainland numbers by their own rule, because the metadata
// lacks prefixes that are in use. Elsewhere it checks the length.
func (p Phone) isMobile() bool {
	if p.Country == "86" {
		return isMainland(p.Number)
	}
	return digits(p.Number, minMobile, maxMobile) && countryLengths[p.Country]&(1<<len(p.Number)) != 0
}

// isLandline reports whether it may be a landline or a mobile. What looks like
// a mobile of mainland China has to be one.
func (p Phone) isLandline() bool {
	if p.Country == "86" && len(p.Number) == 11 && p.Number[0] == '1' {
		return isMainland(p.Number)
	}
	return IsCountryCode(p.Country) && digits(p.Number, MinPhoneDigits, MaxPhoneDigits)
}

// isMainland reports whether a national number is a mobile of mainland China.
func isMainland(number string) bool {
	return digits(number, 11, 11) && number[0] == '1' && number[1] >= '3'
}

func digits(s string, least, most int) bool {
	return len(s) >= least && len(s) <= most && digitsOnly(s) == nil
}

func digitsOnly(s string) error {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return ErrPhoneInvalid
	}
	return nil
}

// phoneLengths has one line per country code: the code and how many digits its
// numbers may have. A test generates the file from a library's metadata, which
// is far larger (go test ./internal/directory -run PhoneLengths -update).
//
//go:embed phone_lengths.txt
var phoneLengths string

// countryLengths has a bit per allowed length.
var countryLengths = func() map[string]uint32 {
	m := map[string]uint32{}
	for line := range strings.Lines(phoneLengths) {
		fields := strings.Fields(line)
		for _, length := range fields[1:] {
			n, _ := strconv.Atoi(length) // a test parses every line
			m[fields[0]] |= 1 << n
		}
	}
	return m
}()

// IsCountryCode reports whether a country code is assigned.
func IsCountryCode(code string) bool { return countryLengths[code] != 0 }

// longestCountry returns the longest country code that a number begins with, or "".
func longestCountry(number string) string {
	for n := min(4, len(number)); n > 0; n-- {
		if IsCountryCode(number[:n]) {
			return number[:n]
		}
	}
	return ""
}
