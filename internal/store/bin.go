package store

import (
	"errors"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
)

const (
	selectBin      = "SELECT kind, id, name, version, deleted_at, deleted_by, request_id FROM bin WHERE org = ?"
	binPhone       = "bin.phone"
	binEmail       = "bin.email"
	binScanAtOnce  = 500
	binContentName = "content"
)

func binPlace(org string, kind directory.Kind, id string) keyring.Place {
	return keyring.Place{Tenant: org, Table: "bin", Row: string(kind) + "/" + id, Column: binContentName}
}

func scanBin(r *row) directory.BinItem {
	return directory.BinItem{Kind: directory.Kind(r.Text(0)), ID: r.Text(1), Name: r.Text(2), Version: r.Int(3),
		DeletedAt: fromMillis(r.Int(4)), DeletedBy: r.Text(5), RequestID: r.Text(6)}
}

// BinItem implements [directory.BinTx].
func (t *tx) BinItem(kind directory.Kind, id string) (x directory.BinItem, err error) {
	var sealed []byte
	ok, err := t.One(t.toWrite(strings.Replace(selectBin, " FROM", ", content FROM", 1)+" AND kind = ? AND id = ?"), args{t.Org, string(kind), id}, func(r *row) error {
		x, sealed = scanBin(r), r.Bytes(7)
		return nil
	})
	if err := found(ok, err, directory.ErrNotInBin); err != nil {
		return x, err
	}
	key, err := t.SubjectKey(auditSubject(string(kind), id))
	if err != nil || key == nil {
		return x, err
	}
	plain, err := key.Open(binPlace(t.Org, kind, id), sealed)
	if errors.Is(err, keyring.ErrOpen) {
		return x, nil // sealed with a key that an erasure has destroyed
	}
	x.Content = plain
	return x, err
}

// Bin implements [directory.BinTx].
func (t *tx) Bin(f directory.BinFilter) (items []directory.BinItem, err error) {
	if f.Limit <= 0 {
		f.Limit = 50
	}
	sql, a := selectBin, args{t.Org}
	add := func(where string, values ...any) { sql, a = sql+" AND "+where, append(a, values...) }
	if f.Kind != "" {
		add("kind = ?", string(f.Kind))
	}
	if !f.Before.IsZero() {
		add("deleted_at < ?", millis(f.Before))
	}
	if f.Phone != "" {
		index := t.Blind(binPhone, f.Phone)
		add("(phone_index = ? OR phone_index_2 = ?)", index, index)
	}
	if f.Email != "" {
		index := t.Blind(binEmail, strings.ToLower(f.Email))
		add("(email_index = ? OR email_index_2 = ? OR email_index_3 = ?)", index, index, index)
	}
	order := " ORDER BY deleted_at DESC, kind DESC, id DESC LIMIT ?"
	after := "(deleted_at, kind, id) < (?, ?, ?)"
	if f.OldestOnly {
		order, after = " ORDER BY deleted_at, kind, id LIMIT ?", "(deleted_at, kind, id) > (?, ?, ?)"
	}
	text := strings.ToLower(f.Text)
	for place := f.After; ; {
		page, pageArgs := sql, a
		if place.ID != "" {
			page, pageArgs = page+" AND "+after, append(a[:len(a):len(a)], millis(place.DeletedAt), string(place.Kind), place.ID)
		}
		n := 0
		err = t.Each(page+order, append(pageArgs, binScanAtOnce), func(r *row) error {
			x := scanBin(r)
			n, place = n+1, directory.BinPlace{DeletedAt: x.DeletedAt, Kind: x.Kind, ID: x.ID}
			if int64(len(items)) < f.Limit && strings.Contains(strings.ToLower(x.Name), text) {
				items = append(items, x)
			}
			return nil
		})
		if err != nil || n < binScanAtOnce || int64(len(items)) >= f.Limit {
			return items, err
		}
	}
}

// OrgsToSweep implements [directory.BinTx].
func (t *tx) OrgsToSweep(before time.Time) ([]string, error) {
	return t.texts("SELECT DISTINCT org FROM bin WHERE deleted_at < ?", millis(before))
}

// InsertBin implements [directory.BinTx].
func (t *tx) InsertBin(x directory.BinItem) {
	t.WithSubject(auditSubject(string(x.Kind), x.ID), func(key *keyring.Key) error {
		phones, emails := t.blindAll(binPhone, x.Phones), t.blindAll(binEmail, x.Emails)
		t.Write(`INSERT INTO bin (org, kind, id, version, name, deleted_at, deleted_by, request_id, phone_index, phone_index_2, email_index, email_index_2, email_index_3, content)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			t.Org, string(x.Kind), x.ID, x.Version, x.Name, millis(x.DeletedAt), x.DeletedBy, x.RequestID,
			phones[0], phones[1], emails[0], emails[1], emails[2], key.Seal(binPlace(t.Org, x.Kind, x.ID), x.Content))
		return nil
	})
}

// binAddresses is how many addresses of an object find it in the bin: an employee
// has no more.
const binAddresses = 3

// blindAll are the blind indexes of the values that are not empty; the rest is
// NULL.
func (t *tx) blindAll(purpose string, values []string) (indexes [binAddresses][]byte) {
	n := 0
	for _, v := range values {
		if v != "" && n < binAddresses {
			indexes[n] = t.Blind(purpose, strings.ToLower(v))
			n++
		}
	}
	return indexes
}

// DeleteBin implements [directory.BinTx].
func (t *tx) DeleteBin(kind directory.Kind, id string) {
	t.Write("DELETE FROM bin WHERE org = ? AND kind = ? AND id = ?", t.Org, string(kind), id)
}
