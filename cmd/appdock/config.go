package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/appdock/appdock"
)

// configFile is read from the working directory when no other is named.
const configFile = "appdock.yaml"

// maxConfig bounds the configuration file: 1 MiB.
const maxConfig = 1 << 20

// given is a value that somebody gave, and where.
type given struct {
	setting setting
	values  []string // as they are shown: a reference, not what it leads to
	origin  string   // "appdock.yaml:7", "APPDOCK_LISTEN", "--listen"
}

// loading reads the configuration from all places, the later ones over the earlier. What is
// wrong is gathered, so that all of it is told at once.
type loading struct {
	getenv   func(string) string
	settings []setting
	result   configuration
	given    map[string]given // by the key as written: "shops[0].url"
	faults   []appdock.Fault
}

func (l *loading) wrong(where, format string, args ...any) {
	l.faults = append(l.faults, appdock.Fault{Pointer: where, Code: "ADK-CONFIG-INVALID", Message: fmt.Sprintf(format, args...)})
}

// take gives a setting its values from one place.
func (l *loading) take(s setting, key, which string, values []string, origin string) {
	l.given[key] = given{s, values, origin}
	err := s.check(values)
	if err == nil && s.secret {
		values = slices.Clone(values)
		for i := range values {
			if values[i], err = follow(values[i], l.getenv); err != nil {
				break
			}
		}
	}
	if err == nil {
		err = s.set(&l.result, which, values)
	}
	if err != nil {
		l.wrong(origin, "%s: %v", key, err)
	}
}

// file reads a configuration file. One that is not named may be missing.
func (l *loading) file(path string, named bool) error {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) && !named {
		return nil
	}
	if err != nil {
		return noConfig(path, err)
	}
	defer func() { _ = f.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(f, maxConfig+1))
	if err != nil {
		return noConfig(path, err)
	}
	if len(text) > maxConfig {
		return noConfig(path, fmt.Errorf("it is larger than %d bytes", maxConfig))
	}
	documents := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	switch err := documents.Decode(&document); {
	case errors.Is(err, io.EOF): // empty, or comments only
		return nil
	case err != nil:
		l.wrong(path, "it is no YAML: %s", strings.TrimPrefix(err.Error(), "yaml: "))
		return nil
	}
	l.node(path, nil, document.Content[0])
	if err := documents.Decode(&document); err == nil {
		l.wrong(place(path, &document), "a second document: only one is read")
	}
	return nil
}

func noConfig(path string, err error) error {
	cause := err.Error()
	if pathErr, ok := errors.AsType[*fs.PathError](err); ok {
		cause = pathErr.Err.Error()
	}
	return &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-CONFIG-INVALID",
		Message: "The configuration " + path + " cannot be read", Cause: cause,
		Cure: "Name a file that this user can read with --config.",
	}
}

func place(path string, n *yaml.Node) string { return fmt.Sprintf("%s:%d:%d", path, n.Line, n.Column) }

// written is a key for people: its parts are joined by dots.
func written(key []string) string { return strings.Join(key, ".") }

// node reads what stands in the file at a key.
func (l *loading) node(path string, key []string, n *yaml.Node) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return // the key stands there without a value
	}
	for _, s := range l.settings {
		if which, ok := s.matches(key); ok {
			l.value(path, key, s, which, n)
			return
		}
	}
	switch n.Kind { //nolint:exhaustive // aliases are followed, documents are opened
	case yaml.MappingNode:
		l.group(path, key, n)
	case yaml.SequenceNode:
		if len(key) == 0 || !l.isGroup(append(slices.Clone(key[:len(key)-1]), key[len(key)-1]+"[0]")) {
			l.wrong(place(path, n), "%s is no list", nameOf(key))
			return
		}
		for i, item := range n.Content {
			of := slices.Clone(key)
			of[len(of)-1] += fmt.Sprintf("[%d]", i)
			l.node(path, of, item)
		}
	default:
		l.wrong(place(path, n), "%s has keys of its own: write them below it", nameOf(key))
	}
}

func nameOf(key []string) string {
	if len(key) == 0 {
		return "the configuration"
	}
	return written(key)
}

func (l *loading) isGroup(key []string) bool {
	return slices.ContainsFunc(l.settings, func(s setting) bool { return s.holds(key) }) ||
		slices.ContainsFunc(plannedSettings(), func(p plannedSetting) bool { return setting{key: p.key}.holds(key) })
}

// group reads the keys that stand below another.
func (l *loading) group(path string, key []string, n *yaml.Node) {
	if !l.isGroup(key) { // a list where its items are meant
		l.wrong(place(path, n), "%s is a list: begin each item with a dash", nameOf(key))
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		of := append(slices.Clone(key), name.Value)
		if line, twice := seen[name.Value]; twice {
			l.wrong(place(path, name), "%s stands here again: it is in line %d already", written(of), line)
			continue
		}
		seen[name.Value] = name.Line
		if p, ok := planned(written(of)); ok {
			l.wrong(place(path, name), "%s", p.refusal())
			continue
		}
		if l.isGroup(of) || l.isSetting(of) || l.isGroup(append(slices.Clone(key), name.Value+"[0]")) {
			l.node(path, of, value)
			continue
		}
		l.wrong(place(path, name), "unknown key %s%s", written(of), didYouMean(written(of), l.names(key)))
	}
}

func (l *loading) isSetting(key []string) bool {
	return slices.ContainsFunc(l.settings, func(s setting) bool { _, ok := s.matches(key); return ok })
}

// value reads the value of a setting, or the list of them.
func (l *loading) value(path string, key []string, s setting, which string, n *yaml.Node) {
	items := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode && s.list {
		items = n.Content
	}
	values := []string{}
	for _, item := range items {
		if item.Kind == yaml.AliasNode {
			item = item.Alias
		}
		if item.Kind != yaml.ScalarNode {
			l.wrong(place(path, item), "%s: one %s is expected here", written(key), s.form)
			return
		}
		values = append(values, item.Value)
	}
	l.take(s, written(key), which, values, place(path, n))
}

// names are all keys as one would write them, those of a group with its own name.
func (l *loading) names(group []string) []string {
	var names []string
	for _, s := range l.settings {
		parts := strings.Split(s.key, ".")
		if s.holds(group) {
			copy(parts, group)
		}
		for i := range parts {
			names = append(names, strings.Join(parts[:i+1], "."))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// didYouMean proposes the names that are near, after a semicolon; nothing if none is.
func didYouMean(name string, names []string) string {
	// cobra knows what is near: names are commands to it.
	all := &cobra.Command{SuggestionsMinimumDistance: 2}
	for _, n := range names {
		all.AddCommand(&cobra.Command{Use: n, Run: func(*cobra.Command, []string) {}})
	}
	near := all.SuggestionsFor(name)
	if len(near) == 0 { // the right key at the wrong place
		last := name[strings.LastIndexByte(name, '.')+1:]
		for _, n := range names {
			if strings.HasSuffix(n, "."+last) || n == last {
				near = append(near, n)
			}
		}
	}
	if len(near) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(near[:min(len(near), 3)], " or ") + "?"
}

// otherVariables are APPDOCK_ names that are no configuration: flags of commands, tests,
// and what orchestrators set for a service that is called appdock.
var otherVariables = regexp.MustCompile(`^APPDOCK_(CONFIG|SERVER|TOKEN|CI|TEST.*|(.*_)?SERVICE_(HOST|PORT.*)|(.*_)?PORT(_.*)?)$`)

// environment reads APPDOCK_ variables.
func (l *loading) environment(environ []string) {
	known := map[string]setting{}
	for _, s := range l.settings {
		if name := s.variable(); name != "" {
			known[name] = s
		}
	}
	for _, entry := range environ {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, "APPDOCK_") || value == "" || otherVariables.MatchString(name) { // empty is unset
			continue
		}
		s, ok := known[name]
		if at := slices.IndexFunc(plannedSettings(), func(p plannedSetting) bool { return setting{key: p.key}.variable() == name }); at >= 0 {
			l.wrong(name, "%s", plannedSettings()[at].refusal())
			continue
		}
		if !ok {
			l.wrong(name, "unknown variable%s", didYouMean(name, slices.Sorted(maps.Keys(known))))
			continue
		}
		l.take(s, s.key, "", listed(s, value), name)
	}
	if _, ok := l.given["shop.url"]; !ok && len(l.result.Shops) == 0 {
		if url := l.getenv("APP_URL"); url != "" {
			s := known["APPDOCK_SHOP_URL"]
			l.take(s, s.key, "", []string{url}, "APP_URL")
		}
	}
}

// listed are the values of a variable: those of a list are separated by commas.
func listed(s setting, value string) []string {
	if !s.list {
		return []string{value}
	}
	values := []string{}
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item != "" {
			values = append(values, item)
		}
	}
	return values
}

// flag takes the value of a flag over all others.
func (l *loading) flag(key, name, value string) {
	for _, s := range l.settings {
		if s.key == key {
			l.take(s, key, "", []string{value}, "--"+name)
		}
	}
}

// finish checks the whole. Faults of one value are told once: at the place where it was
// given.
func (l *loading) finish() error {
	if _, one := l.given["shop.url"]; one && len(l.result.Shops) > 0 {
		l.wrong(l.given["shop.url"].origin, "shop and shops exclude each other: name the shop among the others")
	}
	told := map[string]bool{}
	for _, f := range l.faults {
		told[f.Pointer] = true
	}
	if found, ok := errors.AsType[*appdock.Error](l.result.Check()); ok {
		for _, f := range found.Faults {
			where := f.Pointer
			if g, ok := l.given[f.Pointer]; ok {
				where = g.origin
			}
			if !told[where] {
				l.wrong(where, "%s: %s", f.Pointer, f.Message)
			}
		}
	}
	if len(l.faults) == 0 {
		return nil
	}
	return &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-CONFIG-INVALID",
		Message: "The configuration has faults",
		Cure:    "Correct them; docs/configuration.md and `appdock config schema` have all keys.",
		Faults:  l.faults,
	}
}
