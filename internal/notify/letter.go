package notify

import (
	"embed"
	htmltemplate "html/template"
	"strings"
	texttemplate "text/template"
	"unicode"

	"github.com/mingce/mingce/internal/directory"
)

//go:embed templates
var files embed.FS

var (
	mailTexts = texttemplate.Must(texttemplate.ParseFS(files, "templates/*.txt"))
	mailPages = htmltemplate.Must(htmltemplate.ParseFS(files, "templates/*.html"))
)

// letterData is the input of the templates.
type letterData struct {
	Name, Link, Code string
	Subject, Text    string
}

// Subjects are in both languages, because the recipient's language is unknown.
const (
	mailVerificationSubject = "验证您的邮箱地址 / Verify your mail address"
	smsVerificationSubject  = "验证您的手机号码 / Verify your phone number"
)

// Render renders a message, Chinese before English. A message whose content was
// erased is empty.
func Render(d *directory.Directory, m directory.Message) (directory.Letter, error) {
	if m.Content == (directory.MessageContent{}) {
		return directory.Letter{}, nil
	}
	data := letterData{Name: line(m.Content.Name), Subject: line(m.Content.Subject), Text: m.Content.Text}
	if m.Topic != directory.NotificationMessage {
		var token string
		token, data.Code = d.VerificationSecrets(m.Org, m.Content.Verification)
		if m.Topic != directory.CodeMessage { // its code is for an operation, not for a page
			data.Link = d.VerificationLink(token)
		}
		data.Subject = mailVerificationSubject
		if m.Channel == directory.SMSChannel {
			data.Subject = smsVerificationSubject
		}
	}
	l := directory.Letter{Subject: data.Subject, Link: data.Link, Code: data.Code}
	var b strings.Builder
	if err := mailTexts.ExecuteTemplate(&b, m.Topic+"."+m.Channel+".txt", data); err != nil {
		return directory.Letter{}, err
	}
	l.Text = strings.TrimSpace(b.String())
	if m.Channel != directory.EmailChannel {
		return l, nil
	}
	b.Reset()
	if err := mailPages.ExecuteTemplate(&b, m.Topic+".email.html", data); err != nil {
		return directory.Letter{}, err
	}
	l.HTML = b.String()
	return l, nil
}

// line joins a text to one line, so that nothing in it can start a new header.
func line(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s))
}
