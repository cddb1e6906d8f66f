package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/mingce/mingce/internal/api"
)

// configFile is the file of --config: a JSON object with the names of flags, flat
// ("base-url", "baseUrl") or in groups ({"federation": {...}}).
type configFile struct {
	values map[string]any    // by flag name without "-" and "_", lower case
	names  map[string]string // the spelling in the file, by the same key
}

func readConfig(r io.Reader) (kong.Resolver, error) {
	d := json.NewDecoder(api.SkipByteOrderMark(r))
	d.UseNumber()
	var tree map[string]any
	if err := d.Decode(&tree); err != nil {
		return nil, fmt.Errorf("configuration file: not a JSON object: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("configuration file: text after the JSON object")
	}
	c := &configFile{map[string]any{}, map[string]string{}}
	c.enter("", "", tree)
	return c, nil
}

func (c *configFile) enter(prefix, shown string, tree map[string]any) {
	for name, v := range tree {
		key := prefix + plainName(name)
		if group, ok := v.(map[string]any); ok {
			c.enter(key, shown+name+".", group)
			continue
		}
		if n, ok := v.(json.Number); ok {
			v = n.String()
		}
		c.values[key], c.names[key] = v, shown+name
	}
}

func plainName(s string) string {
	return strings.ToLower(strings.NewReplacer("-", "", "_", "", ".", "").Replace(s))
}

// Validate implements kong.Resolver. A misspelled name is an error, but the file may have
// the settings of other commands.
func (c *configFile) Validate(app *kong.Application) error {
	if len(c.unknown(app)) == 0 {
		return nil
	}
	all, err := newParser(new(commands), &host{output: output{io.Discard, io.Discard}})
	if err != nil {
		return err
	}
	if unknown := c.unknown(all.Model); len(unknown) > 0 {
		return fmt.Errorf("configuration file: unknown setting %s", strings.Join(unknown, ", "))
	}
	return nil
}

// unknown returns the names in the file that are not flags of the commands.
func (c *configFile) unknown(app *kong.Application) (names []string) {
	known := map[string]bool{}
	for _, command := range app.Children {
		for _, f := range command.Flags {
			known[plainName(f.Name)] = true
		}
	}
	for key, shown := range c.names {
		if !known[key] {
			names = append(names, shown)
		}
	}
	slices.Sort(names)
	return names
}

// Resolve implements kong.Resolver. The environment wins over the file.
func (c *configFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, ok := os.LookupEnv(name); ok {
			return nil, nil
		}
	}
	if v, ok := c.values[plainName(flag.Name)]; ok {
		return v, nil
	}
	return nil, nil
}
