package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity says how bad a Problem is (validation.md 1).
type Severity string

const (
	// Error says that the app cannot work, or breaks a rule of the platform.
	Error Severity = "error"
	// Warning says that it works, but probably not as meant.
	Warning Severity = "warning"
	// Info is a remark.
	Info Severity = "info"
)

// Problem is one finding about an app. Its code is stable: never renamed, never
// used for something else. A Problem is no Go error: it is about the app's content.
type Problem struct {
	Code     string   `json:"code"`
	Severity Severity `json:"severity"`
	Message  string   `json:"message"`
	Hint     string   `json:"hint"` // what to do, or empty
	Position
	Path Path `json:"path"` // empty when it is about the whole file
}

// String is the text form of validation.md 1: one line, and one more for the hint.
func (p Problem) String() string {
	text := fmt.Sprintf("%s:%d:%d: %s %s: %s", p.File, p.Line, p.Column, p.Severity, p.Code, p.Message)
	if p.Hint != "" {
		text += "\n    " + p.Hint
	}
	return text
}

// Problems are the findings about one app, sorted by file, line, column and code.
type Problems []Problem

// HasErrors reports whether one of them is an error.
func (p Problems) HasErrors() bool {
	return slices.ContainsFunc(p, func(problem Problem) bool { return problem.Severity == Error })
}

// String is the text form of all of them, a line each.
func (p Problems) String() string {
	var text strings.Builder
	for _, problem := range p {
		text.WriteString(problem.String())
		text.WriteByte('\n')
	}
	return text.String()
}

// Sort puts them in order: by file, line, column and code.
func (p Problems) Sort() {
	slices.SortStableFunc(p, func(a, b Problem) int {
		return cmp.Or(
			cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column), cmp.Compare(a.Code, b.Code))
	})
}

// demoted turns errors into warnings: those of a file that another one replaces.
func (p Problems) demoted() Problems {
	demoted := slices.Clone(p)
	for i := range demoted {
		if demoted[i].Severity == Error {
			demoted[i].Severity = Warning
		}
	}
	return demoted
}

// maxProblems of one file are told. Nobody reads more, and a hostile file must
// not cost more than an honest one.
const maxProblems = 1000

// tooMany is the last problem of a file that has too many: an error, so that
// remarks cannot hide one.
func tooMany(dialect Format, at Position) Problem {
	code := "xml.too_large"
	if dialect == SitePack {
		code = "json.too_large"
	}
	return Problem{Code: code, Severity: Error, Message: fmt.Sprintf("there are more than %d problems, the others are not told", maxProblems-1), Position: at}
}

// maxHints is how many problems may look for a name like the wrong one.
const maxHints = 100

// quote puts a value into a message, cut to what a line can show.
func quote(value string) string { return `"` + shorten(value) + `"` }

func shorten(value string) string {
	const most = 80
	value = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, value)
	if len(value) <= most {
		return value
	}
	if runes := []rune(value[:min(len(value), 4*most)]); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return value
}
