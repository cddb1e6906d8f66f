package store

import (
	"encoding/json"
	"time"

	"github.com/mingce/mingce/internal/store/engine"
)

// Short names for the SQL of the nouns.
type (
	args = engine.Args
	read = engine.Read
	row  = engine.Row
)

// found returns the noun's error for a missing row.
func found(ok bool, err, absent error) error {
	if err == nil && !ok {
		return absent
	}
	return err
}

func millis(t time.Time) int64      { return t.UnixMilli() }
func fromMillis(ms int64) time.Time { return time.UnixMilli(ms).UTC() }

// millisOrZero stores an unknown time as 0.
func millisOrZero(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return millis(t)
}

// timeOrZero reads what millisOrZero stores.
func timeOrZero(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return fromMillis(ms)
}

// optional stores an empty text as NULL.
func optional(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

// list encodes a list as JSON; nil is NULL.
func list[T any](v []T) any {
	if v == nil {
		return nil
	}
	return jsonText(v)
}

func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil { // callers pass only lists and structs of texts and numbers
		panic("store: " + err.Error())
	}
	return string(b)
}

// readList decodes the result of list.
func readList[T any](r *row, i int) (v []T, err error) {
	p := r.NullText(i)
	if p == nil {
		return nil, nil
	}
	return v, json.Unmarshal([]byte(*p), &v)
}
