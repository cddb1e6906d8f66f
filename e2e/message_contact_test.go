package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"
)

// Members of the sample's resource directory that message contacts can be bound to.
const (
	sampleDirectory = "rd-StSamp"
	sampleFolder    = "fd-ZDNPiT1234"
	sampleMember    = "1817610956901234"
)

// TestMessageContactsFromAddToDelete takes a contact through all twelve operations with every Go
// client, with real mails.
func TestMessageContactsFromAddToDelete(t *testing.T) {
	t.Parallel()
	box := openMailbox(t)
	s := startDev(t, append([]string{"--ephemeral"}, box.flags()...)...)
	n := 0
	callers := rpcCallers(t, s.host, accessKey, accessSecret)
	callers["aliyun CLI"] = aliyunCLI(t, s)
	for name, call := range callers {
		n++
		c := &contactLife{
			server: s, box: box, call: call, name: "联系人" + string(rune('a'+n)),
			email: fmt.Sprintf("first%d@example.com", n), next: fmt.Sprintf("second%d@example.com", n), phone: fmt.Sprintf("86-1390000%04d", n),
		}
		t.Run(name, func(t *testing.T) {
			c.add(t)
			c.verifyEmail(t)
			c.verifyPhone(t)
			c.bind(t)
			c.change(t)
			c.delete(t)
		})
	}
}

// contactLife is one contact that is used through one client.
type contactLife struct {
	server                   *server
	box                      *mailbox
	call                     caller
	id                       string
	name, email, next, phone string
}

// do calls an operation for the contact; parameters are names and values in turn.
func (c *contactLife) do(t *testing.T, action string, parameters ...string) map[string]any {
	t.Helper()
	answer, err := c.try(action, parameters...)
	if err != nil {
		t.Fatalf("%s: %v", action, err)
	}
	return answer
}

func (c *contactLife) try(action string, parameters ...string) (map[string]any, error) {
	all := map[string]string{}
	if c.id != "" {
		all["ContactId"] = c.id
	}
	for i := 0; i+1 < len(parameters); i += 2 {
		all[parameters[i]] = parameters[i+1]
	}
	return c.call(action, all)
}

// refused checks the error code that the client shows.
func (c *contactLife) refused(t *testing.T, code, action string, parameters ...string) {
	t.Helper()
	answer, err := c.try(action, parameters...)
	if err == nil {
		t.Fatalf("%s: got %v, want %s", action, answer, code)
	}
	equal(t, action, errorCode(t, err), code)
}

func (c *contactLife) contact(t *testing.T, name string) any {
	t.Helper()
	return field(t, c.do(t, "GetMessageContact"), "Contact", name)
}

// list returns a field of every element of a list in an answer.
func list(t *testing.T, answer map[string]any, name, of string) []string {
	t.Helper()
	elements, ok := answer[name].([]any)
	if !ok {
		t.Fatalf("%s: got %v, want a list", name, answer[name])
	}
	values := make([]string, len(elements))
	for i, e := range elements {
		element, _ := e.(map[string]any)
		values[i] = fmt.Sprint(element[of])
	}
	return values
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func (c *contactLife) toVerify(t *testing.T) []string {
	t.Helper()
	return list(t, c.do(t, "ListMessageContactVerifications"), "ContactVerifications", "Target")
}

func (c *contactLife) add(t *testing.T) {
	contact := []string{
		"Name", c.name, "EmailAddress", c.email, "PhoneNumber", c.phone, "Title", "FinanceDirector",
		"MessageTypes.1", "SecurityMessage", "MessageTypes.2", "AccountExpenses",
	}
	added := c.do(t, "AddMessageContact", contact...)
	c.refused(t, "InvalidParameter.Name.AlreadyUsed", "AddMessageContact", contact...)
	c.id, _ = field(t, added, "Contact", "ContactId").(string)

	got, _ := c.do(t, "GetMessageContact")["Contact"].(map[string]any)
	equal(t, "CreateDate", got["CreateDate"], field(t, added, "Contact", "CreateDate"))
	equal(t, "Status", got["Status"], any("Verifying"))
	equal(t, "MessageTypes", fmt.Sprint(got["MessageTypes"]), "[SecurityMessage AccountExpenses]")
	equal(t, "Members", fmt.Sprint(got["Members"]), "[]")
	same(t, "to be verified", c.toVerify(t), c.email, c.phone)

	c.refused(t, "ContactStatusMismatchAction", "AssociateMembers", "Members.1", sampleFolder)
	c.refused(t, "ContactStatusMismatchAction", "CancelMessageContactUpdate")
	c.refused(t, "EntityNotExists.Contact.Verification", "SendEmailVerificationForMessageContact", "EmailAddress", c.next)
}

func (c *contactLife) verifyEmail(t *testing.T) {
	c.do(t, "SendEmailVerificationForMessageContact", "EmailAddress", c.email)
	c.refused(t, "SendValidateCodeExceedsLimitForAccount", "SendEmailVerificationForMessageContact", "EmailAddress", c.email)
	mail := c.box.receive(t, c.email)
	equal(t, "sender of the mail", mail.From, "noreply@contacts.example.com")

	c.page(t, "opening the link", http.MethodGet, mail.Link, nil, http.StatusOK)
	equal(t, "Status after the link was opened", c.contact(t, "Status"), any("Verifying"))
	c.page(t, "confirming", http.MethodPost, mail.Link, url.Values{}, http.StatusOK)
	equal(t, "Status after it was confirmed", c.contact(t, "Status"), any("Active"))
	c.page(t, "confirming again", http.MethodPost, mail.Link, url.Values{}, http.StatusGone)
	c.refused(t, "EntityNotExists.Contact.Verification", "SendEmailVerificationForMessageContact", "EmailAddress", c.email)
}

// page sends one request to the verification page, without following anything.
func (c *contactLife) page(t *testing.T, what, method, link string, form url.Values, status int) {
	t.Helper()
	parsed, err := url.Parse(link)
	if err != nil || parsed.Host != c.server.host {
		t.Fatalf("link: got %q, want one that leads to %s", link, c.server.host)
	}
	var body any
	if form != nil {
		body = form
	}
	equal(t, what, c.server.call(t, method, parsed.RequestURI(), body).status, status)
}

// shortToken is the length of the part of a token that does not confirm anything by itself.
const shortToken = 16

func (c *contactLife) verifyPhone(t *testing.T) {
	c.refused(t, "InvalidParameter.MobileCountryCode", "SendPhoneVerificationForMessageContact", "PhoneNumber", "1-2025550123")
	c.do(t, "SendPhoneVerificationForMessageContact", "PhoneNumber", c.phone)
	text := decode[struct{ Link, Code string }](t, c.server.call(t, http.MethodGet,
		"/_mingce/messages/wait?"+url.Values{"to": {c.phone}, "channel": {"sms"}}.Encode(), nil))

	link, err := url.Parse(text.Link)
	if err != nil {
		t.Fatal(err)
	}
	link.Path = link.Path[:len("/verify/")+shortToken]
	c.page(t, "the short link without a code", http.MethodPost, link.String(), url.Values{}, http.StatusForbidden)
	same(t, "to be verified before the code is entered", c.toVerify(t), c.phone)
	c.page(t, "the code", http.MethodPost, link.String(), url.Values{"code": {text.Code}}, http.StatusOK)
	same(t, "to be verified in the end", c.toVerify(t))
}

func (c *contactLife) bind(t *testing.T) {
	c.refused(t, "InvalidParameter.Members.Duplicate", "AssociateMembers", "Members.1", sampleFolder, "Members.2", sampleFolder)
	c.refused(t, "InvalidMember", "AssociateMembers", "Members.1", sampleFolder, "Members.2", "fd-NoSuch0000")
	bound := c.do(t, "AssociateMembers", "Members.1", sampleFolder, "Members.2", sampleMember, "Members.3", sampleDirectory)
	same(t, "bound to", list(t, bound, "Members", "MemberId"), sampleFolder, sampleMember, sampleDirectory)
	same(t, "bound contact", list(t, bound, "Members", "ContactId"), c.id, c.id, c.id)

	c.do(t, "DisassociateMembers", "Members.1", sampleDirectory)
	c.refused(t, "InvalidMember", "DisassociateMembers", "Members.1", sampleDirectory)
	equal(t, "Members", fmt.Sprint(c.contact(t, "Members")), fmt.Sprintf("[%s %s]", sampleMember, sampleFolder))

	for member, want := range map[string]bool{sampleFolder: true, sampleMember: true, sampleDirectory: false} {
		page, err := c.call("ListMessageContacts", map[string]string{"Member": member, "PageNumber": "1", "PageSize": "100"})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "listed for "+member, slices.Contains(list(t, page, "Contacts", "ContactId"), c.id), want)
	}
}

func (c *contactLife) change(t *testing.T) {
	c.do(t, "UpdateMessageContact", "EmailAddress", c.next, "Title", "CEO")
	equal(t, "EmailAddress while its successor waits", c.contact(t, "EmailAddress"), any(c.email))
	equal(t, "Title", c.contact(t, "Title"), any("CEO"))
	same(t, "to be verified after the update", c.toVerify(t), c.next)
	c.do(t, "CancelMessageContactUpdate", "EmailAddress", c.next)
	same(t, "to be verified after it was cancelled", c.toVerify(t))
	c.refused(t, "EntityNotExists.Contact.Verification", "CancelMessageContactUpdate", "EmailAddress", c.next)

	c.do(t, "UpdateMessageContact", "EmailAddress", c.next)
	c.do(t, "SendEmailVerificationForMessageContact", "EmailAddress", c.next)
	c.page(t, "confirming the successor", http.MethodPost, c.box.receive(t, c.next).Link, url.Values{}, http.StatusOK)
	equal(t, "EmailAddress after its successor was confirmed", c.contact(t, "EmailAddress"), any(c.next))
}

func (c *contactLife) delete(t *testing.T) {
	c.refused(t, "EntityNotExists.Contact", "GetMessageContactDeletionStatus")
	deleted := c.do(t, "DeleteMessageContact", "RetainContactInMembers", "false")
	equal(t, "Status of a deletion that takes the contact from its members", deleted["Status"], any("Deleting"))
	c.waitUntilGone(t)
	c.refused(t, "EntityNotExists.Contact", "GetMessageContact")
	c.refused(t, "EntityNotExists.Contact", "DeleteMessageContact")

	// The name is free again; this one stays with the members it has.
	c.id = ""
	again := c.do(t, "AddMessageContact", "Name", c.name, "EmailAddress", c.email, "Title", "Other", "MessageTypes.1", "FaultMessage")
	c.id, _ = field(t, again, "Contact", "ContactId").(string)
	equal(t, "Status of a deletion that retains", c.do(t, "DeleteMessageContact", "RetainContactInMembers", "true")["Status"], any("Deleted"))
	c.refused(t, "EntityNotExists.Contact", "GetMessageContact")
}

// waitUntilGone polls the deletion's status as a program would.
func (c *contactLife) waitUntilGone(t *testing.T) {
	t.Helper()
	deadline := time.After(mailPatience)
	poll := time.NewTicker(50 * time.Millisecond)
	defer poll.Stop()
	for {
		answer, err := c.try("GetMessageContactDeletionStatus")
		if err != nil {
			equal(t, "code once the contact is gone", errorCode(t, err), "EntityNotExists.Contact")
			return
		}
		equal(t, "Status of the deletion", field(t, answer, "ContactDeletionStatus", "Status"), any("Deleting"))
		select {
		case <-poll.C:
		case <-deadline:
			t.Fatalf("deletion of %s is not finished after %v", c.id, mailPatience)
		}
	}
}
