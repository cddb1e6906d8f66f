package records

import (
	"net/http"
	"slices"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// Vendors is the input of [VendorsDocument].
type Vendors struct {
	Catalogue *api.Catalogue
	// Codes are those that a gateway answers on any of its operations.
	Codes   map[api.Family][]*api.Code
	Version string // of the program
	Server  string // address of this server; "" is the one that the document came from
}

// VendorsDocument returns the OpenAPI 3.1 document of the operations of DingTalk's
// REST and own gateways (docs/spec/json-api.md#document-of-the-vendors-calls). It
// is made from the catalogue, so it says what the gateways do. Alibaba Cloud's RPC
// and TOP have one path each for all their operations, which OpenAPI cannot
// describe.
func VendorsDocument(v Vendors) []byte {
	w := &vendorsWriter{ids: map[string]bool{}}
	for _, o := range v.Catalogue.Operations() {
		for _, r := range o.Routes {
			if r.Family == api.RESTFamily || r.Family == api.OAPIFamily {
				w.route(o, r)
			}
		}
	}
	return indented(object{
		{"openapi", "3.1.0"},
		{"info", object{
			{"title", "Mingce: DingTalk REST and own gateway"},
			{"version", versionOr(v.Version)},
			{"description", both(vendorsInfo)},
		}},
		{"servers", servers(v.Server)},
		{"tags", w.tags()},
		{"paths", w.paths},
		{"components", object{
			{"schemas", append(w.schemas, object{{"RestError", restErrorSchema()}, {"OapiError", oapiErrorSchema()}}...)},
			{"responses", object{
				{"RestError", gatewayErrors("RestError", restGatewayText, restExamples(v.Codes[api.RESTFamily]))},
				{"OapiError", gatewayErrors("OapiError", oapiGatewayText, oapiExamples(v.Codes[api.OAPIFamily], true))},
			}},
			{"securitySchemes", vendorsSchemes()},
		}},
	})
}

var vendorsInfo = api.Text{
	Zh: "本服务提供的钉钉新版 REST 接口（/v1.0/…）和旧版接口（/topapi/…、/gettoken 等）。由程序的接口目录生成，与实际行为一致。",
	En: "DingTalk's REST calls (/v1.0/…) and its older calls (/topapi/…, /gettoken and others) as this server offers them. Made from the program's catalogue, so it says what the server does.",
}

// versionOr is the version of a document: the program's, if that is known.
func versionOr(version string) string {
	if version == "" {
		return "0"
	}
	return version
}

func servers(address string) []any {
	if address = strings.TrimSuffix(address, "/"); address == "" {
		address = "/"
	}
	return []any{object{{"url", address}}}
}

// vendorsWriter collects the paths of the document.
type vendorsWriter struct {
	paths, schemas object
	groups         []string
	ids            map[string]bool
}

func (w *vendorsWriter) tags() []any {
	tags := make([]any, len(w.groups))
	for i, g := range w.groups {
		tags[i] = object{{"name", g}}
	}
	return tags
}

// route enters an operation at one of its routes, with each HTTP method that the
// route takes.
func (w *vendorsWriter) route(o *api.Operation, r api.Route) {
	path := strings.ReplaceAll(r.Path, "...}", "}")
	item := object{}
	for _, method := range methods(o, r) {
		item.set(strings.ToLower(method), w.operation(o, r, method))
	}
	w.paths.set(path, item)
}

// methods are the HTTP methods of a route: one without a method takes POST, and
// GET outside of /topapi/ and for what is read
// (docs/spec/dingtalk.md#http-methods-of-own-gateway-calls).
func methods(o *api.Operation, r api.Route) []string {
	switch {
	case r.Method != "":
		return []string{r.Method}
	case o.ReadOnly || !strings.HasPrefix(r.Path, "/topapi/"):
		return []string{http.MethodGet, http.MethodPost}
	}
	return []string{http.MethodPost}
}

func (w *vendorsWriter) operation(o *api.Operation, r api.Route, method string) object {
	if !slices.Contains(w.groups, o.Group) {
		w.groups = append(w.groups, o.Group)
	}
	op := object{
		{"operationId", w.id(r, method)},
		{"tags", []any{o.Group}},
		{"summary", strings.TrimRight(o.Doc.Zh, "。") + " / " + strings.TrimRight(o.Doc.En, ".")},
		{"description", operationText(o)},
	}
	if o.Permission != "" {
		op.set("x-permission", o.Permission)
	}
	parameters, body := w.places(o, r, method)
	if len(parameters) > 0 {
		op.set("parameters", parameters)
	}
	if body != nil {
		op.set("requestBody", body)
	}
	op.set("responses", w.answers(o, r))
	op.set("security", security(o, r))
	return op
}

// component enters a schema under a name made from the route's, and returns a
// reference to it. Methods of one route share them.
func (w *vendorsWriter) component(r api.Route, suffix string, schema object) object {
	var name strings.Builder
	for part := range strings.SplitSeq(strings.TrimPrefix(r.Name, "dingtalk."), ".") {
		for word := range strings.SplitSeq(part, "_") {
			name.WriteString(strings.ToUpper(word[:min(1, len(word))]) + word[min(1, len(word)):])
		}
	}
	name.WriteString(suffix)
	if w.schemas.get(name.String()) == nil {
		w.schemas.set(name.String(), schema)
	}
	return reference("schemas", name.String())
}

// id returns the name of an operation, which must be unique: the vendor's, and for
// a further method the method behind it.
func (w *vendorsWriter) id(r api.Route, method string) string {
	id := r.Name
	for suffix := "_" + strings.ToLower(method); w.ids[id]; {
		id += suffix
	}
	w.ids[id] = true
	return id
}

func operationText(o *api.Operation) string {
	text := both(o.Doc)
	if o.Permission != "" {
		text += "\n\n权限点 / Permission: `" + o.Permission + "`"
	}
	return text
}

// vendorsSchemes are the credentials of the vendors' calls.
func vendorsSchemes() object {
	key := func(in, name, zh, en string) object {
		return object{{"type", "apiKey"}, {"in", in}, {"name", name}, {"description", both(api.Text{Zh: zh, En: en})}}
	}
	const header, query = "x-acs-dingtalk-access-token", "access_token"
	return object{
		{"restToken", key("header", header, "应用的访问凭证，由 POST /v1.0/oauth2/accessToken 获取。", "An app's access token, from POST /v1.0/oauth2/accessToken.")},
		{"restUserToken", key("header", header, "用户的访问凭证，由 POST /v1.0/oauth2/userAccessToken 获取。", "A person's access token, from POST /v1.0/oauth2/userAccessToken.")},
		{"restSsoToken", key("header", header, "免登凭证，由 POST /v1.0/oauth2/ssoAccessToken 获取。", "A token of single sign-on, from POST /v1.0/oauth2/ssoAccessToken.")},
		{"oapiToken", key("query", query, "应用的访问凭证，由 GET /gettoken 获取。", "An app's access token, from GET /gettoken.")},
		{"oapiSnsToken", key("query", query, "由 /sns/gettoken 获取的凭证。", "A token from /sns/gettoken.")},
		{"oapiSsoToken", key("query", query, "由 /sso/gettoken 获取的凭证。", "A token from /sso/gettoken.")},
		{"oapiPersonToken", key("query", "sns_token", "由 POST /sns/get_sns_token 获取的凭证。", "A token from POST /sns/get_sns_token.")},
		{"oapiAccessKey", key("query", "accessKey", "签名调用：应用的 appKey。", "Signed calls: the app's appKey.")},
		{"oapiTimestamp", key("query", "timestamp", "签名调用：当前时间，Unix 毫秒。", "Signed calls: the time, in Unix milliseconds.")},
		{"oapiSignature", key("query", "signature", "签名调用：以 appSecret 对 timestamp 计算的 HMAC-SHA256，Base64。", "Signed calls: HMAC-SHA256 of the timestamp under the appSecret, in Base64.")},
	}
}

// security is the credential of an operation: any of the requirements, whose
// schemes are needed together.
func security(o *api.Operation, r api.Route) []any {
	need := func(schemes ...string) object {
		o := object{}
		for _, s := range schemes {
			o.set(s, []any{})
		}
		return o
	}
	signed := need("oapiAccessKey", "oapiTimestamp", "oapiSignature")
	rest := r.Family == api.RESTFamily
	switch o.Auth {
	case api.NeedsNothing:
		return []any{}
	case api.NeedsUserToken:
		return []any{need("restUserToken")}
	case api.NeedsSigning:
		return []any{signed}
	case api.NeedsSNSToken:
		return []any{need("oapiSnsToken")}
	case api.NeedsPersonToken:
		return []any{need("oapiPersonToken")}
	case api.NeedsSSOToken:
		if rest {
			return []any{need("restSsoToken")}
		}
		return []any{need("oapiSsoToken")}
	}
	if rest {
		return []any{need("restToken")}
	}
	return []any{need("oapiToken"), signed}
}
