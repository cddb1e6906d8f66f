package records_test

import (
	"bytes"
	"testing"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/records"
)

func vendors(t *testing.T) records.Vendors {
	t.Helper()
	c, err := instance.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	return records.Vendors{Catalogue: c, Version: "1.2.3", Codes: map[api.Family][]*api.Code{
		api.RESTFamily: {{HTTP: 400, Code: "InvalidAuthentication", Msg: "不合法的access_token"}},
		api.OAPIFamily: api.Errcodes(),
	}}
}

func TestVendorsDocumentIsOpenAPI(t *testing.T) {
	t.Parallel()
	text := records.VendorsDocument(vendors(t))
	if !bytes.Equal(text, records.VendorsDocument(vendors(t))) {
		t.Error("the document differs when it is made again")
	}
	d := readDocument(t, text)
	d.obeysOpenAPI(t)
	d.examplesFit(t)
}

// Whatever the two gateways offer is in the document, at its path and with its
// methods.
func TestVendorsDocumentHasEveryRoute(t *testing.T) {
	t.Parallel()
	v := vendors(t)
	d := readDocument(t, records.VendorsDocument(v))
	in := map[string]bool{}
	d.operations(func(path, method string, _ map[string]any) { in[method+" "+path] = true })
	for _, want := range []string{
		"post /topapi/extcontact/update", "get /topapi/extcontact/get", "post /topapi/extcontact/get", "get /gettoken", "get /user/delete",
		"put /v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg", "get /v1.0/contact/users/{unionId}", "post /v1.0/oauth2/{corpId}/token",
	} {
		if !in[want] {
			t.Errorf("%s is not in the document", want)
		}
	}
	for _, not := range []string{"get /topapi/extcontact/update", "post /gettoken"} {
		if in[not] {
			t.Errorf("%s is in the document, though the gateway refuses it", not)
		}
	}
	routes := 0
	for _, o := range v.Catalogue.Operations() {
		for _, r := range o.Routes {
			if r.Family == api.RESTFamily || r.Family == api.OAPIFamily {
				routes++
			}
		}
	}
	if paths := d.tree["paths"].(map[string]any); len(paths) != routes {
		t.Errorf("the document has %d paths, the gateways have %d", len(paths), routes)
	}
}

func TestVendorsDocumentSaysWhatACallNeeds(t *testing.T) {
	t.Parallel()
	d := readDocument(t, records.VendorsDocument(vendors(t)))
	op := func(path, method string) map[string]any {
		return d.tree["paths"].(map[string]any)[path].(map[string]any)[method].(map[string]any)
	}
	create := d.at(t, "paths", "/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg", "put", "requestBody", "content", "application/json", "schema")
	good := map[string]any{"toCorpIds": []any{"ding12345678"}, "optUserId": "102530009661373952", "fields": []any{"mobile"}}
	if err := create.Validate(good); err != nil {
		t.Errorf("a good body is refused: %v", err)
	}
	for _, bad := range []map[string]any{
		{"toCorpIds": []any{"ding12345678"}},
		{"toCorpIds": []any{}, "optUserId": "1"},
		{"toCorpIds": []any{"ding12345678"}, "optUserId": "1", "fields": []any{"address"}},
	} {
		if create.Validate(bad) == nil {
			t.Errorf("%v is accepted by the schema, and refused by the gateway", bad)
		}
	}
	if got := op("/gettoken", "get")["security"].([]any); len(got) != 0 {
		t.Errorf("the call for a token needs %v", got)
	}
	first := func(path, method string) string {
		for name := range op(path, method)["security"].([]any)[0].(map[string]any) {
			return name
		}
		return ""
	}
	for path, want := range map[string]string{"/topapi/v2/user/get": "oapiToken", "/sso/getuserinfo": "oapiSsoToken", "/sns/getuserinfo": "oapiPersonToken"} {
		if got := first(path, "post"); got != want {
			t.Errorf("%s needs %s, want %s", path, got, want)
		}
	}
	if got := first("/v1.0/contact/users/{unionId}", "get"); got != "restUserToken" {
		t.Errorf("the call for people needs %s", got)
	}
	if _, ok := op("/v1.0/contact/orgAccounts/mobiles/visibleInOtherOrg", "put")["responses"].(map[string]any)["400"]; !ok {
		t.Error("a code of the operation is missing among the answers")
	}
}
