package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/url"
	"path/filepath"
	"time"

	"github.com/alecthomas/kong"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/console"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/notify"
	"github.com/mingce/mingce/internal/server"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/engine"
)

type serveCommand struct {
	Config      kong.ConfigFlag `placeholder:"FILE" env:"MINGCE_CONFIG" help:"JSON file with any of these settings."`
	Addr        string          `default:"127.0.0.1:8080" env:"MINGCE_ADDR" help:"Address to listen on (${default}); unix:PATH for a Unix socket, systemd or systemd:NAME for a socket of the service manager."`
	BaseURL     string          `name:"base-url" placeholder:"URL" env:"MINGCE_BASE_URL" help:"URL at which people reach this server, such as https://contacts.example.com; the base of all links."`
	TLSCert     string          `name:"tls-cert" placeholder:"FILE" env:"MINGCE_TLS_CERT" help:"Certificate chain (PEM); a renewed one is loaded without a restart."`
	TLSKey      string          `name:"tls-key" placeholder:"FILE" env:"MINGCE_TLS_KEY" help:"Key of the certificate (PEM)."`
	OwnCA       bool            `name:"own-ca" env:"MINGCE_OWN_CA" help:"HTTPS with a certificate of the installation's own authority, which is stored in the folder of --data."`
	BehindProxy bool            `env:"MINGCE_BEHIND_PROXY" help:"A proxy terminates TLS and says in X-Forwarded-For or Forwarded who calls; it is served plain HTTP."`
	Trusted     []string        `name:"trusted-proxies" placeholder:"LIST" env:"MINGCE_TRUSTED_PROXIES" help:"Comma-separated addresses and networks of the proxies in front: only these are trusted, however many a call passes through. Implies --behind-proxy."`
	OpenMetrics bool            `name:"metrics-open" env:"MINGCE_METRICS_OPEN" help:"Show /metrics to everybody, not only to this machine and holders of an admin key."`
	Rate        float64         `default:"20" env:"MINGCE_RATE" help:"Calls per second of one app and operation; 0 is unlimited (${default})."`
	Burst       float64         `default:"40" env:"MINGCE_BURST" help:"How many calls may exceed the rate at once (${default})."`
	Strict      bool            `env:"MINGCE_STRICT" help:"Refuse what the vendors tolerate."`

	dataFlags `embed:""`
	logFlags  `embed:""`
	keyFlag   `embed:""`

	messageFlags `embed:""`

	Limits      limitFlags      `embed:"" prefix:"limits-"`
	Events      eventsFlags     `embed:"" prefix:"events-"`
	Federation  federationFlags `embed:"" prefix:"federation-"`
	Contacts    contactsFlags   `embed:"" prefix:"contacts-"`
	Employees   employeesFlags  `embed:"" prefix:"employees-"`
	Invitations invitationFlags `embed:"" prefix:"directory-"`
	OrgNumbers  orgNumberFlags  `embed:"" prefix:"org-"`
	Bin         binFlags        `embed:"" prefix:"bin-"`
}

type binFlags struct {
	Retention time.Duration `default:"720h" env:"MINGCE_BIN_RETENTION" help:"How long deleted objects can be restored (${default})."`
}

// invitationFlags limit invitations to a resource directory; dev has no such limits.
type invitationFlags struct {
	PerDay int64         `name:"max-invitations-per-day" default:"20" env:"MINGCE_DIRECTORY_MAX_INVITATIONS_PER_DAY" help:"Invitations of accounts to a resource directory in 24 hours; 0 is unlimited (${default})."`
	Pause  time.Duration `name:"invitation-pause" default:"1m" env:"MINGCE_DIRECTORY_INVITATION_PAUSE" help:"Time between two invitations of one account to a directory; 0 is none (${default})."`
}

type limitFlags struct {
	importLimit `embed:""`
	Connections int   `default:"8192" env:"MINGCE_LIMITS_CONNECTIONS" help:"Open connections at most (${default}). Beyond that, the ones that have waited longest for their client are closed."`
	PerAddress  int   `default:"1024" env:"MINGCE_LIMITS_PER_ADDRESS" help:"Open connections of one address at most, except this machine's and trusted proxies' (${default})."`
	Receiving   int64 `default:"64" env:"MINGCE_LIMITS_RECEIVING" help:"MiB of memory for requests, from the first byte to the answer (${default}). Beyond that, the slowest senders are cut off."`
	Unread      int64 `default:"32" env:"MINGCE_LIMITS_UNREAD" help:"MiB of memory for answers that clients have not read yet (${default}). Beyond that, the slowest readers are cut off."`
}

// importLimit is a limit that mingce dev has, too.
type importLimit struct {
	ImportBytes int64 `default:"20971520" env:"MINGCE_LIMITS_IMPORT_BYTES" help:"Size of a file that is imported over HTTP, in bytes (${default})."`
}

func (l limitFlags) check() error {
	if l.Connections < 1 || l.PerAddress < 1 || l.Receiving < 4 || l.Unread < 4 {
		return usagef("--limits-connections and --limits-per-address must be at least 1, --limits-receiving and --limits-unread at least 4 (MiB)")
	}
	return nil
}

type eventsFlags struct {
	AllowPrivate bool `env:"MINGCE_EVENTS_ALLOW_PRIVATE" help:"Also push events to addresses of this machine and of private networks."`
}

type federationFlags struct {
	AllowUnknownCorpIDs bool `name:"allow-unknown-corp-ids" env:"MINGCE_FEDERATION_ALLOW_UNKNOWN_CORP_IDS" help:"Accept corp ids in toCorpIds that this server does not know."`
}

type employeesFlags struct {
	RequireConsent bool `env:"MINGCE_EMPLOYEES_REQUIRE_CONSENT" help:"Refuse to let apps add a normal account for a person whose consent was not recorded (40103; see mingce consent)."`
}

type orgNumberFlags struct {
	StateCode string `default:"86" env:"MINGCE_ORG_STATE_CODE" help:"Country code of phone numbers that are written without one (${default})."`
}

type contactsFlags struct {
	AllowMobileUpdate bool  `env:"MINGCE_CONTACTS_ALLOW_MOBILE_UPDATE" help:"Let updates of external contacts change the mobile."`
	LenientPaging     bool  `env:"MINGCE_CONTACTS_LENIENT_PAGING" help:"Treat page sizes of external contacts above 100 as 100 instead of refusing them."`
	Max               int64 `env:"MINGCE_CONTACTS_MAX" help:"External contacts of an organisation at most; 0 is unlimited."`
}

func (c *serveCommand) Run(o output) error {
	place, err := c.options()
	if err != nil {
		return err
	}
	if place.Key, err = c.require(); err != nil {
		return err
	}
	// Check before anything is created there: a mistyped folder must not become a new, empty
	// directory.
	place.Existing = true
	if err := engine.CheckExisting(place); err != nil {
		return err
	}
	log := c.log(o.err, slog.LevelInfo)
	if err := c.Limits.check(); err != nil {
		return err
	}
	if !directory.IsCountryCode(c.OrgNumbers.StateCode) {
		return usagef("--org-state-code %s: no country has this code; write it without a plus, such as 86", c.OrgNumbers.StateCode)
	}
	trusted, err := server.ParseProxies(c.Trusted)
	if err != nil {
		return usagef("--trusted-proxies: %v", err)
	}
	c.BehindProxy = c.BehindProxy || len(trusted) > 0
	listening, authority, err := c.listening(log)
	if err != nil {
		return err
	}
	listening.Trusted = trusted
	listening.Limits = server.ConnectionLimits{Total: c.Limits.Connections, PerAddress: c.Limits.PerAddress}
	place.Kind, place.Log, listening.Log = store.Serve, log, log
	s, err := server.Listen(listening)
	if err != nil {
		return err
	}
	base, hosts, err := c.base(s)
	if err != nil {
		return err
	}
	found, err := c.carriers(log)
	if err != nil {
		return err
	}
	carriers := map[string]notify.Carrier{
		directory.EmailChannel: notify.Absent("no mail server is configured (--mail-host)"),
		directory.SMSChannel:   notify.Absent("no provider of text messages is configured (--sms-driver)"),
	}
	maps.Copy(carriers, found)
	settings := c.settings()
	c.apply(&settings, func() string { return base })
	ctx, cancel := untilStopped(log)
	defer cancel()
	return operate(ctx, s,
		func(ctx context.Context) (*instance.Instance, error) {
			return instance.Open(ctx, instance.Options{Store: place, Settings: settings, PrivateReceivers: c.Events.AllowPrivate})
		},
		func(i *instance.Instance) error {
			config := i.Config(log, version())
			config.BaseURL, config.Unnamed, config.Hosts = base, c.BaseURL == "", hosts
			config.BehindProxy, config.Strict = c.BehindProxy, c.Strict
			config.Trusted, config.OpenMetrics, config.Connections = trusted, c.OpenMetrics, s.Connections
			config.Receiving, config.Unread = c.Limits.Receiving<<20, c.Limits.Unread<<20
			config.ImportBytes = c.Limits.ImportBytes
			config.Rate = server.Rate{PerSecond: c.Rate, Burst: max(c.Burst, 1)}
			config.Endpoints = []console.Endpoint{{Name: api.Text{Zh: "全部接口", En: "All APIs"}, URL: base}}
			config.Commands = commandRunner(i)
			if authority != nil {
				config.Authority = authority.PEM
			}
			s.Show(server.New(config))
			log.Info("started", "version", version(), "addr", c.Addr, "base", base)
			_, err := fmt.Fprintf(o.out, "mingce serve is ready: %s\n", base)
			return err
		},
		func(ctx context.Context, i *instance.Instance) func() { return i.StartWork(ctx, carriers, log) })
}

func (c *serveCommand) settings() directory.Settings {
	return directory.Settings{
		AllowUnknownCorpIDs:  c.Federation.AllowUnknownCorpIDs,
		AllowMobileUpdate:    c.Contacts.AllowMobileUpdate,
		MaxContacts:          c.Contacts.Max,
		LenientPaging:        c.Contacts.LenientPaging,
		RequireConsent:       c.Employees.RequireConsent,
		HomeCountry:          c.OrgNumbers.StateCode,
		MaxInvitationsPerDay: c.Invitations.PerDay,
		InvitationPause:      c.Invitations.Pause,
		BinRetention:         c.Bin.Retention,
	}
}

// listening chooses how traffic is protected: a certificate, our own authority, a proxy in
// front, or an address that only this machine can reach.
func (c *serveCommand) listening(log *slog.Logger) (server.Listening, *server.Authority, error) {
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return server.Listening{}, nil, usagef("--tls-cert and --tls-key go together")
	case c.TLSCert != "":
		files, err := server.OpenCertificate(c.TLSCert, c.TLSKey, time.Now, log)
		return server.Listening{TLSAddr: c.Addr, Files: files}, nil, err
	case c.OwnCA:
		return c.ownAuthority()
	case c.BehindProxy, server.IsLocal(c.Addr):
		return server.Listening{Addr: c.Addr}, nil, nil
	}
	return server.Listening{}, nil, usagef("%s can be reached from other machines: give --tls-cert and --tls-key, "+
		"or --own-ca, or --behind-proxy if a proxy terminates TLS", c.Addr)
}

func (c *serveCommand) ownAuthority() (server.Listening, *server.Authority, error) {
	if c.Data == "" {
		return server.Listening{}, nil, usagef("--own-ca stores its authority in the folder of --data; with --database use --tls-cert and --tls-key")
	}
	var names []string
	if u, err := url.Parse(c.BaseURL); err == nil && u.Hostname() != "" {
		names = append(names, u.Hostname())
	}
	a, err := server.LoadAuthority(filepath.Clean(c.Data), time.Now(), names...)
	if err != nil {
		return server.Listening{}, nil, err
	}
	certificate, err := a.Issue(time.Now(), names...)
	return server.Listening{TLSAddr: c.Addr, Certificate: &certificate}, a, err
}

// base returns the base URL of links, and the host names that the console answers under. It
// is never taken from a request, because the sender could choose it.
func (c *serveCommand) base(s *server.Server) (base string, hosts []string, err error) {
	if c.BaseURL == "" {
		if !server.IsLoopback(c.Addr) {
			return "", nil, usagef("give --base-url: error answers contain links, which need the address that people use")
		}
		if s.Addr() == "" {
			return "https://" + s.TLSAddr(), nil, nil
		}
		return "http://" + s.Addr(), nil, nil
	}
	u, err := url.Parse(c.BaseURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.RawQuery != "" || u.Fragment != "" {
		return "", nil, usagef("--base-url: %q is not like https://contacts.example.com", c.BaseURL)
	}
	if _, err := server.BasePath(c.BaseURL); err != nil {
		return "", nil, usagef("--base-url: %q: %v", c.BaseURL, err)
	}
	return c.BaseURL, []string{u.Hostname()}, nil
}
