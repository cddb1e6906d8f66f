package transfer

import (
	"encoding/base64"
	"io"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func TestLDIFSample(t *testing.T) {
	t.Parallel()
	readingTest{in: sample(t, "directory.ldif"), ignored: "userPassword=1", want: `
		1 line 11
		userId="ldap01" uid:14
		name="测试一" cn:15
		parts.family="测试" sn:16
		mobile="+86 139 0000 7001" mobile:17
		email="ldap01@example.com" mail:18
		title="Engineer" title:19
		jobNumber="7001" employeeNumber:20
		deptIds="研发部" ou:21
		remark="first part of a long text" description:22
		2 line 26
		userId="ldap02" uid:29
		name="Ivy Sample" cn:30
		mobile="13900007002" mobile:31
		mobile="13900007003" mobile:32
		deptIds="研发部/嵌入式组" dn:26
		3 line 34
		problem changeRecord changetype:35
		4 line 40
		problem encodingInvalid cn:43 name`}.run(t, openLDIF, employeeFile)
}

// entry returns an entry of a person with these lines.
func entry(lines ...string) string {
	return "dn: uid=1,dc=x\nobjectClass: inetOrgPerson\n" + strings.Join(lines, "\n") + "\n\n"
}

func in64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// Lines of LDIF (docs/spec/import.md#ldif).
func TestLDIFLines(t *testing.T) {
	t.Parallel()
	for _, test := range []readingTest{
		{name: "empty", in: "", want: "file empty 0"},
		{name: "only the version", in: "version: 1\n\n# end\n", want: "file empty 0"},
		{name: "folds", in: entry("cn: a", "  b", " c", "title:", " d", "mail:", "  e@f", "description:: "+in64("张三")[:3], " "+in64("张三")[3:]), want: `
			1 line 1
			name="a bc" cn:3
			email="e@f" mail:8
			title="d" title:6
			remark="张三" description:10`},
		{name: "fold in a character", in: entry("cn: \xe5", " \xbc\xa0"), want: "1 line 1\nname=\"张\" cn:3"},
		{name: "comments", in: "# a\n b: c\ndn: x=y\n# d\n  e\nobjectClass: person\ncn: f\n#\n", want: "1 line 3\nname=\"f\" cn:7"},
		{name: "ends", in: "dn: x=y\robjectClass: person\r\ncn: a\r b\n\r\r\ndn: x=z\nobjectClass: person", want: "1 line 1\nname=\"ab\" cn:3\n2 line 7"},
		{name: "names in any case", in: entry("CN: a", "TelephoneNumber: 1"), want: "1 line 1\nname=\"a\" CN:3\nmobile=\"1\" TelephoneNumber:4"},
		{name: "no space", in: "dn:x=y\nobjectclass:person\ncn:a\nmail::" + in64("b") + "\n", want: "1 line 1\nname=\"a\" cn:3\nemail=\"b\" mail:4"},
		{name: "base64", in: entry("cn:: 5byg", "o::"), want: "1 line 1\nname=\"张\" cn:3\ncompanyName=\"\" o:4"},
		{name: "bad base64", in: entry("cn:: 5byg=", "mail: a"), want: "1 line 1\nproblem encodingInvalid cn:3 name"},
		{name: "bad base64 of no field", in: entry("x:: !"), want: "1 line 1\nproblem encodingInvalid x:3"},
		{name: "binary", in: entry("objectGUID:: /w==", "cn: a"), want: "1 line 1\nname=\"a\" cn:4", ignored: "objectGUID=1"},
		{name: "binary where a text belongs", in: entry("l:: /w=="), want: "1 line 1\nproblem encodingInvalid l:3 address"},
		{name: "URL", in: entry("cn:< file:///etc/passwd", "jpegPhoto:< http://x", "sn: b"), want: `
			1 line 1
			parts.family="b" sn:5
			name="" cn:3
			warning urlIgnored cn:3 name
			warning urlIgnored jpegPhoto:4`},
		{name: "no colon", in: entry("cn: a", "-") + entry("cn: b"), want: "1 line 1\nproblem malformed :4\n2 line 6\nname=\"b\" cn:8"},
		{name: "no dn", in: "cn: a\nmail: b\n\n" + entry("cn: b"), want: "1 line 1\nproblem malformed :1\n2 line 4\nname=\"b\" cn:6"},
		{name: "no blank line", in: strings.TrimSuffix(entry("cn: a"), "\n") + entry("cn: b"), want: "1 line 1\nname=\"a\" cn:3\n2 line 4\nname=\"b\" cn:6"},
		{name: "lines of blanks", in: entry("cn: a", "", "  ") + entry("cn: b"), want: "1 line 1\nname=\"a\" cn:3\n2 line 7\nname=\"b\" cn:9"},
		{name: "what ldapsearch adds", in: "# extended LDIF\n\n" + entry("cn: a") + "# search result\nsearch: 2\nresult: 0 Success\n\n# numEntries: 1\n", want: "1 line 3\nname=\"a\" cn:5"},
		{name: "changes", in: "dn: x=1\nchangetype: add\nobjectClass: person\ncn: a\n\ndn: x=2\nchangetype: Modify\nadd: cn\ncn: b\n-\n\ndn: x=3\ncontrol: 1.2\nchangetype: delete\n\ndn: x=4\nnewrdn: x\nchangetype: modrdn\n", want: `
			1 line 1
			name="a" cn:4
			2 line 6
			problem changeRecord changetype:7
			3 line 12
			problem changeRecord changetype:14
			4 line 16
			problem changeRecord changetype:18`},
		{name: "other classes", in: "dn: a\ncn: b\n\ndn: c\nobjectClass: groupOfNames\ncn: a\nx\n\n" + entry("cn: a"), want: "1 line 9\nname=\"a\" cn:11"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, openLDIF, contactFile)
		})
	}
}

// A file is UTF-8 or turns out to be something else
// (docs/spec/import.md#charsets).
func TestEncodingsOfLDIF(t *testing.T) {
	t.Parallel()
	for _, test := range []readingTest{
		{name: "GBK", in: "# \xd5\xc5\n" + entry("cn: \xd5\xc5", "o:: 1cU=", "title:: 5byg"), wantOther: "gb18030", want: `
			1 line 2
			name="张" cn:4
			title="张" title:6
			companyName="张" o:5`},
		{name: "GBK behind base64", in: entry("cn:: 5byg", "o: \xd5\xc5"), wantOther: "gb18030", want: "1 line 1\nname=\"张\" cn:3\ncompanyName=\"张\" o:4"},
		{name: "mixed", in: entry("cn: 张") + entry("cn: \xd5\xc5") + entry("cn: b"), want: "1 line 1\nname=\"张\" cn:3\n2 line 5\nproblem encodingMixed cn:7 name\n3 line 9\nname=\"b\" cn:11"},
		{name: "asked for", enc: "utf-8", in: entry("cn: \xd5\xc5"), want: "1 line 1\nproblem encodingInvalid cn:3 name"},
		{name: "mark of byte order", in: "\ufeff" + entry("cn: \xd5\xc5"), want: "1 line 1\nproblem encodingInvalid cn:3 name"},
		{name: "Big5", enc: "big5", in: entry("cn: \xa9\x6d"), wantOther: "big5", want: "1 line 1\nname=\"姓\" cn:3"},
		{name: "UTF-16", in: utf16le(entry("cn: 张", "o:: 5byg")) + "\x00\xd8\n\x00", wantOther: "utf-16le", want: "1 line 1\nname=\"张\" cn:3\ncompanyName=\"张\" o:4\n2 line 6\nproblem malformed :6"},
		{name: "UTF-16 invalid", in: utf16le(strings.TrimSpace(entry("cn: "))) + "\x00\xd8", wantOther: "utf-16le", want: "1 line 1\nproblem encodingInvalid cn:3 name"},
		{name: "UTF-32", in: "\xff\xfe\x00\x00", want: "file encodingUnsupported 0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, openLDIF, contactFile)
		})
	}
}

// Attributes become cells (docs/spec/import.md#attributes).
func TestAttributes(t *testing.T) {
	t.Parallel()
	readingTest{in: entry("displayName: d", "cn;lang-zh: z", "cn: a", "telephoneNumber: 2", "mobile: 1", "description:  e ", "street: s", "l: c", "st: p", "co: n", "postalCode: 1",
		"facsimileTelephoneNumber: 3", "fax;x: 4", "facsimileTelephoneNumber: 5", "empty:", "jpegPhoto:: AAAA", "uid: u"),
		ignored: "facsimileTelephoneNumber=2 fax=1 jpegPhoto=1", want: `
		1 line 1
		name="d" displayName:3
		name="a" cn:5
		name="z" cn:4
		mobile="1" mobile:7
		remark="e " description:8
		userId="u" uid:19
		mobile="2" telephoneNumber:6
		parts.address.street="s" street:9
		parts.address.city="c" l:10
		parts.address.state="p" st:11
		parts.address.country="n" co:12
		parts.address.postalCode="1" postalCode:13`}.run(t, openLDIF, contactFile)
}

func TestDepartmentsOfLDIF(t *testing.T) {
	t.Parallel()
	dn := func(dn string, lines ...string) string {
		return strings.Replace(entry(lines...), "uid=1,dc=x", dn, 1)
	}
	readingTest{in: dn(`uid=1, OU=a\, b\/c , ou="d,e"+cn=x;ou=f\E5\BC\A0/g,dc=x`, "cn: a") + dn("uid=2,ou=b", "cn: b", "ou: c", "manager: uid=m1,ou=b", "manager: =") +
		dn("uid=3", "department:", "cn: c", "manager: m2") + dn("uid=4,ou=x", "ou:") + dn("x,ou=x", "cn: d"), want: `
		1 line 1
		name="a" cn:3
		deptIds="f张\\/g/d,e/a, b\\/c" dn:1
		2 line 5
		managerUserId="m1" manager:9
		managerUserId="=" manager:10
		deptIds="c" ou:8
		name="b" cn:7
		3 line 12
		managerUserId="m2" manager:16
		deptIds="" department:14
		name="c" cn:15
		4 line 18
		deptIds="" ou:20
		deptIds="x" dn:18
		5 line 22
		name="d" cn:24`}.run(t, openLDIF, employeeFile)
	readingTest{in: "dn: ou=b,ou=a,dc=x\nobjectClass: OrganizationalUnit\nou: b\n\ndn: ou=a,dc=x\nobjectClass: organizationalUnit\nou: a\n\n" + entry("cn: a"), want: `
		1 line 1
		name="b" ou:3
		parentId="a" dn:1
		2 line 5
		name="a" ou:7`}.run(t, openLDIF, ReadOptions{Kind: directory.DepartmentKind})
	mapped := ReadOptions{Kind: directory.EmployeeKind, Map: map[string]string{"deptIds": "departmentNumber", "title": ""}}
	readingTest{in: dn("uid=2,ou=b", "ou: c", "departmentNumber: 3", "title: t"), ignored: "ou=1 title=1", want: "1 line 1\ndeptIds=\"3\" departmentNumber:4"}.run(t, openLDIF, mapped)
}

func TestLongLDIF(t *testing.T) {
	t.Parallel()
	after := entry("cn: b")
	long := strings.Repeat("x", 10<<20)
	for _, test := range []readingTest{
		{name: "one line", in: entry("cn: "+long) + after, want: "1 line 1\nproblem rowTooLong cn:3 name\n2 line 5\nname=\"b\" cn:7"},
		{name: "without a colon", in: entry(long) + after, want: "1 line 1\nproblem rowTooLong :3\n2 line 5\nname=\"b\" cn:7"},
		{name: "comment", in: "#" + long + "\n" + after, want: "1 line 2\nname=\"b\" cn:4"},
		{name: "a million folds", in: entry("description: "+strings.Repeat("x\n ", 1_000_000)) + after, want: "1 line 1\nremark=\"" + strings.Repeat("x", 60) + "\" description:3\n2 line 1000005\nname=\"b\" cn:1000007"},
		{name: "a million longer folds", in: entry("description: "+strings.Repeat("xx\n ", 1_000_000)) + after, want: "1 line 1\nproblem rowTooLong description:3 remark\n2 line 1000005\nname=\"b\" cn:1000007"},
		{name: "photo", in: entry("thumbnailPhoto:: " + long), want: "1 line 1", ignored: "thumbnailPhoto=1"},
		{name: "photo too large", in: entry("jpegPhoto:: " + long + long), want: "1 line 1\nproblem rowTooLong jpegPhoto:3"},
		{name: "large group", in: "dn: cn=g\nobjectClass: groupOfNames\n" + strings.Repeat("member: uid=1,dc=example,dc=com\n", 100_000) + "\n" + after, want: "1 line 100004\nname=\"b\" cn:100006"},
		{name: "many values", in: entry(strings.Repeat("mail: someone@example.com\n", 100_000)), want: "1 line 1\nproblem rowTooLong mail:41947 email"},
		{name: "many URLs", in: entry(strings.Repeat("x:< file:///etc/passwd\n", 100_000)), want: "1 line 1\nproblem rowTooLong x:47666"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, openLDIF, contactFile)
		})
	}
}

func TestRawLDIF(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"version: 1\n\n# a\n" + entry("cn: a\r\n b") + entry("cn: c"), "# a\n" + entry("cn: a\r\n b")},
		{entry("cn: \xd5\n \xc5"), entry("cn: 张")},
		{utf16le(entry("cn: 张")), entry("cn: 张")},
		{entry("cn: 张", "o: \xd5\xc5"), entry("cn: 张", "o: \ufffd")},
	}
	for _, test := range tests {
		r, err := openLDIF(strings.NewReader(test.in), "", contactFile)
		if err != nil {
			t.Fatal(err)
		}
		rec, err := r.Next()
		if err != nil || string(rec.Raw) != test.want {
			t.Errorf("%q: kept %q, %v; want %q", test.in, rec.Raw, err, test.want)
		}
	}
}

func TestIgnoredEntries(t *testing.T) {
	t.Parallel()
	r, err := openLDIF(strings.NewReader("dn: a\n\ndn: b\nobjectClass: x\n"), "", contactFile)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = r.Next(); err != io.EOF || r.Info().IgnoredEntries != 2 {
		t.Errorf("%v, %d ignored; want 2", err, r.Info().IgnoredEntries)
	}
}
