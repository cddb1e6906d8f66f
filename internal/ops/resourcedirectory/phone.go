package resourcedirectory

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
)

// phoneLengths has one line per country code: the code and how many digits its
// numbers may have. The test of this package makes it from the metadata of a
// library (go test ./internal/ops/resourcedirectory -update), which itself
// would be built whenever the program starts.
//
//go:embed phone_lengths.txt
var phoneLengths string

// lengthsByCountry holds a bit per length.
var lengthsByCountry = sync.OnceValue(func() map[string]uint32 {
	m := map[string]uint32{}
	for line := range strings.Lines(phoneLengths) {
		fields := strings.Fields(line)
		for _, length := range fields[1:] {
			n, _ := strconv.Atoi(length) // the test reads every line
			m[fields[0]] |= 1 << n
		}
	}
	return m
})

// validPhone: mainland numbers have a rule of their own, because the metadata
// refuses prefixes that are in use. Elsewhere the country code must exist and
// the number have a length that is in use there.
func validPhone(s string) bool {
	code, number, _ := strings.Cut(s, "-")
	if code == "86" {
		return mainland(number)
	}
	return lengthsByCountry()[code]&(1<<len(number)) != 0
}
