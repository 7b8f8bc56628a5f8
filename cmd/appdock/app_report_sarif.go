package main

import (
	"net/url"
	"path"
	"strings"

	"github.com/appdock/appdock/manifest"
)

// The part of SARIF 2.1.0 that findings need: what code scanners and editors read.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
		FullDescription  sarifText `json:"fullDescription"`
		Help             sarifText `json:"help"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifLocation struct {
		Physical sarifPhysical  `json:"physicalLocation"`
		Logical  []sarifLogical `json:"logicalLocations,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   sarifRegion   `json:"region"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
	}
	sarifLogical struct {
		FullyQualifiedName string `json:"fullyQualifiedName"`
	}
)

// sarif is the report as a SARIF log of one run. Its rules are those that found something.
func (r *report) sarif(version string) sarifLog {
	run := sarifRun{
		Tool:       sarifTool{Driver: sarifDriver{Name: "appdock", Version: version, Rules: []sarifRule{}}},
		ColumnKind: "unicodeCodePoints", // how manifest.Position counts
		Results:    []sarifResult{},
	}
	known := map[string]manifest.Finding{}
	for _, f := range manifest.Findings() {
		known[f.Code] = f
	}
	indexes := map[string]int{}
	for _, app := range r.Apps {
		for _, x := range app.Findings {
			index, there := indexes[x.Code]
			if !there {
				index = len(indexes)
				indexes[x.Code] = index
				about := known[x.Code]
				run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, sarifRule{
					ID: x.Code, ShortDescription: sarifText{about.Meaning},
					FullDescription: sarifText{about.Meaning + " " + about.Cure}, Help: sarifText{about.Cure},
				})
			}
			run.Results = append(run.Results, sarifOf(x, index))
		}
	}
	return sarifLog{Schema: "https://json.schemastore.org/sarif-2.1.0.json", Version: "2.1.0", Runs: []sarifRun{run}}
}

func sarifOf(x manifest.Problem, rule int) sarifResult {
	level := string(x.Severity)
	if x.Severity == manifest.Info {
		level = "note"
	}
	result := sarifResult{RuleID: x.Code, RuleIndex: rule, Level: level, Message: sarifText{withHint(x)}}
	location := sarifLocation{Physical: sarifPhysical{
		Artifact: sarifArtifact{uri(x.File)}, Region: sarifRegion{StartLine: x.Line, StartColumn: x.Column},
	}}
	if x.Path != "" {
		location.Logical = []sarifLogical{{string(x.Path)}}
	}
	result.Locations = []sarifLocation{location}
	return result
}

// uri is a reference to a file: relative to where the command ran, as scanners expect of
// the top of a repository.
func uri(file string) string {
	switch {
	case strings.HasPrefix(file, "https://"), strings.HasPrefix(file, "http://"):
		return file
	case path.IsAbs(file):
		return (&url.URL{Scheme: "file", Path: file}).String()
	}
	return (&url.URL{Path: file}).String()
}

// withHint is the message of a finding and what it proposes.
func withHint(x manifest.Problem) string {
	if x.Hint == "" {
		return oneLine(x.Message)
	}
	return oneLine(x.Message) + " (" + oneLine(x.Hint) + ")"
}
