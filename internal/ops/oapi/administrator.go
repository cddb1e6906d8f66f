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
const mainAdministrator = 1

// administratorsOf are the administrators of the caller's organisation.
func administratorsOf(ctx context.Context, s *directory.Session) ([]administrator, error) {
	ids, err := s.Administrators(ctx)
	list := make([]administrator, len(ids))
	for i, id := range ids {
		list[i] = administrator{mainAdministrator, id}
	}
	return list, err
}

func administratorFields(a *administrator) api.Fields {
	return api.Fields{
		api.Int("sys_level", &a.Level).Example("1").Describe("1 主管理员，2 子管理员；本服务的管理员都是主管理员。", "1 main administrator, 2 sub administrator; all are main ones here."),
		api.String("userid", &a.UserID).Example("102530009661373952").Describe("管理员的 userid。", "The administrator's user id."),
	}
}
