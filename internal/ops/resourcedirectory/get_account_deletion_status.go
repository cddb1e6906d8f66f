package resourcedirectory

import (
	"context"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getAccountDeletionStatus struct{ AccountID string }

type accountDeletion struct {
	directory.AccountDeletion
	CreateTime, DeletionTime string
	FailReasons              []accountDeletionFailure
}

type accountDeletionFailure struct{ Name, Description string }

type gotAccountDeletionStatus struct{ Status accountDeletion }

// deletionTimeForm is the form of times that the vendor's page of this operation
// shows (docs/spec/resource-directory.md#times-of-directory-operations).
const deletionTimeForm = "2006-01-02T15:04:05-07:00"

// GetAccountDeletionStatus returns the outcome of a member's deletion
// (docs/spec/resource-directory.md#status-of-an-account-deletion).
var GetAccountDeletionStatus = api.Define(&Operations, api.Op[getAccountDeletionStatus, gotAccountDeletionStatus]{
	Route:    api.RPC(version, "GetAccountDeletionStatus"),
	Also:     older("GetAccountDeletionStatus"),
	Group:    "Account",
	Doc:      api.Text{Zh: "查询成员删除状态。", En: "Returns the status of a member's deletion."},
	ReadOnly: true,

	Before: enabled,
	In:     func(in *getAccountDeletionStatus) api.Fields { return api.Fields{accountIDField(&in.AccountID)} },
	Out: func(out *gotAccountDeletionStatus) api.Fields {
		return api.Fields{api.Object("RdAccountDeletionStatus", &out.Status, func(x *accountDeletion) api.Fields {
			return api.Fields{
				api.String("Status", &x.AccountDeletion.Status).Example("Success").Describe("状态：Success、Checking、Deleting、CheckFailed、DeleteFailed。", "Success, Checking, Deleting, CheckFailed or DeleteFailed."),
				api.String("AccountId", &x.AccountID).Example("169946124551****").Describe("成员的账号 ID。", "Account id of the member."),
				api.String("CreateTime", &x.CreateTime).Example("2022-08-23T17:05:30+08:00").Describe("删除开始时间。", "When the deletion began."),
				api.String("DeletionTime", &x.DeletionTime).Example("2022-08-23T17:06:01+08:00").Describe("删除结束时间。", "When it ended."),
				api.String("DeletionType", &x.Kind).Example("0").Describe("删除类型：0 直接删除，1 静默期删除。", "0: at once; 1: after a period of silence."),
				api.Objects("FailReasonList", &x.FailReasons, func(f *accountDeletionFailure) api.Fields {
					return api.Fields{
						api.String("Name", &f.Name).Example("Others").Describe("检查项的名称。", "Name of the check."),
						api.String("Description", &f.Description).Example("This account has a payer account.").Describe("检查项的描述。", "What the check found."),
					}
				}).Describe("失败原因。", "Reasons of a failure."),
			}
		}).Describe("删除状态。", "Status of the deletion.")}
	},
	Codes: []*api.Code{noDeletion, noAccount},

	Do: func(ctx context.Context, s *directory.Session, in *getAccountDeletionStatus) (*gotAccountDeletionStatus, error) {
		x, err := s.AccountDeletion(ctx, in.AccountID)
		if err != nil {
			return nil, err
		}
		failures := make([]accountDeletionFailure, len(x.Failed))
		for i, c := range x.Failed {
			failures[i] = accountDeletionFailure{c.Name, c.Description}
		}
		return &gotAccountDeletionStatus{accountDeletion{
			AccountDeletion: x, CreateTime: x.CreatedAt.In(directory.Zone).Format(deletionTimeForm),
			DeletionTime: x.DeletedAt.In(directory.Zone).Format(deletionTimeForm), FailReasons: failures,
		}}, nil
	},
})
