package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/mingce/mingce/internal/keyring"
)

// A database file that is not open has the sums of its blocks beside it: from a
// clean stop or a restore until the next start. SQLite itself would not notice
// a changed bit in a value that is in no index.
const (
	sumsFile  = "mingce.sums"
	sumsBlock = 1 << 20
)

type fileSums struct {
	Size   int64    `json:"size"`
	SHA256 []string `json:"sha256"` // of each MiB
	MAC    string   `json:"mac"`    // of both, under the master key
}

func (s *fileSums) mac(key *keyring.Master) string {
	return hex.EncodeToString(key.MAC("file sums", fmt.Sprint(s.Size), fmt.Sprint(s.SHA256)))
}

func (d *dataDir) sumsOf(name string) (s fileSums, err error) {
	f, err := d.root.Open(name)
	if err != nil {
		return s, err
	}
	defer f.Close()
	block := make([]byte, sumsBlock)
	for {
		n, err := io.ReadFull(f, block)
		if n > 0 {
			sum := sha256.Sum256(block[:n])
			s.Size, s.SHA256 = s.Size+int64(n), append(s.SHA256, hex.EncodeToString(sum[:]))
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return s, nil
		case err != nil:
			return s, err
		}
	}
}

// writeSums records the sums of the database, which is closed. It waits for no
// fsync: after a power cut the sums are missing or not valid JSON, and are
// ignored.
func (d *dataDir) writeSums(key *keyring.Master) error {
	s, err := d.sumsOf(databaseFile)
	if err != nil {
		return err
	}
	s.MAC = s.mac(key)
	b, err := json.Marshal(s)
	if err != nil {
		return err
	}
	f, err := d.root.OpenFile(sumsFile, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}

// dropSums removes the sums before the database is written to.
func (d *dataDir) dropSums() error {
	if err := d.root.Remove(sumsFile); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// ReadFile reads a whole SQLite file and its log. SQLite takes what the disk does
// not give for damage; the error tells that it is the disk.
func (db *DB) ReadFile() error {
	e, ok := db.engine.(*sqliteEngine)
	if !ok {
		return nil
	}
	for _, name := range []string{databaseFile, databaseFile + "-wal"} {
		if _, err := e.dir.sumsOf(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// CheckFile compares a SQLite file that is not in use with the sums recorded
// when it was closed, and calls find for each difference. schema is the version
// of the data.
func (db *DB) CheckFile(schema int64, find func(format string, a ...any)) error {
	e, ok := db.engine.(*sqliteEngine)
	if !ok || e.writer != nil {
		return nil
	}
	d := e.dir
	text, err := d.root.ReadFile(sumsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var want fileSums
	if json.Unmarshal(text, &want) != nil {
		return nil
	}
	have, err := d.sumsOf(databaseFile)
	if err != nil {
		return err
	}
	// A server may have started meanwhile, and the file may have changed.
	if _, err := d.root.Lstat(sumsFile); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if schema >= firstSums && !keyring.Equal([]byte(want.MAC), []byte(want.mac(db.master))) {
		find("the sums of the file, in %s, were altered", sumsFile)
	}
	if want.Size != have.Size {
		find("the file has %d bytes, not %d as when it was closed", have.Size, want.Size)
	}
	for i := range min(len(want.SHA256), len(have.SHA256)) {
		if want.SHA256[i] != have.SHA256[i] {
			find("the file was altered since it was closed: MiB %s", fmt.Sprint(i+1))
		}
	}
	return nil
}
