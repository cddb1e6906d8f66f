package resourcedirectory

import (
	"errors"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

var errNameOrType = errors.New("not one of display name and type")

var accountIDRule = api.Text{Zh: "16 位数字", En: "16 digits"}

func accountIDField(p *string) api.Field {
	return api.String("AccountId", p).Brings(directory.MemberField).Required(missingAccountID).Invalid(accountIDInvalid).
		Check(accountIDInvalid, accountIDRule, func() bool { return accountIDForm.MatchString(*p) }).
		Example("181761095690****").Describe("成员的账号 ID。", "Account id of the member.")
}

func displayNameField(name string, p *string) api.Field {
	return api.String(name, p).Brings(directory.DisplayNameField).Invalid(displayNameInvalid).
		Check(displayNameInvalid, api.Text{Zh: "汉字、字母、数字、_ . - 和空格", En: "Chinese characters, letters, digits, _ . - and spaces"}, func() bool { return !errors.Is(directory.CheckDisplayName(*p), directory.ErrDisplayNameForm) }).
		RunesIfAny(directory.MinDisplayName, directory.MaxDisplayName, displayNameLength).
		Example("Dev")
}

func dryRunField(p *bool) api.Field {
	return api.Bool("DryRun", p).Invalid(dryRunInvalid).Example("false").
		Describe("为 true 时只检查，不做更改。", "With true, everything is checked and nothing changed.")
}

func includeTagsField(p *bool) api.Field {
	return api.Bool("IncludeTags", p).Invalid(includeTagsInvalid).Example("true").Describe("是否返回标签。", "Whether to return tags.")
}

// account is a member in an answer; empty fields are left out.
type account struct {
	directory.Account
	ResourceDirectoryID, JoinTime, ModifyTime, ResourceDirectoryPath string
	DeletionStatus                                                   *string // in lists only
	Tags                                                             *tagList
}

func answeredAccount(a directory.Account, directoryID string) account {
	return account{Account: a, ResourceDirectoryID: directoryID, JoinTime: isoTime(a.JoinedAt), ModifyTime: isoTime(a.ModifiedAt)}
}

// directoryOf returns the directory's id of an account whose path is filled,
// else "".
func directoryOf(a directory.Account) string {
	if len(a.Path) == 0 {
		return ""
	}
	return a.Path[0]
}

func accountFields(a *account) api.Fields {
	return api.Fields{
		api.String("AccountId", &a.ID).OmitEmpty().Example("181761095690****").Describe("成员的账号 ID。", "Account id of the member."),
		api.String("AccountName", &a.Name).Example("alice@rd-3G****.aliyunid.com").Describe("账号名称。", "Name of the account."),
		api.OptString("DeletionStatus", &a.DeletionStatus).Example("").Describe("未完成的删除的状态：Checking、Deleting、CheckFailed、DeleteFailed，或空。", "Status of a deletion that is not complete: Checking, Deleting, CheckFailed, DeleteFailed, or empty."),
		api.String("DisplayName", &a.DisplayName).Example("Dev").Describe("成员显示名称。", "Display name of the member."),
		api.String("FolderId", &a.FolderID).Example("fd-r23M55****").Describe("所在资源夹的 ID。", "ID of the folder that the member is in."),
		api.String("JoinMethod", &a.JoinMethod).Example("created").Describe("加入方式：invited 邀请，created 创建。", "How it joined: invited or created."),
		api.String("JoinTime", &a.JoinTime).Example("2020-12-31T03:37:39.456Z").Describe("加入时间（UTC）。", "Time of joining (UTC)."),
		api.String("ModifyTime", &a.ModifyTime).Example("2020-12-31T03:37:39.456Z").Describe("修改时间（UTC）。", "Time of the last change (UTC)."),
		api.String("ResourceDirectoryId", &a.ResourceDirectoryID).Example("rd-3G****").Describe("资源目录 ID。", "ID of the resource directory."),
		api.String("ResourceDirectoryPath", &a.ResourceDirectoryPath).OmitEmpty().Example("rd-3G****/r-Wm****/181761095690****").
			Describe("在资源目录中的路径。", "Path in the resource directory."),
		api.String("Status", &a.Status).Example("CreateSuccess").Describe("成员加入状态。", "Status of joining."),
		api.OptObject("Tags", &a.Tags, tagListFields).Describe("标签。", "Tags."),
		api.String("Type", &a.Type).Example("ResourceAccount").Describe("成员类型：ResourceAccount 资源账号，CloudAccount 云账号。", "ResourceAccount or CloudAccount."),
	}
}

// oneAccount is the answer of an operation on one member; nil after a dry run
// (docs/spec/resource-directory.md#dry-runs).
type oneAccount struct{ Account *account }

func oneAccountFields(out *oneAccount) api.Fields {
	return api.Fields{api.OptObject("Account", &out.Account, accountFields).Describe("成员。", "The member.")}
}

// accounts is a list of members, wrapped twice: Accounts.Account[]
// (docs/spec/resource-directory.md#lists-of-directory-operations).
type accounts struct{ Account []account }

func accountsField(l *accounts) api.Field {
	return api.Object("Accounts", l, func(l *accounts) api.Fields {
		return api.Fields{api.Objects("Account", &l.Account, accountFields).Describe("成员。", "The members.")}
	}).Describe("成员列表。", "The members.")
}

// answeredAccounts lists members of one directory; paths are shown if filled.
func answeredAccounts(as []directory.Account, directoryID string, tags bool) accounts {
	l := accounts{make([]account, len(as))}
	for i, a := range as {
		l.Account[i] = answeredAccount(a, directoryID)
		l.Account[i].ResourceDirectoryPath, l.Account[i].DeletionStatus = joined(a.Path), &as[i].Deletion
		if tags {
			l.Account[i].Tags = &tagList{api.List(a.Tags)}
		}
	}
	return l
}
