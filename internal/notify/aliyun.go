package notify

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// AliyunConfig configures sending text messages through Alibaba Cloud's
// SendSms.
type AliyunConfig struct {
	Endpoint        string // "" means https://dysmsapi.aliyuncs.com/
	AccessKeyID     string
	AccessKeySecret directory.Secret
	SignName        string // signature that the provider has approved
	// VerificationTemplate has the variables code and id. The provider accepts
	// no URL as a variable, so the template itself contains the page's,
	// https://.../verify/${id}, where the person enters the code. With
	// NotificationTemplate, which has the variable text, notifications can be
	// sent too.
	VerificationTemplate, NotificationTemplate string
	Transport                                  http.RoundTripper
}

// Aliyun is the carrier that calls SendSms, version 2017-05-25.
type Aliyun struct {
	config AliyunConfig
	client *http.Client
}

const aliyunEndpoint = "https://dysmsapi.aliyuncs.com/"

// NewAliyun checks the configuration; it does not connect.
func NewAliyun(c AliyunConfig) (*Aliyun, error) {
	if c.Endpoint == "" {
		c.Endpoint = aliyunEndpoint
	}
	if c.AccessKeyID == "" || len(c.AccessKeySecret.Reveal()) == 0 || c.SignName == "" || c.VerificationTemplate == "" {
		return nil, errors.New("SendSms: access key, signature and template must be set")
	}
	if u, err := url.Parse(c.Endpoint); err != nil || u.Host == "" {
		return nil, errors.New("SendSms: endpoint is not a URL")
	}
	return &Aliyun{config: c, client: provider(c.Transport)}, nil
}

// Carry implements [Carrier].
func (a *Aliyun) Carry(ctx context.Context, m directory.Message, l directory.Letter) error {
	template, variables := a.config.VerificationTemplate, map[string]string{"code": l.Code, "id": m.Content.Verification}
	if m.Topic == directory.NotificationMessage {
		template, variables = a.config.NotificationTemplate, map[string]string{"text": l.Text}
	}
	if template == "" {
		return errors.New("SendSms: no template for notifications")
	}
	param, err := json.Marshal(variables)
	if err != nil {
		return err
	}
	form := url.Values{
		"Action": {"SendSms"}, "Version": {"2017-05-25"}, "Format": {"JSON"}, "AccessKeyId": {a.config.AccessKeyID},
		"SignatureMethod": {"HMAC-SHA1"}, "SignatureVersion": {"1.0"},
		// The nonce includes the attempt, so that a retry does not look like a
		// replay.
		"SignatureNonce": {fmt.Sprintf("%s-%d", m.ID, m.Attempts)},
		"Timestamp":      {time.Now().UTC().Format(time.RFC3339)},
		"PhoneNumbers":   {providerNumber(m.To)}, "SignName": {a.config.SignName},
		"TemplateCode": {template}, "TemplateParam": {string(param)}, "OutId": {m.ID},
	}
	form.Set("Signature", SignRPC(http.MethodPost, form, a.config.AccessKeySecret))
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.config.Endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		return errors.New("SendSms: request cannot be made")
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, body, err := exchange(a.client, r)
	if err != nil {
		return err
	}
	var answer struct{ Code, Message string }
	if json.Unmarshal(body, &answer) != nil {
		return fmt.Errorf("SendSms answered %d without a code", status)
	}
	if answer.Code != "OK" {
		return fmt.Errorf("SendSms answered %d %s: %s", status, answer.Code, answer.Message)
	}
	return nil
}

// providerNumber formats a number for SendSms: mainland numbers bare, others
// after their country code.
func providerNumber(to string) string {
	country, number, _ := strings.Cut(to, "-")
	if country == "86" {
		return number
	}
	return country + number
}

// SignRPC is signature V1 of Alibaba Cloud's RPC gateway
// (docs/spec/alibaba-cloud.md#signature-of-version-1).
func SignRPC(method string, parameters url.Values, secret directory.Secret) string {
	mac := hmac.New(sha1.New, append(append([]byte{}, secret.Reveal()...), '&'))
	mac.Write([]byte(method + "&%2F&" + rpcEscape(strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(parameters.Encode()))))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func rpcEscape(s string) string {
	return strings.NewReplacer("+", "%20", "*", "%2A", "%7E", "~").Replace(url.QueryEscape(s))
}
