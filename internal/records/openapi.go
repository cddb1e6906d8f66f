package records

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// components collects the named schemas of the document.
type components struct{ schemas object }

// enter makes the schema of a name, unless it is there.
func (c *components) enter(name string, schema func() object) {
	if c.schemas.get(name) != nil {
		return
	}
	c.schemas.set(name, object{}) // a schema may contain itself
	c.schemas.replace(name, schema())
}

// document is the OpenAPI 3.1 document of all declared calls
// (docs/spec/json-api.md#document-of-the-api). The order of calls and members is
// that of the declarations, so the same program always writes the same bytes.
func (t *table) document(version, server string) []byte {
	c := &components{}
	paths, tags := object{}, []any{}
	var seen []string
	for _, r := range t.routes {
		item, _ := paths.get(r.path).(object)
		isNew := item == nil
		item.set(strings.ToLower(r.method), r.operation(c))
		if isNew {
			paths.set(r.path, item)
		} else {
			paths.replace(r.path, item)
		}
		if !slices.Contains(seen, r.tag) {
			seen = append(seen, r.tag)
			tags = append(tags, object{{"name", r.tag}})
		}
	}
	errorShape().schema(c)
	return indented(object{
		{"openapi", "3.1.0"},
		{"info", object{{"title", "Mingce JSON API"}, {"version", versionOr(version)}, {"description", both(apiInfo)}}},
		{"servers", servers(server)},
		{"tags", tags},
		{"paths", paths},
		{"components", object{{"schemas", c.schemas}, {"securitySchemes", object{
			{"adminKey", object{{"type", "http"}, {"scheme", "bearer"}, {"description", both(api.Text{
				Zh: "管理密钥，用 mingce key create --admin 创建；mingce dev 不需要。", En: "An admin key, from mingce key create --admin; mingce dev needs none.",
			})}}},
			{"appToken", object{{"type", "apiKey"}, {"in", "header"}, {"name", tokenHeader}, {"description", both(api.Text{
				Zh: "本组织应用的访问凭证，应用须有 x-permission 所列的权限点。", En: "The access token of an app of the organisation, which needs the permission in x-permission.",
			})}}},
		}}}},
	})
}

var apiInfo = api.Text{
	Zh: "供人和程序使用的接口：对象、导入导出、历史、撤销、回收站。手机号和邮箱默认掩码。每个响应都有 X-Request-Id。",
	En: "For people and programs: objects, imports and exports, history, undo, bin. Phones and mail addresses are masked unless they are asked for. Every answer has X-Request-Id.",
}

func (r *route) operation(c *components) object {
	op := object{
		{"operationId", r.id},
		{"tags", []any{r.tag}},
		{"summary", strings.TrimRight(r.doc.Zh, "。") + " / " + strings.TrimRight(r.doc.En, ".")},
		{"description", r.description()},
	}
	if r.access.permission != "" {
		op.set("x-permission", r.access.permission)
	}
	if parameters := r.parameterObjects(c); len(parameters) > 0 {
		op.set("parameters", parameters)
	}
	if r.body != nil || r.upload != nil {
		op.set("requestBody", r.requestBody(c))
	}
	op.set("responses", r.responses(c))
	op.set("security", r.security())
	return op
}

func (r *route) description() string {
	text := both(r.doc)
	if r.access.permission != "" {
		text += "\n\n权限点 / Permission: `" + r.access.permission + "`"
	}
	return text
}

func (r *route) security() []any {
	admin, app := object{{"adminKey", []any{}}}, object{{"appToken", []any{}}}
	switch {
	case r.access.public:
		return []any{}
	case r.access.app:
		return []any{app}
	case r.access.permission != "":
		return []any{admin, app}
	}
	return []any{admin}
}

// ofPath describe the parameters of the base paths.
var ofPath = map[string]*shape{
	"corpId":      text(api.Text{Zh: "组织的 corpId。", En: "The organisation's corpId."}).example("ding87654321"),
	"directoryId": text(api.Text{Zh: "资源目录的编号。", En: "Id of the resource directory."}).example("rd-3G****"),
}

func (r *route) parameterObjects(c *components) (list []any) {
	describe := func(name, in string, required bool, s *shape) {
		p := object{{"name", name}, {"in", in}}
		if text := both(s.doc); text != "" {
			p.set("description", text)
		}
		if required {
			p.set("required", true)
		}
		list = append(list, append(p, member{"schema", s.described(api.Text{}).schema(c)}))
	}
	for name := range strings.SplitSeq(r.path, "/") {
		if name, ok := strings.CutPrefix(name, "{"); ok {
			if s := ofPath[strings.TrimSuffix(name, "}")]; s != nil {
				describe(strings.TrimSuffix(name, "}"), "path", true, s)
			}
		}
	}
	for _, p := range r.parameters {
		in, s := "query", p.shape
		if p.inPath {
			in = "path"
		}
		if p.repeated {
			s = repeatedly(s)
		}
		describe(p.name, in, p.inPath, s)
	}
	if slices.Contains(r.refusals, versionMismatch) {
		describe("If-Match", "header", false, text(api.Text{
			Zh: "读取时的 ETag：对象已有其他版本时拒绝。", En: "The ETag of the object as it was read: refused if it has another version.",
		}).like(`^(\*|"[1-9][0-9]*")$`).example(`"3"`))
	}
	if r.once {
		describe(idempotencyHeader, "header", false, text(api.Text{
			Zh: "调用方选的键：24 小时内重复的请求得到第一次的响应。", En: "A key of the caller's choice: a request repeated within 24 hours gets the first answer.",
		}).like("^[!-~]{1,255}$"))
	}
	return list
}

// repeatedly is a parameter that may be repeated.
func repeatedly(s *shape) *shape { return list(s, s.doc) }

func (r *route) requestBody(c *components) object {
	if r.upload != nil {
		// Generators of clients send the first type, and need a schema for each.
		file, form := object{{"schema", binary(api.Text{}).schema(c)}}, object{{"schema", r.upload.schema(c)}}
		body := object{{"content", object{{"application/octet-stream", file}, {"multipart/form-data", form}, {"*/*", file}}}}
		if !r.bodyless {
			body.set("required", true)
		}
		return body
	}
	media := object{{"schema", r.body.schema(c)}}
	content := object{{"application/json", media}}
	if r.method == http.MethodPatch {
		content.set("application/merge-patch+json", media)
	}
	body := object{{"content", content}}
	if !r.bodyless {
		body.set("required", true)
	}
	return body
}

var headerTexts = map[string]api.Text{
	"X-Request-Id": {Zh: "请求编号。", En: "Id of the request."},
	"ETag":         {Zh: "对象的版本，带引号。", En: "The version of the object, in quotes."},
	"Location":     {Zh: "新对象的路径。", En: "Path of the new object."},

	"Content-Disposition": {Zh: "文件名。", En: "Name of the file."},
}

func (r *route) responses(c *components) object {
	list := object{}
	for _, a := range r.answers {
		response := object{{"description", both(a.doc)}}
		headers := object{}
		for _, name := range append([]string{"X-Request-Id"}, a.headers...) {
			headers.set(name, object{{"description", both(headerTexts[name])}, {"schema", object{{"type", "string"}}}})
		}
		response.set("headers", headers)
		if media := a.mediaTypes(); len(media) > 0 {
			content := object{}
			for _, name := range media {
				schema := binary(api.Text{})
				switch name {
				case "application/json":
					schema = a.shape
				case eventStream:
					schema = text(api.Text{})
				}
				content.set(name, object{{"schema", schema.schema(c)}})
			}
			response.set("content", content)
		}
		list.set(strconv.Itoa(a.status), response)
	}
	refusals := r.allRefusals()
	for _, s := range statuses {
		status := strconv.Itoa(s.status)
		if !slices.Contains(refusals, s.code) || list.get(status) != nil {
			continue
		}
		var lines []string
		for _, other := range statuses {
			if other.status == s.status && slices.Contains(refusals, other.code) {
				lines = append(lines, "- `"+other.code+"`: "+other.doc.Zh+" "+other.doc.En)
			}
		}
		list.set(status, object{{"description", strings.Join(lines, "\n")}, {"content", object{{"application/json", object{{"schema", errorShape().schema(c)}}}}}})
	}
	return list
}

// allRefusals are the codes that the call can answer.
func (r *route) allRefusals() []string {
	list := append([]string{unknownParameter, invalidParameter, notFound, internalError, busy}, r.refusals...)
	if !r.access.public {
		list = append(list, unauthorized, forbidden, throttled, diskFull)
	}
	if r.once {
		list = append(list, conflict) // a key that was used for another request
	}
	if r.body != nil || r.upload != nil {
		list = append(list, malformedBody, tooLarge, unsupportedMedia)
	}
	return list
}
