package oapi

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// administrator is one in a list.
type administrator struct {
	Level  int64
	UserID string
}

// Levels of administrators.
const (
	mainAdministrator = 1
	subAdministrator  = 2
)

// administratorsOf are the administrators of the caller's organisation, the
// main ones first.
func administratorsOf(ctx context.Context, s *directory.Session) ([]administrator, error) {
	list := []administrator{}
	main, err := s.Administrators(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range main {
		list = append(list, administrator{mainAdministrator, id})
	}
	sub, err := s.SubAdministrators(ctx)
	for _, id := range sub {
		list = append(list, administrator{subAdministrator, id})
	}
	return list, err
}

func administratorFields(a *administrator) api.Fields {
	return api.Fields{
		api.Int("sys_level", &a.Level).Example("1").Describe("1 主管理员，2 子管理员。", "1 main administrator, 2 sub administrator."),
		api.String("userid", &a.UserID).Example("102530009661373952").Describe("管理员的 userid。", "The administrator's user id."),
	}
}
