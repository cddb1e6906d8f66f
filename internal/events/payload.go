package events

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/mingce/mingce/internal/directory"
)

// fact is one member of an event's payload.
type fact struct {
	name  string
	value json.RawMessage
}

// facts reads the members of a payload in order.
func facts(payload string) (list []fact, err error) {
	if payload == "" {
		return nil, nil
	}
	d := json.NewDecoder(strings.NewReader(payload))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("facts of an event: want an object")
	}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("facts of an event: %w", err)
		}
		f := fact{name: name.(string)} // names of members are texts
		if err := d.Decode(&f.value); err != nil {
			return nil, fmt.Errorf("facts of an event: %w", err)
		}
		list = append(list, f)
	}
	return list, nil
}

// classic maps names to those of the older generation of events. Clients read
// members by name, so an event has both.
var classic = map[string]string{"userId": "UserId", "deptId": "DeptId"}

const operator = "optStaffId"

// pushed is the payload for HTTP: the union of the vendor's two generations of
// the same event (docs/spec/dingtalk.md#payload-of-a-pushed-event).
func pushed(d directory.Delivery) ([]byte, error) {
	list, err := facts(d.Payload)
	if err != nil {
		return nil, err
	}
	at := strconv.FormatInt(d.BornAt.UnixMilli(), 10)
	o := object{}
	o.text("EventType", d.Topic)
	o.raw("EventTime", []byte(at))
	o.text("CorpId", d.Ref.Org)
	o.text("BizId", bizID(d.EventID))
	o.text("eventId", d.EventID)
	o.text("timeStamp", at)
	o.text("TimeStamp", at)
	for _, f := range list {
		if strings.EqualFold(f.name, operator) {
			o.raw("OptStaffId", f.value)
			continue
		}
		value := listed(f)
		o.raw(f.name, value)
		if older := classic[f.name]; older != "" && value[0] == '[' {
			o.raw(older, value)
		}
	}
	return o.end(), nil
}

// streamed is the payload for Stream mode: names in lower camel case, without
// what the frame's headers already say
// (docs/spec/dingtalk.md#payload-of-a-stream-event).
func streamed(d directory.Delivery) ([]byte, error) {
	list, err := facts(d.Payload)
	if err != nil {
		return nil, err
	}
	o := object{}
	o.text("timeStamp", strconv.FormatInt(d.BornAt.UnixMilli(), 10))
	o.text("eventId", d.EventID)
	for _, f := range list {
		if strings.EqualFold(f.name, operator) {
			f.name = operator
		}
		o.raw(f.name, listed(f))
	}
	return o.end(), nil
}

// listed makes diffInfo a list: one of the vendor's pages shows an object, the
// other a list of objects. Decision: always a list.
func listed(f fact) []byte {
	value := bytes.TrimSpace(f.value)
	if f.name == "diffInfo" && value[0] == '{' {
		return append(append([]byte{'['}, value...), ']')
	}
	return value
}

// bizID is an arbitrary number that is the same for every delivery of the
// event.
func bizID(eventID string) string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(eventID))
	return strconv.FormatUint(h.Sum64()%1_000_000_000, 10)
}

// object builds a JSON object member by member.
type object struct{ b []byte }

func (o *object) raw(name string, value []byte) {
	if len(o.b) == 0 {
		o.b = append(o.b, '{')
	} else {
		o.b = append(o.b, ',')
	}
	o.b = append(append(o.b, quote(name)...), ':')
	o.b = append(o.b, value...)
}

func (o *object) text(name, value string) { o.raw(name, quote(value)) }

func (o *object) end() []byte { return append(o.b, '}') }

// quote encodes a text as JSON without escaping &, < and >.
func quote(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // never fails for a string
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// ascii escapes JSON so that it survives clients which read its bytes as
// Latin-1 and undo URL escapes in it, as npm dingtalk-encrypt does. Decision:
// every client gets it like this; to a JSON parser it is the same.
func ascii(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/8)
	for _, r := range string(text) {
		switch {
		case r < 0x80 && r != '%':
			out = append(out, byte(r))
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default: // occurs only inside JSON strings
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}
