package resourcedirectory

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/nyaruka/phonenumbers"
)

var update = flag.Bool("update", false, "write phone_lengths.txt anew")

// The program embeds what the metadata says, not the metadata.
func TestPhoneLengthsAreThoseOfTheMetadata(t *testing.T) {
	t.Parallel()
	var codes []int
	for code := range phonenumbers.GetSupportedCallingCodes() {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	var want strings.Builder
	for _, code := range codes {
		fmt.Fprint(&want, code)
		for length := phonenumbers.MIN_LENGTH_FOR_NSN; length <= phonenumbers.MAX_LENGTH_FOR_NSN; length++ {
			number, _ := strconv.ParseUint("1"+strings.Repeat("0", length-1), 10, 64)
			c := int32(code)
			if phonenumbers.IsPossibleNumber(&phonenumbers.PhoneNumber{CountryCode: &c, NationalNumber: &number}) {
				fmt.Fprint(&want, " ", length)
			}
		}
		fmt.Fprintln(&want)
	}
	if *update {
		if err := os.WriteFile("phone_lengths.txt", []byte(want.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if phoneLengths != want.String() {
		t.Error("phone_lengths.txt: got other lengths than the metadata gives; want: go test ./internal/ops/resourcedirectory -update")
	}
}

func TestPhones(t *testing.T) {
	t.Parallel()
	for phone, want := range map[string]bool{
		"86-13812345678": true, "86-12812345678": false, "86-138123456789": false, "852-91234567": true, "852-9123456789": false,
		"1-2025550123": true, "1-20255501234": false, "44-7911123456": true, "44-07911123456": false, "999-2025550123": false,
		"49-15112345678": true, "86-": false,
	} {
		if got := validPhone(phone); got != want {
			t.Errorf("%s: got %t, want %t", phone, got, want)
		}
	}
}
