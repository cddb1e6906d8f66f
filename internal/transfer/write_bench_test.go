package transfer

import (
	"io"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func BenchmarkWrite(b *testing.B) {
	names, err := ReadNames(sampleOrganisation())
	if err != nil {
		b.Fatal(err)
	}
	for _, format := range []Format{CSV, JSONL, VCard, LDIF, Excel} {
		b.Run(string(format), func(b *testing.B) {
			w, err := NewWriter(io.Discard, WriteOptions{Format: format, Kind: directory.ContactKind, Names: names, CorpID: "ding1", TempDir: b.TempDir()})
			if err != nil {
				b.Fatal(err)
			}
			o := benchContact(1)
			b.ReportAllocs()
			for b.Loop() {
				if err := w.Write(o); err != nil {
					b.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "objects/s")
		})
	}
}
