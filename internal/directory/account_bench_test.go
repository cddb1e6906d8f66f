package directory_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/storetest"
)

// BenchmarkToken measures asking for a token that exists, renewing it, and
// finding its holder.
func BenchmarkToken(b *testing.B) {
	b.Run("again", func(b *testing.B) {
		d := openDesk(b, storetest.Open(b), directory.Settings{})
		for b.Loop() {
			_, _, err := d.dir.IssueToken(bg, directory.SampleAppKey, directory.SampleSecret)
			d.must(err)
		}
	})
	b.Run("renewed", func(b *testing.B) {
		d := openDesk(b, storetest.Open(b), directory.Settings{})
		for b.Loop() {
			d.clock.Add(int64(2 * time.Minute))
			_, _, err := d.dir.IssueToken(bg, directory.SampleAppKey, directory.SampleSecret)
			d.must(err)
		}
	})
	b.Run("checked", func(b *testing.B) {
		d := openDesk(b, storetest.Open(b), directory.Settings{})
		for b.Loop() {
			_, err := d.dir.TokenPrincipal(bg, directory.SampleToken)
			d.must(err)
		}
	})
	b.Run("checked, not remembered", func(b *testing.B) {
		d := openDesk(b, storetest.Open(b), directory.Settings{})
		for b.Loop() {
			d.clock.Add(int64(2 * time.Second))
			_, err := d.dir.TokenPrincipal(bg, directory.SampleToken)
			d.must(err)
		}
	})
}

// BenchmarkGrant: a grant is one row, whatever the number of org accounts.
func BenchmarkGrant(b *testing.B) {
	for _, accounts := range []int{10, 1000} {
		b.Run(fmt.Sprint(accounts), func(b *testing.B) {
			d := openDesk(b, storetest.Open(b), directory.Settings{})
			for at := 0; at < accounts; at += 100 {
				d.must(d.store.Update(bg, directory.SampleOrg, func(tx directory.Tx) error {
					for i := at; i < min(at+100, accounts); i++ {
						tx.Employees().InsertEmployee(directory.Employee{UserID: fmt.Sprint("acc", i), Name: "账号", DeptIDs: []int64{2}, AccountType: directory.AccountSSO,
							Mobile: fmt.Sprintf("86-138%08d", i), Account: fmt.Sprint("account/a/", i), CreatedAt: d.dir.Now()})
					}
					return nil
				}))
			}
			fields := [][]string{{directory.GrantMobile}, {directory.GrantMobile, directory.GrantStatus}}
			for i := 0; b.Loop(); i++ {
				d.must(d.app().GrantVisibility(bg, []string{directory.PartnerOrg}, zhaoMin, fields[i%2]))
			}
		})
	}
}
