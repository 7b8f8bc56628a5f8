package twig

import (
	"fmt"
	"strings"

	"github.com/appdock/appdock/twig/parse"
)

// Deprecation is a notice for those who maintain a template.
type Deprecation struct {
	Message string // without place
	// Package and Version say whose notice it is and since when, if it does.
	Package, Version string
	Template         string
	Line             int // from 1
}

// String is the notice as the reference words it: Since p v: msg in "tpl" at line n.
func (d Deprecation) String() string {
	message := strings.TrimSuffix(d.Message, ".")
	if since := strings.TrimSpace(d.Package + " " + d.Version); since != "" {
		message = "Since " + since + ": " + message
	}
	return fmt.Sprintf("%s in \"%s\" at line %d.", message, d.Template, d.Line)
}

// WithDeprecations has report told of what templates should not use any more: of each tag
// deprecated that is rendered, and, once for each place, of deprecated tags, filters,
// functions and tests, and of operators that need brackets to keep their meaning, when a
// template is compiled. It is called by many goroutines, and
// must not call the environment.
func WithDeprecations(report func(Deprecation)) Option {
	return func(e *Environment, _ **Policy) { e.deprecations = report }
}

// deprecate tells of something that the template uses at a place.
func (b *builder) deprecate(at parse.Pos, kind, name, since string) {
	if b.env.deprecations == nil || since == "" {
		return
	}
	b.env.deprecations(Deprecation{
		Message: fmt.Sprintf("The \"%s\" %s is deprecated", name, kind), Package: since,
		Template: b.t.name, Line: at.Line,
	})
}

// notice tells of what the language itself will change.
func (b *builder) notice(at parse.Pos, message string) {
	if b.env.deprecations != nil {
		b.env.deprecations(Deprecation{Message: message, Package: "twig/twig", Version: "3.15", Template: b.t.name, Line: at.Line})
	}
}

// deprecatedStatement is the tag deprecated.
func (b *builder) deprecatedStatement(n *parse.Deprecated) exec {
	b.permit("tag", "deprecated", n.Pos)
	if b.env.deprecations == nil {
		return nil
	}
	at := b.site(n.Pos)
	part := func(x parse.Expr) eval {
		if x == nil {
			return always(Value{})
		}
		return b.expr(x)
	}
	message, pack, version := b.expr(n.Message), part(n.Package), part(n.Version)
	report := b.env.deprecations
	return func(c *Context, f *frame) {
		c.at = at
		c.step()
		report(Deprecation{
			Message: c.String(message(c, f)), Package: c.String(pack(c, f)), Version: c.String(version(c, f)),
			Template: at.template, Line: at.pos.Line,
		})
	}
}
