package transfer

// Counts are the numbers of an import. Warnings counts warnings, the others
// rows.
type Counts struct {
	Rows      int64 `json:"rows"`
	Created   int64 `json:"created"`
	Updated   int64 `json:"updated"`
	Unchanged int64 `json:"unchanged"`
	Skipped   int64 `json:"skipped"`
	Rejected  int64 `json:"rejected"`
	Warnings  int64 `json:"warnings"`
}

// add counts the plan of a row.
func (c *Counts) add(p *plan) {
	c.Rows++
	c.Warnings += int64(len(p.Warnings))
	switch p.Action {
	case RowCreated:
		c.Created++
	case RowUpdated:
		c.Updated++
	case RowUnchanged:
		c.Unchanged++
	case RowSkipped:
		c.Skipped++
	case RowRejected:
		c.Rejected++
	}
}
