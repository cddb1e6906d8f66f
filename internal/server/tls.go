package server

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"slices"
	"strings"
	"time"
)

// Authority is the certificate authority of one installation. It signs the
// server's certificate and nothing else: its name constraints allow this
// machine's names, the names given when it was made, and the vendors'.
type Authority struct {
	PEM  []byte // the certificate, to be trusted by clients
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

const (
	authorityFile = "ca.pem" // certificate and key
	authorityLife = 10 * 365 * 24 * time.Hour
	leafLife      = 397 * 24 * time.Hour
	clockSkew     = time.Hour
)

// LoadAuthority returns the authority stored in dir, and creates it on the first start,
// valid for names too. Processes that start at the same time get the same one.
func LoadAuthority(dir string, now time.Time, names ...string) (*Authority, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	defer root.Close()
	text, err := root.ReadFile(authorityFile)
	if errors.Is(err, fs.ErrNotExist) {
		if err = createAuthority(root, now, names); err == nil {
			text, err = root.ReadFile(authorityFile)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("certificate authority: %w", err)
	}
	a, err := parseAuthority(text)
	if err != nil {
		return nil, fmt.Errorf("certificate authority in %s of %s: %w", authorityFile, dir, err)
	}
	return a, nil
}

// NewAuthority creates an authority that is not stored.
func NewAuthority(now time.Time, names ...string) (*Authority, error) {
	text, err := generateAuthority(now, names)
	if err != nil {
		return nil, err
	}
	return parseAuthority(text)
}

// createAuthority writes a temporary file first, so that the file appears with its whole
// content or not at all, and never replaces one made by another process.
func createAuthority(root *os.Root, now time.Time, names []string) error {
	text, err := generateAuthority(now, names)
	if err != nil {
		return err
	}
	draft := authorityFile + "." + rand.Text()
	f, err := root.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = root.Remove(draft) }()
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := root.Link(draft, authorityFile); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return nil
}

func generateAuthority(now time.Time, names []string) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial(),
		Subject:               pkix.Name{CommonName: "Mingce local authority " + rand.Text()[:6], Organization: []string{"Mingce"}},
		NotBefore:             now.Add(-clockSkew),
		NotAfter:              now.Add(authorityLife),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,

		// A client that trusts this authority trusts it for these names only.
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         append([]string{"localhost", "mingce"}, append(dnsNames(names), VendorHosts...)...),
		PermittedIPRanges:           permittedRanges(names),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = errors.Join(pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.Encode(&out, &pem.Block{Type: "PRIVATE KEY", Bytes: keyDER}))
	return out.Bytes(), err
}

func parseAuthority(text []byte) (*Authority, error) {
	pair, err := tls.X509KeyPair(text, text)
	if err != nil {
		return nil, err
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok || !pair.Leaf.IsCA {
		return nil, errors.New("not an authority made by this program")
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Leaf.Raw})
	return &Authority{PEM: public, cert: pair.Leaf, key: key}, nil
}

// Issue returns a new certificate for this machine's names and the names given. It is
// issued at every start and never stored, so it does not expire and always has the right
// names. Names that the authority was not made for are an error: no client would accept
// them.
func (a *Authority) Issue(now time.Time, names ...string) (tls.Certificate, error) {
	if name := a.foreign(names); name != "" {
		return tls.Certificate{}, fmt.Errorf("the authority in %s was not made for %s: remove the file to get a new one "+
			"at the next start, which clients then have to trust", authorityFile, name)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: "localhost", Organization: []string{"Mingce"}},
		NotBefore:    now.Add(-clockSkew),
		NotAfter:     now.Add(leafLife),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     append([]string{"localhost", "*.localhost", "mingce"}, dnsNames(names)...),
		IPAddresses:  append([]net.IP{net.IPv4(127, 0, 0, 1).To4(), net.IPv6loopback}, ipAddresses(names)...),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return tls.Certificate{}, fmt.Errorf("issue a certificate: %w", err)
	}
	return tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key}, nil
}

// foreign returns the first name that the authority may not certify, or "".
func (a *Authority) foreign(names []string) string {
	for _, name := range dnsNames(names) {
		within := func(domain string) bool { return name == domain || strings.HasSuffix(name, "."+domain) }
		if !slices.ContainsFunc(a.cert.PermittedDNSDomains, within) {
			return name
		}
	}
	for _, ip := range ipAddresses(names) {
		if !slices.ContainsFunc(a.cert.PermittedIPRanges, func(r *net.IPNet) bool { return r.Contains(ip) }) {
			return ip.String()
		}
	}
	return ""
}

func serial() *big.Int {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	b[0] &= 0x7f
	return new(big.Int).SetBytes(b)
}

func dnsNames(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return n == "" || net.ParseIP(n) != nil })
}

func ipAddresses(names []string) (ips []net.IP) {
	for _, n := range names {
		if ip := net.ParseIP(n); ip != nil {
			ips = append(ips, ip)
		}
	}
	return ips
}

func permittedRanges(names []string) []*net.IPNet {
	ranges := []*net.IPNet{
		{IP: net.IPv4(127, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)},
		{IP: net.IPv6loopback, Mask: net.CIDRMask(128, 128)},
	}
	for _, ip := range ipAddresses(names) {
		if v4 := ip.To4(); v4 != nil {
			ip = v4
		}
		ranges = append(ranges, &net.IPNet{IP: ip, Mask: net.CIDRMask(len(ip)*8, len(ip)*8)})
	}
	return ranges
}
