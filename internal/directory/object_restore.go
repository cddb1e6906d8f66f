package directory

import (
	"context"
	"errors"
	"fmt"
)

// RestoreOptions are what a restoration may depend on.
type RestoreOptions struct {
	NewOwner  string // of a contact whose owner is gone
	IfVersion int64  // the version that the caller has seen; 0: any
}

// RestoreVersion gives an object the values that it had in a version: a live one
// is changed, one in the bin is restored and changed. It returns
// ErrVersionUnknown or the errors of an edit.
func (s *Session) RestoreVersion(ctx context.Context, kind Kind, id string, n int64, o RestoreOptions) (Object, error) {
	v, err := s.Version(ctx, kind, id, n)
	if err != nil {
		return Object{}, err
	}
	if v.Values == nil {
		return Object{}, fmt.Errorf("%s %s: version %d is the deletion: %w", kind, id, n, ErrVersionUnknown)
	}
	values := Values{}
	for _, f := range kind.Fields() {
		if f.Name != kind.IDField() && !f.ReadOnly {
			values[f.Name] = zeroOf(kind, f.Name, v.Values[f.Name])
		}
	}
	edits := []Edit{{Kind: kind, ID: id, Do: ChangeObject, IfVersion: o.IfVersion, Values: values}}
	if _, err := s.Object(ctx, kind, id); errors.Is(err, kind.NotFound()) {
		if o.IfVersion != 0 {
			return Object{}, fmt.Errorf("%s %s is in the bin: %w", kind, id, ErrVersion)
		}
		edits = append([]Edit{{Kind: kind, ID: id, Do: RestoreObject, NewOwner: o.NewOwner}}, edits...)
		if o.NewOwner != "" {
			delete(values, "followerUserId")
		}
	}
	results, err := s.EditObjects(ctx, edits, EditOptions{})
	if err != nil {
		return Object{}, err
	}
	return results[len(results)-1].After, nil
}
