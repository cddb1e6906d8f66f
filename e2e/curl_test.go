package e2e

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// The vendors' three sample requests, sent without any client, byte for byte as their pages print
// them or as the client named there sends them.

// javaUpdateQuery and javaUpdateBody are what the official Java client sends for the
// sample of 000_086062a6549f3f03.txt; only the access token is ours.
const (
	javaUpdateQuery = "method=dingtalk.corp.extcontact.update&v=2.0&timestamp=2021-01-01+08%3A00%3A00&partner_id=top-sdk-java-dynamicVersionNo&session=" + tokenA
	javaUpdateBody  = "contact=%7B%22address%22%3A%22%E5%9C%B0%E5%9D%80%E5%86%85%E5%AE%B9%5C%2F1%22%2C%22company_name%22%3A%22%E9%92%89%E9%92%89%22%2C%22follower_user_id%22%3A%22023420013645%22%2C%22label_ids%22%3A%5B1%2C2%2C3%5D%2C%22name%22%3A%22%E5%BC%A0%E4%B8%89%22%2C%22remark%22%3A%22%E5%A4%87%E6%B3%A8%E5%86%85%E5%AE%B9%22%2C%22share_dept_ids%22%3A%5B1%2C2%2C3%5D%2C%22share_user_ids%22%3A%5B%22023420013644%22%5D%2C%22title%22%3A%22%E5%BC%80%E5%8F%91%E5%B7%A5%E7%A8%8B%E5%B8%88%22%2C%22user_id%22%3A%22123420013632%22%7D"
)

// raw sends raw bytes, for requests that no HTTP library would write.
func (s *server) raw(t *testing.T, request string) reply {
	t.Helper()
	conn, err := net.Dial("tcp", s.host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := fmt.Fprint(conn, request); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	return readReply(t, response)
}

func (s *server) javaUpdate(t *testing.T, parameters string) reply {
	t.Helper()
	return s.raw(t, "POST /router/rest?"+javaUpdateQuery+parameters+" HTTP/1.1\r\n"+
		"Accept: text/xml,text/javascript\r\n"+
		"User-Agent: top-sdk-java\r\n"+
		"Content-Type: application/x-www-form-urlencoded;charset=UTF-8\r\n"+
		"Host: eco.taobao.com\r\n"+
		"Connection: keep-alive\r\n"+
		fmt.Sprintf("Content-Length: %d\r\n\r\n", len(javaUpdateBody))+
		javaUpdateBody)
}

func matches(t *testing.T, what string, r reply, status int, contentType, body string) {
	t.Helper()
	equal(t, what+": status", r.status, status)
	equal(t, what+": content type", strings.ToLower(r.header.Get("Content-Type")), contentType)
	if !regexp.MustCompile("^" + body + "$").MatchString(r.body) {
		t.Errorf("%s: got body %s, want %s", what, r.body, body)
	}
}

func TestSeedRequestUpdateExternalContact(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	const (
		json = `{"dingtalk_corp_extcontact_update_response":{"result":{"ding_open_errcode":0,"error_msg":"成功","success":true},"request_id":"[0-9a-z]{12,13}"}}`
		xml  = `<\?xml version="1.0" encoding="utf-8" \?><dingtalk_corp_extcontact_update_response><result><ding_open_errcode>0</ding_open_errcode><error_msg>成功</error_msg><success>true</success></result><request_id>[0-9a-z]{12,13}</request_id></dingtalk_corp_extcontact_update_response>`
	)
	matches(t, "no format", s.javaUpdate(t, ""), 200, "text/xml;charset=utf-8", xml)
	matches(t, "format=xml", s.javaUpdate(t, "&format=xml"), 200, "text/xml;charset=utf-8", xml)
	matches(t, "format=json", s.javaUpdate(t, "&format=json&sign_method=hmac-sha256"), 200, "application/json;charset=utf-8", json)
	equal(t, "address read back", s.externalContactField(t, tokenA, "address"), "地址内容/1")

	r := s.topCall(t, "dingtalk.corp.extcontact.update", "json", tokenA, url.Values{"contact": {`{"user_id":`}})
	matches(t, "contact that is no JSON", r, 200, "application/json;charset=utf-8",
		`{"error_response":{"code":50,"msg":"Remote service error","sub_code":"isv.invalid-parameter","sub_msg":"非法参数","request_id":"[0-9a-z]{12,13}"}}`)
}

func TestSeedRequestIsInTheHistory(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	r := s.javaUpdate(t, "&format=json")
	answer := decode[struct {
		Response struct {
			RequestID string `json:"request_id"`
		} `json:"dingtalk_corp_extcontact_update_response"`
	}](t, r)
	entry := s.audited(t, answer.Response.RequestID)
	equal(t, "api", entry.API, "dingtalk.corp.extcontact.update")
	equal(t, "object", entry.Object, externalContact)
	if strings.Contains(string(entry.Before), "地址内容") || !strings.Contains(string(entry.After), "地址内容") {
		t.Errorf("history: got before %s and after %s, want the address in the latter only", entry.Before, entry.After)
	}
}

func TestSeedRequestVisibleInOtherOrg(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	const body = `{
"toCorpIds" : [ "ding12345678" ],
"optUserId" : "102530009661373952",
"fields" : [ "mobile" ]
}`
	const head = "PUT /v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg HTTP/1.1\r\n" +
		"Host:api.dingtalk.io\r\n" +
		"x-acs-dingtalk-access-token:101w3c04ffa2386da6530e5123bdf260\r\n" +
		"Content-Type:application/json\r\n"

	r := s.raw(t, head+fmt.Sprintf("Content-Length: %d\r\n\r\n", len(body))+body)
	matches(t, "sample request", r, 200, "application/json;charset=utf-8", `{"result":true}`)

	// The Node.js SDK sends its bodies like this.
	r = s.raw(t, head+fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(body), body))
	matches(t, "chunked body", r, 200, "application/json;charset=utf-8", `{"result":true}`)

	r = s.raw(t, head+"Content-Length: 2\r\n\r\n{}")
	matches(t, "empty object", r, 400, "application/json;charset=utf-8",
		`{"code":"invalid.param","requestid":"[0-9A-F-]{36}","message":"参数无效[^"]*"}`)
}

// sampleUpdate returns the request of 002_04536345c67f442b.txt with its masked values filled in.
func sampleUpdate() url.Values {
	return url.Values{
		"Action":         {"UpdateMessageContact"},
		"ContactId":      {activeContact},
		"Name":           {"tom"},
		"EmailAddress":   {"someone@example.com"},
		"PhoneNumber":    {"86-13900001234"},
		"Title":          {"TechnicalDirector"},
		"MessageTypes.1": {"AccountExpenses"},
	}
}

func TestSeedRequestUpdateMessageContact(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	const (
		id   = "[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"
		json = `{"RequestId":"` + id + `"}`
		xml  = `(<\?xml version=["']1.0["'] encoding=["'](UTF|utf)-8["'] ?\?>)?<UpdateMessageContactResponse><RequestId>` + id + `</RequestId></UpdateMessageContactResponse>`
	)
	asJSON, asXML := sampleUpdate(), sampleUpdate()
	asJSON.Set("Format", "JSON")
	asXML.Set("Format", "XML")

	matches(t, "GET", s.signedCall(t, http.MethodGet, asJSON), 200, "application/json;charset=utf-8", json)
	matches(t, "POST", s.signedCall(t, http.MethodPost, asJSON), 200, "application/json;charset=utf-8", json)
	matches(t, "XML", s.signedCall(t, http.MethodGet, asXML), 200, "text/xml;charset=utf-8", xml)
	matches(t, "no format", s.signedCall(t, http.MethodGet, sampleUpdate()), 200, "text/xml;charset=utf-8", xml)

	unsigned := s.call(t, http.MethodGet, "/?"+asJSON.Encode()+"&Version=2022-04-19", nil)
	equal(t, "status of an unsigned call", unsigned.status, 400)
}

func TestErrorPageBehindRecommend(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	nameless := sampleUpdate()
	nameless.Set("Format", "JSON")
	nameless.Set("Name", "t")
	r := s.signedCall(t, http.MethodGet, nameless)
	answer := decode[struct{ Code, Message, RequestID, HostID, Recommend string }](t, r)
	equal(t, "code", answer.Code, "InvalidParameter.Name.Length")
	equal(t, "message", answer.Message, "The Name exceeds the length limit.")
	equal(t, "request id in the header", r.header.Get("x-acs-request-id"), answer.RequestID)

	page, err := url.Parse(answer.Recommend)
	if err != nil {
		t.Fatal(err)
	}
	shown := s.call(t, http.MethodGet, page.RequestURI(), nil)
	equal(t, "status of "+answer.Recommend, shown.status, 200)
	if !strings.Contains(shown.body, answer.Code) {
		t.Errorf("page %s: got %s, want it to explain %s", answer.Recommend, shown.body, answer.Code)
	}
}

func TestTLSIsTrustedWithTheServersOwnAuthority(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	roots := x509.NewCertPool()
	if pem := s.call(t, http.MethodGet, "/_mingce/ca.pem", nil); !roots.AppendCertsFromPEM([]byte(pem.body)) {
		t.Fatalf("GET /_mingce/ca.pem: got %s, want a certificate", pem)
	}
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	defer client.CloseIdleConnections()

	_, port, err := net.SplitHostPort(s.tlsHost)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1", "localhost"} {
		response, err := client.Get("https://" + net.JoinHostPort(host, port) + "/readyz")
		if err != nil {
			t.Errorf("HTTPS to %s: got %v, want it trusted", host, err)
			continue
		}
		equal(t, "status over HTTPS to "+host, readReply(t, response).status, 200)
	}
}
