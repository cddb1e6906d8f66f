package instance

import (
	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/ops/callback"
	"github.com/mingce/mingce/internal/ops/contact"
	"github.com/mingce/mingce/internal/ops/extcontact"
	"github.com/mingce/mingce/internal/ops/login"
	"github.com/mingce/mingce/internal/ops/oapi"
	"github.com/mingce/mingce/internal/ops/oauth2"
	"github.com/mingce/mingce/internal/ops/resourcedirectory"
	"github.com/mingce/mingce/internal/ops/role"
	"github.com/mingce/mingce/internal/ops/sts"
)

// Product is one of the vendors' products with its operations.
type Product struct {
	Name       string // the name of its reference page: "extcontact"
	Title      api.Text
	Operations []*api.Operation
}

// Products returns all products in the order of the reference.
func Products() []Product {
	return []Product{
		{"extcontact", api.Text{Zh: "钉钉：外部联系人", En: "DingTalk: external contacts"}, extcontact.Operations},
		{"contact", api.Text{Zh: "钉钉：通讯录", En: "DingTalk: contacts of an organisation"}, contact.Operations},
		{"oapi", api.Text{Zh: "钉钉：组织通讯录", En: "DingTalk: employees and departments"}, oapi.Operations},
		{"role", api.Text{Zh: "钉钉：角色", En: "DingTalk: roles"}, role.Operations},
		{"callback", api.Text{Zh: "钉钉：事件订阅", En: "DingTalk: events"}, callback.Operations},
		{"oauth2", api.Text{Zh: "钉钉：访问凭证", En: "DingTalk: access tokens"}, oauth2.Operations},
		{"login", api.Text{Zh: "钉钉：登录", En: "DingTalk: logins"}, login.Operations},
		{"resourcedirectory", api.Text{Zh: "阿里云：资源目录和消息联系人", En: "Alibaba Cloud: resource directory and message contacts"}, resourcedirectory.Operations},
		{"sts", api.Text{Zh: "阿里云：安全令牌", En: "Alibaba Cloud: security tokens"}, sts.Operations},
	}
}

// Catalogue returns the operations of all products. An error is a bug: two
// operations share a name or a route.
func Catalogue() (*api.Catalogue, error) {
	var all []*api.Operation
	for _, p := range Products() {
		all = append(all, p.Operations...)
	}
	return api.NewCatalogue(all...)
}
