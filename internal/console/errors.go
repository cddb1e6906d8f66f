package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/mingce/mingce/internal/api"
)

// longestQuery bounds the text of a search; the rest is cut off.
const longestQuery = 200

func (c *Console) errorList(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query().Get("q")
	if c.Knows(strings.TrimSpace(q)) && len(c.find(q)) == 1 {
		http.Redirect(w, r, c.config.BasePath+"/console/errors/"+url.PathEscape(strings.TrimSpace(q)), http.StatusFound)
		return
	}
	c.render(w, r, http.StatusOK, "errors", c.find(q))
}

// find returns the entries in which every word of q occurs.
func (c *Console) find(q string) []*Entry {
	for len(q) > longestQuery || !utf8.ValidString(q) {
		q = strings.ToValidUTF8(q[:min(len(q), longestQuery)], "")
	}
	wanted := strings.Fields(strings.ToLower(q))
	var found []*Entry
	for _, e := range c.entries.list {
		if e.matches(wanted) {
			found = append(found, e)
		}
	}
	return found
}

// errorView is the page of one code.
type errorView struct {
	Code       string
	Entries    []*Entry
	Others     []*Entry // the other entries of the code, if a call shows which entry applies
	RequestID  string
	FailedCall *api.FailedCall // nil: not requested, or forgotten
}

// OtherCode returns the code of the requested call if it differs from this
// page's.
func (v errorView) OtherCode() string {
	if v.FailedCall == nil || v.FailedCall.Code == nil || v.FailedCall.Code.Code == v.Code || v.FailedCall.Code.Sub == v.Code {
		return ""
	}
	return v.FailedCall.Code.Code
}

// Time is when the call was made.
func (v errorView) Time() string { return v.FailedCall.Time.UTC().Format("2006-01-02 15:04:05 UTC") }

func (c *Console) errorPage(w http.ResponseWriter, r *http.Request, code string) {
	v := errorView{Code: code, Entries: c.meanings(code), RequestID: r.URL.Query().Get("requestId")}
	if v.RequestID != "" && c.config.FailedCalls != nil {
		if t, ok := c.config.FailedCalls.Find(v.RequestID); ok {
			v.FailedCall = &t
			v.Entries, v.Others = meant(v.Entries, t.Code)
		}
	}
	if len(v.Entries) == 0 {
		c.render(w, r, http.StatusNotFound, "absent", v)
		return
	}
	c.render(w, r, http.StatusOK, "error", v)
}

// meanings returns the entries of a code: its own, those with it as their sub
// code, or those of the pattern that it matches
// (InvalidParameter.SignatureNonce is a case of InvalidParameter.<Name>).
func (c *Console) meanings(code string) (list []*Entry) {
	if list = c.entries.byCode[code]; len(list) > 0 {
		return list
	}
	for _, e := range c.entries.list {
		if e.Code.IsCase(code) {
			list = append(list, e)
		}
	}
	return list
}

// meant splits entries into the one that a call was answered with and the
// others. If it is not among them, all stay together.
func meant(entries []*Entry, code *api.Code) (those, others []*Entry) {
	if code == nil {
		return entries, nil
	}
	i := slices.IndexFunc(entries, func(e *Entry) bool { return meaningOf(e.Code) == meaningOf(code) })
	if i < 0 {
		return entries, nil
	}
	return entries[i : i+1], slices.Concat(entries[:i], entries[i+1:])
}
