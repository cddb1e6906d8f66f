// Package pinyin spells names in Latin letters, as people type them in a
// search: without tones, ü as v, letters and digits unchanged. It corrects a
// dictionary of single characters with its own tables: surnames with a special
// reading, surnames of two characters, phrases, and characters with two
// readings in names.
//
// It knows nothing about contacts, builds no index and compares nothing: it is
// a pure function of its argument (docs/adr/0015-search-by-terms.md).
package pinyin

import (
	"strings"
	"unicode"
)

// MaxReadings limits the readings of one name, because every reading adds
// entries to an index.
const MaxReadings = 6

// Reading is one way to spell a name: its syllables in order, where a run of
// Latin letters and digits counts as one.
type Reading struct {
	syllables []string // runs of Latin letters and digits begin with latinMark
	// Given is the number of syllables before the given name: 0 when the name
	// does not begin with a Chinese surname.
	Given int
}

// latinMark marks a run of Latin letters and digits in the name itself.
const latinMark = "="

// Full returns the syllables from the i-th on as one word: "zhangsan".
func (r Reading) Full(i int) string {
	return strings.ReplaceAll(strings.Join(r.syllables[i:], ""), latinMark, "")
}

// Initials returns the first letters of the syllables from the i-th on: "zs".
// Runs of Latin letters and digits stay whole: "3mgs" for 3M公司.
func (r Reading) Initials(i int) string {
	var b strings.Builder
	for _, s := range r.syllables[i:] {
		if run, ok := strings.CutPrefix(s, latinMark); ok {
			b.WriteString(run)
			continue
		}
		b.WriteString(s[:1])
	}
	return b.String()
}

// Name returns the readings of a person's name, the likeliest first, or nil if
// it has no Chinese character that the dictionary knows.
func Name(name string) []Reading {
	parts, chinese := split(name)
	if !chinese {
		return nil
	}
	given := 0
	first := []rune(parts[0].text)
	var choices [][]string // alternatives for each position, which may have several syllables
	if parts[0].chinese {
		surname, readings := surnameOf(first)
		given = surname
		choices = append(choices, readings)
		choices = append(choices, spell(string(first[surname:]))...)
		parts = parts[1:]
	}
	for _, p := range parts {
		if p.chinese {
			choices = append(choices, spell(p.text)...)
		} else {
			choices = append(choices, []string{latinMark + p.text})
		}
	}
	return combine(choices, given)
}

// part is a run of characters of one kind.
type part struct {
	text    string
	chinese bool
}

// split cuts a name into runs of Chinese characters and runs of other letters
// and digits, in lower case. All other characters separate runs and are
// dropped.
func split(name string) (parts []part, chinese bool) {
	open := false
	for _, r := range name {
		isChinese := unicode.Is(unicode.Han, r)
		switch {
		case isChinese && !known(r), !isChinese && !unicode.IsLetter(r) && !unicode.IsDigit(r):
			open = false
			continue
		case open && parts[len(parts)-1].chinese == isChinese:
			parts[len(parts)-1].text += string(unicode.ToLower(r))
		default:
			parts = append(parts, part{string(unicode.ToLower(r)), isChinese})
		}
		open, chinese = true, chinese || isChinese
	}
	return parts, chinese
}

// surnameOf returns the length of the surname at the start of a name, in
// characters, and its readings. Syllables of one reading are separated by a
// space.
func surnameOf(name []rune) (n int, readings []string) {
	if len(name) > 1 {
		if s, ok := compounds[string(name[:2])]; ok {
			if len(name) == 2 { // 单于 may also be a Shan whose given name is Yu
				return 2, append([]string{s}, join(single(name[0]), ordinary(name[1]))...)
			}
			return 2, []string{s}
		}
	}
	return 1, single(name[0])
}

// single returns the readings of a surname of one character: those of the
// table, then the ordinary one, for people who do not know better.
func single(r rune) []string {
	return distinct(append(strings.Fields(surnames[r]), ordinary(r)...))
}

// spell returns the alternatives for each position of a text of Chinese
// characters. Phrases take precedence over single characters.
func spell(text string) (choices [][]string) {
	rs := []rune(text)
	for i := 0; i < len(rs); {
		n := min(longestPhrase, len(rs)-i)
		for ; n > 1; n-- {
			if s, ok := phrases[string(rs[i:i+n])]; ok {
				choices = append(choices, []string{s})
				break
			}
		}
		if n <= 1 {
			n = 1
			choices = append(choices, distinct(append(strings.Fields(polyphones[rs[i]]), ordinary(rs[i])...)))
		}
		i += n
	}
	return choices
}

// combine builds the readings: first the likeliest of every position, then
// those that differ from it in later and later positions.
func combine(choices [][]string, given int) (rs []Reading) {
	readings := [][]string{nil}
	for _, alternatives := range choices {
		var next [][]string
		for _, a := range alternatives {
			for _, r := range readings {
				if len(next) < MaxReadings {
					next = append(next, append(r[:len(r):len(r)], strings.Fields(a)...))
				}
			}
		}
		readings = next
	}
	for _, r := range readings {
		rs = append(rs, Reading{r, given})
	}
	return rs
}

// known reports whether the dictionary has the character.
func known(r rune) bool { return reading(r) != "" }

// ordinary returns the dictionary's first reading of a character.
func ordinary(r rune) []string { return []string{reading(r)} }

// Plain removes the tones of pinyin and writes ü as v: "lǚ" is "lv".
func Plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		if base, ok := toneless[r]; ok {
			r = base
		}
		if r < unicode.MaxASCII {
			b.WriteRune(r)
		}
	}
	return b.String()
}

var toneless = func() map[rune]rune {
	m := map[rune]rune{}
	for base, marked := range map[rune]string{
		'a': "āáǎà", 'e': "ēéěèêếề", 'i': "īíǐì", 'o': "ōóǒò", 'u': "ūúǔù", 'v': "üǖǘǚǜ", 'n': "ńňǹ", 'm': "ḿ",
	} {
		for _, r := range marked {
			m[r] = base
		}
	}
	return m
}()

func join(first, second []string) (out []string) {
	for _, a := range first {
		for _, b := range second {
			out = append(out, a+" "+b)
		}
	}
	return out
}

func distinct(list []string) (out []string) {
	for _, s := range list {
		repeated := s == ""
		for _, o := range out {
			repeated = repeated || o == s
		}
		if !repeated {
			out = append(out, s)
		}
	}
	return out
}
