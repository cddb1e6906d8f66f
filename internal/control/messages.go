package control

import (
	"context"

	"github.com/mingce/mingce/internal/directory"
)

// Kept returns the messages that the directory holds in readable form: those
// captured instead of being sent, and those not delivered yet. render puts one
// into words.
func Kept(d *directory.Directory, render func(*directory.Directory, directory.Message) (directory.Letter, error)) Messages {
	return kept{d, render}
}

type kept struct {
	directory *directory.Directory
	render    func(*directory.Directory, directory.Message) (directory.Letter, error)
}

func (k kept) Captured(ctx context.Context, channel, to string) ([]Message, error) {
	found, err := k.directory.Messages(ctx, directory.MessageFilter{Channel: channel, To: to, Readable: true, Limit: mostMessages})
	if err != nil {
		return nil, err
	}
	messages := make([]Message, len(found))
	for i, m := range found {
		l, err := k.render(k.directory, m)
		if err != nil {
			return nil, err
		}
		messages[i] = Message{
			ID: m.ID, Channel: m.Channel, To: m.To, Subject: l.Subject, Text: l.Text, HTML: l.HTML,
			Link: l.Link, Code: l.Code, ContactID: m.Object, CreatedAt: m.CreatedAt,
		}
	}
	return messages, nil
}
