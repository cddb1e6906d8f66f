package resourcedirectory

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// olderVersion is the version of the product ResourceManager that Terraform
// uses for folders and accounts
// (docs/spec/alibaba-cloud.md#products-and-versions).
const olderVersion = "2020-03-31"

// older returns the route of an operation under olderVersion.
func older(action string) []api.Route { return []api.Route{api.RPC(olderVersion, action)} }

// enabled answers 404 before any parameter is checked
// (docs/spec/resource-directory.md#directory-that-is-not-enabled).
func enabled(ctx context.Context, s *directory.Session) error {
	_, err := s.ResourceDirectory(ctx)
	return err
}

// inUse is a cheaper enabled for frequent operations: the cached access key, at
// most a second old, tells whether there is a directory, so nothing has to be
// read.
func inUse(ctx context.Context, s *directory.Session) error {
	if s.Caller().InDirectory {
		return nil
	}
	return enabled(ctx, s)
}

// Forms of ids (docs/spec/resource-directory.md#ids-in-a-directory).
var (
	folderIDForm  = regexp.MustCompile(`^(r-[0-9A-Za-z]{6}|fd-[0-9A-Za-z]{10})$`)
	accountIDForm = regexp.MustCompile(`^[0-9]{16}$`)
)

// isoTime formats times as the directory's operations do
// (docs/spec/resource-directory.md#times-of-directory-operations).
func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func folderIDField(name string, p *string, invalid *api.Code) api.Field {
	return api.String(name, p).Invalid(invalid).
		Check(invalid, api.Text{Zh: "r- 加 6 位，或 fd- 加 10 位字母和数字", En: "r- and 6 or fd- and 10 letters and digits"}, func() bool { return *p == "" || folderIDForm.MatchString(*p) }).
		Example("fd-u8B321****")
}

func theFolderField(p *string) api.Field {
	return folderIDField("FolderId", p, folderIDInvalid).Brings(directory.FolderField).Required(missingFolderID).Describe("资源夹 ID。", "ID of the folder.")
}

func parentField(p *string) api.Field {
	return folderIDField("ParentFolderId", p, parentFolderInvalid).Brings(directory.ParentField).Example("r-b1****").
		Describe("父资源夹 ID，默认为根资源夹。", "ID of the parent folder; the root by default.")
}

func folderNameField(name string, p *string) api.Field {
	return api.String(name, p).Required(missingFolderName).Brings(directory.NameField).Invalid(folderNameInvalid).
		Check(folderNameInvalid, api.Text{Zh: "汉字、字母、数字、_ . -", En: "Chinese characters, letters, digits, _ . -"}, func() bool { return directory.IsFolderName(*p) }).
		Runes(1, directory.MaxFolderName, folderNameLength).
		Example("rdFolder")
}

func keywordField(p *string) api.Field {
	return api.String("QueryKeyword", p).Invalid(queryKeywordTooLong).Runes(0, directory.MaxKeyword, queryKeywordTooLong).
		Example("Dev").Describe("查询关键字，名称包含它即匹配，不区分大小写。", "Part of the name, in any case.")
}

// tagsField declares Tag.N.Key and Tag.N.Value.
func tagsField(p *[]directory.Tag, zh, en string) api.Field {
	return api.Objects("Tag", p, func(t *directory.Tag) api.Fields {
		return api.Fields{
			api.String("Key", &t.Key).Required(tagInvalid).Invalid(tagInvalid).Runes(1, directory.MaxTagText, tagInvalid).Example("k1").Describe("标签键。", "Key of the tag."),
			api.String("Value", &t.Value).Invalid(tagInvalid).Runes(0, directory.MaxTagText, tagInvalid).Example("v1").Describe("标签值。", "Value of the tag."),
		}
	}).Invalid(tagInvalid).MaxItems(directory.MaxTags, tagInvalid).
		Check(tagInvalid, api.Text{Zh: "每个键只能出现一次", En: "every key once"}, func() bool { return directory.CheckTags(*p) == nil }).Describe(zh, en)
}

// tagList is a list of tags as answers have it: Tags.Tag[].
type tagList struct{ Tag []directory.Tag }

func tagListFields(l *tagList) api.Fields {
	return api.Fields{api.Objects("Tag", &l.Tag, answeredTag).Describe("标签。", "The tags.")}
}

func answeredTag(t *directory.Tag) api.Fields {
	return api.Fields{
		api.String("Key", &t.Key).Example("k1").Describe("标签键。", "Key of the tag."),
		api.String("Value", &t.Value).Example("v1").Describe("标签值。", "Value of the tag."),
	}
}

// folder is a folder in an answer; empty fields are left out.
type folder struct {
	FolderID, FolderName, ParentFolderID, CreateTime, Path string
	Tags                                                   *tagList
}

func answeredFolder(f directory.Folder) folder {
	return folder{FolderID: f.ID, FolderName: f.Name, ParentFolderID: f.ParentID, CreateTime: isoTime(f.CreatedAt)}
}

func folderFields(f *folder) api.Fields {
	return api.Fields{
		api.String("FolderId", &f.FolderID).Example("fd-u8B321****").Describe("资源夹 ID。", "ID of the folder."),
		api.String("FolderName", &f.FolderName).Example("rdFolder").Describe("资源夹名称。", "Name of the folder."),
		api.String("ParentFolderId", &f.ParentFolderID).OmitEmpty().Example("r-b1****").Describe("父资源夹 ID。", "ID of the parent folder."),
		api.String("CreateTime", &f.CreateTime).Example("2021-01-18T08:01:50.522Z").Describe("创建时间（UTC）。", "Time of creation (UTC)."),
		api.String("ResourceDirectoryPath", &f.Path).OmitEmpty().Example("rd-3G****/r-Wm****/fd-u8B321****").Describe("在资源目录中的路径。", "Path in the resource directory."),
		api.OptObject("Tags", &f.Tags, tagListFields).Describe("标签。", "Tags."),
	}
}

type oneFolder struct{ Folder folder }

func oneFolderFields(out *oneFolder) api.Fields {
	return api.Fields{api.Object("Folder", &out.Folder, folderFields).Describe("资源夹。", "The folder.")}
}

// folders is a list of folders, wrapped twice: Folders.Folder[]
// (docs/spec/resource-directory.md#lists-of-directory-operations).
type folders struct{ Folder []folder }

func foldersField(l *folders) api.Field {
	return api.Object("Folders", l, func(l *folders) api.Fields {
		return api.Fields{api.Objects("Folder", &l.Folder, folderFields).Describe("资源夹。", "The folders.")}
	}).Describe("资源夹列表。", "The folders.")
}

func joined(path []string) string { return strings.Join(path, "/") }
