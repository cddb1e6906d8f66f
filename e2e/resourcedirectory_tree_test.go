package e2e

import (
	"net/http"
	"os/exec"
	"strings"
	"testing"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	rpc "github.com/alibabacloud-go/tea-rpc/client"
	rpcutil "github.com/alibabacloud-go/tea-utils/service"
	util "github.com/alibabacloud-go/tea-utils/v2/service"
	"github.com/alibabacloud-go/tea/tea"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
)

const (
	treeFolder = "fd-ZDNPiT1234"
	treeMember = "1997968394351234" // in the sample folder
)

// wrapped returns the entries of a list in an answer, which is nested in two levels.
func wrapped(t *testing.T, answer map[string]any, list, item string) []map[string]any {
	t.Helper()
	entries, ok := field(t, answer, list, item).([]any)
	if !ok {
		t.Fatalf("%s.%s of %v is no list", list, item, answer)
	}
	objects := make([]map[string]any, len(entries))
	for i, e := range entries {
		objects[i], _ = e.(map[string]any)
	}
	return objects
}

func TestSDKsKeepTheDirectory(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	for name, send := range map[string]caller{
		"V3": openAPI(t, s.host, accessKey, accessSecret, ""), "V1": openAPI(t, s.host, accessKey, accessSecret, "v2"),
	} {
		t.Run(name, func(t *testing.T) {
			call := func(action string, parameters ...string) map[string]any {
				t.Helper()
				given := map[string]string{}
				for i := 0; i+1 < len(parameters); i += 2 {
					given[parameters[i]] = parameters[i+1]
				}
				answer, err := send(action, given)
				if err != nil {
					t.Fatalf("%s: %v", action, err)
				}
				return answer
			}
			rd := call("GetResourceDirectory")
			equal(t, "directory", field(t, rd, "ResourceDirectory", "ResourceDirectoryId"), any("rd-StSamp"))
			folder, _ := field(t, call("CreateFolder", "FolderName", "研发-"+name, "ParentFolderId", treeFolder, "Tag.1.Key", "sdk", "Tag.1.Value", name), "Folder", "FolderId").(string)
			equal(t, "path", field(t, call("GetFolder", "FolderId", folder), "Folder", "ResourceDirectoryPath"), any("rd-StSamp/r-Root01/"+treeFolder+"/"+folder))
			equal(t, "renamed", field(t, call("UpdateFolder", "FolderId", folder, "NewFolderName", "a."+name), "Folder", "FolderName"), any("a."+name))
			listed := wrapped(t, call("ListFoldersForParent", "ParentFolderId", treeFolder, "Tag.1.Key", "sdk", "Tag.1.Value", name), "Folders", "Folder")
			equal(t, "folders with the tag", len(listed), 1)

			account, _ := field(t, call("CreateResourceAccount", "DisplayName", "Dev "+name, "AccountNamePrefix", "dev-"+name, "Tag.1.Key", "k", "Tag.1.Value", "v"), "Account", "AccountId").(string)
			call("MoveAccount", "AccountId", account, "DestinationFolderId", folder)
			got := call("GetAccount", "AccountId", account, "IncludeTags", "true")
			equal(t, "folder of the account", field(t, got, "Account", "FolderId"), any(folder))
			if tags, ok := field(t, got, "Account", "Tags").([]any); !ok || len(tags) != 1 {
				t.Errorf("Tags: got %v, want a plain list of one", field(t, got, "Account", "Tags"))
			}
			paid, _ := field(t, call("CreateResourceAccount", "DisplayName", "Paid "+name, "PayerAccountId", account), "Account", "AccountId").(string)
			payer := call("GetPayerForAccount", "AccountId", paid)
			equal(t, "payer", payer["PayerAccountId"], any(account))
			equal(t, "name of the payer", payer["PayerAccountName"], field(t, got, "Account", "AccountName"))
			call("DeleteAccount", "AccountId", paid)
			ancestors := wrapped(t, call("ListAncestors", "ChildId", account), "Folders", "Folder")
			equal(t, "ancestors", len(ancestors), 3)
			equal(t, "the topmost", ancestors[0]["FolderName"], any("root"))
			equal(t, "accounts in the folder", len(wrapped(t, call("ListAccountsForParent", "ParentFolderId", folder), "Accounts", "Account")), 1)

			// By tokens, until the last page.
			seen, token := 0, ""
			for {
				page := call("ListAccounts", "MaxResults", "1", "NextToken", token)
				seen += len(wrapped(t, page, "Accounts", "Account"))
				if token, _ = page["NextToken"].(string); token == "" {
					break
				}
			}
			equal(t, "accounts by tokens", seen, 3)

			equal(t, "new name", field(t, call("UpdateAccount", "AccountId", account, "NewDisplayName", "Ops "+name), "Account", "DisplayName"), any("Ops "+name))
			equal(t, "deletion", call("DeleteAccount", "AccountId", account, "AbandonableCheckId", `["NON_SP_cs"]`)["DeletionType"], any("0"))
			equal(t, "status", field(t, call("GetAccountDeletionStatus", "AccountId", account), "RdAccountDeletionStatus", "Status"), any("Success"))
			call("DeleteFolder", "FolderId", folder)
			_, err := send("GetFolder", map[string]string{"FolderId": folder})
			equal(t, "code for a folder that is gone", errorCode(t, err), "EntityNotExists.Folder")
		})
	}
}

// Terraform calls the folders and accounts as product ResourceManager.
func TestTerraformFoldersAndAccounts(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	client, err := rpc.NewClient(&rpc.Config{
		AccessKeyId: tea.String(accessKey), AccessKeySecret: tea.String(accessSecret), Endpoint: tea.String(s.host), Protocol: tea.String("HTTP"),
	})
	if err != nil {
		t.Fatal(err)
	}
	send := func(action string, request map[string]any) (map[string]any, error) {
		return client.DoRequest(tea.String(action), nil, tea.String("POST"), tea.String("2020-03-31"), tea.String("AK"), nil, request, &rpcutil.RuntimeOptions{})
	}
	call := func(action string, request map[string]any) map[string]any {
		t.Helper()
		answer, err := send(action, request)
		if err != nil {
			t.Fatalf("%s: %v", action, err)
		}
		return answer
	}
	gone := func(action string, request map[string]any, code string) {
		t.Helper()
		_, err := send(action, request)
		sdkError := errorAs[*tea.SDKError](t, err)
		equal(t, action, tea.StringValue(sdkError.Code), code)
		equal(t, action+" status", tea.IntValue(sdkError.StatusCode), 404)
	}

	// alicloud_resource_manager_folder
	folder := field(t, call("CreateFolder", map[string]any{"FolderName": "tf-folder", "ParentFolderId": "r-Root01"}), "Folder", "FolderId")
	call("UpdateFolder", map[string]any{"FolderId": folder, "NewFolderName": "tf-folder-change"})
	read := call("GetFolder", map[string]any{"FolderId": folder})
	equal(t, "folder_name", field(t, read, "Folder", "FolderName"), any("tf-folder-change"))
	equal(t, "parent_folder_id", field(t, read, "Folder", "ParentFolderId"), any("r-Root01"))

	// alicloud_resource_manager_account
	account := field(t, call("CreateResourceAccount", map[string]any{"DisplayName": "tf-account", "ParentFolderId": folder}), "Account", "AccountId")
	call("MoveAccount", map[string]any{"AccountId": account, "DestinationFolderId": "r-Root01"})
	call("UpdateAccount", map[string]any{"AccountId": account, "NewDisplayName": "tf-account-change"})
	read = call("GetAccount", map[string]any{"AccountId": account})
	for name, want := range map[string]string{
		"DisplayName": "tf-account-change", "FolderId": "r-Root01", "JoinMethod": "created", "ResourceDirectoryId": "rd-StSamp",
		"Status": "CreateSuccess", "Type": "ResourceAccount",
	} {
		equal(t, name, field(t, read, "Account", name), any(want))
	}
	if payer, ok := call("GetPayerForAccount", map[string]any{"AccountId": account})["PayerAccountId"]; ok {
		t.Errorf("payer_account_id: got %v, want none, as the plan has none", payer)
	}
	call("DeleteFolder", map[string]any{"FolderId": folder})
	gone("GetFolder", map[string]any{"FolderId": folder}, "EntityNotExists.Folder")
	gone("GetAccount", map[string]any{"AccountId": "1000000000009999"}, "EntityNotExists.Account")

	// alicloud_resource_manager_resource_directory
	for _, member := range []any{account, treeMember, "1817610956901234"} {
		call("DeleteAccount", map[string]any{"AccountId": member})
	}
	call("DestroyResourceDirectory", map[string]any{})
	gone("GetResourceDirectory", map[string]any{}, "ResourceDirectoryNotInUse")
	made := call("InitResourceDirectory", map[string]any{})
	equal(t, "resource_directory_id", field(t, call("GetResourceDirectory", map[string]any{}), "ResourceDirectory", "ResourceDirectoryId"),
		field(t, made, "ResourceDirectory", "ResourceDirectoryId"))
}

// shown returns the values that a command prints, by their names.
func shown(t *testing.T, args ...string) map[string]string {
	t.Helper()
	out, err := exec.Command(program, args...).Output()
	if err != nil {
		t.Fatalf("mingce %s: %v", strings.Join(args, " "), err)
	}
	values := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if words := strings.Fields(line); len(words) == 2 {
			values[words[0]] = words[1]
		}
	}
	return values
}

func TestTemporaryCredentialsAndBearerTokens(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := startDev(t, "--data", dir) // creates the data
	equal(t, "exit code", first.stop(t), 0)
	sts := shown(t, "key", "sts", "--key", accessKey, "--data", dir)
	other := shown(t, "key", "sts", "--key", readonlyKey, "--data", dir)
	bearer := shown(t, "key", "bearer", "--key", accessKey, "--data", dir)["BearerToken"]
	s := startDev(t, "--data", dir)

	through := func(config *openapi.Config, algorithm string) caller {
		config.Endpoint, config.Protocol = tea.String(s.host), tea.String("http")
		client, err := openapi.NewClient(config)
		if err != nil {
			t.Fatal(err)
		}
		if algorithm != "" {
			client.SignatureAlgorithm = tea.String(algorithm)
		}
		return func(action string, parameters map[string]string) (map[string]any, error) {
			result, err := client.CallApi(&openapi.Params{
				Action: tea.String(action), Version: tea.String(rpcVersion), Protocol: tea.String("HTTPS"), Pathname: tea.String("/"),
				Method: tea.String("POST"), AuthType: tea.String("AK"), Style: tea.String("RPC"), ReqBodyType: tea.String("formData"), BodyType: tea.String("json"),
			}, &openapi.OpenApiRequest{Query: toPointers(parameters)}, &util.RuntimeOptions{})
			if err != nil {
				return nil, err
			}
			body, _ := result["body"].(map[string]any)
			return body, nil
		}
	}
	temporary := func(token string) *openapi.Config {
		return &openapi.Config{AccessKeyId: tea.String(sts["AccessKeyId"]), AccessKeySecret: tea.String(sts["AccessKeySecret"]), SecurityToken: tea.String(token)}
	}
	olderClient, err := sdk.NewClientWithOptions("cn-hangzhou", sdk.NewConfig(),
		credentials.NewStsTokenCredential(sts["AccessKeyId"], sts["AccessKeySecret"], sts["SecurityToken"]))
	if err != nil {
		t.Fatal(err)
	}
	older := func(action string, parameters map[string]string) (map[string]any, error) {
		request := requests.NewCommonRequest()
		request.Method, request.Scheme, request.Domain = "POST", "http", s.host
		request.Product, request.Version, request.ApiName = "ResourceDirectoryMaster", rpcVersion, action
		for name, value := range parameters {
			request.QueryParams[name] = value
		}
		response, err := olderClient.ProcessCommonRequest(request)
		if err != nil {
			return nil, err
		}
		return decode[map[string]any](t, reply{body: response.GetHttpContentString()}), nil
	}
	for name, call := range map[string]caller{
		"STS, V3": through(temporary(sts["SecurityToken"]), ""), "STS, V1": through(temporary(sts["SecurityToken"]), "v2"), "STS, older SDK": older,
		"bearer, V3": through(&openapi.Config{BearerToken: tea.String(bearer)}, ""), "bearer, V1": through(&openapi.Config{BearerToken: tea.String(bearer)}, "v2"),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := call("GetMessageContact", map[string]string{"ContactId": activeContact})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "Name", field(t, got, "Contact", "Name"), any("tom"))
		})
	}
	for name, c := range map[string]struct {
		call caller
		code string
	}{
		"token of another key, V3": {through(temporary(other["SecurityToken"]), ""), "InvalidSecurityToken.Malformed"},
		"token of another key, V1": {through(temporary(other["SecurityToken"]), "v2"), "InvalidSecurityToken.Malformed"},
		"no token":                 {through(temporary(""), ""), "MissingSecurityToken"},
		"unknown bearer token, V3": {through(&openapi.Config{BearerToken: tea.String("bt123")}, ""), "InvalidBearerToken"},
		"unknown bearer token, V1": {through(&openapi.Config{BearerToken: tea.String("bt123")}, "v2"), "InvalidBearerToken"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.call("GetMessageContact", map[string]string{"ContactId": activeContact})
			equal(t, "code", errorCode(t, err), c.code)
		})
	}
	t.Run("a temporary key may do what its key may", func(t *testing.T) {
		call := through(&openapi.Config{AccessKeyId: tea.String(other["AccessKeyId"]), AccessKeySecret: tea.String(other["AccessKeySecret"]),
			SecurityToken: tea.String(other["SecurityToken"])}, "")
		_, err := call("UpdateMessageContact", map[string]string{"ContactId": activeContact, "Title": "CEO"})
		equal(t, "code", errorCode(t, err), "NoPermission")
	})
}

// A notification reaches the contacts inherited from the tree, as a mail.
func TestNotificationsFollowTheTree(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	call := openAPI(t, s.host, accessKey, accessSecret, "")
	if _, err := call("AssociateMembers", map[string]string{"ContactId": activeContact, "Members.1": treeFolder}); err != nil {
		t.Fatal(err)
	}
	notify := []string{"notify", "--server", s.url(""), "--org", corpA, "--account", treeMember, "--type", "AccountExpenses", "--subject", "账单", "--text", "Your bill is due."}
	equal(t, "channels", shown(t, notify...)[activeContact], "email")
	r := s.call(t, http.MethodGet, "/_mingce/messages/wait?to=someone@example.com&channel=email&timeout=10s", nil)
	message := decode[struct{ Subject, Text, ContactID string }](t, r)
	equal(t, "subject", message.Subject, "账单")
	equal(t, "contact", message.ContactID, activeContact)
	if !strings.Contains(message.Text, "Your bill is due.") {
		t.Errorf("text: got %q, want the notification's", message.Text)
	}

	// After the member moves away, the contact is not in effect for it any more.
	if _, err := call("MoveAccount", map[string]string{"AccountId": treeMember, "DestinationFolderId": "r-Root01"}); err != nil {
		t.Fatal(err)
	}
	equal(t, "channels after the move", shown(t, notify...)[activeContact], "")
}
