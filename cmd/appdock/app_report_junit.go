package main

import (
	"encoding/xml"
	"fmt"
	"strings"

	"github.com/appdock/appdock/manifest"
)

// The JUnit form that build servers read: a suite for each app, a case for each finding
// that fails it.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Cases    []junitCase `xml:"testcase"`
		Remarks  *junitText  `xml:"system-out"`
	}
	junitCase struct {
		Name    string      `xml:"name,attr"`
		Class   string      `xml:"classname,attr"`
		File    string      `xml:"file,attr,omitempty"`
		Line    int         `xml:"line,attr,omitempty"`
		Failure *junitFault `xml:"failure"`
		Error   *junitFault `xml:"error"`
	}
	junitFault struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitText struct {
		Text string `xml:",cdata"` // lines stay lines
	}
)

// junit is the report as test suites. What decides about the exit code is a failure, an
// app that is not there an error; remarks are the output of their suite. An app without
// failures is one case that passed.
func (r *report) junit(strict bool) junitSuites {
	all := junitSuites{Name: "appdock app validate"}
	for _, app := range r.Apps {
		suite := junitSuite{Name: oneLine(app.Name)}
		var remarks strings.Builder
		for _, x := range app.Findings {
			text := fmt.Sprintf("%s:%d:%d: %s %s: %s", oneLine(x.File), x.Line, x.Column, x.Severity, x.Code, withHint(x))
			if !failing(x, strict) {
				remarks.WriteString(text + "\n")
				continue
			}
			one := junitCase{
				Name: fmt.Sprintf("%s %s:%d:%d", x.Code, oneLine(x.File), x.Line, x.Column), Class: suite.Name, File: oneLine(x.File), Line: x.Line,
			}
			fault := &junitFault{Message: withHint(x), Type: x.Code, Text: text}
			if x.Code == "app.not_found" {
				one.Error = fault
				suite.Errors++
			} else {
				one.Failure = fault
				suite.Failures++
			}
			suite.Cases = append(suite.Cases, one)
		}
		if len(suite.Cases) == 0 {
			suite.Cases = []junitCase{{Name: "app is valid", Class: suite.Name, File: oneLine(app.Path)}}
		}
		if remarks.Len() > 0 {
			suite.Remarks = &junitText{"\n" + remarks.String()}
		}
		suite.Tests = len(suite.Cases)
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Errors += suite.Errors
		all.Suites = append(all.Suites, suite)
	}
	return all
}

// failing reports whether a finding decides about the exit code.
func failing(x manifest.Problem, strict bool) bool {
	return x.Severity == manifest.Error || strict && x.Severity == manifest.Warning
}

// xmlDocument prints the one XML document of a command.
func (p *program) xmlDocument(v any) error {
	text, err := xml.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	p.out.print(xml.Header + string(text) + "\n")
	return nil
}
