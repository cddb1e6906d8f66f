package control

import (
	"bytes"
	"encoding/json"
	"reflect"

	"github.com/mingce/mingce/internal/directory"
)

// maskEntries masks phone numbers and mail addresses in the history, as everywhere outside
// the vendors' APIs (docs/spec/reliability.md#masked-values). A development server does not
// call it: its data is made up.
func maskEntries(entries []directory.AuditEntry) {
	for i := range entries {
		entries[i].Before, entries[i].After = maskRecord(entries[i].Before), maskRecord(entries[i].After)
	}
}

func maskRecord(text json.RawMessage) json.RawMessage {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // a float64 would round ids
	var record map[string]any
	if d.Decode(&record) != nil || record == nil {
		return text // not an object: nothing that has a name
	}
	shown := make(map[string]any, len(record))
	for name, v := range record {
		shown[name] = directory.MaskNamed(name, v)
	}
	if reflect.DeepEqual(shown, record) {
		return text
	}
	b, err := json.Marshal(shown)
	if err != nil {
		return json.RawMessage("{}")
	}
	return b
}
