package directory

import (
	"cmp"
	"context"
	"errors"
	"strings"
)

// ResourcePath returns the path of an account or folder of the organisation's
// resource directory, from the directory's id down to its own with / between
// them, or "" for one that does not exist. Without an id it is the root folder's.
func (d *Directory) ResourcePath(ctx context.Context, org, id string) (string, error) {
	var steps []string
	err := d.store.View(ctx, org, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		if err != nil {
			return err
		}
		a, err := tx.Accounts().Account(id)
		folder, last := a.FolderID, []string{id}
		if errors.Is(err, ErrAccountNotFound) {
			folder, last, err = cmp.Or(id, rd.RootFolderID), nil, nil
		}
		if err != nil {
			return err
		}
		paths, err := tx.Folders().FolderPaths([]string{folder})
		if steps = nil; len(paths[folder]) > 0 {
			steps = append(append([]string{rd.ID}, paths[folder]...), last...)
		}
		return err
	})
	if errors.Is(err, ErrDirectoryNotEnabled) {
		return "", nil
	}
	return strings.Join(steps, "/"), err
}

// PlacedFolder is a folder with its path, which begins with the directory's id.
type PlacedFolder struct {
	Folder
	Path []string
}

// PlacedFolders returns all folders of the directory, the root among them, newest
// first. It returns ErrDirectoryNotEnabled.
func (s *Session) PlacedFolders(ctx context.Context) (all []PlacedFolder, err error) {
	err = s.view(ctx, func(tx Tx) error {
		rd, err := tx.ResourceDirectory().ResourceDirectory()
		if err != nil {
			return err
		}
		_, n, err := tx.Folders().Folders(FolderFilter{})
		if err != nil {
			return err
		}
		fs, _, err := tx.Folders().Folders(FolderFilter{Limit: n})
		if err != nil {
			return err
		}
		ids := make([]string, len(fs))
		for i, f := range fs {
			ids[i] = f.ID
		}
		paths, err := tx.Folders().FolderPaths(ids)
		all = nil
		for _, f := range fs {
			all = append(all, PlacedFolder{f, append([]string{rd.ID}, paths[f.ID]...)})
		}
		return err
	})
	return all, err
}
