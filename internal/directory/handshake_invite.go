package directory

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Limits of invitations, unless the deployment sets others
// (docs/spec/handshakes.md#limits-of-invitations).
const (
	DefaultMaxInvitationsPerDay = 20
	DefaultInvitationPause      = time.Minute
)

// NewHandshake says whom to invite.
type NewHandshake struct {
	TargetType, Target string
	Note               string
	FolderID           string // "" is the root
	Tags               []Tag
}

// Invite invites an account of another organisation into the directory. An
// invitation by address is mailed there, after the commit. It returns an error
// of the note or the tags, ErrDirectoryNotEnabled, ErrAccountNotFound,
// ErrFolderNotFound, ErrInvitedElsewhere, ErrHandshakeExists, ErrInvitationPause
// or ErrInvitationRate.
func (s *Session) Invite(ctx context.Context, n NewHandshake) (h Handshake, err error) {
	if err := n.check(); err != nil {
		return Handshake{}, fmt.Errorf("invite: %w", err)
	}
	id, messageID := "h-"+s.dir.ids.Base62(16), s.dir.ids.Base62(verificationIDLength)
	err = s.update(ctx, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		if err != nil {
			return err
		}
		a, err := s.invitable(tx, n)
		if err != nil {
			return err
		}
		if n.FolderID != "" {
			if _, err := tx.Folders().Ancestors(n.FolderID); err != nil {
				return err
			}
		}
		if err := s.mayInvite(tx, rd, a); err != nil {
			return err
		}
		h = Handshake{
			ID: id, Org: s.org, DirectoryID: rd.ID, MasterID: rd.AccountID, MasterName: rd.AccountName, AccountID: a.ID, AccountName: a.Name,
			TargetType: n.TargetType, Target: n.Target, Note: n.Note, FolderID: n.FolderID, Tags: n.Tags,
			Status: HandshakePending, CreatedAt: s.now, ModifiedAt: s.now, ExpiresAt: s.now.Add(handshakeLife),
		}
		tx.Handshakes().PutHandshake(h)
		s.audit(tx, Change{Noun: handshakeNoun, Object: h.ID, Action: "create", After: h.record()})
		if n.TargetType == TargetEmail {
			tx.Messages().InsertMessage(Message{
				ID: messageID, Org: s.org, Channel: EmailChannel, Topic: InvitationMessage, Object: h.ID, To: n.Target,
				Content:   MessageContent{Name: rd.AccountName, Invitation: h.ID, Until: h.ExpiresAt.In(Zone).Format(time.RFC3339), Text: n.Note},
				CreatedAt: s.now, NextAt: s.now, State: MessageQueued,
			})
		}
		return nil
	})
	if err != nil {
		return Handshake{}, fmt.Errorf("invite: %w", err)
	}
	return h, nil
}

// invitable returns the account that is meant, or ErrAccountNotFound or
// ErrInvitedElsewhere. Members that other directories have created count as
// unknown, like all that other organisations own.
func (s *Session) invitable(tx Tx, n NewHandshake) (a AliyunAccount, err error) {
	if n.TargetType == TargetEmail {
		a, err = tx.AliyunAccounts().AliyunAccountByEmail(s.dir.EmailMAC(n.Target))
	} else {
		a, err = tx.AliyunAccounts().AliyunAccountByID(n.Target)
	}
	if errors.Is(err, ErrAccountNotFound) {
		if _, own := tx.Accounts().Account(n.Target); own == nil {
			return a, ErrInvitedElsewhere
		}
	}
	if err != nil {
		return a, err
	}
	manages, err := tx.AliyunAccounts().ManagesDirectory(a.Org)
	if err == nil && (manages || a.MemberOf != "") {
		err = ErrInvitedElsewhere
	}
	return a, err
}

// mayInvite checks what was invited before.
func (s *Session) mayInvite(tx Tx, rd ResourceDirectory, a AliyunAccount) error {
	pending, err := tx.Handshakes().PendingHandshake(rd.ID, a.ID, s.now)
	switch {
	case err != nil:
		return err
	case pending:
		return ErrHandshakeExists
	}
	n, last, err := tx.Handshakes().HandshakesSince(a.ID, s.now.Add(-24*time.Hour))
	most, pause := s.dir.settings.MaxInvitationsPerDay, s.dir.settings.InvitationPause
	switch {
	case err != nil:
		return err
	case pause > 0 && s.now.Before(last.Add(pause)):
		return ErrInvitationPause
	case most > 0 && n >= most:
		return ErrInvitationRate
	}
	return nil
}
