package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// InitResourceDirectory is EnableResourceDirectory as Terraform calls it, under
// the older version only
// (docs/spec/resource-directory.md#older-call-that-enables-a-directory).
var InitResourceDirectory = api.Define(&Operations, api.Op[api.None, enabledDirectory]{
	Route: api.RPC(olderVersion, "InitResourceDirectory"),
	Group: "ResourceDirectory",
	Doc:   api.Text{Zh: "开通资源目录（旧版接口）。", En: "Enables the resource directory (older operation)."},

	Out:   enabledDirectoryFields,
	Codes: []*api.Code{directoryEnabled},

	Do: func(ctx context.Context, s *directory.Session, _ *api.None) (*enabledDirectory, error) {
		rd, err := s.CreateResourceDirectory(ctx, directory.NewDirectory{})
		if err != nil {
			return nil, err
		}
		made := answeredDirectory(rd)
		return &enabledDirectory{&made}, nil
	},
})
