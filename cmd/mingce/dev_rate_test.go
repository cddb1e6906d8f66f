package main

import (
	"strings"
	"testing"

	"github.com/mingce/mingce/mingcetest"
)

// With a rate, dev throttles, so that clients can be tested.
func TestDevTakesARate(t *testing.T) {
	t.Parallel()
	p := startProgram(t, "dev", "--ephemeral", "--tls-addr", "", "--rate", "0.001", "--burst", "1")
	path := "/topapi/extcontact/get?access_token=" + mingcetest.AccessToken
	for _, want := range []string{`"errcode":0`, `"90018"`} {
		if answer, err := p.do("POST", path, "application/json", `{"user_id":"123420013632"}`); err != nil || !strings.Contains(string(answer), want) {
			t.Errorf("got %s, %v, want %s", answer, err, want)
		}
	}
}
