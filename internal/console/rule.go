package console

import (
	"regexp"
	"sync"
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
	"not found":              "must exist",
	"not an active employee": "must be an active employee",
	"label not found":        "the label must exist",
	"employee not found":     "the employee must exist",
	"department not found":   "the department must exist",
}

var zhPatterns = []zhWording{
	wording(`^(\d+) to (\d+) characters$`, "$1 至 $2 个字符"),
	wording(`^(\d+) to (\d+) of (.+)$`, "$1 至 $2 个字符，仅限 $3"),
	wording(`^a number from (-?\d+) to (-?\d+)$`, "$1 至 $2 之间的整数"),
	wording(`^at most (\d+) entries$`, "最多 $1 项"),
	wording(`^at most (\d+) characters$`, "最多 $1 个字符"),
	wording(`^at most (\d+) days before the end$`, "距结束时间最多 $1 天"),
	wording(`^one of (.+)$`, "只能是 $1 之一"),
	wording(`^(\d+) digits$`, "$1 位数字"),
}

var zhRules = map[string]string{
	"must be a text without control characters":               "须为不含控制字符的文本",
	"must be a whole number of 64 bits":                       "须为 64 位整数",
	"must be letters, digits and _ - . : / *":                 "只能含字母、数字和 _ - . : / *",
	"must be true or false":                                   "须为 true 或 false",
	"must be a list of texts":                                 "须为文本列表",
	"must be a list of whole numbers":                         "须为整数列表",
	"must be an object":                                       "须为对象",
	"must be a list of objects":                               "须为对象列表",
	"must be a JSON value":                                    "须为 JSON 值",
	"must be given once":                                      "只能出现一次",
	"must not be given twice with different values":           "不能以不同的值出现两次",
	"must not be blank":                                       "不能为空白",
	"no entry may be blank":                                   "任何一项都不能为空白",
	"not found":                                               "须存在",
	"not an active employee":                                  "须为在职员工",
	"label not found":                                         "标签须存在",
	"employee not found":                                      "员工须存在",
	"department not found":                                    "部门须存在",
	"86-<mobile>":                                             "86-<手机号码>",
	"a country code that is allowed":                          "允许的国家码",
	"<country code>-<number>, a mobile number of its country": "<国家码>-<号码>，且是该国家的手机号码",
	"Chinese characters and English letters only":             "只能是汉字和英文字母",
	"one address of the form local@domain":                    "一个 local@domain 形式的地址",
	"c- and letters and digits":                               "c- 加字母和数字",
	"r- and 6 or fd- and 10 letters and digits":               "r- 加 6 位，或 fd- 加 10 位字母和数字",
	"the id of a folder or member":                            "资源夹或成员的 ID",
	"ids above 0":                                             "ID 须大于 0",
	"a number from 0 on":                                      "不小于 0 的整数",
	"at least one id":                                         "至少一个 ID",
	"at least one kind":                                       "至少一个类别",
	"needs init_password":                                     "需要 init_password",
	"every id once":                                           "每个 ID 只能出现一次",
	"every key once":                                          "每个键只能出现一次",
	"a time like 2020-07-10T00:00:00Z":                        "形如 2020-07-10T00:00:00Z 的时间",
	"a token that a page before answered":                     "上一页返回的令牌",
	"a JSON object of up to 2000 characters":                  "不超过 2000 个字符的 JSON 对象",
	"an object of texts by language":                          "以语言为键的文本对象",
	"must be 43 letters and digits":                           "须为 43 位字母和数字",
	"Chinese characters, letters, digits, _ . - and spaces":   "汉字、字母、数字、_ . - 和空格",
	"Chinese characters, letters, digits, _ . -":              "汉字、字母、数字、_ . -",
	"letters and digits, with single _ . - between them":      "字母和数字，中间可有单个的 _ . -",
	"ids of a resource directory, folders or members":         "资源目录、资源夹或成员的 ID",
	"resell or non_resell":                                    "resell 或 non_resell",
	"ResourceAccount or CloudAccount":                         "ResourceAccount 或 CloudAccount",
	"<prefix>@rdadmin.aliyunid.com":                           "<前缀>@rdadmin.aliyunid.com",
}
