package pinyin

import (
	_ "embed"
	"strings"
	"sync"
)

// ordinaryReadings has one line per syllable: the syllable without tones, a
// space, and the characters whose first reading it is. The test of this package
// generates it from a dictionary (go test ./internal/pinyin -update). Embedding
// that dictionary itself would slow down every start of the program.
//
//go:embed dictionary.txt
var ordinaryReadings string

// dictionary finds the syllable of a character in two steps, which takes less
// memory than a map. It is built only when a name is spelled.
type dictionary struct {
	syllables []string
	places    []uint16 // index into syllables, by character from firstCharacter on; 0: unknown
}

// The dictionary's characters lie between 〇 and the end of extension H.
const (
	firstCharacter = 0x3007
	lastCharacter  = 0x323af
)

var loaded = sync.OnceValue(func() *dictionary {
	d := &dictionary{syllables: []string{""}, places: make([]uint16, lastCharacter-firstCharacter+1)}
	for line := range strings.Lines(ordinaryReadings) {
		syllable, characters, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		for _, r := range characters {
			d.places[r-firstCharacter] = uint16(len(d.syllables))
		}
		d.syllables = append(d.syllables, syllable)
	}
	return d
})

// reading returns the ordinary reading of a character, or "" for an unknown one.
func reading(r rune) string {
	if r < firstCharacter || r > lastCharacter {
		return ""
	}
	d := loaded()
	return d.syllables[d.places[r-firstCharacter]]
}
