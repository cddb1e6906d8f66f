package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mingce/mingce/mingcetest"
)

// served is a `mingce serve` in a separate process, with the output of init.
type served struct {
	url    string
	dir    string
	said   map[string]string
	client *http.Client
}

func startServe(t *testing.T, args ...string) *served {
	t.Helper()
	s := &served{dir: t.TempDir(), said: map[string]string{}, client: &http.Client{Transport: &http.Transport{}}}
	config := filepath.Join(s.dir, "mingce.json")
	var out, errs bytes.Buffer
	if exit := run([]string{"init", "--org-name", "星河科技", "--org", "dingstar", "--config", config, "--addr", "127.0.0.1:0"}, &out, &errs); exit != exitDone {
		t.Fatalf("init: exit %d, %s", exit, errs.String())
	}
	for _, m := range regexp.MustCompile(`(?m)^(\S+(?: \S+)*) {2,}(\S+)`).FindAllStringSubmatch(out.String(), -1) {
		s.said[m[1]] = m[2]
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &exec.Cmd{Path: self, Args: append([]string{"mingce", "serve", "--config", config}, args...), Env: os.Environ(), Stderr: os.Stderr}
	said, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	line, err := bufio.NewReader(said).ReadString('\n')
	if err != nil {
		t.Fatalf("serve ended before it was ready: %v", err)
	}
	s.url = strings.TrimSpace(line[strings.Index(line, "http"):])
	return s
}

func (s *served) do(t *testing.T, method, target, contentType, body string, header ...string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequest(method, s.url+target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := s.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// TestServeLimitsRatesAsEachFamilySays sets a rate that the second call of an app and operation
// exceeds (docs/spec/reliability.md#rates).
func TestServeLimitsRatesAsEachFamilySays(t *testing.T) {
	t.Parallel()
	s := startServe(t, "--rate", "0.0001", "--burst", "1")
	_, answer := s.do(t, http.MethodGet, "/gettoken?"+url.Values{"appkey": {s.said["appKey"]}, "appsecret": {s.said["appSecret"]}}.Encode(), form, "")
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal([]byte(answer), &token); err != nil || token.AccessToken == "" {
		t.Fatalf("token: %v, %s", err, answer)
	}
	for family, c := range map[string]struct {
		call   func() (int, string)
		status int
		says   string
	}{
		"TOP": {func() (int, string) {
			q := url.Values{"method": {"dingtalk.corp.extcontact.listlabelgroups"}, "v": {"2.0"}, "format": {"json"}, "session": {token.AccessToken}}
			return s.do(t, http.MethodPost, "/router/rest?"+q.Encode(), form, "size=1&offset=0")
		}, 200, `"code":7`},
		"oapi": {func() (int, string) {
			return s.do(t, http.MethodPost, "/topapi/extcontact/listlabelgroups?access_token="+token.AccessToken, "application/json", `{"size":1,"offset":0}`)
		}, 200, `90018`},
		"REST": {func() (int, string) {
			return s.do(t, http.MethodPut, "/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg", "application/json", `{"toCorpIds":[]}`,
				"x-acs-dingtalk-access-token", token.AccessToken)
		}, 403, `Forbidden.AccessDenied.QpsLimitForAppkeyAndApi`},
		"RPC": {func() (int, string) {
			v := url.Values{"Action": {"ListMessageContacts"}, "Version": {"2022-04-19"}, "Format": {"JSON"}}
			mingcetest.SignRPC(http.MethodPost, v, s.said["AccessKeyId"], s.said["AccessKeySecret"])
			return s.do(t, http.MethodPost, "/", form, v.Encode())
		}, 400, `"Code":"Throttling.`},
	} {
		if _, first := c.call(); strings.Contains(first, c.says) {
			t.Errorf("%s: the first call was refused: %s", family, first)
		}
		if status, second := c.call(); status != c.status || !strings.Contains(second, c.says) {
			t.Errorf("%s: got %d %s, want %d with %s", family, status, second, c.status, c.says)
		}
	}
}

// TestServeWithItsOwnAuthority serves only HTTPS, with a certificate of its own authority, which
// clients can trust.
func TestServeWithItsOwnAuthority(t *testing.T) {
	t.Parallel()
	s := startServe(t, "--own-ca")
	if !strings.HasPrefix(s.url, "https://") {
		t.Fatalf("got %s, want https", s.url)
	}
	text, err := os.ReadFile(filepath.Join(s.dir, "mingce-data", "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(text)
	s.client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}}
	if status, answer := s.do(t, http.MethodGet, "/healthz", form, ""); status != http.StatusOK {
		t.Errorf("got %d %s", status, answer)
	}
	resp, err := http.Get("http" + strings.TrimPrefix(s.url, "https") + "/healthz")
	if err == nil {
		resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest {
			t.Errorf("plain HTTP: got %d, want a refusal", resp.StatusCode)
		}
	}
	_, strangers := (&http.Client{}).Get(s.url + "/healthz")
	if strangers == nil {
		t.Error("a client that trusts nobody got an answer")
	}
}
