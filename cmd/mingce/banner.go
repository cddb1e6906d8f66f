package main

import (
	"io"
	"net"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/console"
	"github.com/mingce/mingce/internal/directory"
)

// banner is what `mingce dev` tells once it answers: where it listens, the
// fixed keys, and one working call per family of clients.
type banner struct {
	http, https string // as bound; "" if off
	data        string
	certificate bool
}

// base is the address that the examples use.
func (b banner) base() string {
	if b.http != "" {
		return "http://" + reachable(b.http)
	}
	return "https://" + reachable(b.https)
}

func (b banner) host() string { return reachable(b.http) }

// reachable turns "every address" into one that a client on this machine can use.
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

func (b banner) print(w io.Writer) error {
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
	p.line("")
	b.printCurl(p)
	if b.http != "" { // the other examples would need the authority's certificate first
		b.printClients(p)
	}
	p.line("Stop with Ctrl-C. What failed and why: %s/console/errors/", b.base())
	return p.err
}

func (b banner) printCurl(p *printTo) {
	insecure := ""
	if b.http == "" {
		insecure = "-k "
	}
	p.line("# curl: an external contact over TOP, a grant over REST")
	p.line(`curl %s'%s/router/rest?method=dingtalk.corp.extcontact.get&session=%s&format=json&v=2.0&user_id=123420013632'`,
		insecure, b.base(), directory.SampleToken)
	p.line(`curl %s-X PUT %s/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg -H 'Content-Type: application/json' \`, insecure, b.base())
	p.line(`  -H 'x-acs-dingtalk-access-token: %s' \`, directory.SampleToken)
	p.line(`  -d '{"toCorpIds":["%s"],"optUserId":"102530009661373952","fields":["mobile"]}'`, directory.PartnerOrg)
	p.line("")
}

func (b banner) printClients(p *printTo) {
	p.line("# Go: as main.go in an empty folder, then: go mod init try && go mod tidy && go run .")
	p.line(goProgram, b.host(), directory.SampleToken, directory.PartnerOrg)
	p.line("")
	p.line("# Node.js: as call.js, then: npm install @alicloud/pop-core && node call.js")
	p.line(`const Core = require('@alicloud/pop-core');`)
	p.line(`new Core({ endpoint: 'http://%s', apiVersion: '2022-04-19', accessKeyId: '%s', accessKeySecret: '%s' })`,
		b.host(), directory.SampleAccessKey, directory.SampleAccessSecret)
	p.line(`  .request('GetMessageContact', { ContactId: '%s' }).then(console.log);`, directory.SampleMessageContact)
	p.line("")
	p.line("# aliyun CLI")
	// No --version: the client refuses one that it was not built with, and the
	// one it takes by itself is the right one.
	p.line(`aliyun resourcedirectorymaster GetMessageContact --ContactId %s \`, directory.SampleMessageContact)
	p.line(`  --endpoint %s --insecure --region cn-hangzhou --access-key-id %s --access-key-secret %s`,
		b.host(), directory.SampleAccessKey, directory.SampleAccessSecret)
	p.line("")
	// Without account_type the provider asks the vendor's billing what it is.
	p.line(`# Terraform: with protocol = "HTTP" and account_type = "Domestic" in the provider block`)
	// Folders and the directory itself are of another product to the provider:
	// without the second endpoint it would call the vendor for them.
	p.line("export ALIBABA_CLOUD_ENDPOINT_RESOURCEDIRECTORYMASTER=%s \\", b.host())
	p.line("  ALIBABA_CLOUD_ENDPOINT_RESOURCEMANAGER=%s ALICLOUD_REGION=cn-hangzhou \\", b.host())
	p.line("  ALICLOUD_ACCESS_KEY=%s ALICLOUD_SECRET_KEY=%s", directory.SampleAccessKey, directory.SampleAccessSecret)
	p.line("")
}

// goProgram calls with the vendor's SDK: host, token and the other organisation
// are filled in.
const goProgram = `package main

import (
	"fmt"
	"log"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	contact "github.com/alibabacloud-go/dingtalk/contact_1_0"
	util "github.com/alibabacloud-go/tea-utils/v2/service"
	"github.com/alibabacloud-go/tea/tea"
)

func main() {
	client, err := contact.NewClient(new(openapi.Config).SetProtocol("http").SetRegionId("central").SetEndpoint("%s"))
	if err != nil {
		log.Fatal(err)
	}
	headers := new(contact.OrgAccountMobileVisibleInOtherOrgHeaders).SetXAcsDingtalkAccessToken("%s")
	request := new(contact.OrgAccountMobileVisibleInOtherOrgRequest).SetToCorpIds([]*string{tea.String("%s")}).SetOptUserId("102530009661373952")
	answer, err := client.OrgAccountMobileVisibleInOtherOrgWithOptions(request, headers, new(util.RuntimeOptions))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Body)
}`
