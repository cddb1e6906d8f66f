package transfer

import (
	"strconv"
	"strings"
)

// MaxShown is how many characters of a refused value are told.
const MaxShown = 80

// clipped returns the first characters of the refused value.
func (p Problem) clipped() string { return asShown(p.Value) }

// asShown is as much of a text from outside as is told.
func asShown(text string) string {
	n := 0
	for i := range text {
		if n == MaxShown {
			return text[:i]
		}
		n++
	}
	return text
}

// Message tells in English and Chinese what is wrong and what to do. It has no
// personal data: it names the field and the limit, never the value.
func Message(p Problem) (en, zh string) {
	m, ok := messages[p.Code]
	if !ok {
		m = messages["valueInvalid"]
	}
	// What stands nowhere in the file comes from an option.
	if other, ok := optionMessages[p.Code]; ok && p.Value != "" && p.Header == "" && p.Column == 0 {
		m = other
	}
	if other, ok := missingMessages[p.Field]; ok && p.Code == codeMissing {
		m = other
	}
	if p.Most == 0 {
		m.en = strings.NewReplacer("than {most} characters", "than allowed", "than {most} entries", "entries than allowed").Replace(m.en)
		m.zh = strings.NewReplacer("超过 {most} 个字符", "超过长度限制", "超过 {most} 项", "超过数量限制").Replace(m.zh)
	}
	most := strconv.Itoa(p.Most)
	return strings.NewReplacer("{field}", orElse(p.Field, "The value"), "{most}", most).Replace(m.en),
		strings.NewReplacer("{field}", orElse(p.Field, "该值"), "{most}", most).Replace(m.zh)
}

// Message tells in English and Chinese why the file was refused and what to do.
func (e *FileError) Message() (en, zh string) {
	m, ok := fileMessages[e.Code]
	if !ok {
		m.en, m.zh = Message(Problem{Code: e.Code})
	}
	switch e.Detail {
	case "":
		return m.en, m.zh
	case kindMissing:
		return kindMessage.en, kindMessage.zh
	}
	detail := strings.ToValidUTF8(asShown(e.Detail), "\ufffd")
	return m.en + " (" + detail + ")", m.zh + "（" + detail + "）"
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// message is what is wrong, and then what to do.
type message struct{ en, zh string }

// messages are those of rows, of single values and of conflicts, by code
// (docs/spec/records.md#row-codes).
var messages = map[string]message{
	// Values.
	"missing":          {"{field} is required and has no value. Fill it in, or assign its column with --map.", "缺少必填字段 {field}。请填写，或使用 --map 指定它所在的列。"},
	"tooLong":          {"{field} is longer than {most} characters. Shorten it.", "{field} 超过 {most} 个字符。请缩短。"},
	"tooMany":          {"{field} has more than {most} entries. Remove some.", "{field} 超过 {most} 项。请减少。"},
	"characterInvalid": {"{field} has a control character, one that is not text, or in the name of a department a hyphen or comma. Remove it; it may be invisible.", "{field} 含有控制字符或非文本字符，或部门名称含有“-”或逗号。请删除，该字符可能不可见。"},
	"valueInvalid":     {"{field} has a value that is not allowed. See the documentation of the field for what it may hold.", "{field} 的值不符合要求。请参阅该字段的说明后修改。"},
	"maskedValue":      {"{field} is a masked value, whose asterisks hide digits or letters. Give the whole value, or leave the field out.", "{field} 是已脱敏的值，星号隐去了内容。请填写完整的值，或不填该字段。"},
	"mobileInvalid":    {"{field} is not a phone number that is accepted here. Write it like 13900001234, or with its country like +852 6123 9999.", "{field} 不是可接受的电话号码。请写成 13900001234，其他国家或地区请写成 +852 6123 9999。"},
	"emailInvalid":     {"{field} is not a mail address. Write one address like name@example.com.", "{field} 不是有效的邮箱地址。请填写一个形如 name@example.com 的地址。"},
	"dateInvalid":      {"{field} is not a date. Write it like 2024-03-01.", "{field} 不是有效的日期。请写成 2024-03-01。"},
	"numberMangled":    {"{field} lost digits when a spreadsheet stored it as a number. Format the column as text and enter the number again, or leave the column out with --map {field}=.", "{field} 被电子表格存为数值，已丢失数字。请将该列设为文本格式并重新录入，或使用 --map {field}= 不取该列。"},
	"cellError":        {"{field} holds an error of the spreadsheet, such as #N/A. Correct the formula, or enter the value.", "{field} 是电子表格的错误值（如 #N/A）。请修正公式或直接填写值。"},
	"fieldUnknown":     {"{field} is not a field of this kind. Use a name from the list of fields.", "{field} 不是此类对象的字段。请使用字段列表中的名称。"},
	"columnUnknown":    {"No column has this title or number. Compare it with the header of the file.", "文件中没有该列名或列号。请核对文件的标题行。"},

	// Rules of the directory.
	"idTaken":           {"{field} belongs to another object, or did before. Leave it empty to get a new id.", "{field} 已被其他对象使用或曾被使用。请留空以自动生成。"},
	"mobileFixed":       {"The mobile of an employee with an account of their own cannot be changed. Leave {field} as it is.", "使用个人账号的员工手机号不能修改。请保持 {field} 不变。"},
	"telephoneTaken":    {"{field} is the telephone of another employee. Correct it, or leave it empty.", "{field} 已被其他员工使用。请更正或留空。"},
	"loginIdTaken":      {"Another account has the login id. Choose another one.", "登录账号已被其他账号使用。请更换。"},
	"accountNotOffered": {"There is no such account, or its organisation does not let it join. Ask its administrator.", "没有该账号，或其所属组织未允许加入。请联系其管理员。"},
	"accountTaken":      {"The account has joined the organisation already. Change that employee instead.", "该账号已加入本组织。请改为修改该员工。"},
	"consentMissing":    {"The person has not agreed to be added. Ask for their consent first.", "本人尚未同意加入。请先取得其同意。"},
	"groupNotFound":     {"There is no such group of labels. Correct {field}, or name the group.", "没有该标签组。请更正 {field}，或填写组名。"},
	"mobileTaken":       {"{field} is the number of another record. Correct it, or update that record instead.", "{field} 已被其他记录使用。请更正，或改为更新那条记录。"},
	"emailTaken":        {"{field} is the address of another record. Correct it, or update that record instead.", "{field} 已被其他记录使用。请更正，或改为更新那条记录。"},
	"nameTaken":         {"{field} is the name of another object here. Choose another name.", "{field} 与已有对象重名。请换一个名称。"},
	"employeeMobile":    {"{field} is the number of an employee, who cannot be an external contact. Remove the row, or correct the number.", "{field} 是本组织员工的号码，不能作为外部联系人。请删除该行或更正号码。"},
	"quotaFull":         {"The organisation has as many of these objects as it may have. Delete some, or ask for a higher limit.", "该组织的此类对象数量已达上限。请删除一部分，或申请提高上限。"},
	"featureOff":        {"This feature is turned off for the organisation. Turn it on first.", "该组织未启用此功能。请先启用。"},
	"departmentDepth":   {"The department would be nested too deeply. Place it higher in the tree.", "部门层级过深。请放到更高的层级。"},
	"departmentCycle":   {"The department would be below itself. Choose another parent.", "部门不能成为自己的下级。请选择其他上级部门。"},
	"hasMembers":        {"The department still has members. Move them first.", "部门下还有成员。请先移走成员。"},
	"hasChildren":       {"The department still has departments below it. Move or delete them first.", "部门下还有子部门。请先移走或删除子部门。"},
	"isRoot":            {"The root department keeps its place, and the name of the organisation. Choose another department, or leave it.", "根部门的位置不变，名称是组织的名称。请选择其他部门，或保持不变。"},
	"outOfScope":        {"{field} is outside of what the caller may manage. Ask an administrator.", "{field} 超出管理范围。请联系管理员。"},
	"followsContacts":   {"The employee still owns external contacts. Hand them over first.", "该员工仍是外部联系人的负责人。请先移交联系人。"},
	"versionMismatch":   {"The object was changed since it was read. Read it again and repeat the change.", "对象在读取后已被修改。请重新读取后再修改。"},
	"personErased":      {"The person was erased while this import ran, so the row was left out. If the person is to be added again, import the row once more, with --again if the file is the same.", "此人在导入期间已被抹除，因此未导入该行。如需重新添加，请再次导入该行，文件相同时使用 --again。"},
	"changedDuring":     {"Somebody changed the object while this ran, so it was left as it is. Run it again for this object.", "处理期间对象被他人修改，已保持原样。请对该对象重新执行。"},
	"importRunning":     {"The same import is still running. Wait for it, or cancel it.", "相同的导入正在进行。请等待完成或取消。"},

	// Message contacts.
	"memberNotFound":    {"{field} names no account, folder or directory that exists here. Correct it, or leave it out.", "{field} 中的成员、资源夹或资源目录不存在。请更正或去掉。"},
	"notVerified":       {"A message contact can be bound only once one of its addresses is verified. Leave {field} out, and set it after the verification.", "消息联系人的邮箱或手机验证通过后才能绑定成员。请先不填 {field}，验证后再设置。"},
	"beingDeleted":      {"The message contact is being deleted and cannot be changed. Restore it first, or wait.", "消息联系人正在删除，不能修改。请先恢复，或等待删除完成。"},
	"lastReceiver":      {"The account would have nobody left who receives its messages. Bind another message contact to it first.", "该账号将没有消息接收人。请先为它绑定另一个消息联系人。"},
	"verificationLimit": {"No verification message was sent to {field}, as too many were sent already. Send one later.", "已达验证消息的发送上限，未向 {field} 发送验证消息。请稍后再发送。"},

	// References.
	"ownerNotFound":       {"No employee has this id, mobile or name, so there is no owner. Correct it, or leave it empty and give --owner.", "没有员工具有该 ID、手机号或姓名，无法确定负责人。请更正，或留空并使用 --owner。"},
	"ownerAmbiguous":      {"Several employees have this name. Give the owner's user id or mobile.", "有多名员工同名。请填写负责人的 userid 或手机号。"},
	"employeeNotFound":    {"No employee has this id, mobile or name. Correct it, or import the employee first.", "没有员工具有该 ID、手机号或姓名。请更正，或先导入该员工。"},
	"employeeAmbiguous":   {"Several employees have this name. Give the user id or mobile.", "有多名员工同名。请填写 userid 或手机号。"},
	"labelNotFound":       {"No label has this id or name. Correct it, or give --create-labels to make it.", "没有该 ID 或名称的标签。请更正，或使用 --create-labels 新建。"},
	"labelAmbiguous":      {"Several groups have a label of this name. Write it as group/name.", "多个标签组中有同名标签。请写成“标签组/标签”。"},
	"labelGroupNotFound":  {"No group of labels has this id or name. Correct it, or import the group first.", "没有该 ID 或名称的标签组。请更正，或先导入该标签组。"},
	"departmentNotFound":  {"No department has this id, name or path. Correct it, or give --create-departments to make it.", "没有该 ID、名称或路径的部门。请更正，或使用 --create-departments 新建。"},
	"departmentAmbiguous": {"Several departments have this name. Write the whole path, such as Sales/East.", "有多个同名部门。请写出完整路径，如“市场部/华东组”。"},
	"matchAmbiguous":      {"{field} fits several objects, so it is not clear which is meant. Give the id, or match by another field.", "{field} 对应多个对象，无法确定是哪一个。请填写 ID，或改用其他字段匹配。"},
	"matchConflict":       {"Two fields of the row fit different objects. Correct one of them, or match by one field only.", "同一行的两个字段对应不同的对象。请更正其一，或只按一个字段匹配。"},

	// Rows that could not be read.
	"encodingInvalid": {"There are bytes that are no text in the file's encoding. Save the file as UTF-8, or give --encoding.", "含有不符合文件编码的字节。请将文件另存为 UTF-8，或使用 --encoding 指定编码。"},
	"encodingMixed":   {"The row is in another encoding than the rows before it. Save the whole file in one encoding.", "该行的编码与前面的行不同。请将整个文件保存为同一种编码。"},
	"truncated":       {"The record is cut off at the end of the file. Export or copy the file again.", "记录在文件末尾被截断。请重新导出或复制文件。"},
	"malformed":       {"The record is not well-formed. Correct it at the place that is named, or export it again.", "记录格式不正确。请在所指位置更正，或重新导出。"},
	"duplicateKey":    {"The record names a key twice. Remove one of them.", "记录中同一个键出现两次。请删除其中一个。"},
	"changeRecord":    {"The entry describes a change of a directory, not a person. Export entries without changetype.", "该条目是目录变更记录，而不是人员。请导出不含 changetype 的条目。"},
	"tooManyCells":    {"The row has more cells than the header. Quote cells that contain the delimiter.", "该行的单元格比标题行多。请为含有分隔符的单元格加引号。"},
	"rowTooLong":      {"The row is longer than 1 MiB. Shorten it, or remove attachments.", "该行超过 1 MiB。请缩短，或去掉附件。"},

	// Warnings.
	"valueDropped":        {"{field} has a value already, so this further one was left out. Put it into another field if you need it.", "{field} 已有值，此处多出的值已略去。如需保留，请放入其他字段。"},
	"nameFromCompany":     {"The row has no name, so the company's name was taken. Add a name if you know it.", "该行没有姓名，已使用公司名称。如知道姓名，请补充。"},
	"formulaWithoutValue": {"{field} is a formula whose value was not saved, so it counts as empty. Open and save the file in a spreadsheet program.", "{field} 是没有保存结果的公式，按空值处理。请用电子表格程序打开并保存文件。"},
	"nestedCardIgnored":   {"A card within the card was left out. Export it as a card of its own if you need it.", "名片中嵌套的名片已略去。如需保留，请单独导出。"},
	"urlIgnored":          {"{field} refers to an address outside of the file, which is never fetched, so it counts as empty. Put the value into the file.", "{field} 引用文件之外的地址，不会获取，按空值处理。请将值写入文件。"},
	"duplicateInFile":     {"An earlier row of the file has the same {field}, so this row was not imported. Merge the rows, or give --on-duplicate update.", "文件中前面的行有相同的 {field}，该行未导入。请合并这些行，或使用 --on-duplicate update。"},
	"inBin":               {"The object with this id is in the bin, so the row was skipped. Restore it, or give --on-duplicate update.", "该 ID 的对象在回收站中，已跳过该行。请先恢复，或使用 --on-duplicate update。"},
	"referenceNotFound":   {"{field} names something that neither the directory nor the file has, or somebody who does not belong to it, so it was left out. Set it later.", "{field} 引用的对象在通讯录和文件中都不存在，或不属于该部门，已略去。请稍后补充。"},

	// Conflicts of an undo.
	"changedSince":    {"The same fields were changed again later. Decide undo to take that change back as well, or keep.", "相同的字段后来又被修改。请选择 undo 一并撤销，或选择 keep 保留。"},
	"deletedSince":    {"The object was deleted later. Decide undo to restore it, or keep.", "对象后来被删除。请选择 undo 恢复，或选择 keep 保留。"},
	"referenced":      {"Other objects refer to this one by now. Decide keep, or change those first.", "已有其他对象引用该对象。请选择 keep，或先修改那些对象。"},
	"erased":          {"The data of this object was erased and cannot come back. Decide keep.", "该对象的数据已被彻底抹除，无法恢复。请选择 keep。"},
	"purged":          {"The object was removed from the bin for good. Decide keep.", "对象已从回收站彻底清除。请选择 keep。"},
	"undoConflict":    {"Some of the changes cannot be undone without a decision. Decide undo or keep for each conflict.", "部分更改需要决定后才能撤销。请对每个冲突选择 undo 或 keep。"},
	"previewOutdated": {"Something concerned was changed since the preview. Make a new preview.", "预览之后相关数据已被修改。请重新预览。"},

	// Files.
	"duplicate":           {"A record exists already, and duplicates were to stop the import. Remove it, or choose another --on-duplicate.", "已存在相同的记录，而设置为遇到重复即停止。请删除该行，或更改 --on-duplicate。"},
	"tooManyRejected":     {"More rows are rejected than --max-rejected allows, so nothing was written. Correct them, or raise the number.", "被拒绝的行数超过 --max-rejected，未写入任何数据。请更正，或提高该值。"},
	"empty":               {"The file has no records. Choose another file or, with a spreadsheet, another sheet.", "文件中没有记录。请选择其他文件，电子表格也可选择其他工作表。"},
	"headerNotFound":      {"None of the first 20 lines is a header with known columns. Add a header, or assign columns with --map.", "前 20 行中没有可识别的标题行。请添加标题行，或使用 --map 指定列。"},
	"sheetNotFound":       {"The workbook has no sheet of this name. Compare --sheet with its sheets.", "工作簿中没有该名称的工作表。请核对 --sheet。"},
	"zipBomb":             {"The archive inflates beyond all measure. Save the workbook again, and check where it comes from.", "压缩包解压后异常庞大。请重新保存工作簿，并确认其来源。"},
	"tooManyRows":         {"The file has more than 5,000,000 rows. Split it.", "文件超过 5,000,000 行。请拆分文件。"},
	"tooManyColumns":      {"The file has more than 1,000 columns. Remove those that are not needed.", "文件超过 1,000 列。请删除不需要的列。"},
	"tooLarge":            {"The file is larger than what is accepted. Split it, or import it with the command on the server.", "文件超过允许的大小。请拆分文件，或在服务器上使用命令导入。"},
	"fileChanged":         {"The file was changed while it was read, or is another one than before. Repeat the import with a file that stays as it is.", "文件在读取期间被修改，或与之前的文件不同。请使用不再变动的文件重新导入。"},
	"cancelled":           {"The import was cancelled. What was written stays; undo the import, or import the file again.", "导入已取消。已写入的保留；可撤销这次导入，或重新导入。"},
	"diskFull":            {"The disk is full, so the import stopped. Make room, and go on with --resume.", "磁盘已满，导入已停止。请清理空间，然后使用 --resume 继续。"},
	"internal":            {"The import failed for a reason that is not in the file. Ask the administrator to look at the log.", "导入因文件之外的原因失败。请联系管理员查看日志。"},
	"formatUnsupported":   {"The file has a format that cannot be read. Save it as .xlsx or CSV.", "无法读取该文件格式。请另存为 .xlsx 或 CSV。"},
	"encodingUnsupported": {"The file has an encoding that cannot be read. Save it as UTF-8.", "无法读取该文件编码。请另存为 UTF-8。"},
}

// missingMessages are those of required fields that an option fills in for every row.
var missingMessages = map[string]message{
	"followerUserId": {"followerUserId is required and has no value. Fill it in, or name the owner of all such rows with --owner.", "缺少必填字段 followerUserId（负责人）。请填写，或使用 --owner 为所有缺少负责人的行指定。"},
	"labelIds":       {"labelIds is required and has no value. Fill it in, or give every row a label with --label.", "缺少必填字段 labelIds（标签）。请填写，或使用 --label 为每一行指定标签。"},
}

// optionMessages are those of values that an option gives to every row.
var optionMessages = map[string]message{
	"ownerNotFound":  {"No employee has the id, mobile or name of --owner. Correct it; mingce employee list shows the ids.", "没有员工具有 --owner 所写的 ID、手机号或姓名。请更正，编号见 mingce employee list。"},
	"ownerAmbiguous": {"Several employees have the name of --owner. Give the user id or mobile there.", "有多名员工与 --owner 同名。请在其中填写 userid 或手机号。"},
	"labelNotFound":  {"No label has the id or name of --label. Correct it, or give --create-labels to make it.", "没有 --label 所写的标签。请更正，或使用 --create-labels 新建。"},
	"labelAmbiguous": {"Several groups have a label of the name of --label. Write it there as group/name.", "多个标签组中有 --label 所写的标签。请在其中写成“标签组/标签”。"},
}

// kindMissing is the detail of a file that needs a kind to be read.
const kindMissing = "kind"

var kindMessage = message{
	"Only JSON Lines tell what their records are. Say it with --kind: contacts, employees, departments, labels or message-contacts.",
	"只有 jsonl 文件自带对象的种类。请使用 --kind 指定：contacts、employees、departments、labels 或 message-contacts。",
}

// fileMessages are those of files whose code means something else for a row
// (docs/spec/import.md#refused-files).
var fileMessages = map[string]message{
	"malformed":    {"The file is broken, or is not what its name says. Save or export it again.", "文件已损坏，或与其扩展名不符。请重新保存或导出。"},
	"personErased": {"Somebody was erased while the import was interrupted, so its copy of the file, which may hold the person, was deleted. What was written stays. Import the file again, without the person unless it is meant.", "导入中断期间有人被抹除，文件副本可能含有此人，已被删除。已写入的保留。请重新导入文件，除非有意，请先去掉此人。"},
	"truncated":    {"The file ends before its last line, so a part of it is lost. Export or copy it again.", "文件在末行之前结束，部分内容丢失。请重新导出或复制。"},
}
