package transfer

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"unicode"

	"github.com/mingce/mingce/internal/directory"
)

//go:embed headers.json
var headersJSON []byte

// Languages of the titles of columns.
const (
	EnglishTitles = "en"
	ChineseTitles = "zh"
	FieldTitles   = "field" // the names of the fields
)

// titleOf returns the title of a column (docs/spec/export.md#columns).
func titleOf(kind directory.Kind, field, language string) string {
	if t, ok := titles[kind][field]; ok && language != FieldTitles {
		if language == ChineseTitles && t.chinese != "" {
			return t.chinese
		}
		if language == EnglishTitles && t.english != "" {
			return t.english
		}
	}
	return field
}

type title struct{ english, chinese string }

// titles are the first headers of each language by which an import knows a
// field: those of the kind before those of all kinds.
var titles = func() map[directory.Kind]map[string]title {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(headersJSON, &all); err != nil {
		panic(fmt.Sprintf("headers.json: %v", err))
	}
	byField := func(section string) map[string]json.RawMessage {
		fields := map[string]json.RawMessage{}
		if all[section] == nil {
			return fields
		}
		if err := json.Unmarshal(all[section], &fields); err != nil {
			panic(fmt.Sprintf("headers.json: %s: %v", section, err))
		}
		return fields
	}
	common := byField("common")
	m := map[directory.Kind]map[string]title{}
	for _, kind := range directory.Kinds {
		own := byField(string(kind))
		m[kind] = map[string]title{}
		for _, f := range kind.Fields() {
			m[kind][f.Name] = firstTitles(append(headersOf(own[f.Name]), headersOf(common[f.Name])...))
		}
	}
	return m
}()

func headersOf(list json.RawMessage) (headers []string) {
	if list == nil || json.Unmarshal(list, &headers) != nil {
		return nil
	}
	return headers
}

func firstTitles(headers []string) (t title) {
	isHan := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	for _, h := range headers {
		switch han := slices.ContainsFunc([]rune(h), isHan); {
		case han && t.chinese == "":
			t.chinese = h
		case !han && t.english == "":
			t.english = h
		}
	}
	return t
}
