package resourcedirectory

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getAccountDeletionCheckResult struct {
	AccountID string
	asked
}

type gotDeletionCheckResult struct{ Info deletionCheckResult }

type deletionCheckResult struct {
	Status                  string
	AllowDelete             *string // 2022-04-19
	AllowDeleteOlder        *bool   // 2020-03-31
	NotAllowed, Abandonable []directory.DeletionCheck
}

const preCheckComplete = "PreCheckComplete"

// preChecking is a fault: a call answers that the check is not complete.
var preChecking = &api.Code{HTTP: http.StatusOK, Code: "PreChecking"}

// GetAccountDeletionCheckResult returns what keeps a member from being deleted.
// Checks are quick here and made anew in this call; both lists are always there,
// as Terraform reads them
// (docs/spec/tags-and-members.md#result-of-a-check).
var GetAccountDeletionCheckResult = api.Define(&Operations, api.Op[getAccountDeletionCheckResult, gotDeletionCheckResult]{
	Route:    api.RPC(version, "GetAccountDeletionCheckResult"),
	Also:     older("GetAccountDeletionCheckResult"),
	Group:    "Account",
	Doc:      api.Text{Zh: "查询成员删除检查的结果。", En: "Returns the result of the check whether a member can be deleted."},
	Resource: accountResource,
	ReadOnly: true,

	Before: enabled,
	In: func(in *getAccountDeletionCheckResult) api.Fields {
		return api.Fields{accountIDField(&in.AccountID)}
	},
	Out: func(out *gotDeletionCheckResult) api.Fields {
		return api.Fields{api.Object("AccountDeletionCheckResultInfo", &out.Info, func(r *deletionCheckResult) api.Fields {
			return api.Fields{
				api.String("Status", &r.Status).Example(preCheckComplete).Describe("检查状态：PreChecking 检查中，PreCheckComplete 检查完成。", "PreChecking or PreCheckComplete."),
				api.OptString("AllowDelete", &r.AllowDelete).Example("true").Describe("能否删除：true、false，文本。", "Whether the member can be deleted: true or false, as a text."),
				api.OptBool("AllowDelete", &r.AllowDeleteOlder).Example("true").Describe("能否删除，仅 2020-03-31。", "Whether the member can be deleted; this type under 2020-03-31 only."),
				api.Objects("NotAllowReason", &r.NotAllowed, deletionCheckFields).Describe("不能删除的原因。", "Why it cannot be deleted."),
				api.Objects("AbandonableChecks", &r.Abandonable, deletionCheckFields).Describe("可以放弃的检查项，用 AbandonableCheckId 放弃。", "Checks that AbandonableCheckId can abandon."),
			}
		}).Describe("检查结果。", "The result.")}
	},
	Codes:   []*api.Code{noAccount, noDeletion, accountTypeMismatch},
	Effects: []*api.Code{preChecking},

	Do: func(ctx context.Context, s *directory.Session, in *getAccountDeletionCheckResult) (*gotDeletionCheckResult, error) {
		found, err := s.DeletionChecks(ctx, in.AccountID)
		if err != nil {
			return nil, err
		}
		if api.Provoked(ctx) == preChecking.Code {
			return &gotDeletionCheckResult{deletionCheckResult{Status: preChecking.Code, NotAllowed: []directory.DeletionCheck{}, Abandonable: []directory.DeletionCheck{}}}, nil
		}
		abandonable := func(c directory.DeletionCheck) bool { return c.Abandonable }
		r := deletionCheckResult{Status: preCheckComplete, NotAllowed: slices.DeleteFunc(slices.Clone(found), abandonable), Abandonable: []directory.DeletionCheck{}}
		for _, c := range found {
			if c.Abandonable {
				r.Abandonable = append(r.Abandonable, c)
			}
		}
		r.NotAllowed = api.List(r.NotAllowed)
		allow := len(r.NotAllowed) == 0
		// Terraform reads a boolean under the older version; the SDKs of the newer
		// one read a text.
		if in.older() {
			r.AllowDeleteOlder = &allow
		} else {
			text := strconv.FormatBool(allow)
			r.AllowDelete = &text
		}
		return &gotDeletionCheckResult{r}, nil
	},
})

func deletionCheckFields(c *directory.DeletionCheck) api.Fields {
	return api.Fields{
		api.String("CheckId", &c.ID).Example("NON_SP_efc").Describe("检查项 ID。", "ID of the check."),
		api.String("CheckName", &c.Name).Example("Enterprise finance").Describe("检查项的名称。", "Name of the check."),
		api.String("Description", &c.Description).Example("The account pays for other members.").Describe("检查项的描述。", "What the check found."),
	}
}
