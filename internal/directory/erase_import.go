package directory

import (
	"encoding/json"
	"errors"
	"math"
)

// ErasedPart is the name of the parts of an import that say who was erased while it ran, in JSON
// as [ErasedPerson].
const ErasedPart = "erased"

// ErrErasedMeanwhile: somebody was erased of whom the writer of an import does not know yet.
var ErrErasedMeanwhile = errors.New("somebody was erased while the import ran")

// ErasedPerson is what an import must know of somebody who was erased while it ran: its file may
// name the person. It is kept as long as the file.
type ErasedPerson struct {
	Kind   Kind
	ID     string
	Values Values // those by which files name somebody
}

// namingFields are the fields of people that can be keys ([ObjectKey]).
var namingFields = []string{"name", "companyName", "mobile", "email", "telephone"}

// tellImports keeps the imports that have not ended from bringing a person back: those that
// somebody works on learn who it is, and the others end, so that their files go, too
// (docs/spec/import.md#people-who-are-erased).
func (s *Session) tellImports(tx Tx, kind Kind, id string, was Values) error {
	told := ErasedPerson{Kind: kind, ID: id, Values: Values{}}
	for _, name := range namingFields {
		if v, ok := was[name]; ok {
			told.Values[name] = v
		}
	}
	if extra, ok := was[extraName].(map[string]any); ok {
		told.Values[extraName] = map[string]any{"login_id": extra["login_id"], "outer_exclusive_corpid": extra["outer_exclusive_corpid"], "outer_exclusive_userid": extra["outer_exclusive_userid"]}
	}
	data, err := json.Marshal(told)
	if err != nil {
		return err
	}
	open, err := tx.Imports().OpenImports()
	if err != nil {
		return err
	}
	var ended, alive []Import
	number := map[string]int64{}
	for _, o := range open {
		if o.Org != s.org {
			continue
		}
		i, err := tx.Imports().Import(o.ID)
		switch {
		case errors.Is(err, ErrImportNotFound):
			continue
		case err != nil:
			return err
		case !i.EndedAt.IsZero():
		case !i.Alive(s.dir.now()):
			ended = append(ended, i)
		default:
			if number[i.ID], err = lastErased(tx, i.ID); err != nil {
				return err
			}
			alive = append(alive, i)
		}
	}
	for _, i := range ended {
		i.State, i.Owner, i.EndedAt = ImportStopped, "", s.now
		tx.Imports().PutImport(i)
	}
	for _, i := range alive {
		tx.Imports().PutImportPart(i.ID, ImportPart{Name: ErasedPart, N: number[i.ID] + 1, Data: data})
	}
	return nil
}

// lastErased is the number of the last of an import's erased parts, from 1; 0: there is none.
func lastErased(tx Tx, id string) (int64, error) {
	p, err := tx.Imports().ImportPart(id, ErasedPart, math.MaxInt64)
	if errors.Is(err, ErrImportNotFound) {
		return 0, nil
	}
	return p.N, err
}

// PutWrittenImport is [PutOwnedImport] for a transaction that writes people. It returns
// ErrErasedMeanwhile if more than the first erased people are to be left out.
func PutWrittenImport(tx Tx, i Import, owner string, erased int64, parts ...ImportPart) error {
	if _, err := tx.Imports().Import(i.ID); err != nil { // locks it: an erasure waits, or was before
		return err
	}
	switch last, err := lastErased(tx, i.ID); {
	case err != nil:
		return err
	case last > erased:
		return ErrErasedMeanwhile
	}
	return PutOwnedImport(tx, i, owner, parts...)
}
