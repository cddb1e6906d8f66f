// Package callback holds the operations by which an app subscribes to events:
// the call_back family of the oapi gateway for pushes over HTTP, and the call
// of the REST gateway that opens a connection of Stream mode. One file is one
// operation, named as the vendor names it. Which events go where is decided in
// package directory; package events delivers them.
package callback

import (
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

var all []*api.Operation

func define[In, Out any](op api.Op[In, Out]) *api.Operation {
	o := op.Operation()
	all = append(all, o)
	return o
}

// Operations returns the operations of this package.
func Operations() []*api.Operation { return all }

// permission is one that every app has (docs/spec/dingtalk.md#permission-codes).
const permission = directory.StreamPermission

type receiver struct {
	Tags   []string
	Token  string
	AESKey string
	URL    string
}

const (
	leastToken, mostToken = 6, 63
	aesKeyLength          = 43
)

// receiverFields are the parameters of register and update
// (docs/spec/dingtalk.md#parameters-of-a-callback-registration).
func receiverFields(in *receiver) api.Fields {
	return api.Fields{
		api.Strings("call_back_tag", &in.Tags).Required(incomplete).Invalid(incomplete).Example(`["user_add_org","user_modify_org"]`).
			OneOf(unknownTag, directory.EventTopics...).
			Describe("订阅的事件类型。", "The events to subscribe to."),
		api.String("token", &in.Token).Required(incomplete).Invalid(incomplete).Runes(leastToken, mostToken, incomplete).Example("mingceToken123").
			Describe("签名用的 token，6 到 63 个字符。", "Signs what is pushed; 6 to 63 characters."),
		api.String("aes_key", &in.AESKey).Required(incomplete).Invalid(incomplete).Example("abcdefghijklmnopqrstuvwxyz0123456789ABCDEFE").
			Check(badAESKey, "must be 43 letters and digits", func() bool { return isAESKey(in.AESKey) }).
			Describe("加密用的密钥，43 个字符，a-z、A-Z、0-9。", "Key of the encryption: 43 characters of a-z, A-Z and 0-9."),
		api.String("url", &in.URL).Required(incomplete).Invalid(badURL).Example("https://example.com/callback").
			Describe("接收事件的地址，http 或 https。", "Address that receives the events, http or https."),
	}
}

func isAESKey(s string) bool {
	return len(s) == aesKeyLength && strings.IndexFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}) < 0
}

func (in *receiver) subscription() directory.Subscription {
	return directory.Subscription{
		URL: in.URL, Token: directory.NewSecret(in.Token), AESKey: directory.NewSecret(in.AESKey), Tags: in.Tags,
	}
}

// nothing is the In and Out of operations without parameters or answer.
type nothing struct{}
