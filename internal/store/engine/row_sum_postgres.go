package engine

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
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
	noteMark    = "mingce row "
	noteTrigger = "row_sum_note"
	// noteOn makes the triggers speak until the end of the transaction. For other
	// connections they cost next to nothing and do nothing.
	noteOn = "SET LOCAL mingce.note = 'on'"

	makeNote = `CREATE OR REPLACE FUNCTION row_sum_note() RETURNS trigger LANGUAGE plpgsql AS $note$
BEGIN
	RAISE INFO '` + noteMark + `% % % %', TG_TABLE_NAME, octet_length(coalesce(OLD::text, '')), coalesce(OLD::text, ''), coalesce(NEW::text, '');
	RETURN NULL;
END
$note$`
	whenNoted = "WHEN (current_setting('mingce.note', true) = 'on')"
)

// watchPostgres makes the triggers that are not there. It is called by who has
// brought the schema up to date, with its lock.
func watchPostgres(ctx context.Context, conn *pgx.Conn, schema *Schema, version int64) error {
	tables, err := schema.summed(version)
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
		if !slices.Contains(have, t.Name) {
			fmt.Fprintf(&script, "CREATE TRIGGER %s AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW %s EXECUTE FUNCTION row_sum_note();\n",
				noteTrigger, t.Name, whenNoted)
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
	summer *Summer
	key    *keyring.Key
	schema int64
	since  time.Time
	now    func() time.Time

	mu   sync.Mutex
	free []*sumRecord
}

// abandoned is how long nobody writes to a row that another process may take
// over. If its owner does after all, one of the two finds it changed.
const abandoned = time.Hour

// openPostgresSums reads the sums, or returns nil if there are none to keep, as
// verify says.
func openPostgresSums(ctx context.Context, pool *pgxpool.Pool, d *dialect, schema *Schema, master *keyring.Master, now func() time.Time) (*postgresSums, error) {
	s := &postgresSums{key: sumKey(master), now: now}
	var err error
	if s.schema, err = schema.Newest(); err != nil {
		return nil, err
	}
	if s.summer, err = newSummer(schema, master, s.schema); err != nil {
		return nil, err
	}
	var shards []sumRecord
	var total sumRecord
	err = pgx.BeginFunc(ctx, pool, func(pt pgx.Tx) (err error) {
		total, shards, err = readSums(pgStatements{ctx, pt, d}.Query, s.key)
		return err
	})
	if errors.Is(err, ErrNoSums) || err == nil && (total.moving || len(total.sums) != len(s.summer.Tables)) {
		return nil, nil
	}
	s.since = total.since
	for i := range shards {
		if shards[i].adopted = true; shards[i].version < now().Add(-abandoned).UnixMilli() {
			s.free = append(s.free, &shards[i])
		}
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
	return &sumRecord{shard: rand.Text(), schema: s.schema, since: s.since, sums: make(RowSums, len(s.summer.Tables))}
}

func (s *postgresSums) put(r *sumRecord) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.free = append(s.free, r)
}

// ended gives a row back after a transaction: as it is now, or as it was.
func (s *postgresSums) ended(was, next *sumRecord, err error) {
	switch {
	case err == nil:
		s.put(next)
	case errors.Is(err, ErrUnknownOutcome), errors.Is(err, errShardTaken):
		// It is not known what is in the row: nobody here writes to it again.
	case !was.adopted:
		s.put(was)
	}
	if err != nil && was.adopted {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.free = slices.DeleteFunc(s.free, func(r *sumRecord) bool { return r.adopted })
	}
}

// errShardTaken: another process has written to the row.
var errShardTaken = fmt.Errorf("%w: the sums were written by another process", errRetry)

// plus is a record with what a transaction has changed, and the statement that
// writes it if the row is still as it was.
func (s *postgresSums) plus(r *sumRecord, changed RowSums) (*sumRecord, *write) {
	next := *r
	next.version, next.sums, next.adopted = max(r.version+1, s.now().UnixMilli()), slices.Clone(r.sums), false
	next.sums.add(changed)
	return &next, &write{missing: errShardTaken, args: Args{next.shard, next.version, next.seal(s.key), r.version},
		sql: `INSERT INTO row_sum (shard, version, sums) VALUES (?, ?, ?)
			ON CONFLICT (shard) DO UPDATE SET version = excluded.version, sums = excluded.sums WHERE row_sum.version = ?`}
}

// notes collects what the triggers say on one connection.
type notes struct {
	summer  *Summer
	changed RowSums
	err     error
	buf     []byte
	fields  []compositeField
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
func (n *notes) begin(s *Summer) {
	n.summer, n.err = s, nil
	if n.changed == nil {
		n.changed = make(RowSums, len(s.Tables))
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

// note adds one message: the table, the length of the row before, the row before
// and the row after.
func (n *notes) note(text string) error {
	name, rest, _ := strings.Cut(text, " ")
	digits, rest, _ := strings.Cut(rest, " ")
	size, err := strconv.Atoi(digits)
	table := slices.IndexFunc(n.summer.Tables, func(t Shape) bool { return t.Name == name })
	if err != nil || table < 0 || size < 0 || size >= len(rest) {
		return fmt.Errorf("store: a changed row of %q cannot be read", name)
	}
	before, err := n.sum(table, rest[:size])
	if err != nil {
		return err
	}
	after, err := n.sum(table, rest[size+1:])
	n.changed[table].sub(before)
	n.changed[table].Add(after)
	return err
}

// nothing reports that nothing was changed.
func (n *notes) nothing() bool {
	return !slices.ContainsFunc(n.changed, func(s RowSum) bool { return s != RowSum{} })
}

// known adds what a write says that it changes.
func (n *notes) known(w *write) {
	if w.table == "" {
		return
	}
	i, before := n.summer.values(w.table, w.before)
	_, after := n.summer.values(w.table, w.after)
	if i >= 0 {
		n.changed[i].sub(before)
		n.changed[i].Add(after)
	}
}

// sum is the sum of a row as PostgreSQL writes it; there is none in "".
func (n *notes) sum(table int, text string) (none RowSum, err error) {
	if text == "" {
		return none, nil
	}
	t := &n.summer.Tables[table]
	if n.fields, err = readComposite(n.fields[:0], text); err != nil || len(n.fields) != len(t.Columns) {
		return none, fmt.Errorf("store: a changed row of %s cannot be read: %w", t.Name, cmp.Or(err, ErrBadColumn))
	}
	if OwnRow(t, func(column int) string { return n.fields[column].text }) {
		return none, nil
	}
	n.buf = n.buf[:0]
	for i, f := range n.fields {
		if i == n.summer.skip[table] {
			continue
		}
		if n.buf, err = f.append(n.buf, t.Kinds[i]); err != nil {
			return none, fmt.Errorf("store: changed row: %s.%s: %w", t.Name, t.Columns[i], err)
		}
	}
	return n.summer.Of(table, n.buf), nil
}

// compositeField is a value in the text of a row.
type compositeField struct {
	text string
	null bool
}

// append writes the value as appendCell does.
func (f compositeField) append(b []byte, kind string) ([]byte, error) {
	if f.null {
		return append(b, NullCell), nil
	}
	switch kind {
	case "TEXT":
		return AppendText(append(b, TextCell), f.text), nil
	case "BOOLEAN":
		return binary.AppendVarint(append(b, IntCell), b2i(f.text == "t")), nil
	case "BYTEA":
		digits, ok := strings.CutPrefix(f.text, `\x`)
		raw, err := hex.DecodeString(digits)
		if !ok || err != nil {
			return nil, ErrBadColumn
		}
		return AppendText(append(b, BytesCell), raw), nil
	}
	i, err := strconv.ParseInt(f.text, 10, 64)
	return binary.AppendVarint(append(b, IntCell), i), err
}

// readComposite reads PostgreSQL's text of a row: values between commas and
// within parentheses, in quotes where they need it, with quotes and backslashes
// doubled. Nothing at all is NULL.
func readComposite(fields []compositeField, text string) ([]compositeField, error) {
	if len(text) < 2 || text[0] != '(' || text[len(text)-1] != ')' {
		return nil, ErrBadColumn
	}
	text = text[1 : len(text)-1]
	for {
		if text == "" || text[0] != '"' {
			value, rest, more := strings.Cut(text, ",")
			fields = append(fields, compositeField{value, value == ""})
			if text = rest; more {
				continue
			}
			return fields, nil
		}
		value, size, err := readQuoted(text)
		if err != nil {
			return nil, err
		}
		fields = append(fields, compositeField{value, false})
		if text = text[size:]; text == "" {
			return fields, nil
		}
		if text[0] != ',' {
			return nil, ErrBadColumn
		}
		text = text[1:]
	}
}

// readQuoted reads a quoted value and returns how long it is with its quotes.
func readQuoted(text string) (value string, size int, err error) {
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c != '"' && c != '\\':
			b.WriteByte(c)
		case i+1 < len(text) && text[i+1] == c:
			b.WriteByte(c)
			i++
		case c == '"':
			return b.String(), i + 1, nil
		default:
			return "", 0, ErrBadColumn
		}
	}
	return "", 0, ErrBadColumn
}
