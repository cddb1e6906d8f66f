package control_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

const (
	notifications = "/mingce/v1/orgs/" + directory.SampleOrg + "/notifications"
	bill          = `{"account":"1997968394351234","type":"AccountExpenses","subject":"账单","text":"Your bill is due."}`
)

func TestNotificationsGoToTheContactsInEffect(t *testing.T) {
	t.Parallel()
	w := open(t, false)
	s := w.Directory.Session(directory.CommandLine(directory.SampleOrg), "test", "")
	if err := s.AssociateMembers(t.Context(), directory.SampleMessageContact, []string{"fd-ZDNPiT1234"}); err != nil {
		t.Fatal(err)
	}
	admin := adminKey(t, w.Directory, directory.SampleOrg)
	key := []string{"Content-Type", "application/json", "Authorization", "Bearer " + admin.AdminToken()}
	w.want(t, 401, "unauthorized", "POST", notifications, bill, "Content-Type", "application/json")
	w.want(t, 400, "invalidParameter", "POST", notifications, bill, key[2:]...)
	w.want(t, 400, "invalidParameter", "POST", notifications, `{"to":"x"}`, key...)
	for old, bad := range map[string]string{"AccountExpenses": "Spam", "账单": `a\nBcc: b`, "Your bill is due.": ""} {
		w.want(t, 400, "invalidParameter", "POST", notifications, strings.Replace(bill, old, bad, 1), key...)
	}
	w.want(t, 404, "notFound", "POST", notifications, strings.Replace(bill, "1997968394351234", "1000000000009999", 1), key...)
	w.want(t, 404, "notFound", "POST", "/mingce/v1/orgs/nobody/notifications", bill, key...)

	status, text := w.call(t, "POST", notifications, bill, key...)
	var sent struct {
		ID        string
		Receivers []struct {
			ContactID string
			Channels  []string
		}
	}
	if err := json.Unmarshal([]byte(text), &sent); err != nil || status != 200 {
		t.Fatalf("got %d %s", status, text)
	}
	if len(sent.Receivers) != 1 || sent.Receivers[0].ContactID != directory.SampleMessageContact || len(sent.Receivers[0].Channels) != 1 || sent.Receivers[0].Channels[0] != "email" {
		t.Errorf("receivers: got %s, want the sample contact by email", text)
	}
	if strings.Contains(text, "@") {
		t.Errorf("the answer shows an address: %s", text)
	}
	ms, err := w.Directory.Messages(t.Context(), directory.MessageFilter{Org: directory.SampleOrg})
	if err != nil || len(ms) != 1 || ms[0].To != "someone@example.com" || ms[0].Content.Text != "Your bill is due." {
		t.Errorf("messages: got %v, %v, want one to the contact", ms, err)
	}
	es, err := w.Directory.Audit(t.Context(), directory.AuditFilter{Org: directory.SampleOrg, Object: sent.ID})
	if err != nil || len(es) != 1 || es[0].Actor != admin.ID || !strings.Contains(string(es[0].After), `"`+directory.SampleMessageContact+`":["email"]`) {
		t.Errorf("history: got %v, %v, want who got what, by the admin key", es, err)
	}
}

func TestAStandInNeedsNoAdminKeyToNotify(t *testing.T) {
	t.Parallel()
	w := open(t, true)
	status, text := w.call(t, "POST", notifications, bill, "Content-Type", "application/json")
	if status != 200 || !strings.Contains(text, `"receivers":[]`) {
		t.Errorf("got %d %s, want nobody to receive it", status, text)
	}
}
