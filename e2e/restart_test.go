package e2e

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	util "github.com/alibabacloud-go/tea-utils/v2/service"
)

func TestChangesSurviveARestart(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	s := startDev(t, "--data", dir)

	s.javaUpdate(t, "&format=json")
	if _, err := grantVisibility(t, dingtalkConfig(s), tokenA, sampleGrant(), &util.RuntimeOptions{}); err != nil {
		t.Fatal(err)
	}
	added, err := openAPI(t, s.host, accessKey, accessSecret, "")("AddMessageContact", map[string]string{
		"Name": "汤姆", "EmailAddress": "new@example.com", "Title": "CEO", "MessageTypes.1": "AccountExpenses",
	})
	if err != nil {
		t.Fatal(err)
	}
	id, _ := field(t, added, "Contact", "ContactId").(string)
	equal(t, "exit code after SIGTERM", s.stop(t), 0)

	s = startDev(t, "--data", dir)
	equal(t, "address of the external contact", s.externalContactField(t, tokenA, "address"), "地址内容/1")
	equal(t, "fields granted to corp B", s.visibilityGrants(t)[corpB], "mobile")
	got, err := openAPI(t, s.host, accessKey, accessSecret, "")("GetMessageContact", map[string]string{"ContactId": id})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "name of the message contact", field(t, got, "Contact", "Name"), any("汤姆"))

	history := s.call(t, http.MethodGet, "/_mingce/audit?"+url.Values{"object": {externalContact}}.Encode(), nil)
	entries := decode[struct{ Entries []auditEntry }](t, history).Entries
	if len(entries) == 0 {
		t.Fatalf("history of %s: got %s, want the update from before the restart", externalContact, history)
	}
	if last := entries[0]; strings.Contains(string(last.Before), "地址内容") || !strings.Contains(string(last.After), "地址内容") {
		t.Errorf("history: got before %s and after %s, want the address in the latter only", last.Before, last.After)
	}
}

func TestResetBringsTheSampleBack(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	s.javaUpdate(t, "&format=json")
	if r := s.call(t, http.MethodPost, "/_mingce/reset", nil); r.status/100 != 2 {
		t.Fatalf("POST /_mingce/reset: got %s, want 2xx", r)
	}
	r := s.topCall(t, "dingtalk.corp.extcontact.get", "json", tokenA, url.Values{"user_id": {externalContact}})
	if strings.Contains(r.body, "地址内容") || !strings.Contains(r.body, "张三") {
		t.Errorf("contact after reset: got %s, want the sample's", r)
	}
}

func TestASecondProcessOnTheSameFolderIsRefused(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	first := startDev(t, "--data", dir)

	second := launchDev(t, "--data", dir)
	equal(t, "exit code of the second", second.wait(t), 1)
	if output := second.output.String(); !strings.Contains(output, dir) {
		t.Errorf("output of the second: got %q, want it to name %s", output, dir)
	}
	equal(t, "name read from the first", first.externalContactField(t, tokenA, "name"), "张三")
}
