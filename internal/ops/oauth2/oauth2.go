// Package oauth2 holds the token calls: the REST gateway's product oauth2_1_0
// and the older GET /gettoken. One file is one operation, named as the vendor's
// SDK names it. Tokens of all of them are the same ones and work on every
// gateway of DingTalk's.
//
// It keeps no tokens and compares no secrets: package directory does.
package oauth2

import (
	"errors"
	"time"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Operations are those of this package.
var Operations api.Registry

// lifetime is what every token call answers, also for a token that was issued
// before: asking renews it (docs/spec/dingtalk.md#lifetime-of-an-app-token).
const lifetime = int64(directory.TokenLife / 1e9)

// refreshDays is how long a refresh token lives.
const refreshDays = int64(directory.RefreshTokenLife / (24 * time.Hour))

// refused reports whether key and secret are no pair. Callers are not told
// which of them was wrong.
func refused(err error) bool {
	return errors.Is(err, directory.ErrAppNotFound) || errors.Is(err, directory.ErrAppSecret)
}
