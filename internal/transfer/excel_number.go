package transfer

import (
	"strconv"
	"strings"
	"time"
)

// exactDecimal returns a number of a sheet in plain digits: no exponent, no
// zeros that say nothing. It is not ok if s is no such number.
//
// A fraction of more than 15 digits is what is left of arithmetic in binary; it
// is told as the shortest decimal of the same number.
func exactDecimal(s string) (decimal string, ok bool) {
	mantissa, exponent := s, 0
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		n, err := strconv.Atoi(s[i+1:])
		if err != nil {
			return "", false
		}
		mantissa, exponent = s[:i], n
	}
	sign := ""
	if rest, minus := strings.CutPrefix(mantissa, "-"); minus {
		mantissa, sign = rest, "-"
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	const most = 400 // digits of any number that a sheet can hold
	if len(mantissa) > most || exponent > most || exponent < -most || whole+fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return "", false
	}
	if exponent > 0 {
		fraction += strings.Repeat("0", max(0, exponent-len(fraction)))
		whole, fraction = whole+fraction[:exponent], fraction[exponent:]
	} else {
		whole = strings.Repeat("0", max(0, -exponent-len(whole))) + whole
		i := len(whole) + exponent
		whole, fraction = whole[:i], whole[i:]+fraction
	}
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	if digits := strings.TrimLeft(whole+fraction, "0"); fraction != "" && len(digits) > 15 {
		f, err := strconv.ParseFloat(s, 64)
		return strconv.FormatFloat(f, 'f', -1, 64), err == nil
	}
	switch {
	case whole == "" && fraction == "":
		return "0", true
	case whole == "":
		whole = "0"
	}
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + whole + fraction, true
}

// Last day that a sheet can name: 9999-12-31.
const lastSerial = 2958465

// dateOfSerial returns the day that a number stands for, as YYYY-MM-DD. It is
// not ok for times without a day and for numbers that are no day.
func dateOfSerial(decimal string, from1904 bool) (string, bool) {
	whole, _, _ := strings.Cut(decimal, ".")
	n, err := strconv.Atoi(whole)
	if err != nil || n < 0 || n > lastSerial {
		return "", false
	}
	start := time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC)
	switch {
	case from1904:
		start = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case n < 1 || n == 60: // 60 is 29 February 1900, which was no day
		return "", false
	case n > 60:
		n--
	}
	return start.AddDate(0, 0, n).Format(time.DateOnly), true
}

// isDateFormat reports whether a format of numbers shows a day: one of those
// that every file knows, or one that has years, months or days in it.
func isDateFormat(id int, code string) bool {
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return true
	case code == "":
		return false
	}
	letters := formatLetters(code)
	switch {
	case strings.Contains(letters, "general"), strings.Contains(letters, "standard"):
		return false
	case strings.ContainsAny(letters, "yd"):
		return true
	case strings.ContainsAny(letters, "0#?@"):
		return false
	}
	// A month or, beside hours and seconds, a minute.
	return strings.Contains(letters, "m") && !strings.ContainsAny(letters, "hs")
}

// formatLetters returns the first section of a format in lower case, without
// texts, escaped characters and brackets.
func formatLetters(code string) string {
	var b strings.Builder
	inText, inBracket, escaped := false, false, false
	for _, r := range strings.ToLower(code) {
		switch {
		case escaped:
			escaped = false
		case r == '"' && !inBracket:
			inText = !inText
		case inText:
		case r == '\\', r == '_', r == '*':
			escaped = true
		case r == '[':
			inBracket = true
		case r == ']':
			inBracket = false
		case inBracket:
		case r == ';':
			return b.String()
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
