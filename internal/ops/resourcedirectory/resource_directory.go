package resourcedirectory

import (
	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// enabledDirectory is the directory in the answers of operations that create
// it.
type enabledDirectory struct{ Directory *madeDirectory } // nil after a dry run

type madeDirectory struct {
	directory.ResourceDirectory
	CreateTime string
}

func answeredDirectory(rd directory.ResourceDirectory) madeDirectory {
	return madeDirectory{rd, isoTime(rd.CreatedAt)}
}

func enabledDirectoryFields(out *enabledDirectory) api.Fields {
	return api.Fields{api.OptObject("ResourceDirectory", &out.Directory, directoryFields).Describe("资源目录。", "The resource directory.")}
}

func directoryFields(d *madeDirectory) api.Fields {
	return api.Fields{
		api.String("ResourceDirectoryId", &d.ID).Example("rd-54****").Describe("资源目录 ID。", "ID of the resource directory."),
		api.String("RootFolderId", &d.RootFolderID).Example("r-G9****").Describe("根资源夹 ID。", "ID of the root folder."),
		api.String("MasterAccountId", &d.AccountID).Example("507408460615****").Describe("管理账号 ID。", "ID of the management account."),
		api.String("MasterAccountName", &d.AccountName).Example("alice@example.com").Describe("管理账号名称。", "Name of the management account."),
		api.String("CreateTime", &d.CreateTime).Example("2021-12-08T02:15:31.744Z").Describe("开通时间（UTC）。", "Time of enabling (UTC)."),
	}
}

// Statuses of what can be switched on in a directory.
const (
	statusEnabled  = "Enabled"
	statusDisabled = "Disabled"
)

func onOrOff(on bool) string {
	if on {
		return statusEnabled
	}
	return statusDisabled
}

// statusField switches something on or off.
func statusField(p *string) api.Field {
	return api.String("Status", p).Required(statusInvalid).Invalid(statusInvalid).OneOf(statusInvalid, statusEnabled, statusDisabled).
		Example(statusEnabled).Describe("Enabled 开启，Disabled 关闭。", "Enabled or Disabled.")
}
