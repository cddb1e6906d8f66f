package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type associateMembers struct {
	ContactID string
	Members   []string
}

// AssociateMembers binds a contact to the resource directory, folders or
// members (docs/spec/resource-directory.md#binding-a-contact).
var AssociateMembers = api.Define(&Operations, api.Op[associateMembers, changedMembers]{
	Route: api.RPC(version, "AssociateMembers"),
	Group: "MessageContact",
	Doc:   api.Text{Zh: "将联系人绑定到资源目录、资源夹或成员。", En: "Binds a message contact to the resource directory, folders or members."},

	Before: inUse,
	In: func(in *associateMembers) api.Fields {
		return api.Fields{
			contactIDField(&in.ContactID),
			// An absent list is not missing but invalid: the vendor's page has no
			// MissingParameter.Members here.
			membersField(&in.Members, membersInvalid).MaxItems(directory.MaxMembersPerCall, membersInvalid).
				Check(membersDuplicate, idsOnce, distinctMembers(&in.Members)),
		}
	},
	Out:   changedMembersFields,
	Codes: []*api.Code{noContact, statusMismatch, noMember, memberQuota, conflicting},

	Do: func(ctx context.Context, s *directory.Session, in *associateMembers) (*changedMembers, error) {
		if err := s.AssociateMembers(ctx, in.ContactID, in.Members); err != nil {
			return nil, err
		}
		return changedMembersOf(s, in.ContactID, in.Members), nil
	},
})
