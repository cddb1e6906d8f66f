package directory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"
)

// ErrVersionUnknown: the object never had that version, or its values were
// erased.
var ErrVersionUnknown = errors.New("object has no such version")

// ObjectVersion is one version of an object
// (docs/spec/history.md#versions).
type ObjectVersion struct {
	Version   int64
	Seq       int64 // of its entry; 0 if it is older than the history
	Time      time.Time
	Action    string
	Actor     string
	RequestID string
	Changes   []FieldChange
	Erased    bool
	Values    Values // of the whole object; nil after a deletion
}

// Versions returns all versions of an object, newest first, or the not-found
// error of its kind if there never was such an object.
func (s *Session) Versions(ctx context.Context, kind Kind, id string) (versions []ObjectVersion, err error) {
	err = s.view(ctx, func(tx Tx) error {
		versions, err = s.versions(tx, kind, id)
		return err
	})
	return versions, err
}

// Version returns one version of an object, or ErrVersionUnknown.
func (s *Session) Version(ctx context.Context, kind Kind, id string, n int64) (ObjectVersion, error) {
	all, err := s.Versions(ctx, kind, id)
	if err != nil {
		return ObjectVersion{}, err
	}
	i := slices.IndexFunc(all, func(v ObjectVersion) bool { return v.Version == n })
	if i < 0 || all[i].Erased {
		return ObjectVersion{}, fmt.Errorf("%s %s: version %d: %w", kind, id, n, ErrVersionUnknown)
	}
	return all[i], nil
}

// versions goes back from what the object is now: also an object that is older
// than its history has all its versions then.
func (s *Session) versions(tx Tx, kind Kind, id string) ([]ObjectVersion, error) {
	entries, err := s.entriesOf(tx, kind, id)
	if err != nil {
		return nil, err
	}
	now, err := s.asSet(tx, kind, id)
	live := err == nil
	if err != nil && !errors.Is(err, kind.NotFound()) {
		return nil, err
	}
	if !live && (len(entries) == 0 || s.limited()) {
		return nil, err // a caller who does not see the object does not see its past
	}
	state := Values(nil)
	if live {
		state = now.Values
	}
	versions := []ObjectVersion{}
	for i, e := range entries {
		changes, erased, err := changesOf(kind, e)
		if err != nil {
			return nil, err
		}
		v := ObjectVersion{Version: e.Version, Seq: e.Seq, Time: e.Time, Action: peopleAction(e.Action), Actor: e.Actor, RequestID: e.RequestID, Changes: changes, Erased: erased, Values: state}
		if v.Version == 0 { // from before versions were counted: one for each entry
			v.Version = int64(len(entries) - i)
		}
		state = stateBefore(kind, id, v, state)
		if i+1 < len(entries) && entries[i+1].Version == e.Version && e.Version != 0 {
			continue // the object itself stayed as it was
		}
		if len(changes) == 0 && !erased && v.Action == "update" {
			continue // nothing changed
		}
		versions = append(versions, v)
	}
	if n := len(versions); (n == 0 || versions[n-1].Action == "update") && state != nil {
		first := ObjectVersion{Version: 1, Time: now.CreatedAt, Action: "create", Changes: kind.recordChanges(nil, state), Values: state}
		if n > 0 {
			first.Version = max(1, versions[n-1].Version-1)
		}
		versions = append(versions, first)
	}
	return versions, nil
}

// asSet reads an object as its history tells it. Only an address that waits for
// its verification makes a difference.
func (s *Session) asSet(tx Tx, kind Kind, id string) (Object, error) {
	if ed, ok := editors[kind].(messageContactEditor); ok {
		return ed.asSet(s, tx, id)
	}
	return editors[kind].object(s, tx, id)
}

// entriesOf returns the entries of one object, newest first.
func (s *Session) entriesOf(tx Tx, kind Kind, id string) (entries []AuditEntry, err error) {
	f := HistoryFilter{Kind: string(kind), Object: id}
	for {
		page, next, err := tx.History().History(f, historyChunk)
		if err != nil {
			return nil, err
		}
		for _, e := range page {
			if !slices.Contains(notUndone, e.Action) {
				entries = append(entries, e)
			}
		}
		if f.Before = next; next == 0 {
			return entries, nil
		}
	}
}

// stateBefore takes a version's changes back.
func stateBefore(kind Kind, id string, v ObjectVersion, state Values) Values {
	switch {
	case v.Erased:
		return nil
	case v.Action == "create", v.Action == "restore":
		return nil
	case v.Action == "delete":
		state = Values{kind.IDField(): kind.idValue(id)}
	}
	before := maps.Clone(state)
	if before == nil {
		before = Values{}
	}
	for _, c := range v.Changes {
		before.set(c.Field, mergeExtra(before[c.Field], c.After, c.Before))
		if extra, ok := before[extraName].(map[string]any); ok {
			maps.DeleteFunc(extra, func(name string, _ any) bool { return !kind.hasExtra(name) })
		}
	}
	return before.compact()
}

// idValue is the value of the field that holds the id.
func (k Kind) idValue(id string) any {
	if k.Fields()[0].Type == TextField {
		return id
	}
	n, _ := strconv.ParseInt(id, 10, 64)
	return n
}

// set writes a value, or removes the field if it is empty.
func (v Values) set(name string, value any) {
	if isEmpty(value) {
		delete(v, name)
		return
	}
	v[name] = value
}

// mergeExtra replaces a value by another; of "extra" only the names that either
// of them has.
func mergeExtra(now, from, to any) any {
	extra, ok := now.(map[string]any)
	before, okBefore := from.(map[string]any)
	after, okAfter := to.(map[string]any)
	if !ok && !okBefore && !okAfter {
		return to
	}
	merged := maps.Clone(extra)
	if merged == nil {
		merged = map[string]any{}
	}
	for name := range before {
		delete(merged, name)
	}
	maps.Copy(merged, after)
	return merged
}
