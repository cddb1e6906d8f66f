package transfer_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/enginetest"
	"github.com/mingce/mingce/internal/transfer"
)

// benchRows is how many contacts a benchmark imports; MINGCE_IMPORT_ROWS changes
// it.
func benchRows(b *testing.B) int {
	if text := os.Getenv("MINGCE_IMPORT_ROWS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	return 20_000
}

// onEngines runs a benchmark on a durable store of each engine.
func onEngines(b *testing.B, run func(b *testing.B, open func() *bench)) {
	for name, options := range map[string]func() store.Options{
		"sqlite":   func() store.Options { return store.Options{Dir: filepath.Join(b.TempDir(), "data")} },
		"postgres": func() store.Options { return store.Options{Database: enginetest.Database(b)} },
	} {
		b.Run(name, func(b *testing.B) {
			run(b, func() *bench {
				o := options()
				o.Key, o.Kind = keyring.DevMaster(), store.Dev
				s, err := store.Open(b.Context(), o)
				if err != nil {
					b.Fatal(err)
				}
				b.Cleanup(func() { s.Close() })
				return newBench(b, s, directory.Settings{})
			})
		})
	}
}

// contactsFile writes a CSV of contacts, as it is read.
func contactsFile(rows int) io.Reader {
	r, w := io.Pipe()
	go func() {
		buf := []byte("姓名,手机号,公司,职位,地址,标签,负责人,邮箱,备注\n")
		for n := range rows {
			buf = fmt.Appendf(buf, "测试%06d,139%08d,示例公司%d,采购,上海市示例路%d号,重要,023420013645,c%d@example.com,第%d行\n", n, n, n%1000, n%100, n, n)
			if len(buf) > 1<<16 {
				if _, err := w.Write(buf); err != nil {
					return
				}
				buf = buf[:0]
			}
		}
		_, _ = w.Write(buf)
		_ = w.Close()
	}()
	return r
}

// peak watches the heap until stop is called.
func peak() (stop func() uint64) {
	var most uint64
	done, ended := make(chan struct{}), sync.WaitGroup{}
	ended.Go(func() {
		every := time.NewTicker(20 * time.Millisecond)
		defer every.Stop()
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse+m.StackInuse)
			select {
			case <-every.C:
			case <-done:
				return
			}
		}
	})
	return func() uint64 { close(done); ended.Wait(); return most }
}

// BenchmarkImportContacts tells the rows a second of each pass, and the memory.
func BenchmarkImportContacts(b *testing.B) { onEngines(b, benchmarkImport) }

func benchmarkImport(b *testing.B, open func() *bench) {
	rows := benchRows(b)
	for range b.N {
		b.StopTimer()
		x := open()
		b.StartTimer()
		stop := peak()
		start := time.Now()
		v, err := x.importer.Start(b.Context(), x.session(), transfer.Options{Kind: "contacts"}, transfer.Input{Name: "c.csv", Body: contactsFile(rows)})
		if err != nil {
			b.Fatal(err)
		}
		spooled := time.Since(start)
		checked := spooled
		v, err = x.importer.Watch(b.Context(), x.session(), v.ID, func(p transfer.Progress) error {
			if p.Phase == "write" && checked == spooled {
				checked = time.Since(start)
			}
			return nil
		})
		if err != nil || v.Counts.Created != int64(rows) {
			b.Fatalf("%+v %v %v", v.Counts, v.Error, err)
		}
		b.ReportMetric(float64(stop())/(1<<20), "MiB")
		b.ReportMetric(float64(rows)/time.Since(start).Seconds(), "rows/s")
		b.ReportMetric(spooled.Seconds(), "spool-s")
		b.ReportMetric((checked - spooled).Seconds(), "check-s")
		b.ReportMetric((time.Since(start) - checked).Seconds(), "write-s")
		b.StopTimer()
		x.importer.Close()
	}
}

// BenchmarkRawContacts writes the same contacts without any check.
func BenchmarkRawContacts(b *testing.B) { onEngines(b, benchmarkRaw) }

func benchmarkRaw(b *testing.B, open func() *bench) {
	rows := benchRows(b)
	for range b.N {
		b.StopTimer()
		x := open()
		b.StartTimer()
		start := time.Now()
		for n := 0; n < rows; n += 100 {
			err := x.store.Update(context.Background(), directory.SampleOrg, func(tx directory.Tx) error {
				for k := n; k < min(n+100, rows); k++ {
					x.raw(tx, k)
				}
				return nil
			})
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(rows)/time.Since(start).Seconds(), "rows/s")
		b.StopTimer()
	}
}

func (x *bench) raw(tx directory.Tx, n int) {
	text := func(format string, a ...any) *string { s := fmt.Sprintf(format, a...); return &s }
	c := directory.Contact{ID: fmt.Sprintf("1%017d", n), Name: fmt.Sprintf("测试%06d", n), FollowerID: "023420013645", LabelIDs: []int64{1}, StateCode: "86", Mobile: fmt.Sprintf("139%08d", n),
		CompanyName: text("示例公司%d", n%1000), Title: text("采购"), Address: text("上海市示例路%d号", n%100), Email: text("c%d@example.com", n), Remark: text("第%d行", n),
		CreatedAt: time.Now(), UpdatedAt: time.Now(), Version: 1}
	tx.Contacts().InsertContact(c)
	tx.Employees().PutContactUnionID(fmt.Sprintf("union%020d", n), c.ID)
	tx.Audit().InsertAudit(directory.AuditEntry{Time: time.Now(), Org: directory.SampleOrg, Actor: "raw", RequestID: "raw", Noun: "contact", Object: c.ID, Action: "create", Version: 1,
		After: fmt.Appendf(nil, `{"name":%q,"mobile":%q,"company_name":%q,"address":%q}`, c.Name, c.Mobile, *c.CompanyName, *c.Address)})
}
