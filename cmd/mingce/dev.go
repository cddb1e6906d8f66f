package main

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/server"
	"github.com/mingce/mingce/internal/store"
)

type devCommand struct {
	Addr        string  `default:"127.0.0.1:8080" env:"MINGCE_ADDR" help:"Address of plain HTTP (${default})."`
	TLSAddr     string  `name:"tls-addr" default:"127.0.0.1:8443" env:"MINGCE_TLS_ADDR" help:"Address of HTTPS; \"\" turns it off (${default})."`
	BaseURL     string  `name:"base-url" placeholder:"URL" env:"MINGCE_BASE_URL" help:"Base URL of links in messages; the address listened on if not given."`
	Data        string  `placeholder:"DIR" env:"MINGCE_DATA" help:"Folder of the data; mingce-dev in the user's data folder if not given."`
	Ephemeral   bool    `env:"MINGCE_EPHEMERAL" help:"Store the data in a temporary folder that is removed at the end."`
	Database    string  `placeholder:"URL" env:"MINGCE_DATABASE" help:"Store the data in a PostgreSQL database: postgres://..."`
	Expose      bool    `env:"MINGCE_EXPOSE" help:"Allow addresses that other machines can reach (containers). The keys are published, so put no secrets here."`
	VendorHosts bool    `env:"MINGCE_VENDOR_HOSTS" help:"Let the certificate cover the vendors' host names, listed above, for programs whose hosts are hard-coded."`
	Rate        float64 `default:"0" env:"MINGCE_RATE" help:"Calls per second of one app and operation, to test throttling; 0 is unlimited (${default})."`
	Burst       float64 `default:"40" env:"MINGCE_BURST" help:"How many calls may exceed the rate at once (${default})."`
	Strict      bool    `env:"MINGCE_STRICT" help:"Refuse what the vendors tolerate."`

	Limits importLimit `embed:"" prefix:"limits-"`

	logFlags     `embed:""`
	keyFlag      `embed:""`
	messageFlags `embed:""`
}

// Help is printed by -h, before the flags.
func (*devCommand) Help() string {
	return "The vendors' host names of --vendor-hosts: " + strings.Join(server.VendorHosts, ", ") + "."
}

func (c *devCommand) Run(o output) error {
	if err := c.check(); err != nil {
		return err
	}
	key, err := c.load()
	if err != nil {
		return err
	}
	if key == nil {
		key = keyring.DevMaster()
	}
	dir, err := c.dir()
	if err != nil {
		return err
	}
	listening, authority, err := c.listening(dir)
	if err != nil {
		return err
	}
	log := c.log(o.err, slog.LevelWarn)
	listening.Log = log
	s, err := server.Listen(listening)
	if err != nil {
		return err
	}
	carriers, err := c.carriers(log)
	if err != nil {
		return err
	}
	// A channel that is not configured captures its messages.
	sent := instance.Captured()
	maps.Copy(sent, carriers)
	options := instance.Options{Sample: true, Store: store.Options{
		Dir: dir, Ephemeral: c.Ephemeral, Database: c.Database, Key: key, Kind: store.Dev, Log: log,
	}}
	if c.Database != "" {
		options.Store.Dir = ""
	}
	c.apply(&options.Settings, func() string { return c.base(s) })
	ctx, cancel := untilStopped(log)
	defer cancel()
	return operate(ctx, s,
		func(ctx context.Context) (*instance.Instance, error) { return instance.Open(ctx, options) },
		func(i *instance.Instance) error {
			b := banner{http: s.Addr(), https: s.TLSAddr(), data: c.where(dir), certificate: authority != nil}
			samples, err := b.samples()
			if err != nil {
				return err
			}
			config := i.Config(log, version())
			config.Dev, config.Strict, config.AnyHost, config.Pages = true, c.Strict, c.Expose, b.base()
			config.Connections, config.BaseURL = s.Connections, c.BaseURL
			config.ImportBytes = c.Limits.ImportBytes
			config.Rate = server.Rate{PerSecond: c.Rate, Burst: max(c.Burst, 1)}
			config.Endpoints, config.Samples = b.endpoints(), samples
			config.Reset, config.Commands = i.Reset, commandRunner(i)
			if authority != nil {
				config.Authority = authority.PEM
			}
			s.Show(server.New(config))
			return b.print(o.out, samples)
		},
		func(ctx context.Context, i *instance.Instance) func() { return i.StartWork(ctx, sent, log) })
}

// base returns the base URL of links in messages.
func (c *devCommand) base(s *server.Server) string {
	if c.BaseURL != "" {
		return c.BaseURL
	}
	return banner{http: s.Addr(), https: s.TLSAddr()}.base()
}

func (c *devCommand) check() error {
	if c.Ephemeral && (c.Data != "" || c.Database != "") {
		return usagef("--ephemeral stores nothing permanently; it excludes --data and --database")
	}
	if c.Addr == "" && c.TLSAddr == "" {
		return usagef("nothing to listen on: --addr and --tls-addr are both empty")
	}
	for _, addr := range []string{c.Addr, c.TLSAddr} {
		if addr != "" && !c.Expose && !server.IsLoopback(addr) {
			return usagef("%s can be reached from other machines, and the keys of mingce dev are published; "+
				"use 127.0.0.1, or add --expose where the network is closed (a container, a CI job)", addr)
		}
	}
	return nil
}

// dir returns the folder of the data, or of the certificate authority alone if the data is
// in a database; "" with --ephemeral.
func (c *devCommand) dir() (string, error) {
	if c.Ephemeral {
		return "", nil
	}
	if c.Data != "" {
		return filepath.Abs(c.Data)
	}
	base, err := userDataDir()
	return filepath.Join(base, "mingce-dev"), err
}

func (c *devCommand) where(dir string) string {
	switch {
	case c.Ephemeral:
		return "temporary, removed at the end"
	case c.Database != "":
		return "PostgreSQL"
	}
	return dir
}

// listening prepares the addresses and, for HTTPS, the certificate.
func (c *devCommand) listening(dir string) (l server.Listening, a *server.Authority, err error) {
	l = server.Listening{Addr: c.Addr, TLSAddr: c.TLSAddr}
	if c.TLSAddr == "" {
		return l, nil, nil
	}
	if dir == "" {
		a, err = server.NewAuthority(time.Now())
	} else if err = os.MkdirAll(dir, 0o700); err == nil {
		a, err = server.LoadAuthority(dir, time.Now())
	}
	if err != nil {
		return l, nil, err
	}
	var names []string
	if c.VendorHosts {
		names = server.VendorHosts
	}
	certificate, err := a.Issue(time.Now(), names...)
	l.Certificate = &certificate
	return l, a, err
}
