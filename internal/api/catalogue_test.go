package api

import (
	"net/http"
	"testing"
)

func operation(routes ...Route) *Operation {
	return Op[struct{}, struct{}]{Route: routes[0], Also: routes[1:]}.Operation()
}

func TestCatalogueFindsByAddress(t *testing.T) {
	t.Parallel()
	user := operation(REST("GetUser", http.MethodGet, "/v1.0/contact/users/{unionId...}"))
	batch := operation(REST("BatchGetUser", http.MethodGet, "/v1.0/contact/users/batch/get"))
	token := operation(REST("GetToken", http.MethodPost, "/v1.0/oauth2/{corpId}/token"))
	folder := operation(RPC("2022-04-19", "GetFolder"), RPC("2020-03-31", "GetFolder"))
	list := operation(OAPI("", "/topapi/extcontact/list"))
	c, err := NewCatalogue(user, batch, token, folder, list)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]*Operation{
		"/v1.0/contact/users/z21Hj/Qli+S==": user,
		"/v1.0/contact/users/a//b":          user,
		"/v1.0/contact/users/batch/get":     batch,
		"/v1.0/contact/users/batch%2Fget":   user, // an id
		"/v1.0/contact/users/%62atch/get":   batch,
		"/v1.0/contact%2Fusers/a":           nil,
		"/v1.0/contact/users/":              nil,
		"/v1.0/contact":                     nil,
	} {
		b, _ := c.REST(http.MethodGet, path)
		if (b == nil) != (want == nil) || b != nil && b.Operation != want {
			t.Errorf("REST(%s): got %v, want %v", path, b, want)
		}
	}
	if b, args := c.REST(http.MethodPost, "/v1.0/oauth2/ding1/token"); b == nil || args.Get("corpId").Text != "ding1" {
		t.Errorf("path parameter: got %v %+v", b, args)
	}
	if b, args := c.REST(http.MethodPost, "/v1.0/oauth2/a%2Fb%252F/token"); b == nil || args.Get("corpId").Text != "a/b%2F" {
		t.Errorf("path parameter with a slash: got %v %+v", b, args)
	}
	if b := c.OAPI("/topapi/extcontact%2Flist"); b != nil {
		t.Errorf("escaped slash: got %v, want none", b)
	}
	if o, known := c.RPC("2020-03-31", "GetFolder"); o != folder || !known {
		t.Errorf("RPC: got %v, %t", o, known)
	}
	if o, known := c.RPC("1999-01-01", "GetFolder"); o != nil || known {
		t.Errorf("RPC of an unknown version: got %v, %t", o, known)
	}
	if list.Name != "dingtalk.oapi.extcontact.list" || c.TOP(list.Name) != list || c.OAPI("/topapi/extcontact/list").Operation != list {
		t.Errorf("own gateway: got name %s", list.Name)
	}
}

func TestCatalogueRefusesTwoOfOneAddress(t *testing.T) {
	t.Parallel()
	if _, err := NewCatalogue(operation(TOP("a")), operation(TOP("b"), TOP("a"))); err == nil {
		t.Error("got no error, want one for the second a")
	}
}

func TestFaultsAreUsedUp(t *testing.T) {
	t.Parallel()
	var f Faults
	x, y := &Code{Code: "x"}, &Code{Code: "y"}
	f.Arm(Fault{Operation: "A", Code: "x", Times: 2})
	f.Arm(Fault{Operation: "*", Code: "z", Times: 1}) // no operation has it
	f.Arm(Fault{Operation: "*", Code: "y", Times: 1})
	got := ""
	for _, name := range []string{"A", "B", "A", "A", "B"} {
		code, err := f.Provoke(t.Context(), Op[struct{}, struct{}]{Route: TOP(name), Codes: []*Code{x}}.Operation(), []*Code{y})
		switch {
		case err != nil:
			t.Fatal(err)
		case code == nil:
			got += "-"
		default:
			got += code.Code
		}
	}
	if want := "xyx--"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCodesWithAName(t *testing.T) {
	t.Parallel()
	codes := []*Code{
		{Code: "Missing.<Name>", Msg: "You must specify <Name>."},
		{Code: "isv.<Name>-not-exist:invalid-<Name>"},
		{Code: "Missing.Known", Msg: "its own"},
	}
	for name, want := range map[string]string{
		"Missing.ContactId": "You must specify ContactId.", "Missing.Known": "its own", "Missing.<Name>": "You must specify <Name>.",
	} {
		if c := CodeNamed(name, codes); c == nil || c.Msg != want || c.Code != name {
			t.Errorf("%s: got %+v, want %s", name, c, want)
		}
	}
	if CodeNamed("isv.user-not-exist:invalid-id", codes) == nil {
		t.Error("two names: got none, want the code")
	}
	for _, name := range []string{"Missing.", "Missing.a b", "isv.user-not-exist", "", "missing.x"} {
		if c := CodeNamed(name, codes); c != nil {
			t.Errorf("%q: got %s, want none", name, c.Code)
		}
	}
}

// A number has one text, and what is a sub code of 88 is in the table.
func TestTableOfNumbers(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, c := range Errcodes() {
		if seen[c.Code] || c.Msg == "" || c.Why.En == "" || c.Fix.Zh == "" {
			t.Errorf("%s is there twice, or has no text or explanation", c.Code)
		}
		seen[c.Code] = true
	}
	for _, number := range layered {
		if Errcode(number) == nil {
			t.Errorf("%s: not in the table", number)
		}
	}
	for number, want := range map[string]bool{"90001": true, "90020": true, "90021": false, "60011": true, "33012": false, "x": false} {
		if got := IsLayered(number); got != want {
			t.Errorf("%s: got %t, want %t", number, got, want)
		}
	}
}

func TestFailedCallsForgetTheOldest(t *testing.T) {
	t.Parallel()
	ts := NewFailedCalls(2)
	for _, id := range []string{"a", "b", "c"} {
		ts.Add(FailedCall{RequestID: id})
	}
	if _, ok := ts.Find("a"); ok {
		t.Error("a: still there, want forgotten")
	}
	if _, ok := ts.Find("c"); !ok {
		t.Error("c: not found")
	}
}
