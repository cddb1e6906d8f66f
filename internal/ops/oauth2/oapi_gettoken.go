package oauth2

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type gettoken struct{ AppKey, AppSecret, CorpID, CorpSecret string }

type gettokenAnswer struct {
	ErrCode     int64
	AccessToken string
	ErrMsg      string
	ExpiresIn   int64
}

// Gettoken is the token call of the oapi gateway, by app or, in the older form,
// by organisation (docs/spec/dingtalk.md#token-call-of-the-own-gateway). Its
// answer has its own order of fields and no request id.
var Gettoken = api.Define(&Operations, api.Op[gettoken, gettokenAnswer]{
	Route:    api.OAPI(http.MethodGet, "/gettoken"),
	Group:    "Token",
	Doc:      api.Text{Zh: "获取企业内部应用的访问凭证（旧版）。", En: "Gets the access token of an internal app (older call)."},
	Auth:     api.NeedsNothing,
	ReadOnly: true,
	Bare:     true,

	In: func(in *gettoken) api.Fields {
		return api.Fields{
			api.String("appkey", &in.AppKey).Invalid(wrongAppPair).Example("dingsampleappkey01").
				Describe("应用的 appKey。", "The app's appKey."),
			api.String("appsecret", &in.AppSecret).Invalid(wrongAppPair).Example("sample-app-secret-0001").
				Describe("应用的 appSecret。", "The app's appSecret."),
			api.String("corpid", &in.CorpID).Invalid(wrongCorpPair).
				Describe("企业的 corpId（旧的形式，代替 appkey）。", "The organisation's corpId (older form, in place of appkey)."),
			api.String("corpsecret", &in.CorpSecret).Invalid(wrongCorpPair).
				Describe("该企业一个应用的密钥。", "The secret of an app of that organisation."),
		}
	},
	Out: func(out *gettokenAnswer) api.Fields {
		return api.Fields{
			api.Int("errcode", &out.ErrCode).Example("0").Describe("返回码。", "Return code."),
			api.String("access_token", &out.AccessToken).Example("101w3c04ffa2386da6530e5123bdf260").Describe("访问凭证。", "The access token."),
			api.String("errmsg", &out.ErrMsg).Example("ok").Describe("返回码描述。", "Its text."),
			api.Int("expires_in", &out.ExpiresIn).Example("7200").Describe("有效期，秒。", "Lifetime in seconds."),
		}
	},
	Codes: []*api.Code{missingPair, wrongAppPair, wrongCorpPair},

	Do: func(ctx context.Context, s *directory.Session, in *gettoken) (*gettokenAnswer, error) {
		var text string
		var err, wrong error
		switch {
		case in.AppKey != "":
			text, _, err = s.IssueToken(ctx, in.AppKey, in.AppSecret)
			wrong = errWrongPair
		case in.CorpID != "":
			text, _, err = s.IssueTokenFor(ctx, in.CorpID, in.CorpSecret)
			wrong = errWrongCorpPair
		default:
			return nil, &api.ArgumentError{Parameter: "appkey", Missing: true, Code: missingPair}
		}
		switch {
		case refused(err):
			return nil, wrong
		case err != nil:
			return nil, err
		}
		return &gettokenAnswer{AccessToken: text, ErrMsg: "ok", ExpiresIn: lifetime}, nil
	},
})
