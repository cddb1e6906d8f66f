package main

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/engine"
)

// placeFlags say what an administration command acts on: data, or a running server.
type placeFlags struct {
	dataFlags   `embed:""`
	remoteFlags `embed:""`
}

// dataFlags say where the data of an installation is.
type dataFlags struct {
	Data     string `placeholder:"DIR" env:"MINGCE_DATA" help:"Folder of the data (SQLite)."`
	Database string `placeholder:"URL" env:"MINGCE_DATABASE" help:"PostgreSQL database instead of a folder: postgres://..."`
}

// options returns the store's options for the flags.
func (p dataFlags) options() (store.Options, error) {
	switch {
	case p.Data != "" && p.Database != "":
		return store.Options{}, usagef("--data and --database exclude each other: both say where the data is")
	case p.Data == "" && p.Database == "":
		return store.Options{}, usagef("say where the data is: --data DIR or --database URL (or, for administration, a running server: --server URL)")
	}
	return store.Options{Dir: p.Data, Database: p.Database}, nil
}

// keyFlag says where the master key is. The key itself may be in the environment, but never
// on the command line, where others could read it.
type keyFlag struct {
	Key string `aliases:"key-file" placeholder:"FILE" env:"MINGCE_KEY_FILE" help:"File of the master key. The key itself may be in MINGCE_KEY instead."`
}

// load returns the master key, or nil if none is given.
func (k keyFlag) load() (*keyring.Master, error) {
	if text := os.Getenv("MINGCE_KEY"); text != "" && k.Key == "" {
		return keyring.ParseMaster(text)
	}
	if k.Key == "" {
		return nil, nil
	}
	return keyring.LoadMaster(k.Key)
}

// require is load for commands that need a key.
func (k keyFlag) require() (*keyring.Master, error) {
	m, err := k.load()
	if m == nil && err == nil {
		err = usagef("no master key: give --key FILE (--key-file FILE where --key is an access key), MINGCE_KEY_FILE or MINGCE_KEY; mingce init makes one")
	}
	return m, err
}

// userDataDir returns where programs store a user's data on this system.
func userDataDir() (string, error) {
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return dir, nil
	}
	if dir := os.Getenv("LOCALAPPDATA"); runtime.GOOS == "windows" && dir != "" {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", usagef("cannot tell the user's data folder; give --data DIR: %w", err)
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Application Support"), nil
	}
	return filepath.Join(home, ".local", "share"), nil
}

// explain adds to an error what the operator can do about it.
func explain(err error) string {
	text := err.Error()
	switch {
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case errors.Is(err, store.ErrWrongKind):
		return text + "\n  Data of mingce dev has published keys and cannot become a production directory, nor the reverse; use another --data or --database."
	case errors.Is(err, store.ErrWrongKey):
		return text + "\n  The data is encrypted with another master key; give the one it was created with (--key FILE)."
	case errors.Is(err, store.ErrLocked):
		return text + "\n  A running mingce has locked the folder. For administration add --server URL --admin-key KEY; for anything else stop it first."
	case errors.Is(err, store.ErrNoData):
		return text + "\n  Is the name right? mingce init creates a new directory, mingce restore one from a backup."
	case errors.Is(err, store.ErrNewerSchema):
		return text + "\n  A newer mingce has already worked on this data; use that version."
	case engine.NoSpace(err) && !strings.Contains(text, "make room"):
		return text + "\n  The disk is full; make room and try again."
	case engine.DiskError(err):
		return text + "\n  The disk does not give or take what it should. The system's log says more; copy the data to another disk."
	}
	return text + explainServer(err)
}

// explainServer tells what helps against errors of a server that was called.
func explainServer(err error) string {
	var refused *apiError
	var called *url.Error
	var network *net.OpError
	switch {
	case errors.As(err, &refused) && refused.status == http.StatusUnauthorized:
		return keyHint
	case !errors.As(err, &called):
		return ""
	case errors.Is(err, http.ErrSchemeMismatch):
		return "\n  The server speaks plain HTTP: write --server http://..."
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return "\n  Nobody this machine trusts made the server's certificate. Of a server with --own-ca, get /_mingce/ca.pem and set SSL_CERT_FILE=ca.pem."
	case errors.As(err, new(x509.HostnameError)):
		return "\n  The server's certificate is for other names: write one of those in --server."
	case errors.As(err, &network) && network.Op == "dial":
		return "\n  No server answers there: is the address right, and is mingce serve running?"
	}
	return ""
}

const keyHint = "\n  Give the key as --admin-key KEY, or in the environment as MINGCE_ADMIN_KEY."
