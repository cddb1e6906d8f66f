package directory

import (
	"context"
	"errors"
	"fmt"
)

// AccountInvited is the status of a member that joined by an invitation.
const AccountInvited = "InviteSuccess"

// AcceptHandshake makes the caller's account a member of the directory that
// invited it, in one transaction: the handshake, the member with its tags, and
// both histories. It returns ErrHandshakeNotFound, ErrDirectoryGone,
// ErrHandshakeStatus, ErrJoinedElsewhere or ErrAccountQuota.
func (s *Session) AcceptHandshake(ctx context.Context, id string) (h Handshake, err error) {
	invited, err := s.invitation(ctx, id)
	if err != nil {
		return Handshake{}, fmt.Errorf("accept handshake %s: %w", id, err)
	}
	if s.caller.Member != "" || invited.Org == s.org { // checked again in the transaction
		err = s.joinedElsewhere(ctx, invited)
		return Handshake{}, fmt.Errorf("accept handshake %s: %w", id, err)
	}
	// Names in a directory are unique; the id makes a taken one so. Another
	// account may take a name at any time, so that the index decides.
	var displayName, name string
	for range 3 {
		err = s.onBoth(ctx, invited.Org, s.org, func(dir, own side) (err error) {
			h, err = accept(dir, own, id, displayName, name)
			return err
		})
		suffixed := invited.AccountName + "-" + invited.AccountID
		switch {
		case errors.Is(err, ErrAccountDisplayName) && displayName == "":
			displayName = suffixed
			continue
		case errors.Is(err, ErrAccountName) && name == "":
			name = suffixed
			continue
		}
		break
	}
	if err != nil {
		return Handshake{}, fmt.Errorf("accept handshake %s: %w", id, err)
	}
	s.dir.access.clear() // the account's keys are those of a member now
	s.dir.bounds.clear()
	return h, nil
}

// joinedElsewhere is why an account that manages a directory or is a member of
// one cannot accept.
func (s *Session) joinedElsewhere(ctx context.Context, h Handshake) error {
	err := s.dir.store.View(ctx, h.Org, func(tx Tx) error { return directoryOfInvitation(tx, h) })
	switch {
	case err != nil:
		return err
	case h.at(s.now).Status != HandshakePending:
		return ErrHandshakeStatus
	}
	return ErrJoinedElsewhere
}

// directoryOfInvitation returns ErrDirectoryGone unless the directory is the one
// that invited.
func directoryOfInvitation(tx Tx, h Handshake) error {
	rd, err := tx.ResourceDirectory().ResourceDirectory()
	if errors.Is(err, ErrDirectoryNotEnabled) || err == nil && rd.ID != h.DirectoryID {
		return ErrDirectoryGone
	}
	return err
}

// accept is AcceptHandshake in the transaction. Of several calls that settle a
// handshake the first one wins, as they wait for the row of the directory.
func accept(dir, own side, id, displayName, name string) (Handshake, error) {
	rd, err := dir.tx.ResourceDirectory().ResourceDirectory()
	if err != nil && !errors.Is(err, ErrDirectoryNotEnabled) {
		return Handshake{}, err
	}
	h, err := dir.tx.Handshakes().HandshakeByID(id)
	switch {
	case err != nil:
		return Handshake{}, err
	case rd.ID != h.DirectoryID:
		return Handshake{}, ErrDirectoryGone
	case h.at(dir.now).Status != HandshakePending:
		return Handshake{}, ErrHandshakeStatus
	}
	mine, err := outsideAccount(own)
	if err != nil {
		return Handshake{}, err
	}
	a := Account{
		ID: mine.ID, FolderID: h.FolderID, DisplayName: mine.Name, Name: mine.Name, Type: CloudAccount, Status: AccountInvited,
		JoinMethod: "invited", JoinedAt: dir.now, ModifiedAt: dir.now, Tags: h.Tags,
	}
	if displayName != "" {
		a.DisplayName = displayName
	}
	if name != "" {
		a.Name = name
	}
	// Decision: a folder that is gone meanwhile gives way to the root.
	if a.FolderID == "" {
		a.FolderID = rd.RootFolderID
	} else if _, err := dir.tx.Folders().Ancestors(a.FolderID); errors.Is(err, ErrFolderNotFound) {
		a.FolderID = rd.RootFolderID
	} else if err != nil {
		return Handshake{}, err
	}
	if err := dir.mayCreateAccount(dir.tx, rd, a); err != nil {
		return Handshake{}, err
	}
	dir.tx.Accounts().PutAccount(a)
	dir.tx.AliyunAccounts().SetMemberOf(a.ID, true)
	h, err = dir.settleHandshake(dir.tx, h, HandshakeAccepted, "accept")
	dir.audit(dir.tx, Change{Noun: "account", Object: a.ID, Action: "join", After: a.record()})
	own.audit(own.tx, Change{Noun: handshakeNoun, Object: id, Action: "accept", After: Record{"directory": h.DirectoryID}})
	own.audit(own.tx, Change{Noun: "account", Object: a.ID, Action: "join", After: Record{"directory": h.DirectoryID, "managementAccount": h.MasterID}})
	return h, err
}

// outsideAccount returns the account of the organisation, which must be outside
// every directory, else ErrJoinedElsewhere. It locks both against deletion and
// against joining or enabling another directory.
func outsideAccount(own side) (AliyunAccount, error) {
	if _, err := own.tx.Orgs().OrgByID(own.org); err != nil {
		return AliyunAccount{}, err
	}
	a, err := own.tx.AliyunAccounts().AliyunAccount()
	if err != nil {
		return AliyunAccount{}, err
	}
	manages, err := own.tx.AliyunAccounts().ManagesDirectory(own.org)
	if err == nil && (manages || a.MemberOf != "") {
		err = ErrJoinedElsewhere
	}
	return a, err
}
