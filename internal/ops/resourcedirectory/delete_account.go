package resourcedirectory

import (
	"context"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type deleteAccount struct {
	AccountID string
	Abandoned api.Value
	ids       []string
}

type deletedAccount struct{ DeletionType string }

// DeleteAccount deletes a member of type resource account, at once, unless a
// check fails that AbandonableCheckId does not name
// (docs/spec/tags-and-members.md#checks-before-a-deletion).
var DeleteAccount = api.Define(&Operations, api.Op[deleteAccount, deletedAccount]{
	Route: api.RPC(version, "DeleteAccount"),
	Also:  older("DeleteAccount"),
	Group: "Account",
	Doc:   api.Text{Zh: "删除资源账号类型的成员。", En: "Deletes a member of type resource account."},

	Before: enabled,
	In: func(in *deleteAccount) api.Fields {
		return api.Fields{
			accountIDField(&in.AccountID),
			api.Any("AbandonableCheckId", &in.Abandoned).Invalid(abandonableInvalid).
				Check(abandonableInvalid, api.Text{Zh: "检查项 ID 的列表，或其 JSON 文本", En: "a list of ids of checks, or its JSON"}, in.readAbandoned).
				Example(`["NON_SP_ram"]`).Describe("放弃的检查项 ID 的列表，见 GetAccountDeletionCheckResult。", "List of the ids of checks to abandon, from GetAccountDeletionCheckResult."),
		}
	},
	Out: func(out *deletedAccount) api.Fields {
		return api.Fields{api.String("DeletionType", &out.DeletionType).Example("0").
			Describe("删除类型：0 直接删除，1 静默期删除。", "0: deleted at once; 1: after a period of silence.")}
	},
	Codes: []*api.Code{noAccount, deletionNotAllowed, rootDeletes, accountTypeMismatch, beingChecked, conflicting},

	Do: func(ctx context.Context, s *directory.Session, in *deleteAccount) (*deletedAccount, error) {
		kind, err := s.DeleteAccount(ctx, in.AccountID, in.ids...)
		if err != nil {
			return nil, err
		}
		return &deletedAccount{kind}, nil
	},
})

// readAbandoned reads a list, which SDKs send as JSON and Terraform as an empty
// text if there is nothing in it; a text that is no JSON is one id
// (docs/spec/tags-and-members.md#checks-before-a-deletion).
func (in *deleteAccount) readAbandoned() bool {
	v := in.Abandoned
	if v.Kind == api.TextValue {
		parsed, err := api.ParseJSON([]byte(v.Text))
		switch {
		case v.Text == "" || err == nil && parsed.Kind == api.Null:
			return true
		case err == nil:
			v = parsed
		case !strings.ContainsAny(v.Text, "[{"):
			in.ids = []string{v.Text}
			return true
		}
	}
	if v.Kind != api.ListValue {
		return false
	}
	for _, item := range v.List {
		if item.Kind != api.TextValue {
			return false
		}
		in.ids = append(in.ids, item.Text)
	}
	return true
}
