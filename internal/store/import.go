package store

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

const selectImport = `SELECT id, kind, state, phase, preview, digest, options, info, counts, actor, request_id,
	created_at, ended_at, written, owner, beat, purge_at FROM import WHERE org = ?`

func (t *tx) scanImport(r *row) (i directory.Import, err error) {
	i = directory.Import{
		ID: r.Text(0), Kind: r.Text(1), State: directory.ImportState(r.Text(2)), Phase: r.Text(3), Preview: r.Bool(4), Digest: r.Text(5), Options: r.Text(6),
		Counts: json.RawMessage(r.Text(8)), Actor: r.Text(9), RequestID: r.Text(10),
		CreatedAt: fromMillis(r.Int(11)), EndedAt: fromTime(r.Int(12)), Written: r.Int(13), Owner: r.Text(14), Beat: fromMillis(r.Int(15)), PurgeAt: fromTime(r.Int(16)),
	}
	info, err := t.Open("import", i.ID, "info", r.Bytes(7))
	i.Info = json.RawMessage(info)
	return i, err
}

// fromTime and toTime keep the zero time as 0.
func fromTime(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return fromMillis(ms)
}

func toTime(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return millis(at)
}

func (t *tx) eachImport(sql string, a ...any) (is []directory.Import, err error) {
	err = t.Each(sql, a, func(r *row) error {
		i, err := t.scanImport(r)
		is = append(is, i)
		return err
	})
	return is, err
}

// Import implements [directory.ImportTx].
func (t *tx) Import(id string) (directory.Import, error) {
	is, err := t.eachImport(t.toWrite(selectImport+" AND id = ?"), t.Org, id)
	if err := found(len(is) == 1, err, directory.ErrImportNotFound); err != nil {
		return directory.Import{}, err
	}
	return is[0], nil
}

// Imports implements [directory.ImportTx].
func (t *tx) Imports(q directory.ImportQuery) ([]directory.Import, error) {
	sql, a := selectImport, args{t.Org}
	if q.Digest != "" {
		sql, a = sql+" AND digest = ? AND digest <> ''", append(a, q.Digest)
	}
	if q.Options != "" {
		sql, a = sql+" AND options = ? AND NOT preview", append(a, q.Options)
	}
	if q.Request != "" {
		sql, a = sql+" AND request_id = ?", append(a, q.Request)
	}
	if q.After.ID != "" {
		sql, a = sql+" AND (created_at, id) < (?, ?)", append(a, millis(q.After.CreatedAt), q.After.ID)
	}
	if q.Limit <= 0 {
		q.Limit = 50
	}
	return t.eachImport(sql+" ORDER BY created_at DESC, id DESC LIMIT ?", append(a, q.Limit)...)
}

// WritingImports implements [directory.ImportTx].
func (t *tx) WritingImports() ([]directory.Import, error) {
	return t.eachImport(selectImport+" AND ended_at = 0 AND state IN (?, ?) AND phase <> 'spool' AND NOT preview ORDER BY created_at, id",
		t.Org, string(directory.ImportRunning), string(directory.ImportQueued))
}

// PutImport implements [directory.ImportTx].
func (t *tx) PutImport(i directory.Import) {
	t.Write(`INSERT INTO import (org, id, kind, state, phase, preview, digest, options, info, counts, actor, request_id,
			created_at, ended_at, written, owner, beat, purge_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org, id) DO UPDATE SET kind = excluded.kind, state = excluded.state, phase = excluded.phase, preview = excluded.preview,
			digest = excluded.digest, options = excluded.options, info = excluded.info, counts = excluded.counts, ended_at = excluded.ended_at,
			written = excluded.written, owner = excluded.owner, beat = excluded.beat, purge_at = excluded.purge_at`,
		t.Org, i.ID, i.Kind, string(i.State), i.Phase, i.Preview, i.Digest, i.Options, t.Seal("import", i.ID, "info", string(orEmptyObject(i.Info))),
		string(orEmptyObject(i.Counts)), i.Actor, i.RequestID, millis(i.CreatedAt), toTime(i.EndedAt), i.Written, i.Owner, millis(i.Beat), toTime(i.PurgeAt))
}

// DeleteImport implements [directory.ImportTx].
func (t *tx) DeleteImport(id string) {
	t.Write("DELETE FROM import WHERE org = ? AND id = ?", t.Org, id)
}

const selectImportPart = "SELECT n, data FROM import_part WHERE org = ? AND import_id = ? AND part = ? AND n "

// ImportPart implements [directory.ImportTx].
func (t *tx) ImportPart(id, name string, n int64) (directory.ImportPart, error) {
	return t.importPart(selectImportPart+"<= ? ORDER BY n DESC LIMIT 1", id, name, n)
}

// NextImportPart implements [directory.ImportTx].
func (t *tx) NextImportPart(id, name string, n int64) (directory.ImportPart, error) {
	return t.importPart(selectImportPart+">= ? ORDER BY n LIMIT 1", id, name, n)
}

func (t *tx) importPart(sql, id, name string, n int64) (p directory.ImportPart, err error) {
	p.Name = name
	ok, err := t.One(sql, args{t.Org, id, name, n}, func(r *row) error {
		p.N = r.Int(0)
		data, err := t.Open("import_part", partRow(id, p), "data", r.Bytes(1))
		p.Data = []byte(data)
		return err
	})
	return p, found(ok, err, directory.ErrImportNotFound)
}

// partRow is the name of a part's row.
func partRow(id string, p directory.ImportPart) string {
	return id + "/" + p.Name + "/" + strconv.FormatInt(p.N, 10)
}

// PutImportPart implements [directory.ImportTx].
func (t *tx) PutImportPart(id string, p directory.ImportPart) {
	t.Write(`INSERT INTO import_part (org, import_id, part, n, data) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (org, import_id, part, n) DO UPDATE SET data = excluded.data`,
		t.Org, id, p.Name, p.N, t.Seal("import_part", partRow(id, p), "data", string(p.Data)))
}

// ImportParts implements [directory.ImportTx].
func (t *tx) ImportParts(id, name string, limit int64) (parts []directory.ImportPart, err error) {
	sql, a := "SELECT part, n FROM import_part WHERE org = ? AND import_id = ?", args{t.Org, id}
	if name != "" {
		sql, a = sql+" AND part = ?", append(a, name)
	}
	err = t.Each(sql+" ORDER BY part, n LIMIT ?", append(a, limit), func(r *row) error {
		parts = append(parts, directory.ImportPart{Name: r.Text(0), N: r.Int(1)})
		return nil
	})
	return parts, err
}

// DeleteImportPart implements [directory.ImportTx].
func (t *tx) DeleteImportPart(id string, p directory.ImportPart) {
	t.Write("DELETE FROM import_part WHERE org = ? AND import_id = ? AND part = ? AND n = ?", t.Org, id, p.Name, p.N)
}

// OpenImports implements [directory.ImportTx]. It answers across tenants.
func (t *tx) OpenImports() ([]directory.OrgImport, error) {
	return t.orgImports("SELECT org, id FROM import WHERE ended_at = 0 ORDER BY created_at, org, id")
}

// ImportsToPurge implements [directory.ImportTx]. It answers across tenants.
func (t *tx) ImportsToPurge(now time.Time, limit int64) ([]directory.OrgImport, error) {
	return t.orgImports("SELECT org, id FROM import WHERE purge_at > 0 AND purge_at <= ? ORDER BY purge_at, org, id LIMIT ?", millis(now), limit)
}

func (t *tx) orgImports(sql string, a ...any) (list []directory.OrgImport, err error) {
	err = t.Each(sql, a, func(r *row) error {
		list = append(list, directory.OrgImport{Org: r.Text(0), ID: r.Text(1)})
		return nil
	})
	return list, err
}
