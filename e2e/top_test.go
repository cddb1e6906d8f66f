package e2e

import (
	"net/http"
	"net/url"
	"testing"
	"time"
)

// topCall is one unsigned call of the TOP gateway, the way the official Java client
// sends it: system parameters in the query, business parameters in a form body.
func (s *server) topCall(t *testing.T, method, format, session string, business url.Values) reply {
	t.Helper()
	system := url.Values{
		"method":      {method},
		"v":           {"2.0"},
		"timestamp":   {time.Now().UTC().Add(8 * time.Hour).Format(time.DateTime)},
		"partner_id":  {"top-sdk-java-dynamicVersionNo"},
		"session":     {session},
		"sign_method": {"hmac-sha256"},
	}
	if format != "" {
		system.Set("format", format)
	}
	return s.call(t, http.MethodPost, "/router/rest?"+system.Encode(), business)
}

// externalContactField reads one text field of the sample's external contact.
func (s *server) externalContactField(t *testing.T, session, field string) string {
	t.Helper()
	r := s.topCall(t, "dingtalk.corp.extcontact.get", "json", session, url.Values{"user_id": {externalContact}})
	answer := decode[struct {
		Response struct {
			Result struct {
				Result map[string]any
			}
		} `json:"dingtalk_corp_extcontact_get_response"`
	}](t, r)
	value, ok := answer.Response.Result.Result[field].(string)
	if !ok {
		t.Fatalf("field %s of contact %s: got %s, want a text", field, externalContact, r)
	}
	return value
}
