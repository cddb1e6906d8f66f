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

// Kinds of terms. The kind is a term's first letter, so that a seek for one
// kind finds no other.
const (
	termName     = 'n' // the name
	termInitials = 'i' // initials of its pinyin, or of the given name's
	termPinyin   = 'p' // its pinyin, or the given name's
	termInName   = 'm' // the name from its second, third, ... character on
	termCompany  = 'c' // the company
	termInComp   = 'd' // the company from its second, third, ... character on
)

// MaxTermRunes is how much of a term is stored: enough to find few rows, which
// are then compared in full.
const MaxTermRunes = 17

var folder = cases.Fold()

// searchKey is the form in which names are compared: it ignores compatibility
// forms, case, accents, blanks and punctuation. It is used for searching only.
func searchKey(s string) string { return foldAccents(accentedKey(s)) }

// foldAccents replaces letters with accents and strokes by the plain ones that
// people type: "café łódź" becomes "cafe lodz". Marks of other scripts, such as
// those of kana, form different letters and stay.
func foldAccents(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf && r < 0x2000 }) < 0 {
		return s // Chinese or plain letters
	}
	return norm.NFC.String(strings.Map(func(r rune) rune {
		if r >= 0x300 && r <= 0x36f { // the marks norm splits off European letters
			return -1
		}
		return r
	}, norm.NFD.String(plainLetters.Replace(s))))
}

// plainLetters replaces the letters that norm does not decompose.
var plainLetters = strings.NewReplacer("ł", "l", "ø", "o", "đ", "d", "ð", "d", "þ", "th", "æ", "ae", "œ", "oe", "ħ", "h", "ı", "i", "ŧ", "t", "ŋ", "n", "ĸ", "k")

// accentedKey is a searchKey with accents. Pinyin needs them: lü (typed lv) and
// lu are different syllables.
func accentedKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) && r < utf8.RuneSelf || unicode.IsControl(r) {
			return -1
		}
		return r
	}, folder.String(norm.NFKC.String(s)))
}

// pinyinKey converts pinyin, typed with or without tones, to the form of the
// terms, or returns "" if the text cannot be pinyin.
func pinyinKey(key string) string {
	for _, r := range key {
		if r >= utf8.RuneSelf && !strings.ContainsRune("āáǎàēéěèīíǐìōóǒòūúǔùüǖǘǚǜńňǹ", r) {
			return ""
		}
	}
	return pinyin.Plain(key)
}

// storedTerms returns full terms as they are stored: sorted, without
// duplicates, each cut to MaxTermRunes.
func storedTerms(terms []string) []string {
	for i := range terms {
		terms[i] = cutTerm(terms[i])
	}
	slices.Sort(terms)
	return slices.Compact(terms)
}

// SearchTerms returns the stored terms by which the contact is found. They
// depend on name and company only.
func (c Contact) SearchTerms() []string { return storedTerms(c.fullTerms()) }

// SameSearchTerms reports whether two states of a contact have the same terms,
// without computing them.
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
// contact's, as they were stored before accents were folded.
func AccentedTerms(name, company string) []string {
	return storedTerms(contactTerms(name, company, func(s string) string { return s }))
}

// NameTerms returns the stored terms by which an employee or a department of
// that name is found.
func NameTerms(name string) []string { return storedTerms(nameTerms(name)) }

// nameTerms returns the full terms of a name.
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

// appendParts appends a text and all its suffixes.
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
