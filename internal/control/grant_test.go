package control_test

import (
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

func TestGrantsObeyTheAppsListOfAddresses(t *testing.T) {
	t.Parallel()
	w := open(t, true)
	s := w.Directory.Session(directory.CommandLine(directory.SampleOrg), "test", "")
	for list, want := range map[string]int{"192.0.2.0/24": 200, "198.51.100.1": 403} { // httptest calls from 192.0.2.1
		app, err := s.CreateApp(t.Context(), directory.App{Name: list, Permissions: []string{directory.AllPermissions}, AllowIPs: []string{list}})
		if err != nil {
			t.Fatal(err)
		}
		given, _, err := w.Directory.IssueToken(t.Context(), app.Key, string(app.Secret.Reveal()))
		if err != nil {
			t.Fatal(err)
		}
		if got, text := w.call(t, "GET", grants, "", token, given); got != want {
			t.Errorf("list %s: got %d %s, want %d", list, got, text, want)
		}
	}
}
