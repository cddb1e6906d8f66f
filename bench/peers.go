package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
)

// peer is another program that is measured.
type peer struct {
	*process
	name string
	args func(addr string) []string
	addr string
	// token authorises calls to PocketBase.
	token string
	count int
	acked atomic.Int64 // updates
}

func (b *bench) wants(name string) bool { return slices.Contains(strings.Split(b.peers, ","), name) }

func (b *bench) openPeer(p *peer) error {
	addr, err := freePort()
	if err != nil {
		return err
	}
	p.addr = addr
	args := p.args(addr)
	p.process, err = start(b.ctx, addr, filepath.Join(b.work, p.name+".log"), p.get(), args[0], args[1:]...)
	if err == nil {
		b.running = append(b.running, p.process)
	}
	return err
}

// pocketbase builds and fills PocketBase; nil if that is not to be had.
func (b *bench) pocketbase() (*peer, error) {
	const name = "pocketbase"
	if !b.wants(name) {
		b.skip("PocketBase: not asked for")
		return nil, nil
	}
	binary, data := filepath.Join(b.work, name), filepath.Join(b.work, "pb")
	b.say("build and fill PocketBase")
	if err := build(b.ctx, "peers/pocketbase", ".", binary); err != nil {
		b.skip("PocketBase: it could not be built: %.200s", err)
		return nil, nil
	}
	if err := b.weigh(name, binary); err != nil {
		return nil, err
	}
	// --dev=false: otherwise a program in a temporary folder prints every statement.
	out, err := exec.CommandContext(b.ctx, binary, "--dev=false", "--dir", data, "seed", fmt.Sprint(b.large)).Output()
	if err != nil {
		return nil, fmt.Errorf("fill PocketBase: %w", err)
	}
	_, token, ok := strings.Cut(string(out), "token ")
	if !ok {
		return nil, fmt.Errorf("fill PocketBase: no token in %.200q", out)
	}
	return &peer{name: name, token: strings.TrimSpace(token), count: b.large, args: func(addr string) []string {
		return []string{binary, "--dev=false", "--dir", data, "serve", "--http", addr}
	}}, nil
}

func (p *peer) path(r *rand.Rand) string {
	return fmt.Sprintf("/api/collections/contacts/records/con%012d", r.IntN(p.count))
}

func (p *peer) headers() string {
	return "Content-Type: application/json\r\nAuthorization: " + p.token + "\r\n"
}

func (p *peer) update() *target {
	return &target{addr: p.addr, right: isOK, acked: &p.acked, request: func(dst []byte, r *rand.Rand) []byte {
		n := r.IntN(1e6)
		body := fmt.Appendf(nil, `{"name":"张三","title":"工程师 %d","address":"杭州市余杭区文一西路 %d 号","remark":"changed %d","follower":"emp000000000001","labels":["lab000000000001","lab000000000003"]}`,
			n%977, n, n)
		return appendCall(dst, "PATCH", p.path(r), p.addr, p.headers(), body)
	}}
}

func (p *peer) get() *target {
	return &target{addr: p.addr, right: isOK, request: func(dst []byte, r *rand.Rand) []byte {
		return appendCall(dst, "GET", p.path(r), p.addr, p.headers(), nil)
	}}
}

// auditedPeer compares what PocketBase's hook wrote with what was acknowledged.
func (b *bench) auditedPeer(p *peer) error {
	if p == nil {
		return nil
	}
	t := &target{addr: p.addr, right: isOK, request: func(dst []byte, _ *rand.Rand) []byte {
		return appendCall(dst, "GET", "/api/collections/audit/records?perPage=1", p.addr, p.headers(), nil)
	}}
	body, err := t.once()
	if err != nil {
		return fmt.Errorf("entries of PocketBase: %w", err)
	}
	var answer struct{ TotalItems int64 }
	if err := json.Unmarshal(body, &answer); err != nil {
		return err
	}
	want, n := p.acked.Load(), answer.TotalItems
	b.checks = append(b.checks, check{"PocketBase", "update", want, n, n >= want && n <= want+int64(b.bad(sidePeer))})
	return nil
}

// mocks are the servers that other people use in our place in tests. They come
// from npm; `npm ci` in peers/node installs them.
var mocks = []struct {
	name string
	args []string // ADDR, PORT and WORK are replaced
}{
	{"express", []string{"node", "express.js", "PORT"}},
	{"prism", []string{"node_modules/.bin/prism", "mock", "-h", "127.0.0.1", "-p", "PORT", "openapi.json"}},
	{"mockoon", []string{"node_modules/.bin/mockoon-cli", "start", "--data", "mockoon.json", "--port", "PORT", "--disable-log-to-file"}},
	{"json-server", []string{"node_modules/.bin/json-server", "--host", "127.0.0.1", "--port", "PORT", "--quiet", "WORK/json-server.json"}},
}

// measureMocks compares the update with mocks. Each runs alone beside the
// product, since some of them keep a processor busy.
func (b *bench) measureMocks(m *mingce) error {
	dir, err := filepath.Abs("peers/node")
	if err != nil {
		return err
	}
	if err := b.writeMockData(); err != nil {
		return err
	}
	b.versions = append(b.versions, mockVersions(dir)...)
	for _, mock := range mocks {
		if !b.wants(mock.name) {
			b.skip("%s: not asked for", mock.name)
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, "node_modules", ".bin")); err != nil {
			b.skip("%s: not installed (npm ci in bench/peers/node)", mock.name)
			continue
		}
		if err := b.measureMock(dir, mock.name, mock.args, m); err != nil {
			b.skip("%s: %.300s", mock.name, err)
		}
	}
	return nil
}

func (b *bench) measureMock(dir, name string, args []string, m *mingce) error {
	addr, err := freePort()
	if err != nil {
		return err
	}
	_, port, _ := strings.Cut(addr, ":")
	filled := make([]string, len(args))
	for i, a := range args {
		filled[i] = strings.NewReplacer("PORT", port, "WORK", b.work).Replace(a)
	}
	if strings.Contains(filled[0], "/") {
		filled[0] = filepath.Join(dir, filled[0])
	}
	update := &target{addr: addr, right: func(status int, _ []byte) bool { return status == 200 }, request: func(dst []byte, r *rand.Rand) []byte {
		body := contactText(r, "张三", `"user_id":"1",`)
		return appendCall(dst, "PUT", fmt.Sprint("/contacts/", 1+r.IntN(1000)), addr,
			"Content-Type: application/json\r\nx-acs-dingtalk-access-token: token\r\n", []byte(body))
	}}
	p, err := startIn(b.ctx, dir, addr, filepath.Join(b.work, name+".log"), update, filled[0], filled[1:]...)
	if err != nil {
		return err
	}
	b.running = append(b.running, p)
	err = b.hold(&race{title: name, dur: b.dur / 2, conns: b.conns, note: "The update with a token, and the mock's.",
		entries: []entry{{name: sideUpdate, side: m.update(false), of: m.process}, {name: name, side: update, of: p}}})
	if stop := p.stop(); err == nil {
		err = stop
	}
	return err
}

func (b *bench) writeMockData() error {
	var list []string
	for i := range 1000 {
		list = append(list, fmt.Sprintf(`{"id":%d,"title":"t"}`, i+1))
	}
	return os.WriteFile(filepath.Join(b.work, "json-server.json"), []byte(`{"contacts":[`+strings.Join(list, ",")+`]}`), 0o600)
}
