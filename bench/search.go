package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
)

// Names of searches.
const (
	raceSearch      = "search"
	searchPrefix    = "beginning of a name"
	searchInitials  = "pinyin initials"
	searchPhone     = "whole phone number"
	searchLast4     = "last four digits"
	searchInName    = "part of a name"
	searchInCompany = "part of a company"
	pageFirst       = "page by cursor, first"
	pageDeep        = "page by cursor, 90 % deep"
)

// measureSearch searches the data of a stopped installation. The vendors have no
// call for it, and a command sent to the server costs more than the search, so
// this one measurement opens the data in this process and asks the core, as
// `mingce contact search` does.
func (b *bench) measureSearch(m *mingce) (err error) {
	i, err := instance.Open(b.ctx, instance.Options{Store: store.Options{Dir: m.dir, Key: keyring.DevMaster(), Kind: store.Dev}})
	if err != nil {
		return fmt.Errorf("open the data to search it: %w", err)
	}
	defer func() { err = errors.Join(err, i.Close()) }()
	s := &searcher{ctx: b.ctx, directory: i.Directory}
	if err := s.learn(m.contacts); err != nil {
		return err
	}
	deep, err := s.cursorAfter(len(m.contacts) * 9 / 10)
	if err != nil {
		return err
	}
	second := func(text string, n int) string { // characters from the second on
		r := []rune(text)
		return string(r[1:min(len(r), 1+n)])
	}
	text := func(f func(known) string) side {
		return s.side(func(k known) directory.ContactQuery { return directory.ContactQuery{Text: f(k)} })
	}
	page := func(cursor string) side {
		return s.side(func(known) directory.ContactQuery { return directory.ContactQuery{Cursor: cursor} })
	}
	return b.hold(&race{title: raceSearch, dur: b.dur / 2, conns: []int{1},
		note: fmt.Sprintf("Pages of 20 of %d contacts, in the core: no HTTP.", len(m.contacts)),
		entries: []entry{
			{name: searchPrefix, side: text(func(k known) string { return string([]rune(k.Name)[:2]) })},
			{name: searchInitials, side: text(func(k known) string { return k.initials })},
			{name: searchPhone, side: s.side(func(k known) directory.ContactQuery { return directory.ContactQuery{Mobile: k.Mobile} })},
			{name: searchLast4, side: s.side(func(k known) directory.ContactQuery {
				return directory.ContactQuery{Mobile: k.Mobile[len(k.Mobile)-4:]}
			})},
			{name: searchInName, side: text(func(k known) string { return second(k.Name, 2) })},
			{name: searchInCompany, side: text(func(k known) string { return second(*k.CompanyName, 2) })},
			{name: pageFirst, side: page("")}, {name: pageDeep, side: page(deep)},
		}})
}

// searcher searches for what some of the contacts are known to have.
type searcher struct {
	ctx       context.Context
	directory *directory.Directory
	known     []known
}

type known struct {
	directory.Contact
	initials string
}

func (s *searcher) session() *directory.Session {
	return s.directory.Session(directory.CommandLine(sampleOrg), "bench search", "")
}

// learn reads contacts here and there, so that the pages a search touches are
// seldom those of the search before.
func (s *searcher) learn(ids []string) error {
	const wanted = 1000
	for n := range min(wanted, len(ids)) {
		c, err := s.session().Contact(s.ctx, ids[n*len(ids)/min(wanted, len(ids))])
		if err != nil {
			return err
		}
		if len([]rune(c.Name)) < 2 || c.CompanyName == nil || len([]rune(*c.CompanyName)) < 2 || len(c.Mobile) < 4 {
			continue
		}
		k := known{Contact: c}
		for _, term := range c.SearchTerms() { // 'i' is the kind of initials
			if initials, ok := strings.CutPrefix(term, "i"); ok && len(initials) > len(k.initials) {
				k.initials = initials
			}
		}
		s.known = append(s.known, k)
	}
	if len(s.known) == 0 {
		return errors.New("no contact to search for")
	}
	return nil
}

// cursorAfter walks over n contacts.
func (s *searcher) cursorAfter(n int) (cursor string, err error) {
	for n > 0 {
		m, err := s.session().SearchContacts(s.ctx, directory.ContactQuery{Cursor: cursor, Size: 100})
		if err != nil {
			return "", err
		}
		if m.Next == "" {
			return "", fmt.Errorf("the list ends %d contacts before its place 90 %% deep", n)
		}
		cursor, n = m.Next, n-len(m.Contacts)
	}
	return cursor, nil
}

// side is one kind of search. A page without contacts is wrong.
func (s *searcher) side(query func(known) directory.ContactQuery) side {
	return sideFunc(func(conns int, dur time.Duration) sample {
		results := make([]callers, conns)
		begin := time.Now()
		var wait sync.WaitGroup
		for i := range results {
			wait.Go(func() { s.search(&results[i], begin.Add(dur), query) })
		}
		wait.Wait()
		return summarise(results, time.Since(begin))
	})
}

func (s *searcher) search(c *callers, stop time.Time, query func(known) directory.ContactQuery) {
	r := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	for {
		q := query(pick(r, s.known))
		q.Size = 20
		begin := time.Now()
		if begin.After(stop) {
			return
		}
		m, err := s.session().SearchContacts(s.ctx, q)
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
