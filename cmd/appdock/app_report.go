package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/appdock/appdock/manifest"
)

// report is what `app validate` found, in all apps: each form of output is made of it. As
// a document it is that of validation.md 1.
type report struct {
	Apps    []appReport `json:"apps"`
	Summary summary     `json:"summary"`
	stayed  []string    // codes that were to be ignored, and cannot be
}

type appReport struct {
	Name     string            `json:"name"`
	Path     string            `json:"path"`
	Format   manifest.Format   `json:"format"` // empty if nobody can tell
	Findings manifest.Problems `json:"findings"`
	broken   bool              // the manifest could not be read: no finding about it can be ignored
}

type summary struct {
	Errors   int `json:"errors"`
	Warnings int `json:"warnings"`
	Infos    int `json:"infos"`
	Ignored  int `json:"ignored"`
}

// add takes an app in, without the findings that are to be ignored.
func (r *report) add(app appReport, ignore []string) {
	kept := manifest.Problems{}
	for _, x := range app.Findings {
		switch unread := app.broken || x.Code == "app.not_found"; {
		case !matches(ignore, x.Code):
		case !unread:
			r.Summary.Ignored++
			continue
		case !slices.Contains(r.stayed, x.Code):
			r.stayed = append(r.stayed, x.Code)
		}
		kept = append(kept, x)
		switch x.Severity {
		case manifest.Error:
			r.Summary.Errors++
		case manifest.Warning:
			r.Summary.Warnings++
		case manifest.Info:
			r.Summary.Infos++
		}
	}
	app.Findings = kept
	r.Apps = append(r.Apps, app)
}

// checkIgnored refuses what is no code of a finding: whoever mistypes one would believe that
// the finding is gone.
func checkIgnored(codes []string) error {
	var known []string
	for _, f := range manifest.Findings() {
		group, _, _ := strings.Cut(f.Code, ".")
		known = append(known, f.Code, group+".*")
	}
	for _, code := range codes {
		if code = strings.TrimSpace(code); code != "" && !slices.Contains(known, code) {
			slices.Sort(known)
			return usageError(fmt.Sprintf("--ignore %q: there is no such finding%s", code, didYouMean(code, slices.Compact(known))),
				"Write the code as a finding shows it, or a whole group as \"snippet.*\".")
		}
	}
	return nil
}

// matches reports whether a code is among codes; "snippet.*" are all that begin with "snippet.".
func matches(codes []string, code string) bool {
	for _, c := range codes {
		c = strings.TrimSpace(c)
		group, isGroup := strings.CutSuffix(c, "*")
		if c == code || isGroup && strings.HasSuffix(group, ".") && strings.HasPrefix(code, group) {
			return true
		}
	}
	return false
}

// exitCode is that of the worst finding (cli.md 2.5).
func (r *report) exitCode(strict bool) int {
	worst := exitDone
	for _, app := range r.Apps {
		for _, x := range app.Findings {
			switch {
			case x.Code == "app.not_found":
				worst = max(worst, exitFailed)
			case failing(x, strict):
				worst = max(worst, exitInvalid)
			}
		}
	}
	return worst
}

// showReport prints the findings and what they come to. one says that one app was asked
// for by its name.
func (p *program) showReport(r *report, f validateFlags, one bool) error {
	for _, code := range r.stayed {
		p.warn(code + " cannot be ignored: nobody has checked an app that cannot be read")
	}
	switch f.format {
	case "json":
		return p.document(r)
	case "junit":
		return p.xmlDocument(r.junit(f.strict))
	case "sarif":
		return p.document(r.sarif(p.build.version))
	}
	var b strings.Builder
	for _, app := range r.Apps {
		for _, x := range app.Findings {
			switch {
			case p.quiet && x.Severity != manifest.Error:
			case f.format == "github":
				b.WriteString(annotation(x))
			default:
				b.WriteString(p.finding(x))
			}
		}
	}
	p.out.print(b.String())
	if r.exitCode(f.strict) == exitDone {
		if one {
			p.say("app is valid")
		} else {
			p.say("all apps valid")
		}
	}
	if len(r.Apps) > 0 && r.Summary != (summary{}) {
		p.say("%s", r.counts())
	}
	return nil
}

// counts says how many findings there are.
func (r *report) counts() string {
	text := plural(r.Summary.Errors, "error") + ", " + plural(r.Summary.Warnings, "warning") + " in " + plural(len(r.Apps), "app")
	if r.Summary.Ignored > 0 {
		text += fmt.Sprintf(", %d ignored", r.Summary.Ignored)
	}
	return text
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// finding is the text form of validation.md 1.
func (p *program) finding(x manifest.Problem) string {
	as := faint
	switch x.Severity {
	case manifest.Error:
		as = red
	case manifest.Warning:
		as = yellow
	case manifest.Info:
	}
	text := fmt.Sprintf("%s:%d:%d: %s %s: %s\n", oneLine(x.File), x.Line, x.Column, p.out.paint(as, string(x.Severity)), x.Code, oneLine(x.Message))
	if x.Hint != "" {
		text += "    " + oneLine(x.Hint) + "\n"
	}
	return text
}

// annotation is a command that GitHub shows beside a line. Its texts must not end it, nor
// begin another.
func annotation(x manifest.Problem) string {
	text := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	level := string(x.Severity)
	if x.Severity == manifest.Info {
		level = "notice"
	}
	return fmt.Sprintf("::%s file=%s,line=%d,col=%d,title=%s::%s\n", level, property.Replace(x.File), x.Line, x.Column, property.Replace(x.Code), text.Replace(withHint(x)))
}
