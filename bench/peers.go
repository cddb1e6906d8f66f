package main

import (
	"encoding/json"
	"errors"
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

// pocketbase builds and fills PocketBase. It returns nil if that is not possible.
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

// auditedPeer compares what PocketBase's hook wrote with the acknowledged calls.
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

// Names of the comparison with a mock and its side.
const (
	raceExpress = "Express"
	sideExpress = "Express mock"
)

// measureExpress compares the update with a mock of the kind that people write for tests
// instead of using Mingce. `npm ci` in peers/node installs what it needs.
func (b *bench) measureExpress(m *mingce) error {
	if !b.wants("express") {
		b.skip("Express: not asked for")
		return nil
	}
	const dir = "peers/node"
	if _, err := os.Stat(filepath.Join(dir, "node_modules", "express")); err != nil {
		b.skip("Express: not installed (npm ci in bench/peers/node)")
		return nil
	}
	addr, err := freePort()
	if err != nil {
		return err
	}
	_, port, _ := strings.Cut(addr, ":")
	update := &target{addr: addr, right: isOK, request: func(dst []byte, r *rand.Rand) []byte {
		body := contactText(r, "张三", `"user_id":"1",`)
		return appendCall(dst, "PUT", fmt.Sprint("/contacts/", 1+r.IntN(1000)), addr,
			"Content-Type: application/json\r\nx-acs-dingtalk-access-token: token\r\n", []byte(body))
	}}
	p, err := startIn(b.ctx, dir, addr, filepath.Join(b.work, "express.log"), update, "node", "express.js", port)
	if err != nil {
		b.skip("Express: %.300s", err)
		return nil
	}
	b.running = append(b.running, p)
	b.versions = append(b.versions, "express "+expressVersion(dir))
	err = b.hold(&race{title: raceExpress, dur: b.dur / 2, conns: b.conns, note: "The update with a token, and the mock's.",
		entries: []entry{{name: sideUpdate, side: m.update(), of: m.process}, {name: sideExpress, side: update, of: p}}})
	return errors.Join(err, p.stop())
}

// expressVersion returns the version that npm installed.
func expressVersion(dir string) string {
	var lock struct {
		Packages map[string]struct{ Version string }
	}
	text, err := os.ReadFile(filepath.Join(dir, "package-lock.json"))
	if err != nil || json.Unmarshal(text, &lock) != nil {
		return ""
	}
	return lock.Packages["node_modules/express"].Version
}
