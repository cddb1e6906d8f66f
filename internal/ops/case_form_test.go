package ops_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

// settings are the deployments other than the default that a file of cases,
// <operation>.<word>.txtar, may run on.
var settings = map[string]directory.Settings{
	"contacts.allow_mobile_update":           {AllowMobileUpdate: true},
	"employees.require_consent":              {RequireConsent: true},
	"two external contacts at most":          {MaxContacts: 2},
	"contacts.lenient_paging":                {LenientPaging: true},
	"contacts.update_visibility = immediate": {UpdateVisibleAtOnce: true},
	"two folders, three members":             {MaxFolders: 2, MaxAccounts: 3},
	"folder names of 24 characters":          {MaxFolderName: 24},
	"one member per contact":                 {MaxMembersPerContact: 1},
	"contacts.bind_unverified":               {BindUnverified: true},
	"verification.auto":                      {AutoVerify: true},
	"country codes 86 and 49":                {MobileCountryCodes: []string{"86", "49"}},
}

// header matches the lines of a comment that are, or look like, settings for
// the player.
var header = regexp.MustCompile(`^[A-Za-z]+:|^(?i:setting)\b`)

// settingOf parses the comment of a file of cases.
func settingOf(comment string) (found directory.Settings, err error) {
	for line := range strings.Lines(comment) {
		line = strings.TrimSpace(line)
		if !header.MatchString(line) {
			continue
		}
		name, ok := strings.CutPrefix(line, "Setting: ")
		if !ok {
			return found, fmt.Errorf("unknown header in %q; there is: Setting: name", line)
		}
		if found, ok = settings[name]; !ok {
			return found, fmt.Errorf("unknown setting %q; there are: %s", name, names(settings))
		}
	}
	return found, nil
}

func names[V any](m map[string]V) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}

// accessKeys are the keys that a signed call may name, with their secrets.
var accessKeys = map[string]string{
	directory.SampleAccessKey:   directory.SampleAccessSecret,
	directory.OutsideAccessKey:  directory.OutsideAccessSecret,
	directory.ReadOnlyAccessKey: directory.ReadOnlyAccessSecret,
}

var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete}

// request builds the request that a case describes.
func (p *player) request(text string) (*http.Request, error) {
	first, rest, _ := strings.Cut(text, "\n")
	words := strings.Fields(first)
	if len(words) < 2 {
		return nil, fmt.Errorf("no request in %q", text)
	}
	kind, words := words[0], words[1:]
	switch {
	case kind == "RPC" && len(words) <= 2:
		if len(words) == 2 && accessKeys[words[1]] == "" {
			return nil, fmt.Errorf("unknown access key %q; there are: %s", words[1], names(accessKeys))
		}
		v, err := parameters(rest)
		if err != nil {
			return nil, err
		}
		return p.rpc(words, v), nil
	case kind == "TOP" && len(words) <= 3:
		v, err := parameters(rest)
		if err != nil {
			return nil, err
		}
		return topRequest(words, v), nil
	case slices.Contains(methods, kind) && len(words) == 1:
		return plainRequest(kind, words[0], rest)
	}
	return nil, fmt.Errorf("unknown line %q; there are: FAULT operation code, FIXTURE name, RPC action [key], TOP method [format] [token] and %s with a path",
		first, strings.Join(methods, ", "))
}

func plainRequest(method, path, rest string) (*http.Request, error) {
	head, body, _ := strings.Cut(rest, "\n\n")
	r := request(method, path, strings.TrimSuffix(body, "\n"))
	for line := range strings.Lines(head) {
		line = strings.TrimRight(line, "\n")
		name, value, ok := strings.Cut(line, ": ")
		if !ok && line != "" {
			return nil, fmt.Errorf("%q is not a header", line)
		}
		r.Header.Add(name, value)
	}
	return r, nil
}

func parameters(text string) (url.Values, error) {
	v := url.Values{}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		name, value, ok := strings.Cut(line, "=")
		if !ok && line != "" {
			return nil, fmt.Errorf("%q is not a parameter", line)
		}
		if ok {
			v.Add(name, strings.ReplaceAll(value, `\n`, "\n"))
		}
	}
	return v, nil
}

func TestCaseFilesAreCheckedThemselves(t *testing.T) {
	t.Parallel()
	for comment, says := range map[string]string{
		"Setting: contacts.lenient_paging":                 "",
		"pages/x.md#y: prose.\nSetting: verification.auto": "",
		"the range of an app: prose":                       "",
		"Setting: contacts.lenient_pagin":                  "contacts.lenient_paging",
		"Seting: contacts.lenient_paging":                  "unknown header",
		"setting: contacts.lenient_paging":                 "unknown header",
		"Setting contacts.lenient_paging":                  "unknown header",
	} {
		if _, err := settingOf(comment); (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("comment %q: got %v, want an error with %q", comment, err, says)
		}
	}
	for text, says := range map[string]string{
		"RPC GetMessageContact\nContactId=1":          "",
		"RPC GetMessageContact somebody\n":            "unknown access key",
		"RPC GetMessageContact\nContactId: 1":         "not a parameter",
		"TOP dingtalk.corp.ext.list xml token more\n": "unknown line",
		"POST /path\nContent-Type=text/plain\n\nbody": "not a header",
		"PATCH /path\n":                    "unknown line",
		"FIXTUR org-disabled\nGET /path\n": "FIXTURE name",
		"200 application/json\n{}":         "unknown line",
	} {
		if _, err := new(player).request(text); (err == nil) != (says == "") || err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("request %q: got %v, want an error with %q", text, err, says)
		}
	}
}
