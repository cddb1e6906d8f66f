package acs

import (
	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/policy"
)

// The gateway's own rules, for log and error page.
var (
	oneCredentialRule = api.Text{Zh: "一个请求只带一个凭证", En: "one credential in one request"}
	onceRule          = api.Text{Zh: "只能出现一次", En: "occurs more than once"}
	headerOnceRule    = api.Text{Zh: "该请求头只能出现一次", En: "the header occurs more than once"}
	nameEncodingRule  = api.Text{Zh: "名称须为百分号编码的 UTF-8 文本", En: "its name is not percent-encoded UTF-8 text"}
	valueEncodingRule = api.Text{Zh: "须为百分号编码的 UTF-8 文本，不含控制字符", En: "must be percent-encoded UTF-8 text without control characters"}
	onePlaceRule      = api.Text{Zh: "不能同时出现在查询串和请求体中", En: "stands in the query and in the body"}
	nameFormRule      = api.Text{Zh: "名称须形如 Name、Name.1 或 Name.1.Key", En: "its name is not of the form Name, Name.1 or Name.1.Key"}
	oneFormRule       = api.Text{Zh: "不能既作为一个值，又分为编号或命名的部分给出", En: "is given both as one value and in numbered or named parts"}
	onePartRule       = api.Text{Zh: "不能同时以编号和命名的部分给出", En: "is given both in numbered and in named parts"}
	actionHeaderRule  = api.Text{Zh: "须与请求头 x-acs-action 一致", En: "differs from the header x-acs-action"}
	versionHeaderRule = api.Text{Zh: "须与请求头 x-acs-version 一致", En: "differs from the header x-acs-version"}
)

// memberRule explains a call that members may not make.
var memberRule = api.Text{Zh: "成员账号不能执行此操作，只有资源目录的管理账号可以", En: "a member account may not do this, only the management account of the directory"}

var entriesRule = api.Textf("各项从 1 编号到 %d", "entries are numbered from 1 to %d", api.MaxItems)

func authorizationRule(algorithm string) api.Text {
	return api.Textf("形如 Authorization: %s Credential=..,SignedHeaders=..,Signature=..", "Authorization: %s Credential=..,SignedHeaders=..,Signature=..", algorithm)
}

func signedHeadersRule(digest string) api.Text {
	return api.Textf("签名的请求头：%s 和其他所有 x-acs-* 请求头，以及其中列出的请求头，各一次，用小写",
		"signed headers: %s and every other x-acs-* header, and what else is named there, once each, in lower case", digest)
}

func digestRule(header string) api.Text {
	return api.Textf("%s 须为所发请求体的哈希，用签名的算法计算，写成小写十六进制",
		"%s is the hash of the body as sent, made with the algorithm of the signature, in lower-case hexadecimal", header)
}

// deniedRule says which statement of the caller's policy denied the call.
func deniedRule(d policy.Decision) api.Text {
	if d.Explicit {
		return api.Textf("策略 %[2]s 的第 %[1]d 条语句拒绝在 %[4]s 上执行 %[3]s", "statement %[1]d of policy %[2]s denies %[3]s on %[4]s",
			d.Statement, d.Policy, d.Action, d.Resource)
	}
	return api.Textf("策略 %s 没有语句允许在 %[3]s 上执行 %[2]s", "no statement of policy %s allows %[2]s on %[3]s", d.Policy, d.Action, d.Resource)
}
