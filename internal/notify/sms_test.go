package notify_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/notify"
)

func TestWebhookFillsItsTemplate(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	link, code := o.sendSMS("86-13900001234")
	var got map[string]string
	var authorization string
	status := http.StatusInternalServerError
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		authorization = r.Header.Get("Authorization")
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil {
			t.Error(err)
		}
		w.WriteHeader(status)
	}))
	defer server.Close()
	c, err := notify.NewWebhook(notify.WebhookConfig{URL: server.URL + "/send?key=hidden", Headers: map[string]string{"Authorization": "Bearer abc"},
		Body: `{"mobile":{{json .Number}},"e164":{{json .To}},"text":{{json .Text}},"code":{{json .Code}},"link":{{json .Link}}}`})
	if err != nil {
		t.Fatal(err)
	}
	o.attempt(directory.SMSChannel, c)
	if m := o.message("86-13900001234"); m.State != directory.MessageQueued || m.LastError != "provider answered 500" {
		t.Errorf("got %s %q, want queued: provider answered 500", m.State, m.LastError)
	}
	status = http.StatusAccepted
	o.pass(5 * time.Second)
	o.attempt(directory.SMSChannel, c)
	if m := o.message("86-13900001234"); m.State != directory.MessageSent {
		t.Errorf("got %s, want sent", m.State)
	}
	if got["mobile"] != "13900001234" || got["e164"] != "+8613900001234" || got["code"] != code || got["link"] != link || !strings.Contains(got["text"], code) || authorization != "Bearer abc" {
		t.Errorf("got %v with %q", got, authorization)
	}
	server.Close()
	o.pass(time.Minute)
	o.sendSMS("86-13900001235")
	o.attempt(directory.SMSChannel, c)
	if e := o.message("86-13900001235").LastError; e == "" || strings.Contains(e, "hidden") {
		t.Errorf("got %q, want a reason that does not show the URL's key", e)
	}
	for _, bad := range []notify.WebhookConfig{{URL: "ftp://x/"}, {URL: "sms"}, {URL: server.URL, Body: "{{.Nothing}}"}, {URL: server.URL, Body: "{{"}} {
		if _, err := notify.NewWebhook(bad); err == nil {
			t.Errorf("%+v: got no error", bad)
		}
	}
}

func TestSendSmsIsSigned(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	_, code := o.sendSMS("86-13900001234")
	var form url.Values
	answer := `{"Code":"isv.BUSINESS_LIMIT_CONTROL","Message":"too many to 13900001234"}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		form = r.PostForm
		_, _ = io.WriteString(w, answer)
	}))
	defer server.Close()
	c, err := notify.NewAliyun(notify.AliyunConfig{Endpoint: server.URL, AccessKeyID: "id", AccessKeySecret: directory.NewSecret("testsecret"),
		SignName: "名册 *~", VerificationTemplate: "SMS_1"})
	if err != nil {
		t.Fatal(err)
	}
	o.attempt(directory.SMSChannel, c)
	if m := o.message("86-13900001234"); m.State != directory.MessageQueued || !strings.Contains(m.LastError, "isv.BUSINESS_LIMIT_CONTROL") || strings.Contains(m.LastError, "13900001234") {
		t.Errorf("got %s %q, want queued with the provider's code and no number", m.State, m.LastError)
	}
	nonce := form.Get("SignatureNonce")
	answer = `{"Code":"OK"}`
	o.pass(5 * time.Second)
	o.attempt(directory.SMSChannel, c)
	if m := o.message("86-13900001234"); m.State != directory.MessageSent {
		t.Errorf("got %s %q, want sent", m.State, m.LastError)
	}
	signature := form.Get("Signature")
	form.Del("Signature")
	if want := notify.SignRPC(http.MethodPost, form, directory.NewSecret("testsecret")); signature != want {
		t.Errorf("signature: got %s, want %s", signature, want)
	}
	if form.Get("SignatureNonce") == nonce {
		t.Error("the nonce was used twice")
	}
	if form.Get("PhoneNumbers") != "13900001234" || form.Get("Action") != "SendSms" {
		t.Errorf("got %v", form)
	}
	// The person needs only the id of the page and the code to confirm.
	var read struct{ Code, ID string }
	if err := json.Unmarshal([]byte(form.Get("TemplateParam")), &read); err != nil || read.Code != code {
		t.Errorf("TemplateParam: got %s %v, want code %s", form.Get("TemplateParam"), err, code)
	}
	if err := o.dir.ConfirmVerification(context.Background(), read.ID, read.Code, "1"); err != nil {
		t.Errorf("confirm with what was sent: got %v, want success", err)
	}
}

// docs/spec/alibaba-cloud.md#published-example-of-version-1
func TestPublishedSignature(t *testing.T) {
	t.Parallel()
	v, err := url.ParseQuery("AccessKeyId=testid&Action=DescribeRegions&Format=XML&SignatureMethod=HMAC-SHA1&SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf" +
		"&SignatureVersion=1.0&Timestamp=2016-02-23T12:46:24Z&Version=2014-05-26")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := notify.SignRPC("GET", v, directory.NewSecret("testsecret")), "OLeaidS1JvxuMvnyHOwuJ+uX5qY="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
