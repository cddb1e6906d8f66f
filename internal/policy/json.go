package policy

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// value is a JSON value. encoding/json would silently use the last of two
// members with one name, which in a policy is a way to hide a statement.
type value struct {
	kind    valueKind
	text    string
	bool    bool
	list    []value
	members []member
}

type member struct {
	name  string
	value value
}

type valueKind uint8

const (
	otherValue valueKind = iota // null or a number
	textValue
	boolValue
	listValue
	objectValue
)

// maxDepth is deeper than any real policy.
const maxDepth = 16

var errJSON = errors.New("not valid JSON")

func (v value) get(name string) value {
	for _, m := range v.members {
		if m.name == name {
			return m.value
		}
	}
	return value{}
}

// parseJSON reads exactly one JSON value.
func parseJSON(text string) (value, error) {
	if !utf8.ValidString(text) {
		return value{}, errJSON
	}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	v, err := readValue(d, 0)
	if err != nil {
		return value{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return value{}, errJSON
	}
	return v, nil
}

func readValue(d *json.Decoder, depth int) (value, error) {
	if depth > maxDepth {
		return value{}, errJSON
	}
	t, err := d.Token()
	if err != nil {
		return value{}, errJSON
	}
	switch t := t.(type) {
	case string:
		return value{kind: textValue, text: t}, nil
	case bool:
		return value{kind: boolValue, bool: t}, nil
	case json.Delim:
		if t == '[' {
			return readList(d, depth)
		}
		return readObject(d, depth)
	}
	return value{}, nil
}

func readList(d *json.Decoder, depth int) (value, error) {
	v := value{kind: listValue}
	for d.More() {
		item, err := readValue(d, depth+1)
		if err != nil {
			return value{}, err
		}
		v.list = append(v.list, item)
	}
	_, err := d.Token()
	return v, err
}

func readObject(d *json.Decoder, depth int) (value, error) {
	v := value{kind: objectValue}
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok || seen[name] {
			return value{}, errJSON
		}
		seen[name] = true
		item, err := readValue(d, depth+1)
		if err != nil {
			return value{}, err
		}
		v.members = append(v.members, member{name, item})
	}
	_, err := d.Token()
	return v, err
}
