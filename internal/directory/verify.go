package directory

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Errors of verifications. Methods wrap them with context; compare with errors.Is.
var (
	ErrVerificationNotOpen    = errors.New("address of the message contact does not wait for verification")
	ErrVerificationLimit      = errors.New("too many verification messages")
	ErrVerificationNotFound   = errors.New("verification is unknown")
	ErrVerificationUsed       = errors.New("verification was used already")
	ErrVerificationExpired    = errors.New("verification has expired")
	ErrVerificationSuperseded = errors.New("verification was replaced by a newer one, or its address has changed")
	ErrVerificationKilled     = errors.New("verification was invalidated by too many wrong codes")
	ErrVerificationCode       = errors.New("wrong verification code")
)

// Verification is one message sent to an address so that its owner can confirm
// it (docs/spec/resource-directory.md#verification-link-and-code). The token of
// its link and its code are derived from the id under the server's key: neither
// is stored.
type Verification struct {
	ID         string
	Org        string
	Purpose    string // "" an address of a message contact, or one of those below
	ContactID  string // for another purpose the account
	Channel    string // EmailChannel or SMSChannel
	Address    string // personal, encrypted at rest
	State      string
	WrongCodes int64
	CreatedAt  time.Time
	ExpiresAt  time.Time
}

// The ways a contact is reached; the names are those of /_mingce/messages.
const (
	EmailChannel = "email"
	SMSChannel   = "sms"
)

// What verifications are for besides addresses of message contacts. Codes for
// phones are given to an operation and not typed into a page.
const (
	AccountEmailPurpose   = "account-email"
	AccountPhonePurpose   = "account-phone"
	DirectoryPhonePurpose = "directory-phone"
)

// States of a verification. Only an open one can be confirmed.
const (
	VerificationOpen       = "open"
	VerificationUsed       = "used"
	VerificationExpired    = "expired"
	VerificationSuperseded = "superseded" // a newer message was sent, or the address changed
	VerificationKilled     = "killed"     // too many wrong codes
)

// Decision: the vendor says only that there is a daily limit per account
// (docs/spec/resource-directory.md#limits-of-verification-messages).
const (
	verificationLife = 24 * time.Hour
	maxWrongCodes    = 5

	// Messages to one address in any minute, hour and day.
	MaxVerificationsToOnePerMinute = 1
	MaxVerificationsToOnePerHour   = 5
	MaxVerificationsToOnePerDay    = 10
	// DefaultMaxVerificationsPerDay applies to all addresses of a resource
	// directory together.
	DefaultMaxVerificationsPerDay = 100

	verificationIDLength  = 16
	verificationMACLength = 32 // hex digits: 128 bits
)

// sendLimits limit the messages to one address in any window of that length.
var sendLimits = []struct {
	within time.Duration
	most   int
}{{time.Minute, MaxVerificationsToOnePerMinute}, {time.Hour, MaxVerificationsToOnePerHour}, {24 * time.Hour, MaxVerificationsToOnePerDay}}

// VerificationTx reads and writes verifications.
type VerificationTx interface {
	// VerificationOrg answers across tenants, because the tenant is known from
	// the link. It returns ErrVerificationNotFound for an unknown id.
	VerificationOrg(id string) (org string, err error)
	// Verification returns the verification, or ErrVerificationNotFound.
	Verification(id string) (Verification, error)
	// VerificationsSince returns when messages were sent to the address, oldest
	// first, and how many were sent to any address of the organisation.
	VerificationsSince(address string, since time.Time) (sent []time.Time, total int64, err error)
	// OpenVerification returns the newest open verification of an object for a
	// purpose, or ErrVerificationNotFound. An update locks it.
	OpenVerification(object, purpose string) (Verification, error)
	InsertVerification(v Verification)
	// SettleVerification writes state and wrong codes. If the verification is
	// no longer open, Update returns ErrVerificationUsed.
	SettleVerification(v Verification)
	// CloseVerifications makes the open verifications of the contact's channel
	// superseded; channel "" means both.
	CloseVerifications(contactID, channel string)
}

// MessageContactVerifications returns the contact's addresses that wait for
// verification, or ErrMessageContactNotFound.
func (s *Session) MessageContactVerifications(ctx context.Context, id string) ([]string, error) {
	c, err := s.MessageContact(ctx, id)
	if err != nil {
		return nil, err
	}
	var targets []string
	for _, channel := range []string{EmailChannel, SMSChannel} {
		if t := c.toVerify(channel); t != "" {
			targets = append(targets, t)
		}
	}
	return targets, nil
}

// channel returns the contact's channel of that name.
func (c *MessageContact) channel(name string) *Channel {
	if name == SMSChannel {
		return &c.Phone
	}
	return &c.Email
}

// toVerify returns the address of the channel that has an open verification
// record, or "". A contact that is being deleted has none.
func (c MessageContact) toVerify(channel string) string {
	if c.Status == Deleting {
		return ""
	}
	return c.channel(channel).Target()
}

// SendVerification sends a link and a code to an address of the contact that
// waits for verification; links and codes sent before become invalid. It
// returns ErrMessageContactNotFound, ErrVerificationNotOpen or
// ErrVerificationLimit, in this order.
func (s *Session) SendVerification(ctx context.Context, contactID, channel, address string) error {
	v := s.newVerification(contactID, channel, address)
	err := s.updateWaiting(ctx, func(tx Tx) error {
		c, err := tx.MessageContacts().MessageContact(contactID)
		if err != nil {
			return err
		}
		if address == "" || !sameMail(c.toVerify(channel), address) {
			return ErrVerificationNotOpen
		}
		if err := s.mayVerify(tx, address); err != nil {
			return err
		}
		s.sendVerification(tx, c, v)
		return nil
	})
	if err != nil {
		return fmt.Errorf("send verification for message contact %s: %w", contactID, err)
	}
	return nil
}

// newVerification is a verification to send.
func (s *Session) newVerification(contactID, channel, address string) pendingVerification {
	return pendingVerification{
		Verification: Verification{
			ID: s.dir.ids.Base62(verificationIDLength), Org: s.org, ContactID: contactID, Channel: channel, Address: address,
			State: VerificationOpen, CreatedAt: s.now, ExpiresAt: s.now.Add(verificationLife),
		},
		messageID: s.dir.ids.Base62(verificationIDLength),
	}
}

// pendingVerification is a verification with the id of the message that carries
// it.
type pendingVerification struct {
	Verification
	messageID string
}

// Mailbox returns the key by which message limits are counted. Of a mail
// address it drops the label after a plus sign, which the owner chooses: with
// another label the same person would have another limit. Do not send to it.
// Phone numbers are returned as they are.
func Mailbox(address string) string {
	address = strings.ToLower(address)
	local, domain, isMail := strings.Cut(address, "@")
	if !isMail {
		return address
	}
	if owner, _, labelled := strings.Cut(local, "+"); labelled && owner != "" {
		local = owner
	}
	return local + "@" + domain
}

// mayVerify returns ErrVerificationLimit if too many messages were sent.
func (s *Session) mayVerify(tx Tx, address string) error {
	return s.mayVerifyAfter(tx, address, sentMessages{})
}

// mayVerifyAfter is mayVerify for a call that sends others before.
func (s *Session) mayVerifyAfter(tx Tx, address string, others sentMessages) error {
	const day = 24 * time.Hour
	sent, total, err := tx.Verifications().VerificationsSince(address, s.now.Add(-day))
	if err != nil {
		return err
	}
	if total+others.all >= orDefault(s.dir.settings.MaxVerificationsPerDay, DefaultMaxVerificationsPerDay) {
		return ErrVerificationLimit
	}
	for _, limit := range sendLimits {
		n := others.to[Mailbox(address)]
		for _, at := range sent {
			if at.After(s.now.Add(-limit.within)) {
				n++
			}
		}
		if n >= limit.most {
			return ErrVerificationLimit
		}
	}
	return nil
}

// sendVerification sends a verification of a contact and returns the contact as it
// is then.
func (s *Session) sendVerification(tx Tx, c MessageContact, v pendingVerification) MessageContact {
	tx.Verifications().CloseVerifications(c.ID, v.Channel)
	s.audit(tx, Change{Noun: messageContactNoun, Object: c.ID, Action: sendVerificationAction, Version: c.Version, After: Record{"channel": v.Channel, "address": v.Address}})
	// For tests (docs/spec/resource-directory.md#automatic-verification).
	if s.dir.settings.AutoVerify {
		v.State = VerificationUsed
		tx.Verifications().InsertVerification(v.Verification)
		return s.verified(tx, c, v.Channel)
	}
	tx.Verifications().InsertVerification(v.Verification)
	tx.Messages().InsertMessage(Message{
		ID: v.messageID, Org: s.org, Channel: v.Channel, Topic: VerificationMessage, Object: c.ID, To: v.Address,
		Content:   MessageContent{Name: c.Name, Verification: v.ID},
		CreatedAt: s.now, NextAt: s.now, State: MessageQueued,
	})
	return c
}

// sendVerificationAction names the entry of a message that was sent. It makes no
// version.
const sendVerificationAction = "send-verification"

// verified makes the channel's target the address in effect; the first one
// makes the contact active (docs/spec/resource-directory.md#states-of-a-contact).
func (s *Session) verified(tx Tx, before MessageContact, channel string) MessageContact {
	return s.writeMessageContact(tx, "verify", before, before.confirmed(channel))
}

// confirmed is the contact with the channel's target in effect.
func (c MessageContact) confirmed(channel string) MessageContact {
	ch := c.channel(channel)
	*ch = Channel{Address: ch.Target(), Verified: true}
	if c.Status == Verifying {
		c.Status = Active
	}
	return c
}

// VerificationSecrets returns what a verification message carries: the token
// of its link and the code.
func (d *Directory) VerificationSecrets(org, id string) (token, code string) {
	n := binary.BigEndian.Uint64(d.keys.MAC("verification code", org, id))
	return id + d.verificationMAC(org, id), fmt.Sprintf("%06d", n%1_000_000)
}

func (d *Directory) verificationMAC(org, id string) string {
	return hex.EncodeToString(d.keys.MAC("verification link", org, id))[:verificationMACLength]
}

// VerificationLink returns the address of the page that confirms a token, or ""
// if the deployment has no base URL: links are never built from a request's
// Host, which a client chooses.
func (d *Directory) VerificationLink(token string) string {
	if d.settings.Links == nil {
		return ""
	}
	return d.settings.Links(token)
}

// OpenVerification returns the verification of a token, with its present state,
// for the page that the link opens. The first 16 characters of a token are its
// short form, which is not secret: for it trusted is false, and confirming
// requires the code. It returns ErrVerificationNotFound for any token this
// server did not make.
func (d *Directory) OpenVerification(ctx context.Context, token string) (v Verification, trusted bool, err error) {
	id, mac := token, ""
	if len(token) == verificationIDLength+verificationMACLength {
		id, mac = token[:verificationIDLength], token[verificationIDLength:]
	}
	if len(id) != verificationIDLength {
		return Verification{}, false, ErrVerificationNotFound
	}
	var org string
	err = d.store.View(ctx, "", func(tx Tx) error {
		org, err = tx.Verifications().VerificationOrg(id)
		return err
	})
	// An unknown id takes the same time as a wrong token.
	if mac != "" && !d.sameSecret([]byte(d.verificationMAC(org, id)), mac) && err == nil {
		err = ErrVerificationNotFound
	}
	if err != nil {
		return Verification{}, false, err
	}
	err = d.store.View(ctx, org, func(tx Tx) error {
		v, err = tx.Verifications().Verification(id)
		return err
	})
	if err != nil {
		return Verification{}, false, err
	}
	if v.Channel == SMSChannel && v.Purpose != "" {
		return Verification{}, false, ErrVerificationNotFound
	}
	v.State = v.stateAt(d.now())
	return v, mac != "", nil
}

func (v Verification) stateAt(now time.Time) string {
	if v.State == VerificationOpen && !now.Before(v.ExpiresAt) {
		return VerificationExpired
	}
	return v.State
}

// ConfirmVerification verifies the address that a token was sent to, once. With
// a whole token code may be "". With the short form, or if it is given, it must
// be right; the fifth wrong code kills the verification. It returns
// ErrVerificationNotFound, ErrVerificationUsed, ErrVerificationExpired,
// ErrVerificationSuperseded, ErrVerificationKilled or ErrVerificationCode.
func (d *Directory) ConfirmVerification(ctx context.Context, token, code, requestID string) error {
	v, trusted, err := d.OpenVerification(ctx, token)
	if err != nil {
		return err
	}
	s := d.Session(Principal{Kind: NobodyCaller, Org: v.Org, ID: "verification"}, "ConfirmVerification", requestID)
	_, want := d.VerificationSecrets(v.Org, v.ID)
	right := trusted && code == "" || d.sameSecret([]byte(want), strings.TrimSpace(code))
	var outcome error // a wrong code must be counted, so the transaction itself succeeds
	err = s.updateWaiting(ctx, func(tx Tx) error {
		if v.Purpose == AccountEmailPurpose {
			outcome, err = s.confirmAccount(tx, v, right)
		} else {
			outcome, err = s.confirm(tx, v.ContactID, v.ID, right)
		}
		return err
	})
	if err == nil {
		err = outcome
	}
	if err != nil {
		return fmt.Errorf("confirm verification %s: %w", v.ID, err)
	}
	return nil
}

// confirm returns the outcome for the person, and separately why nothing could
// be written. It reads the contact first, as every other change does, so that
// row locks are taken in one order.
func (s *Session) confirm(tx Tx, contactID, id string, right bool) (outcome, failure error) {
	c, err := tx.MessageContacts().MessageContact(contactID)
	gone := errors.Is(err, ErrMessageContactNotFound)
	if err != nil && !gone {
		return nil, err
	}
	return s.settle(tx, id, right, func(v Verification) bool {
		if gone || !sameMail(c.toVerify(v.Channel), v.Address) {
			return false
		}
		s.verified(tx, c, v.Channel)
		return true
	})
}

// confirmAccount is confirm for the new mail address of an account.
func (s *Session) confirmAccount(tx Tx, v Verification, right bool) (outcome, failure error) {
	_, err := lockedAccount(tx, v.ContactID)
	gone := errors.Is(err, ErrAccountNotFound) || errors.Is(err, ErrDirectoryNotEnabled)
	if err != nil && !gone {
		return nil, err
	}
	before, err := tx.SecureInfo().SecureInfo(v.ContactID)
	if err != nil {
		return nil, err
	}
	return s.settle(tx, v.ID, right, func(v Verification) bool {
		if gone || before.NewEmail != v.Address {
			return false
		}
		after := before
		after.Email, after.NewEmail, after.EmailState, after.EmailUntil = v.Address, "", "", time.Time{}
		s.putSecureInfo(tx, "verify-email", before, after)
		return true
	})
}

// settle ends a verification or counts a wrong code. apply puts the address in
// effect, or returns false if it is no longer the one that waits.
func (s *Session) settle(tx Tx, id string, right bool, apply func(Verification) bool) (outcome, failure error) {
	v, err := tx.Verifications().Verification(id)
	if err != nil {
		return nil, err
	}
	if v.State != VerificationOpen {
		return stateError(v.State), nil
	}
	switch {
	case v.stateAt(s.now) == VerificationExpired:
		v.State = VerificationExpired // settled, so that setting the clock back cannot revive it
	case !right:
		if v.WrongCodes++; v.WrongCodes >= maxWrongCodes {
			v.State = VerificationKilled
		}
		outcome = ErrVerificationCode
	case apply(v):
		v.State = VerificationUsed
		tx.Verifications().SettleVerification(v)
		return nil, nil
	default:
		v.State = VerificationSuperseded
	}
	tx.Verifications().SettleVerification(v)
	if v.State == VerificationOpen {
		return outcome, nil
	}
	return stateError(v.State), nil
}

func stateError(state string) error {
	switch state {
	case VerificationUsed:
		return ErrVerificationUsed
	case VerificationExpired:
		return ErrVerificationExpired
	case VerificationKilled:
		return ErrVerificationKilled
	}
	return ErrVerificationSuperseded
}

// MaskAddress hides most of a phone number or mail address: 86-139****1234,
// s***@example.com.
func MaskAddress(address string) string {
	if local, domain, ok := strings.Cut(address, "@"); ok {
		if local == "" {
			return "***@" + domain
		}
		_, size := utf8.DecodeRuneInString(local)
		return local[:size] + "***@" + domain
	}
	country, number, ok := strings.Cut(address, "-")
	if !ok {
		country, number = "", address
	}
	if len(number) < 8 {
		return strings.Repeat("*", len(address))
	}
	masked := number[:3] + strings.Repeat("*", len(number)-7) + number[len(number)-4:]
	if country != "" {
		return country + "-" + masked
	}
	return masked
}

// MaskName hides most of what was typed as a login name: it may be a number, an
// address, or a password in the wrong field. It hides even the domain of an
// address, because a password may contain an @.
func MaskName(name string) string {
	if phone, err := ReadMobile(name, ""); err == nil {
		return MaskAddress(phone.String())
	}
	first, _ := utf8.DecodeRuneInString(name)
	switch {
	case name == "":
		return ""
	case unicode.IsControl(first), first == utf8.RuneError:
		return "***"
	}
	return string(first) + "***"
}
