package callback

import "testing"

func TestEndpointNamesThePort(t *testing.T) {
	t.Parallel()
	for origin, want := range map[string]string{
		"https://contacts.example.com":             "wss://contacts.example.com:443/connect",
		"http://contacts.example.com":              "ws://contacts.example.com:80/connect",
		"https://contacts.example.com:8443":        "wss://contacts.example.com:8443/connect",
		"https://contacts.example.com/mingce":      "wss://contacts.example.com:443/mingce/connect",
		"https://contacts.example.com:444/mingce/": "wss://contacts.example.com:444/mingce/connect",
		"http://[::1]":                             "ws://[::1]:80/connect",
		"http://[::1]:8080":                        "ws://[::1]:8080/connect",
	} {
		if got, err := endpointOf(origin); got != want || err != nil {
			t.Errorf("%s: got %s, %v; want %s", origin, got, err, want)
		}
	}
}
