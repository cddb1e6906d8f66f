// Package callback holds the operations by which an app subscribes to events:
// the call_back family of the oapi gateway for pushes over HTTP, and the call
// of the REST gateway that opens a connection of Stream mode. Each operation
// has a file of its own, named as the vendor names it. Package directory
// decides which events go where; package events delivers them.
package callback

import (
	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Operations are the operations of this package.
var Operations api.Registry

// permission is the code that every app has
// (docs/spec/dingtalk.md#permission-codes).
const permission = directory.StreamPermission

type receiver struct {
	Tags   []string
	Token  string
	AESKey string
	URL    string
}

// receiverFields are the parameters of register and update
// (docs/spec/dingtalk.md#parameters-of-a-callback-registration).
func receiverFields(in *receiver) api.Fields {
	return api.Fields{
		api.Strings("call_back_tag", &in.Tags).Required(incomplete).Invalid(incomplete).Example(`["user_add_org","user_modify_org"]`).
			OneOf(unknownTag, directory.EventTopics...).
			Describe("订阅的事件类型。", "The events to subscribe to."),
		api.String("token", &in.Token).Required(incomplete).Invalid(incomplete).Runes(directory.MinReceiverToken, directory.MaxReceiverToken, incomplete).Example("mingceToken123").
			Describef("签名用的 token，%d 到 %d 个字符。", "Signs what is pushed; %d to %d characters.", directory.MinReceiverToken, directory.MaxReceiverToken),
		api.String("aes_key", &in.AESKey).Required(incomplete).Invalid(incomplete).Example("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE").
			Check(badAESKey, api.Textf("须为 %d 位字母和数字", "must be %d letters and digits", directory.ReceiverKeyLength), func() bool { return directory.IsReceiverKey(in.AESKey) }).
			Describef("加密用的密钥，%d 个字符，a-z、A-Z、0-9。", "Key of the encryption: %d characters of a-z, A-Z and 0-9.", directory.ReceiverKeyLength),
		api.String("url", &in.URL).Required(incomplete).Invalid(badURL).Example("https://example.com/callback").
			Describe("接收事件的地址，http 或 https。", "Address that receives the events, http or https."),
	}
}

func (in *receiver) subscription() directory.Subscription {
	return directory.Subscription{
		URL: in.URL, Token: directory.NewSecret(in.Token), AESKey: directory.NewSecret(in.AESKey), Tags: in.Tags,
	}
}
