package main

import (
	"io"
	"net"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/console"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/snippet"
)

// banner is what `mingce dev` prints once it is ready: where it listens, the fixed keys,
// and one working call for each client.
type banner struct {
	http, https string // as bound; "" if off
	data        string
	certificate bool
}

// base returns the address that the examples use.
func (b banner) base() string {
	if b.http != "" {
		return "http://" + reachable(b.http)
	}
	return "https://" + reachable(b.https)
}

// reachable replaces an unspecified address by one that a client on this machine can use.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

func (b banner) endpoints() []console.Endpoint {
	list := []console.Endpoint{
		{Name: api.Text{Zh: "钉钉 TOP", En: "DingTalk TOP"}, URL: b.base() + "/router/rest"},
		{Name: api.Text{Zh: "钉钉 oapi", En: "DingTalk oapi"}, URL: b.base() + "/gettoken"},
		{Name: api.Text{Zh: "钉钉 REST", En: "DingTalk REST"}, URL: b.base() + "/v1.0/"},
		{Name: api.Text{Zh: "阿里云 RPC", En: "Alibaba Cloud RPC"}, URL: b.base() + "/"},
	}
	if b.http != "" && b.https != "" {
		list = append(list, console.Endpoint{Name: api.Text{Zh: "以上均可用 HTTPS", En: "All of them over HTTPS"}, URL: "https://" + reachable(b.https)})
	}
	return list
}

func (b banner) print(w io.Writer, samples []snippet.Sample) error {
	p := &printTo{w: w}
	p.line("mingce dev is ready")
	p.line("")
	if b.http != "" {
		p.line("  HTTP     http://%s", reachable(b.http))
	}
	if b.https != "" {
		p.line("  HTTPS    https://%s   (authority: %s/_mingce/ca.pem)", reachable(b.https), b.base())
	}
	p.line("  Console  %s/console/", b.base())
	p.line("  Data     %s", b.data)
	p.line("")
	p.line("Fixed keys of the sample organisation %s (published; never for real data)", directory.SampleOrg)
	p.line("  DingTalk       appKey %s  appSecret %s", directory.SampleAppKey, directory.SampleSecret)
	p.line("                 access token %s", directory.SampleToken)
	p.line("  TOP signature  app_key %s  secret %s", directory.SampleTOPKey, directory.SampleTOPSecret)
	p.line("  Alibaba Cloud  AccessKeyId %s  AccessKeySecret %s", directory.SampleAccessKey, directory.SampleAccessSecret)
	p.line("                 role acs:ram::%s:role/%s", directory.SampleAccount, directory.SampleRAMRole)
	p.line("")
	for _, s := range samples {
		heading := "# " + s.Client
		if s.How.En != "" {
			heading += ": " + s.How.En
		}
		p.line("%s\n%s\n", heading, s.Code)
	}
	p.line("Stop with Ctrl-C. What failed and why: %s/console/errors/", b.base())
	return p.err
}

// samples returns the first calls, with this server's addresses and the fixed keys.
func (b banner) samples() ([]snippet.Sample, error) {
	v := snippet.Values{
		Base: b.base(), Token: directory.SampleToken, Contact: directory.SampleContact,
		Administrator: directory.SampleAdministrator, Partner: directory.PartnerOrg,
		AccessKey: directory.SampleAccessKey, AccessSecret: directory.SampleAccessSecret,
		MessageContact: directory.SampleMessageContact, Account: directory.SampleAccount,
	}
	if b.http != "" {
		v.Host = reachable(b.http)
	} else {
		v.Insecure = "-k "
	}
	if b.https != "" {
		v.TLSHost = reachable(b.https)
	}
	return snippet.FirstCalls(v)
}
