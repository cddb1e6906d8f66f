package directory

// CreateContactIn and CreateEmployeeIn are what creates one of them, for
// benchmarks that create many in one transaction: rows, terms, blind indexes and
// history are what the product writes. The ids and times are the caller's.
func (s *Session) CreateContactIn(tx Tx, c Contact) error { return s.createContact(tx, c) }

// CreateEmployeeIn is described at CreateContactIn.
func (s *Session) CreateEmployeeIn(tx Tx, e Employee) error {
	_, err := s.createEmployee(tx, e)
	return err
}
