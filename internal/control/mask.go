package control

import (
	"bytes"
	"encoding/json"
	"strings"

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
	if d.Decode(&record) != nil {
		return text // not an object: nothing that has a name
	}
	masked := false
	for name, v := range record {
		if s, ok := v.(string); ok && isPersonal(name) {
			record[name], masked = maskPersonal(s), true
		}
	}
	if !masked {
		return text
	}
	b, err := json.Marshal(record)
	if err != nil {
		return json.RawMessage("{}")
	}
	return b
}

func isPersonal(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "mobile") || strings.Contains(name, "phone") || strings.Contains(name, "email")
}

// maskPersonal leaves enough to recognise a value one knows: 86-139****1234,
// s***@example.com.
func maskPersonal(s string) string {
	if s == "" {
		return ""
	}
	if local, domain, ok := strings.Cut(s, "@"); ok {
		return local[:min(1, len(local))] + "***@" + domain
	}
	country, number, ok := strings.Cut(s, "-")
	if !ok {
		country, number = "", s
	} else {
		country += "-"
	}
	if len(number) < 8 {
		return country + "****"
	}
	return country + number[:3] + "****" + number[len(number)-4:]
}
