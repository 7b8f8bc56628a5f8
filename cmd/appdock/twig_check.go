package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/twig"
)

// templates checks Twig, in the languages of the shop: that of templates and that of app
// scripts. Each is made when it is first needed, and serves any number of goroutines.
type templates struct{ language, script func() *twig.Environment }

func newTemplates() templates {
	return templates{
		language: sync.OnceValue(func() *twig.Environment { return checker(hostNames(), false) }),
		script:   sync.OnceValue(func() *twig.Environment { return checker(hostNames(), true) }),
	}
}

// check finds the syntax errors of a template.
//
// A filter, function or test that nobody has ends the reading of the tag it is in. So it
// is added to the language and the text is read again: what stands behind it is found too.
func (t templates) check(file, src string, script bool) manifest.Problems {
	names, language := hostNames(), t.language
	if script {
		language = t.script
	}
	speaks := language()
	src = plainTags(src)
	var found manifest.Problems
	for left := maxReread; ; left -= len(src) {
		learnt := false
		var rest manifest.Problems
		for _, e := range speaks.Check(file, src) {
			at := manifest.Position{File: file, Line: max(e.Line, 1), Column: max(e.Column, 1)}
			nobodys := manifest.Problem{Code: "twig.unknown_name", Severity: manifest.Warning, Message: e.Message, Position: at}
			switch kind, name := unknownName(e); {
			case e.Kind == twig.Loader: // of what it uses; that is not ours to find
			case kind == "":
				rest = append(rest, manifest.Problem{Code: "twig.syntax", Severity: manifest.Error, Message: e.Message, Position: at})
			case kind == "tag":
				nobodys.Message = fmt.Sprintf("Unknown \"%s\" tag.", name)
				rest = append(rest, nobodys)
			default:
				found = append(found, nobodys)
				learnt = names.add(kind, name) || learnt
			}
		}
		if !learnt || len(found) >= maxUnknown || left < len(src) {
			return append(found, rest...)
		}
		speaks = checker(names, script)
	}
}

// templateError is the first syntax error of a template, with its place in it.
type templateError struct{ problem manifest.Problem }

func (e templateError) Error() string { return e.problem.Message }

// Position gives line and column, both from 1.
func (e templateError) Position() (line, column int) { return e.problem.Line, e.problem.Column }

// compile is what `app validate` compiles the texts of an app with. A name that nobody
// has is no error: an extension of the host may add it.
func (t templates) compile(file, src string) error {
	found := t.check(file, src, isScript("/"+file))
	found.Sort()
	for _, x := range found {
		if x.Severity == manifest.Error {
			return templateError{x}
		}
	}
	return nil
}

const (
	// maxUnknown is how many unknown names of one template are told before reading it again ends.
	maxUnknown = 100
	// maxReread is how many bytes of one template are read again for them: a large one,
	// which may take seconds each time, is read again once or twice.
	maxReread = 2 << 20
)

// checker is a language with the names, which do nothing.
func checker(names names, script bool) *twig.Environment {
	options := []twig.Option{twig.WithTemplateFromString(), twig.WithDebug(), twig.WithExtension(names.extension())}
	if script {
		options = append(options, twig.WithScript())
	}
	return twig.New(options...)
}

// How the engine says that there is no such name: the words are the reference's and its
// fixtures hold them (spec twig.md 16). Inside of another tag it says misplaced of a tag
// that it does not know.
var (
	unknown   = regexp.MustCompile(`^Unknown "(.+?)" (filter|function|test|tag)\.`)
	misplaced = regexp.MustCompile(`^Unexpected "(.+?)" tag \(expecting`)
	closing   = regexp.MustCompile(`^(?:end.*|else|elseif)$`)
)

func unknownName(e *twig.Error) (kind, name string) {
	if m := unknown.FindStringSubmatch(e.Message); m != nil {
		return m[2], m[1]
	}
	if m := misplaced.FindStringSubmatch(e.Message); m != nil && !closing.MatchString(m[1]) {
		return "tag", m[1]
	}
	return "", ""
}

// names are what a host adds to the language, by kind.
type names map[string][]string

// hostNames are those of the shop (app-scripts.md B, D).
func hostNames() names {
	return names{
		"filter": strings.Fields("trans currency sw_sanitize sw_encode_url sw_encode_media_url replace_recursive proxy_url asset " +
			"format_date format_datetime format_time format_number format_currency country_name currency_name currency_symbol " +
			"language_name locale_name timezone_name"),
		"function": strings.Fields("config theme_config seoUrl rawUrl url path asset proxy_url searchMedia sw_breadcrumb_full category_url " +
			"category_linknewtab feature getAllFeatures sw_block sw_source sw_include compare app_block has_app_blocks trans " +
			"country_timezones"),
		"test": {"instanceof"},
		"tag":  strings.Fields("return app_block endapp_block sw_icon sw_thumbnails sw_silent_feature_call endsw_silent_feature_call"),
	}
}

// add reports whether the name is new.
func (n names) add(kind, name string) bool {
	if slices.Contains(n[kind], name) {
		return false
	}
	n[kind] = append(n[kind], name)
	return true
}

func (n names) extension() twig.Extension {
	var x twig.Extension
	for _, name := range n["filter"] {
		x.Filters = append(x.Filters, inert(name))
	}
	for _, name := range n["function"] {
		x.Functions = append(x.Functions, inert(name))
	}
	for _, name := range n["test"] {
		x.Tests = append(x.Tests, inert(name))
	}
	for _, name := range n["tag"] {
		x.Tags = append(x.Tags, twig.Tag{Name: name, Run: func(*twig.Context, []twig.Value, func() string) (string, error) { return "", nil }})
	}
	return x
}

func inert(name string) twig.Callable {
	return twig.Callable{Name: name, Variadic: true, Call: func(*twig.Context, []twig.Value) (twig.Value, error) { return twig.Value{}, nil }}
}

const (
	tagBegin = `\{%[-~]?\s*`
	quoted   = `"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'`
)

var (
	// overriding are the tags that are read as one of Twig's own.
	overriding = regexp.MustCompile(`(` + tagBegin + `)((?:end_?)?sw_(?:extends|include|embed|use|import|from|macro_function))\b`)
	// listing are the tags whose arguments have a word between them; in their sentences
	// separators are the words that stand for a comma.
	listing    = regexp.MustCompile(tagBegin + `(?:app_block|sw_icon|sw_thumbnails)\b(?:` + quoted + `|[^"'%]|%[^}])*%\}`)
	separators = regexp.MustCompile(quoted + `|\b(?:with|only|style)\s`)
)

// plainTags writes the shop's tags in the words of Twig: sw_include as include, and
// `sw_icon 'bag' style {…}` as a list with a comma. Every character keeps its place.
func plainTags(src string) string {
	src = overriding.ReplaceAllStringFunc(src, func(tag string) string {
		m := overriding.FindStringSubmatch(tag)
		plain := strings.NewReplacer("end_", "end", "sw_", "", "macro_function", "macro").Replace(m[2])
		return m[1] + fmt.Sprintf("%-*s", len(m[2]), plain)
	})
	return listing.ReplaceAllStringFunc(src, func(tag string) string {
		return separators.ReplaceAllStringFunc(tag, func(part string) string {
			if part[0] == '"' || part[0] == '\'' {
				return part
			}
			return "," + strings.Repeat(" ", len(part)-2) + part[len(part)-1:]
		})
	})
}
