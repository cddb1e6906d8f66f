package transfer

import (
	"context"
	"errors"

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

// erasedMeanwhile reports whether somebody was erased after the import had
// begun, whom its copies may hold.
func (r *importRun) erasedMeanwhile() bool {
	list, err := r.session().Erasures(context.WithoutCancel(r.ctx), &directory.Erasure{Time: r.stored.CreatedAt}, 1)
	return err == nil && len(list) > 0
}
