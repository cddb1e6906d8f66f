package dingtalk

import "github.com/mingce/mingce/internal/api"

// The gateways' own rules, for log and error page.
var (
	onceRule        = api.Text{Zh: "只能出现一次", En: "must be given once"}
	sameRule        = api.Text{Zh: "不能以不同的值出现两次", En: "must not be given twice with different values"}
	notOfferedRule  = api.Text{Zh: "厂商有此接口，本服务不提供", En: "the vendor has this call; it is not offered here"}
	noneOfferedRule = api.Text{Zh: "厂商有这类接口，本服务不提供这一个", En: "the vendor has calls of this kind; this one is not offered here"}
)
