// Package oauth2 holds the token calls: the REST gateway's product oauth2_1_0
// and the older GET /gettoken, with the tickets of apps. Each operation has a file of its own, named as
// the vendor's SDK names it. All of them issue the same tokens, which work on
// all of DingTalk's gateways.
//
// Package directory stores the tokens and compares the secrets.
package oauth2

import (
	"errors"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Operations are the operations of this package.
var Operations api.Registry

// lifetime is what every token call answers, even for a token issued before,
// because the call renews it (docs/spec/dingtalk.md#lifetime-of-an-app-token).
const lifetime = int64(directory.TokenLife / 1e9)

// refreshDays is how long a refresh token lives.
const refreshDays = int64(directory.RefreshTokenLife / (24 * time.Hour))

// refused reports whether key or secret is wrong. Callers must not learn which.
func refused(err error) bool {
	return errors.Is(err, directory.ErrAppNotFound) || errors.Is(err, directory.ErrAppSecret)
}
