package twig

import (
	"math/rand/v2"
	"path"
	"strings"
	"time"
)

// Option sets up an environment.
type Option func(e *Environment, policy **Policy)

// WithLoader says where templates come from.
func WithLoader(l TemplateLoader) Option {
	return func(e *Environment, _ **Policy) { e.loader = l }
}

// WithoutReload keeps compiled templates for good: the loader is asked for each
// template once. Without it every render asks for the text and compiles what changed.
func WithoutReload() Option {
	return func(e *Environment, _ **Policy) { e.frozen = true }
}

// WithExtension adds filters, functions, tests and tags; later ones win.
func WithExtension(x Extension) Option {
	return func(e *Environment, _ **Policy) { e.extend(x) }
}

// WithGlobals gives variables that every template and macro sees. The array must not be changed afterwards.
func WithGlobals(a *Array) Option {
	return func(e *Environment, _ **Policy) { e.globals = a }
}

// WithStrictVariables makes missing variables, keys and properties errors.
func WithStrictVariables() Option {
	return func(e *Environment, _ **Policy) { e.strict = true }
}

// WithAutoescape sets the strategy of all templates: html, js, css, url,
// html_attr, one of WithStrategy, or "" for none.
func WithAutoescape(strategy string) Option {
	return func(e *Environment, _ **Policy) { e.escape = func(string) string { return strategy } }
}

// WithAutoescapeBy chooses the strategy by a template's name.
func WithAutoescapeBy(choose func(template string) string) Option {
	return func(e *Environment, _ **Policy) { e.escape = choose }
}

// ByName is the reference's choice of strategy by file name, for WithAutoescapeBy (spec 10).
func ByName(template string) string {
	switch path.Ext(strings.TrimSuffix(template, ".twig")) {
	case ".js", ".json":
		return "js"
	case ".css":
		return "css"
	case ".txt":
		return ""
	}
	return "html"
}

// WithStrategy adds an escaping strategy.
func WithStrategy(name string, escape func(string) (string, error)) Option {
	return func(e *Environment, _ **Policy) { e.strategies[name] = escape }
}

// WithDebug lets dump print.
func WithDebug() Option { return func(e *Environment, _ **Policy) { e.debug = true } }

// WithTemplateFromString adds the function template_from_string.
func WithTemplateFromString() Option {
	return func(e *Environment, _ **Policy) {
		e.fromString = true
		e.extend(Extension{Functions: []Callable{templateFromString()}})
	}
}

// WithLimits bounds every render.
func WithLimits(l Limits) Option {
	return func(e *Environment, _ **Policy) { e.limits = l.complete() }
}

// WithPolicy gives the policy under which include(sandboxed = true) and the
// sandbox tag run what they include. To sandbox all templates, use Environment.Sandbox.
func WithPolicy(p *Policy) Option {
	return func(_ *Environment, policy **Policy) { *policy = p }
}

// WithTimeZone sets the zone in which dates are read and printed; UTC without it.
func WithTimeZone(zone *time.Location) Option {
	return func(e *Environment, _ **Policy) { e.zone = zone }
}

// WithClock sets what "now" is.
func WithClock(now func() time.Time) Option {
	return func(e *Environment, _ **Policy) { e.now = now }
}

// WithRandom sets where chance comes from, for tests; it is asked once per call of random and shuffle.
func WithRandom(source func() *rand.Rand) Option {
	return func(e *Environment, _ **Policy) { e.random = source }
}

// WithDateFormat sets the default formats of dates and intervals.
func WithDateFormat(date, interval string) Option {
	return func(e *Environment, _ **Policy) { e.dateFormat = [2]string{date, interval} }
}

// WithNumberFormat sets the defaults of number_format.
func WithNumberFormat(decimals int, point, separator string) Option {
	return func(e *Environment, _ **Policy) {
		e.numbers = numberFormat{decimals: decimals, point: point, separator: separator}
	}
}

// WithConstants answers the function constant.
func WithConstants(find func(name string) (Value, bool)) Option {
	return func(e *Environment, _ **Policy) { e.constants = find }
}

// WithEnums answers the functions enum and enum_cases.
func WithEnums(find func(name string) (Enum, bool)) Option {
	return func(e *Environment, _ **Policy) { e.enums = find }
}

// WithScript switches on the dialect of app scripts (spec 15): foreach, break,
// continue, return, &&, ||, ===, !== and macros that return values.
func WithScript() Option {
	return func(e *Environment, _ **Policy) {
		e.config.Script = true
		e.extend(scripts())
	}
}

// WithNext switches on syntax of Twig 3.23: ?. and === and assignments as expressions.
func WithNext() Option { return func(e *Environment, _ **Policy) { e.config.Next = true } }
