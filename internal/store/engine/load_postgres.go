package engine

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// intoPostgres does everything in one transaction, the schema included.
func (rows *Content) intoPostgres(ctx context.Context, o Options, schema *Schema) error {
	cfg, err := postgresConfig(o)
	if err != nil {
		return err
	}
	steps, err := schema.steps("postgres")
	if err != nil {
		return err
	}
	conn, err := pgx.ConnectConfig(ctx, cfg.ConnConfig)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	e := &postgresEngine{dialect: &dialect{mark: "pg:", numbered: true}, log: o.logger()}
	if err := e.checkServer(ctx, conn); err != nil {
		return err
	}
	meta := &restoredMeta{now: o.Now()}
	return pgx.BeginFunc(ctx, conn, func(pt pgx.Tx) error {
		if err := emptyDatabase(ctx, pt); err != nil {
			return err
		}
		if _, err := pt.Exec(ctx, createVersions); err != nil {
			return fmt.Errorf("store: migrate: %w", err)
		}
		for _, m := range steps {
			if m.version > rows.Schema {
				break
			}
			if err := runPostgresStep(ctx, pt, e.dialect, m, &sumMove{schema: schema, now: meta.now}); err != nil {
				return fmt.Errorf("store: migration %04d_%s: %w", m.version, m.name, err)
			}
		}
		if err := rows.Tables(func(s *Shape, next func() ([]any, error)) error {
			return copyRows(ctx, pt, s, meta.rows(s, next))
		}); err != nil {
			return err
		}
		if err := meta.sums(pgStatements{ctx, pt, e.dialect}, schema, o.Key, rows.Schema); err != nil {
			return err
		}
		return rows.setCounters(ctx, pt, schema)
	})
}

func emptyDatabase(ctx context.Context, pt pgx.Tx) error {
	if _, err := pt.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	var n int
	if err := pt.QueryRow(ctx, "SELECT count(*) FROM information_schema.tables WHERE table_schema = current_schema()").Scan(&n); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if n > 0 {
		return fmt.Errorf("%w: the database has %d tables; a backup is restored into an empty one", ErrNotEmpty, n)
	}
	return nil
}

func copyRows(ctx context.Context, pt pgx.Tx, s *Shape, next func() ([]any, error)) error {
	_, err := pt.CopyFrom(ctx, pgx.Identifier{s.Name}, s.Columns, pgx.CopyFromFunc(func() ([]any, error) {
		values, err := next()
		for i, v := range values {
			if n, isInt := v.(int64); isInt && s.Kinds[i] == "BOOLEAN" {
				values[i] = n != 0
			}
		}
		return values, err
	}))
	return err
}

func (rows *Content) setCounters(ctx context.Context, pt pgx.Tx, schema *Schema) error {
	all, err := schema.Shapes(rows.Schema)
	if err != nil {
		return err
	}
	for i := range all {
		last := rows.Counters[all[i].Name]
		if all[i].Counter == "" || last == 0 {
			continue
		}
		if _, err := pt.Exec(ctx, "SELECT setval(pg_get_serial_sequence($1, $2), $3)", all[i].Name, all[i].Counter, last); err != nil {
			return fmt.Errorf("store: counter of %s: %w", all[i].Name, err)
		}
	}
	return nil
}
