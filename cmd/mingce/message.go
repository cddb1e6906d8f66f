package main

import (
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/notify"
)

// messageFlags are the settings of message contacts and of the messages sent to them.
type messageFlags struct {
	Mail         mailFlags           `embed:"" prefix:"mail-"`
	SMS          smsFlags            `embed:"" prefix:"sms-"`
	Verification verificationFlags   `embed:"" prefix:"verification-"`
	Contacts     messageContactFlags `embed:"" prefix:"contacts-"`
	Directory    directoryFlags      `embed:"" prefix:"directory-"`
}

// directoryFlags are the limits and beginnings of a resource directory.
type directoryFlags struct {
	MaxFolderName int64 `env:"MINGCE_DIRECTORY_MAX_FOLDER_NAME" default:"128" help:"Characters of a folder's name, 1 to 128 (${default}); the vendor documents 24, but its own tests use more."`

	MaxFolders  int64 `env:"MINGCE_DIRECTORY_MAX_FOLDERS" default:"1000" help:"Folders of a resource directory (${default})."`
	MaxAccounts int64 `env:"MINGCE_DIRECTORY_MAX_ACCOUNTS" default:"10000" help:"Accounts of a resource directory (${default})."`

	MaxControlPolicies    int64 `env:"MINGCE_DIRECTORY_MAX_CONTROL_POLICIES" default:"1500" help:"Custom control policies of a resource directory (${default})."`
	MaxControlAttachments int64 `env:"MINGCE_DIRECTORY_MAX_CONTROL_ATTACHMENTS" default:"10" help:"Custom control policies attached to one folder or account (${default})."`
	StrictPolicyNames     bool  `env:"MINGCE_DIRECTORY_STRICT_POLICY_NAMES" help:"Allow only names of control policies that the vendor documents: letters, digits and hyphens, a letter first."`

	MemberDeletion bool `env:"MINGCE_DIRECTORY_MEMBER_DELETION" help:"Let members of new resource directories be deleted from the beginning, without SetMemberDeletionPermission."`
}

// AfterApply is called by kong when the flags are known.
func (c *directoryFlags) AfterApply() error {
	if n := c.MaxFolderName; n < 1 || n > directory.MaxFolderName {
		return fmt.Errorf("--directory-max-folder-name is 1 to %d, not %d", directory.MaxFolderName, n)
	}
	return nil
}

type mailFlags struct {
	Host         string `placeholder:"HOST" env:"MINGCE_MAIL_HOST" help:"Mail server to send through; without one no mail is sent."`
	Port         int    `env:"MINGCE_MAIL_PORT" help:"Its port; 0 is 587, 465 or 25, by --mail-security."`
	Security     string `enum:"starttls,tls,opportunistic,none" default:"starttls" env:"MINGCE_MAIL_SECURITY" help:"How the connection is protected: ${enum} (${default})."`
	Username     string `env:"MINGCE_MAIL_USERNAME" help:"User to authenticate as; none if not given."`
	Password     string `env:"MINGCE_MAIL_PASSWORD" help:"Password; better given in the environment or with --mail-password-file."`
	PasswordFile string `placeholder:"FILE" env:"MINGCE_MAIL_PASSWORD_FILE" help:"File with the password."`
	From         string `placeholder:"ADDRESS" env:"MINGCE_MAIL_FROM" help:"Sender of the mails: address, or \"Name <address>\"."`
	Hello        string `env:"MINGCE_MAIL_HELLO" help:"Name to greet the mail server with; the machine's if not given."`
}

type smsFlags struct {
	Driver               string   `enum:"none,log,webhook,aliyun" default:"none" env:"MINGCE_SMS_DRIVER" help:"How text messages are sent: ${enum} (${default})."`
	URL                  string   `placeholder:"URL" env:"MINGCE_SMS_URL" help:"URL of the webhook, or of another endpoint of SendSms."`
	Header               []string `sep:"none" placeholder:"NAME: VALUE" env:"MINGCE_SMS_HEADER" help:"Header of the webhook, such as Authorization; may be repeated."`
	Body                 string   `env:"MINGCE_SMS_BODY" help:"Template of the webhook's body over To, Country, Number, Text, Code, Link and ID; JSON of all if not given."`
	ContentType          string   `env:"MINGCE_SMS_CONTENT_TYPE" help:"Content type of the webhook's body; application/json if not given."`
	AccessKeyID          string   `name:"access-key-id" env:"MINGCE_SMS_ACCESS_KEY_ID" help:"Access key for SendSms."`
	AccessKeySecret      string   `env:"MINGCE_SMS_ACCESS_KEY_SECRET" help:"Its secret; better given in the environment."`
	SignName             string   `env:"MINGCE_SMS_SIGN_NAME" help:"Approved signature for SendSms."`
	Template             string   `env:"MINGCE_SMS_TEMPLATE" help:"Template code for verifications; its variables are code and id, the last part of the address /verify/id where the code is entered."`
	NotificationTemplate string   `env:"MINGCE_SMS_NOTIFICATION_TEMPLATE" help:"Template code for notifications; its variable is text."`
}

type verificationFlags struct {
	Auto  bool  `env:"MINGCE_VERIFICATION_AUTO" help:"Verify addresses at once, without a message; for CI."`
	Daily int64 `env:"MINGCE_VERIFICATION_DAILY" default:"100" help:"Verification messages of a resource directory per day (${default})."`
}

type messageContactFlags struct {
	UpdateVisibility   string   `enum:"pending,immediate" default:"pending" env:"MINGCE_CONTACTS_UPDATE_VISIBILITY" help:"When a changed address is shown: once verified (pending) or at once (immediate)."`
	BindUnverified     bool     `env:"MINGCE_CONTACTS_BIND_UNVERIFIED" help:"Allow contacts to be bound before they are verified."`
	RequireReceiver    bool     `env:"MINGCE_CONTACTS_REQUIRE_RECEIVER" help:"Refuse to delete an account's last receiver of a message type."`
	MobileCountryCodes []string `env:"MINGCE_CONTACTS_MOBILE_COUNTRY_CODES" default:"86" help:"Country codes that numbers of message contacts may have (${default})."`
	MaxMessageContacts int64    `env:"MINGCE_CONTACTS_MAX_MESSAGE_CONTACTS" default:"200" help:"Message contacts of a resource directory (${default})."`
	MaxMembers         int64    `env:"MINGCE_CONTACTS_MAX_MEMBERS" default:"100" help:"Members that a message contact may be bound to (${default})."`
}

// apply sets the settings of these flags; base returns the base URL of links.
func (c *messageFlags) apply(s *directory.Settings, base func() string) {
	s.Links = func(token string) string { return strings.TrimSuffix(base(), "/") + "/verify/" + token }
	s.AutoVerify, s.MaxVerificationsPerDay = c.Verification.Auto, c.Verification.Daily
	s.UpdateVisibleAtOnce = c.Contacts.UpdateVisibility == "immediate"
	s.BindUnverified, s.RequireReceiver = c.Contacts.BindUnverified, c.Contacts.RequireReceiver
	s.MobileCountryCodes = c.Contacts.MobileCountryCodes
	s.MaxMessageContacts, s.MaxMembersPerContact = c.Contacts.MaxMessageContacts, c.Contacts.MaxMembers
	s.MaxFolderName = c.Directory.MaxFolderName
	s.MemberDeletion, s.StrictPolicyNames = c.Directory.MemberDeletion, c.Directory.StrictPolicyNames
	s.MaxControlPolicies, s.MaxControlAttachments = c.Directory.MaxControlPolicies, c.Directory.MaxControlAttachments
	s.MaxFolders, s.MaxAccounts = c.Directory.MaxFolders, c.Directory.MaxAccounts
}

// carriers returns a carrier for each configured channel.
func (c *messageFlags) carriers(log *slog.Logger) (map[string]notify.Carrier, error) {
	found := map[string]notify.Carrier{}
	if c.Mail.Host != "" {
		mail, err := c.Mail.carrier()
		if err != nil {
			return nil, err
		}
		found[directory.EmailChannel] = mail
	}
	sms, err := c.SMS.carrier(log)
	if sms != nil && err == nil {
		found[directory.SMSChannel] = sms
	}
	return found, err
}

var mailPorts = map[notify.Security]int{notify.StartTLS: 587, notify.ImplicitTLS: 465, notify.Opportunistic: 25, notify.Plaintext: 25}

// secretIn reads a secret from a file, without the byte order mark and the line end that
// editors add.
func secretIn(file string) (string, error) {
	text, err := os.ReadFile(file)
	return strings.TrimRight(strings.TrimPrefix(string(text), api.ByteOrderMark), "\r\n"), err
}

func (c *mailFlags) carrier() (notify.Carrier, error) {
	password := c.Password
	if c.PasswordFile != "" {
		var err error
		if password, err = secretIn(c.PasswordFile); err != nil {
			return nil, fmt.Errorf("password of the mail server: %w", err)
		}
	}
	port := c.Port
	if port == 0 {
		port = mailPorts[notify.Security(c.Security)]
	}
	mail, err := notify.NewSMTP(notify.SMTPConfig{
		Host: c.Host, Port: port, Security: notify.Security(c.Security), Username: c.Username,
		Password: directory.NewSecret(password), From: c.From, Hello: c.Hello,
	})
	if err != nil {
		return nil, usagef("--mail-host: %v", err)
	}
	return mail, nil
}

func (c *smsFlags) carrier(log *slog.Logger) (notify.Carrier, error) {
	var sms notify.Carrier
	var err error
	switch c.Driver {
	case "log":
		sms = notify.Log(log)
	case "webhook":
		headers := map[string]string{}
		for _, h := range c.Header {
			name, value, ok := strings.Cut(h, ":")
			if !ok {
				return nil, usagef("--sms-header: %q is not like Name: value", name)
			}
			headers[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
		sms, err = notify.NewWebhook(notify.WebhookConfig{URL: c.URL, Headers: headers, Body: c.Body, ContentType: c.ContentType})
	case "aliyun":
		sms, err = notify.NewAliyun(notify.AliyunConfig{
			Endpoint: c.URL, AccessKeyID: c.AccessKeyID, AccessKeySecret: directory.NewSecret(c.AccessKeySecret),
			SignName: c.SignName, VerificationTemplate: c.Template, NotificationTemplate: c.NotificationTemplate,
		})
	}
	if err != nil {
		return nil, usagef("--sms-driver %s: %v", c.Driver, err)
	}
	return sms, nil
}
