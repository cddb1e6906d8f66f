package transfer

import (
	"errors"
	"time"

	"github.com/mingce/mingce/internal/directory"
)

// Admit writes what belongs to the transaction in which an import is allowed to go on, and may
// run more than once. If it fails nothing is done. It may be nil.
type Admit func(directory.Tx, Import) error

func (a Admit) of(tx directory.Tx, i Import, err error) error {
	if a == nil || err != nil {
		return err
	}
	return a(tx, i)
}

// admit stores that the file is copied, unless another import has done the same or is about to,
// which it then returns. Looking and storing are one transaction, so that of two that begin at
// once, in whatever processes, the second finds the first.
func (m *Importer) admit(s *directory.Session, r *importRun, admit Admit) (v Import, own bool, err error) {
	err = r.patiently(func() error {
		return s.AdmitImport(r.ctx, r.row(), m.owner, func(tx directory.Tx, same []directory.Import) (bool, error) {
			var err error
			if v, own, err = m.earlier(s, r, same); err == nil && own {
				v, err = r.view()
			}
			return own, admit.of(tx, v, err)
		})
	})
	if err == nil && own {
		r.beaten = time.Now()
	}
	return v, own, err
}

// earlier returns which of the imports of a file has done what the run is about to do, or is
// about to: then with directory.ErrImportRunning. Without one it reports that the run is the
// first (docs/spec/import.md#repeated-imports).
func (m *Importer) earlier(s *directory.Session, r *importRun, same []directory.Import) (v Import, first bool, err error) {
	if r.stored.Preview {
		return v, true, nil
	}
	for _, i := range same {
		switch state := m.stateOf(i, m.directory.Now()); {
		case state == directory.ImportRunning || state == directory.ImportQueued:
			v, err := m.viewOf(s, i)
			return v, false, errors.Join(err, directory.ErrImportRunning)
		case state == directory.ImportDone && !r.info.Again && m.directory.Now().Sub(i.EndedAt) < repeatedFor:
			v, err := m.viewOf(s, i)
			v.Repeated = true
			return v, false, err
		}
	}
	return v, true, nil
}
