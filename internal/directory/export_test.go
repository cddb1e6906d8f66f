package directory

// CreateContactIn and CreateEmployeeIn create one of them as the product does,
// with terms, blind indexes and history, for benchmarks that create many in one
// transaction. The caller chooses ids and times.
func (s *Session) CreateContactIn(tx Tx, c Contact) error { return s.createContact(tx, c) }

// CreateEmployeeIn is described at CreateContactIn.
func (s *Session) CreateEmployeeIn(tx Tx, e Employee) error {
	_, err := s.createEmployee(tx, e)
	return err
}
