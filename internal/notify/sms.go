package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"text/template"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Log returns the carrier that writes letters to the log, for installations
// whose operator passes codes on by hand. Recipients are masked.
func Log(log *slog.Logger) Carrier { return logged{log} }

type logged struct{ log *slog.Logger }

func (c logged) Carry(_ context.Context, m directory.Message, l directory.Letter) error {
	c.log.Info("message", "message", m.ID, "channel", m.Channel, "to", directory.MaskAddress(m.To), "subject", l.Subject, "text", l.Text)
	return nil
}

// Absent returns the carrier of a channel that is not configured. Its messages
// fail with the reason, which operators can see, and are sent if the channel is
// configured within a day.
func Absent(reason string) Carrier { return absent{errors.New(reason)} }

type absent struct{ reason error }

func (c absent) Carry(context.Context, directory.Message, directory.Letter) error { return c.reason }

// Limits of a call to a provider of text messages.
const (
	providerTimeout = 10 * time.Second
	providerAnswer  = 64 << 10
)

// provider returns a client that follows no redirects, so that it sends data to
// the configured host only.
func provider(transport http.RoundTripper) *http.Client {
	return &http.Client{
		Transport: transport, Timeout: providerTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// WebhookConfig configures a provider of text messages that is called over
// HTTP.
type WebhookConfig struct {
	URL     string
	Method  string            // "" means POST
	Headers map[string]string // such as Authorization; values are templates too
	// Body is a text/template over To ("+8613900001234"), Country, Number,
	// Text, Code, Link, Subject and ID. {{json .Text}} quotes for JSON, {{query
	// .Text}} for a form. "" means defaultBody.
	Body        string
	ContentType string // "" means application/json
	Transport   http.RoundTripper
}

const defaultBody = `{"id":{{json .ID}},"to":{{json .To}},"text":{{json .Text}},"code":{{json .Code}},"link":{{json .Link}}}`

// webhookData is the input of the templates.
type webhookData struct{ ID, To, Country, Number, Subject, Text, Code, Link string }

// Webhook is the carrier that posts to a URL. Any 2xx response means that the
// letter was accepted.
type Webhook struct {
	config  WebhookConfig
	body    *template.Template
	headers map[string]*template.Template
	client  *http.Client
}

// NewWebhook checks the configuration; it does not connect.
func NewWebhook(c WebhookConfig) (*Webhook, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("webhook of text messages: URL is not an http or https address")
	}
	if c.Method == "" {
		c.Method = http.MethodPost
	}
	if c.Body == "" {
		c.Body = defaultBody
	}
	if c.ContentType == "" {
		c.ContentType = "application/json"
	}
	w := &Webhook{config: c, client: provider(c.Transport), headers: map[string]*template.Template{}}
	if w.body, err = parseTemplate("body", c.Body); err != nil {
		return nil, err
	}
	for name, text := range c.Headers {
		if w.headers[name], err = parseTemplate(name, text); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func parseTemplate(name, text string) (*template.Template, error) {
	t, err := template.New(name).Funcs(template.FuncMap{"json": quoteJSON, "query": url.QueryEscape}).Parse(text)
	if err == nil {
		err = t.Execute(io.Discard, webhookData{})
	}
	if err != nil {
		return nil, fmt.Errorf("webhook of text messages: %w", err)
	}
	return t, nil
}

func quoteJSON(s string) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(s)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// Carry implements [Carrier].
func (w *Webhook) Carry(ctx context.Context, m directory.Message, l directory.Letter) error {
	country, number, _ := strings.Cut(m.To, "-")
	data := webhookData{ID: m.ID, To: "+" + country + number, Country: country, Number: number,
		Subject: l.Subject, Text: l.Text, Code: l.Code, Link: l.Link}
	var body bytes.Buffer
	if err := w.body.Execute(&body, data); err != nil {
		return fmt.Errorf("body for the provider: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, w.config.Method, w.config.URL, &body)
	if err != nil {
		return errors.New("request to the provider cannot be made")
	}
	r.Header.Set("Content-Type", w.config.ContentType)
	for name, t := range w.headers {
		var value strings.Builder
		if err := t.Execute(&value, data); err != nil {
			return fmt.Errorf("header %s for the provider: %w", name, err)
		}
		r.Header.Set(name, line(value.String()))
	}
	status, _, err := exchange(w.client, r)
	if err == nil && status/100 != 2 {
		err = fmt.Errorf("provider answered %d", status)
	}
	return err
}

// exchange sends a request and reads a limited response. Errors do not contain
// the URL, which may hold a key.
func exchange(c *http.Client, r *http.Request) (status int, body []byte, err error) {
	resp, err := c.Do(r)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) {
			err = wrapped.Err
		}
		return 0, nil, fmt.Errorf("call the provider: %w", err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, providerAnswer))
	if err != nil {
		return 0, nil, fmt.Errorf("read the provider's answer: %w", err)
	}
	return resp.StatusCode, body, nil
}
