package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"zombiezen.com/go/sqlite/sqlitex"
)

// migration is one step of the schema for one engine.
type migration struct {
	version int64
	name    string
	sql     string
}

// parseMigrationName splits a file name; engine is "" for both engines.
func parseMigrationName(file string) (version int64, name, engine string, ok bool) {
	number, rest, found := strings.Cut(file, "_")
	digits, err := strconv.ParseUint(number, 10, 32)
	rest, isSQL := strings.CutSuffix(rest, ".sql")
	name, engine, _ = strings.Cut(rest, ".")
	invalid := strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != ""
	ok = found && err == nil && len(number) == 4 && isSQL && name != "" && !invalid && slices.Contains([]string{"", "sqlite", "postgres"}, engine)
	return int64(digits), name, engine, ok
}

// steps reads the steps for one engine ("sqlite" or "postgres"). They are files
// named NNNN_name.sql; NNNN_name.sqlite.sql or NNNN_name.postgres.sql holds
// what only one engine needs, and runs after it. Steps run in order, each in
// its own transaction, and are never changed once released.
func (s *Schema) steps(engine string) ([]migration, error) {
	paths, err := fs.Glob(s.Migrations, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	// Sorted like this, NNNN_name.sql comes before the file for one engine.
	slices.SortFunc(paths, func(a, b string) int {
		return strings.Compare(strings.TrimSuffix(a, ".sql"), strings.TrimSuffix(b, ".sql"))
	})
	var steps []migration
	for _, path := range paths {
		version, name, only, ok := parseMigrationName(strings.TrimPrefix(path, "migrations/"))
		if !ok {
			return nil, fmt.Errorf("store: migration %s is not named NNNN_name.sql", path)
		}
		if only != "" && only != engine {
			continue
		}
		sql, err := fs.ReadFile(s.Migrations, path)
		if err != nil {
			return nil, err
		}
		if n := len(steps); n > 0 && steps[n-1].version == version {
			if steps[n-1].name != name {
				return nil, fmt.Errorf("store: two migrations %04d: %s and %s", version, steps[n-1].name, name)
			}
			steps[n-1].sql += "\n" + string(sql)
			continue
		}
		steps = append(steps, migration{version: version, name: name, sql: string(sql)})
	}
	return steps, nil
}

const createVersions = `CREATE TABLE IF NOT EXISTS schema_version (
	version BIGINT NOT NULL PRIMARY KEY,
	name TEXT NOT NULL,
	applied_at BIGINT NOT NULL)`

// pending returns the steps after a version. It refuses newer data: an older
// program would break rules it does not know.
func pending(steps []migration, have int64) ([]migration, error) {
	newest := int64(0)
	if n := len(steps); n > 0 {
		newest = steps[n-1].version
	}
	if have > newest {
		return nil, fmt.Errorf("%w: schema %d, this program knows %d; use the version that made it or a newer one", ErrNewerSchema, have, newest)
	}
	i := slices.IndexFunc(steps, func(m migration) bool { return m.version > have })
	if i < 0 {
		return nil, nil
	}
	return steps[i:], nil
}

// migrateSQLite migrates a file. The folder's lock keeps other processes out.
func migrateSQLite(ctx context.Context, c *sqliteConn, sums *sumMove) error {
	empty, err := c.isEmpty()
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	if empty {
		if err := c.create(sums); err != nil {
			return fmt.Errorf("store: new file: %w", err)
		}
		return nil
	}
	steps, err := sums.schema.steps("sqlite")
	if err != nil {
		return err
	}
	if err := c.Exec(createVersions); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	have := int64(0)
	err = c.Query(&Read{sql: "SELECT coalesce(max(version), 0) FROM schema_version", scan: func(r *Row) error {
		have = r.Int(0)
		return nil
	}})
	if err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	if steps, err = pending(steps, have); err != nil {
		return err
	}
	if len(steps) > 0 {
		if err := c.inTransaction(func() error { return sums.before(c, have) }); err != nil {
			return fmt.Errorf("store: migrate: %w", err)
		}
	}
	for _, m := range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := c.migrate(m, sums); err != nil {
			return fmt.Errorf("store: migration %04d_%s: %w", m.version, m.name, err)
		}
		have = m.version
	}
	if err := c.inTransaction(func() error { return sums.after(c, have) }); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	return nil
}

func (c *sqliteConn) migrate(m migration, sums *sumMove) error {
	return c.inTransaction(func() error {
		if err := sqlitex.ExecuteScript(c.c, c.dialect.convert(m.sql), nil); err != nil {
			return err
		}
		return finishStep(c, m, sums)
	})
}

// finishStep runs what only the program can do in a step, and records the step.
func finishStep(x Statements, m migration, sums *sumMove) error {
	if fill := sums.schema.Fills[m.version]; fill != nil {
		if err := fill(x, sums.master); err != nil {
			return err
		}
	}
	if m.version == firstSums && sums.master != nil {
		if err := sums.begin(x); err != nil {
			return err
		}
	}
	return x.Exec("INSERT INTO schema_version (version, name, applied_at) VALUES (?, ?, ?)", m.version, m.name, sums.now.UnixMilli())
}

// inTransaction runs do in a transaction.
func (c *sqliteConn) inTransaction(do func() error) error {
	if err := c.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := do()
	if err == nil {
		return c.Exec("COMMIT")
	}
	if c.c.AutocommitEnabled() {
		return err
	}
	return errors.Join(err, c.Exec("ROLLBACK"))
}

// Statements runs the statements of a migration inside its transaction.
type Statements interface {
	Query(r *Read) error
	Exec(sql string, a ...any) error
}

// textColumn finds the type TEXT in a migration. PostgreSQL gets it with the C
// collation, so that both engines order and compare byte by byte, and a page of
// a list is the same on both.
var textColumn = regexp.MustCompile(`\bTEXT\b`)

// migrationLock is the advisory lock that serialises processes starting at the
// same time.
const migrationLock = 0x6d696e676365 // "mingce"

// migratePostgres migrates a database.
func migratePostgres(ctx context.Context, conn *pgx.Conn, d *dialect, sums *sumMove) error {
	steps, err := sums.schema.steps("postgres")
	if err != nil {
		return err
	}
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	defer func() { _, _ = conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", int64(migrationLock)) }()
	if _, err := conn.Exec(ctx, createVersions); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	var have int64
	if err := conn.QueryRow(ctx, "SELECT coalesce(max(version), 0) FROM schema_version").Scan(&have); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	if steps, err = pending(steps, have); err != nil {
		return err
	}
	if len(steps) > 0 {
		if err := pgx.BeginFunc(ctx, conn, func(pt pgx.Tx) error { return sums.before(pgStatements{ctx, pt, d}, have) }); err != nil {
			return fmt.Errorf("store: migrate: %w", err)
		}
	}
	for _, m := range steps {
		if err := migratePostgresStep(ctx, conn, d, m, sums); err != nil {
			return fmt.Errorf("store: migration %04d_%s: %w", m.version, m.name, err)
		}
		have = m.version
	}
	if err := pgx.BeginFunc(ctx, conn, func(pt pgx.Tx) error { return sums.after(pgStatements{ctx, pt, d}, have) }); err != nil {
		return fmt.Errorf("store: migrate: %w", err)
	}
	return watchPostgres(ctx, conn, sums.schema, have)
}

// pgStatements implements [Statements] on a transaction of pgx.
type pgStatements struct {
	ctx context.Context
	tx  pgx.Tx
	d   *dialect
}

func (s pgStatements) Query(r *Read) error {
	rows, err := s.tx.Query(s.ctx, s.d.text(r.sql), r.args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if err := (&pgTx{}).scan(rows, r); err != nil {
		return err
	}
	return rows.Err()
}

func (s pgStatements) Exec(sql string, a ...any) error {
	_, err := s.tx.Exec(s.ctx, s.d.text(sql), a...)
	return err
}

func migratePostgresStep(ctx context.Context, conn *pgx.Conn, d *dialect, m migration, sums *sumMove) error {
	return pgx.BeginFunc(ctx, conn, func(pt pgx.Tx) error { return runPostgresStep(ctx, pt, d, m, sums) })
}

func runPostgresStep(ctx context.Context, pt pgx.Tx, d *dialect, m migration, sums *sumMove) error {
	script := textColumn.ReplaceAllString(d.openComments(m.sql), `TEXT COLLATE "C"`)
	// The simple protocol allows several statements at once.
	if _, err := pt.Conn().PgConn().Exec(ctx, script).ReadAll(); err != nil {
		return err
	}
	return finishStep(pgStatements{ctx, pt, d}, m, sums)
}
