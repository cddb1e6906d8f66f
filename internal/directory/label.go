package directory

import "context"

// LabelGroup is a group of labels for external contacts.
type LabelGroup struct {
	ID     int64
	Name   string
	Color  int64 // signed 32-bit ARGB
	Labels []Label
}

// Label is one label; its id is unique in the organisation and beyond 31 bits
// in real data.
type Label struct {
	ID      int64
	GroupID int64
	Name    string
}

// LabelTx reads and writes label groups and labels.
type LabelTx interface {
	// LabelGroups returns size groups from the offset-th on, with their labels,
	// in console order.
	LabelGroups(offset, size int64) ([]LabelGroup, error)
	// MissingLabels returns those of ids that do not exist.
	MissingLabels(ids []int64) ([]int64, error)
	// PutLabelGroup writes the group and its labels, in the order given.
	PutLabelGroup(g LabelGroup, position int64)
}

// LabelGroups returns a page of the organisation's label groups in console order.
func (s *Session) LabelGroups(ctx context.Context, offset, size int64) (gs []LabelGroup, err error) {
	err = s.view(ctx, func(tx Tx) error {
		gs, err = tx.LabelGroups(offset, size)
		return err
	})
	return gs, err
}
