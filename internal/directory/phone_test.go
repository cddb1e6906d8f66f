package directory

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
		t.Error("phone_lengths.txt: got other lengths than the metadata gives; want: go test ./internal/directory -run PhoneLengths -update")
	}
}

// One reader for every call: each way to write a number is the same number.
func TestReadMobile(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"13800001001": "86-13800001001", "+8613800001001": "86-13800001001", "+86-13800001001": "86-13800001001",
		"86-13800001001": "86-13800001001", "0086 138 0000 1001": "86-13800001001", "8613800001001": "86-13800001001",
		"138-0000-1001": "86-13800001001", "+86 138-0000-1001": "86-13800001001", "(+86) 138.0000.1001": "86-13800001001",
		"＋８６－１３８００００１００１": "86-13800001001", "\u00a0138\u30000000 1001 ": "86-13800001001", "138–0000–1001": "86-13800001001",
		"0086-13800001001": "86-13800001001",
		"+85261239999":     "852-61239999", "+852-61239999": "852-61239999", "852-6123-9999": "852-61239999", "+852 6123 9999": "852-61239999",
		"0085261239999": "852-61239999", "+1-202-555-0123": "1-2025550123", "+1 (202) 555-0123": "1-2025550123", "1-2025550123": "1-2025550123",
		"+447911123456": "44-7911123456", "+49-15112345678": "49-15112345678",
		"12812345678": "", "138123456789": "", "1380000100": "", "852-9123456789": "", "1-20255501234": "", "44-07911123456": "", "999-2025550123": "",
		"+999-13800001001": "", "86-": "", "+": "", "": "", "138000010a1": "", "010-86123456": "", "+86-01086123456": "", "61239999": "",
		"++8613800001001": "", "+86-+13800001001": "", "+-13912348518": "", "00-13912348518": "", "٣٤٥٦٧٨٩٠١٢٣": "",
	} {
		p, err := ReadMobile(text, "")
		if got := p.String(); err != nil && want != "" || err == nil && got != want {
			t.Errorf("ReadMobile(%q): got %s, %v, want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{"61239999": "852-61239999", "+8613800001001": "86-13800001001", "86-13800001001": "86-13800001001", "138000010011": ""} {
		p, err := ReadMobile(text, "852")
		if got := p.String(); err != nil && want != "" || err == nil && got != want {
			t.Errorf("ReadMobile(%q, 852): got %s, %v, want %q", text, got, err, want)
		}
	}
}

// A country code that stands apart may be repeated, but not contradicted.
func TestReadPhoneOf(t *testing.T) {
	t.Parallel()
	for in, want := range map[[2]string]string{
		{"86", "13088888888"}: "86-13088888888", {"+86", "13088888888"}: "86-13088888888", {"0086", "130 8888 8888"}: "86-13088888888",
		{"86", "+86-13088888888"}: "86-13088888888", {"86", "+8613088888888"}: "86-13088888888", {"86", "008613088888888"}: "86-13088888888",
		{"86", "8613088888888"}: "86-13088888888", {"86", "86-13088888888"}: "86-13088888888", {"86", "010-86123456"}: "86-01086123456",
		{"852", "+85261239999"}: "852-61239999", {"852", "61239999"}: "852-61239999", {"852", "852-61239999"}: "852-61239999",
		{"８６", "１３０８８８８８８８８"}: "86-13088888888", {"86", "12345"}: "86-12345", {"86", strings.Repeat("2", 20)}: "86-" + strings.Repeat("2", 20),
		{"86", "+85261239999"}: "", {"86", "1234"}: "", {"86", strings.Repeat("2", 21)}: "", {"86", "12088888888"}: "", {"999", "13088888888"}: "",
		{"", "13088888888"}: "", {"86", ""}: "", {"86-1", "13088888888"}: "", {"86", "1308888888a"}: "",
	} {
		p, err := readPhoneOf(in[0], in[1])
		if got := p.String(); err != nil && want != "" || err == nil && got != want {
			t.Errorf("readPhoneOf(%q): got %s, %v, want %q", in, got, err, want)
		}
	}
}
