package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	sidePG      = "Mingce on PostgreSQL"
	sidePlain   = "seven statements, behind HTTP"
	postgresMax = 24 // connections, as the product's
)

// The statements of the other side.
const (
	plainContactRow = `SELECT title, company_name, address, remark FROM contact WHERE org = $1 AND id = $2 FOR UPDATE`
	plainEmployee   = "SELECT user_id FROM employee WHERE org = $1 AND user_id = $2"
	plainLabels     = "SELECT id FROM label WHERE org = $1 AND id IN ($2, $3)"
	plainUpdate     = `UPDATE contact SET name = $1, title = $2, company_name = $3, address = $4, remark = $5, label_ids = $6, updated_at = $7
		WHERE org = $8 AND id = $9`
	plainAudit = `INSERT INTO audit (org, at, actor, api, request_id, noun, object, action, old_values, new_values)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`
)

// sealedSize is what encryption adds to the values of an entry.
const sealedSize = 30

// values is the JSON of one side of an audit entry, as long as the product's.
func values(title, address, remark string) []byte {
	b := fmt.Appendf(nil, `{"address":%q,"remark":%q,"title":%q}`, address, remark, title)
	return append(b, make([]byte, sealedSize)...)
}

// measurePostgres compares the product on PostgreSQL with the same transaction as most programs
// would write it: BEGIN, three reads, two writes and COMMIT, each with its round trip. The other
// side is called over HTTP too, but has no authentication, no rules and no encryption.
func (b *bench) measurePostgres() (err error) {
	if b.postgres == "" {
		b.skip("PostgreSQL: MINGCE_TEST_POSTGRES does not name a server")
		return nil
	}
	database, drop, err := makeDatabase(b.ctx, b.postgres)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	m := &mingce{name: "postgres", args: []string{"--database", database}}
	if err := b.open(m); err != nil {
		return err
	}
	count := min(b.large, 10_000)
	b.say("%d contacts through the API on PostgreSQL", count)
	if err := b.seed(m, count); err != nil {
		return err
	}
	plain, stop, err := servePlain(b.ctx, database, m.client)
	if err != nil {
		return err
	}
	defer stop()
	r := &race{title: "PostgreSQL", dur: b.dur, conns: []int{64}, note: fmt.Sprintf("%d contacts, one database for both sides.", count),
		entries: []entry{{name: sidePG, side: m.update()}, {name: sidePlain, side: plain}}}
	if err := b.hold(r); err != nil {
		return err
	}
	if err := m.stop(); err != nil {
		return err
	}
	want := m.updates.Load()
	got, err := countPostgresAudit(b.ctx, database)
	b.checks = append(b.checks, check{m.name, apiUpdate, want, got, got >= want && got <= want+int64(b.bad(sidePG))})
	return err
}

// makeDatabase makes an empty database on the server.
func makeDatabase(ctx context.Context, server string) (database string, drop func() error, err error) {
	u, err := url.Parse(server)
	if err != nil {
		return "", nil, errors.New("MINGCE_TEST_POSTGRES is not a URL") // it may hold a password
	}
	name := fmt.Sprintf("mingce_bench_%d", os.Getpid())
	admin := func(ctx context.Context, sql string) error {
		conn, err := pgx.Connect(ctx, server)
		if err != nil {
			return err
		}
		_, err = conn.Exec(ctx, sql)
		return errors.Join(err, conn.Close(ctx))
	}
	u.Path = "/" + name
	return u.String(), func() error {
		return admin(context.WithoutCancel(ctx), "DROP DATABASE "+name+" WITH (FORCE)")
	}, admin(ctx, "CREATE DATABASE "+name)
}

func countPostgresAudit(ctx context.Context, database string) (n int64, err error) {
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return 0, err
	}
	err = conn.QueryRow(ctx, "SELECT count(*) FROM audit WHERE api = $1", apiUpdate).Scan(&n)
	return n, errors.Join(err, conn.Close(ctx))
}

// servePlain starts the other side and returns the calls to it.
func servePlain(ctx context.Context, database string, c *client) (*target, func(), error) {
	cfg, err := pgxpool.ParseConfig(database)
	if err != nil {
		return nil, nil, err
	}
	cfg.MaxConns = postgresMax
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		pool.Close()
		return nil, nil, err
	}
	server := &http.Server{Handler: plain{pool}, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(listener) }()
	other := *c
	other.addr = listener.Addr().String()
	t := other.update()
	t.acked = nil
	return t, func() { _ = server.Close(); pool.Close() }, nil
}

type plain struct{ pool *pgxpool.Pool }

type plainContact struct {
	UserID   string `json:"user_id"`
	Name     string
	Follower string  `json:"follower_user_id"`
	Labels   []int64 `json:"label_ids"`
	Title    string
	Address  string
	Remark   string
}

func (p plain) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var c plainContact
	body, err := io.ReadAll(r.Body)
	if err == nil {
		var form url.Values
		if form, err = url.ParseQuery(string(body)); err == nil {
			err = json.Unmarshal([]byte(form.Get("contact")), &c)
		}
	}
	if err == nil {
		err = pgx.BeginFunc(r.Context(), p.pool, func(tx pgx.Tx) error { return p.update(r.Context(), tx, c) })
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = io.WriteString(w, `{"success":true}`)
}

// update is five statements; BEGIN and COMMIT make seven.
func (p plain) update(ctx context.Context, tx pgx.Tx, c plainContact) error {
	var title, company, address, remark *string
	if err := tx.QueryRow(ctx, plainContactRow, sampleOrg, c.UserID).Scan(&title, &company, &address, &remark); err != nil {
		return err
	}
	var one string
	if err := tx.QueryRow(ctx, plainEmployee, sampleOrg, c.Follower).Scan(&one); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, plainLabels, sampleOrg, c.Labels[0], c.Labels[1])
	if err != nil {
		return err
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil || len(found) != 2 {
		return errors.Join(err, errors.New("labels are missing"))
	}
	text := func(p *string) string {
		if p == nil {
			return ""
		}
		return *p
	}
	now := time.Now().UnixMilli()
	if _, err := tx.Exec(ctx, plainUpdate, c.Name, c.Title, text(company), c.Address, c.Remark, "[1,3]", now, sampleOrg, c.UserID); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, plainAudit, sampleOrg, now, "app", "plain", "0123456789ab", "contact", c.UserID, "update",
		values(text(title), text(address), text(remark)), values(c.Title, c.Address, c.Remark))
	return err
}
