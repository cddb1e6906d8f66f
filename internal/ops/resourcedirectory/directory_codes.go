package resourcedirectory

import (
	"fmt"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Codes of the operations on the resource directory itself. Texts are those of
// the vendor's pages of each operation; codes derived from their pattern are
// marked.
var (
	missingFolderID     = missing("FolderId")
	missingAccountID    = missing("AccountId")
	missingChildID      = missing("ChildId")
	missingDestination  = missing("DestinationFolderId")
	missingFolderName   = spoken(missing("Folder.Name"), "You must specify the resource folder name.")
	missingDisplayName  = spoken(missing("Account.DisplayName"), "You must specify DisplayName.")
	missingEnableMode   = missing("EnableMode")
	missingMAName       = missing("MAName")
	folderIDInvalid     = malformedID("FolderId", "根资源夹不能修改或删除。", "The root folder cannot be changed or deleted.", directory.ErrFolderIsRoot)
	parentFolderInvalid = malformedID("ParentFolderId", "", "", nil)
	destinationInvalid  = malformedID("DestinationFolderId", "", "", nil)
	enableModeInvalid   = malformed("EnableMode", "CurrentAccount、NewManagementAccount", "CurrentAccount, NewManagementAccount")
	dryRunInvalid       = malformed("DryRun", "true、false", "true, false")
	includeTagsInvalid  = malformed("IncludeTags", "true、false", "true, false")
	accountTypeInvalid  = malformed("NewAccountType", "ResourceAccount、CloudAccount", "ResourceAccount, CloudAccount")
	resellTypeInvalid   = malformed("ResellAccountType", "resell、non_resell", "resell, non_resell")
	maxResultsInvalid   = malformed("MaxResults", fmt.Sprintf("1 至 %d 的整数", maxPageSize), fmt.Sprintf("a whole number from 1 to %d", maxPageSize))
	nextTokenInvalid    = malformed("NextToken", "上一页返回的 NextToken", "the NextToken that the page before answered")
	payerInvalid        = malformed("PayerAccountId", "16 位数字的账号 ID", "an account id of 16 digits")
	abandonableInvalid  = malformed("AbandonableCheckId", "检查项 ID 的列表", "a list of ids of checks")
	maNameInvalid       = malformed("MAName", fmt.Sprintf("<前缀>%s，前缀 %d 至 %d 个字符", managementDomain, directory.MinManagementPrefix, directory.MaxManagementPrefix), fmt.Sprintf("<prefix>%s with a prefix of %d to %d characters", managementDomain, directory.MinManagementPrefix, directory.MaxManagementPrefix))
	queryKeywordTooLong = malformed("QueryKeyword", fmt.Sprintf("不超过 %d 个字符", directory.MaxKeyword), fmt.Sprintf("at most %d characters", directory.MaxKeyword))
	accountIDInvalid    = badRequest("InvalidParameter.AccountId", "The AccountId is invalid.", accountIDWhy, accountIDFix)
	childIDInvalid      = badRequest("InvalidParameter.ChildId", "The ChildId is invalid.",
		api.Text{Zh: "ChildId 不是资源夹或成员的 ID。", En: "ChildId is not the id of a folder or a member."},
		api.Text{Zh: "使用 r- 加 6 位、fd- 加 10 位字母数字，或 16 位成员 ID。", En: "Use r- and 6 or fd- and 10 letters and digits, or the 16 digits of a member."})

	accountIDWhy = api.Text{Zh: "AccountId 不是 16 位数字。", En: "AccountId is not 16 digits."}
	accountIDFix = api.Text{Zh: "使用 CreateResourceAccount 或 ListAccounts 返回的 ID。", En: "Use an id that CreateResourceAccount or ListAccounts returned."}
)

var (
	folderNameInvalid = badRequest("InvalidParameter.Folder.Name", "The Name of folder is invalid.",
		api.Text{Zh: "资源夹名称含有不允许的字符。", En: "The name of the folder has a character that is not allowed."},
		api.Text{Zh: "使用汉字、英文字母、数字、下划线、句点和短划线。", En: "Use Chinese characters, letters, digits, underscores, periods and hyphens."}, directory.ErrFolderNameForm)
	folderNameLength = badRequest("InvalidParameter.Folder.Name.Length", "The Name of folder exceeds the length limit.",
		api.Textf("资源夹名称超过 %d 个字符，或超过本服务所设的上限。", "The name of the folder is longer than %d characters, or than this server is set to allow.", directory.MaxFolderName),
		api.Text{Zh: "缩短名称；24 个字符以内总是可以。", En: "Choose a shorter name; up to 24 characters are the vendor's documented length."}, directory.ErrFolderNameLength)
	folderNameUsed = badRequest("InvalidParameter.Folder.Name.AlreadyUsed", "The name already exists under the same parent. Please change to another name.",
		api.Text{Zh: "同一父资源夹下已有同名资源夹。", En: "The parent folder has another folder of this name."},
		api.Text{Zh: "更换名称。", En: "Choose another name."}, directory.ErrFolderName)
	noFolder = answering(http.StatusNotFound, "EntityNotExists.Folder", "The resource directory folder does not exist.",
		api.Text{Zh: "资源目录中没有这个资源夹。", En: "The resource directory has no such folder."},
		api.Text{Zh: "用 ListFoldersForParent 查看资源夹。", En: "See the folders with ListFoldersForParent."}, directory.ErrFolderNotFound)
	folderDepth = answering(http.StatusConflict, "LimitExceeded.Folder.Depth", "The folder depth exceeds the limit of 5.",
		api.Textf("根资源夹下最多 %d 级资源夹。", "There are at most %d levels of folders below the root.", directory.MaxFolderDepth),
		api.Text{Zh: "建在更上层的资源夹下。", En: "Create it under a folder further up."}, directory.ErrFolderDepth)
	folderQuota = answering(http.StatusConflict, "QuotaExceeded.Folder.Count", "The number of folders exceeds the quota.",
		api.Textf("资源夹数量已达上限（默认 %d）。", "The resource directory has as many folders as it may (%d by default).", directory.DefaultMaxFolders),
		api.Text{Zh: "删除不用的资源夹，或由管理员提高上限。", En: "Delete folders that are not used, or have the administrator raise the limit."}, directory.ErrFolderQuota)
	folderHasFolders = answering(http.StatusConflict, "DeleteConflict.Folder.SubFolder", "This folder has sub folders.",
		api.Text{Zh: "资源夹中还有子资源夹。", En: "The folder has folders in it."},
		api.Text{Zh: "先删除子资源夹。", En: "Delete those first."}, directory.ErrFolderHasFolders)
	folderHasAccounts = answering(http.StatusConflict, "DeleteConflict.Folder.Account", "This folder has accounts.",
		api.Text{Zh: "资源夹中还有成员。", En: "The folder has members in it."},
		api.Text{Zh: "先用 MoveAccount 移走成员。", En: "Move them elsewhere with MoveAccount first."}, directory.ErrFolderHasAccounts)

	displayNameInvalid = badRequest("InvalidParameter.Account.DisplayName", "The DisplayName of account is invalid.",
		api.Text{Zh: "成员显示名称含有不允许的字符。", En: "The display name has a character that is not allowed."},
		api.Text{Zh: "使用汉字、英文字母、数字、下划线、句点、短划线和空格。", En: "Use Chinese characters, letters, digits, underscores, periods, hyphens and spaces."}, directory.ErrDisplayNameForm)
	displayNameLength = badRequest("InvalidParameter.Account.DisplayName.Length", "The DisplayName of the account exceeds the length limit.",
		api.Textf("成员显示名称不是 %d 至 %d 个字符。", "The display name is not %d to %d characters long.", directory.MinDisplayName, directory.MaxDisplayName),
		api.Textf("使用 %d 至 %d 个字符。", "Use %d to %d characters.", directory.MinDisplayName, directory.MaxDisplayName), directory.ErrDisplayNameLength)
	displayNameUsed = answering(http.StatusConflict, "InvalidParameter.Account.DisplayName.AlreadyUsed", "The displayname of account has been used.",
		api.Text{Zh: "资源目录中已有同名成员。", En: "Another member of the resource directory has this display name."},
		api.Text{Zh: "更换名称。", En: "Choose another name."}, directory.ErrAccountDisplayName)
	prefixInvalid = badRequest("InvalidParameter.Account.AccountNamePrefix", "The account name prefix is invalid.",
		api.Text{Zh: "账号名称前缀含有不允许的字符，或特殊字符连续、位于首尾。", En: "The prefix has a character that is not allowed, or special characters side by side or at an end."},
		api.Text{Zh: "使用字母和数字，中间可有单个的 _ . -。", En: "Use letters and digits, with single _ . - between them."}, directory.ErrNamePrefixForm)
	prefixLength = badRequest("InvalidParameter.Account.AccountNamePrefix.Length", "The account name prefix exceeds the length limit.",
		api.Textf("账号名称前缀不是 %d 至 %d 个字符。", "The prefix is not %d to %d characters long.", directory.MinNamePrefix, directory.MaxNamePrefix),
		api.Textf("使用 %d 至 %d 个字符。", "Use %d to %d characters.", directory.MinNamePrefix, directory.MaxNamePrefix), directory.ErrNamePrefixLength)
	accountNameUsed = answering(http.StatusConflict, "EntityAlreadyExists.ResourceDirectory.Account", "The email address that the system generates when you create a member account already exists. Try again later.",
		api.Text{Zh: "已有成员使用该账号名称前缀。", En: "Another member has this account name."},
		api.Text{Zh: "更换 AccountNamePrefix，或不填由系统生成。", En: "Choose another AccountNamePrefix, or leave it out."}, directory.ErrAccountName)
	accountQuota = answering(http.StatusConflict, "LimitExceeded.Account", "The maximum number of member accounts in a resource directory exceeds the limit.",
		api.Textf("成员数量已达上限（默认 %d）。", "The resource directory has as many members as it may (%d by default).", directory.DefaultMaxAccounts),
		api.Text{Zh: "移除不用的成员，或由管理员提高上限。", En: "Remove members that are not used, or have the administrator raise the limit."}, directory.ErrAccountQuota)
	payerElsewhere = answering(http.StatusConflict, "NotSupport.PayerAccountInAnotherResourceDirectory", "The specified settlement account does not exist in the resource directory. You must specify a valid settlement account.",
		api.Text{Zh: "结算账号不在资源目录中。", En: "The account that pays is not in the resource directory."},
		api.Text{Zh: "使用管理账号或某个成员的 ID。", En: "Give the management account or a member."}, directory.ErrAccountPayer)
	noAccount = answering(http.StatusNotFound, "EntityNotExists.Account", "This resource directory account does not exist.",
		api.Text{Zh: "资源目录中没有这个成员。", En: "The resource directory has no such member."},
		api.Text{Zh: "用 ListAccounts 查看成员。", En: "See the members with ListAccounts."}, directory.ErrAccountNotFound)
	accountTypeMismatch = answering(http.StatusConflict, "AccountTypeOrStatusMismatch", "You cannot perform the action on the member account.",
		api.Text{Zh: "成员的类型不允许该操作：只有云账号可以移除，只有资源账号可以删除。", En: "The type of the member does not allow this: only cloud accounts can be removed, only resource accounts deleted."},
		api.Text{Zh: "用 UpdateAccount 切换类型，或改用另一操作。", En: "Switch the type with UpdateAccount, or use the other operation."}, directory.ErrAccountType)
	accountSameType = answering(http.StatusConflict, "AccountTypeMismatch", "The type or status of the member account cannot satisfy the current operation.",
		api.Text{Zh: "成员已经是这个类型。", En: "The member has this type already."},
		api.Text{Zh: "用 GetAccount 查看 Type。", En: "Look at Type with GetAccount."}, directory.ErrAccountSameType)
	nameOrType = answering(http.StatusConflict, "MissingDisplayNameOrAccountType", "Either display name or account type must be specified.",
		api.Text{Zh: "NewDisplayName 与 NewAccountType 必须给出其一，不能同时给出。", En: "One of NewDisplayName and NewAccountType must be given, and not both."},
		api.Text{Zh: "只给出其中一个。", En: "Give one of them."}, errNameOrType)
	noDeletion = answering(http.StatusConflict, "EntityNotExists.CheckAccount", "There is no check task for this account",
		api.Text{Zh: "没有人删除过这个成员。", En: "The deletion of this member was never requested."},
		api.Text{Zh: "先调用 DeleteAccount。", En: "Call DeleteAccount first."}, directory.ErrAccountDeletionUnknown)

	directoryEnabled = answering(http.StatusConflict, "EntityAlreadyExists.ResourceDirectory", "The resource directory for the account is already enabled. We recommend that you do not enable the resource directory again.",
		api.Text{Zh: "已经开通了资源目录。", En: "There is a resource directory already."},
		api.Text{Zh: "用 GetResourceDirectory 查看。", En: "See it with GetResourceDirectory."}, directory.ErrDirectoryEnabled)
	notInUse = answering(http.StatusNotFound, "ResourceDirectoryNotInUse", "The specified account is not an Alibaba Cloud account or a member account of the resource directory.",
		api.Text{Zh: "该账号没有开通资源目录。", En: "The account has no resource directory."},
		api.Text{Zh: "先用 EnableResourceDirectory 开通。", En: "Enable it with EnableResourceDirectory first."}, directory.ErrDirectoryNotEnabled)
	directoryHasAccounts = answering(http.StatusConflict, "DeleteConflict.ResourceDir.Account", "This resource directory has accounts.",
		api.Text{Zh: "资源目录中还有成员。", En: "The resource directory has members."},
		api.Text{Zh: "先移除或删除所有成员。", En: "Remove or delete them first."}, directory.ErrDirectoryHasAccounts)
)

// malformed returns a code after the vendor's pattern ("The X is invalid.").
func malformed(name, zh, en string, cause ...error) *api.Code {
	return badRequest("InvalidParameter."+name, "The "+name+" is invalid.",
		api.Text{Zh: name + " 的值不符合要求。", En: "The value of " + name + " is not acceptable."},
		api.Text{Zh: "可用的值：" + zh + "。", En: "Acceptable: " + en + "."}, cause...)
}

// malformedID is the code of a folder's id. zh and en say what else it covers.
func malformedID(name, zh, en string, cause error) *api.Code {
	if zh != "" {
		zh, en = zh+" ", " "+en
	}
	return badRequest("InvalidParameter."+name, "The "+name+" is invalid.",
		api.Text{Zh: zh + name + " 不是 r- 加 6 位或 fd- 加 10 位字母数字。", En: name + " is not r- and 6 or fd- and 10 letters and digits." + en},
		api.Text{Zh: "使用 CreateFolder 或 ListFoldersForParent 返回的 ID。", En: "Use an id that CreateFolder or ListFoldersForParent returned."}, cause)
}

// spoken returns c with the vendor's own text.
func spoken(c *api.Code, message string) *api.Code {
	c.Msg = message
	return c
}
