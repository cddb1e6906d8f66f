package console

import (
	"regexp"
	"sync"

	"github.com/mingce/mingce/internal/api"
)

// Rule says a rule in the language. Rules are worded in English where they are
// declared, because the log and the messages of the REST gateway carry them;
// one that is not known here is shown as it is.
func (l Lang) Rule(rule string) string {
	if l == En {
		if en, ok := enRules[rule]; ok {
			return en
		}
		return rule
	}
	if zh, ok := zhRules[rule]; ok {
		return zh
	}
	for _, p := range zhPatterns {
		if p.form().MatchString(rule) {
			return p.form().ReplaceAllString(rule, p.zh)
		}
	}
	return rule
}

// Value says a masked value in the language.
func (l Lang) Value(masked string) string {
	if l == En {
		return masked
	}
	for _, p := range zhValues {
		if p.form().MatchString(masked) {
			return p.form().ReplaceAllString(masked, p.zh)
		}
	}
	return masked
}

// zhWording is how texts of a form are said. The form is compiled when a page
// shows such a text: most servers never show one.
type zhWording struct {
	form func() *regexp.Regexp
	zh   string
}

func wording(form, zh string) zhWording {
	return zhWording{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(form) }), zh}
}

var zhValues = []zhWording{
	wording(` \((\d+) characters\)$`, "（$1 个字符）"),
	wording(`^list of (\d+)$`, "$1 项的列表"),
}

// enRules are findings that read as rules on a page, where they stand beside
// the word "Rule".
var enRules = map[string]string{
	"not found":                           "must exist",
	"not an active employee":              "must be an active employee",
	"label not found":                     "the label must exist",
	"employee not found":                  "the employee must exist",
	"department not found":                "the department must exist",
	"employee is outside the app's range": "must be in the app's range",
	"user id is too long, or not made of characters that can be seen": "must be of characters that can be seen, and not too long",
	"an employee or external contact has this user id":                "must not be that of another employee or external contact",
	"another employee has this mobile":                                "must not be another employee's",
	"another employee has this telephone":                             "must not be another employee's",
	"manager is no employee of the organisation":                      "must be an employee of the organisation",
	"another account of the organisation has this login id":           "must not be another account's",
	"parent department not found":                                     "the parent department must exist",
	"department is outside the range of the app":                      "must be in the app's range",
	"the parent has a department with this name":                      "the parent must have no department of this name",
	"external contact not found":                                      "the external contact must exist",
	"message contact not found":                                       "the message contact must exist",
	"another message contact has this name":                           "must not be another message contact's",
	"folder not found":                                                "the folder must exist",
	"another folder under the same parent has this name":              "must not be another folder's under the same parent",
	"account not found":                                               "the account must exist",
	"another account has this display name":                           "must not be another account's",
	"name of the employee is not acceptable":                          "must be one line that can be seen, and not too long",
	"name of the department is not acceptable":                        "must be one line that can be seen, and not too long",
	"name of the external contact is not acceptable":                  "must be one line that can be seen, and not too long",
	api.ArmedFault: "none: the fault was armed",
}

var zhPatterns = []zhWording{
	wording(`^(\d+) to (\d+) characters$`, "$1 至 $2 个字符"),
	wording(`^(\d+) to (\d+) of (.+)$`, "$1 至 $2 个字符，仅限 $3"),
	wording(`^a number from (-?\d+) to (-?\d+)$`, "$1 至 $2 之间的整数"),
	wording(`^at most (\d+) entries$`, "最多 $1 项"),
	wording(`^at most (\d+) characters$`, "最多 $1 个字符"),
	wording(`^at most (\d+) days before the end$`, "距结束时间最多 $1 天"),
	wording(`^at most (\d+) parameters$`, "最多 $1 个参数"),
	wording(`^entries are numbered from 1 to (\d+)$`, "各项从 1 编号到 $1"),
	wording(`^a batch holds 1 to (\d+) calls$`, "一批有 1 至 $1 个调用"),
	wording(`^the app needs the permission (.+)$`, "应用需要权限点 $1"),
	wording(`^Authorization: (.+) Credential=(.+)$`, "形如 Authorization: $1 Credential=$2"),
	wording(`^signed headers: (.+) and every other (.+) header, and what else is named there, once each, in lower case$`,
		"签名的请求头：$1 和其他所有 $2 请求头，以及其中列出的请求头，各一次，用小写"),
	wording(`^(.+) is the hash of the body as sent, made with the algorithm of the signature, in lower-case hexadecimal$`,
		"$1 须为所发请求体的哈希，用签名的算法计算，写成小写十六进制"),
	wording(`^statement (\d+) of policy (.+) denies (.+) on (.+)$`, "策略 $2 的第 $1 条语句拒绝在 $4 上执行 $3"),
	wording(`^no statement of policy (.+) allows (.+) on (.+)$`, "策略 $1 没有语句允许在 $3 上执行 $2"),
	wording(`^one of (.+)$`, "只能是 $1 之一"),
	wording(`^(\d+) digits$`, "$1 位数字"),
}

var zhRules = map[string]string{
	"must be a text without control characters":                 "须为不含控制字符的文本",
	"must be a whole number of 64 bits":                         "须为 64 位整数",
	"must be letters, digits and _ - . : / *":                   "只能含字母、数字和 _ - . : / *",
	"must be true or false":                                     "须为 true 或 false",
	"must be a list of texts":                                   "须为文本列表",
	"must be a list of whole numbers":                           "须为整数列表",
	"must be an object":                                         "须为对象",
	"must be a list of objects":                                 "须为对象列表",
	"must be a JSON value":                                      "须为 JSON 值",
	"must be given once":                                        "只能出现一次",
	"must not be given twice with different values":             "不能以不同的值出现两次",
	"must not be blank":                                         "不能为空白",
	"no entry may be blank":                                     "任何一项都不能为空白",
	"no blanks at its ends, no control or invisible characters": "首尾不能有空白，不能含控制字符或不可见字符",
	"not found":                           "须存在",
	"not an active employee":              "须为在职员工",
	"label not found":                     "标签须存在",
	"employee not found":                  "员工须存在",
	"department not found":                "部门须存在",
	"employee is outside the app's range": "须在应用的授权范围内",
	"user id is too long, or not made of characters that can be seen": "须由可见字符组成，且不超长",
	"an employee or external contact has this user id":                "不得与已有的员工或外部联系人相同",
	"another employee has this mobile":                                "不得与其他员工相同",
	"another employee has this telephone":                             "不得与其他员工相同",
	"manager is no employee of the organisation":                      "须为本企业的员工",
	"another account of the organisation has this login id":           "不得与其他账号相同",
	"parent department not found":                                     "父部门须存在",
	"department is outside the range of the app":                      "须在应用的授权范围内",
	"the parent has a department with this name":                      "父部门下不得有同名部门",
	"external contact not found":                                      "外部联系人须存在",
	"message contact not found":                                       "消息联系人须存在",
	"another message contact has this name":                           "不得与其他消息联系人同名",
	"folder not found":                                                "资源夹须存在",
	"another folder under the same parent has this name":              "同一父资源夹下不得同名",
	"account not found":                                               "账号须存在",
	"another account has this display name":                           "不得与其他账号的显示名相同",
	"name of the employee is not acceptable":                          "须为一行可见文字，且不超长",
	"name of the department is not acceptable":                        "须为一行可见文字，且不超长",
	"name of the external contact is not acceptable":                  "须为一行可见文字，且不超长",
	"86-<mobile>":                    "86-<手机号码>",
	"a country code that is allowed": "允许的国家码",
	"<country code>-<number>, a mobile number of its country":       "<国家码>-<号码>，且是该国家的手机号码",
	"Chinese characters and English letters only":                   "只能是汉字和英文字母",
	"one address of the form local@domain":                          "一个 local@domain 形式的地址",
	"c- and letters and digits":                                     "c- 加字母和数字",
	"r- and 6 or fd- and 10 letters and digits":                     "r- 加 6 位，或 fd- 加 10 位字母和数字",
	"the id of a folder or member":                                  "资源夹或成员的 ID",
	"ids above 0":                                                   "ID 须大于 0",
	"a number from 0 on":                                            "不小于 0 的整数",
	"at least one id":                                               "至少一个 ID",
	"at least one kind":                                             "至少一个类别",
	"needs init_password":                                           "需要 init_password",
	"every id once":                                                 "每个 ID 只能出现一次",
	"every key once":                                                "每个键只能出现一次",
	"a time like 2020-07-10T00:00:00Z":                              "形如 2020-07-10T00:00:00Z 的时间",
	"a token that a page before answered":                           "上一页返回的令牌",
	"a JSON object of up to 2000 characters":                        "不超过 2000 个字符的 JSON 对象",
	"an object of texts by language":                                "以语言为键的文本对象",
	"must be 43 letters and digits":                                 "须为 43 位字母和数字",
	"Chinese characters, letters, digits, _ . - and spaces":         "汉字、字母、数字、_ . - 和空格",
	"Chinese characters, letters, digits, _ . -":                    "汉字、字母、数字、_ . -",
	"letters and digits, with single _ . - between them":            "字母和数字，中间可有单个的 _ . -",
	"ids of a resource directory, folders or members":               "资源目录、资源夹或成员的 ID",
	"resell or non_resell":                                          "resell 或 non_resell",
	"ResourceAccount or CloudAccount":                               "ResourceAccount 或 CloudAccount",
	"<prefix>@rdadmin.aliyunid.com":                                 "<前缀>@rdadmin.aliyunid.com",
	api.ArmedFault:                                                  "无：此错误是注入的",
	"the vendor has this call; it is not offered here":              "厂商有此接口，本服务不提供",
	"a mobile like 13900001234 or +852-61239999":                    "手机号码，形如 13900001234 或 +852-61239999",
	"a country code that is assigned, like 86":                      "已分配的国家码，如 86",
	"a number of the country of state_code, 5 to 20 digits":         "state_code 所指国家的号码，5 至 20 位数字",
	"must be present and not empty":                                 "须给出且不为空",
	"one credential in one request":                                 "一个请求只带一个凭证",
	"occurs more than once":                                         "只能出现一次",
	"the parameter occurs more than once":                           "该参数只能出现一次",
	"a system parameter may occur once only":                        "系统参数只能出现一次",
	"a signed parameter may occur once only":                        "参与签名的参数只能出现一次",
	"the header occurs more than once":                              "该请求头只能出现一次",
	"its name is not percent-encoded UTF-8 text":                    "名称须为百分号编码的 UTF-8 文本",
	"must be percent-encoded UTF-8 text without control characters": "须为百分号编码的 UTF-8 文本，不含控制字符",
	"stands in the query and in the body":                           "不能同时出现在查询串和请求体中",
	"its name is not of the form Name, Name.1 or Name.1.Key":        "名称须形如 Name、Name.1 或 Name.1.Key",
	"is given both as one value and in numbered or named parts":     "不能既作为一个值，又分为编号或命名的部分给出",
	"is given both in numbered and in named parts":                  "不能同时以编号和命名的部分给出",
	"the body ended early":                                          "请求体不完整",
	"differs from the header x-acs-action":                          "须与请求头 x-acs-action 一致",
	"differs from the header x-acs-version":                         "须与请求头 x-acs-version 一致",
	"the query of a batch holds system parameters only":             "批量请求的查询串只能有系统参数",
	"stands in the query of a batch":                                "已出现在批量请求的查询串中",
	"the charset must be UTF-8, GBK or GB18030":                     "字符集须为 UTF-8、GBK 或 GB18030",
	"top-api-separator is one text of at most 64 bytes":             "top-api-separator 须为一个不超过 64 字节的文本",
	"must be yyyy-MM-dd HH:mm:ss":                                   "须形如 yyyy-MM-dd HH:mm:ss",
	"must be within 10 minutes of the server's clock":               "与服务器时间相差不能超过 10 分钟",
	"an unknown parameter runs into the name of a known one":        "未知参数与已知参数的名称相连",
	"system parameters of a JSON call stand in the query":           "JSON 调用的系统参数须在查询串中",
	"query and body differ":                                         "查询串与请求体中的值须一致",
	"names and values must be in the character set of the body, which is UTF-8 unless Content-Type says so": "名称和值须用请求体的字符集，Content-Type 未说明时为 UTF-8",
	"percent-encoding is broken":                           "百分号编码须正确",
	"compressed request bodies are not accepted":           "不接受压缩的请求体",
	"a body has at most 1 MiB":                             "请求体最多 1 MiB",
	"Content-Type is not well formed":                      "Content-Type 须符合格式",
	"the body must be a form, multipart/form-data or JSON": "请求体须为表单、multipart/form-data 或 JSON",
	"multipart/form-data needs a boundary":                 "multipart/form-data 须有 boundary",
	"the multipart body is not well formed":                "multipart 请求体须符合格式",
	"a part has no well-formed Content-Disposition":        "各部分须有符合格式的 Content-Disposition",
	"the body must be one JSON object":                     "请求体须为一个 JSON 对象",
}
