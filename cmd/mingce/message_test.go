package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func TestMessageSettingsFromTheFile(t *testing.T) {
	c, err := readAndCheck(t, `{"mail":{"host":"127.0.0.1","from":"名册 <a@b.example>"},
		"sms":{"driver":"webhook","url":"https://sms.example/","header":["Authorization: Bearer a, b"],"body":"{{json .Text}}"},
		"verification":{"auto":true},"contacts":{"updateVisibility":"immediate","mobileCountryCodes":["86","49"],"max":5}}`)
	if err != nil {
		t.Fatal(err)
	}
	settings := c.settings()
	c.apply(&settings, func() string { return "https://x.example/" })
	if !settings.AutoVerify || !settings.UpdateVisibleAtOnce || settings.RequireReceiver || settings.MaxContacts != 5 || settings.MaxMessageContacts != 200 ||
		!slices.Equal(settings.MobileCountryCodes, []string{"86", "49"}) || settings.Links("t") != "https://x.example/verify/t" {
		t.Errorf("got %+v, want what the file says and defaults elsewhere", settings)
	}
	if !slices.Equal(c.SMS.Header, []string{"Authorization: Bearer a, b"}) {
		t.Errorf("headers: got %q, want one", c.SMS.Header)
	}
	carriers, err := c.carriers(slog.New(slog.DiscardHandler))
	if err != nil || carriers[directory.EmailChannel] == nil || carriers[directory.SMSChannel] == nil {
		t.Errorf("got %v %v, want a carrier of each channel", carriers, err)
	}
}

func TestMessageSettingsThatCannotWork(t *testing.T) {
	t.Parallel()
	for says, c := range map[string]messageFlags{
		"--mail-host":  {Mail: mailFlags{Host: "mail.example", From: "nobody"}},
		"password":     {Mail: mailFlags{Host: "mail.example", From: "a@b.example", PasswordFile: t.TempDir() + "/none"}},
		"--sms-driver": {SMS: smsFlags{Driver: "aliyun"}},
		"URL":          {SMS: smsFlags{Driver: "webhook", URL: "sms"}},
		"--sms-header": {SMS: smsFlags{Driver: "webhook", URL: "https://sms.example/", Header: []string{"Authorization"}}},
	} {
		if _, err := c.carriers(slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want an error about %s", err, says)
		}
	}
}

func TestASecretIsReadAsEditorsWriteIt(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"p wörd ", "p wörd \n", "p wörd \r\n", "\ufeffp wörd \n"} {
		file := filepath.Join(t.TempDir(), "password")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := secretIn(file); err != nil || got != "p wörd " {
			t.Errorf("%q: got %q, %v, want the secret alone", text, got, err)
		}
	}
}
