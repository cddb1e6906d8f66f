package backup

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/engine"
	"github.com/mingce/mingce/internal/store/sampletest"
)

// sampleBackup returns a backup of the sample organisation and targets for
// restoring it.
func sampleBackup(t testing.TB) ([]byte, Options) {
	t.Helper()
	o := sqliteOptions(t)
	s := mustOpen(t, o)
	sampletest.Fill(t, s)
	return backupOf(t, o), sqliteOptions(t)
}

// mustRefuse checks that a backup is refused and leaves no trace.
func mustRefuse(t *testing.T, name string, o Options, backup []byte, want error) {
	t.Helper()
	if _, _, err := Restore(ctx, o, bytes.NewReader(backup)); !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", name, err, want)
	}
	if _, err := os.Lstat(o.Dir); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("%s: the refused restore left %v", name, tree(t, o.Dir))
	}
}

func TestBackupThatIsCutOff(t *testing.T) {
	t.Parallel()
	backup, o := sampleBackup(t)
	for size := 0; size < len(backup); size += 509 { // before, at and after the boundaries of 512-byte blocks
		mustRefuse(t, "cut off", o, backup[:size], ErrDamaged)
	}
	mustRefuse(t, "the last byte is missing", o, backup[:len(backup)-1], ErrDamaged)
	mustRefuse(t, "one byte more", o, append(slices.Clone(backup), 0), ErrDamaged)
	mustRefuse(t, "twice", o, slices.Concat(backup, backup), ErrDamaged)
}

func TestBackupWithAnyBitFlipped(t *testing.T) {
	t.Parallel()
	backup, o := sampleBackup(t)
	refused := func(t *testing.T, bit int) {
		t.Helper()
		altered := slices.Clone(backup)
		altered[bit/8] ^= 1 << (bit % 8)
		_, _, err := Restore(ctx, o, bytes.NewReader(altered))
		if !errors.Is(err, ErrDamaged) && !errors.Is(err, store.ErrWrongKey) && !errors.Is(err, ErrNewer) {
			t.Fatalf("bit %d: got %v, want a refusal", bit, err)
		}
		if _, err := os.Lstat(o.Dir); !errors.Is(err, os.ErrNotExist) {
			t.Fatalf("bit %d: the refused restore left something", bit)
		}
	}

	// No signature covers the first entry. Its JSON reads the same with a
	// letter of a name in the other case.
	const block = 512
	for bit := 8 * block; bit < 8*(2*block); bit++ {
		refused(t, bit)
	}

	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		refused(t, random.IntN(8*len(backup)))
	}
}

// opened is an unpacked backup.
type opened struct {
	head    Info
	entries []tar.Header
	bodies  [][]byte
	m       manifest
}

func takeApart(t *testing.T, backup []byte) *opened {
	t.Helper()
	p := &opened{}
	for r := tar.NewReader(bytes.NewReader(backup)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		b, readErr := io.ReadAll(r)
		if err = errors.Join(err, readErr); err != nil {
			t.Fatal(err)
		}
		p.entries, p.bodies = append(p.entries, *h), append(p.bodies, b)
	}
	if err := errors.Join(json.Unmarshal(p.bodies[0], &p.head), json.Unmarshal(p.bodies[len(p.bodies)-2], &p.m)); err != nil {
		t.Fatal(err)
	}
	return p
}

// signed writes the current head and manifest into the entries, signed under a
// key.
func (p *opened) signed(t *testing.T, key *keyring.Master) {
	t.Helper()
	head, err := json.Marshal(p.head)
	text, err2 := json.Marshal(p.m)
	if err = errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	last := len(p.bodies) - 1
	p.bodies[0], p.bodies[last-1], p.bodies[last] = head, text, []byte(archiveMAC(key, text))
}

func (p *opened) together(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i, h := range p.entries {
		h.Size = int64(len(p.bodies[i]))
		if h.Typeflag != tar.TypeReg {
			h.Size = 0
		}
		err := w.WriteHeader(&h)
		if err == nil && h.Size > 0 {
			_, err = w.Write(p.bodies[i])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestAttacksOnBackups alters a backup in ways that keep it a valid tar file
// (docs/spec/reliability.md#damaged-backups). Those named "signed" are signed
// under the right key, which an attacker does not have, and are refused as
// well.
func TestAttacksOnBackups(t *testing.T) {
	t.Parallel()
	backup, o := sampleBackup(t)
	other := keyring.NewMaster()
	rename := func(name string) func(*testing.T, *opened) {
		return func(_ *testing.T, p *opened) { p.entries[1].Name = name }
	}
	renameSigned := func(name string) func(*testing.T, *opened) {
		return func(t *testing.T, p *opened) {
			p.entries[1].Name = name
			first := slices.IndexFunc(p.m.Tables, func(t archivedTable) bool { return len(t.Parts) > 0 })
			p.m.Tables[first].Parts[0].Name = name
			p.signed(t, o.Key)
		}
	}
	for name, c := range map[string]struct {
		alter func(*testing.T, *opened)
		want  error
	}{
		"A name ../":          {rename("../../mingce.db"), ErrDamaged},
		"A name absolute":     {rename("/etc/cron.d/x"), ErrDamaged},
		"A name of the data":  {rename("mingce.db"), ErrDamaged},
		"A name ../ signed":   {renameSigned("../../mingce.db"), ErrDamaged},
		"A name other signed": {renameSigned("rows/000001-schema_version"), ErrDamaged},
		"A name empty signed": {renameSigned("x"), ErrDamaged},
		"A symlink": {func(_ *testing.T, p *opened) {
			p.entries[1].Typeflag, p.entries[1].Linkname = tar.TypeSymlink, "/etc/passwd"
		}, ErrDamaged},
		"A hard link": {func(_ *testing.T, p *opened) { p.entries[1].Typeflag, p.entries[1].Linkname = tar.TypeLink, "../x" }, ErrDamaged},
		"A directory": {func(_ *testing.T, p *opened) { p.entries[1].Typeflag = tar.TypeDir }, ErrDamaged},
		"A device":    {func(_ *testing.T, p *opened) { p.entries[1].Typeflag = tar.TypeChar }, ErrDamaged},
		"A mode":      {func(_ *testing.T, p *opened) { p.entries[1].Mode = 0o4777 }, ErrDamaged},
		"A record of PAX": {func(_ *testing.T, p *opened) {
			p.entries[1].Format, p.entries[1].PAXRecords = tar.FormatPAX, map[string]string{"X.y": "z"}
		}, ErrDamaged},
		"part missing":          {func(_ *testing.T, p *opened) { p.remove(1) }, ErrDamaged},
		"part twice":            {func(_ *testing.T, p *opened) { p.repeat(1) }, ErrDamaged},
		"parts exchanged":       {func(_ *testing.T, p *opened) { p.bodies[1], p.bodies[2] = p.bodies[2], p.bodies[1] }, ErrDamaged},
		"part altered":          {func(_ *testing.T, p *opened) { p.bodies[1][3]++ }, ErrDamaged},
		"manifest of other key": {func(t *testing.T, p *opened) { p.signed(t, other) }, ErrDamaged},
		"other key":             {func(t *testing.T, p *opened) { p.head.KeyCheck = engine.KeyCheck(other); p.signed(t, other) }, store.ErrWrongKey},
		"format newer":          {func(t *testing.T, p *opened) { p.head.Format++; p.signed(t, o.Key) }, ErrNewer},
		"schema newer":          {func(t *testing.T, p *opened) { p.head.Schema = 1 << 40; p.signed(t, o.Key) }, ErrNewer},
		"format of none":        {func(t *testing.T, p *opened) { p.head.Format = -1; p.signed(t, o.Key) }, ErrDamaged},
		"head and manifest":     {func(t *testing.T, p *opened) { p.head.Kind = store.Serve; p.signed(t, o.Key) }, ErrDamaged},
		"table of SQLite":       {func(t *testing.T, p *opened) { p.m.Tables[0].Name = "sqlite_schema"; p.signed(t, o.Key) }, ErrDamaged},
		"table in quotes":       {func(t *testing.T, p *opened) { p.m.Tables[0].Name = `x"; DROP TABLE meta; --`; p.signed(t, o.Key) }, ErrDamaged},
		"column":                {func(t *testing.T, p *opened) { p.m.Tables[0].Columns[0] = "rowid"; p.signed(t, o.Key) }, ErrDamaged},
		"table missing":         {func(t *testing.T, p *opened) { p.m.Tables = p.m.Tables[1:]; p.signed(t, o.Key) }, ErrDamaged},
		"counter":               {func(t *testing.T, p *opened) { p.m.Counters["meta"] = 1; p.signed(t, o.Key) }, ErrDamaged},
		"rows miscounted":       {func(t *testing.T, p *opened) { p.m.Tables[len(p.m.Tables)-1].Rows++; p.signed(t, o.Key) }, ErrDamaged},
		"older schema":          {func(t *testing.T, p *opened) { p.head.Schema, p.m.Schema = 2, 2; p.signed(t, o.Key) }, ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			p := takeApart(t, backup)
			c.alter(t, p)
			mustRefuse(t, name, o, p.together(t), c.want)
		})
	}
	if _, _, err := Restore(ctx, o, bytes.NewReader(takeApart(t, backup).together(t))); err != nil {
		t.Errorf("unpacked and packed again: got %v, want success", err)
	}
}

func (p *opened) remove(i int) {
	p.entries, p.bodies = slices.Delete(p.entries, i, i+1), slices.Delete(p.bodies, i, i+1)
}

func (p *opened) repeat(i int) {
	p.entries, p.bodies = slices.Insert(p.entries, i, p.entries[i]), slices.Insert(p.bodies, i, p.bodies[i])
}

// TestRestoreThatFailsHalfWay restores a row that breaks a rule of the schema,
// which is found only during the load.
func TestRestoreThatFailsHalfWay(t *testing.T) {
	for name, target := range map[string]func(testing.TB) Options{"sqlite": sqliteOptions, "postgres": postgresOptions} {
		t.Run(name, func(t *testing.T) {
			o := target(t)
			source := sqliteOptions(t)
			s := mustOpen(t, source)
			sampletest.Fill(t, s)
			r, err := store.OpenReading(ctx, readingOptions(source))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			var b bytes.Buffer
			if err := r.DB.View(ctx, "", func(t *engine.Tx) error { return twiceEveryOrg(r, t, &b) }); err != nil {
				t.Fatal(err)
			}
			_, _, err = Restore(ctx, o, bytes.NewReader(b.Bytes()))
			if err == nil || !strings.Contains(strings.ToLower(err.Error()), "unique") {
				t.Fatalf("got %v, want a broken unique constraint", err)
			}
			if o.Database == "" {
				if _, err := os.Lstat(o.Dir); !errors.Is(err, os.ErrNotExist) {
					t.Errorf("left behind: %v", tree(t, o.Dir))
				}
			} else if _, err := store.OpenReading(ctx, o); !errors.Is(err, store.ErrNoData) {
				t.Errorf("got %v, want an empty database", err)
			}
		})
	}
}

// twiceEveryOrg writes a complete and signed backup that holds every
// organisation twice.
func twiceEveryOrg(s *store.Store, t *engine.Tx, w io.Writer) error {
	schema, err := s.SchemaVersion(t)
	if err != nil {
		return err
	}
	tables, err := store.Schema().Shapes(schema)
	if err != nil {
		return err
	}
	a, err := newArchiveWriter(w, Info{Format: archiveFormat, Schema: schema, Engine: "sqlite", Kind: store.Dev, Created: time.Now().UTC(), KeyCheck: engine.KeyCheck(s.Master())})
	if err != nil {
		return err
	}
	for i := range tables {
		a.beginTable(&tables[i])
		if err := t.Each(tables[i].Selects(), nil, a.row); err != nil {
			return err
		}
		if tables[i].Name == "org" {
			if err := t.Each(tables[i].Selects(), nil, a.row); err != nil {
				return err
			}
		}
		if err := a.endPart(); err != nil {
			return err
		}
	}
	return a.close(s.Master())
}
