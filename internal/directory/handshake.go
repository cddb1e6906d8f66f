package directory

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"
)

// Errors of handshakes. Methods wrap them with context; compare with errors.Is.
var (
	ErrHandshakeNotFound = errors.New("handshake not found")
	ErrHandshakeStatus   = errors.New("handshake is not pending any more")
	ErrHandshakeExists   = errors.New("account has a pending invitation to this directory")
	ErrHandshakeNote     = errors.New("note of a handshake is too long")
	ErrInvitedElsewhere  = errors.New("the invited account manages a directory or is a member of one")
	ErrJoinedElsewhere   = errors.New("the account manages a directory or is a member of one")
	ErrDirectoryGone     = errors.New("the directory of the invitation does not exist any more")
	ErrInvitationRate    = errors.New("too many invitations today")
	ErrInvitationPause   = errors.New("the account was invited a moment ago")
)

// Handshake is the invitation of an account into a directory. It is a row of the
// organisation that invites (docs/spec/handshakes.md#handshakes).
type Handshake struct {
	ID          string // h- and 16 letters or digits
	Org         string // the organisation that invites
	DirectoryID string
	MasterID    string // management account
	MasterName  string
	AccountID   string // the invited account
	AccountName string
	TargetType  string // TargetAccount or TargetEmail
	Target      string // id or address, as the inviter gave it
	Note        string
	FolderID    string // where the account goes; "" is the root
	Tags        []Tag  // put on the account when it joins
	Status      string
	CreatedAt   time.Time
	ModifiedAt  time.Time
	ExpiresAt   time.Time
}

// Kinds of targets of a handshake.
const (
	TargetAccount = "Account"
	TargetEmail   = "Email"
)

// Statuses of a handshake; all but HandshakePending are final. HandshakeExpired
// is not stored: the clock tells it.
const (
	HandshakePending   = "Pending"
	HandshakeAccepted  = "Accepted"
	HandshakeCancelled = "Cancelled"
	HandshakeDeclined  = "Declined"
	HandshakeExpired   = "Expired"
)

// MaxHandshakeNote is the maximal length of a note, in characters.
const MaxHandshakeNote = 1024

// handshakeLife is how long an invitation can be accepted
// (docs/spec/handshakes.md#handshakes).
const handshakeLife = 14 * 24 * time.Hour

// HandshakeFilter selects the handshakes of a directory or of an account.
type HandshakeFilter struct {
	DirectoryID   string // of the transaction's organisation
	AccountID     string // in any organisation
	Offset, Limit int64
}

// HandshakeTx reads and writes handshakes. HandshakeByID and, for an account,
// Handshakes answer across tenants: the invited account is another's.
type HandshakeTx interface {
	// HandshakeByID returns the handshake, or ErrHandshakeNotFound. An update
	// locks it.
	HandshakeByID(id string) (Handshake, error)
	// Handshakes returns a page of handshakes, newest first, then by id, and how
	// many there are on all pages.
	Handshakes(f HandshakeFilter) ([]Handshake, int64, error)
	// HandshakesSince returns when handshakes of the organisation were created
	// since a time: all of them, and the latest for the account.
	HandshakesSince(accountID string, since time.Time) (n int64, last time.Time, err error)
	// PendingHandshake reports whether the account has a handshake of the
	// directory that is pending at a time.
	PendingHandshake(directoryID, accountID string, now time.Time) (bool, error)
	PutHandshake(h Handshake)
}

// at returns the handshake as it is at a time: a pending one expires.
func (h Handshake) at(now time.Time) Handshake {
	if h.Status == HandshakePending && !now.Before(h.ExpiresAt) {
		h.Status, h.ModifiedAt = HandshakeExpired, h.ExpiresAt
	}
	return h
}

// invitedBy reports whether the caller is the inviting side: the management
// account of the organisation.
func (s *Session) invitedBy(h Handshake) bool {
	return s.caller.Member == "" && h.Org == s.org
}

// Invited reports whether the caller is the invited account.
func (s *Session) Invited(h Handshake) bool {
	return s.caller.AccountID != "" && h.AccountID == s.caller.AccountID
}

// Handshake returns a handshake of which the caller is a party, else
// ErrHandshakeNotFound. To the invited account one that it accepted is
// ErrHandshakeStatus (docs/spec/handshakes.md#reading-a-handshake).
func (s *Session) Handshake(ctx context.Context, id string) (h Handshake, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if h, err = tx.Handshakes().HandshakeByID(id); err != nil {
			return err
		}
		inviter, err := s.inviter(tx, h)
		switch {
		case err != nil:
			return err
		case !inviter && !s.Invited(h):
			return ErrHandshakeNotFound
		case !inviter && h.Status == HandshakeAccepted:
			return ErrHandshakeStatus
		}
		h = h.at(s.now)
		return nil
	})
	if err != nil {
		return Handshake{}, fmt.Errorf("handshake %s: %w", id, err)
	}
	return h, nil
}

// inviter reports whether the caller manages the directory of the handshake. A
// directory that was enabled again has other handshakes.
func (s *Session) inviter(tx Tx, h Handshake) (bool, error) {
	if !s.invitedBy(h) {
		return false, nil
	}
	rd, err := tx.ResourceDirectory().ResourceDirectory()
	if errors.Is(err, ErrDirectoryNotEnabled) {
		return false, nil
	}
	return rd.ID == h.DirectoryID, err
}

// DirectoryHandshakes returns a page of the directory's handshakes, newest
// first, and how many there are. It returns ErrDirectoryNotEnabled.
func (s *Session) DirectoryHandshakes(ctx context.Context, offset, limit int64) (hs []Handshake, total int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		if err != nil {
			return err
		}
		hs, total, err = tx.Handshakes().Handshakes(HandshakeFilter{DirectoryID: rd.ID, Offset: offset, Limit: limit})
		return err
	})
	return s.asOfNow(hs), total, err
}

// AccountHandshakes returns a page of the invitations of the caller's account,
// newest first, and how many there are.
func (s *Session) AccountHandshakes(ctx context.Context, offset, limit int64) (hs []Handshake, total int64, err error) {
	if s.caller.AccountID == "" {
		return nil, 0, nil
	}
	err = s.view(ctx, func(tx Tx) error {
		hs, total, err = tx.Handshakes().Handshakes(HandshakeFilter{AccountID: s.caller.AccountID, Offset: offset, Limit: limit})
		return err
	})
	return s.asOfNow(hs), total, err
}

func (s *Session) asOfNow(hs []Handshake) []Handshake {
	for i := range hs {
		hs[i] = hs[i].at(s.now)
	}
	return hs
}

// CancelHandshake withdraws a pending invitation. It returns
// ErrDirectoryNotEnabled, ErrHandshakeNotFound or ErrHandshakeStatus.
func (s *Session) CancelHandshake(ctx context.Context, id string) (h Handshake, err error) {
	err = s.update(ctx, func(tx Tx) error {
		// The directory before its handshakes: the order in which all calls
		// lock them.
		if _, err := tx.ResourceDirectory().ResourceDirectory(); err != nil {
			return err
		}
		before, err := tx.Handshakes().HandshakeByID(id)
		if err != nil {
			return err
		}
		inviter, err := s.inviter(tx, before)
		switch {
		case err != nil:
			return err
		case !inviter:
			return ErrHandshakeNotFound
		}
		h, err = s.settleHandshake(tx, before, HandshakeCancelled, "cancel")
		return err
	})
	if err != nil {
		return Handshake{}, fmt.Errorf("cancel handshake %s: %w", id, err)
	}
	return h, nil
}

// DeclineHandshake refuses a pending invitation of the caller's account. Both
// sides' histories record it. It returns ErrHandshakeNotFound or
// ErrHandshakeStatus.
func (s *Session) DeclineHandshake(ctx context.Context, id string) (h Handshake, err error) {
	invited, err := s.invitation(ctx, id)
	if err == nil {
		err = s.onBoth(ctx, invited.Org, s.home(), func(dir, own side) error {
			before, err := dir.tx.Handshakes().HandshakeByID(id)
			if err != nil {
				return err
			}
			if h, err = dir.settleHandshake(dir.tx, before, HandshakeDeclined, "decline"); err == nil {
				own.audit(own.tx, Change{Noun: handshakeNoun, Object: id, Action: "decline", After: Record{"directory": h.DirectoryID}})
			}
			return err
		})
	}
	if err != nil {
		return Handshake{}, fmt.Errorf("decline handshake %s: %w", id, err)
	}
	return h, nil
}

// handshakeNoun names handshakes in the history.
const handshakeNoun = "handshake"

// settleHandshake ends a pending handshake, or returns ErrHandshakeStatus.
func (s *Session) settleHandshake(tx Tx, h Handshake, status, action string) (Handshake, error) {
	if h.at(s.now).Status != HandshakePending {
		return Handshake{}, ErrHandshakeStatus
	}
	h.Status, h.ModifiedAt = status, s.now
	tx.Handshakes().PutHandshake(h)
	s.audit(tx, Change{Noun: handshakeNoun, Object: h.ID, Action: action, Before: Record{"status": HandshakePending}, After: Record{"status": status}})
	return h, nil
}

// invitation returns a handshake of the caller's account, or
// ErrHandshakeNotFound.
func (s *Session) invitation(ctx context.Context, id string) (h Handshake, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if h, err = tx.Handshakes().HandshakeByID(id); err == nil && !s.Invited(h) {
			err = ErrHandshakeNotFound
		}
		return err
	})
	return h, err
}

// home is the organisation whose account the caller's is, also after that has
// joined the directory of another.
func (s *Session) home() string {
	if s.caller.Home != "" {
		return s.caller.Home
	}
	return s.org
}

// side is one of two organisations in a change of both.
type side struct {
	*Session
	tx Tx
}

// onBoth changes the rows of two organisations in one transaction: those of a
// directory, and those of the account that joins or leaves it. Each has its own
// history. They may be the same.
func (s *Session) onBoth(ctx context.Context, directory, account string, fn func(dir, own side) error) error {
	of := func(org string) *Session {
		other := *s
		other.org = org
		return &other
	}
	if directory == account {
		both := of(directory)
		return both.update(ctx, func(tx Tx) error { return fn(side{both, tx}, side{both, tx}) })
	}
	return s.dir.store.UpdateBoth(ctx, directory, account, func(tx, own Tx) error {
		return fn(side{of(directory), tx}, side{of(account), own})
	})
}

func (n NewHandshake) check() error {
	if utf8.RuneCountInString(n.Note) > MaxHandshakeNote {
		return ErrHandshakeNote
	}
	return CheckTags(n.Tags)
}

func (h Handshake) record() Record {
	r := Record{"targetType": h.TargetType, "target": h.Target, "account": h.AccountID, "expires": h.ExpiresAt.UTC().Format(time.RFC3339)}
	if h.Note != "" {
		r["note"] = h.Note
	}
	if h.FolderID != "" {
		r["folder"] = h.FolderID
	}
	if len(h.Tags) > 0 {
		r["tags"] = tagRecord(h.Tags)
	}
	return r
}
