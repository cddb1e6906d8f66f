package transfer

import (
	"io"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

var (
	contactFile  = ReadOptions{Kind: directory.ContactKind}
	employeeFile = ReadOptions{Kind: directory.EmployeeKind}
)

func TestCardSamples(t *testing.T) {
	t.Parallel()
	for _, test := range []readingTest{
		{name: "vcard21-qp.vcf", want: `
			1 line 1
			parts.family="测试" N:3
			parts.given="甲" N:3
			name="测试甲" FN:4
			companyName="示例测试设备有限公司" ORG:8
			email="qp1@example.com" EMAIL:7
			mobile="139-0000-4001" TEL:6
			mobile="010-00004002" TEL:5
			2 line 11
			name="测试乙" FN:13
			remark="first\r\nsecond=2" NOTE:15
			mobile="+8613900004003" TEL:14
			3 line 17
			name="Dümmy GmbH" FN:19
			mobile="13900004004" TEL:20
			4 line 22
			parts.family="Sample" N:24
			parts.given="Gus" N:24
			email="gus@example.com" EMAIL:25`},
		{name: "vcard30-multi.vcf", ignored: "X-ABLABEL=1 PHOTO=1", want: `
			1 line 1
			parts.family="联系人" N:4
			parts.given="示例" N:4
			name="示例联系人一" FN:5
			companyName="示例公司" ORG:6
			parts.address.streetADR1="示例路2号" ADR:10
			parts.address.cityADR1="上海市" ADR:10
			parts.address.postalCodeADR1="200000" ADR:10
			parts.address.countryADR1="中国" ADR:10
			labelIds=["重要" "渠道商"] CATEGORIES:11
			mobile="13900005002" TEL:9
			mobile="+86 139-0000-5001" TEL:7
			2 line 24
			parts.family="Sample" N:26
			parts.given="Fay" N:26
			remark="a, b\nc is a longer note that is folded here" NOTE:28
			mobile="+44 20 7946 0000" TEL:27
			3 line 31
			problem truncated :31`},
		{name: "vcard40.vcf", ignored: "PHOTO=1 LANG=1", want: `
			1 line 1
			name="示例六" FN:3
			parts.family="示例" N:4
			parts.given="六" N:4
			title="顾问" TITLE:8
			mobile="tel:+86-139-0000-6001" TEL:5
			email="six@example.com" EMAIL:7
			email="six.b@example.com" EMAIL:6
			2 line 12
			name="Hal Sample" FN:14
			remark="Semi; colon" NOTE:16
			mobile="tel:+86-10-00006002;ext=12" TEL:15`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.in = sample(t, test.name)
			test.run(t, openVCard, contactFile)
		})
	}
}

// card returns a card with these properties.
func card(version string, properties ...string) string {
	return "BEGIN:VCARD\r\nVERSION:" + version + "\r\n" + strings.Join(properties, "\r\n") + "\r\nEND:VCARD\r\n"
}

// Folds and soft breaks are undone before anything is decoded
// (docs/spec/import.md#folded-lines).
func TestFoldedCards(t *testing.T) {
	t.Parallel()
	one := func(cells string) string { return "1 line 1\n" + cells }
	for _, test := range []readingTest{
		{name: "within a character", in: card("3.0", "FN:\xe5\r\n \xbc\n \xa0三"), want: one(`name="张三" FN:3`)},
		{name: "with a tab", in: card("3.0", "FN:a\r\n\tb"), want: one(`name="ab" FN:3`)},
		{name: "only one blank goes", in: card("3.0", "FN:a\r\n  b"), want: one(`name="a b" FN:3`)},
		{name: "within the name of a property", in: card("3.0", "T\r\n EL;TY\r\n PE=CE\r\n LL:1"), want: one(`mobile="1" TEL:3`)},
		{name: "CR CR LF", in: strings.ReplaceAll(card("2.1", "FN;QUOTED-PRINTABLE:a=", "b", "TITLE:c\r\n d"), "\r\n", "\r\r\n"),
			want: one("name=\"ab\" FN:5\n title=\"cd\" TITLE:9")},
		{name: "CR", in: strings.ReplaceAll(card("3.0", "FN:a\n b"), "\r\n", "\r"), want: one(`name="ab" FN:3`)},
		{name: "mixed ends", in: "BEGIN:VCARD\nVERSION:3.0\rFN:a\r\n b\n c\r\n\nTITLE:d\rEND:VCARD", want: one("name=\"abc\" FN:3\n title=\"d\" TITLE:7")},
		{name: "soft break", in: card("2.1", "FN;ENCODING=QUOTED-PRINTABLE:=E5=BC=", "=A0=E4", " =B8=89"), want: one(`name="张三" FN:3`)},
		{name: "soft break with blanks after it", in: card("2.1", "FN;ENCODING=QUOTED-PRINTABLE:a= \t", "b"), want: one(`name="ab" FN:3`)},
		{name: "blank after a soft break", in: card("2.1", "FN;QUOTED-PRINTABLE:a=", " b"), want: one(`name="a b" FN:3`)},
		{name: "fold before an escape", in: card("2.1", "FN;QUOTED-PRINTABLE:a=", " =E5=BC=A0"), want: one(`name="a张" FN:3`)},
		{name: "fold within an escape", in: card("2.1", "FN;QUOTED-PRINTABLE:=E5=", " BC=A0", "TITLE;QUOTED-PRINTABLE:=E", " 5=BC=A0"),
			want: one("name=\"张\" FN:3\n title=\"张\" TITLE:5")},
		{name: "soft break before the end", in: card("2.1", "FN;QUOTED-PRINTABLE:a="), want: one(`name="a=" FN:3`)},
		{name: "no soft break without the encoding", in: card("3.0", "FN:a=", "TITLE:b"), want: one("name=\"a=\" FN:3\n title=\"b\" TITLE:4")},
		{name: "no escape", in: card("2.1", "FN;QUOTED-PRINTABLE:a=b=3d=ZZ=4"), want: one(`name="a=b==ZZ=4" FN:3`)},
		{name: "base64 without folds", in: card("2.1", "PHOTO;BASE64:AAAA", "BBBB", "CC==", "FN:a"), want: one(`name="a" FN:6`), ignored: "PHOTO=1"},
		{name: "blanks after values", in: " Begin : VCard \t\r\nversion:3.0 \r\nFN:a\r\nend:vcard  \r\n", want: one(`name="a" FN:3`)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, openVCard, contactFile)
		})
	}
}

// Each property has its own encoding (docs/spec/import.md#charsets).
func TestCharsetsOfCards(t *testing.T) {
	t.Parallel()
	for _, test := range []readingTest{
		{name: "GBK without a word, and UTF-8", in: card("3.0", "FN:\xd5\xc5\xc8\xfd", "TITLE:顾问"), want: "1 line 1\nname=\"张三\" FN:3\ntitle=\"顾问\" TITLE:4"},
		{name: "GBK with a backslash", in: card("2.1", "FN;CHARSET=GBK:\x81\x5c\x5c;a"), want: "1 line 1\nname=\"乗;a\" FN:3"},
		{name: "named", in: card("2.1", "FN;CHARSET=Shift_JIS:\x93\xfa", "TITLE;CHARSET=\"iso-8859-1\";QUOTED-PRINTABLE:=E9", "ORG;CHARSET=gb2312:\xd5\xc5", "NOTE;CHARSET=big5:\xa9\x6d"),
			want: "1 line 1\nname=\"日\" FN:3\ntitle=\"é\" TITLE:4\ncompanyName=\"张\" ORG:5\nremark=\"姓\" NOTE:6"},
		{name: "of the whole file", enc: "big5", in: card("2.1", "FN:\xa9\x6d", "TITLE;CHARSET=UTF-8:姓"), wantOther: "big5",
			want: "1 line 1\nname=\"姓\" FN:3\ntitle=\"姓\" TITLE:4"},
		{name: "mark of byte order", in: "\xef\xbb\xbf" + card("3.0", "FN:张"), want: "1 line 1\nname=\"张\" FN:3"},
		{name: "UTF-16", in: utf16le(card("2.1", "FN:张", "TITLE;CHARSET=GBK;QUOTED-PRINTABLE:=D5=C5")), wantOther: "utf-16le",
			want: "1 line 1\nname=\"张\" FN:3\ntitle=\"张\" TITLE:4"},
		{name: "half a surrogate", in: utf16le("BEGIN:VCARD\nFN:") + "\x00\xd8" + utf16le("\nEND:VCARD")[2:], wantOther: "utf-16le", want: "1 line 1\nproblem encodingInvalid FN:2 name"},
		{name: "not as named", in: card("2.1", "FN;CHARSET=UTF-8:\xd5\xc5", "TEL:1"), want: "1 line 1\nproblem encodingInvalid FN:3 name"},
		{name: "neither", in: card("2.1", "TEL:1", "N:\xff\xff"), want: "1 line 1\nproblem encodingInvalid N:4 name"},
		{name: "in what belongs to no field", in: card("2.1", "FN:a", "X-A;CHARSET=UTF-8:\xd5\xc5"), want: "1 line 1\nproblem encodingInvalid X-A:4"},
		{name: "unknown", in: card("2.1", "FN;CHARSET=X-1:a", "TITLE;CHARSET=X-1:\xd5\xc5"), want: "1 line 1\nproblem encodingInvalid TITLE:4 title"},
		{name: "base64", in: card("3.0", "FN;ENCODING=b:5byg", "NOTE;ENCODING=BASE64;CHARSET=GBK:1cU", "X-B;BASE64:/w=="), want: "1 line 1\nname=\"张\" FN:3\nremark=\"张\" NOTE:4", ignored: "X-B=1"},
		{name: "no base64", in: card("3.0", "FN;ENCODING=b:!!"), want: "1 line 1\nproblem encodingInvalid FN:3 name"},
		{name: "NUL", in: card("3.0", "FN:a\x00b"), want: "1 line 1\nname=\"a\\x00b\" FN:3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, openVCard, contactFile)
		})
	}
}

// Properties become cells (docs/spec/import.md#fields-of-cards).
func TestFieldsOfCards(t *testing.T) {
	t.Parallel()
	for _, test := range []readingTest{
		{name: "telephones", in: card("3.0", "TEL:1", "TEL;TYPE=PREF:2", "TEL;TYPE=CELL:3", "TEL;TYPE=cell,pref:4", "TEL;TYPE=FAX,CELL,PREF:5", "TEL;PAGER:6", "TEL;TYPE=HOME;type=Cell:7"),
			want: "1 line 1\nmobile=\"4\" TEL:6\nmobile=\"3\" TEL:5\nmobile=\"7\" TEL:9\nmobile=\"2\" TEL:4\nmobile=\"1\" TEL:3"},
		{name: "preferences of 4.0", in: card("4.0", "EMAIL:a", "EMAIL;PREF=50:b", `EMAIL;TYPE="work,home";PREF="1":c`, "EMAIL;PREF=x:d"),
			want: "1 line 1\nemail=\"c\" EMAIL:5\nemail=\"d\" EMAIL:6\nemail=\"b\" EMAIL:4\nemail=\"a\" EMAIL:3"},
		{name: "addresses", in: card("3.0", `ADR;HOME:1;2;3\;\, a,b;4;5;6;7`, "ADR;TYPE=WORK:;;8", "ADR:;;;;;;"), want: `
			1 line 1
			parts.address.streetADR2="8" ADR:4
			address="" ADR:5
			parts.address.poBoxADR1="1" ADR:3
			parts.address.extendedADR1="2" ADR:3
			parts.address.streetADR1="3;, a,b" ADR:3
			parts.address.cityADR1="4" ADR:3
			parts.address.stateADR1="5" ADR:3
			parts.address.postalCodeADR1="6" ADR:3
			parts.address.countryADR1="7" ADR:3`},
		{name: "escapes of 3.0", in: card("3.0", `NOTE:a\nb\Nc\,d\;e\\nf\:g\`), want: "1 line 1\nremark=\"a\\nb\\nc,d;e\\\\nf\\\\:g\\\\\" NOTE:3"},
		{name: "escapes of 2.1", in: card("2.1", `NOTE:a\nb\,c\;d\\e`), want: "1 line 1\nremark=\"a\\\\nb,c;d\\\\e\" NOTE:3"},
		{name: "names", in: card("3.0", `N:Doe\;;J;M;Dr.;Jr.`, "X-MINGCE-USERID:u1", `ORG:A\;B;C`), want: `
			1 line 1
			parts.family="Doe;" N:3
			parts.given="J" N:3
			parts.middle="M" N:3
			userId="u1" X-MINGCE-USERID:4
			companyName="A;B" ORG:5`},
		{name: "categories", in: card("3.0", `CATEGORIES:a\,b, c ,,d/e\/f\\/g`, "categories:h"), want: `
			1 line 1
			labelIds=["a,b" "c" "d/e\\/f\\/g" "h"] CATEGORIES:3`},
		{name: "colon in quotes", in: card("4.0", `a.b.tel;X="a:b;c";TYPE=cell:1`, `TEL;X="a:2`), want: "1 line 1\nmobile=\"1\" TEL:3\nmobile=\"2\" TEL:4"},
		{name: "ignored", in: card("3.0", "PHOTO:", "KEY:x", "LOGO;VALUE=uri:http://a", "X-A:1", "x-a:2", "X-B:  ", "UID:1", "REV:2", "PRODID:3", "BDAY:2000-01-01") + card("3.0", "X-A:3"),
			want: "1 line 1\n2 line 14", ignored: "KEY=1 LOGO=1 X-A=3 BDAY=1"},
		{name: "ignored in what cannot be read", in: card("3.0", "X-A:1", "junk") + card("3.0", "X-B:1"), want: "1 line 1\nproblem malformed :4\n2 line 6", ignored: "X-B=1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, openVCard, contactFile)
		})
	}
}

func TestCardsOfOtherKinds(t *testing.T) {
	t.Parallel()
	in := card("3.0", "FN:a", "TEL;CELL:1", "ORG:b", "ADR:;;c", "CATEGORIES:d", "X-MINGCE-USERID:u", "X-A:e")
	readingTest{in: in, ignored: "ORG=1 ADR=1 CATEGORIES=1 X-A=1", want: `
		1 line 1
		name="a" FN:3
		userId="u" X-MINGCE-USERID:8
		mobile="1" TEL:4`}.run(t, openVCard, employeeFile)
	readingTest{in: in, ignored: "ORG=1 ADR=1 CATEGORIES=1 X-A=1", want: `
		1 line 1
		name="a" FN:3
		contactId="u" X-MINGCE-USERID:8
		phone="1" TEL:4`}.run(t, openVCard, ReadOptions{Kind: directory.MessageContactKind})
	mapped := ReadOptions{Kind: directory.EmployeeKind, Map: map[string]string{"workPlace": "org", "jobNumber": "x-a", "userId": ""}}
	readingTest{in: in, ignored: "ADR=1 CATEGORIES=1 X-MINGCE-USERID=1", want: `
		1 line 1
		name="a" FN:3
		workPlace="b" ORG:5
		jobNumber="e" X-A:9
		mobile="1" TEL:4`}.run(t, openVCard, mapped)
	mapped.Map["telephone"] = "X-T"
	readingTest{in: card("3.0", "X-A:1", "ORG:2"), want: "1 line 1\njobNumber=\"1\" X-A:3\nworkPlace=\"2\" ORG:4\nfile columnUnknown 0"}.run(t, openVCard, mapped)
	mapped.Map["nothing"] = "X-T"
	readingTest{in: card("3.0", "X-A:1"), want: "file fieldUnknown 0"}.run(t, openVCard, mapped)
}

// Whatever cards are like, those after them are read
// (docs/spec/import.md#nested-cards).
func TestBrokenCards(t *testing.T) {
	t.Parallel()
	agent := "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:b\r\nTEL:2\r\nX-A:1\r\nEND:VCARD"
	for _, test := range []readingTest{
		{name: "empty", in: "", want: "file empty 0"},
		{name: "blanks", in: "\r\n \n\x1a", want: "file empty 0"},
		{name: "nested lines", in: card("2.1", "FN:a", "AGENT:", "", agent, "TEL:1"), want: "1 line 1\nname=\"a\" FN:3\nmobile=\"1\" TEL:12\nwarning nestedCardIgnored AGENT:4"},
		{name: "nested deeper", in: card("2.1", "AGENT:", strings.Replace(agent, "FN:b", "AGENT:\r\n"+agent, 1), "TEL:1"), want: "1 line 1\nmobile=\"1\" TEL:16\nwarning nestedCardIgnored AGENT:3"},
		{name: "nested text", in: card("3.0", `AGENT:BEGIN:VCARD\nFN:b\nEND:VCARD\n`, "FN:a"), want: "1 line 1\nname=\"a\" FN:4\nwarning nestedCardIgnored AGENT:3"},
		{name: "nested in the line of AGENT", in: card("2.1", "AGENT:"+agent, "FN:a"), want: "1 line 1\nname=\"a\" FN:9\nwarning nestedCardIgnored AGENT:3"},
		{name: "agent elsewhere", in: card("3.0", "AGENT;VALUE=uri:cid:1", "FN:a"), want: "1 line 1\nname=\"a\" FN:4", ignored: "AGENT=1"},
		{name: "cut off in a nested card", in: "BEGIN:VCARD\nFN:a\nAGENT:\nBEGIN:VCARD\nEND:VCARD\nAGENT:\nBEGIN:VCARD\nEND:", want: "1 line 1\nproblem truncated :1"},
		{name: "no end", in: "BEGIN:VCARD\nFN:a\n" + card("3.0", "FN:b"), want: "1 line 1\nproblem malformed BEGIN:3\n2 line 3\nname=\"b\" FN:5"},
		{name: "no start", in: "junk\nFN:a\nEND:VCARD\n" + card("3.0", "FN:b") + "x\n", want: "1 line 1\nproblem malformed :1\n2 line 4\nname=\"b\" FN:6\n3 line 8\nproblem malformed :8"},
		{name: "too many ends", in: card("3.0", "FN:b") + "END:VCARD\n", want: "1 line 1\nname=\"b\" FN:3"},
		{name: "cut off", in: card("3.0", "FN:b") + "BEGIN:VCARD\nFN:c\nTEL;", want: "1 line 1\nname=\"b\" FN:3\n2 line 5\nproblem truncated :5"},
		{name: "only the start", in: "BEGIN:VCARD", want: "1 line 1\nproblem truncated :1"},
		{name: "first problem counts", in: card("3.0", "FN;BASE64:!", "junk", "TEL:1"), want: "1 line 1\nproblem encodingInvalid FN:3 name"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, openVCard, contactFile)
		})
	}
}

// What is longer than a line may be is passed over, and what follows is read
// (docs/spec/import.md#folded-lines).
func TestLongCards(t *testing.T) {
	t.Parallel()
	after := card("3.0", "FN:b")
	long := strings.Repeat("x", 10<<20)
	folds := func(part string) string { return strings.Repeat(part+"\n ", 1_000_000) }
	photo := func(n int) string { return "PHOTO;BASE64:" + strings.Repeat("AAAA\r\n ", n/4) }
	for _, test := range []readingTest{
		{name: "one line", in: card("3.0", "NOTE:"+long) + after, want: "1 line 1\nproblem rowTooLong NOTE:3 remark\n2 line 5\nname=\"b\" FN:7"},
		{name: "in a property of no field", in: card("3.0", "X-A:"+long) + after, want: "1 line 1\nproblem rowTooLong X-A:3\n2 line 5\nname=\"b\" FN:7"},
		{name: "without a colon", in: card("3.0", long) + after, want: "1 line 1\nproblem rowTooLong :3\n2 line 5\nname=\"b\" FN:7"},
		{name: "between cards", in: long + "\n" + after, want: "1 line 1\nproblem malformed :1\n2 line 2\nname=\"b\" FN:4"},
		{name: "a million folds", in: card("3.0", "NOTE:"+folds("x")) + after, want: "1 line 1\nremark=\"" + strings.Repeat("x", 60) + "\" NOTE:3\n2 line 1000005\nname=\"b\" FN:1000007"},
		{name: "a million longer folds", in: card("3.0", "NOTE:"+folds("xx")) + after, want: "1 line 1\nproblem rowTooLong NOTE:3 remark\n2 line 1000005\nname=\"b\" FN:1000007"},
		{name: "a million folds of blanks", in: card("3.0", "NOTE;QUOTED-PRINTABLE:"+folds(" ")) + after,
			want: "1 line 1\nremark=\"" + strings.Repeat(" ", 60) + "\" NOTE:3\n2 line 1000005\nname=\"b\" FN:1000007"},
		{name: "a million soft breaks", in: card("3.0", "NOTE;QUOTED-PRINTABLE:"+strings.Repeat("=\n", 1_000_000)) + after, want: "1 line 1\nremark=\"\" NOTE:3\n2 line 1000005\nname=\"b\" FN:1000007"},
		{name: "a million folds before the colon", in: card("3.0", folds("x")) + after, want: "1 line 1\nproblem malformed :3\n2 line 1000005\nname=\"b\" FN:1000007"},
		{name: "photo", in: card("3.0", photo(10<<20), "FN:a"), want: "1 line 1\nname=\"a\" FN:2621444", ignored: "PHOTO=1"},
		{name: "photo in one line", in: card("3.0", "LOGO;BASE64:"+long, "FN:a"), want: "1 line 1\nname=\"a\" FN:4", ignored: "LOGO=1"},
		{name: "photo too large", in: card("3.0", photo(17<<20), "FN:a") + after, want: "1 line 1\nproblem rowTooLong PHOTO:3\n2 line 4456454\nname=\"b\" FN:4456456"},
		{name: "many cards within", in: card("3.0", strings.Repeat("AGENT:\nBEGIN:VCARD\nEND:VCARD\n", 200_000)) + after, want: "1 line 1\nproblem rowTooLong AGENT:524292\n2 line 600005\nname=\"b\" FN:600007"},
		{name: "many categories", in: card("3.0", strings.Repeat("TEL:1\r\n", 100_000)+strings.Repeat("CATEGORIES:a\r\n", 60_000)) + after, want: "1 line 1\nproblem rowTooLong CATEGORIES:145718 labelIds\n2 line 160005\nname=\"b\" FN:160007"},
		{name: "too much in all", in: card("3.0", strings.Repeat("TEL:13900000000\r\n", 100_000)+"FN:a") + after, want: "1 line 1\nproblem rowTooLong TEL:69909 mobile\n2 line 100005\nname=\"b\" FN:100007"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, openVCard, contactFile)
			r, _ := openVCard(strings.NewReader(test.in), "", contactFile)
			for {
				rec, err := r.Next()
				if err == io.EOF {
					break
				}
				if len(rec.Raw) > maxRaw+1<<10 {
					t.Errorf("%d bytes kept", len(rec.Raw))
				}
			}
		})
	}
}

// The file of rejected records has them as they were, in UTF-8
// (docs/spec/import.md#rejected-text).
func TestRawCards(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"as it is", card("3.0", "FN:张\r\n 三", "", "X-A:b\n c"), card("3.0", "FN:张\r\n 三", "", "X-A:b\n c")},
		{"fold in a character", card("3.0", "FN:\xe5\r\n \xbc\xa0"), card("3.0", "FN:张")},
		{"quoted", card("2.1", "FN;CHARSET=GBK;QUOTED-PRINTABLE:=D5=", "=C5"), card("2.1", "FN;CHARSET=GBK;QUOTED-PRINTABLE:=D5=", "=C5")},
		{"GBK", card("2.1", "FN:\xd5\r\n \xc5", "TEL:1"), card("2.1", "FN:张", "TEL:1")},
		{"GBK as named", card("2.1", "FN;charset=\"GBK\";X=1:\xd5\xc5"), card("2.1", "FN;charset=UTF-8;X=1:张")},
		{"invalid", card("2.1", "FN;CHARSET=UTF-8:\xd5\xc5"), card("2.1", "FN;CHARSET=UTF-8:\ufffd")},
		{"UTF-16", utf16le(card("2.1", "FN:a")), card("2.1", "FN:a")},
		{"nested", card("2.1", "AGENT:", strings.TrimSpace(card("2.1", "FN:b")), "FN:a"), card("2.1", "AGENT:", strings.TrimSpace(card("2.1", "FN:b")), "FN:a")},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r, err := openVCard(strings.NewReader(test.in), "", contactFile)
			if err != nil {
				t.Fatal(err)
			}
			rec, err := r.Next()
			if err != nil || string(rec.Raw) != test.want {
				t.Errorf("kept %q, %v; want %q", rec.Raw, err, test.want)
			}
		})
	}
}
