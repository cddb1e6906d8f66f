package directory_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
)

// The benchmarks run the core over SQLite files, each acknowledged write on
// disk. They go through the same calls on a small and on a large directory in
// turns and report the ratio of the medians: SIZE=1m go test -bench Contacts.

const smallDirectory = 1_000

func largeDirectory() int {
	switch strings.ToLower(os.Getenv("SIZE")) {
	case "1m":
		return 1_000_000
	case "10k":
		return 10_000
	}
	return 100_000
}

// benchDesk is a directory with n external contacts.
func benchDesk(b *testing.B, n int) *desk {
	b.Helper()
	return newDesk(b, benchStore(b, "contacts", n, fillContacts(b, n)), directory.Settings{})
}

// fillContacts replaces the contact of the sample organisation by n others.
func fillContacts(b *testing.B, n int) func(*store.Store) {
	return func(s *store.Store) {
		d := newDesk(b, s, directory.Settings{})
		d.must(d.dir.LoadSample(ctx))
		d.must(s.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
			cs, err := tx.Contacts().ContactsAfter(0, 10)
			for _, c := range cs {
				tx.Contacts().DeleteContact(c)
			}
			return err
		}))
		inBatches(b, s, directory.SampleOrg, n, func(tx directory.Tx, i int) error { return d.app().CreateContactIn(tx, benchContact(i)) })
	}
}

var (
	benchSurnames  = strings.Fields("王 李 张 刘 陈 杨 黄 赵 周 吴 徐 孙 马 朱 胡 郭 何 林 高 罗 郑 梁 谢 宋 唐 许 韩 邓 冯 曹 单 曾 欧阳 尉迟 仇 区 解")
	benchGiven     = []rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂红玉兰凤洁梅琳素云莲真环雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞桑紫")
	benchCompanies = []rune("华东方中国大新天海金科技信息网络商贸实业发展控股集团建设投资文化传媒教育医药食品机械电子能源物流置业")
)

func benchContact(i int) directory.Contact {
	r := rand.New(rand.NewPCG(uint64(i), 7))
	pick := func(from []rune, n int) string {
		s := make([]rune, n)
		for j := range s {
			s[j] = from[r.IntN(len(from))]
		}
		return string(s)
	}
	company := pick(benchCompanies, 4) + "有限公司"
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return directory.Contact{
		ID: fmt.Sprintf("2%017d", i), Name: benchSurnames[r.IntN(len(benchSurnames))] + pick(benchGiven, 1+r.IntN(2)), FollowerID: wangFang,
		LabelIDs: []int64{1}, StateCode: "86", Mobile: fmt.Sprintf("13%09d", i), CompanyName: &company, CreatedAt: at, UpdatedAt: at,
	}
}

// sideBySide runs the two in turns and reports their medians and the ratio.
func sideBySide(b *testing.B, nameA string, a func(i int), nameB string, other func(i int)) {
	b.Helper()
	var as, bs []float64
	clock := func(f func(int), i int) float64 {
		t := time.Now()
		f(i)
		return float64(time.Since(t).Nanoseconds())
	}
	for i := 0; i < 3; i++ { // plans, caches
		a(i)
		other(i)
	}
	n := 0
	for b.Loop() {
		as, bs = append(as, clock(a, n)), append(bs, clock(other, n))
		n++
	}
	median := func(xs []float64) float64 { slices.Sort(xs); return xs[len(xs)/2] }
	ma, mb := median(as), median(bs)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(ma/1e3, nameA+"-µs")
	b.ReportMetric(mb/1e3, nameB+"-µs")
	b.ReportMetric(mb/ma, "ratio")
}

// BenchmarkContacts measures in the core what docs/benchmarks.md says about the
// size of the directory, pages and searches.
func BenchmarkContacts(b *testing.B) {
	small, large := benchDesk(b, smallDirectory), benchDesk(b, largeDirectory())
	size := map[*desk]int{small: smallDirectory, large: largeDirectory()}
	both := func(name string, call func(d *desk, i int)) {
		b.Run(name, func(b *testing.B) {
			sideBySide(b, "small", func(i int) { call(small, i) }, "large", func(i int) { call(large, i) })
		})
	}
	id := func(d *desk, i int) string { return fmt.Sprintf("2%017d", i*7919%size[d]) }
	both("get", func(d *desk, i int) { _, err := d.app().Contact(ctx, id(d, i)); d.must(err) })
	both("update", func(d *desk, i int) {
		d.must(d.app().UpdateContact(ctx, id(d, i), directory.ContactUpdate{Title: ptr(fmt.Sprint(i)), LabelIDs: []int64{1 + int64(i)%2}}))
	})
	both("update, 64 callers", func(d *desk, i int) { // 1024 updates: the goal is a ratio of 2
		var wait sync.WaitGroup
		for c := range 64 {
			wait.Go(func() {
				for n := range 16 {
					d.must(d.app().UpdateContact(ctx, id(d, (i*64+c)*16+n), directory.ContactUpdate{Title: ptr(fmt.Sprint(i))}))
				}
			})
		}
		wait.Wait()
	})
	both("list first page", func(d *desk, i int) { d.page(0, 20) })
	b.Run("list deep over first page, by offset", func(b *testing.B) {
		deep := int64(largeDirectory() / 10 * 9)
		sideBySide(b, "first", func(i int) { large.page(0, 20) }, "deep", func(i int) { large.page(deep+int64(i)%50*17, 20) })
	})
	b.Run("list deep over first page, page by page", func(b *testing.B) {
		at := int64(largeDirectory() / 10 * 9)
		sideBySide(b, "first", func(i int) { large.page(0, 20) }, "deep", func(i int) { large.page(at, 20) })
	})
	for name, q := range map[string]func(i int) directory.ContactQuery{
		"search name prefix": func(i int) directory.ContactQuery { return directory.ContactQuery{Text: benchContact(i * 7).Name[:6]} },
		"search initials": func(i int) directory.ContactQuery {
			return directory.ContactQuery{Text: []string{"wwf", "lx", "oyl", "zmj"}[i%4]}
		},
		"search pinyin": func(i int) directory.ContactQuery {
			return directory.ContactQuery{Text: []string{"wangwei", "ouyang", "zengli"}[i%3]}
		},
		"search number": func(i int) directory.ContactQuery {
			return directory.ContactQuery{Mobile: benchContact(i * 13 % smallDirectory).Mobile}
		},
		"search last four": func(i int) directory.ContactQuery { return directory.ContactQuery{Mobile: fmt.Sprintf("%04d", i%1000)} },
		"search any part": func(i int) directory.ContactQuery {
			r := []rune(*benchContact(i * 11).CompanyName)
			return directory.ContactQuery{Text: string(r[1:3])}
		},
		"search given name": func(i int) directory.ContactQuery { return directory.ContactQuery{Text: string(benchGiven[i%40])} },
		"search no match":   func(i int) directory.ContactQuery { return directory.ContactQuery{Text: "鑫淼"} },
		"search by owner":   func(i int) directory.ContactQuery { return directory.ContactQuery{FollowerID: wangFang} },
	} {
		both(name, func(d *desk, i int) { _, err := d.app().SearchContacts(ctx, q(i)); d.must(err) })
	}
	both("create", func(d *desk, i int) {
		d.add("欧阳小明", func(c *directory.Contact) {
			c.Mobile, c.CompanyName = fmt.Sprintf("18%09d", d.n.Add(1)), ptr("杭州示例科技有限公司")
		})
	})
}

func (d *desk) page(offset, size int64) {
	cs, err := d.app().ContactPage(ctx, offset, size)
	d.must(err)
	if int64(len(cs)) != size {
		d.t.Fatalf("offset %d: got %d contacts, want %d", offset, len(cs), size)
	}
}

// BenchmarkDeepPageAfterDeletions: every block of the list has holes.
func BenchmarkDeepPageAfterDeletions(b *testing.B) {
	d := benchDesk(b, largeDirectory())
	for from := 0; from < largeDirectory(); from += 100_000 {
		d.must(d.store.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
			for i := from; i < min(from+100_000, largeDirectory()); i += 100 {
				c := benchContact(i)
				c.Ordinal = int64(i) + 2 // after the sample contact
				tx.Contacts().DeleteContact(c)
			}
			return nil
		}))
	}
	deep := int64(largeDirectory() / 10 * 8)
	sideBySide(b, "first", func(i int) { d.page(0, 20) }, "deep", func(i int) { d.page(deep+int64(i)%50*17, 20) })
}
