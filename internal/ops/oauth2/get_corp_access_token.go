package oauth2

import (
	"context"
	"net/http"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

type getCorpAccessToken struct{ SuiteKey, SuiteSecret, AuthCorpID, SuiteTicket string }

// GetCorpAccessToken is GetCorpToken on the newer gateway, with the secret in
// place of a signature (docs/spec/dingtalk-login.md#tokens-for-an-authorising-organisation).
var GetCorpAccessToken = api.Define(&Operations, api.Op[getCorpAccessToken, accessToken]{
	Route: api.REST("GetCorpAccessToken", http.MethodPost, "/v1.0/oauth2/corpAccessToken"),
	Group: "Token",
	Doc:   api.Text{Zh: "获取应用在授权企业的凭证。", En: "Gets an app's token for an authorising organisation."},
	Auth:  api.NeedsNothing,

	In: func(in *getCorpAccessToken) api.Fields {
		return api.Fields{
			api.String("suiteKey", &in.SuiteKey).Required(suiteKeyInvalid).Invalid(suiteKeyInvalid).Example("dingsampleappkey01").
				Describe("应用的 appKey。", "The app's appKey."),
			api.String("suiteSecret", &in.SuiteSecret).Required(suiteKeyInvalid).Invalid(suiteKeyInvalid).Example("sample-app-secret-0001").
				Describe("应用的 appSecret。", "The app's appSecret."),
			api.String("authCorpId", &in.AuthCorpID).Required(authInvalid).Invalid(authInvalid).Example("ding87654321").
				Describe("授权企业的 corpId，即应用所属的企业。", "The authorising organisation, which is the app's own."),
			api.String("suiteTicket", &in.SuiteTicket).Required(suiteTicketInvalid).Invalid(suiteTicketInvalid).Example("abcd").
				Describe("推送的票据；这里任何值都可以。", "The ticket that was pushed; any value does here."),
		}
	},
	Out:   accessTokenFields,
	Codes: []*api.Code{suiteKeyInvalid, suiteTicketInvalid, authInvalid, tokenBusy},

	Do: func(ctx context.Context, s *directory.Session, in *getCorpAccessToken) (*accessToken, error) {
		token, holder, err := s.IssueToken(ctx, in.SuiteKey, in.SuiteSecret)
		switch {
		case refused(err):
			return nil, errWrongPair
		case err != nil:
			return nil, err
		case holder.Org != in.AuthCorpID:
			return nil, errForeignCorp
		}
		return &accessToken{token, lifetime}, nil
	},
})
