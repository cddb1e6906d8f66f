package transfer

import (
	"maps"
	"slices"

	"github.com/mingce/mingce/internal/directory"
)

// lookups is what the directory knows of a batch of rows. It is collected first
// and read at once.
type lookups struct {
	wanted  map[keySpace]map[string]bool
	found   map[keySpace]map[string][]string
	ids     map[directory.Kind]map[string]bool
	states  map[directory.Kind]map[string]directory.IDState
	objects map[objectName]directory.Object
}

type keySpace struct {
	kind directory.Kind
	key  directory.ObjectKey
}

type objectName struct {
	kind directory.Kind
	id   string
}

// askedAtOnce is how many values one query names.
const askedAtOnce = 1024

func newLookups() *lookups {
	return &lookups{wanted: map[keySpace]map[string]bool{}, found: map[keySpace]map[string][]string{},
		ids: map[directory.Kind]map[string]bool{}, states: map[directory.Kind]map[string]directory.IDState{}, objects: map[objectName]directory.Object{}}
}

func (l *lookups) want(kind directory.Kind, key directory.ObjectKey, value string) {
	if value == "" {
		return
	}
	space := keySpace{kind, key}
	if l.wanted[space] == nil {
		l.wanted[space] = map[string]bool{}
	}
	l.wanted[space][value] = true
}

func (l *lookups) wantState(kind directory.Kind, id string) {
	if id == "" {
		return
	}
	if l.ids[kind] == nil {
		l.ids[kind] = map[string]bool{}
	}
	l.ids[kind][id] = true
}

// read asks the directory for all that is wanted. With objects, it reads what
// was found of these kinds and keys, too.
func (l *lookups) read(f *directory.Finder, objects func(keySpace) bool) error {
	for space, values := range l.wanted {
		found := map[string][]string{}
		for some := range slices.Chunk(listOf(values), askedAtOnce) {
			ids, err := f.ObjectsByKey(space.kind, space.key, some)
			if err != nil {
				return err
			}
			maps.Copy(found, ids)
		}
		l.found[space] = found
		if !objects(space) {
			continue
		}
		for _, ids := range found {
			for _, id := range ids {
				if err := l.readObject(f, objectName{space.kind, id}); err != nil {
					return err
				}
			}
		}
	}
	for kind, ids := range l.ids {
		l.states[kind] = map[string]directory.IDState{}
		for some := range slices.Chunk(listOf(ids), askedAtOnce) {
			states, err := f.IDStates(kind, some)
			if err != nil {
				return err
			}
			maps.Copy(l.states[kind], states)
		}
	}
	return nil
}

func (l *lookups) readObject(f *directory.Finder, name objectName) (err error) {
	if _, have := l.objects[name]; !have {
		l.objects[name], err = f.Object(name.kind, name.id)
	}
	return err
}

func (l *lookups) get(kind directory.Kind, key directory.ObjectKey, value string) []string {
	return l.found[keySpace{kind, key}][value]
}

func (l *lookups) state(kind directory.Kind, id string) directory.IDState { return l.states[kind][id] }

func listOf(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for v := range set {
		list = append(list, v)
	}
	return list
}
