package server

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// ownPath begins our own API. It may look like the path of the base URL.
const ownPath = "/mingce/v1/"

// BasePath is the path of a base URL, as it stands before ours in links, cookies
// and redirects: "" or "/contacts". A proxy in front may take it away from
// requests or leave it there.
func BasePath(baseURL string) (string, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return "", err
	}
	base := strings.TrimRight(u.EscapedPath(), "/")
	if base == "" {
		return "", nil
	}
	for part := range strings.SplitSeq(base[1:], "/") {
		if strings.Trim(part, ".") == "" || strings.Trim(part, plainLetters) != "" {
			return "", errors.New("its path may hold letters, digits and -._~ between single slashes")
		}
	}
	if isOurs(base) || isOurs(base+"/x") || strings.HasPrefix(base+"/", ownPath) {
		return "", errors.New("its path is one of this server's own, so nobody could tell whether a proxy has taken it away")
	}
	return base, nil
}

const plainLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"

// isOurs reports whether a path leads to a face. What is below /mingce but not
// our own API leads to none.
func isOurs(path string) bool {
	nothing := &face{}
	f := faces{absent: nothing, own: nothing}
	return f.of(&http.Request{Method: http.MethodPost, URL: &url.URL{Path: path}}) != nothing
}

// withoutBase takes the base path away from a request if the proxy has left it.
func (h *handler) withoutBase(r *http.Request) *http.Request {
	base := h.basePath
	if base == "" || !under(r.URL.Path, base) || strings.HasPrefix(r.URL.Path, ownPath) {
		return r
	}
	raw := r.URL.RawPath
	if raw != "" {
		if !under(raw, base) {
			return r // its base path is written in another way
		}
		raw = rooted(raw[len(base):])
	}
	short, u := *r, *r.URL
	u.Path, u.RawPath = rooted(u.Path[len(base):]), raw
	short.URL = &u
	return &short
}

func rooted(path string) string {
	if path == "" {
		return "/"
	}
	return path
}
