package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/mingce/mingce/internal/transfer"
)

type exportCommand struct {
	File string `arg:"" optional:"" help:"The file to write; - is standard output."`

	Kind         string   `placeholder:"KIND" default:"contacts" help:"contacts, employees, departments, labels, message-contacts, or all, which only JSON Lines can hold (${default})."`
	Format       string   `default:"auto" help:"auto (by the name; jsonl to standard output), csv, xlsx, vcard, ldif or jsonl (${default})."`
	Encoding     string   `placeholder:"E" help:"Of CSV: utf-8-bom, utf-8 or gb18030 (utf-8-bom)."`
	Delimiter    string   `placeholder:"C" help:"Of CSV: the character between cells, or tab (,)."`
	Fields       []string `placeholder:"LIST" help:"Only these fields."`
	Header       string   `placeholder:"H" help:"Of CSV and xlsx: titles of columns: en, zh or field (en)."`
	VCardVersion string   `name:"vcard-version" placeholder:"V" help:"Of vCards: 3.0 or 4.0 (3.0)."`
	Q            string   `placeholder:"TEXT" help:"Only what a search finds."`
	Label        int64    `placeholder:"ID" help:"Only contacts with this label."`
	Follower     string   `placeholder:"USERID" help:"Only contacts of this owner."`
	Dept         int64    `placeholder:"ID" help:"Only contacts shared with this department, or employees in it."`
	UpdatedSince string   `placeholder:"TIME" help:"Only what was changed since."`
	Mask         bool     `help:"Mask numbers and mail addresses."`
	DigestOnly   bool     `help:"Only print the digest; no file is written."`
	Progress     string   `default:"auto" enum:"auto,json,none" help:"auto, json or none (${default})."`

	recordsFlags `embed:""`
}

func (c *exportCommand) request() (map[string]any, error) {
	body := map[string]any{"kind": c.Kind}
	switch {
	case c.Format != "auto":
		body["format"] = c.Format
	case c.DigestOnly: // the API takes one that holds everything
	case c.File == standardStream:
		body["format"] = transfer.JSONL
	default:
		format, err := transfer.FormatByName(c.File)
		if err != nil {
			return nil, usageError{err}
		}
		body["format"] = format
	}
	if c.DigestOnly {
		body["digestOnly"] = true
	}
	for name, value := range map[string]string{"encoding": c.Encoding, "delimiter": c.Delimiter, "header": c.Header, "vcardVersion": c.VCardVersion} {
		if value != "" {
			body[name] = value
		}
	}
	if len(c.Fields) > 0 {
		body["fields"] = c.Fields
	}
	if c.Mask {
		body["mask"] = true
	}
	filter := map[string]any{}
	for name, value := range map[string]string{"q": c.Q, "follower": c.Follower} {
		if value != "" {
			filter[name] = value
		}
	}
	for name, value := range map[string]int64{"label": c.Label, "dept": c.Dept} {
		if value != 0 {
			filter[name] = value
		}
	}
	since, err := parseWhen("updated-since", c.UpdatedSince, now())
	if err != nil {
		return nil, err
	}
	if since != "" {
		filter["updatedSince"] = since
	}
	if len(filter) > 0 {
		body["filter"] = filter
	}
	return body, nil
}

func (c *exportCommand) Run(o output) error {
	return c.run(o, "mingce export", func(r *recordsClient) error {
		base, err := r.base()
		if err != nil {
			return err
		}
		switch {
		case c.DigestOnly && c.File != "":
			return usagef("--digest-only writes no file; leave out %s", c.File)
		case !c.DigestOnly && c.File == "":
			return usagef("name the file to write; - is standard output")
		}
		body, err := c.request()
		if err != nil {
			return err
		}
		q := url.Values{}
		if !c.Mask {
			q.Set("reveal", "true")
		}
		call := apiCall{method: http.MethodPost, path: base + "/exports", query: q, body: body}
		if c.DigestOnly {
			return r.printDigest(call)
		}
		answer, err := r.do(call)
		if err != nil {
			return r.finish(nil, err, nil)
		}
		defer answer.Body.Close()
		file, err := transfer.CreateFile(c.File, r.out)
		if err != nil {
			return err
		}
		defer file.Discard()
		if _, err := io.Copy(file, answer.Body); err != nil {
			return err
		}
		said := answer.Trailer.Get("Mingce-Export")
		text, err := base64.RawURLEncoding.DecodeString(said)
		if err != nil || said == "" {
			return errors.New("the export ended early; nothing was written")
		}
		if arrived := file.SHA256(); arrived != answer.Trailer.Get("Mingce-Sha256") {
			return errors.New("the file was damaged on its way; nothing was written")
		}
		if err := file.Commit(); err != nil {
			return err
		}
		if c.File == standardStream {
			return nil // the file is the output
		}
		return r.finish(json.RawMessage(`{"export":`+string(text)+`}`), nil, func() error {
			var e struct {
				ID, Digest string
				Counts     map[string]int64
				Bytes      int64
			}
			if err := json.Unmarshal(text, &e); err != nil {
				return err
			}
			t := newTable(r.out)
			t.line("export\t%s\t%d bytes", e.ID, e.Bytes)
			for _, kind := range slices.Sorted(maps.Keys(e.Counts)) {
				t.line("%s\t%d", kind, e.Counts[kind])
			}
			t.line("digest\t%s", e.Digest)
			return t.end()
		})
	})
}

// printDigest makes a call that answers with a digest.
func (r *recordsClient) printDigest(call apiCall) error {
	var raw json.RawMessage
	err := r.get(call, &raw)
	return r.finish(json.RawMessage(`{"export":`+string(bytes.TrimSpace(raw))+`}`), err, func() error {
		var d struct {
			Count  int64
			Digest string
		}
		if err := json.Unmarshal(raw, &d); err != nil {
			return err
		}
		_, err := fmt.Fprintf(r.out, "%s  %d\n", d.Digest, d.Count)
		return err
	})
}
