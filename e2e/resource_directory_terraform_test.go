package e2e

import (
	"encoding/json"
	"reflect"
	"testing"

	rpc "github.com/alibabacloud-go/tea-rpc/client"
	rpcutil "github.com/alibabacloud-go/tea-utils/service"
	"github.com/alibabacloud-go/tea/tea"
)

const olderVersion = "2020-03-31"

// provider sends what Terraform's provider sends: its resources mix both versions.
type provider struct {
	t      *testing.T
	client *rpc.Client
}

func startProvider(t *testing.T, s *server) *provider {
	t.Helper()
	client, err := rpc.NewClient(&rpc.Config{
		AccessKeyId: tea.String(accessKey), AccessKeySecret: tea.String(accessSecret), Endpoint: tea.String(s.host), Protocol: tea.String("HTTP"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return &provider{t, client}
}

func (p *provider) send(version, action string, request map[string]any) (map[string]any, error) {
	return p.client.DoRequest(tea.String(action), nil, tea.String("POST"), tea.String(version), tea.String("AK"), nil, request, &rpcutil.RuntimeOptions{})
}

// call is for steps that must succeed.
func (p *provider) call(version, action string, request map[string]any) map[string]any {
	p.t.Helper()
	answer, err := p.send(version, action, request)
	if err != nil {
		p.t.Fatalf("%s: %v", action, err)
	}
	return answer
}

// tags reads the tags of an object as the provider does, to the last page.
func (p *provider) tags(version, kind string, id any) map[string]string {
	p.t.Helper()
	found, request := map[string]string{}, map[string]any{"ResourceType": kind, "ResourceId.1": id}
	for {
		answer := p.call(version, "ListTagResources", request)
		entries, ok := answer["TagResources"].([]any)
		if !ok {
			p.t.Fatalf("TagResources: got %T, want a list", answer["TagResources"])
		}
		for _, e := range entries {
			tag, _ := e.(map[string]any)
			key, _ := tag["TagKey"].(string)
			found[key], _ = tag["TagValue"].(string)
		}
		token, more := answer["NextToken"]
		if !more {
			return found
		}
		request["NextToken"] = token
	}
}

// setTags changes the tags of an object as an update of the provider does: what is
// no longer wanted goes first.
func (p *provider) setTags(kind string, id any, gone []string, tags map[string]string) {
	p.t.Helper()
	if len(gone) > 0 {
		request := map[string]any{"ResourceType": kind, "ResourceId.1": id}
		for i, key := range gone {
			request["TagKey."+string(rune('1'+i))] = key
		}
		p.call(rpcVersion, "UntagResources", request)
	}
	request, i := map[string]any{"ResourceType": kind, "ResourceId.1": id}, '1'
	for key, value := range tags {
		request["Tag."+string(i)+".Key"], request["Tag."+string(i)+".Value"] = key, value
		i++
	}
	p.call(rpcVersion, "TagResources", request)
}

// A folder with tags: created, its tags changed, destroyed
// (docs/spec/tags-and-members.md#listing-tags).
func TestTerraformFolderWithTags(t *testing.T) {
	t.Parallel()
	p := startProvider(t, startDev(t, "--ephemeral"))
	const name = "tfaccresourcemanager12345_update" // as long as in the provider's tests
	id := field(t, p.call(olderVersion, "CreateFolder", map[string]any{"FolderName": name, "ParentFolderId": "r-Root01"}), "Folder", "FolderId")
	if got := p.tags(rpcVersion, "Folder", id); len(got) != 0 {
		t.Errorf("got tags %v, want none", got)
	}
	for _, step := range []struct {
		gone []string
		want map[string]string
	}{
		{nil, map[string]string{"Created": "TF", "For": "Test"}},
		{nil, map[string]string{"Created": "TF-update", "For": "Test-update"}},
		{[]string{"Created"}, map[string]string{"For": "Test-update", "Owner": ""}},
	} {
		p.setTags("Folder", id, step.gone, step.want)
		if got := p.tags(rpcVersion, "Folder", id); !reflect.DeepEqual(got, step.want) {
			t.Errorf("got tags %v, want %v", got, step.want)
		}
	}
	read := p.call(olderVersion, "GetFolder", map[string]any{"FolderId": id})
	equal(t, "folder_name", field(t, read, "Folder", "FolderName"), any(name))
	p.call(olderVersion, "DeleteFolder", map[string]any{"FolderId": id})
	_, err := p.send(olderVersion, "GetFolder", map[string]any{"FolderId": id})
	equal(t, "code after destroy", tea.StringValue(errorAs[*tea.SDKError](t, err).Code), "EntityNotExists.Folder")
	if got := p.tags(rpcVersion, "Folder", id); len(got) != 0 {
		t.Errorf("got tags %v of a folder that is gone", got)
	}
}

// An account: created with what the vendor does not know, tagged, paid for by
// another and then by itself, and destroyed by force
// (docs/spec/tags-and-members.md#checks-before-a-deletion).
func TestTerraformAccountIsDestroyedByForce(t *testing.T) {
	t.Parallel()
	p := startProvider(t, startDev(t, "--ephemeral"))
	made := p.call(olderVersion, "CreateResourceAccount", map[string]any{"DisplayName": "tf-account", "ParentFolderId": "r-Root01",
		"Tags.1.Key": "Created", "Tags.1.Value": "TF"})
	id := field(t, made, "Account", "AccountId")
	account := map[string]any{"AccountId": id}
	p.setTags("Account", id, nil, map[string]string{"Created": "TF"})
	payer := func(want any) {
		t.Helper()
		if got := p.call(olderVersion, "GetPayerForAccount", account)["PayerAccountId"]; got != want {
			t.Errorf("payer_account_id: got %v, want %v", got, want)
		}
	}
	equal(t, "tags", len(p.tags(olderVersion, "Account", id)), 1)
	payer(nil)
	p.call(rpcVersion, "UpdatePayerForAccount", map[string]any{"AccountId": id, "PayerAccountId": treeMember})
	payer(treeMember)
	p.call(rpcVersion, "UpdatePayerForAccount", map[string]any{"AccountId": id, "PayerAccountId": ""})
	payer(nil)

	// The data source lists accounts with their tags.
	listed := wrapped(t, p.call(rpcVersion, "ListAccounts", map[string]any{"IncludeTags": true, "PageNumber": 1, "PageSize": 50,
		"Tag.1.Key": "Created", "Tag.1.Value": "TF"}), "Accounts", "Account")
	equal(t, "accounts with the tag", len(listed), 1)
	if _, ok := listed[0]["Tags"].(map[string]any); !ok {
		t.Errorf("Tags: got %T, want an object", listed[0]["Tags"])
	}

	p.call(olderVersion, "CheckAccountDelete", account)
	result := p.call(olderVersion, "GetAccountDeletionCheckResult", account)
	equal(t, "status of the check", field(t, result, "AccountDeletionCheckResultInfo", "Status"), any("PreCheckComplete"))
	checks, ok := field(t, result, "AccountDeletionCheckResultInfo", "AbandonableChecks").([]any)
	if !ok || len(checks) != 0 {
		t.Errorf("AbandonableChecks: got %v, want an empty list", checks)
	}
	p.call(olderVersion, "DeleteAccount", map[string]any{"AccountId": id, "AbandonableCheckId": ""}) // there is nothing to abandon
	status := p.call(olderVersion, "GetAccountDeletionStatus", account)
	equal(t, "status of the deletion", field(t, status, "RdAccountDeletionStatus", "Status"), any("Success"))
	_, err := p.send(olderVersion, "GetAccount", account)
	equal(t, "code after destroy", tea.StringValue(errorAs[*tea.SDKError](t, err).Code), "EntityNotExists.Account")
}

// An account that pays for another is not destroyed; the provider names the checks
// that can be abandoned, as JSON.
func TestTerraformAccountThatPaysStays(t *testing.T) {
	t.Parallel()
	p := startProvider(t, startDev(t, "--ephemeral"))
	p.call(rpcVersion, "UpdatePayerForAccount", map[string]any{"AccountId": "1817610956901234", "PayerAccountId": treeMember})
	p.call(olderVersion, "CheckAccountDelete", map[string]any{"AccountId": treeMember})
	result := p.call(olderVersion, "GetAccountDeletionCheckResult", map[string]any{"AccountId": treeMember})
	equal(t, "may be deleted", field(t, result, "AccountDeletionCheckResultInfo", "AllowDelete"), any(false))
	abandoned, err := json.Marshal([]string{"NON_SP_ram"})
	if err != nil {
		t.Fatal(err)
	}
	p.call(olderVersion, "DeleteAccount", map[string]any{"AccountId": treeMember, "AbandonableCheckId": string(abandoned)})
	status := p.call(olderVersion, "GetAccountDeletionStatus", map[string]any{"AccountId": treeMember})
	equal(t, "status of the deletion", field(t, status, "RdAccountDeletionStatus", "Status"), any("CheckFailed"))
	read := p.call(olderVersion, "GetAccount", map[string]any{"AccountId": treeMember})
	equal(t, "status of the account", field(t, read, "Account", "Status"), any("CreateSuccess"))
}

// A directory with its settings: made, switched, destroyed
// (docs/spec/tags-and-members.md#permission-to-delete-members).
func TestTerraformDirectoryWithSettings(t *testing.T) {
	t.Parallel()
	p := startProvider(t, startDev(t, "--ephemeral"))
	for _, member := range []string{treeMember, "1817610956901234"} {
		p.call(olderVersion, "DeleteAccount", map[string]any{"AccountId": member})
	}
	p.call(olderVersion, "DestroyResourceDirectory", map[string]any{})
	made := p.call(olderVersion, "InitResourceDirectory", map[string]any{})
	setting := func(name string) any {
		t.Helper()
		return field(t, p.call(rpcVersion, "GetResourceDirectory", map[string]any{}), "ResourceDirectory", name)
	}
	equal(t, "directory", setting("ResourceDirectoryId"), field(t, made, "ResourceDirectory", "ResourceDirectoryId"))
	equal(t, "member_deletion_status", setting("MemberDeletionStatus"), any("Disabled"))
	for _, status := range []string{"Enabled", "Disabled", "Enabled"} {
		p.call(olderVersion, "SetMemberDeletionPermission", map[string]any{"Status": status})
		p.call(rpcVersion, "SetMemberDisplayNameSyncStatus", map[string]any{"Status": status})
		equal(t, "member_deletion_status", setting("MemberDeletionStatus"), any(status))
		equal(t, "member_account_display_name_sync_status", setting("MemberAccountDisplayNameSyncStatus"), any(status))
	}
	// The data source reads the status of control policies under its older name.
	read := p.call(olderVersion, "GetResourceDirectory", map[string]any{})
	equal(t, "status", field(t, read, "ResourceDirectory", "ScpStatus"), setting("ControlPolicyStatus"))
	p.call(olderVersion, "DestroyResourceDirectory", map[string]any{})
	_, err := p.send(rpcVersion, "GetResourceDirectory", map[string]any{})
	equal(t, "code after destroy", tea.StringValue(errorAs[*tea.SDKError](t, err).Code), "ResourceDirectoryNotInUse")
}
