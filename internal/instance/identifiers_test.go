package instance

import (
	"strings"
	"testing"
)

func TestIdentifiersHaveTheirLengthAndAlphabet(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 16, 18, 100} {
		d := randomIDs{}.Digits(n)
		if len(d) != n || strings.Trim(d, digits) != "" || d[0] == '0' {
			t.Errorf("Digits(%d): got %q, want %d digits, the first not 0", n, d, n)
		}
		b := randomIDs{}.Base62(n)
		if len(b) != n || strings.Trim(b, digits+letters) != "" {
			t.Errorf("Base62(%d): got %q, want %d letters and digits", n, b, n)
		}
	}
}

func TestIdentifiersUseEveryCharacter(t *testing.T) {
	t.Parallel()
	got := randomIDs{}.Base62(20_000)
	for _, c := range digits + letters {
		if n := strings.Count(got, string(c)); n < 200 || n > 450 {
			t.Errorf("%q: got %d of 20000, want about 322", c, n)
		}
	}
}
