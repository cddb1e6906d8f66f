package api

import (
	"net/http"
	"testing"
	"time"
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
	f.Arm(Fault{Operation: "A", Code: "x", Times: 2})
	f.Arm(Fault{Operation: "*", Code: "y", Times: 1, Delay: time.Second})
	got := ""
	for _, op := range []string{"A", "B", "A", "A", "B"} {
		x, ok := f.Take(op)
		if !ok {
			x.Code = "-"
		}
		got += x.Code
	}
	if want := "xyx--"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestTroublesForgetTheOldest(t *testing.T) {
	t.Parallel()
	ts := NewTroubles(2)
	for _, id := range []string{"a", "b", "c"} {
		ts.Add(Trouble{RequestID: id})
	}
	if _, ok := ts.Find("a"); ok {
		t.Error("a: still there, want forgotten")
	}
	if _, ok := ts.Find("c"); !ok {
		t.Error("c: not found")
	}
}
