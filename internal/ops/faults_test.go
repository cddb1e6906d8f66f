package ops_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/server"
)

// TestEveryCodeCanBeArmed arms every documented code of every wire on every
// operation that the wire carries, and looks for the envelope that the vendor's
// pages give that code (docs/spec/dingtalk.md#wire-form-of-armed-faults).
func TestEveryCodeCanBeArmed(t *testing.T) {
	t.Parallel()
	h, in := startServer(t, directory.Settings{})
	p := &player{handler: h, instance: in}
	p.fixture(t, "login")
	p.fixture(t, "codes")
	gateways := map[api.Family][]*api.Code{}
	for _, g := range server.Gateways() {
		gateways[g.Family] = g.Codes
	}
	// All at once, as a refusal that tells its caller to come later is held back.
	var running sync.WaitGroup
	for i, o := range in.Catalogue.Operations() {
		running.Go(func() {
			p := &player{handler: h, instance: in, nonce: 1000 * i}
			for _, route := range routes(in.Catalogue, o) {
				seen := map[string]bool{}
				for _, c := range slices.Concat(o.Codes(), gateways[route.Family]) {
					if !seen[c.Code] {
						seen[c.Code] = true
						p.checkArmed(t, o, route, c)
					}
				}
			}
		})
	}
	running.Wait()
}

// On every wire the page of an armed error says that it was armed, because the
// call itself is valid.
func TestThePageOfAnArmedErrorSaysSo(t *testing.T) {
	t.Parallel()
	h, in := startServer(t, directory.Settings{})
	p := &player{handler: h, instance: in}
	for _, c := range []struct {
		operation, code string
	}{
		{"dingtalk.corp.extcontact.get", "33012"}, // TOP, its own code and one of the gateway
		{"dingtalk.corp.extcontact.get", "90018"},
		{"dingtalk.oapi.v2.user.get", "42001"},
		{"OrgAccountMobileVisibleInOtherOrg", "system.busy"}, // REST
		{"GetMessageContact", "Throttling.User"},             // RPC
	} {
		o := in.Catalogue.Named(c.operation)
		route := routes(in.Catalogue, o)[0]
		p.send(t, request("POST", "/_mingce/faults", fmt.Sprintf(`{"operation":%q,"fault":%q}`, c.operation, c.code)))
		args := (&maker{}).object(o.Inputs())
		if route.Family == api.RPCFamily {
			args.Members = append(args.Members, api.Member{Name: "Version", Value: api.TextOf(route.Version)})
		}
		body, err := io.ReadAll(p.send(t, p.fuzzRequest(route, args)).Body)
		if err != nil {
			t.Fatal(err)
		}
		id := requestIDs.FindSubmatch(body)
		if id == nil {
			t.Fatalf("%s: no request id in %s", c.operation, body)
		}
		for _, lang := range [][2]string{{"en", "none: the fault was armed"}, {"zh", "无：此错误是注入的"}} {
			page, err := io.ReadAll(p.send(t, request("GET", fmt.Sprintf("/console/errors/%s?requestId=%s&lang=%s", c.code, id[1], lang[0]), "")).Body)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(page), lang[1]) {
				t.Errorf("%s, %s, %s: the page does not say that the error was armed", c.operation, c.code, lang[0])
			}
		}
	}
}

var requestIDs = regexp.MustCompile(`(?i)"request_?id":"([^"]+)"`)

// routes are the operation's addresses, and its name on TOP if it has one there
// without declaring it.
func routes(c *api.Catalogue, o *api.Operation) []api.Route {
	list := o.Routes
	if c.TOP(o.Name) == o && !slices.ContainsFunc(list, func(r api.Route) bool { return r.Family == api.TOPFamily }) {
		list = append(slices.Clone(list), api.TOP(o.Name))
	}
	return list
}

func (p *player) checkArmed(t *testing.T, o *api.Operation, route api.Route, c *api.Code) {
	t.Helper()
	name, _ := json.Marshal(c.Code)
	if r := p.send(t, request("POST", "/_mingce/faults", fmt.Sprintf(`{"operation":%q,"fault":%s}`, o.Name, name))); r.StatusCode != http.StatusOK {
		t.Errorf("%s: %s: cannot be armed", o.Name, c.Code)
		return
	}
	args := (&maker{}).object(o.Inputs())
	if route.Family == api.RPCFamily {
		args.Members = append(args.Members, api.Member{Name: "Version", Value: api.TextOf(route.Version)})
	}
	answer := p.send(t, withCredential(o, p.fuzzRequest(route, args)))
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Error(err)
		return
	}
	var got map[string]any
	if err := json.Unmarshal(body, &got); err != nil {
		t.Errorf("%s at %v: %s: got %s: %v", o.Name, route, c.Code, body, err)
		return
	}
	if why := armedWrongly(route, o, c, answer, got); why != "" {
		t.Errorf("%s at %v: %s: got %d %s: %s", o.Name, route, c.Code, answer.StatusCode, body, why)
	}
	if c.Pause > 0 && answer.Header.Get("Retry-After") != strconv.Itoa(int(c.Pause.Seconds())) {
		t.Errorf("%s at %v: %s: got Retry-After %q, but its text says %v", o.Name, route, c.Code, answer.Header.Get("Retry-After"), c.Pause)
	}
	if again := answer.Header.Get("Retry-After"); c.Waits() != (again != "") {
		t.Errorf("%s at %v: %s: got Retry-After %q, want one: %t", o.Name, route, c.Code, again, c.Waits())
	}
}

// armedWrongly returns what is wrong with an armed answer, or "".
func armedWrongly(route api.Route, o *api.Operation, c *api.Code, answer *http.Response, got map[string]any) string {
	want, found := map[string]any{}, got
	status := http.StatusOK
	number, err := strconv.ParseFloat(c.Code, 64)
	isNumber := err == nil
	switch route.Family {
	case api.OAPIFamily:
		want["errcode"] = number
		if strings.HasPrefix(route.Path, "/topapi/") && (c.Code == "88" || api.IsLayered(c.Code)) {
			want["errcode"], want["sub_code"] = 88.0, strings.Replace(c.Code, "88", "40014", 1)
			if c.Code != "88" {
				want["sub_code"] = c.Code
			}
		}
	case api.RESTFamily:
		status = c.HTTP
		if c.Code == "systemBusy" && strings.HasPrefix(route.Path, "/v1.0/oauth2/") {
			status = 500
		}
		want["code"] = c.Code
	case api.RPCFamily:
		status = c.HTTP
		want["Code"] = c.Code
	case api.TOPFamily:
		response, isError := got["error_response"].(map[string]any)
		switch {
		case isNumber && number > 0 && number < 100 && number != 88:
			want["code"], found = number, response
		case c.Code == "88" || api.IsLayered(c.Code):
			want["code"], want["sub_code"], found = 88.0, c.Code, response
			if c.Code == "88" {
				want["sub_code"] = "40014"
			}
		case !isNumber:
			want["sub_code"], found = c.Code, response
		case isError:
			want["code"], want["sub_code"], found = 50.0, c.Code, response
		default:
			for _, root := range got {
				found, _ = root.(map[string]any)
			}
			want["errcode"] = number
			if result, ok := found["result"].(map[string]any); ok {
				found, want = result, map[string]any{"ding_open_errcode": number, "success": false}
			}
		}
	}
	for key, value := range want {
		if found[key] != value {
			return fmt.Sprintf("want %s %v", key, value)
		}
	}
	if answer.StatusCode != status {
		return fmt.Sprintf("want status %d", status)
	}
	return ""
}
