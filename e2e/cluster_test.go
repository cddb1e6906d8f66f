package e2e

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	util "github.com/alibabacloud-go/tea-utils/v2/service"
	"github.com/jackc/pgx/v5"
)

// startCluster starts two processes at once on one new database.
func startCluster(t *testing.T) (one, other *server) {
	t.Helper()
	database := newDatabase(t)
	one = launchDev(t, "--database", database)
	other = launchDev(t, "--database", database)
	one.waitReady(t)
	other.waitReady(t)
	return one, other
}

// newDatabase makes an empty database on the PostgreSQL that MINGCE_TEST_POSTGRES names.
func newDatabase(t *testing.T) string {
	t.Helper()
	admin := os.Getenv("MINGCE_TEST_POSTGRES")
	if admin == "" {
		if os.Getenv("MINGCE_TEST_POSTGRES_REQUIRED") != "" {
			t.Fatal("MINGCE_TEST_POSTGRES is not set, but required here")
		}
		t.Skip("left out: MINGCE_TEST_POSTGRES names no PostgreSQL")
	}
	conn, err := pgx.Connect(t.Context(), admin)
	if err != nil {
		t.Fatal(err)
	}
	name := "mingce_e2e_" + strings.ToLower(rand.Text())
	if _, err := conn.Exec(t.Context(), "create database "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := conn.Exec(context.Background(), "drop database "+name+" with (force)"); err != nil {
			t.Errorf("dropping the database: %v", err)
		}
		conn.Close(context.Background())
	})

	address, err := url.Parse(admin)
	if err != nil {
		t.Fatal(err)
	}
	address.Path = "/" + name
	return address.String()
}

func TestTwoProcessesOnOneDatabaseAreOneService(t *testing.T) {
	t.Parallel()
	one, other := startCluster(t)

	t.Run("a token issued by one works at the other", func(t *testing.T) {
		r := one.call(t, http.MethodPost, "/v1.0/oauth2/accessToken", map[string]string{"appKey": appKeyA, "appSecret": appSecretA})
		token := decode[struct{ AccessToken string }](t, r).AccessToken
		if _, err := grantVisibility(t, dingtalkConfig(other), token, sampleGrant(), &util.RuntimeOptions{}); err != nil {
			t.Fatal(err)
		}
		equal(t, "fields granted to corp B, read through the first", one.visibilityGrants(t)[corpB], "mobile")
	})

	t.Run("a nonce used at one is refused at the other", func(t *testing.T) {
		update := sampleUpdate()
		update.Set("Format", "JSON")
		request := "/?" + signV1(http.MethodGet, accessKey, accessSecret, update).Encode()
		if r := one.call(t, http.MethodGet, request, nil); r.status != http.StatusOK {
			t.Fatalf("first time: got %s, want 200", r)
		}
		r := other.call(t, http.MethodGet, request, nil)
		if r.status != http.StatusBadRequest || !strings.Contains(r.body, "SignatureNonceUsed") {
			t.Errorf("second time: got %s, want 400 SignatureNonceUsed", r)
		}
	})

	t.Run("a change through one is read through the other", func(t *testing.T) {
		one.javaUpdate(t, "&format=json")
		equal(t, "address", other.externalContactField(t, tokenA, "address"), "地址内容/1")
	})

	t.Run("a change through one is in the history of the other", func(t *testing.T) {
		r := one.topCall(t, "dingtalk.corp.extcontact.update", "json", tokenA, url.Values{
			"contact": {`{"user_id":"` + externalContact + `","name":"张四","follower_user_id":"023420013645","label_ids":[1]}`},
		})
		answer := decode[struct {
			Response struct {
				RequestID string `json:"request_id"`
			} `json:"dingtalk_corp_extcontact_update_response"`
		}](t, r)
		equal(t, "object", other.audited(t, answer.Response.RequestID).Object, externalContact)
	})

	equal(t, "exit code of one", one.stop(t), 0)
	equal(t, "name read from the one that is left", other.externalContactField(t, tokenA, "name"), "张四")
}
