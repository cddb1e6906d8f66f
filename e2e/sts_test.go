package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	util "github.com/alibabacloud-go/tea-utils/v2/service"
	"github.com/alibabacloud-go/tea/tea"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/credentials-go/credentials/providers"
)

const (
	operatorRole = "acs:ram::1000000000000001:role/mingce-operator"
	memberID     = "1997968394351234"
	memberRole   = "acs:ram::" + memberID + ":role/ResourceDirectoryAccountAccessRole"
)

// session is what the vendor's credentials provider got.
type session struct{ AccessKeyID, AccessKeySecret, SecurityToken string }

// assumeVariable makes this binary assume a role with the vendor's credentials provider and exit:
// the provider calls over HTTPS only, and Go reads SSL_CERT_FILE once per process.
const assumeVariable = "MINGCE_E2E_ASSUME"

func init() {
	request := os.Getenv(assumeVariable)
	if request == "" {
		return
	}
	var host string
	var roles [2]string // the second is assumed by the first
	_, err := fmt.Sscan(request, &host, &roles[0], &roles[1])
	if err == nil {
		err = assumeRoles(host, roles)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func assumeRoles(host string, roles [2]string) error {
	static, err := providers.NewStaticAKCredentialsProviderBuilder().WithAccessKeyId(accessKey).WithAccessKeySecret(accessSecret).Build()
	if err != nil {
		return err
	}
	var caller providers.CredentialsProvider = static
	for _, role := range roles {
		if caller, err = providers.NewRAMRoleARNCredentialsProviderBuilder().WithCredentialsProvider(caller).WithStsEndpoint(host).
			WithRoleArn(role).WithRoleSessionName("e2e").WithDurationSeconds(900).Build(); err != nil {
			return err
		}
		c, err := caller.GetCredentials()
		if err != nil {
			return err
		}
		if err := json.NewEncoder(os.Stdout).Encode(session{c.AccessKeyId, c.AccessKeySecret, c.SecurityToken}); err != nil {
			return err
		}
	}
	return nil
}

// TestRolesOfProviders assumes a role of the management account, and from it that of a member, as the
// CLI's and the Terraform provider's chains do, and calls with the credentials.
func TestRolesOfProviders(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	authority := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(authority, []byte(s.call(t, http.MethodGet, "/_mingce/ca.pem", nil).body), 0o600); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), assumeVariable+"="+s.tlsHost+" "+operatorRole+" "+memberRole, "SSL_CERT_FILE="+authority)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("assume: %v\n%s", err, errs.String())
	}
	var operator, member session
	d := json.NewDecoder(&out)
	for _, c := range []*session{&operator, &member} {
		if err := d.Decode(c); err != nil {
			t.Fatal(err)
		}
	}
	for _, algorithm := range []string{"", "v2"} {
		call := withSession(t, s.host, operator, algorithm)
		who := call("2015-04-01", "GetCallerIdentity", nil)
		equal(t, "the operator's type", who["IdentityType"], any("AssumedRoleUser"))
		equal(t, "the operator's ARN", who["Arn"], any("acs:sts::1000000000000001:assumed-role/mingce-operator/e2e"))
		equal(t, "members that the operator lists", call(rpcVersion, "ListAccounts", nil)["TotalCount"], any(json.Number("2")))
		call = withSession(t, s.host, member, algorithm)
		equal(t, "the member's account", call("2015-04-01", "GetCallerIdentity", nil)["AccountId"], any(memberID))
		account, _ := call(rpcVersion, "GetAccount", map[string]string{"AccountId": memberID})["Account"].(map[string]any)
		equal(t, "the account that the member reads", account["AccountId"], any(memberID))
	}
}

// withSession calls with temporary credentials through the generic call of the current SDKs.
func withSession(t *testing.T, host string, c session, algorithm string) func(version, action string, parameters map[string]string) map[string]any {
	t.Helper()
	client, err := openapi.NewClient(&openapi.Config{
		AccessKeyId: tea.String(c.AccessKeyID), AccessKeySecret: tea.String(c.AccessKeySecret), SecurityToken: tea.String(c.SecurityToken),
		Endpoint: tea.String(host), Protocol: tea.String("http"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if algorithm != "" {
		client.SignatureAlgorithm = tea.String(algorithm)
	}
	return func(version, action string, parameters map[string]string) map[string]any {
		t.Helper()
		result, err := client.CallApi(&openapi.Params{
			Action: tea.String(action), Version: tea.String(version), Protocol: tea.String("HTTPS"),
			Pathname: tea.String("/"), Method: tea.String("POST"), AuthType: tea.String("AK"), Style: tea.String("RPC"),
			ReqBodyType: tea.String("formData"), BodyType: tea.String("json"),
		}, &openapi.OpenApiRequest{Query: toPointers(parameters)}, &util.RuntimeOptions{})
		if err != nil {
			t.Fatalf("%s: %v", action, err)
		}
		body, _ := result["body"].(map[string]any)
		return body
	}
}

// TestAssumeRoleOfOlderSDK assumes a role with the older Go SDK, which sends everything in the query,
// and then calls with the credentials.
func TestAssumeRoleOfOlderSDK(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	for _, method := range []string{"GET", "POST"} {
		call := func(key auth.Credential, version, action string, parameters map[string]string) map[string]map[string]any {
			t.Helper()
			client, err := sdk.NewClientWithOptions("cn-hangzhou", sdk.NewConfig(), key)
			if err != nil {
				t.Fatal(err)
			}
			request := requests.NewCommonRequest()
			request.Method, request.Scheme, request.Domain = method, "http", s.host
			request.Product, request.Version, request.ApiName, request.QueryParams = "Sts", version, action, parameters
			response, err := client.ProcessCommonRequest(request)
			if err != nil {
				t.Fatalf("%s %s: %v", method, action, err)
			}
			var answer map[string]json.RawMessage
			if err := json.Unmarshal(response.GetHttpContentBytes(), &answer); err != nil {
				t.Fatal(err)
			}
			objects := map[string]map[string]any{}
			for name, text := range answer {
				if text[0] == '{' {
					objects[name] = decode[map[string]any](t, reply{body: string(text)})
				}
			}
			return objects
		}
		got := call(credentials.NewAccessKeyCredential(accessKey, accessSecret), "2015-04-01", "AssumeRole",
			map[string]string{"RoleArn": memberRole, "RoleSessionName": "e2e", "DurationSeconds": "900"})["Credentials"]
		id, _ := got["AccessKeyId"].(string)
		secret, _ := got["AccessKeySecret"].(string)
		token, _ := got["SecurityToken"].(string)
		if expires, _ := got["Expiration"].(string); len(expires) != len("2006-01-02T15:04:05Z") {
			t.Errorf("%s: Expiration: got %s, want no milliseconds", method, expires)
		}
		account := call(credentials.NewStsTokenCredential(id, secret, token), rpcVersion, "GetAccount", map[string]string{"AccountId": memberID})["Account"]
		equal(t, method+": the account that the member reads", account["AccountId"], any(memberID))
	}
}
