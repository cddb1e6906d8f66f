package directory

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a message contact.
const (
	MaxMessageContactID    = 66 // "c-" and 64 letters or digits
	MinMessageContactName  = 2
	MaxMessageContactName  = 12
	MaxMessageContactEmail = 100 // Decision: the vendor names no figure.
	MaxMembersPerCall      = 5
)

// Errors of the form of a message contact.
var (
	ErrMessageContactNameForm    = errors.New("name of a message contact may have Chinese characters and English letters only")
	ErrMessageContactNameLength  = errors.New("name of a message contact is too short or too long")
	ErrMessageContactEmail       = errors.New("mail address of the message contact is not acceptable")
	ErrMessageContactEmailLength = errors.New("mail address of the message contact is too long")
	ErrMessageContactPhone       = errors.New("phone number of the message contact is not acceptable")
	ErrMessageContactCountry     = errors.New("country code of the message contact's number is not allowed here")
	ErrMessageContactTitle       = errors.New("title of the message contact is not one of the titles")
	ErrMessageContactTypes       = errors.New("message types of the message contact are not among the types")
)

// CheckMessageContactName returns ErrMessageContactNameForm or
// ErrMessageContactNameLength, in this order
// (docs/spec/resource-directory.md#name-of-a-contact).
func CheckMessageContactName(name string) error {
	if !onlyOf(name, "") || strings.ContainsAny(name, "0123456789") {
		return ErrMessageContactNameForm
	}
	return runesBetween(name, MinMessageContactName, MaxMessageContactName, ErrMessageContactNameLength)
}

// CheckMessageContactEmail returns ErrMessageContactEmailLength or
// ErrMessageContactEmail, in this order
// (docs/spec/resource-directory.md#e-mail-address-of-a-contact).
func CheckMessageContactEmail(address string) error {
	switch {
	case len(address) > MaxMessageContactEmail:
		return ErrMessageContactEmailLength
	case !IsMail(address):
		return ErrMessageContactEmail
	}
	return nil
}

// CheckMessageContactPhone returns ErrMessageContactPhone unless the number is
// written <country code>-<number>, as it is compared and answered, and is a
// mobile of its country; ErrMessageContactCountry for a well-formed country
// code that is not one of countries
// (docs/spec/resource-directory.md#phone-number-of-a-contact).
func CheckMessageContactPhone(number string, countries []string) error {
	country, national, _ := strings.Cut(number, "-")
	if !digits(country, 1, 4) || country[0] == '0' || !digits(national, MinPhoneDigits, MaxPhoneDigits) {
		return ErrMessageContactPhone
	}
	if !slices.Contains(countries, country) {
		return ErrMessageContactCountry
	}
	if p, err := ReadMobile(number, ""); err != nil || p.String() != number {
		return ErrMessageContactPhone
	}
	return nil
}

// checkMessageContact returns the first error in the fields that differ from
// before, which is the zero MessageContact for a new contact.
func (s *Session) checkMessageContact(before, c MessageContact) error {
	if c.Name != before.Name {
		if err := CheckMessageContactName(c.Name); err != nil {
			return err
		}
	}
	if a := c.Email.Target(); a != "" && a != before.Email.Target() {
		if err := CheckMessageContactEmail(a); err != nil {
			return err
		}
	}
	if a := c.Phone.Target(); a != "" && a != before.Phone.Target() {
		if err := CheckMessageContactPhone(a, s.MobileCountryCodes()); err != nil {
			return err
		}
	}
	if c.Title != before.Title && !slices.Contains(Titles, c.Title) {
		return ErrMessageContactTitle
	}
	if slices.ContainsFunc(c.MessageTypes, func(t string) bool { return !slices.Contains(MessageTypes, t) }) {
		return ErrMessageContactTypes
	}
	return nil
}

// onlyOf reports whether a name has only Chinese characters, English letters,
// digits and characters of more.
func onlyOf(name, more string) bool {
	return strings.IndexFunc(name, func(r rune) bool {
		return !isLetterOrDigit(r) && !unicode.Is(unicode.Han, r) && !strings.ContainsRune(more, r)
	}) < 0
}

// runesBetween returns err with the rule if the text has fewer than least or
// more than most characters.
func runesBetween(text string, least, most int, err error) error {
	if n := utf8.RuneCountInString(text); n < least || n > most {
		return fmt.Errorf("not %d to %d characters: %w", least, most, err)
	}
	return nil
}
