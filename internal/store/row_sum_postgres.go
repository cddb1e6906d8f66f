package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/mingce/mingce/internal/keyring"
)

// On PostgreSQL, triggers say which rows a transaction of the program has
// changed, as messages on its own connection: what a row was before only the
// server knows. Before COMMIT the program writes a row of row_sum that no other
// transaction writes at the same time.
const (
	noteSetting = "mingce.note" // "on": the connection is the program's
	noteMark    = "mingce row "
	noteTrigger = "row_sum_note"

	makeNote = `CREATE OR REPLACE FUNCTION row_sum_note() RETURNS trigger LANGUAGE plpgsql AS $note$
BEGIN
	RAISE INFO '` + noteMark + `%', json_build_array(TG_TABLE_NAME, row_to_json(OLD), row_to_json(NEW));
	RETURN NULL;
END
$note$`
)

// watchPostgres makes the triggers that are not there. It is called by who has
// brought the schema up to date, with its lock.
func watchPostgres(ctx context.Context, conn *pgx.Conn, schema int64) error {
	tables, err := summedShapes(schema)
	if err != nil {
		return err
	}
	rows, _ := conn.Query(ctx, `SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE t.tgname = $1 AND c.relnamespace = current_schema()::regnamespace`, noteTrigger)
	have, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("store: sums of rows: %w", err)
	}
	if len(have) >= len(tables) {
		return nil
	}
	var script strings.Builder
	script.WriteString(makeNote + ";\n")
	for _, t := range tables {
		if !slices.Contains(have, t.name) {
			fmt.Fprintf(&script, "CREATE TRIGGER %s AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW WHEN (current_setting('%s', true) = 'on') EXECUTE FUNCTION row_sum_note();\n",
				noteTrigger, t.name, noteSetting)
		}
	}
	if _, err := conn.PgConn().Exec(ctx, script.String()).ReadAll(); err != nil {
		return fmt.Errorf("store: sums of rows: %w", err)
	}
	return nil
}

// postgresSums are the rows of row_sum that this process writes: as many as it
// had transactions at the same time.
type postgresSums struct {
	summer *summer
	key    *keyring.Key
	schema int64
	since  time.Time

	mu   sync.Mutex
	free []*sumRecord
}

// openPostgresSums reads the sums, or returns nil if there are none to keep, as
// verify says. Rows that nobody has written for a while are taken over: if
// somebody does after all, one of the two finds its row changed and takes
// another.
func openPostgresSums(ctx context.Context, pool *pgxpool.Pool, d *dialect, master *keyring.Master) (*postgresSums, error) {
	s := &postgresSums{key: sumKey(master)}
	var err error
	if s.schema, err = newestSchema(); err != nil {
		return nil, err
	}
	if s.summer, err = newSummer(master, s.schema); err != nil {
		return nil, err
	}
	var shards []sumRecord
	var total sumRecord
	err = pgx.BeginFunc(ctx, pool, func(pt pgx.Tx) (err error) {
		total, shards, err = readSums(pgStatements{ctx, pt, d}.query, s.key)
		return err
	})
	if errors.Is(err, errNoSums) || err == nil && (total.moving || len(total.sums) != len(s.summer.tables)) {
		return nil, nil
	}
	s.since = total.since
	for i := range shards {
		s.free = append(s.free, &shards[i])
	}
	return s, err
}

// take gives a row to write to.
func (s *postgresSums) take() *sumRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.free); n > 0 {
		r := s.free[n-1]
		s.free = s.free[:n-1]
		return r
	}
	return &sumRecord{shard: rand.Text(), schema: s.schema, since: s.since, sums: make(rowSums, len(s.summer.tables))}
}

func (s *postgresSums) put(r *sumRecord) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, r)
}

// errShardTaken: another process has written to the row.
var errShardTaken = fmt.Errorf("%w: the sums were written by another process", errRetry)

// plus is a record with what a transaction has changed, and the statement that
// writes it if the row is still as it was.
func (s *postgresSums) plus(r *sumRecord, changed rowSums) (*sumRecord, *write) {
	next := *r
	next.version, next.sums = r.version+1, slices.Clone(r.sums)
	next.sums.add(changed)
	return &next, &write{missing: errShardTaken, args: args{next.shard, next.version, next.seal(s.key), r.version},
		sql: `INSERT INTO row_sum (shard, version, sums) VALUES (?, ?, ?)
			ON CONFLICT (shard) DO UPDATE SET version = excluded.version, sums = excluded.sums WHERE row_sum.version = ?`}
}

// notes collects what the triggers say on one connection.
type notes struct {
	summer  *summer
	changed rowSums
	any     bool
	err     error
	buf     []byte
}

// notesOf returns the notes of a connection.
func notesOf(c *pgconn.PgConn) *notes {
	n, ok := c.CustomData()[noteTrigger].(*notes)
	if !ok {
		n = &notes{}
		c.CustomData()[noteTrigger] = n
	}
	return n
}

// begin forgets what was noted before.
func (n *notes) begin(s *summer) {
	n.summer, n.any, n.err = s, false, nil
	if n.changed == nil {
		n.changed = make(rowSums, len(s.tables))
	}
	clear(n.changed)
}

// onNotice takes the messages of all connections.
func onNotice(c *pgconn.PgConn, notice *pgconn.Notice) {
	text, ok := strings.CutPrefix(notice.Message, noteMark)
	if !ok {
		return
	}
	if n := notesOf(c); n.summer != nil && n.err == nil {
		n.err = n.note(text)
	}
}

// note adds one message: the table, the row before and the row after.
func (n *notes) note(text string) error {
	var parts [3]json.RawMessage
	var name string
	err := json.Unmarshal([]byte(text), &parts)
	if err == nil {
		err = json.Unmarshal(parts[0], &name)
	}
	table := slices.IndexFunc(n.summer.tables, func(t shape) bool { return t.name == name })
	if err != nil || table < 0 {
		return fmt.Errorf("store: a changed row of %q cannot be read: %w", name, errors.Join(err, errBadColumn))
	}
	n.any = true
	before, err := n.sum(table, parts[1])
	if err != nil {
		return err
	}
	after, err := n.sum(table, parts[2])
	n.changed[table].sub(before)
	n.changed[table].add(after)
	return err
}

// sum is the sum of one row in JSON; null has none.
func (n *notes) sum(table int, text []byte) (none rowSum, err error) {
	t := &n.summer.tables[table]
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var row map[string]any
	if err := d.Decode(&row); err != nil || row == nil {
		return none, err
	}
	if ownRow(t, func(column int) string { s, _ := row[t.columns[column]].(string); return s }) {
		return none, nil
	}
	n.buf = n.buf[:0]
	for i, column := range t.columns {
		if n.buf, err = appendJSON(n.buf, t.kinds[i], row[column]); err != nil {
			return none, fmt.Errorf("store: changed row: %s.%s: %w", t.name, column, err)
		}
	}
	return n.summer.of(table, n.buf), nil
}

// appendJSON writes a value of PostgreSQL's JSON as appendRow writes it.
func appendJSON(b []byte, kind string, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, nullCell), nil
	case bool:
		return binary.AppendVarint(append(b, intCell), b2i(v)), nil
	case json.Number:
		i, err := v.Int64()
		return binary.AppendVarint(append(b, intCell), i), err
	case string:
		if kind != "BYTEA" {
			return appendText(append(b, textCell), v), nil
		}
		digits, ok := strings.CutPrefix(v, `\x`)
		raw, err := hex.DecodeString(digits)
		if ok && err == nil {
			return appendText(append(b, bytesCell), raw), nil
		}
	}
	return nil, errBadColumn
}
