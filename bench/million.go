package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
)

// fillMillion creates an installation with a million contacts and stops it. Call by call this
// would take an hour, so the files come from the benchmarks of the core, which create contacts
// with the product's own code, hundreds in one transaction, and store the result.
func (b *bench) fillMillion(m *mingce) error {
	b.say("a million contacts from the benchmarks of the core")
	m.dir = filepath.Join(b.work, m.name)
	m.args = []string{"--data", m.dir}
	begin := time.Now()
	cmd := exec.CommandContext(b.ctx, "go", "test", "-run", "^$", "-bench", "^BenchmarkFillDirectory$", "-benchtime", "1x", "-timeout", "3h", "./internal/directory")
	cmd.Dir, cmd.Stderr = b.root, os.Stderr
	cmd.Env = append(os.Environ(), "SIZE=1m", "MINGCE_BENCH_FILL="+m.dir)
	if out, err := cmd.Output(); err != nil {
		return fmt.Errorf("fill %s: %w\n%s", m.name, err, out)
	}
	b.say("there after %.0f s", time.Since(begin).Seconds())
	ids, names, err := b.everyContact(m.dir)
	if err != nil {
		return err
	}
	m.client = newClient("")
	m.contacts, m.names = ids, names
	if err := b.open(m); err != nil {
		return err
	}
	return errors.Join(m.seedMessages(), m.stop())
}

// everyContact reads the data of a stopped installation.
func (b *bench) everyContact(dir string) (ids, names []string, err error) {
	i, err := instance.Open(b.ctx, instance.Options{Store: store.Options{Dir: dir, Key: keyring.DevMaster(), Kind: store.Dev}})
	if err != nil {
		return nil, nil, fmt.Errorf("open the data to read it: %w", err)
	}
	defer func() { err = errors.Join(err, i.Close()) }()
	s := i.Directory.Session(directory.CommandLine(sampleOrg), "bench", "")
	for q := (directory.ContactQuery{Size: 100}); ; {
		page, err := s.SearchContacts(b.ctx, q)
		if err != nil {
			return nil, nil, err
		}
		for _, c := range page.Contacts {
			ids, names = append(ids, c.ID), append(names, c.Name)
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return ids, names, nil
		}
	}
}
