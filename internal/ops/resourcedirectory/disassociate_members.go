package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type disassociateMembers struct {
	ContactID string
	Members   []string
}

// DisassociateMembers unbinds a contact from the resource directory, folders or
// members (docs/spec/resource-directory.md#unbinding-a-contact).
var DisassociateMembers = api.Define(&Operations, api.Op[disassociateMembers, changedMembers]{
	Route: api.RPC(version, "DisassociateMembers"),
	Group: "MessageContact",
	Doc:   api.Text{Zh: "解除联系人与资源目录、资源夹或成员的绑定。", En: "Unbinds a message contact from the resource directory, folders or members."},

	Before: inUse,
	In: func(in *disassociateMembers) api.Fields {
		return api.Fields{
			contactIDField(&in.ContactID),
			membersField(&in.Members, missingMembers).MaxItems(directory.MaxMembersPerCall, membersLength).
				Check(membersDuplicate, idsOnce, distinctMembers(&in.Members)),
		}
	},
	Out:   changedMembersFields,
	Codes: []*api.Code{noContact, statusMismatch, noMember, conflicting},

	Do: func(ctx context.Context, s *directory.Session, in *disassociateMembers) (*changedMembers, error) {
		if err := s.DisassociateMembers(ctx, in.ContactID, in.Members); err != nil {
			return nil, err
		}
		return changedMembersOf(s, in.ContactID, in.Members), nil
	},
})
