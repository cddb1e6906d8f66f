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

// On PostgreSQL, triggers report the rows that a transaction of the program has
// changed, as notices on its own connection: only the server knows the old
// rows. Before COMMIT the program writes a row of row_sum that no other
// transaction writes at the same time.
const (
	reportPrefix  = "mingce row "
	reportTrigger = "row_sum_note"
	// enableReports enables the triggers until the end of the transaction. On
	// other connections they do nothing and cost next to nothing.
	enableReports = "SET LOCAL mingce.note = 'on'"

	createReportFunction = `CREATE OR REPLACE FUNCTION row_sum_note() RETURNS trigger LANGUAGE plpgsql AS $note$
BEGIN
	RAISE INFO '` + reportPrefix + `% % % %', TG_TABLE_NAME, octet_length(coalesce(OLD::text, '')), coalesce(OLD::text, ''), coalesce(NEW::text, '');
	RETURN NULL;
END
$note$`
	whenEnabled = "WHEN (current_setting('mingce.note', true) = 'on')"
)

// watchPostgres creates the triggers that are missing. The caller has migrated
// the schema and still holds its lock.
func watchPostgres(ctx context.Context, conn *pgx.Conn, schema *Schema, version int64) error {
	tables, err := schema.summed(version)
	if err != nil {
		return err
	}
	rows, _ := conn.Query(ctx, `SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
		WHERE t.tgname = $1 AND c.relnamespace = current_schema()::regnamespace`, reportTrigger)
	have, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("store: sums of rows: %w", err)
	}
	if len(have) >= len(tables) {
		return nil
	}
	var script strings.Builder
	script.WriteString(createReportFunction + ";\n")
	for _, t := range tables {
		if !slices.Contains(have, t.Name) {
			fmt.Fprintf(&script, "CREATE TRIGGER %s AFTER INSERT OR UPDATE OR DELETE ON %s FOR EACH ROW %s EXECUTE FUNCTION row_sum_note();\n",
				reportTrigger, t.Name, whenEnabled)
		}
	}
	if _, err := conn.PgConn().Exec(ctx, script.String()).ReadAll(); err != nil {
		return fmt.Errorf("store: sums of rows: %w", err)
	}
	return nil
}

// postgresSums are the rows of row_sum that this process writes: as many as it
// has had concurrent transactions.
type postgresSums struct {
	summer *Summer
	key    *keyring.Key
	schema int64
	since  time.Time
	now    func() time.Time

	mu   sync.Mutex
	free []*sumRecord
}

// abandoned is the age after which another process may take over a row. If the
// owner writes to it after all, one of the two notices the changed version and
// retries.
const abandoned = time.Hour

// openPostgresSums reads the sums, or returns nil if there are no valid ones to
// maintain; verify reports why.
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

// take returns a row that no other transaction is writing to.
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

// ended returns a row after a transaction: the new version if it committed,
// else the old one.
func (s *postgresSums) ended(was, next *sumRecord, err error) {
	switch {
	case err == nil:
		s.put(next)
	case errors.Is(err, ErrUnknownOutcome), errors.Is(err, errShardTaken):
		// The content of the row is unknown, so this process does not write to
		// it again.
	case !was.adopted:
		s.put(was)
	}
	if err != nil && was.adopted {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.free = slices.DeleteFunc(s.free, func(r *sumRecord) bool { return r.adopted })
	}
}

// errShardTaken means that another process has written to the row.
var errShardTaken = fmt.Errorf("%w: the sums were written by another process", errRetry)

// plus returns the record with the changes of a transaction added, and the
// statement that writes it if the row is unchanged since.
func (s *postgresSums) plus(r *sumRecord, changed RowSums) (*sumRecord, *write) {
	next := *r
	next.version, next.sums, next.adopted = max(r.version+1, s.now().UnixMilli()), slices.Clone(r.sums), false
	next.sums.add(changed)
	return &next, &write{missing: errShardTaken, args: Args{next.shard, next.version, next.seal(s.key), r.version},
		sql: `INSERT INTO row_sum (shard, version, sums) VALUES (?, ?, ?)
			ON CONFLICT (shard) DO UPDATE SET version = excluded.version, sums = excluded.sums WHERE row_sum.version = ?`}
}

// rowChanges sums the rows that one connection's transaction changes.
type rowChanges struct {
	summer  *Summer
	changed RowSums
	err     error
	buf     []byte
	fields  []compositeField
}

// changesOf returns the changes of a connection.
func changesOf(c *pgconn.PgConn) *rowChanges {
	n, ok := c.CustomData()[reportTrigger].(*rowChanges)
	if !ok {
		n = &rowChanges{}
		c.CustomData()[reportTrigger] = n
	}
	return n
}

// begin clears the changes of the previous transaction.
func (n *rowChanges) begin(s *Summer) {
	n.summer, n.err = s, nil
	if n.changed == nil {
		n.changed = make(RowSums, len(s.Tables))
	}
	clear(n.changed)
}

// onNotice handles the notices of all connections.
func onNotice(c *pgconn.PgConn, notice *pgconn.Notice) {
	text, ok := strings.CutPrefix(notice.Message, reportPrefix)
	if !ok {
		return
	}
	if n := changesOf(c); n.summer != nil && n.err == nil {
		n.err = n.reported(text)
	}
}

// reported adds one notice of a trigger: the table, the length of the old row,
// the old row and the new row.
func (n *rowChanges) reported(text string) error {
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

// empty reports whether nothing was changed.
func (n *rowChanges) empty() bool {
	return !slices.ContainsFunc(n.changed, func(s RowSum) bool { return s != RowSum{} })
}

// declared adds the change that a write declared, see [Tx.DeclareChange].
func (n *rowChanges) declared(w *write) {
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

// sum is the sum of a row in PostgreSQL's text form; "" is no row.
func (n *rowChanges) sum(table int, text string) (none RowSum, err error) {
	if text == "" {
		return none, nil
	}
	t := &n.summer.Tables[table]
	if n.fields, err = readComposite(n.fields[:0], text); err != nil || len(n.fields) != len(t.Columns) {
		return none, fmt.Errorf("store: a changed row of %s cannot be read: %w", t.Name, cmp.Or(err, ErrBadColumn))
	}
	if LocalRow(t, func(column int) string { return n.fields[column].text }) {
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

// compositeField is one value in the text form of a row.
type compositeField struct {
	text string
	null bool
}

// append appends the value like appendCell.
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

// readComposite reads PostgreSQL's text form of a row: values in parentheses,
// separated by commas, quoted where necessary, with quotes and backslashes
// doubled. An empty value without quotes is NULL.
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

// readQuoted reads a quoted value and returns its length including the quotes.
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
