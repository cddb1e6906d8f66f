package notify

import "context"

// Once delivers the messages of a channel that are due, one after the other,
// and returns how many it tried.
func (s *Sender) Once(ctx context.Context, channel string, carrier Carrier) (tried int, err error) {
	refs, err := s.Directory.DueMessages(ctx, channel, 100)
	for _, ref := range refs {
		s.deliver(ctx, ref, carrier)
	}
	return len(refs), err
}
