package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
)

// Names of the search.
const (
	raceSearch = "search"
	sideSearch = "part of a name"
)

// measureSearch searches the data of a stopped installation. The vendors have no call for it, and
// a command sent to the server costs more than the search. So this measurement opens the data in
// this process and calls the core, as `mingce contact search` does.
func (b *bench) measureSearch(m *mingce) (err error) {
	i, err := instance.Open(b.ctx, instance.Options{Store: store.Options{Dir: m.dir, Key: keyring.DevMaster(), Kind: store.Dev}})
	if err != nil {
		return fmt.Errorf("open the data to search it: %w", err)
	}
	defer func() { err = errors.Join(err, i.Close()) }()
	s := &searcher{ctx: b.ctx, directory: i.Directory}
	for _, name := range m.names {
		if r := []rune(name); len(r) > 1 {
			s.parts = append(s.parts, string(r[1:]))
		}
	}
	return b.hold(&race{title: raceSearch, dur: b.dur / 2, conns: []int{1},
		note:    fmt.Sprintf("Pages of 20 of %d contacts, in the core: no HTTP.", len(m.contacts)),
		entries: []entry{{name: sideSearch, side: s}}})
}

// searcher searches for parts of names that some of the contacts have.
type searcher struct {
	ctx       context.Context
	directory *directory.Directory
	parts     []string
}

// run implements side. A page without contacts is wrong.
func (s *searcher) run(conns int, dur time.Duration) sample {
	results := make([]callers, conns)
	begin := time.Now()
	var wait sync.WaitGroup
	for i := range results {
		wait.Go(func() { s.search(&results[i], begin.Add(dur)) })
	}
	wait.Wait()
	return summarise(results, time.Since(begin))
}

func (s *searcher) search(c *callers, stop time.Time) {
	r := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	session := s.directory.Session(directory.CommandLine(sampleOrg), "bench search", "")
	for begin := time.Now(); begin.Before(stop); begin = time.Now() {
		m, err := session.SearchContacts(s.ctx, directory.ContactQuery{Text: pick(r, s.parts), Size: 20})
		switch {
		case err != nil:
			c.wrong(err.Error())
		case len(m.Contacts) == 0:
			c.wrong("nothing found")
		default:
			c.times = append(c.times, time.Since(begin))
		}
	}
}
