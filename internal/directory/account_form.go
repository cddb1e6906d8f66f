package directory

import (
	"errors"
	"strings"
)

// Limits of the accounts and folders of a resource directory
// (docs/spec/resource-directory.md#names-of-accounts,
// docs/spec/resource-directory.md#names-of-folders).
const (
	MinDisplayName = 2
	MaxDisplayName = 50
	MinNamePrefix  = 2
	MaxNamePrefix  = 37
	// The prefix of the name of a management account that is made for the directory.
	MinManagementPrefix = 2
	MaxManagementPrefix = 50

	MaxKeyword = 128 // of a search by name
	// MaxFolderName is how many characters a folder's name has at most; a
	// deployment may allow fewer.
	MaxFolderName = 128
)

// Errors of what accounts and folders must not look like.
var (
	ErrDisplayNameForm   = errors.New("display name has a character that is not allowed")
	ErrDisplayNameLength = errors.New("display name is too short or too long")
	ErrNamePrefixForm    = errors.New("prefix of the account's name is not acceptable")
	ErrNamePrefixLength  = errors.New("prefix of the account's name is too short or too long")
	ErrFolderNameForm    = errors.New("name of the folder has a character that is not allowed")
)

// CheckDisplayName returns ErrDisplayNameForm or ErrDisplayNameLength, in this order.
func CheckDisplayName(name string) error {
	if !onlyOf(name, "_. -") {
		return ErrDisplayNameForm
	}
	return runesBetween(name, MinDisplayName, MaxDisplayName, ErrDisplayNameLength)
}

// CheckNamePrefix returns ErrNamePrefixForm or ErrNamePrefixLength, in this order.
func CheckNamePrefix(prefix string) error {
	if !isNamePrefix(prefix) {
		return ErrNamePrefixForm
	}
	return runesBetween(prefix, MinNamePrefix, MaxNamePrefix, ErrNamePrefixLength)
}

// IsManagementPrefix reports whether the name of a management account may begin so.
func IsManagementPrefix(prefix string) bool {
	return isNamePrefix(prefix) && runesBetween(prefix, MinManagementPrefix, MaxManagementPrefix, ErrNamePrefixLength) == nil
}

// isNamePrefix reports whether a text is letters and digits with single _ . -
// between them.
func isNamePrefix(text string) bool {
	special := true
	for _, r := range text {
		was := special
		if special = strings.ContainsRune("_.-", r); special && was || !special && !isLetterOrDigit(r) {
			return false
		}
	}
	return !special
}

// IsFolderName reports whether a name has only characters that folders' names have.
func IsFolderName(name string) bool { return onlyOf(name, "_.-") }

func (n NewAccount) check() error {
	if err := CheckDisplayName(n.DisplayName); err != nil {
		return err
	}
	if n.NamePrefix != "" {
		if err := CheckNamePrefix(n.NamePrefix); err != nil {
			return err
		}
	}
	return CheckTags(n.Tags)
}
