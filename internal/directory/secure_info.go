package directory

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Errors of the security addresses of accounts. Methods wrap them with context;
// compare with errors.Is.
var (
	ErrEmailChangeOpen = errors.New("a change of the account's mail address is open")
	ErrNoEmailChange   = errors.New("no change of the account's mail address is open")
	ErrAccountPhone    = errors.New("the account has a secure mobile phone already")
)

// SecureInfo is how Alibaba Cloud reaches the holder of an account about its
// security (docs/spec/secure-info.md#mail-address-of-a-member). All addresses
// are personal.
type SecureInfo struct {
	AccountID  string
	Email      string // in effect; "" none
	NewEmail   string // waits for confirmation; "" none
	EmailState string // of the last change: "", EmailWaits or EmailCancelled; see [SecureInfo.EmailStatus]
	EmailUntil time.Time
	Phone      string // "86-13900001234"; "" none
}

// States of a change of a mail address, with the vendor's names.
const (
	EmailWaits     = "WAIT_MODIFY"
	EmailCancelled = "CANCELLED"
	EmailExpired   = "EXPIRED"
)

// codeLife is how long a code for a phone works
// (docs/spec/secure-info.md#code-for-a-secure-phone).
const codeLife = 30 * time.Minute

// EmailStatus is the state of the last change at a time: "" after one that was
// confirmed, EmailExpired for one that nobody confirmed in time.
func (i SecureInfo) EmailStatus(now time.Time) string {
	if i.EmailState == EmailWaits && !now.Before(i.EmailUntil) {
		return EmailExpired
	}
	return i.EmailState
}

// SecureInfoTx reads and writes security addresses of accounts.
type SecureInfoTx interface {
	// SecureInfo returns the addresses of the account; none for one without a
	// record. An update locks them.
	SecureInfo(accountID string) (SecureInfo, error)
	PutSecureInfo(i SecureInfo)
}

// SecureInfo returns the addresses of the account, which the caller has read
// before.
func (s *Session) SecureInfo(ctx context.Context, accountID string) (i SecureInfo, err error) {
	err = s.view(ctx, func(tx Tx) error {
		i, err = tx.SecureInfo().SecureInfo(accountID)
		return err
	})
	return i, err
}

// ChangeAccountEmail asks the holder of a new address to confirm that it becomes
// the resource account's; until then the old one stays. It returns
// ErrAccountNotFound, ErrAccountType, ErrEmailChangeOpen or ErrVerificationLimit.
func (s *Session) ChangeAccountEmail(ctx context.Context, accountID, address string) error {
	return s.onSecureInfo(ctx, accountID, "change-email", func(tx Tx, a namedAccount, i *SecureInfo) error {
		if i.EmailStatus(s.now) == EmailWaits {
			return ErrEmailChangeOpen
		}
		if err := s.mayVerify(tx, address); err != nil {
			return err
		}
		i.NewEmail = address
		s.askAccountEmail(tx, a, i)
		return nil
	})
}

// RetryChangeAccountEmail sends the message of an open or expired change again;
// the one before stops working. It returns ErrAccountNotFound, ErrAccountType or
// ErrNoEmailChange.
func (s *Session) RetryChangeAccountEmail(ctx context.Context, accountID string) error {
	return s.onSecureInfo(ctx, accountID, "retry-email", func(tx Tx, a namedAccount, i *SecureInfo) error {
		if i.EmailState != EmailWaits {
			return ErrNoEmailChange
		}
		s.askAccountEmail(tx, a, i)
		return nil
	})
}

// CancelChangeAccountEmail ends an open or expired change. It returns
// ErrAccountNotFound, ErrAccountType or ErrNoEmailChange.
func (s *Session) CancelChangeAccountEmail(ctx context.Context, accountID string) error {
	return s.onSecureInfo(ctx, accountID, "cancel-email", func(tx Tx, _ namedAccount, i *SecureInfo) error {
		if i.EmailState != EmailWaits {
			return ErrNoEmailChange
		}
		tx.Verifications().CloseVerifications(accountID, EmailChannel)
		i.NewEmail, i.EmailState, i.EmailUntil = "", EmailCancelled, time.Time{}
		return nil
	})
}

// askAccountEmail sends the message that asks to confirm i.NewEmail.
func (s *Session) askAccountEmail(tx Tx, a namedAccount, i *SecureInfo) {
	if s.dir.settings.AutoVerify { // for tests (docs/spec/resource-directory.md#automatic-verification)
		i.Email, i.NewEmail, i.EmailState, i.EmailUntil = i.NewEmail, "", "", time.Time{}
		return
	}
	i.EmailState, i.EmailUntil = EmailWaits, s.now.Add(verificationLife)
	s.ask(tx, Verification{Purpose: AccountEmailPurpose, ContactID: a.ID, Channel: EmailChannel, Address: i.NewEmail, ExpiresAt: i.EmailUntil}, a.inTexts)
}

// ask sends the message of a verification that is not of a message contact; those
// sent before for the same purpose stop working.
func (s *Session) ask(tx Tx, v Verification, name string) {
	v.ID, v.Org, v.State, v.CreatedAt = s.dir.ids.Base62(verificationIDLength), s.org, VerificationOpen, s.now
	tx.Verifications().CloseVerifications(v.ContactID, v.Channel)
	tx.Verifications().InsertVerification(v)
	s.audit(tx, Change{Noun: "account", Object: v.ContactID, Action: "send-verification", After: Record{"channel": v.Channel, "address": v.Address}})
	topic := AccountEmailMessage
	if v.Channel == SMSChannel {
		topic = CodeMessage
	}
	tx.Messages().InsertMessage(Message{
		ID: s.dir.ids.Base62(verificationIDLength), Org: s.org, Channel: v.Channel, Topic: topic, Object: v.ContactID, To: v.Address,
		Content: MessageContent{Name: name, Verification: v.ID}, CreatedAt: s.now, NextAt: s.now, State: MessageQueued,
	})
}

// namedAccount is an account with the name that texts to its holder give it
// (docs/spec/tags-and-members.md#names-of-members-in-texts).
type namedAccount struct {
	Account
	inTexts string
}

func lockedNamedAccount(tx Tx, id string) (namedAccount, error) {
	rd, err := tx.ResourceDirectory().ResourceDirectory()
	if err != nil {
		return namedAccount{}, err
	}
	a, err := tx.Accounts().Account(id)
	if rd.DisplayNameSync {
		return namedAccount{a, a.DisplayName}, err
	}
	return namedAccount{a, a.Name}, err
}

// onSecureInfo changes the addresses of a resource account. What changes is in the
// history.
func (s *Session) onSecureInfo(ctx context.Context, accountID, action string, change func(Tx, namedAccount, *SecureInfo) error) error {
	err := s.updateWaiting(ctx, func(tx Tx) error {
		a, err := lockedNamedAccount(tx, accountID)
		if err != nil {
			return err
		}
		if a.Type != ResourceAccount {
			return ErrAccountType
		}
		before, err := tx.SecureInfo().SecureInfo(accountID)
		if err != nil {
			return err
		}
		after := before
		if err := change(tx, a, &after); err != nil {
			return err
		}
		if after != before {
			s.putSecureInfo(tx, action, before, after)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s of account %s: %w", action, accountID, err)
	}
	return nil
}

func (s *Session) putSecureInfo(tx Tx, action string, before, after SecureInfo) {
	tx.SecureInfo().PutSecureInfo(after)
	old, changed := diff(before.record(), after.record())
	s.audit(tx, Change{Noun: "account", Object: after.AccountID, Action: action, Before: old, After: changed})
}

// SendAccountPhoneCode sends a code with which BindAccountPhone gives the phone
// to the resource account, and returns until when it works. It returns
// ErrAccountNotFound, ErrAccountType, ErrAccountPhone or ErrVerificationLimit.
func (s *Session) SendAccountPhoneCode(ctx context.Context, accountID, phone string) (until time.Time, err error) {
	until = s.now.Add(codeLife)
	err = s.onSecureInfo(ctx, accountID, "send-phone-code", func(tx Tx, a namedAccount, i *SecureInfo) error {
		if i.Phone != "" {
			return ErrAccountPhone
		}
		if err := s.mayVerify(tx, phone); err != nil {
			return err
		}
		s.ask(tx, Verification{Purpose: AccountPhonePurpose, ContactID: a.ID, Channel: SMSChannel, Address: phone, ExpiresAt: until}, a.inTexts)
		return nil
	})
	return until, err
}

// BindAccountPhone gives the phone to the resource account; it is never changed
// afterwards. It returns ErrAccountNotFound, ErrAccountType, ErrAccountPhone, or
// ErrVerificationCode for any code that does not work.
func (s *Session) BindAccountPhone(ctx context.Context, accountID, phone, code string) error {
	var outcome error // a wrong code must be counted, so the transaction itself succeeds
	err := s.onSecureInfo(ctx, accountID, "bind-phone", func(tx Tx, _ namedAccount, i *SecureInfo) (err error) {
		if i.Phone != "" {
			return ErrAccountPhone
		}
		outcome, err = s.useCode(tx, accountID, AccountPhonePurpose, phone, code, false)
		if err == nil && outcome == nil {
			i.Phone = phone
		}
		return err
	})
	if err != nil {
		return err
	}
	return outcome
}

// SendDirectoryPhoneCode sends a code with which the phone becomes that of a new
// management account ([NewDirectory]). It returns ErrDirectoryEnabled or
// ErrVerificationLimit.
func (s *Session) SendDirectoryPhoneCode(ctx context.Context, phone string) error {
	err := s.updateWaiting(ctx, func(tx Tx) error {
		own, err := s.withoutDirectory(tx)
		if err != nil {
			return err
		}
		if err := s.mayVerify(tx, phone); err != nil {
			return err
		}
		s.dir.putAliyunAccount(tx, own)
		s.ask(tx, Verification{Purpose: DirectoryPhonePurpose, ContactID: own.ID, Channel: SMSChannel, Address: phone, ExpiresAt: s.now.Add(codeLife)}, own.Name)
		return nil
	})
	if err != nil {
		return fmt.Errorf("send a code for a new management account: %w", err)
	}
	return nil
}

// useCode uses up the code that was sent to the phone for the purpose. A wrong
// one is counted, in a dry run too, which else could try all of them; the fifth
// ends the code. A dry run does not use up the right one.
func (s *Session) useCode(tx Tx, object, purpose, phone, code string, dryRun bool) (outcome, failure error) {
	v, err := tx.Verifications().OpenVerification(object, purpose)
	if errors.Is(err, ErrVerificationNotFound) {
		return ErrVerificationCode, nil
	}
	if err != nil {
		return nil, err
	}
	_, want := s.dir.VerificationSecrets(s.org, v.ID)
	switch {
	case v.stateAt(s.now) != VerificationOpen, v.Address != phone:
		return ErrVerificationCode, nil
	case !s.dir.sameSecret([]byte(want), code):
		if v.WrongCodes++; v.WrongCodes >= maxWrongCodes {
			v.State = VerificationKilled
		}
		outcome = ErrVerificationCode
	default:
		v.State = VerificationUsed
	}
	if !dryRun || outcome != nil {
		tx.Verifications().SettleVerification(v)
	}
	return outcome, nil
}

func (i SecureInfo) record() Record {
	r := Record{}
	for name, value := range map[string]string{"email": i.Email, "newEmail": i.NewEmail, "emailStatus": i.EmailState, "phone": i.Phone} {
		if value != "" {
			r[name] = value
		}
	}
	return r
}
