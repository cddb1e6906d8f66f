package records

import (
	"errors"
	"net/http"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// tokenHeader has an app's access token, as in the vendor's calls.
const tokenHeader = "x-acs-dingtalk-access-token"

var (
	noCredential = &Error{Code: unauthorized, Message: api.Text{
		Zh: "请发送管理密钥：Authorization: Bearer <密钥>；用 mingce key create --admin 创建。",
		En: "Send an admin key: Authorization: Bearer <key>. Make one with: mingce key create --admin",
	}}
	badToken = &Error{Code: unauthorized, Message: api.Text{
		Zh: "请求头 x-acs-dingtalk-access-token 中的应用访问凭证无效或已过期；重新获取一个。",
		En: "The app's access token in x-acs-dingtalk-access-token is not valid or has expired; get a new one.",
	}}
	adminsOnly = &Error{Code: forbidden, Message: api.Text{
		Zh: "这个接口只接受管理密钥（Authorization: Bearer）。",
		En: "This call takes an admin key only (Authorization: Bearer).",
	}}
	foreignAddress = &Error{Code: forbidden, Message: api.Text{
		Zh: "应用不能从这个地址使用；在应用的地址名单中加入它。",
		En: "The app may not be used from this address; add it to the app's list of addresses.",
	}}
	noDirectory = &Error{Code: notFound, Message: api.Text{
		Zh: "没有这个资源目录；检查路径中的编号和所用的密钥。",
		En: "There is no such resource directory; check the id of the path, and which key is used.",
	}}
	noOrg = &Error{Code: notFound, Message: api.Text{
		Zh: "没有这个组织；检查路径中的 corpId 和所用的密钥。",
		En: "There is no such organisation; check the corpId of the path, and which key is used.",
	}}
)

// authenticate finds out who calls and begins the session on the organisation of
// the path (docs/spec/json-api.md#credentials).
func (c *call) authenticate() error {
	if c.config.Dev && c.config.Guard != nil {
		if why := c.config.Guard(c.request); why != "" {
			return &Error{Code: forbidden, Message: api.Text{Zh: "不允许从其他网站或主机名调用：" + why, En: why}}
		}
	}
	org, err := c.org()
	if err != nil {
		return err
	}
	p, err := c.credential(org)
	if err != nil {
		return err
	}
	// Another organisation is answered like one that does not exist.
	if p.Kind == directory.AppCaller && p.Org != org || !p.Reaches(org) {
		return c.unknown()
	}
	if _, err := c.config.Directory.Org(c.request.Context(), org); err != nil {
		if errors.Is(err, directory.ErrOrgNotFound) {
			return c.unknown()
		}
		return err
	}
	p.Org = org
	via := c.route.id
	if c.config.Local != nil {
		via = c.config.Local.Via
	}
	c.caller, c.session = p, c.config.Directory.Session(p, via, c.id)
	return nil
}

// unknown is the answer for an organisation that the caller may not know of.
func (c *call) unknown() error {
	if c.path["directoryId"] != "" {
		return noDirectory
	}
	return noOrg
}

// org returns the organisation that the path names, itself or by its resource
// directory; "" if there is no such directory, which only somebody with a
// credential learns.
func (c *call) org() (string, error) {
	id, ok := c.path["directoryId"]
	if !ok {
		return c.path["corpId"], nil
	}
	org, err := c.config.Directory.DirectoryOrg(c.request.Context(), id)
	if errors.Is(err, directory.ErrDirectoryNotEnabled) {
		return "", nil
	}
	return org, err
}

func (c *call) credential(org string) (directory.Principal, error) {
	if c.config.Local != nil {
		return c.config.Local.Caller, nil
	}
	ctx, h := c.request.Context(), c.request.Header
	key, isKey := bearer(h)
	if isKey || len(h.Values(tokenHeader)) == 0 {
		p, err := c.config.Directory.Administrator(ctx, key)
		switch {
		case err == nil:
			return p, nil
		case !errors.Is(err, directory.ErrKeyNotFound) && !errors.Is(err, directory.ErrKeyInactive):
			return p, err
		case c.config.Dev:
			return directory.Principal{Kind: directory.AdminCaller, ID: "control API", Name: "control API"}, nil
		}
		return p, noCredential
	}
	return c.app(org)
}

// app returns the app whose token the call has, if it has the permission that the
// vendor's call needs.
func (c *call) app(org string) (directory.Principal, error) {
	tokens := c.request.Header.Values(tokenHeader)
	if len(tokens) != 1 {
		return directory.Principal{}, badToken
	}
	p, err := c.config.Directory.TokenPrincipal(c.request.Context(), tokens[0])
	switch {
	case errors.Is(err, directory.ErrTokenInvalid), err == nil && p.Kind != directory.AppCaller:
		return p, badToken
	case err != nil:
		return p, err
	case p.Org != org:
		return p, c.unknown()
	case !p.AllowsIP(c.request.RemoteAddr):
		return p, foreignAddress
	case c.route.access.permission == "":
		return p, adminsOnly
	case !p.May(c.route.access.permission):
		return p, &Error{Code: forbidden, Message: api.Text{
			Zh: "应用没有权限点 " + c.route.access.permission + "；为应用添加它。",
			En: "The app lacks the permission " + c.route.access.permission + "; grant it to the app.",
		}}
	}
	return p, nil
}

func bearer(h http.Header) (string, bool) {
	scheme, key, ok := strings.Cut(h.Get("Authorization"), " ")
	return key, ok && strings.EqualFold(scheme, "Bearer")
}
