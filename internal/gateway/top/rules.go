package top

import "github.com/mingce/mingce/internal/api"

// The gateway's own rules, for log and error page.
var (
	bodyCharsetRule    = api.Text{Zh: "名称和值须用请求体的字符集，Content-Type 未说明时为 UTF-8", En: "names and values must be in the character set of the body, which is UTF-8 unless Content-Type says so"}
	contentTypeRule    = api.Text{Zh: "Content-Type 须符合格式", En: "Content-Type is not well formed"}
	charsetRule        = api.Text{Zh: "字符集须为 UTF-8、GBK 或 GB18030", En: "the charset must be UTF-8, GBK or GB18030"}
	bodyKindRule       = api.Text{Zh: "请求体须为表单、multipart/form-data 或 JSON", En: "the body must be a form, multipart/form-data or JSON"}
	boundaryRule       = api.Text{Zh: "multipart/form-data 须有 boundary", En: "multipart/form-data needs a boundary"}
	multipartRule      = api.Text{Zh: "multipart 请求体须符合格式", En: "the multipart body is not well formed"}
	partRule           = api.Text{Zh: "各部分须有符合格式的 Content-Disposition", En: "a part has no well-formed Content-Disposition"}
	jsonBodyRule       = api.Text{Zh: "请求体须为一个 JSON 对象", En: "the body must be one JSON object"}
	systemInQueryRule  = api.Text{Zh: "JSON 调用的系统参数须在查询串中", En: "system parameters of a JSON call stand in the query"}
	systemOnceRule     = api.Text{Zh: "系统参数只能出现一次", En: "a system parameter may occur once only"}
	signedOnceRule     = api.Text{Zh: "参与签名的参数只能出现一次", En: "a signed parameter may occur once only"}
	onceRule           = api.Text{Zh: "该参数只能出现一次", En: "the parameter occurs more than once"}
	sameRule           = api.Text{Zh: "查询串与请求体中的值须一致", En: "query and body differ"}
	knownNameRule      = api.Text{Zh: "未知参数与已知参数的名称相连", En: "an unknown parameter runs into the name of a known one"}
	batchQueryRule     = api.Text{Zh: "批量请求的查询串只能有系统参数", En: "the query of a batch holds system parameters only"}
	batchParameterRule = api.Text{Zh: "已出现在批量请求的查询串中", En: "stands in the query of a batch"}
	separatorRule      = api.Text{Zh: "top-api-separator 须为一个不超过 64 字节的文本", En: "top-api-separator is one text of at most 64 bytes"}
	batchSizeRule      = api.Textf("一批有 1 至 %d 个调用", "a batch holds 1 to %d calls", maxBatch)
	timestampRule      = api.Text{Zh: "须形如 yyyy-MM-dd HH:mm:ss", En: "must be yyyy-MM-dd HH:mm:ss"}
	clockRule          = api.Text{Zh: "与服务器时间相差不能超过 10 分钟", En: "must be within 10 minutes of the server's clock"}
)
