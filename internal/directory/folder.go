package directory

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Errors of folders. Methods wrap them with context; compare with errors.Is.
var (
	ErrFolderNotFound    = errors.New("folder not found")
	ErrFolderNameLength  = errors.New("the name of a folder is empty or too long")
	ErrFolderName        = errors.New("another folder under the same parent has this name")
	ErrFolderDepth       = errors.New("folder would be nested too deeply")
	ErrFolderQuota       = errors.New("too many folders")
	ErrFolderIsRoot      = errors.New("the root folder cannot be changed")
	ErrFolderHasFolders  = errors.New("folder has folders in it")
	ErrFolderHasAccounts = errors.New("folder has accounts in it")
)

// Folder is a node in the tree of a resource directory.
type Folder struct {
	ID        string // fd-xxxxxxxxxx; the root's is r-xxxxxx
	ParentID  string // "" for the root
	Name      string
	CreatedAt time.Time
	Tags      []Tag // written with a new folder, filled by Folders only
}

// MaxFolderDepth is how many levels of folders there may be below the root
// (docs/spec/resource-directory.md#levels-and-number-of-folders).
const MaxFolderDepth = 5

// Decision: the vendor's default quotas depend on the customer's contract
// (docs/spec/resource-directory.md#levels-and-number-of-folders,
// docs/spec/resource-directory.md#number-of-accounts).
const (
	DefaultMaxFolders  = 1000
	DefaultMaxAccounts = 10_000
)

// FolderFilter selects folders; empty fields select all. With Limit 0 they are
// counted only.
type FolderFilter struct {
	ParentID      string
	Keyword       string     // part of the name, in any case
	Tags          []TagMatch // all of them
	Offset, Limit int64
}

// FolderTx reads and writes folders.
type FolderTx interface {
	// PutFolder writes a folder, new or not. Update returns ErrFolderName if a
	// sibling has the name.
	PutFolder(f Folder)
	// Ancestors returns the folder and all above it, the root first, or
	// ErrFolderNotFound.
	Ancestors(id string) ([]Folder, error)
	// FolderPaths returns the ids from the root down to each folder.
	FolderPaths(ids []string) (map[string][]string, error)
	// Folders returns a page of folders, newest first, then by id, and how many
	// there are on all pages.
	Folders(f FolderFilter) ([]Folder, int64, error)
	// FolderContent returns how many folders and accounts are directly in the
	// folder.
	FolderContent(id string) (folders, accounts int64, err error)
	// DeleteFolder deletes an empty folder and its bindings.
	DeleteFolder(id string)
}

// CreateFolder adds a folder under f.ParentID, or under the root when that is
// "". It returns ErrFolderNameForm, ErrFolderNameLength, ErrTags, ErrDirectoryNotEnabled, ErrFolderNotFound,
// ErrFolderDepth, ErrFolderQuota or ErrFolderName.
func (s *Session) CreateFolder(ctx context.Context, f Folder) (Folder, error) {
	if err := s.checkFolderName(f.Name); err != nil {
		return Folder{}, fmt.Errorf("create folder: %w", err)
	}
	if err := CheckTags(f.Tags); err != nil {
		return Folder{}, fmt.Errorf("create folder: %w", err)
	}
	f.ID, f.CreatedAt = "fd-"+s.dir.ids.Base62(10), s.now
	err := s.update(ctx, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		if err != nil {
			return err
		}
		if f.ParentID == "" {
			f.ParentID = rd.RootFolderID
		}
		above, err := tx.Folders().Ancestors(f.ParentID)
		if err != nil {
			return err
		}
		if len(above) > MaxFolderDepth { // the root is included
			return ErrFolderDepth
		}
		switch _, n, err := tx.Folders().Folders(FolderFilter{}); {
		case err != nil:
			return err
		case n > orDefault(s.dir.settings.MaxFolders, DefaultMaxFolders): // n counts the root
			return ErrFolderQuota
		}
		tx.Folders().PutFolder(f)
		s.audit(tx, Change{Noun: "folder", Object: f.ID, Action: "create", After: f.record()})
		return nil
	})
	if err != nil {
		return Folder{}, fmt.Errorf("create folder: %w", err)
	}
	return f, nil
}

// Folder returns the folder and its path, from the directory's id down to the
// folder's, or ErrFolderNotFound.
func (s *Session) Folder(ctx context.Context, id string) (f Folder, path []string, err error) {
	err = s.view(ctx, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		if err != nil {
			return err
		}
		above, err := tx.Folders().Ancestors(id)
		if err != nil {
			return err
		}
		path = []string{rd.ID}
		for _, f = range above {
			path = append(path, f.ID)
		}
		return nil
	})
	return f, path, err
}

// Folders returns a page of the folders directly under f.ParentID, or under the
// root when that is "", newest first, and how many there are. It returns
// ErrFolderNotFound for an unknown parent.
func (s *Session) Folders(ctx context.Context, f FolderFilter) (fs []Folder, total int64, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if f.ParentID, err = parentOrRoot(tx, f.ParentID); err != nil {
			return err
		}
		fs, total, err = tx.Folders().Folders(f)
		return err
	})
	return fs, total, err
}

// parentOrRoot returns the id of the folder, which must exist; "" is the root.
func parentOrRoot(tx Tx, id string) (string, error) {
	rd, err := tx.ResourceDirectory().ResourceDirectory()
	if err != nil || id == "" {
		return rd.RootFolderID, err
	}
	_, err = tx.Folders().Ancestors(id)
	return id, err
}

// Ancestors returns the folders above a folder or account, the root first. It
// returns ErrFolderNotFound or, when account is set, ErrAccountNotFound.
func (s *Session) Ancestors(ctx context.Context, childID string, account bool) (fs []Folder, err error) {
	err = s.view(ctx, func(tx Tx) error {
		folder := childID
		if account {
			a, err := tx.Accounts().Account(childID)
			if err != nil {
				return err
			}
			folder = a.FolderID
		}
		if fs, err = tx.Folders().Ancestors(folder); err == nil && !account {
			fs = fs[:len(fs)-1]
		}
		return err
	})
	return fs, err
}

// checkFolderName returns ErrFolderNameForm, or ErrFolderNameLength if the
// deployment does not allow the name's length.
func (s *Session) checkFolderName(name string) error {
	most := orDefault(s.dir.settings.MaxFolderName, MaxFolderName)
	if !IsFolderName(name) {
		return ErrFolderNameForm
	}
	return runesBetween(name, 1, int(most), ErrFolderNameLength)
}

// RenameFolder gives the folder another name and returns it. It returns
// ErrFolderNameLength, ErrFolderNotFound, ErrFolderIsRoot or ErrFolderName.
func (s *Session) RenameFolder(ctx context.Context, id, name string) (f Folder, err error) {
	if err := s.checkFolderName(name); err != nil {
		return Folder{}, fmt.Errorf("rename folder %s: %w", id, err)
	}
	err = s.update(ctx, func(tx Tx) error {
		if f, err = changeableFolder(tx, id); err != nil {
			return err
		}
		before := f
		f.Name = name
		tx.Folders().PutFolder(f)
		old, changed := diff(before.record(), f.record())
		s.audit(tx, Change{Noun: "folder", Object: id, Action: "update", Before: old, After: changed})
		return nil
	})
	if err != nil {
		return Folder{}, fmt.Errorf("rename folder %s: %w", id, err)
	}
	return f, nil
}

func changeableFolder(tx Tx, id string) (Folder, error) {
	rd, err := tx.ResourceDirectory().ResourceDirectory()
	if err != nil {
		return Folder{}, err
	}
	if id == rd.RootFolderID {
		return Folder{}, ErrFolderIsRoot
	}
	above, err := tx.Folders().Ancestors(id)
	if err != nil {
		return Folder{}, err
	}
	return above[len(above)-1], nil
}

// DeleteFolder deletes an empty folder with its bindings to message contacts.
// It returns ErrFolderNotFound, ErrFolderIsRoot, ErrFolderHasFolders or
// ErrFolderHasAccounts.
func (s *Session) DeleteFolder(ctx context.Context, id string) error {
	err := s.update(ctx, func(tx Tx) error {
		f, err := changeableFolder(tx, id)
		if err != nil {
			return err
		}
		folders, accounts, err := tx.Folders().FolderContent(id)
		switch {
		case err != nil:
			return err
		case folders > 0:
			return ErrFolderHasFolders
		case accounts > 0:
			return ErrFolderHasAccounts
		}
		bound, err := tx.EffectiveContacts().ContactsBoundTo([]string{id})
		if err != nil {
			return err
		}
		unbind, err := s.unbinding(tx, id)
		if err != nil {
			return err
		}
		before := f.record()
		for _, b := range bound {
			contacts, _ := before["contacts"].([]string)
			before["contacts"] = append(contacts, b.Contact.ID)
		}
		unbind()
		tx.Folders().DeleteFolder(id)
		s.audit(tx, Change{Noun: "folder", Object: id, Action: "delete", Before: before})
		return nil
	})
	if err != nil {
		return fmt.Errorf("delete folder %s: %w", id, err)
	}
	return nil
}

func (f Folder) record() Record {
	r := Record{"name": f.Name, "parent": f.ParentID}
	if len(f.Tags) > 0 {
		r["tags"] = tagRecord(f.Tags)
	}
	return r
}

// orDefault returns v, or standard if v is zero.
func orDefault(v, standard int64) int64 {
	if v == 0 {
		return standard
	}
	return v
}
