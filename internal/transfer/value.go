package transfer

import (
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/mingce/mingce/internal/directory"
)

// reading is what a text means: a value, or why it is refused.
type reading struct {
	value   any // nil if the text is empty
	text    string
	code    string
	most    int
	dropped bool // a part of the text was left out
}

func (r reading) empty() bool { return r.value == nil && r.code == "" }

// same reports whether two texts mean the same, so that nothing is lost if one
// of them is left out.
func (r reading) same(other reading) bool {
	if r.code != "" || other.code != "" {
		return trimBlanks(r.text) == trimBlanks(other.text)
	}
	a, text := r.value.(string)
	if b, both := other.value.(string); text && both {
		return a == b || strings.EqualFold(a, b) && directory.IsMail(a) && directory.IsMail(b)
	}
	return reflect.DeepEqual(r.value, other.value)
}

// refuse returns the reading as refused.
func (r reading) refuse(code string, most int) reading {
	return reading{code: code, most: most, text: r.text}
}

// read reads one text of a field of one value.
func (d *drafter) read(f *directory.ObjectField, c *Cell, text string) reading {
	r := reading{text: text}
	switch {
	case !isClean(text):
		return r.refuse("characterInvalid", 0)
	case trimBlanks(text) == "":
		return reading{}
	case c.Number && mayLoseDigits(d.Kind, f) && digitsLost(text):
		return r.refuse("numberMangled", 0)
	case isPhone(d.Kind, f.Name) && c.Number && strings.Contains(text, "."): // in a text it may stand between digits
		return r.refuse("mobileInvalid", 0)
	case isPhone(d.Kind, f.Name):
		number, dropped, code := readNumber(text, d.options.Country, d.Kind != directory.ContactKind)
		if code != "" {
			return r.refuse(code, 0)
		}
		return reading{value: number, text: text, dropped: dropped}
	case isMail(f):
		r.value = bareMail(text)
		return checkText(d.Kind, f, r)
	case f.Type == directory.TextField, f.Reference != "":
		if r.value = oneLine(text, f.Lines); r.value == "" {
			return reading{}
		}
		return checkText(d.Kind, f, r)
	}
	value, code := readOther(f, norm.NFKC.String(trimBlanks(text)))
	if code != "" {
		return r.refuse(code, 0)
	}
	r.value = value
	return checkNumber(f, r)
}

// isClean reports whether a text is valid and has no control characters but
// those of lines and tabs (docs/spec/import.md#characters).
func isClean(text string) bool {
	return utf8.ValidString(text) && strings.IndexFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r'
	}) < 0
}

var (
	lineBreaks = regexp.MustCompile("[\r\n\u2028\u2029]+")
	lineEnds   = strings.NewReplacer("\r\n", "\n", "\r", "\n")
)

// oneLine puts a text into one line, or gives its lines the ends that we store
// (docs/spec/import.md#lines).
func oneLine(text string, lines bool) string {
	if lines {
		return lineEnds.Replace(text)
	}
	if strings.ContainsAny(text, "\r\n\u2028\u2029") {
		text = lineBreaks.ReplaceAllString(strings.Trim(text, "\r\n\u2028\u2029"), " ")
	}
	return text
}

// isPhone reports whether a field holds a number that is read, compared and
// stored with its country. The telephone of an employee is any text.
func isPhone(kind directory.Kind, field string) bool {
	return field == "mobile" || kind == directory.MessageContactKind && field == "phone"
}

func isMail(f *directory.ObjectField) bool { return f.Name == "email" || f.Name == "orgEmail" }

// checkText checks the form of a text.
func checkText(kind directory.Kind, f *directory.ObjectField, r reading) reading {
	text := r.value.(string)
	most := f.Most
	if kind == directory.MessageContactKind && isMail(f) {
		most = directory.MaxMessageContactEmail
	}
	if most > 0 && utf8.RuneCountInString(text) > most {
		return r.refuse(directory.RuleTooLong, most)
	}
	good := true
	switch {
	case isMail(f):
		if !directory.IsMail(text) {
			return r.refuse("emailInvalid", 0)
		}
	case f.Name == "name", f.Name == "group":
		if rule, most := kind.CheckName(text); rule != "" {
			return r.refuse(rule, most)
		}
	case f.Name == kind.IDField():
		good = directory.IsPlain(text)
	case f.Name == "title" && kind == directory.MessageContactKind:
		good = slices.Contains(directory.Titles, text)
	case f.Name == "gender":
		good = slices.Contains(directory.Genders, text)
	case f.Name == "accountType":
		good = slices.Contains(accountTypes, text)
	}
	if !good {
		return r.refuse(directory.RuleValueInvalid, 0)
	}
	return r
}

var accountTypes = []string{directory.AccountNormal, directory.AccountSSO, directory.AccountDingTalk, directory.AccountJoined}

// readOther reads a text that stands for something else than a text.
func readOther(f *directory.ObjectField, text string) (value any, code string) {
	switch f.Type {
	case directory.BoolField:
		switch strings.ToLower(text) {
		case "true", "1", "是", "yes", "y":
			return true, ""
		case "false", "0", "否", "no", "n":
			return false, ""
		}
	case directory.DateField:
		if at, ok := readDate(text); ok {
			return at, ""
		}
		return nil, "dateInvalid"
	case directory.NumberField:
		if m := colourPattern.FindStringSubmatch(text); m != nil && f.Name == "color" {
			rgb, _ := strconv.ParseUint(m[1], 16, 32) // the pattern allows no more
			return int64(int32(uint32(rgb) | 0xFF<<24)), ""
		}
		if m := wholeNumber.FindStringSubmatch(text); m != nil {
			if n, err := strconv.ParseInt(m[1], 10, 64); err == nil {
				return n, ""
			}
		}
	}
	return nil, directory.RuleValueInvalid
}

var (
	wholeNumber   = regexp.MustCompile(`^([+-]?\d+)(?:\.0+)?$`)
	colourPattern = regexp.MustCompile(`^#([0-9A-Fa-f]{6})$`)
	datePattern   = regexp.MustCompile(`^(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|年(\d{1,2})月(\d{1,2})日)$`)
)

// day is the zone of dates: China has one.
var day = time.FixedZone("UTC+8", 8*60*60)

// readDate returns the beginning of a day in Unix milliseconds
// (docs/spec/import.md#dates-numbers-and-booleans).
func readDate(text string) (at int64, ok bool) {
	m := datePattern.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	parts := slices.DeleteFunc(m[1:], func(s string) bool { return s == "" })
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(parts[i]) // digits, by the pattern
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, day)
	return t.UnixMilli(), t.Month() == time.Month(n[1]) && t.Day() == n[2] // no 30th of February
}

// checkNumber checks the range of a number.
func checkNumber(f *directory.ObjectField, r reading) reading {
	n, ok := r.value.(int64)
	switch {
	case !ok:
	case f.Type == directory.DateField && (n < 0 || n > directory.MaxHiredDate):
		return r.refuse("dateInvalid", 0)
	case f.Name == "color" && n != int64(int32(n)), f.Name != "color" && n < 0:
		return r.refuse(directory.RuleValueInvalid, 0)
	}
	return r
}

// mayLoseDigits reports whether the digits of a field identify something, so
// that a rounded number is worse than none.
func mayLoseDigits(kind directory.Kind, f *directory.ObjectField) bool {
	return isPhone(kind, f.Name) || f.Name == "telephone" || f.Name == "jobNumber" || f.Name == kind.IDField() || f.Reference != ""
}

// digitsLost reports whether a number of Excel looks rounded
// (docs/spec/import.md#numbers-of-excel).
func digitsLost(number string) bool {
	whole, _, _ := strings.Cut(strings.TrimLeft(number, "+-"), ".")
	if strings.Trim(whole, "0123456789") != "" {
		return false
	}
	return len(whole) > 15 || len(whole) >= 11 && strings.HasSuffix(whole, "000000")
}
