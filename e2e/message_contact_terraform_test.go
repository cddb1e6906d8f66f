package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"

	rpc "github.com/alibabacloud-go/tea-rpc/client"
	rpcutil "github.com/alibabacloud-go/tea-utils/service"
	"github.com/alibabacloud-go/tea/tea"
)

// terraformState is the provider's state of alicloud_resource_manager_message_contact.
type terraformState struct {
	Name, EmailAddress, PhoneNumber, Title string
	MessageTypes                           []string
}

func (s terraformState) messageTypes() []any {
	types := make([]any, len(s.MessageTypes))
	for i, v := range s.MessageTypes {
		types[i] = v
	}
	return types
}

// readState reads a contact like the provider, which panics if a list is not an []any.
func readState(t *testing.T, contact map[string]any) terraformState {
	t.Helper()
	var s terraformState
	for name, to := range map[string]*string{"Name": &s.Name, "EmailAddress": &s.EmailAddress, "PhoneNumber": &s.PhoneNumber, "Title": &s.Title} {
		*to, _ = contact[name].(string)
	}
	for _, computed := range []string{"Status", "CreateDate"} {
		if contact[computed] == nil || contact[computed] == "" {
			t.Errorf("%s: got %v, want one", computed, contact[computed])
		}
	}
	types, ok := contact["MessageTypes"].([]any)
	if !ok {
		t.Fatalf("MessageTypes: got %T, want a list", contact["MessageTypes"])
	}
	for _, v := range types {
		s.MessageTypes = append(s.MessageTypes, fmt.Sprint(v))
	}
	return s
}

// TestTerraformAcceptanceTest makes the calls of the provider's own acceptance test,
// TestAccAliCloudResourceManagerMessageContact_basic11390, in its order
// (docs/spec/alibaba-cloud.md#terraforms-life-of-a-message-contact).
func TestTerraformAcceptanceTest(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	call := terraform(t, s.host, accessKey, accessSecret)
	id := ""
	planIsEmpty := func(step string, want terraformState) {
		t.Helper()
		for range 4 { // after the change, for the check, for the refresh, for the plan
			got, err := call("GetMessageContact", map[string]any{"ContactId": id})
			if err != nil {
				t.Fatalf("%s: %v", step, err)
			}
			contact, _ := got["Contact"].(map[string]any)
			if state := readState(t, contact); !reflect.DeepEqual(state, want) {
				t.Errorf("%s: got %+v, want an empty plan for %+v", step, state, want)
			}
		}
	}
	must := func(action string, request map[string]any) map[string]any {
		t.Helper()
		answer, err := call(action, request)
		if err != nil {
			t.Fatalf("%s: %v", action, err)
		}
		return answer
	}

	want := terraformState{"abcde", "resource-creation-test@example.com", "86-18626811111", "TechnicalDirector", []string{"AccountExpenses"}}
	added := must("AddMessageContact", map[string]any{
		"EmailAddress": want.EmailAddress, "Name": want.Name, "PhoneNumber": want.PhoneNumber, "MessageTypes": want.messageTypes(), "Title": want.Title,
	})
	id, _ = field(t, added, "Contact", "ContactId").(string)
	planIsEmpty("create", want)

	want = terraformState{"abcdeupdate", "resource-update-test@example.com", "86-18626811112", "MaintenanceDirector",
		[]string{"ProductMessage", "SecurityMessage", "ActivityMessage"}}
	must("UpdateMessageContact", map[string]any{
		"ContactId": id, "EmailAddress": want.EmailAddress, "Name": want.Name, "PhoneNumber": want.PhoneNumber, "MessageTypes": want.messageTypes(), "Title": want.Title,
	})
	planIsEmpty("update of everything", want)

	// The phone is left out because it has not changed; the others are always sent.
	want.Name, want.MessageTypes = "abcdeagain", []string{"FaultMessage"}
	must("UpdateMessageContact", map[string]any{
		"ContactId": id, "EmailAddress": want.EmailAddress, "Name": want.Name, "MessageTypes": want.messageTypes(), "Title": want.Title,
	})
	planIsEmpty("update of name and types", want)

	imported := readState(t, importOverTLS(t, s, id))
	if !reflect.DeepEqual(imported, want) {
		t.Errorf("import: got %+v, want %+v", imported, want)
	}

	must("DeleteMessageContact", map[string]any{"ContactId": id})
	for _, action := range []string{"GetMessageContact", "DeleteMessageContact"} {
		_, err := call(action, map[string]any{"ContactId": id})
		sdkError := errorAs[*tea.SDKError](t, err)
		equal(t, action+" after destroy: code", tea.StringValue(sdkError.Code), "EntityNotExists.Contact")
		equal(t, action+" after destroy: status", tea.IntValue(sdkError.StatusCode), 404)
	}
}

// importVariable makes this binary read one contact over HTTPS and exit. Go reads SSL_CERT_FILE once
// per process, so trusting a server's own authority, as users of the provider do, needs a separate
// process.
const importVariable = "MINGCE_E2E_IMPORT"

func init() {
	request := os.Getenv(importVariable)
	if request == "" {
		return
	}
	var host, id string
	_, err := fmt.Sscan(request, &host, &id)
	if err == nil {
		err = importContact(host, id)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func importContact(host, id string) error {
	client, err := rpc.NewClient(&rpc.Config{
		AccessKeyId: tea.String(accessKey), AccessKeySecret: tea.String(accessSecret), Endpoint: tea.String(host), Protocol: tea.String("HTTPS"),
	})
	if err != nil {
		return err
	}
	answer, err := client.DoRequest(tea.String("GetMessageContact"), nil, tea.String("POST"), tea.String(rpcVersion),
		tea.String("AK"), nil, map[string]any{"ContactId": id}, &rpcutil.RuntimeOptions{})
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(answer["Contact"])
}

func importOverTLS(t *testing.T, s *server, id string) map[string]any {
	t.Helper()
	authority := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(authority, []byte(s.call(t, http.MethodGet, "/_mingce/ca.pem", nil).body), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(env ...string) (stdout, stderr string, err error) {
		self, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), self)
		cmd.Env = append(append(os.Environ(), importVariable+"="+s.tlsHost+" "+id), env...)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		err = cmd.Run()
		return out.String(), errs.String(), err
	}
	if got, _, err := run(); err == nil {
		t.Errorf("import without the authority: got %s, want it refused", got)
	}
	out, errs, err := run("SSL_CERT_FILE=" + authority)
	if err != nil {
		t.Fatalf("import: %v\n%s", err, errs)
	}
	return decode[map[string]any](t, reply{body: out})
}
