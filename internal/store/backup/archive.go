package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"

	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/engine"
)

// A backup is a tar file of these entries, in this order and no others:
//
//	mingce-backup.json    the header, enough to refuse wrong backups early
//	rows/000001-contact   rows of one table, which may have many parts
//	manifest.json         every part with its size and SHA-256
//	manifest.mac          HMAC of manifest.json under the master key
//
// Sealed columns stay sealed. Restoring reads the file twice: all of it is
// verified before the first byte is written anywhere.
const (
	archiveFormat = 1

	headName     = "mingce-backup.json"
	manifestName = "manifest.json"
	macName      = "manifest.mac"

	partSize    = 1 << 20  // a part ends when it reaches this size
	maxPart     = 64 << 20 // limit of a part: its last row may exceed partSize
	maxManifest = 64 << 20
)

var (
	// ErrDamaged is returned for a backup that is truncated or altered, or for
	// a file that is not a backup.
	ErrDamaged = errors.New("store: not a whole backup")
	// ErrNewer is returned for a backup made by a newer version of the
	// program.
	ErrNewer = errors.New("store: backup is newer than this program")
)

// Info is the header of a backup.
type Info struct {
	Format   int         `json:"format"`
	Schema   int64       `json:"schema"`
	Engine   string      `json:"engine"` // of the backed-up data: "sqlite" or "postgres"
	Kind     engine.Kind `json:"kind"`
	Created  time.Time   `json:"created"`
	KeyCheck string      `json:"keyCheck"` // identifies the master key
}

// manifest is the part of a backup that is signed.
type manifest struct {
	Info
	Counters map[string]int64 `json:"counters"` // last value assigned, by table
	Tables   []archivedTable  `json:"tables"`
}

type archivedTable struct {
	Name    string   `json:"name"`
	Columns []string `json:"columns"`
	Rows    int64    `json:"rows"`
	Parts   []part   `json:"parts"`
}

type part struct {
	Name   string `json:"name"`
	Rows   int64  `json:"rows"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func partName(n int, table string) string { return fmt.Sprintf("rows/%06d-%s", n, table) }

// archiveWriter writes a backup.
type archiveWriter struct {
	tar   *tar.Writer
	m     manifest
	parts int
	buf   []byte // rows of the current part
	rows  int64
}

func newArchiveWriter(w io.Writer, info Info) (*archiveWriter, error) {
	a := &archiveWriter{tar: tar.NewWriter(w), m: manifest{Info: info, Counters: map[string]int64{}}}
	return a, a.entryJSON(headName, info)
}

func (a *archiveWriter) entryJSON(name string, v any) error {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return a.entry(name, b)
}

func (a *archiveWriter) entry(name string, b []byte) error {
	err := a.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(b)), ModTime: a.m.Created, Format: tar.FormatUSTAR})
	if err == nil {
		_, err = a.tar.Write(b)
	}
	return err
}

func (a *archiveWriter) beginTable(s *engine.Shape) {
	a.m.Tables = append(a.m.Tables, archivedTable{Name: s.Name, Columns: s.Columns, Parts: []part{}})
}

// row adds a row of the current table.
func (a *archiveWriter) row(r *engine.Row) (err error) {
	t := &a.m.Tables[len(a.m.Tables)-1]
	if a.buf, err = engine.AppendRow(a.buf, r, len(t.Columns)); err != nil {
		return fmt.Errorf("%s: %w", t.Name, err)
	}
	if a.rows++; len(a.buf) >= partSize {
		return a.endPart()
	}
	return nil
}

// endPart writes the collected rows. It is also called at the end of a table.
func (a *archiveWriter) endPart() error {
	if a.rows == 0 {
		return nil
	}
	t := &a.m.Tables[len(a.m.Tables)-1]
	a.parts++
	sum := sha256.Sum256(a.buf)
	p := part{Name: partName(a.parts, t.Name), Rows: a.rows, Size: int64(len(a.buf)), SHA256: hex.EncodeToString(sum[:])}
	if p.Size > maxPart {
		return fmt.Errorf("store: a row of %s is too long for a backup", t.Name)
	}
	t.Rows += p.Rows
	t.Parts = append(t.Parts, p)
	err := a.entry(p.Name, a.buf)
	a.buf, a.rows = a.buf[:0], 0
	return err
}

func (a *archiveWriter) close(key *keyring.Master) error {
	b, err := json.MarshalIndent(a.m, "", " ")
	if err != nil {
		return err
	}
	if err := a.entry(manifestName, b); err != nil {
		return err
	}
	if err := a.entry(macName, []byte(archiveMAC(key, b))); err != nil {
		return err
	}
	return a.tar.Close()
}

func archiveMAC(key *keyring.Master, manifest []byte) string {
	return hex.EncodeToString(key.MAC("backup manifest", string(manifest)))
}

// archive is a verified backup.
type archive struct {
	file io.ReadSeeker
	m    manifest
}

// verifyArchive reads a whole backup and checks all of it: the manifest covers
// the rows, the MAC covers the manifest, every other byte is as this program
// would write it, and the tables are those of its schema.
func verifyArchive(file io.ReadSeeker, key *keyring.Master) (*archive, error) {
	r, err := newArchiveReader(file)
	if err != nil {
		return nil, err
	}
	head, err := r.head(key)
	if err != nil {
		return nil, err
	}
	// Everything that is read is written again and compared, because tar and
	// JSON can encode the same content in many ways and contain bytes without
	// meaning.
	same := sha256.New()
	again := &archiveWriter{tar: tar.NewWriter(same), m: manifest{Info: head}}
	if err := again.entryJSON(headName, head); err != nil {
		return nil, damaged("%s has impossible values: %v", headName, err)
	}
	found, err := r.parts(again)
	if err != nil {
		return nil, err
	}
	a := &archive{file: file}
	if err := r.manifest(again, key, &a.m); err != nil {
		return nil, err
	}
	if err := errors.Join(r.end(), again.tar.Close()); err != nil {
		return nil, err
	}
	if !keyring.Equal(same.Sum(nil), r.seen.Sum(nil)) {
		return nil, damaged("bytes between its entries were altered")
	}
	if a.m.Info != head {
		return nil, damaged("%s differs from the manifest", headName)
	}
	return a, a.compare(found)
}

// compare checks the manifest against the parts found and the schema.
func (a *archive) compare(found []part) error {
	var listed []part
	for _, t := range a.m.Tables {
		for _, p := range t.Parts {
			listed = append(listed, part{Name: p.Name, Size: p.Size, SHA256: p.SHA256})
			if p.Name != partName(len(listed), t.Name) {
				return damaged("a part has the name %q", p.Name)
			}
		}
	}
	if !slices.Equal(listed, found) {
		return damaged("its parts differ from the manifest")
	}
	want, err := store.Schema().Shapes(a.m.Schema)
	if err != nil {
		return err
	}
	same := slices.EqualFunc(want, a.m.Tables, func(s engine.Shape, t archivedTable) bool {
		return s.Name == t.Name && slices.Equal(s.Columns, t.Columns)
	})
	if !same {
		return damaged("its tables do not match schema %d", a.m.Schema)
	}
	for name := range a.m.Counters {
		if !slices.ContainsFunc(want, func(s engine.Shape) bool { return s.Name == name && s.Counter != "" }) {
			return damaged("it has an unknown counter %q", name)
		}
	}
	return nil
}

// load implements [engine.Content].Tables.
func (a *archive) load(do func(s *engine.Shape, next func() ([]any, error)) error) error {
	r, err := newArchiveReader(a.file)
	if err != nil {
		return err
	}
	if err := r.next(headName); err != nil {
		return err
	}
	all, err := store.Schema().Shapes(a.m.Schema)
	if err != nil {
		return err
	}
	for i, t := range a.m.Tables {
		rows := tableRows{r: r, parts: t.Parts, columns: len(t.Columns)}
		if err := do(&all[i], rows.next); err != nil {
			return fmt.Errorf("restore %s: %w", t.Name, err)
		}
		if rows.read != t.Rows {
			return damaged("%s has %d rows, not %d", t.Name, rows.read, t.Rows)
		}
	}
	return nil
}

// tableRows reads the rows of one table.
type tableRows struct {
	r       *archiveReader
	parts   []part
	columns int
	rest    []byte // of the current part
	values  []any
	read    int64
}

func (t *tableRows) next() ([]any, error) {
	for len(t.rest) == 0 {
		if len(t.parts) == 0 {
			return nil, nil
		}
		p := t.parts[0]
		t.parts = t.parts[1:]
		if err := t.r.next(p.Name); err != nil {
			return nil, err
		}
		b, err := t.r.read(maxPart)
		if err != nil {
			return nil, err
		}
		// The file was verified a moment ago, but it may have been replaced
		// since.
		if sum := sha256.Sum256(b); hex.EncodeToString(sum[:]) != p.SHA256 {
			return nil, damaged("%s was altered while it was read", p.Name)
		}
		t.rest = b
	}
	var err error
	t.values, t.rest, err = readRow(t.values[:0], t.rest, t.columns)
	t.read++
	return t.values, err
}

func damaged(format string, a ...any) error {
	return fmt.Errorf("%w: %s", ErrDamaged, fmt.Sprintf(format, a...))
}

// archiveReader reads the entries in order. Names are compared with the
// expected ones and never used as file names.
type archiveReader struct {
	raw   *bufio.Reader
	seen  hash.Hash // of every byte of the file
	tar   *tar.Reader
	entry *tar.Header
}

func newArchiveReader(file io.ReadSeeker) (*archiveReader, error) {
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("store: backup: %w", err)
	}
	seen := sha256.New()
	raw := bufio.NewReaderSize(io.TeeReader(file, seen), 1<<20)
	return &archiveReader{raw: raw, seen: seen, tar: tar.NewReader(raw)}, nil
}

// step advances to the next entry of any name.
func (r *archiveReader) step() (name string, err error) {
	h, err := r.tar.Next()
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, tar.ErrHeader), errors.Is(err, tar.ErrInsecurePath):
		return "", damaged("it is truncated or not a backup of this program")
	case err != nil:
		return "", fmt.Errorf("store: backup: %w", err)
	case h.Typeflag != tar.TypeReg || h.Format != tar.FormatUSTAR || h.Linkname != "":
		return "", damaged("an entry is not a plain file")
	}
	r.entry = h
	return h.Name, nil
}

func (r *archiveReader) next(want string) error {
	name, err := r.step()
	if err == nil && name != want {
		err = damaged("found %q where %s was expected", name, want)
	}
	return err
}

// read returns the content of the entry.
func (r *archiveReader) read(limit int64) ([]byte, error) {
	if r.entry.Size > limit {
		return nil, damaged("%q is too long", r.entry.Name)
	}
	var b bytes.Buffer
	// The size in the header is not trusted: memory grows only with the bytes
	// that are there.
	n, err := io.Copy(&b, io.LimitReader(r.tar, limit))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF) || err == nil && n != r.entry.Size:
		return nil, damaged("it is truncated")
	case err != nil:
		return nil, fmt.Errorf("store: backup: %w", err)
	}
	return b.Bytes(), nil
}

const maxHead = 64 << 10

// head reads the first entry and refuses what can be refused without reading
// on.
func (r *archiveReader) head(key *keyring.Master) (h Info, err error) {
	if err := r.next(headName); err != nil {
		return h, err
	}
	text, err := r.read(maxHead)
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal(text, &h); err != nil {
		return h, damaged("%s cannot be read", headName)
	}
	newest, err := store.Schema().Newest()
	switch {
	case err != nil:
		return h, err
	case h.Format > archiveFormat:
		return h, fmt.Errorf("%w: format %d, this program knows %d", ErrNewer, h.Format, archiveFormat)
	case h.Schema > newest:
		return h, fmt.Errorf("%w: schema %d, this program knows %d", ErrNewer, h.Schema, newest)
	case h.Format != archiveFormat || h.Schema < 1:
		return h, damaged("%s says format %d, schema %d", headName, h.Format, h.Schema)
	case !keyring.Equal([]byte(h.KeyCheck), []byte(engine.KeyCheck(key))):
		return h, fmt.Errorf("%w: the backup was made under another one", engine.ErrWrongKey)
	}
	return h, nil
}

// parts reads the entries up to the manifest, at which it stops.
func (r *archiveReader) parts(again *archiveWriter) (found []part, err error) {
	for {
		name, err := r.step()
		if err != nil || name == manifestName {
			return found, err
		}
		b, err := r.read(maxPart)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(b)
		found = append(found, part{Name: name, Size: int64(len(b)), SHA256: hex.EncodeToString(sum[:])})
		if err := again.entry(name, b); err != nil {
			return nil, damaged("an entry has the name %q", name)
		}
	}
}

// manifest reads the manifest, which is the current entry, and its HMAC.
func (r *archiveReader) manifest(again *archiveWriter, key *keyring.Master, m *manifest) error {
	text, err := r.read(maxManifest)
	if err != nil {
		return err
	}
	if err := r.next(macName); err != nil {
		return err
	}
	mac, err := r.read(maxHead)
	switch {
	case err != nil:
		return err
	case !keyring.Equal(mac, []byte(archiveMAC(key, text))):
		return damaged("the manifest was altered")
	case json.Unmarshal(text, m) != nil:
		return damaged("the manifest cannot be read")
	}
	return errors.Join(again.entry(manifestName, text), again.entry(macName, mac))
}

// end checks that nothing follows.
func (r *archiveReader) end() error {
	switch _, err := r.tar.Next(); {
	case err == nil, errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, tar.ErrHeader), errors.Is(err, tar.ErrInsecurePath):
		return damaged("there is data after its end")
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("store: backup: %w", err)
	}
	n, err := io.Copy(io.Discard, r.raw)
	switch {
	case err != nil:
		return fmt.Errorf("store: backup: %w", err)
	case n > 0:
		return damaged("there is data after its end")
	}
	return nil
}
