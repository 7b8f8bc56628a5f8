package main

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/appdock/appdock/manifest"
)

// nasty is a report with all that a form of output can trip over.
func nasty() *report {
	at := func(file string) manifest.Position { return manifest.Position{File: file, Line: 3, Column: 7} }
	r := &report{}
	r.add(appReport{Name: "My ]]> App", Path: "apps/a b", Findings: manifest.Problems{
		{Code: "manifest.url_scheme", Severity: manifest.Error, Message: "\x1b[31m<a & \"b\">\nsecond \xff line", Hint: "use ]]>", Position: at("apps/a b/ü#?%.xml"), Path: "/manifest/webhooks/webhook[2]/@url"},
		{Code: "manifest.no_english", Severity: manifest.Info, Message: "remark ]]>", Position: at("c:d/manifest.xml")},
		{Code: "manifest.untrimmed", Severity: manifest.Warning, Message: "blanks", Position: at("/abs/manifest.xml")},
		{Code: "manifest.url_scheme", Severity: manifest.Error, Message: "again", Position: at("https://a.com/app.json?x=1")},
	}}, nil)
	r.add(appReport{Name: "Gone", Path: "Gone", Findings: manifest.Problems{{Code: "app.not_found", Severity: manifest.Error, Message: "no app", Position: at("Gone")}}}, nil)
	r.add(appReport{Name: "Sound", Path: "apps/Sound"}, nil)
	return r
}

func TestSARIFHasTheShapeOfTheStandard(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/sarif.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	if err := compiler.AddResource("sarif", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("sarif")
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*report{"nothing": {}, "findings": nasty()} {
		var out bytes.Buffer
		p := &program{out: stream{Writer: &out}, build: build{version: "1.2.3"}}
		if err := p.showReport(r, validateFlags{format: "sarif"}, false); err != nil {
			t.Fatal(err)
		}
		instance, err := jsonschema.UnmarshalJSON(&out)
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(instance); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSARIFNamesRulesFilesAndPlaces(t *testing.T) {
	t.Parallel()
	run := nasty().sarif("1.2.3").Runs[0]
	var got []string
	for _, x := range run.Results {
		if rule := run.Tool.Driver.Rules[x.RuleIndex]; rule.ID != x.RuleID {
			t.Errorf("rule %d is %s, want %s", x.RuleIndex, rule.ID, x.RuleID)
		}
		got = append(got, x.Level+" "+x.Locations[0].Physical.Artifact.URI)
	}
	want := []string{
		"error apps/a%20b/%C3%BC%23%3F%25.xml", "note ./c:d/manifest.xml", "warning file:///abs/manifest.xml",
		"error https://a.com/app.json?x=1", "error Gone",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("results (-want +got):\n%s", diff)
	}
	if n := len(run.Tool.Driver.Rules); n != 4 {
		t.Errorf("%d rules, want each of the 4 once", n)
	}
	if text := run.Results[0].Message.Text; strings.ContainsAny(text, "\x1b\n") {
		t.Errorf("message %q could steer a terminal", text)
	}
}

func TestJUnitFailsWhatFailsTheCommand(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		strict                  bool
		tests, failures, errors int
	}{
		"errors":               {false, 4, 2, 1},
		"warnings with strict": {true, 5, 3, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			p := &program{out: stream{Writer: &out}}
			if err := p.showReport(nasty(), validateFlags{format: "junit", strict: tt.strict}, false); err != nil {
				t.Fatal(err)
			}
			var read junitSuites
			if err := xml.Unmarshal(out.Bytes(), &read); err != nil {
				t.Fatalf("%v\n%s", err, out.Bytes())
			}
			if read.Tests != tt.tests || read.Failures != tt.failures || read.Errors != tt.errors {
				t.Errorf("%d tests, %d failures, %d errors, want %d, %d, %d", read.Tests, read.Failures, read.Errors, tt.tests, tt.failures, tt.errors)
			}
			failed := 0
			for _, suite := range read.Suites {
				for _, c := range suite.Cases {
					if c.Failure != nil || c.Error != nil {
						failed++
					}
				}
			}
			if failed != tt.failures+tt.errors {
				t.Errorf("%d cases failed, want %d", failed, tt.failures+tt.errors)
			}
			if !strings.Contains(read.Suites[0].Remarks.Text, "\nc:d/manifest.xml:3:7: info manifest.no_english: remark ]]>\n") {
				t.Errorf("the remarks are %q", read.Suites[0].Remarks.Text)
			}
			if cases := read.Suites[2].Cases; len(cases) != 1 || cases[0].Failure != nil {
				t.Errorf("an app without findings has the cases %v, want one that passed", cases)
			}
		})
	}
}

// TestFormsAgree: every form tells the same findings.
func TestFormsAgree(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := &program{out: stream{Writer: &out}}
	if err := p.showReport(nasty(), validateFlags{format: "json"}, false); err != nil {
		t.Fatal(err)
	}
	var asJSON report
	if err := json.Unmarshal(out.Bytes(), &asJSON); err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, app := range asJSON.Apps {
		for _, x := range app.Findings {
			told = append(told, x.Code)
		}
	}
	var scanned []string
	for _, x := range nasty().sarif("").Runs[0].Results {
		scanned = append(scanned, x.RuleID)
	}
	if !slices.Equal(told, scanned) {
		t.Errorf("json tells %v, sarif %v", told, scanned)
	}
}
