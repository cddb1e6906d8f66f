package records

import (
	"errors"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/transfer"
)

// errorOf is the error that an answer shows for err, or nil for a failure whose
// cause is nobody's business but the log's.
func (c *call) errorOf(err error) *Error {
	if own := new(Error); errors.As(err, &own) {
		return own
	}
	if refused := new(directory.ObjectError); errors.As(err, &refused) {
		return c.refusedObject(refused)
	}
	if late := new(throttledError); errors.As(err, &late) {
		return &Error{Code: throttled, Message: api.Text{
			Zh: "调用过于频繁；等待 " + late.wait + " 秒后重试。",
			En: "Too many calls; wait " + late.wait + " seconds and try again.",
		}}
	}
	if usage := new(transfer.UsageError); errors.As(err, &usage) {
		return wrongUsage(usage)
	}
	if file := new(transfer.FileError); errors.As(err, &file) {
		en, zh := file.Message()
		return refusedFile(file.Code, file.Line, api.Text{Zh: zh, En: en})
	}
	if errors.Is(err, directory.ErrQuery) && errors.Is(err, directory.ErrPhoneInvalid) {
		return refuse(invalidParameter, "mobile", ruleText("mobileInvalid", 0))
	}
	for _, known := range coreErrors {
		if errors.Is(err, known.err) {
			return &Error{Code: known.code, Rule: known.rule, Message: known.text}
		}
	}
	return nil
}

// coreErrors are the errors of the core that concern a whole call.
var coreErrors = []struct {
	err        error
	code, rule string
	text       api.Text
}{
	{directory.ErrDiskFull, diskFull, "", api.Text{Zh: "磁盘已满；腾出空间后重试。", En: "The disk is full; make room and try again."}},
	{directory.ErrBusy, busy, "", api.Text{Zh: "服务繁忙，没有任何改动；稍后重试。", En: "The directory is busy and nothing was changed; try again in a moment."}},
	{directory.ErrOrgNotFound, notFound, "", noOrg.Message},
	{directory.ErrVersion, versionMismatch, "", api.Text{
		Zh: "对象已被改动，版本不是所给的；重新读取后再改。",
		En: "The object was changed and has another version than the one you named; read it again and repeat the change.",
	}},
	{directory.ErrNotInBin, notFound, "", api.Text{Zh: "回收站中没有这个对象。", En: "There is no such object in the bin; check the kind and the id."}},
	{directory.ErrVersionUnknown, notFound, "", api.Text{Zh: "没有这个版本，或其内容已被抹除。", En: "There is no such version, or its values were erased."}},
	{directory.ErrImportNotFound, notFound, "", api.Text{Zh: "没有这次导入；核对编号。", En: "There is no such import; check the id."}},
	{directory.ErrImportPurged, notFound, "", noCopy.Message},
	{directory.ErrImportRunning, conflict, "importRunning", api.Text{Zh: "同一文件正在以相同的选项导入；等它结束。", En: "The same file is being imported with the same options; wait for its end."}},
	{directory.ErrImportTaken, conflict, "importRunning", api.Text{Zh: "这次导入正在进行；等它结束。", En: "The import is running; wait for its end."}},
	{directory.ErrImportEnded, conflict, "importEnded", api.Text{Zh: "导入的状态不允许这样做；只能取消未结束的，续做 interrupted 或 stopped 的，执行 previewed 的；先读取它的 state。", En: "The state of the import does not allow this: one that has not ended can be cancelled, an interrupted or stopped one resumed, a preview run; read its state first."}},
	{directory.ErrPreviewOutdated, conflict, "previewOutdated", api.Text{Zh: "预览之后有了改动，或已超过 24 小时；重新预览。", En: "Something has changed since the preview, or it is older than 24 hours; make a new one."}},
	{directory.ErrUndoNotFound, notFound, "", api.Text{Zh: "没有这样的请求、导入或撤销；核对编号。", En: "There is no such request, import or undo; check the id."}},
	{directory.ErrEraseNotFound, notFound, "", noObject},
	{directory.ErrEraseKind, invalidParameter, "", api.Text{Zh: "只能抹除人：contact、employee、message-contact。", En: "Only people can be erased: contact, employee, message-contact."}},
	{directory.ErrPersonNotFound, notFound, "", api.Text{Zh: "没有存储关于这个人的任何内容。", En: "Nothing is stored about that person."}},
	{directory.ErrPersonQuery, invalidParameter, "", api.Text{Zh: "须给出 mobile、email 之一，或 kind 和 id。", En: "Give exactly one of mobile, email, or kind with id."}},
	{directory.ErrEmployeeFollows, conflict, "followsContacts", api.Text{Zh: "这名员工负责着外部联系人；先移交（mingce contact hand-over）。", En: "The employee owns external contacts; hand them over first (mingce contact hand-over)."}},
	{directory.ErrSearchTooVague, invalidParameter, "", api.Text{Zh: "q：须含有字母、汉字或数字。", En: "q: it must hold a letter or a digit."}},
	{directory.ErrSearchCursor, cursorInvalid, "", staleCursor.Message},
	{directory.ErrQuery, invalidParameter, "", api.Text{Zh: "这种对象不能这样查询；去掉筛选条件或次序。", En: "Objects of this kind cannot be listed like that; leave out the filter or the order."}},
	{directory.ErrOutOfScope, rejected, "outOfScope", ruleText("outOfScope", 0)},
	{directory.ErrDepartmentOutOfRange, rejected, "outOfScope", ruleText("outOfScope", 0)},
	{directory.ErrContactNotFound, notFound, "", noObject},
	{directory.ErrEmployeeNotFound, notFound, "", noObject},
	{directory.ErrDepartmentNotFound, notFound, "", noObject},
	{directory.ErrLabelNotFound, notFound, "", noObject},
	{directory.ErrMessageContactNotFound, notFound, "", noObject},
	{directory.ErrDirectoryNotEnabled, notFound, "", noDirectory.Message},
}

var noObject = api.Text{Zh: "没有这个对象；核对编号，它也可能在回收站中。", En: "There is no such object; check the id. It may be in the bin."}

// refusedObject tells every problem of an object. Only if all are conflicts is the
// whole one.
func (c *call) refusedObject(refused *directory.ObjectError) *Error {
	e := &Error{Code: conflict}
	for _, p := range refused.Problems {
		if !conflicts[p.Rule] {
			e.Code = rejected
		}
		e.Details = append(e.Details, Detail{
			Parameter: p.Field, Rule: p.Rule, Message: about(p.Field, ruleText(p.Rule, p.Most)), VendorCode: c.vendorCode(refused.Kind, p.Err),
		})
	}
	for _, p := range refused.Problems {
		if p.Rule == "fieldUnknown" {
			return refuse(unknownParameter, p.Field, noSuchKey)
		}
	}
	first := e.Details[0]
	e.Parameter, e.Rule, e.Message = first.Parameter, first.Rule, first.Message
	return e
}

// vendorCode is the code that the vendor's call that creates such an object has for
// an error of the core, or "".
func (c *call) vendorCode(kind directory.Kind, err error) string {
	if err == nil {
		return ""
	}
	for _, k := range kinds {
		if k.kind != kind || k.vendor == "" {
			continue
		}
		if o := c.config.Catalogue.Named(k.vendor); o != nil {
			if code := o.CodeOf(err); code != nil {
				return code.Code
			}
		}
	}
	return ""
}
