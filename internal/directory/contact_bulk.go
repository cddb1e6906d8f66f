package directory

import "slices"

// mostAtOnce is how many values one of the reads of new contacts names.
const mostAtOnce = 1000

// newContacts counts the edits at the beginning that can be carried out with
// common reads: they make contacts, for a caller whose range needs no reads.
func (s *Session) newContacts(edits []Edit) int {
	if s.caller.Kind == AppCaller && !s.caller.Scope.All {
		return 0
	}
	n := slices.IndexFunc(edits, func(e Edit) bool { return e.Kind != ContactKind || e.Do != CreateObject })
	if n < 0 {
		return len(edits)
	}
	return n
}

// createContacts makes contacts by the same rules as one alone, but with the
// reads of all at once: on PostgreSQL each read is a round trip. It returns the
// error of each.
func (s *Session) createContacts(tx Tx, edits []Edit) ([]EditResult, []error, error) {
	known := &knownContacts{tx: tx, s: s, employees: map[string]bool{}, phones: map[string]string{}, taken: map[string]bool{}}
	if err := known.read(edits); err != nil {
		return nil, nil, err
	}
	results, errs := make([]EditResult, len(edits)), make([]error, len(edits))
	for i, e := range edits {
		results[i], errs[i] = contactEditor{}.create(s, knownTx{tx, known}, e)
	}
	return results, errs, nil
}

// knownContacts is what was read ahead for new contacts, and what those made so
// far have changed of it.
type knownContacts struct {
	tx        Tx
	s         *Session
	org       Org
	count     int64             // contacts; read if there is a limit
	employees map[string]bool   // numbers of employees
	phones    map[string]string // contacts by number
	taken     map[string]bool   // ids
	missing   MissingReferences
}

func (k *knownContacts) read(edits []Edit) (err error) {
	if k.s.dir.settings.MaxContacts <= 0 {
		k.org, err = k.tx.Orgs().OrgByID(k.s.org)
	} else if k.org, err = k.tx.Orgs().OrgToChange(); err == nil {
		k.count, err = k.tx.ContactList().CountContacts()
	}
	if err != nil {
		return err
	}
	var phones, ids []string
	refs := References{}
	for _, e := range edits {
		c, err := Contact{}.apply(e.Values, &problems{kind: ContactKind})
		if err != nil {
			return err
		}
		if c.Mobile != "" {
			phones = append(phones, c.Phone())
		}
		if e.ID != "" && !e.NewID {
			ids = append(ids, e.ID)
		}
		refs.LabelIDs = append(refs.LabelIDs, c.LabelIDs...)
		refs.DeptIDs = append(refs.DeptIDs, c.ShareDeptIDs...)
		refs.UserIDs = append(append(refs.UserIDs, c.FollowerID), c.ShareUserIDs...)
	}
	if err := k.readReferences(References{distinct(refs.UserIDs), distinct(refs.LabelIDs), distinct(refs.DeptIDs)}); err != nil {
		return err
	}
	for some := range slices.Chunk(phones, mostAtOnce) {
		if err := k.readPhones(some); err != nil {
			return err
		}
	}
	for some := range slices.Chunk(slices.DeleteFunc(ids, func(id string) bool { return !isStorable(id) }), mostAtOnce) {
		states, err := k.tx.ObjectKeys().IDStates(ContactKind, some)
		if err != nil {
			return err
		}
		for id := range states {
			k.taken[id] = true
		}
	}
	return nil
}

func (k *knownContacts) readPhones(phones []string) error {
	employees, err := k.tx.ObjectKeys().ObjectsByKey(EmployeeKind, KeyMobile, phones)
	if err != nil {
		return err
	}
	for phone := range employees {
		k.employees[phone] = true
	}
	contacts, err := k.tx.ObjectKeys().ObjectsByKey(ContactKind, KeyMobile, phones)
	for phone, ids := range contacts {
		k.phones[phone] = ids[0]
	}
	return err
}

// readReferences finds out what is missing, and locks the rest against
// deletion.
func (k *knownContacts) readReferences(all References) error {
	for len(all.UserIDs)+len(all.LabelIDs)+len(all.DeptIDs) > 0 {
		var some References
		some.UserIDs, all.UserIDs = cut(all.UserIDs)
		some.LabelIDs, all.LabelIDs = cut(all.LabelIDs)
		some.DeptIDs, all.DeptIDs = cut(all.DeptIDs)
		_, m, err := k.tx.Contacts().ContactWithReferences("", some)
		if err != nil {
			return err
		}
		k.missing.UserIDs = append(k.missing.UserIDs, m.UserIDs...)
		k.missing.LabelIDs = append(k.missing.LabelIDs, m.LabelIDs...)
		k.missing.DeptIDs = append(k.missing.DeptIDs, m.DeptIDs...)
	}
	return nil
}

func cut[T any](list []T) (some, rest []T) {
	n := min(len(list), mostAtOnce)
	return list[:n], list[n:]
}

// missingOf returns those of the ids that are missing, in their order.
func missingOf[T comparable](ids, missing []T) []T {
	if len(missing) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id T) bool { return !slices.Contains(missing, id) })
}

// knownTx answers the reads of a new contact from what is known. Whatever else
// is asked goes to the transaction.
type knownTx struct {
	Tx
	known *knownContacts
}

func (t knownTx) Orgs() OrgTx                { return knownOrgs{t.Tx.Orgs(), t.known} }
func (t knownTx) Contacts() ContactTx        { return knownContactRows{t.Tx.Contacts(), t.known} }
func (t knownTx) ContactList() ContactListTx { return knownList{t.Tx.ContactList(), t.known} }
func (t knownTx) Employees() EmployeeTx      { return knownEmployees{t.Tx.Employees(), t.known} }
func (t knownTx) Audit() AuditTx             { return knownAudit{t.Tx.Audit()} }

type knownOrgs struct {
	OrgTx
	known *knownContacts
}

func (o knownOrgs) OrgByID(string) (Org, error) { return o.known.org, nil }
func (o knownOrgs) OrgToChange() (Org, error)   { return o.known.org, nil }

type knownContactRows struct {
	ContactTx
	known *knownContacts
}

func (c knownContactRows) Contact(string) (Contact, error) { return Contact{}, ErrContactNotFound }

func (c knownContactRows) ContactByPhone(phone string) (string, error) {
	if id, ok := c.known.phones[phone]; ok {
		return id, nil
	}
	return "", ErrContactNotFound
}

func (c knownContactRows) ContactWithReferences(_ string, r References) (Contact, MissingReferences, error) {
	m := c.known.missing
	return Contact{}, MissingReferences{missingOf(r.UserIDs, m.UserIDs), missingOf(r.LabelIDs, m.LabelIDs), missingOf(r.DeptIDs, m.DeptIDs)}, nil
}

func (c knownContactRows) InsertContact(n Contact) {
	c.known.phones[n.Phone()], c.known.taken[n.ID] = n.ID, true
	c.known.count++
	c.ContactTx.InsertContact(n)
}

type knownList struct {
	ContactListTx
	known *knownContacts
}

func (l knownList) CountContacts() (int64, error) { return l.known.count, nil }

type knownEmployees struct {
	EmployeeTx
	known *knownContacts
}

// Employee finds whatever has the id, as contacts and employees share theirs.
func (e knownEmployees) Employee(id string) (Employee, error) {
	if e.known.taken[id] {
		return Employee{UserID: id}, nil
	}
	return Employee{}, ErrEmployeeNotFound
}

func (e knownEmployees) EmployeeByMobile(mobile string) (Employee, error) {
	if e.known.employees[mobile] {
		return Employee{Mobile: mobile}, nil
	}
	return Employee{}, ErrEmployeeNotFound
}

// knownAudit knows that ids which were used are taken.
type knownAudit struct{ AuditTx }

func (knownAudit) WasDeleted(string, []string) (bool, error) { return false, nil }
