package transfer_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/storetest"
	"github.com/mingce/mingce/internal/transfer"
)

// exported is an export of the message contacts in JSON Lines, and its digest.
func (b *bench) exported() (text, digest string) {
	b.t.Helper()
	var file bytes.Buffer
	err := b.session().Export(b.t.Context(), directory.ObjectQuery{Kind: directory.MessageContactKind}, func(src *directory.Snapshot) error {
		r, err := transfer.Export(b.t.Context(), src, &file, transfer.ExportOptions{KindName: "message-contacts",
			WriteOptions: transfer.WriteOptions{Format: transfer.JSONL, Kinds: []directory.Kind{directory.MessageContactKind}, CorpID: directory.SampleOrg}})
		digest = r.Digest
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return file.String(), digest
}

func messageContact(id, name, status string, members ...string) directory.Edit {
	return directory.Edit{Kind: directory.MessageContactKind, Do: directory.CreateObject, ID: id, Verified: true, Values: directory.Values{
		"name": name, "email": name + "@example.com", "phone": "86-13900000001", "title": "CEO", "messageTypes": []string{"FaultMessage"}, "status": status, "members": members}}
}

// Export, loss, import: message contacts come back as they were, verified or not,
// bound, and without a message to those who are verified.
func TestMessageContactsComeBack(t *testing.T) {
	t.Parallel()
	b := sample(t)
	b.edit(messageContact("c-A", "ann", "Active", oneAccount), messageContact("c-B", "bob", "Verifying", oneAccount), messageContact("c-C", "cat", "Active"),
		directory.Edit{Kind: directory.MessageContactKind, Do: directory.ChangeObject, ID: "c-C", Values: directory.Values{"email": "new@example.com"}})
	text, digest := b.exported()
	fresh := sample(t)
	rows := fresh.twice(t, transfer.Options{OnDuplicate: "update"}, text)
	fresh.same("rows", told(rows), []string{"unchanged", "unchanged", "created", "created", "created"})
	for _, row := range rows[2:] {
		if id, status := row.Object.Text("contactId"), row.Object.Text("status"); (status == directory.Verifying) != (id == "c-B") {
			t.Errorf("%s: %s", id, status)
		}
	}
	if _, got := fresh.exported(); got != digest {
		t.Errorf("digest: got %s, want %s", got, digest)
	}
	ms, err := fresh.dir.Messages(t.Context(), directory.MessageFilter{To: "ann@example.com", Readable: true})
	if err != nil || len(ms) != 0 {
		t.Errorf("messages to somebody who was verified: %v, %v", ms, err)
	}
}

// A file of somebody else verifies nothing unless it is JSON Lines that says so:
// a table cannot, and neither can an address that replaces a verified one.
func TestNoFileVerifiesAnAddress(t *testing.T) {
	t.Parallel()
	b := sample(t)
	b.edit(messageContact("c-A", "ann", "Active"))
	rows := b.twice(t, transfer.Options{Kind: "message-contacts", OnDuplicate: "update"},
		"contactId,name,email,title,messageTypes,status\n,bob,bob@example.com,CEO,FaultMessage,Active\nc-A,ann,stranger@example.com,CEO,FaultMessage,Active\n")
	b.same("rows", told(rows), []string{"created", "updated"})
	if rows[0].Object.Text("status") != "Verifying" || rows[1].Object.Text("email") != "ann@example.com" {
		t.Errorf("got %v, %v", rows[0].Object, rows[1].Object)
	}
	rows = b.twice(t, transfer.Options{OnDuplicate: "update"}, `{"kind":"mingce-export","formatVersion":1,"corpId":"ding87654321","kinds":["message-contact"]}
{"kind":"message-contact","object":{"contactId":"c-A","name":"ann","email":"other@example.com","phone":"86-13900000001","title":"CEO","messageTypes":["FaultMessage"],"status":"Active"}}
{"kind":"end","counts":{},"digest":""}
`)
	if rows[0].Object.Text("email") != "ann@example.com" {
		t.Errorf("an export that changes the address: got %v", rows[0].Object)
	}
	c, err := b.session().Object(t.Context(), directory.MessageContactKind, "c-A")
	if err != nil || c.Values.Text("email") != "ann@example.com" {
		t.Errorf("c-A: %v, %v", c, err)
	}
}

// What an object loses on its way in is a warning of its row: members that are
// gone, messages that are not sent, labels of a contact of the bin.
func TestLossesAreWarnings(t *testing.T) {
	t.Parallel()
	b := newBench(t, storetest.Open(t), directory.Settings{MaxVerificationsPerDay: 1})
	b.edit(create(directory.LabelKind, "71", directory.Values{"name": "签", "group": "组"}),
		create(directory.ContactKind, "c1", directory.Values{"name": "客", "mobile": "86-13600000001", "labelIds": []int64{1, 71}, "followerUserId": wangFang}),
		remove(directory.ContactKind, "c1"), remove(directory.LabelKind, "71"))
	rows := b.twice(t, transfer.Options{OnDuplicate: "update"}, fmt.Sprintf(`{"kind":"contact","object":{"userId":"c1","name":"回"}}
{"kind":"message-contact","object":{"contactId":"c-A","name":"ann","email":"ann@example.com","title":"CEO","messageTypes":["FaultMessage"],"status":"Active","members":[%q,"gone"]}}
{"kind":"message-contact","object":{"contactId":"c-B","name":"bob","email":"bob@example.com","phone":"86-13900000001","title":"CEO","messageTypes":["FaultMessage"]}}
`, oneAccount))
	b.same("rows", told(rows), []string{"updated referenceNotFound@labelIds", "created referenceNotFound@members", "created verificationLimit@phone"})
	for i, value := range []string{"71", "gone", "86-13900000001"} {
		if w := rows[i].Warnings[0]; w.Value != value || w.MessageZh == "" {
			t.Errorf("row %d: %+v", i+1, w)
		}
	}
	b.same("members", rows[1].Object.Texts("members"), []string{oneAccount})
	if got := rows[0].Object.Numbers("labelIds"); len(got) != 1 || got[0] != 1 {
		t.Errorf("labels: %v", got)
	}
}
