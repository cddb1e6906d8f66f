package server

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// adminPath is the root of our own API. A base URL may have /mingce as its path, so
// this one is never taken for it.
const adminPath = "/mingce/v1/"

// BasePath returns the path of a base URL, which is put before our own paths in
// links, cookies and redirects: "" or "/contacts". A proxy in front may strip it from
// requests or leave it there. It is an error if the path has unusual characters or is
// one of this server's own.
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
	if isOurs(base) || isOurs(base+"/x") || strings.HasPrefix(base+"/", adminPath) {
		return "", errors.New("its path is one of this server's own, so nobody could tell whether a proxy has taken it away")
	}
	return base, nil
}

const plainLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"

// isOurs reports whether a path has a route. A path below /mingce that is not our
// API has none.
func isOurs(path string) bool {
	nothing := &route{}
	f := routes{absent: nothing, admin: nothing}
	return f.of(&http.Request{Method: http.MethodPost, URL: &url.URL{Path: path}}) != nothing
}

// withoutBase strips the base path from a request if the proxy has left it there.
func (h *handler) withoutBase(r *http.Request) *http.Request {
	base := h.basePath
	if base == "" || !under(r.URL.Path, base) || strings.HasPrefix(r.URL.Path, adminPath) {
		return r
	}
	raw := r.URL.RawPath
	if raw != "" {
		if !under(raw, base) {
			return r // the base path is escaped differently
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
