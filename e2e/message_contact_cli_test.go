package e2e

import (
	"encoding/json"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"testing"

	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
)

// aliyunCLI makes calls like recorded ones of the aliyun CLI: POST with everything in the query, an
// empty body that is declared as a form, lists as JSON in one parameter, and an empty SignatureType
// that is signed too.
func aliyunCLI(t *testing.T, s *server) caller {
	t.Helper()
	return func(action string, parameters map[string]string) (map[string]any, error) {
		query := url.Values{"Action": {action}, "Format": {"JSON"}, "RegionId": {"cn-hangzhou"}, "SignatureType": {""}}
		for name, value := range asJSONLists(t, parameters) {
			query.Set(name, value)
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url("/?"+signV1(http.MethodPost, accessKey, accessSecret, query).Encode()), nil)
		if err != nil {
			return nil, err
		}
		for name, value := range map[string]string{
			"Accept-Encoding": "identity", "Content-Type": "application/x-www-form-urlencoded",
			"x-acs-action": action, "x-acs-version": rpcVersion, "x-acs-credentials-provider": "static_sts",
			"x-sdk-client": "golang/1.0.0", "x-sdk-core-version": "1.63.22", "x-sdk-invoke-type": "common",
		} {
			request.Header.Set(name, value)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return nil, err
		}
		r := readReply(t, response)
		if r.status != http.StatusOK {
			return nil, sdkerrors.NewServerError(r.status, r.body, "")
		}
		equal(t, action+": content type", r.header.Get("Content-Type"), "application/json;charset=utf-8")
		return decode[map[string]any](t, r), nil
	}
}

// asJSONLists turns X.1, X.2 into X=["...","..."], which a user would type after --X.
func asJSONLists(t *testing.T, parameters map[string]string) map[string]string {
	t.Helper()
	type element struct {
		at    int
		value string
	}
	lists, flat := map[string][]element{}, map[string]string{}
	for name, value := range parameters {
		list, index, found := strings.Cut(name, ".")
		if !found {
			flat[name] = value
			continue
		}
		at, err := strconv.Atoi(index)
		if err != nil {
			t.Fatal(err)
		}
		lists[list] = append(lists[list], element{at, value})
	}
	for name, elements := range lists {
		sort.Slice(elements, func(i, j int) bool { return elements[i].at < elements[j].at })
		var values []string
		for _, e := range elements {
			values = append(values, e.value)
		}
		text, err := json.Marshal(values)
		if err != nil {
			t.Fatal(err)
		}
		flat[name] = string(text)
	}
	return flat
}

func TestAliyunCLIParameterForms(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	call := aliyunCLI(t, s)
	tests := map[string]struct {
		types string
		want  string // the code, or "" and the types
	}{
		"a JSON array":                     {`["AccountExpenses","SecurityMessage"]`, `["AccountExpenses","SecurityMessage"]`},
		"blanks in it":                     {` [ "AccountExpenses" , "SecurityMessage" ] `, `["AccountExpenses","SecurityMessage"]`},
		"the same one twice":               {`["FaultMessage","FaultMessage"]`, `["FaultMessage"]`},
		"a bare value":                     {`FaultMessage`, `["FaultMessage"]`},
		"no JSON":                          {`["AccountExpenses"`, "InvalidParameter.MessageTypes"},
		"an object":                        {`{"a":"AccountExpenses"}`, "InvalidParameter.MessageTypes"},
		"numbers":                          {`[1]`, "InvalidParameter.MessageTypes"},
		"an unknown one behind a good one": {`["FaultMessage","Gossip"]`, "InvalidParameter.MessageTypes"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := call("UpdateMessageContact", map[string]string{"ContactId": pendingContact, "MessageTypes": test.types})
			if !strings.HasPrefix(test.want, "[") {
				equal(t, "code", errorCode(t, err), test.want)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			got, err := call("GetMessageContact", map[string]string{"ContactId": pendingContact})
			if err != nil {
				t.Fatal(err)
			}
			types, _ := json.Marshal(field(t, got, "Contact", "MessageTypes"))
			equal(t, "MessageTypes", string(types), test.want)
		})
	}

	_, err := call("AddMessageContact", map[string]string{"Name": "empty", "EmailAddress": "empty@example.com", "Title": "CEO", "MessageTypes": "[]"})
	equal(t, "code for a new contact of no kinds", errorCode(t, err), "MissingParameter.MessageTypes")

	_, err = call("UpdateMessageContact", map[string]string{"ContactId": pendingContact, "MessageTypes": `["FaultMessage"]`, "PhoneNumber": "86-13900001234"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = call("UpdateMessageContact", map[string]string{"ContactId": pendingContact, "PhoneNumber": ""}); err != nil {
		t.Fatal(err)
	}
	got, err := call("GetMessageContact", map[string]string{"ContactId": pendingContact})
	if err != nil {
		t.Fatal(err)
	}
	if phone := field(t, got, "Contact", "PhoneNumber"); phone != nil {
		t.Errorf("PhoneNumber after it was given empty: got %v, want none", phone)
	}
}

// TestAliyunCLIPages reads pages as --pager path='Contacts[]' does.
func TestAliyunCLIPages(t *testing.T) {
	t.Parallel()
	s := startDev(t, "--ephemeral")
	call := aliyunCLI(t, s)
	var found []string
	for page := 1; ; page++ {
		answer, err := call("ListMessageContacts", map[string]string{"PageNumber": strconv.Itoa(page), "PageSize": "1"})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "PageNumber", answer["PageNumber"], any(float64(page)))
		equal(t, "PageSize", answer["PageSize"], any(float64(1)))
		equal(t, "TotalCount", answer["TotalCount"], any(float64(2)))
		ids := list(t, answer, "Contacts", "ContactId")
		if len(ids) == 0 {
			break
		}
		found = append(found, ids...)
	}
	sort.Strings(found)
	same(t, "contacts on all pages", found, pendingContact, activeContact)
}
