package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func newConfig(p *program) *cobra.Command {
	c := &cobra.Command{
		Use:   "config",
		Short: "See the configuration",
		Long: "See the configuration: appdock.yaml in the working directory or the file of --config, then the environment " +
			"(APPDOCK_ and the key), then flags; the later one counts.",
		Example: "appdock config show --origin",
	}
	group(c)
	c.AddCommand(newConfigSchema(p), newConfigShow(p))
	return c
}

// configValue is one value as `config show` tells it.
type configValue struct {
	Key    string `json:"key"`
	Value  any    `json:"value"` // a text, or a list of them
	Origin string `json:"origin"`
}

func newConfigShow(p *program) *cobra.Command {
	var origin bool
	c := &cobra.Command{
		Use:   "show",
		Short: "Show the values that count",
		Long: "Show every key of the configuration with the value that counts, defaults among them, and with --origin where it " +
			"comes from: file and line, variable, flag or default. Secrets are not shown; a reference to one is.",
		Example: "appdock config show\nappdock config show --origin --config /etc/appdock/appdock.yaml",
		Args:    args(0, 0, ""),
	}
	c.Flags().BoolVar(&origin, "origin", false, "say where each value comes from")
	c.RunE = func(*cobra.Command, []string) error {
		l, err := p.configure()
		if err != nil {
			return err
		}
		values := l.values()
		return p.show(values, func() {
			t := table{head: []string{"KEY", "VALUE"}}
			if origin {
				t.head = append(t.head, "ORIGIN")
			}
			for _, v := range values {
				text, _ := v.Value.(string)
				if list, ok := v.Value.([]string); ok {
					text = strings.Join(list, ", ")
				}
				row := []string{v.Key, text}
				if origin {
					row = append(row, v.Origin)
				}
				t.add(row...)
			}
			t.write(p.out, "")
		})
	}
	return c
}

// values are all keys, those that were given with what was given.
func (l *loading) values() []configValue {
	var list []configValue
	for _, s := range l.settings {
		if s.variable() == "" { // as often as it was given
			for _, key := range slices.Sorted(maps.Keys(l.given)) {
				if g := l.given[key]; g.setting.key == s.key {
					list = append(list, configValue{key, g.shown(), g.origin})
				}
			}
			continue
		}
		g, ok := l.given[s.key]
		if !ok {
			g = given{s, listed(s, s.usual), "default"}
			if s.list && s.usual == "" {
				g.values = []string{}
			}
		}
		list = append(list, configValue{s.key, g.shown(), g.origin})
	}
	return list
}

// shown is a value as it may be seen.
func (g given) shown() any {
	values := slices.Clone(g.values)
	for i, v := range values {
		if g.setting.secret && !strings.HasPrefix(v, "file:") && !strings.HasPrefix(v, "env:") {
			values[i] = "[redacted]"
		}
	}
	if g.setting.list {
		return values
	}
	return strings.Join(values, ", ")
}

func newConfigSchema(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "schema",
		Short:   "Print the JSON Schema of appdock.yaml",
		Long:    "Print the JSON Schema (2020-12) of appdock.yaml, for editors and other programs.",
		Example: "appdock config schema",
		Args:    args(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			text, err := configSchema(settings())
			if err != nil {
				return err
			}
			p.out.print(string(text))
			return nil
		},
	}
}

// schema is the part of JSON Schema that a configuration needs.
type schema struct {
	Schema      string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Type        string             `json:"type,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Default     any                `json:"default,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	// Additional is a schema, or false.
	Additional any `json:"additionalProperties,omitempty"`
}

func configSchema(settings []setting) ([]byte, error) {
	root := &schema{
		Schema: "https://json-schema.org/draft/2020-12/schema", Title: "appdock.yaml",
		Type: "object", Properties: map[string]*schema{}, Additional: false,
	}
	for _, s := range settings {
		at := root
		parts := strings.Split(s.key, ".")
		for i, part := range parts {
			next := &schema{Type: "object", Properties: map[string]*schema{}, Additional: false}
			if i == len(parts)-1 {
				next = s.schema()
			}
			at = at.below(part, next)
		}
	}
	text, err := json.MarshalIndent(root, "", "  ")
	return append(text, '\n'), err
}

// below gives what stands at a part of a key, which is next if nothing does yet.
func (s *schema) below(part string, next *schema) *schema {
	if part == "<name>" {
		if known, ok := s.Additional.(*schema); ok {
			return known
		}
		s.Additional = next
		return next
	}
	name, isList := strings.CutSuffix(part, "[]")
	known, ok := s.Properties[name]
	switch {
	case !ok && isList:
		s.Properties[name] = &schema{Type: "array", Items: next}
		return next
	case !ok:
		s.Properties[name] = next
		return next
	case isList:
		return known.Items
	}
	return known
}

// schema is that of one value.
func (s setting) schema() *schema {
	item := &schema{Type: "string", Enum: s.choices}
	switch s.form {
	case "boolean":
		item.Type = "boolean"
	case "number":
		item.Type = "integer"
	case "duration":
		item.Pattern = `^([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+$`
	}
	if s.list {
		return &schema{Type: "array", Items: item, Description: s.meaning}
	}
	item.Description = s.meaning
	return item
}
