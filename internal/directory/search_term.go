package directory

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"github.com/mingce/mingce/internal/pinyin"
)

// Kinds of terms; the kind is a term's first letter, so that a seek for one
// kind meets no other.
const (
	termName     = 'n' // the name
	termInitials = 'i' // initials of its pinyin, or of the given name's
	termPinyin   = 'p' // its pinyin, or the given name's
	termInName   = 'm' // the name from its second, third... character on
	termCompany  = 'c' // the company
	termInComp   = 'd' // the company from its second, third... character on
)

// MaxTermRunes is how much of a term is stored: enough to find few rows, and
// what was found is compared in full.
const MaxTermRunes = 17

var folder = cases.Fold()

// searchKey is the form in which names are compared: compatibility forms, case
// and accents are one, and blanks and punctuation do not count. It is used for
// searching only; what is stored and shown is what was given.
func searchKey(s string) string { return foldAccents(accentedKey(s)) }

// foldAccents writes letters with accents and strokes as the plain ones that
// people type: "café łódź" is "cafe lodz". Marks of other scripts, such as those
// of kana, make other letters and stay.
func foldAccents(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf && r < 0x2000 }) < 0 {
		return s // Chinese or plain letters
	}
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if r >= 0x300 && r <= 0x36f { // what norm takes off letters of Europe
			return -1
		}
		return r
	}, norm.NFD.String(plainLetters.Replace(s))))
}

// plainLetters are for letters that no accent was added to.
var plainLetters = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "æ", "ae", "œ", "oe", "ħ", "h", "ı", "i", "ŧ", "t", "ŋ", "n", "ĸ", "k")

// accentedKey is a searchKey with the accents still on, which tell how pinyin
// is meant: lü is lv and lu another syllable.
func accentedKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) && r < utf8.RuneSelf || unicode.IsControl(r) {
			return -1
		}
		return r
	}, folder.String(norm.NFKC.String(s)))
}

// pinyinKey is what somebody typed as pinyin, with tones or without, or "" if
// it cannot be pinyin.
func pinyinKey(key string) string {
	for _, r := range key {
		if r >= utf8.RuneSelf && !strings.ContainsRune("āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹ", r) {
			return ""
		}
	}
	return pinyin.Plain(key)
}

// storedTerms is full terms as they are stored: in order, none twice, each cut
// to MaxTermRunes.
func storedTerms(terms []string) []string {
	for i := range terms {
		terms[i] = cutTerm(terms[i])
	}
	slices.Sort(terms)
	return slices.Compact(terms)
}

// SearchTerms returns what the contact is found by, as it is stored: in order,
// none twice, each cut to MaxTermRunes. It depends on name and company only.
func (c Contact) SearchTerms() []string { return storedTerms(c.fullTerms()) }

// SameSearchTerms reports whether two states of a contact are found by the
// same terms, without making them.
func (c Contact) SameSearchTerms(d Contact) bool {
	return c.Name == d.Name && orBlank(c.CompanyName) == orBlank(d.CompanyName)
}

func (c Contact) fullTerms() []string {
	return contactTerms(c.Name, orBlank(c.CompanyName), foldAccents)
}

func contactTerms(name, company string, fold func(string) string) []string {
	return appendParts(termsOf(name, fold), termCompany, termInComp, fold(accentedKey(company)))
}

// AccentedTerms returns the terms of a name, and of a company if it is a
// contact's, as they were stored before accents folded.
func AccentedTerms(name, company string) []string {
	return storedTerms(contactTerms(name, company, func(s string) string { return s }))
}

// NameTerms returns what an employee or a department of that name is found by,
// stored as the terms of contacts are.
func NameTerms(name string) []string { return storedTerms(nameTerms(name)) }

// nameTerms are a name's terms in full.
func nameTerms(name string) []string { return termsOf(name, foldAccents) }

func termsOf(name string, fold func(string) string) []string {
	terms := appendParts(make([]string, 0, 24), termName, termInName, fold(accentedKey(name)))
	for _, r := range pinyin.Name(name) {
		terms = append(terms, string(termPinyin)+fold(r.Full(0)), string(termInitials)+fold(r.Initials(0)))
		if given := r.Full(r.Given); r.Given > 0 && given != "" {
			terms = append(terms, string(termPinyin)+fold(given), string(termInitials)+fold(r.Initials(r.Given)))
		}
	}
	return terms
}

// appendParts appends a text and all its endings.
func appendParts(terms []string, whole, inside rune, text string) []string {
	for i := range text {
		kind := inside
		if i == 0 {
			kind = whole
		}
		terms = append(terms, string(kind)+text[i:])
	}
	return terms
}

func cutTerm(term string) string {
	n := 0
	for i := range term {
		if n == MaxTermRunes {
			return term[:i]
		}
		n++
	}
	return term
}
