package transfer

import (
	"io"
	"strings"
	"testing"
)

func benchReading(b *testing.B, open openFunc, record string, o ReadOptions) {
	const records = 10_000
	in := strings.Repeat(record, records)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := open(strings.NewReader(in), "", o)
		for err == nil {
			_, err = r.Next()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(records*b.N)/b.Elapsed().Seconds(), "records/s")
}

func BenchmarkVCard(b *testing.B) {
	benchReading(b, openVCard, card("3.0", "UID:1", "N:张;三;;;", "FN:张三", "TEL;TYPE=CELL,VOICE:+8613900000000", "TEL;TYPE=WORK:010-00000000",
		"EMAIL;TYPE=INTERNET:a@example.com", "ORG:示例;部门", "ADR;TYPE=WORK:;;示例路2号;上海市;;200000;中国", "NOTE:a\\nb", "CATEGORIES:a,b"), contactFile)
}

func BenchmarkVCardQuoted(b *testing.B) {
	benchReading(b, openVCard, card("2.1", "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E6=B5=8B=E8=AF=95;=E7=94=B2;;;",
		"FN;CHARSET=GBK;ENCODING=QUOTED-PRINTABLE:=B2=E2=CA=D4=D2=D2", "TEL;CELL:13900000000", "NOTE:\xd5\xc5\xc8\xfd"), contactFile)
}

func BenchmarkLDIF(b *testing.B) {
	benchReading(b, openLDIF, entry("uid: u1", "cn:: 5byg5LiJ", "sn: Sample", "givenName: Eve", "mobile: +86 139 0000 0000", "mail: a@example.com", "ou: a", "description: a long", "  text"), employeeFile)
}

func BenchmarkJSONL(b *testing.B) {
	benchReading(b, openJSONL, `{"kind":"contact","version":1,"createdAt":"2024-01-01T00:00:00.000Z","updatedAt":"2024-01-01T00:00:00.000Z","object":{"userId":"900900001","name":"测试九","mobile":"86-13900009002","email":"a@example.com","followerUserId":"u1","labelIds":[900001,2]}}`+"\n", ReadOptions{})
}
