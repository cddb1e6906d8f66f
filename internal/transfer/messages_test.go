package transfer

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/mingce/mingce/internal/directory"
)

// Whatever the core may refuse a row for, or take from an object, has a text.
func TestEveryRuleHasMessages(t *testing.T) {
	t.Parallel()
	for _, rule := range directory.Rules {
		if m, ok := messages[rule]; !ok || m.en == "" || m.zh == "" {
			t.Errorf("%s has no text: %+v", rule, m)
		}
	}
}

// codes are all that an import or an undo may tell.
var codes = strings.Fields(`
	missing tooLong tooMany characterInvalid valueInvalid maskedValue mobileInvalid emailInvalid dateInvalid numberMangled cellError fieldUnknown columnUnknown
	idTaken mobileTaken emailTaken nameTaken employeeMobile quotaFull featureOff departmentDepth departmentCycle hasMembers hasChildren isRoot outOfScope
	followsContacts versionMismatch changedDuring importRunning undoConflict previewOutdated
	memberNotFound notVerified beingDeleted lastReceiver verificationLimit
	ownerNotFound ownerAmbiguous employeeNotFound employeeAmbiguous labelNotFound labelAmbiguous labelGroupNotFound departmentNotFound departmentAmbiguous
	matchAmbiguous matchConflict
	encodingInvalid encodingMixed truncated malformed duplicateKey changeRecord tooManyCells rowTooLong
	valueDropped nameFromCompany formulaWithoutValue nestedCardIgnored urlIgnored duplicateInFile inBin referenceNotFound
	changedSince deletedSince referenced erased purged
	empty headerNotFound sheetNotFound formatUnsupported zipBomb tooManyRows tooManyColumns tooLarge encodingUnsupported fileChanged duplicate tooManyRejected
	diskFull internal cancelled personErased
	mobileFixed telephoneTaken loginIdTaken accountNotOffered accountTaken consentMissing groupNotFound`)

func TestEveryCodeHasMessages(t *testing.T) {
	t.Parallel()
	if known := slices.Sorted(maps.Keys(messages)); !slices.Equal(known, slices.Sorted(slices.Values(codes))) {
		t.Errorf("codes with messages: got %v, want %v", known, codes)
	}
	seen := map[string]string{}
	for _, code := range codes {
		for _, p := range []Problem{{Code: code}, {Code: code, Field: "email", Value: "secret@example.com", Most: 42}} {
			en, zh := Message(p)
			checkMessage(t, code, en, zh)
			if other, ok := seen[en]; ok && other != code {
				t.Errorf("%s: got the same message as %s", code, other)
			}
			seen[en] = code
		}
		en, zh := (&FileError{Code: code}).Message()
		checkMessage(t, code, en, zh)
	}
}

// checkMessage asks for two sentences: what is wrong, and what to do.
func checkMessage(t *testing.T, code, en, zh string) {
	t.Helper()
	if strings.Count(en+" ", ". ") < 2 || !strings.HasSuffix(en, ".") || strings.ContainsAny(en, "{}") || !unicode.IsUpper([]rune(en)[0]) && !strings.HasPrefix(en, "email") {
		t.Errorf("%s in English: got %q, want what is wrong and what to do", code, en)
	}
	if strings.Count(zh, "。") < 2 || !strings.HasSuffix(zh, "。") || strings.ContainsAny(zh, "{}") || !hasHan(zh) {
		t.Errorf("%s in Chinese: got %q, want what is wrong and what to do", code, zh)
	}
	if strings.Contains(en+zh, "secret") {
		t.Errorf("%s: got %q, %q, want no value in it", code, en, zh)
	}
}

func TestMessage(t *testing.T) {
	t.Parallel()
	en, zh := Message(Problem{Code: "tooLong", Field: "title", Most: 200})
	if want := "title is longer than 200 characters. Shorten it."; en != want {
		t.Errorf("got %q, want %q", en, want)
	}
	if want := "title 超过 200 个字符。请缩短。"; zh != want {
		t.Errorf("got %q, want %q", zh, want)
	}
	if en, _ := Message(Problem{Code: "somethingNew"}); en == "" {
		t.Error("an unknown code: got no message")
	}
	row, _ := Message(Problem{Code: "truncated"})
	file, _ := (&FileError{Code: "truncated"}).Message()
	if row == file {
		t.Errorf("a record and a file that are cut off: got %q for both", row)
	}
	if en, _ := (&FileError{Code: "formatUnsupported", Detail: "encrypted"}).Message(); !strings.HasSuffix(en, " (encrypted)") {
		t.Errorf("a detail: got %q", en)
	}
}

func TestProblemClipped(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{"": "", "a": "a", strings.Repeat("经", 80): strings.Repeat("经", 80), strings.Repeat("经", 81): strings.Repeat("经", 80)} {
		if got := (Problem{Value: value}).clipped(); got != want {
			t.Errorf("clipped %q: got %q, want %q", value, got, want)
		}
	}
}

// The remedy is one that there is: an option only for what an option gives.
func TestMessagesNameTheOption(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		p    Problem
		want string
	}{
		{Problem{Code: codeMissing, Field: "followerUserId"}, "--owner"},
		{Problem{Code: codeMissing, Field: "labelIds"}, "--label"},
		{Problem{Code: codeMissing, Field: "email"}, "--map"},
		{Problem{Code: "ownerNotFound", Field: "followerUserId", Value: "nobody"}, "of --owner"},
		{Problem{Code: "ownerNotFound", Field: "followerUserId", Value: "nobody", Header: "负责人", Column: 2}, "leave it empty"},
		{Problem{Code: "labelNotFound", Field: "labelIds", Value: "x"}, "of --label"},
		{Problem{Code: "numberMangled", Field: "userId", Column: 1}, "--map userId="},
	} {
		en, zh := Message(tt.p)
		if !strings.Contains(en, tt.want) || !hasHan(zh) {
			t.Errorf("%+v: got %q, %q, want %s in it", tt.p, en, zh, tt.want)
		}
	}
	_, err := Open(strings.NewReader("姓名,手机\n王,13900001234\n"), ReadOptions{})
	var refused *FileError
	if !errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	if en, zh := refused.Message(); !strings.Contains(en, "--kind") || !strings.Contains(zh, "--kind") {
		t.Errorf("got %q, %q", en, zh)
	}
	for _, country := range []string{"HK", "香港"} {
		err := (&Options{Kind: "contacts", Country: country}).Check()
		if err == nil || !strings.Contains(err.Error(), "852") {
			t.Errorf("country %s: got %v", country, err)
		}
	}
}

// What a file or a call brings is told clipped, however long it is.
func TestLongTextsInRefusalsAreClipped(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("名", 30_000)
	for _, o := range []Options{{Kind: long}, {Kind: "contacts", Format: long}, {Kind: "contacts", Match: long}, {Kind: "contacts", Delimiter: long},
		{Kind: "contacts", Country: long}, {Kind: "contacts", Map: Texts{long}}, {Kind: "contacts", Map: Texts{long + "=x"}}} {
		usage := new(UsageError)
		if err := o.Check(); !errors.As(err, &usage) || len(usage.Message) > 2000 || len(usage.MessageZh) > 2000 {
			t.Errorf("%.60s: got a message of %d and %d bytes", fmt.Sprintf("%+v", o), len(usage.Message), len(usage.MessageZh))
		}
	}
	if en, zh := (&FileError{Code: "zipBomb", Detail: long + "\xff"}).Message(); len(en) > 2000 || len(zh) > 2000 {
		t.Errorf("a part with a long name: got a message of %d and %d bytes", len(en), len(zh))
	}
	if en, _ := (&FileError{Code: "zipBomb", Detail: "a\xff"}).Message(); !utf8.ValidString(en) {
		t.Errorf("got %q, want valid UTF-8", en)
	}
}
