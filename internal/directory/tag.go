package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Errors of tags. Methods wrap them with context; compare with errors.Is.
var (
	ErrTags                  = errors.New("tags are not acceptable")
	ErrTagQuota              = errors.New("too many tags on one object")
	ErrControlPolicyNotFound = errors.New("control policy not found")
)

// Tag is a key-value pair that callers attach to objects of a resource directory.
type Tag struct{ Key, Value string }

// Limits of tags (docs/spec/tags-and-members.md#grammar-of-tags).
const (
	MaxTags       = 20 // of one object
	MaxTagText    = 128
	MaxTagObjects = 50 // that one call names
)

// TaggedKind is what an object with tags is.
type TaggedKind string

// Kinds of objects with tags.
const (
	TaggedAccount       TaggedKind = "Account"
	TaggedFolder        TaggedKind = "Folder"
	TaggedControlPolicy TaggedKind = "ControlPolicy"
)

// taggedKinds are the history's name of each kind, and the error for an object
// that does not exist.
var taggedKinds = map[TaggedKind]struct {
	noun    string
	unknown error
}{
	TaggedAccount:       {"account", ErrAccountNotFound},
	TaggedFolder:        {"folder", ErrFolderNotFound},
	TaggedControlPolicy: {"control-policy", ErrControlPolicyNotFound},
}

// TagMatch selects objects that have a tag.
type TagMatch struct {
	Key   string
	Value *string // nil is any
}

// TaggedObject is one tag of one object.
type TaggedObject struct {
	ID string
	Tag
}

// TagPosition is a place in the list of tags. It stays valid while tags come and
// go.
type TagPosition struct{ ID, Key string }

// TagFilter selects tags of objects of a kind; other empty fields select all.
type TagFilter struct {
	Kind  TaggedKind
	IDs   []string   // of these objects
	Tags  []TagMatch // of objects that match all of these
	After TagPosition
	Limit int64
}

// TagWordFilter selects keys of tags or, with Key, values of that key.
type TagWordFilter struct {
	Kind    TaggedKind
	Key     string
	Keyword string  // part of the key or value, in any case
	After   *string // begin after this one
	Limit   int64
}

// TagTx reads and writes tags.
type TagTx interface {
	// UntaggableIDs returns those ids that no object of the kind has.
	UntaggableIDs(kind TaggedKind, ids []string) ([]string, error)
	// TagsOf returns the tags of some objects, by key.
	TagsOf(ids []string) (map[string][]Tag, error)
	// PutTags adds tags to an object, or gives those it has another value.
	PutTags(id string, tags []Tag)
	// DeleteTags takes tags away from an object.
	DeleteTags(id string, keys []string)
	// TaggedObjects returns tags by object and key.
	TaggedObjects(f TagFilter) ([]TaggedObject, error)
	// TagWords returns keys or values, each once, in order.
	TagWords(f TagWordFilter) ([]string, error)
}

// CheckTags returns ErrTags unless there are at most MaxTags, each key is there
// once, and all follow the grammar.
func CheckTags(tags []Tag) error {
	if len(tags) > MaxTags {
		return ErrTags
	}
	for i, t := range tags {
		if !isTagKey(t.Key) || !isTagText(t.Value) || slices.ContainsFunc(tags[:i], func(o Tag) bool { return o.Key == t.Key }) {
			return ErrTags
		}
	}
	return nil
}

// IsTagLength reports whether a key of tags is neither empty nor too long.
func IsTagLength(key string) bool { return key != "" && utf8.RuneCountInString(key) <= MaxTagText }

func isTagKey(key string) bool {
	const reserved = "aliyun"
	return key != "" && isTagText(key) && !strings.HasPrefix(strings.ToLower(key), reserved)
}

func isTagText(text string) bool {
	lower := strings.ToLower(text)
	return utf8.RuneCountInString(text) <= MaxTagText && !strings.HasPrefix(lower, "acs:") &&
		!strings.Contains(lower, "http://") && !strings.Contains(lower, "https://")
}

// TagObjects gives all the objects the tags, or none. Tags that they have get the
// new value. It returns ErrTags, ErrDirectoryNotEnabled, the error of an object
// of the kind that does not exist, or ErrTagQuota.
func (s *Session) TagObjects(ctx context.Context, kind TaggedKind, ids []string, tags []Tag) error {
	if err := CheckTags(tags); err != nil {
		return fmt.Errorf("tag objects: %w", err)
	}
	err := s.changeTags(ctx, kind, ids, "tag", func(tx Tx, id string, before []Tag) ([]Tag, error) {
		after := slices.Clone(before)
		for _, t := range tags {
			if i := slices.IndexFunc(after, func(o Tag) bool { return o.Key == t.Key }); i >= 0 {
				after[i] = t
			} else {
				after = append(after, t)
			}
		}
		if len(after) > MaxTags {
			return nil, ErrTagQuota
		}
		tx.Tags().PutTags(id, tags)
		return after, nil
	})
	if err != nil {
		return fmt.Errorf("tag objects: %w", err)
	}
	return nil
}

// UntagObjects takes tags away from all the objects, or from none: those of the
// keys or, with all, every one. Keys that an object does not have are no error.
// It returns ErrDirectoryNotEnabled or the error of an object of the kind that
// does not exist.
func (s *Session) UntagObjects(ctx context.Context, kind TaggedKind, ids, keys []string, all bool) error {
	err := s.changeTags(ctx, kind, ids, "untag", func(tx Tx, id string, before []Tag) ([]Tag, error) {
		var after []Tag
		var gone []string
		for _, t := range before {
			if all || slices.Contains(keys, t.Key) {
				gone = append(gone, t.Key)
			} else {
				after = append(after, t)
			}
		}
		tx.Tags().DeleteTags(id, gone)
		return after, nil
	})
	if err != nil {
		return fmt.Errorf("untag objects: %w", err)
	}
	return nil
}

// changeTags changes the tags of each object. The directory's row is locked, so
// that no object goes meanwhile and none gets too many tags.
func (s *Session) changeTags(ctx context.Context, kind TaggedKind, ids []string, action string, change func(tx Tx, id string, before []Tag) (after []Tag, err error)) error {
	return s.updateWaiting(ctx, func(tx Tx) error {
		if _, err := tx.ResourceDirectory().ResourceDirectory(); err != nil {
			return err
		}
		unknown, err := tx.Tags().UntaggableIDs(kind, ids)
		if err != nil {
			return err
		}
		if len(unknown) > 0 {
			return fmt.Errorf("%s %s: %w", kind, unknown[0], taggedKinds[kind].unknown)
		}
		tags, err := tx.Tags().TagsOf(ids)
		if err != nil {
			return err
		}
		for _, id := range ids {
			after, err := change(tx, id, tags[id])
			if err != nil {
				return err
			}
			old, changed := diff(Record{"tags": tagRecord(tags[id])}, Record{"tags": tagRecord(after)})
			if len(changed) > 0 {
				s.audit(tx, Change{Noun: taggedKinds[kind].noun, Object: id, Action: action, Before: old, After: changed})
			}
		}
		return nil
	})
}

// TaggedObjects returns tags of objects of a kind, by object and key. It returns
// ErrDirectoryNotEnabled.
func (s *Session) TaggedObjects(ctx context.Context, f TagFilter) (ts []TaggedObject, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if _, err := tx.ResourceDirectory().ResourceDirectory(); err != nil {
			return err
		}
		ts, err = tx.Tags().TaggedObjects(f)
		return err
	})
	return ts, err
}

// TagWords returns the keys of a kind's tags or, with f.Key, the values of that
// key, each once, in order. It returns ErrDirectoryNotEnabled.
func (s *Session) TagWords(ctx context.Context, f TagWordFilter) (words []string, err error) {
	err = s.view(ctx, func(tx Tx) error {
		if _, err := tx.ResourceDirectory().ResourceDirectory(); err != nil {
			return err
		}
		words, err = tx.Tags().TagWords(f)
		return err
	})
	return words, err
}

func tagRecord(tags []Tag) map[string]string {
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[t.Key] = t.Value
	}
	return m
}
