package directory

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Errors of the export of what is stored about a person.
var (
	ErrPersonNotFound = errors.New("nothing is stored about that person")
	ErrPersonQuery    = errors.New("a person is named by exactly one of mobile, mail address, or object")
)

// PersonQuery names a person: by a mobile, a mail address, or one object.
type PersonQuery struct {
	Mobile string // as people write it
	Email  string
	Kind   Kind
	ID     string
}

// PersonExport is everything that is stored about one person
// (docs/spec/history.md#export-of-a-person).
type PersonExport struct {
	Objects  []PersonObject
	History  []HistoryEntry
	Grants   []Grant // that the person gave
	Messages []Message
	Imports  []HistoryEntry // that brought one of the objects
	Exports  []HistoryEntry // that may have held one of them
}

// PersonObject is an object of a person.
type PersonObject struct {
	Object
	State    string // "live" or "bin"
	Versions []ObjectVersion
}

// maxPersonMessages bounds the messages of an export.
const maxPersonMessages = 1000

// ExportPerson returns what is stored about a person, in clear, and records that it
// was asked for. It returns ErrPersonQuery or ErrPersonNotFound.
func (s *Session) ExportPerson(ctx context.Context, q PersonQuery) (p PersonExport, err error) {
	given := 0
	for _, set := range [...]bool{q.Mobile != "", q.Email != "", q.ID != ""} {
		if set {
			given++
		}
	}
	if given != 1 {
		return PersonExport{}, ErrPersonQuery
	}
	phone := ""
	if q.Mobile != "" {
		read, _, err := readPhone(q.Mobile, s.dir.settings.HomeCountry)
		if err != nil {
			return PersonExport{}, fmt.Errorf("%w: %w", ErrPersonQuery, err)
		}
		phone = read.String()
	}
	err = s.view(ctx, func(tx Tx) error {
		p = PersonExport{}
		return s.readPerson(tx, q, phone, &p)
	})
	if err == nil && len(p.Objects) == 0 {
		err = ErrPersonNotFound
	}
	if err != nil {
		return PersonExport{}, fmt.Errorf("export of a person: %w", err)
	}
	err = s.update(ctx, func(tx Tx) error {
		for _, o := range p.Objects {
			s.audit(tx, Change{Noun: string(o.Kind), Object: o.ID, Action: "personExport"})
		}
		return nil
	})
	return p, err
}

func (s *Session) readPerson(tx Tx, q PersonQuery, phone string, p *PersonExport) error {
	ids, err := s.objectsOfPerson(tx, q, phone)
	if err != nil {
		return err
	}
	names := historyNames{tx: tx, requests: map[string][2]string{}, callers: map[string]string{}}
	imports := map[string]bool{}
	for _, id := range ids {
		o, err := s.personObject(tx, id.Kind, id.ID)
		if errors.Is(err, ErrPersonNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		p.Objects = append(p.Objects, o)
		entries, err := s.entriesOf(tx, id.Kind, id.ID)
		if err != nil {
			return err
		}
		for _, raw := range entries {
			e, err := names.entry(raw)
			if err != nil {
				return err
			}
			if p.History = append(p.History, e); e.ImportID != "" {
				imports[e.ImportID] = true
			}
		}
	}
	if err := s.readPersonTraces(tx, q, phone, p); err != nil {
		return err
	}
	return s.readPersonRuns(tx, imports, p)
}

// objectsOfPerson finds the objects with the number or the address, live or in
// the bin.
func (s *Session) objectsOfPerson(tx Tx, q PersonQuery, phone string) (ids []BinPlace, err error) {
	if q.ID != "" {
		return []BinPlace{{Kind: q.Kind, ID: q.ID}}, nil
	}
	email := strings.ToLower(q.Email)
	add := func(kind Kind, id string) {
		if !slices.ContainsFunc(ids, func(p BinPlace) bool { return p.Kind == kind && p.ID == id }) {
			ids = append(ids, BinPlace{Kind: kind, ID: id})
		}
	}
	for _, kind := range erasable {
		ed, ok := editors[kind]
		if !ok {
			continue
		}
		query := ObjectQuery{Kind: kind, Mobile: phone, Email: email, Sort: ByCreation, Limit: MaxObjectPage}
		page, err := ed.list(s, tx, query)
		if err != nil {
			return nil, err
		}
		for _, o := range page.Items {
			add(kind, o.ID)
		}
	}
	bin, err := tx.Bin().Bin(BinFilter{Phone: phone, Email: email, Limit: MaxObjectPage})
	for _, x := range bin {
		add(x.Kind, x.ID)
	}
	return ids, err
}

func (s *Session) personObject(tx Tx, kind Kind, id string) (o PersonObject, err error) {
	ed, ok := editors[kind]
	if !ok {
		return o, ErrPersonQuery
	}
	o.State = "live"
	o.Object, err = ed.object(s, tx, id)
	if errors.Is(err, kind.NotFound()) {
		o.State = "bin"
		x, errBin := tx.Bin().BinItem(kind, id)
		if errors.Is(errBin, ErrNotInBin) {
			return o, ErrPersonNotFound
		}
		o.Object, err = Object{Kind: kind, ID: id, Version: x.Version, UpdatedAt: x.DeletedAt}, errBin
	}
	if err != nil {
		return o, err
	}
	if o.Versions, err = s.versions(tx, kind, id); err != nil {
		return o, err
	}
	if o.State == "bin" && len(o.Versions) > 1 {
		o.Object.Values, o.CreatedAt = o.Versions[1].Values, o.Versions[len(o.Versions)-1].Time
	}
	return o, nil
}

// readPersonTraces reads grants and messages.
func (s *Session) readPersonTraces(tx Tx, q PersonQuery, phone string, p *PersonExport) error {
	grants, err := tx.Grants().Grants()
	if err != nil {
		return err
	}
	addresses := map[string]string{phone: SMSChannel, q.Email: EmailChannel}
	for _, o := range p.Objects {
		if o.Kind == EmployeeKind {
			for _, g := range grants {
				if g.OptUserID == o.ID {
					p.Grants = append(p.Grants, g)
				}
			}
		}
		for _, name := range [...]string{"mobile", "phone"} {
			addresses[o.Values.Text(name)] = SMSChannel
		}
		for _, name := range [...]string{"email", "orgEmail"} {
			addresses[o.Values.Text(name)] = EmailChannel
		}
	}
	for address, channel := range addresses {
		if address == "" {
			continue
		}
		messages, err := tx.Messages().Messages(MessageFilter{To: address, Channel: channel, Limit: maxPersonMessages})
		if err != nil {
			return err
		}
		p.Messages = append(p.Messages, messages...)
	}
	slices.SortFunc(p.Messages, func(a, b Message) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return nil
}

// readPersonRuns reads the imports that brought the objects, and the exports
// since there was one of them.
func (s *Session) readPersonRuns(tx Tx, imports map[string]bool, p *PersonExport) error {
	first := time.Time{}
	for _, o := range p.Objects {
		if first.IsZero() || o.CreatedAt.Before(first) {
			first = o.CreatedAt
		}
	}
	for _, run := range [...]struct {
		noun string
		list *[]HistoryEntry
	}{{importNoun, &p.Imports}, {exportNoun, &p.Exports}} {
		f := HistoryFilter{Kind: run.noun, Since: first, Limit: MaxObjectPage}
		for {
			page, next, err := s.historyPage(tx, f)
			if err != nil {
				return err
			}
			for _, e := range page {
				if run.noun == exportNoun || imports[e.ObjectID] {
					*run.list = append(*run.list, e)
				}
			}
			if f.Before = next; next == 0 {
				break
			}
		}
	}
	return nil
}
