// Package snippet has sample code: for each kind of client one first call that
// works unchanged against a running `mingce dev`. The end-to-end suite copies
// each from the terminal and runs it.
//
// It sends nothing and does not read the catalogue: callers pass the addresses
// and keys to fill in.
package snippet

import (
	"embed"
	"fmt"
	"strings"
	"text/template"

	"github.com/mingce/mingce/internal/api"
)

// Values are filled into the samples.
type Values struct {
	Base     string // address with its scheme, which samples call
	Host     string // host and port of plain HTTP; "" if that is off
	TLSHost  string // host and port of HTTPS; "" if that is off
	Insecure string // "-k " if curl must not check the certificate

	Token, Contact, Administrator, Partner           string // of DingTalk
	AccessKey, AccessSecret, MessageContact, Account string // of Alibaba Cloud
}

// Sample is one call, as code.
type Sample struct {
	Client string   // "Java"
	How    api.Text // the file name for the code and how to run it, on one line; may be empty
	Code   string   // without a final line break
}

//go:embed calls
var calls embed.FS

// kinds are the samples in the order in which they are shown. Programs with
// SDKs use plain HTTP: for HTTPS each would need the authority's certificate,
// in its own way (docs/clients.md).
var kinds = []struct {
	file   string
	client string
	plain  bool // needs plain HTTP
	how    api.Text
}{
	{"curl", "curl", false, api.Text{
		Zh: "经 TOP 读一个外部联系人，经 REST 授权",
		En: "an external contact over TOP, a grant over REST"}},
	{"java", "Java", true, api.Text{
		Zh: "存为 Call.java，然后：" + runJava,
		En: "as Call.java, then: " + runJava}},
	{"python", "Python", true, api.Text{
		Zh: "存为 call.py，然后：" + runPython,
		En: "as call.py, then: " + runPython}},
	{"go", "Go", true, api.Text{
		Zh: "在空文件夹中存为 main.go，然后：" + runGo,
		En: "as main.go in an empty folder, then: " + runGo}},
	{"nodejs", "Node.js", true, api.Text{
		Zh: "存为 call.js，然后：" + runNode,
		En: "as call.js, then: " + runNode}},
	{"php", "PHP", true, api.Text{
		Zh: "存为 call.php，然后：php call.php",
		En: "as call.php, then: php call.php"}},
	{"dotnet", ".NET", true, api.Text{
		Zh: "存为 Call.cs，在空的控制台项目中 dotnet run；或用 Mono：" + runMono,
		En: "as Call.cs, then in an empty console project: dotnet run; or with Mono: " + runMono}},
	{"cli", "aliyun CLI", true, api.Text{}},
	{"terraform", "Terraform", true, api.Text{
		Zh: "在 terraform init 之后；provider 配置块不用改",
		En: "after terraform init; the provider block stays as it is"}},
}

const (
	runJava = "mvn dependency:copy -Dartifact=com.aliyun:alibaba-dingtalk-service-sdk:2.0.0 -DoutputDirectory=. && " +
		"java -cp alibaba-dingtalk-service-sdk-2.0.0.jar Call.java"
	runPython = "pip install alibabacloud-resourcedirectorymaster20220419 && python3 call.py"
	runGo     = "go mod init try && go mod tidy && go run ."
	runNode   = "npm install @alicloud/pop-core && node call.js"
	runMono   = "mcs -r:System.Net.Http Call.cs && mono Call.exe"
)

// withoutTLS replaces Terraform's line if only plain HTTP is on: the provider
// takes the protocol only from its block.
var withoutTLS = api.Text{
	Zh: `在 provider 配置块中加 protocol = "HTTP"`,
	En: `with protocol = "HTTP" in the provider block`,
}

// FirstCalls returns a sample for each kind of client that can be used with v.
func FirstCalls(v Values) ([]Sample, error) {
	texts, err := template.ParseFS(calls, "calls/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("samples: %w", err)
	}
	var list []Sample
	for _, k := range kinds {
		if k.plain && v.Host == "" {
			continue
		}
		var code strings.Builder
		if err := texts.ExecuteTemplate(&code, k.file+".tmpl", v); err != nil {
			return nil, fmt.Errorf("sample for %s: %w", k.client, err)
		}
		how := k.how
		if k.file == "terraform" && v.TLSHost == "" {
			how = withoutTLS
		}
		list = append(list, Sample{k.client, how, strings.TrimSuffix(code.String(), "\n")})
	}
	return list, nil
}
