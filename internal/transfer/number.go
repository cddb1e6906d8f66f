package transfer

import (
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/mingce/mingce/internal/directory"
)

var (
	extensionPattern = regexp.MustCompile(`(?i)(?:;\s*ext\s*=|(?:[;,]\s*)?ext(?:ension)?\.?|x|转|轉|分机)\s*[.:]?\s*\d+$`)
	// onlyExtension is an extension that a list's separator cut off.
	onlyExtension   = regexp.MustCompile(`(?i)^(?:ext\s*=|ext(?:ension)?\.?|x|转|轉|分机)\s*[.:]?\s*\d+$`)
	fractionPattern = regexp.MustCompile(`^(\d+)\.0+$`)
	exponentPattern = regexp.MustCompile(`^(\d+)(?:\.(\d*))?[eE]\+?(\d+)$`)
)

// longestNumber is more than any number has, in bytes and with all that is
// dropped.
const longestNumber = 256

// readNumber reads a phone number (docs/spec/import.md#phone-numbers). It
// returns it as it is stored, and whether an extension was left out; or the code
// of what is wrong. A number that may be a landline is one of a contact.
func readNumber(text, home string, mobile bool) (number string, dropped bool, code string) {
	if len(text) > longestNumber {
		return "", false, "mobileInvalid"
	}
	s := trimBlanks(norm.NFKC.String(text))
	if len(s) > 4 && strings.EqualFold(s[:4], "tel:") {
		s = trimBlanks(s[4:])
	}
	if strings.Trim(s, "0123456789 +-") != "" { // there may be something to undo
		if at := extensionPattern.FindStringIndex(s); at != nil {
			s, dropped = trimBlanks(s[:at[0]]), true
		}
		whole, ok := wholeDigits(s)
		if !ok {
			return "", false, "numberMangled"
		}
		s = whole
	}
	p, err := directory.ReadNumber(s, home, mobile)
	if err != nil {
		return "", false, "mobileInvalid"
	}
	return p.String(), dropped, ""
}

// joinExtensions puts an extension back behind the number before it.
func joinExtensions(parts []string) []string {
	joined := parts[:0]
	for _, part := range parts {
		if len(joined) > 0 && onlyExtension.MatchString(norm.NFKC.String(part)) {
			joined[len(joined)-1] += ";" + part
			continue
		}
		joined = append(joined, part)
	}
	return joined
}

// wholeDigits undoes what spreadsheets make of long numbers: 13900001234.0 and
// 1.3900001234E+10. It returns false if digits are lost.
func wholeDigits(s string) (string, bool) {
	if m := fractionPattern.FindStringSubmatch(s); m != nil {
		return m[1], true
	}
	m := exponentPattern.FindStringSubmatch(s)
	if m == nil {
		return s, true
	}
	n, err := strconv.Atoi(m[3])
	if err != nil || n > len(m[2]) || strings.Trim(m[2][n:], "0") != "" {
		return s, false
	}
	return m[1] + m[2][:n], true
}

var wideAt = strings.NewReplacer("＠", "@", "﹫", "@")

// bareMail takes a mail address out of what programs put around it
// (docs/spec/import.md#addresses-of-mail).
func bareMail(text string) string {
	s := trimBlanks(wideAt.Replace(oneLine(text, false)))
	if open := strings.LastIndexByte(s, '<'); open >= 0 && strings.HasSuffix(s, ">") {
		s = trimBlanks(s[open+1 : len(s)-1])
	}
	if len(s) > 7 && strings.EqualFold(s[:7], "mailto:") {
		s, _, _ = strings.Cut(trimBlanks(s[7:]), "?")
	}
	return s
}
