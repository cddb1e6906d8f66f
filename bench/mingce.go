package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// mingce is one installation of the product with its contacts.
type mingce struct {
	*client
	*process
	name string
	dir  string // of the data; "" on PostgreSQL
	args []string
}

// open starts the product on its data.
func (b *bench) open(m *mingce) error {
	addr, err := freePort()
	if err != nil {
		return err
	}
	if m.client == nil {
		m.client = newClient(addr)
		m.contacts, m.names = []string{"123420013632"}, []string{"张三"}
	}
	m.addrIs(addr)
	args := append([]string{"dev", "--addr", addr, "--tls-addr", ""}, m.args...)
	m.process, err = start(b.ctx, addr, filepath.Join(b.work, m.name+".log"), m.get(), b.binary, args...)
	if err == nil {
		b.running = append(b.running, m.process)
	}
	return err
}

func (m *mingce) addrIs(addr string) { m.client.addr = addr }

// seed creates contacts through the API, with 64 connections, so that rows, history and indexes
// are as the product writes them.
func (b *bench) seed(m *mingce, n int) error {
	ids := make([]string, n)
	var next atomic.Int64
	var wait sync.WaitGroup
	failed := make(chan error, 64)
	for range 64 {
		wait.Go(func() {
			if err := m.create(b.ctx, ids, &next); err != nil {
				failed <- err
			}
		})
	}
	wait.Wait()
	select {
	case err := <-failed:
		return fmt.Errorf("seed %s: %w", m.name, err)
	default:
	}
	m.contacts, m.names = ids, make([]string, n)
	for i := range m.names {
		m.names[i] = personName(i)
	}
	return m.seedMessages()
}

func (m *mingce) create(ctx context.Context, ids []string, next *atomic.Int64) error {
	conn, err := dial(m.client.addr)
	if err != nil {
		return err
	}
	defer conn.close()
	r := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	var buf []byte
	for ctx.Err() == nil {
		i := int(next.Add(1)) - 1
		if i >= len(ids) {
			return nil
		}
		buf = m.top(buf[:0], "dingtalk.corp.extcontact.create",
			parameter{"contact", contactText(r, personName(i), fmt.Sprintf(`"state_code":"86","mobile":"139%08d","company_name":"%s",`, i, companyName(i)))})
		status, body, err := conn.exchange(buf)
		if err != nil {
			return err
		}
		var answer struct {
			Response struct {
				Result struct {
					UserID string `json:"userid"`
				} `json:"result"`
			} `json:"dingtalk_corp_extcontact_create_response"`
		}
		if err := json.Unmarshal(body, &answer); err != nil || answer.Response.Result.UserID == "" {
			return fmt.Errorf("status %d: %.300s", status, body)
		}
		ids[i] = answer.Response.Result.UserID
	}
	return ctx.Err()
}

// messageContacts is well below the vendor's limit of 200.
const messageContacts = 100

func (m *mingce) seedMessages() error {
	letters := "abcdefghij"
	for i := range messageContacts {
		name := "bench" + string(letters[i/10]) + string(letters[i%10])
		add := &target{addr: m.client.addr, right: isOK, request: func(dst []byte, _ *rand.Rand) []byte {
			return m.rpc(dst, "AddMessageContact", parameter{"Name", name}, parameter{"Title", "Other"},
				parameter{"MessageTypes", `["AccountExpenses"]`}, parameter{"EmailAddress", name + "@example.com"})
		}}
		body, err := add.once()
		if err != nil {
			return fmt.Errorf("AddMessageContact: %w", err)
		}
		var answer struct {
			Contact   struct{ ContactId string }
			ContactId string
		}
		if err := json.Unmarshal(body, &answer); err != nil {
			return err
		}
		id := answer.ContactId + answer.Contact.ContactId
		if id == "" {
			return fmt.Errorf("AddMessageContact: no id in %.300s", body)
		}
		m.messages = append(m.messages, id)
	}
	return nil
}

// audited compares the history with the acknowledged calls. The server must be stopped. Calls
// whose answer was lost may have an additional entry.
func (b *bench) audited(m *mingce, bad int) error {
	calls := map[string]int64{apiUpdate: m.updates.Load(), apiMessage: m.messageUpdates.Load(), apiGrant: m.grants.Load()}
	for _, api := range slices.Sorted(maps.Keys(calls)) {
		want := calls[api]
		got, err := countAudit(filepath.Join(m.dir, "mingce.db"), api)
		if err != nil {
			return err
		}
		b.checks = append(b.checks, check{m.name, api, want, got, got >= want && got <= want+int64(bad)})
	}
	return nil
}

// check is one comparison of the history with the acknowledged calls.
type check struct {
	side, api string
	acked     int64
	entries   int64
	good      bool
}

// countAudit counts the entries of one operation in the file of a stopped server.
func countAudit(path, api string) (n int64, err error) {
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	err = sqlitex.Execute(conn, "SELECT count(*) FROM audit WHERE api = ?", &sqlitex.ExecOptions{Args: []any{api}, ResultFunc: func(st *sqlite.Stmt) error {
		n = st.ColumnInt64(0)
		return nil
	}})
	return n, err
}

// sqliteVersion returns the version of SQLite, which the product's driver has too.
func sqliteVersion() string { return sqlite.Version }
