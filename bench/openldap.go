package main

import (
	"bufio"
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-ldap/ldap/v3"
)

// Names of the comparison with OpenLDAP and its sides.
const (
	raceLDAP = "OpenLDAP"
	sideLDAP = "OpenLDAP modify, accesslog"
)

const (
	ldapSuffix = "dc=example,dc=com"
	ldapBase   = "ou=contacts," + ldapSuffix
	ldapLog    = "cn=log"
	ldapAdmin  = "cn=admin," + ldapSuffix
	ldapSecret = "secret"
)

// slapd has the paths of an installation of OpenLDAP.
type slapd struct {
	program, add string
	schema       string
	modules      string // "" where the parts are built in
	version      string
}

// findSlapd looks where Debian and others install them, which is not always on the PATH of a
// user other than root.
func findSlapd() (s slapd, err error) {
	find := func(name string) string {
		for _, dir := range append(filepath.SplitList(os.Getenv("PATH")), "/usr/sbin", "/usr/local/sbin", "/usr/libexec", "/usr/local/libexec", "/usr/lib/openldap") {
			if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
				return path
			}
		}
		return ""
	}
	folder := func(file string, dirs ...string) string {
		for _, dir := range dirs {
			if found, _ := filepath.Glob(filepath.Join(dir, file)); len(found) > 0 {
				return dir
			}
		}
		return ""
	}
	s.program, s.add = find("slapd"), find("slapadd")
	s.schema = folder("inetorgperson.schema", "/etc/ldap/schema", "/etc/openldap/schema", "/usr/local/etc/openldap/schema")
	s.modules = folder("back_mdb*", "/usr/lib/ldap", "/usr/lib/openldap", "/usr/lib64/openldap", "/usr/local/libexec/openldap")
	if s.program == "" || s.add == "" || s.schema == "" {
		return s, errors.New("not installed (slapd, slapadd and their schema; Debian's package slapd)")
	}
	out, _ := exec.Command(s.program, "-VV").CombinedOutput()
	if _, rest, ok := strings.Cut(string(out), "slapd "); ok {
		s.version, _, _ = strings.Cut(rest, " ")
	}
	return s, nil
}

// directoryServer is one running slapd.
type directoryServer struct {
	*process
	addr  string
	count int
	acked atomic.Int64
}

// measureOpenLDAP compares the update with modify of OpenLDAP's mdb backend,
// which syncs at each commit unless it is told not to, with a history of its own
// (overlay accesslog).
func (b *bench) measureOpenLDAP(m *mingce) error {
	if !b.wants("openldap") {
		b.skip("OpenLDAP: not asked for")
		return nil
	}
	program, err := findSlapd()
	if err != nil {
		b.skip("OpenLDAP: %v", err)
		return nil
	}
	b.versions = append(b.versions, "OpenLDAP "+program.version)
	s, err := b.openSlapd(program)
	if err != nil {
		b.skip("OpenLDAP: %.300s", err)
		return nil
	}
	err = b.hold(&race{title: raceLDAP, dur: b.dur, conns: b.conns,
		note:    fmt.Sprintf("The update with a token, and modify of three attributes; %d entries on every side. Modify checks no reference and authenticates a connection once, before the clock runs.", b.large),
		entries: []entry{{name: sideLDAP, side: s, of: s.process}, {name: sideUpdate, side: m.update(), of: m.process}}})
	if err == nil {
		err = b.auditedSlapd(s)
	}
	return errors.Join(err, s.stop())
}

// auditedSlapd compares the modifications in the server's own history with the acknowledged
// ones.
func (b *bench) auditedSlapd(s *directoryServer) error {
	n, err := s.entries()
	want := s.acked.Load()
	b.checks = append(b.checks, check{sideLDAP, "modify", want, n, n >= want && n <= want+int64(b.bad(sideLDAP))})
	return err
}

// openSlapd fills a server in bulk and starts it.
func (b *bench) openSlapd(program slapd) (*directoryServer, error) {
	const name = "openldap"
	b.say("fill %s", name)
	dir := filepath.Join(b.work, name)
	for _, sub := range []string{"db", "log"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, err
		}
	}
	conf, ldif := filepath.Join(dir, "slapd.conf"), filepath.Join(dir, "entries.ldif")
	if err := os.WriteFile(conf, []byte(program.config(dir)), 0o600); err != nil {
		return nil, err
	}
	if err := writeLDIF(ldif, b.large); err != nil {
		return nil, err
	}
	out, err := exec.CommandContext(b.ctx, program.add, "-q", "-f", conf, "-b", ldapSuffix, "-l", ldif).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("slapadd: %w: %s", err, out)
	}
	if err := os.Remove(ldif); err != nil {
		return nil, err
	}
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &directoryServer{addr: addr, count: b.large}
	s.process, err = start(b.ctx, addr, filepath.Join(b.work, name+".log"), s, program.program, "-d", "0", "-f", conf, "-h", "ldap://"+addr)
	if err == nil {
		b.running = append(b.running, s.process)
	}
	return s, err
}

// config returns slapd.conf. It does not make commits less durable than by default, and only
// indexes what Mingce can search for too.
func (s slapd) config(dir string) string {
	var w strings.Builder
	for _, name := range []string{"core", "cosine", "inetorgperson"} {
		fmt.Fprintf(&w, "include %s/%s.schema\n", s.schema, name)
	}
	if s.modules != "" {
		fmt.Fprintf(&w, "modulepath %s\nmoduleload back_mdb\nmoduleload accesslog\n", s.modules)
	}
	fmt.Fprintf(&w, "pidfile %s/pid\nargsfile %[1]s/args\nsizelimit unlimited\n", dir)
	// The history must come before the database that it is about.
	fmt.Fprintf(&w, "\ndatabase mdb\nsuffix %s\nrootdn %s\nmaxsize 8589934592\ndirectory %s/log\nindex objectClass,reqStart eq\n", ldapLog, ldapAdmin, dir)
	fmt.Fprintf(&w, "\ndatabase mdb\nsuffix %s\nrootdn %s\nrootpw %s\nmaxsize 8589934592\ndirectory %s/db\n", ldapSuffix, ldapAdmin, ldapSecret, dir)
	fmt.Fprint(&w, "index objectClass,uid eq\nindex cn eq,sub\nindex mobile eq\n")
	fmt.Fprintf(&w, "overlay accesslog\nlogdb %s\nlogops writes\nlogsuccess TRUE\n", ldapLog)
	return w.String()
}

// writeLDIF writes the contacts as inetOrgPerson.
func writeLDIF(path string, n int) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	fmt.Fprintf(w, "dn: %s\nobjectClass: dcObject\nobjectClass: organization\ndc: example\no: e\n\n", ldapSuffix)
	fmt.Fprintf(w, "dn: %s\nobjectClass: organizationalUnit\nou: contacts\n\n", ldapBase)
	text := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for i := range n {
		name := text(personName(i))
		fmt.Fprintf(w, "dn: %s\nobjectClass: inetOrgPerson\nuid: con%012d\ncn:: %s\nsn:: %s\nmobile: 86-139%08d\no:: %s\ntitle: t\npostalAddress: a\ndescription: r\nmanager: uid=%s,%s\nemployeeType: 1\nemployeeType: 3\n\n",
			ldapName(i), i, name, name, i, text(companyName(i)), follower, ldapBase)
	}
	return errors.Join(w.Flush(), f.Close())
}

func ldapName(i int) string { return fmt.Sprintf("uid=con%012d,%s", i, ldapBase) }

// connect opens an authenticated connection.
func (s *directoryServer) connect() (*ldap.Conn, error) {
	conn, err := ldap.DialURL("ldap://" + s.addr)
	if err != nil {
		return nil, err
	}
	conn.SetTimeout(callDeadline)
	if err := conn.Bind(ldapAdmin, ldapSecret); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// modify changes what the update changes.
func (s *directoryServer) modify(conn *ldap.Conn, r *rand.Rand) error {
	n := r.IntN(1e6)
	m := ldap.NewModifyRequest(ldapName(r.IntN(s.count)), nil)
	m.Replace("title", []string{fmt.Sprint("工程师 ", n%977)})
	m.Replace("postalAddress", []string{fmt.Sprintf("杭州市余杭区文一西路 %d 号", n)})
	m.Replace("description", []string{fmt.Sprint("changed ", n)})
	err := conn.Modify(m)
	if err == nil {
		s.acked.Add(1)
	}
	return err
}

// once implements probe.
func (s *directoryServer) once() ([]byte, error) {
	conn, err := s.connect()
	if err != nil {
		return nil, err
	}
	return nil, errors.Join(s.modify(conn, rand.New(rand.NewPCG(1, 2))), conn.Close())
}

// run implements side. Connections are there before the clock runs.
func (s *directoryServer) run(conns int, dur time.Duration) sample {
	results := make([]callers, conns)
	open := make([]*ldap.Conn, conns)
	for i := range open {
		conn, err := s.connect()
		if err != nil {
			results[i].wrong(err.Error())
			continue
		}
		defer conn.Close()
		open[i] = conn
	}
	begin := time.Now()
	stop := begin.Add(dur)
	var wait sync.WaitGroup
	for i, conn := range open {
		if conn == nil {
			continue
		}
		wait.Go(func() {
			r := rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
			for at := time.Now(); at.Before(stop) && !conn.IsClosing(); at = time.Now() {
				if err := s.modify(conn, r); err != nil {
					results[i].wrong(err.Error())
					continue
				}
				results[i].times = append(results[i].times, time.Since(at))
			}
		})
	}
	wait.Wait()
	return summarise(results, time.Since(begin))
}

// entries counts the modifications in the server's history.
func (s *directoryServer) entries() (int64, error) {
	conn, err := s.connect()
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	found, err := conn.SearchWithPaging(ldap.NewSearchRequest(ldapLog, ldap.ScopeSingleLevel, ldap.NeverDerefAliases, 0, 0, false,
		"(objectClass=auditModify)", []string{"1.1"}, nil), 1000)
	if err != nil {
		return 0, err
	}
	return int64(len(found.Entries)), nil
}
