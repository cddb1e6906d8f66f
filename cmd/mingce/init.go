package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
)

type initCommand struct {
	OrgName   string `required:"" placeholder:"NAME" help:"Name of the first organisation."`
	Org       string `placeholder:"CORPID" help:"Its corp id; generated if not given."`
	AdminUser string `default:"admin" placeholder:"USERID" help:"User id of its administrator (${default})."`
	AdminName string `default:"管理员" placeholder:"NAME" help:"Name of the administrator (${default})."`
	AppName   string `default:"默认应用" placeholder:"NAME" help:"Name of its first app (${default})."`
	Config    string `default:"mingce.json" placeholder:"FILE" help:"Configuration file to write (${default})."`
	Addr      string `default:"127.0.0.1:8080" help:"Address that serve listens on (${default})."`
	BaseURL   string `name:"base-url" placeholder:"URL" help:"URL at which people reach the server."`
	Data      string `placeholder:"DIR" help:"Folder of the data; mingce-data next to the configuration if not given."`
	Database  string `placeholder:"URL" help:"PostgreSQL database instead of a folder."`
	Key       string `placeholder:"FILE" help:"Master key file to create; mingce.key next to the configuration if not given."`
}

func (c *initCommand) Run(o output) error {
	if err := c.complete(); err != nil {
		return err
	}
	if _, err := os.Lstat(c.Config); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s exists already; init never overwrites", c.Config)
	}
	if _, err := keyring.CreateMasterFile(c.Key); err != nil {
		return err
	}
	place := store.Options{Dir: c.Data, Database: c.Database}
	return onKind(place, keyFlag{c.Key}, func(ctx context.Context, i *instance.Instance) error {
		made, err := c.populate(ctx, i)
		if err != nil {
			return err
		}
		if err := c.writeConfig(); err != nil {
			return err
		}
		p := &printTo{w: o.out}
		p.line("configuration    %s", c.Config)
		p.line("master key       %s   (store a copy elsewhere: without it the data is lost)", c.Key)
		p.line("corpId           %s", c.Org)
		p.line("appKey           %s", made.app.Key)
		p.line("appSecret        %s", made.app.Secret.Reveal())
		p.line("AccessKeyId      %s", made.key.ID)
		p.line("AccessKeySecret  %s", made.key.Secret.Reveal())
		p.line("admin key        %s", made.admin.AdminToken())
		p.line("")
		p.line("The secrets are shown only now. Start with: mingce serve --config %s", c.Config)
		return p.err
	})
}

func (c *initCommand) complete() error {
	if c.Data != "" && c.Database != "" {
		return usagef("--data and --database exclude each other: both say where the data is")
	}
	dir := filepath.Dir(c.Config)
	if c.Data == "" && c.Database == "" {
		c.Data = filepath.Join(dir, "mingce-data")
	}
	if c.Key == "" {
		c.Key = filepath.Join(dir, "mingce.key")
	}
	if c.Org == "" {
		c.Org = newCorpID()
	}
	return nil
}

type populated struct {
	app        directory.App
	key, admin directory.AccessKey
}

func (c *initCommand) populate(ctx context.Context, i *instance.Instance) (made populated, err error) {
	s := i.Directory.Session(directory.CommandLine(c.Org), "mingce init", "")
	if err = s.CreateOrg(ctx, c.OrgName, directory.Employee{UserID: c.AdminUser, Name: c.AdminName}); err != nil {
		return made, err
	}
	if _, err = s.EnableResourceDirectory(ctx); err != nil {
		return made, err
	}
	made.app, err = s.CreateApp(ctx, directory.App{
		Name: c.AppName, AgentID: 1, Permissions: []string{directory.AllPermissions}, Scope: directory.Scope{All: true},
	})
	if err != nil {
		return made, err
	}
	if made.key, err = s.CreateAccessKey(ctx, c.AdminName, directory.PolicyFullAccess); err != nil {
		return made, err
	}
	made.admin, err = s.CreateAccessKey(ctx, c.AdminName, directory.PolicyServerAdministrator)
	return made, err
}

// writeConfig writes absolute paths, so that serve can be started in any folder.
func (c *initCommand) writeConfig() error {
	settings := map[string]any{"addr": c.Addr}
	for name, v := range map[string]string{"baseUrl": c.BaseURL, "database": c.Database} {
		if v != "" {
			settings[name] = v
		}
	}
	for name, path := range map[string]string{"data": c.Data, "key": c.Key} {
		if path == "" {
			continue
		}
		full, err := filepath.Abs(path)
		if err != nil {
			return err
		}
		settings[name] = full
	}
	text, err := json.MarshalIndent(settings, "", "  ")
	if err != nil {
		return err
	}
	// A database URL may contain a password, so only the owner may read the file.
	f, err := os.OpenFile(c.Config, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	return errors.Join(err, f.Sync(), f.Close())
}
