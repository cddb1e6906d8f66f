package transfer

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/mingce/mingce/internal/directory"
)

// keepsFile reports whether the copy of an import's file is still there: an
// erasure deletes the copies of imports that have ended, as any of them may hold
// the person.
func (m *Importer) keepsFile(ctx context.Context, s *directory.Session, id string) (bool, error) {
	_, err := s.ImportPart(ctx, id, filePart, 0)
	if errors.Is(err, directory.ErrImportNotFound) {
		return false, nil
	}
	return err == nil, err
}

// erased are the people whom an import must not bring back, by their keys
// (docs/spec/import.md#people-who-are-erased).
type erased struct {
	known int64 // parts that are read
	names map[string]bool
}

// learn reads who was erased since it was last asked.
func (e *erased) learn(ctx context.Context, s *directory.Session, id string) error {
	for {
		part, err := s.NextImportPart(ctx, id, directory.ErasedPart, e.known+1)
		if errors.Is(err, directory.ErrImportNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		var p directory.ErasedPerson
		if err := json.Unmarshal(part.Data, &p); err != nil {
			return err
		}
		if e.names == nil {
			e.names = map[string]bool{}
		}
		e.names[erasedName(p.Kind, directory.KeyID, p.ID)] = true
		for _, key := range personKeys {
			if k, ok := keyOf(p.Kind, key, p.Values); ok {
				e.names[erasedName(p.Kind, key, k.value)] = true
			}
		}
		e.known = part.N
	}
}

// personKeys are the keys of people beside the id.
var personKeys = []directory.ObjectKey{
	directory.KeyMobile, directory.KeyEmail, directory.KeyTelephone, directory.KeyName, directory.KeyNameCompany, directory.KeyLoginID, directory.KeyAccount,
}

func erasedName(kind directory.Kind, key directory.ObjectKey, value string) string {
	return space(kind, key) + " " + value
}

// strikes returns the field by which a plan that writes names somebody who was erased: by one of the
// keys that rows are matched by, or that nobody else may have.
func (e *erased) strikes(p *plan, matched []directory.ObjectKey) (field string, ok bool) {
	if len(e.names) == 0 || !p.writes() {
		return "", false
	}
	if e.names[erasedName(p.Kind, directory.KeyID, p.ID)] {
		return p.Kind.IDField(), true
	}
	for _, key := range append(slices.Clone(matched), uniqueKeys[p.Kind]...) {
		if k, has := keyOf(p.Kind, key, p.Object); has && e.names[erasedName(p.Kind, key, k.value)] {
			return k.field, true
		}
	}
	return "", false
}

// rejectErased rejects a row without a trace of the person.
func (p *plan) rejectErased(at Problem) {
	p.Name, at.Value = "", ""
	p.reject(at)
}

// strike rejects the rows that name somebody of whom it is known that they were erased since the
// import began.
func (b *batch) strike() {
	r, copied := b.r, false
	for i, p := range b.plans {
		field, struck := r.erased.strikes(p, r.options.keys(p.Kind))
		if !struck {
			continue
		}
		if !copied {
			b.plans, copied = slices.Clone(b.plans), true
		}
		q := *p
		q.rejectErased(r.placesOf(p).at(field, "personErased"))
		b.plans[i], b.told[p.Row] = &q, true
	}
}
