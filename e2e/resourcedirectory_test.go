package e2e

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	openapi "github.com/alibabacloud-go/darabonba-openapi/v2/client"
	rpc "github.com/alibabacloud-go/tea-rpc/client"
	rpcutil "github.com/alibabacloud-go/tea-utils/service"
	util "github.com/alibabacloud-go/tea-utils/v2/service"
	"github.com/alibabacloud-go/tea/tea"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
)

const rpcVersion = "2022-04-19"

// caller sends one operation through a vendor's client and returns the answer's fields.
type caller func(action string, parameters map[string]string) (map[string]any, error)

// openAPI calls through the generic call that every current Alibaba Cloud Go SDK is made of.
// The algorithm "v2" makes it sign as the older ones did; "" is ACS3-HMAC-SHA256.
func openAPI(t *testing.T, host, key, secret, algorithm string) caller {
	t.Helper()
	client, err := openapi.NewClient(&openapi.Config{
		AccessKeyId: tea.String(key), AccessKeySecret: tea.String(secret),
		Endpoint: tea.String(host), Protocol: tea.String("http"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if algorithm != "" {
		client.SignatureAlgorithm = tea.String(algorithm)
	}
	return func(action string, parameters map[string]string) (map[string]any, error) {
		result, err := client.CallApi(&openapi.Params{
			Action: tea.String(action), Version: tea.String(rpcVersion), Protocol: tea.String("HTTPS"),
			Pathname: tea.String("/"), Method: tea.String("POST"), AuthType: tea.String("AK"), Style: tea.String("RPC"),
			ReqBodyType: tea.String("formData"), BodyType: tea.String("json"),
		}, &openapi.OpenApiRequest{Query: toPointers(parameters)}, &util.RuntimeOptions{})
		if err != nil {
			return nil, err
		}
		body, _ := result["body"].(map[string]any)
		return body, nil
	}
}

func toPointers(parameters map[string]string) map[string]*string {
	pointers := map[string]*string{}
	for name, value := range parameters {
		pointers[name] = tea.String(value)
	}
	return pointers
}

// commonRequest calls through the older Go SDK, with the parameters in query or form.
func commonRequest(t *testing.T, host, key, secret, method string, inForm bool) caller {
	t.Helper()
	client, err := sdk.NewClientWithOptions("cn-hangzhou", sdk.NewConfig(), credentials.NewAccessKeyCredential(key, secret))
	if err != nil {
		t.Fatal(err)
	}
	return func(action string, parameters map[string]string) (map[string]any, error) {
		request := requests.NewCommonRequest()
		request.Method, request.Scheme, request.Domain = method, "http", host
		request.Product, request.Version, request.ApiName = "ResourceDirectoryMaster", rpcVersion, action
		for name, value := range parameters {
			if inForm {
				request.FormParams[name] = value
			} else {
				request.QueryParams[name] = value
			}
		}
		response, err := client.ProcessCommonRequest(request)
		if err != nil {
			return nil, err
		}
		return decode[map[string]any](t, reply{body: response.GetHttpContentString()}), nil
	}
}

// terraform calls through the transport of the Terraform provider.
func terraform(t *testing.T, host, key, secret string) func(action string, request map[string]any) (map[string]any, error) {
	t.Helper()
	client, err := rpc.NewClient(&rpc.Config{
		AccessKeyId: tea.String(key), AccessKeySecret: tea.String(secret),
		Endpoint: tea.String(host), Protocol: tea.String("HTTP"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return func(action string, request map[string]any) (map[string]any, error) {
		return client.DoRequest(tea.String(action), nil, tea.String("POST"), tea.String(rpcVersion),
			tea.String("AK"), nil, request, &rpcutil.RuntimeOptions{})
	}
}

func rpcCallers(t *testing.T, host, key, secret string) map[string]caller {
	t.Helper()
	provider := terraform(t, host, key, secret)
	return map[string]caller{
		"darabonba-openapi, V3":           openAPI(t, host, key, secret, ""),
		"darabonba-openapi, V1":           openAPI(t, host, key, secret, "v2"),
		"alibaba-cloud-sdk-go, GET":       commonRequest(t, host, key, secret, "GET", false),
		"alibaba-cloud-sdk-go, POST":      commonRequest(t, host, key, secret, "POST", false),
		"alibaba-cloud-sdk-go, POST form": commonRequest(t, host, key, secret, "POST", true),
		"tea-rpc": func(action string, parameters map[string]string) (map[string]any, error) {
			request := map[string]any{}
			for name, value := range parameters {
				request[name] = value
			}
			return provider(action, request)
		},
	}
}

// field walks through the maps of an answer.
func field(t *testing.T, answer map[string]any, path ...string) any {
	t.Helper()
	var value any = answer
	for _, name := range path {
		object, ok := value.(map[string]any)
		if !ok {
			t.Fatalf("answer %v has no %s", answer, strings.Join(path, "."))
		}
		value = object[name]
	}
	return value
}

func TestAlibabaCloudSDKsAddGetUpdate(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	letter := 'a' // of the contact's name, which is unique in the directory
	for name, call := range rpcCallers(t, s.host, accessKey, accessSecret) {
		contactName := "汤姆" + string(letter)
		letter++
		t.Run(name, func(t *testing.T) {
			added, err := call("AddMessageContact", map[string]string{
				"Name": contactName, "EmailAddress": "a+b@example.com", "PhoneNumber": "86-13900001234", "Title": "CEO",
				"MessageTypes.1": "AccountExpenses", "MessageTypes.2": "SecurityMessage",
			})
			if err != nil {
				t.Fatal(err)
			}
			id, _ := field(t, added, "Contact", "ContactId").(string)

			// A contact that was never verified takes a new address at once.
			if _, err := call("UpdateMessageContact", map[string]string{
				"ContactId": id, "EmailAddress": "x~y*z@example.com", "MessageTypes.1": "FaultMessage",
			}); err != nil {
				t.Fatal(err)
			}

			got, err := call("GetMessageContact", map[string]string{"ContactId": id})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "Name", field(t, got, "Contact", "Name"), any(contactName))
			equal(t, "EmailAddress", field(t, got, "Contact", "EmailAddress"), any("x~y*z@example.com"))
			equal(t, "PhoneNumber", field(t, got, "Contact", "PhoneNumber"), any("86-13900001234"))
			equal(t, "Title", field(t, got, "Contact", "Title"), any("CEO"))
			equal(t, "Status", field(t, got, "Contact", "Status"), any("Verifying"))
			types, _ := field(t, got, "Contact", "MessageTypes").([]any)
			if len(types) != 1 || types[0] != "FaultMessage" {
				t.Errorf("MessageTypes: got %v, want [FaultMessage]", types)
			}
		})
	}
}

func TestAlibabaCloudSDKsReadTheSample(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	for name, call := range rpcCallers(t, s.host, readonlyKey, readonlySecret) {
		t.Run(name, func(t *testing.T) {
			got, err := call("GetMessageContact", map[string]string{"ContactId": activeContact})
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "Name", field(t, got, "Contact", "Name"), any("tom"))
			equal(t, "EmailAddress", field(t, got, "Contact", "EmailAddress"), any("someone@example.com"))
			equal(t, "Status", field(t, got, "Contact", "Status"), any("Active"))
		})
	}
}

func TestTerraformProviderRequests(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	call := terraform(t, s.host, accessKey, accessSecret)

	added, err := call("AddMessageContact", map[string]any{
		"EmailAddress": "resource@example.com", "Name": "abcde", "PhoneNumber": "86-18626811111",
		"MessageTypes": []any{"AccountExpenses"}, "Title": "TechnicalDirector",
	})
	if err != nil {
		t.Fatal(err)
	}
	id, _ := field(t, added, "Contact", "ContactId").(string)
	read := func(name string) any {
		t.Helper()
		got, err := call("GetMessageContact", map[string]any{"ContactId": id})
		if err != nil {
			t.Fatal(err)
		}
		return field(t, got, "Contact", name)
	}
	equal(t, "PhoneNumber after create", read("PhoneNumber"), any("86-18626811111"))

	// Every update also sends unchanged fields.
	if _, err := call("UpdateMessageContact", map[string]any{
		"ContactId": id, "EmailAddress": "changed@example.com", "Name": "abcdeupdate", "PhoneNumber": "86-18626811112",
		"MessageTypes": []any{"ProductMessage", "SecurityMessage", "ActivityMessage"}, "Title": "MaintenanceDirector",
	}); err != nil {
		t.Fatal(err)
	}
	equal(t, "EmailAddress after update", read("EmailAddress"), any("changed@example.com"))
	equal(t, "PhoneNumber after update", read("PhoneNumber"), any("86-18626811112"))
	equal(t, "Title after update", read("Title"), any("MaintenanceDirector"))
	types, _ := read("MessageTypes").([]any)
	if len(types) != 3 || types[0] != "ProductMessage" || types[2] != "ActivityMessage" {
		t.Errorf("MessageTypes after update: got %v, want them in the order given", types)
	}

	// The user deletes phone_number: the provider sends it empty.
	if _, err := call("UpdateMessageContact", map[string]any{
		"ContactId": id, "EmailAddress": "changed@example.com", "Name": "abcdeupdate", "PhoneNumber": "",
		"MessageTypes": []any{"ProductMessage", "SecurityMessage", "ActivityMessage"}, "Title": "MaintenanceDirector",
	}); err != nil {
		t.Fatal(err)
	}
	if phone := read("PhoneNumber"); phone != nil && phone != "" {
		t.Errorf("PhoneNumber after removal: got %v, want none", phone)
	}

	_, err = call("GetMessageContact", map[string]any{"ContactId": "c-gone"})
	sdkError := errorAs[*tea.SDKError](t, err)
	equal(t, "code for a contact that is gone", tea.StringValue(sdkError.Code), "EntityNotExists.Contact")
	equal(t, "status for a contact that is gone", tea.IntValue(sdkError.StatusCode), 404)
}

func TestAlibabaCloudErrorsAsTheSDKsShowThem(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	tests := map[string]struct {
		parameters map[string]string
		status     int
		code       string
		message    string
	}{
		"no contact":        {map[string]string{"Name": "tom"}, 400, "MissingParameter.ContactId", "You must specify ContactId."},
		"malformed contact": {map[string]string{"ContactId": "tom"}, 400, "InvalidParameter.ContactId", "The ContactId is invalid."},
		"unknown contact":   {map[string]string{"ContactId": "c-unknown"}, 404, "EntityNotExists.Contact", "This Contact does not exist."},
		"digits in a name":  {map[string]string{"ContactId": activeContact, "Name": "tom1"}, 400, "InvalidParameter.Name", "The Name is invalid."},
		"name in use":       {map[string]string{"ContactId": activeContact, "Name": "jerry"}, 400, "InvalidParameter.Name.AlreadyUsed", "The Name already exists. Please change to another name."},
		"e-mail":            {map[string]string{"ContactId": activeContact, "EmailAddress": "tom"}, 400, "InvalidParameter.EmailAddress", "The EmailAddress is invalid."},
		"phone":             {map[string]string{"ContactId": activeContact, "PhoneNumber": "13900001234"}, 400, "InvalidParameter.PhoneNumber", "The PhoneNumber is invalid."},
		"country":           {map[string]string{"ContactId": activeContact, "PhoneNumber": "1-2025550123"}, 400, "InvalidParameter.MobileCountryCode", "The current site does not support the country code."},
		"title":             {map[string]string{"ContactId": activeContact, "Title": "King"}, 400, "InvalidParameter.Title", "The Title is invalid."},
		"message type":      {map[string]string{"ContactId": activeContact, "MessageTypes.1": "Gossip"}, 400, "InvalidParameter.MessageTypes", "The MessageTypes is invalid."},
	}
	current := openAPI(t, s.host, accessKey, accessSecret, "")
	older := commonRequest(t, s.host, accessKey, accessSecret, "POST", true)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := current("UpdateMessageContact", test.parameters)
			sdkError := errorAs[*tea.SDKError](t, err)
			equal(t, "code", tea.StringValue(sdkError.Code), test.code)
			equal(t, "status", tea.IntValue(sdkError.StatusCode), test.status)
			if message := tea.StringValue(sdkError.Message); !strings.Contains(message, test.message) {
				t.Errorf("message: got %q, want %q in it", message, test.message)
			}

			_, err = older("UpdateMessageContact", test.parameters)
			serverError := errorAs[*sdkerrors.ServerError](t, err)
			equal(t, "code in the older SDK", serverError.ErrorCode(), test.code)
			equal(t, "status in the older SDK", serverError.HttpStatus(), test.status)
			equal(t, "message in the older SDK", serverError.Message(), test.message)
			if !strings.Contains(serverError.Recommend(), "/console/errors/"+test.code+"?requestId="+serverError.RequestId()) {
				t.Errorf("recommend: got %q, want our error page", serverError.Recommend())
			}
		})
	}
}

func TestAlibabaCloudKeysThatMayNot(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	update := map[string]string{"ContactId": activeContact, "Title": "CEO"}
	for name, call := range rpcCallers(t, s.host, readonlyKey, readonlySecret) {
		t.Run(name, func(t *testing.T) {
			_, err := call("UpdateMessageContact", update)
			equal(t, "code", errorCode(t, err), "NoPermission")
		})
	}
	for name, call := range rpcCallers(t, s.host, "noSuchKeyId", accessSecret) {
		t.Run("unknown key, "+name, func(t *testing.T) {
			_, err := call("UpdateMessageContact", update)
			equal(t, "code", errorCode(t, err), "InvalidAccessKeyId.NotFound")
		})
	}
	for name, call := range rpcCallers(t, s.host, accessKey, "wrong") {
		t.Run("wrong secret, "+name, func(t *testing.T) {
			_, err := call("UpdateMessageContact", update)
			equal(t, "code", errorCode(t, err), "SignatureDoesNotMatch")
			// The older SDK compares the server's string to sign with its own, and blames
			// the secret only if they are identical.
			if serverError, ok := err.(*sdkerrors.ServerError); ok {
				equal(t, "recommend", serverError.Recommend(), "InvalidAccessKeySecret: Please check you AccessKeySecret")
			}
		})
	}
}

func errorCode(t *testing.T, err error) string {
	t.Helper()
	if serverError, ok := err.(*sdkerrors.ServerError); ok {
		return serverError.ErrorCode()
	}
	return tea.StringValue(errorAs[*tea.SDKError](t, err).Code)
}

func TestAlibabaCloudServerBusyIsAnError(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	s.fault(t, "UpdateMessageContact", "ConcurrentCallNotSupported")
	_, err := openAPI(t, s.host, accessKey, accessSecret, "")("UpdateMessageContact", map[string]string{"ContactId": activeContact, "Title": "CEO"})
	sdkError := errorAs[*tea.SDKError](t, err)
	equal(t, "code", tea.StringValue(sdkError.Code), "ConcurrentCallNotSupported")
	equal(t, "status", tea.IntValue(sdkError.StatusCode), 429)
}

// recorder is a proxy between a client and the server that records the last request.
type recorder struct {
	*httptest.Server
	target string

	mu   sync.Mutex
	last *http.Request
	body []byte
}

func newRecorder(t *testing.T, target string) *recorder {
	t.Helper()
	r := &recorder{target: target}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	r.mu.Lock()
	r.last, r.body = request.Clone(request.Context()), body
	r.mu.Unlock()
	response, err := r.forward(request, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer response.Body.Close()
	w.Header().Set("Content-Type", response.Header.Get("Content-Type"))
	w.WriteHeader(response.StatusCode)
	_, _ = io.Copy(w, response.Body)
}

// forward sends a recorded request unchanged, including Host, because V3 signs it.
func (r *recorder) forward(request *http.Request, body []byte) (*http.Response, error) {
	again, err := http.NewRequest(request.Method, "http://"+r.target+request.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	again.Header, again.Host = request.Header, request.Host
	return http.DefaultClient.Do(again)
}

func TestReplayedRequestsAreRefused(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	r := newRecorder(t, s.host)
	for name, call := range rpcCallers(t, strings.TrimPrefix(r.URL, "http://"), accessKey, accessSecret) {
		t.Run(name, func(t *testing.T) {
			if _, err := call("UpdateMessageContact", map[string]string{"ContactId": pendingContact, "Title": "CEO"}); err != nil {
				t.Fatal(err)
			}
			response, err := r.forward(r.last, r.body)
			if err != nil {
				t.Fatal(err)
			}
			again := readReply(t, response)
			equal(t, "status of the same request again", again.status, 400)
			if !strings.Contains(again.body, "SignatureNonceUsed") {
				t.Errorf("same request again: got %s, want SignatureNonceUsed", again)
			}
		})
	}
}
