package storetest

import (
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// testPageEnds checks that readers do not see each other's page ends, that the
// newest 16 are remembered, that the last one written for an offset counts, and
// that none outlives its time.
func testPageEnds(t *testing.T, s directory.Store) {
	for _, org := range []string{orgA, orgB} {
		update(t, s, org, func(tx directory.Tx) { tx.Orgs().PutOrg(directory.Org{ID: org, CreatedAt: start}) })
	}
	app := directory.PageReader{Org: orgA, Kind: directory.AppCaller, ID: "app1"}
	until := start.Add(15 * time.Minute)
	at := func(w directory.PageReader, offset int64, now time.Time, want int64) {
		t.Helper()
		got, known := s.PageEnd(bg, w, offset, now)
		if known != (want != 0) || got != want {
			t.Errorf("%v at %d: got %d, %t; want %d", w, offset, got, known, want)
		}
	}
	at(app, 100, start, 0)
	s.RememberPageEnd(bg, app, 100, 103, start, until)
	s.RememberPageEnd(bg, app, 100, 105, start, until)
	at(app, 100, start, 105)
	for _, other := range []directory.PageReader{{Org: orgB, Kind: app.Kind, ID: app.ID}, {Org: orgA, Kind: directory.UserCaller, ID: app.ID}, {Org: orgA, Kind: app.Kind, ID: "app2"}} {
		at(other, 100, start, 0)
	}
	at(app, 100, until.Add(-time.Millisecond), 105)
	at(app, 100, until, 0)

	for n := range int64(40) {
		s.RememberPageEnd(bg, app, 200+n, 300+n, start, until.Add(time.Duration(n)*time.Second))
	}
	at(app, 100, start, 0)
	at(app, 200+23, start, 0)
	at(app, 200+24, start, 300+24)
	at(app, 200+39, start, 300+39)
	for n := range int64(70) { // expired ends are swept, valid ones are not
		s.RememberPageEnd(bg, directory.PageReader{Org: orgA, Kind: directory.UserCaller, ID: string(rune('a' + n))}, 1, 1, start.Add(10*time.Minute), start)
	}
	at(app, 200+39, start, 300+39)
}
