package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// DestroyResourceDirectory removes a directory without members. Terraform calls
// it to undo InitResourceDirectory
// (docs/spec/resource-directory.md#destroying-a-directory).
var DestroyResourceDirectory = api.Define(&Operations, api.Op[api.None, api.None]{
	Route: api.RPC(version, "DestroyResourceDirectory"),
	Also:  older("DestroyResourceDirectory"),
	Group: "ResourceDirectory",
	Doc:   api.Text{Zh: "关闭没有成员的资源目录。资源夹一并删除，消息联系人保留但不再绑定。", En: "Disables a resource directory without members. Its folders are deleted; message contacts stay without bindings."},

	Codes: []*api.Code{directoryHasAccounts},

	Do: func(ctx context.Context, s *directory.Session, _ *api.None) (*api.None, error) {
		return nil, s.DestroyResourceDirectory(ctx)
	},
})
