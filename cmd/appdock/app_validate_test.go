package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/appdock/appdock/manifest"
	"github.com/appdock/appdock/protocol"
)

func TestProgressIsShownWhenItTakesLong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		takes    time.Duration
		terminal bool
		quiet    bool
		want     string
	}{
		"soon done":      {takes: 299 * time.Millisecond, terminal: true},
		"long":           {takes: 301 * time.Millisecond, terminal: true, want: "\r\x1b[Kchecking 1 of 2: My\uFFFDApp\r\x1b[K"},
		"no terminal":    {takes: time.Hour},
		"not to be told": {takes: time.Hour, terminal: true, quiet: true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var screen bytes.Buffer
				p := &program{err: stream{Writer: &screen, terminal: tt.terminal}, quiet: tt.quiet}
				line := p.progress("checking", 2)
				line.next("My\x1bApp")
				time.Sleep(tt.takes)
				synctest.Wait()
				line.end()
				if got := screen.String(); got != tt.want {
					t.Errorf("got %q, want %q", got, tt.want)
				}
			})
		})
	}
}

func TestAnnotationsStayOneCommand(t *testing.T) {
	t.Parallel()
	x := manifest.Problem{
		Code: "manifest.x", Severity: manifest.Info, Message: "100%\n::error::no", Hint: "well\r",
		Position: manifest.Position{File: "a,b:c\n/manifest.xml", Line: 1, Column: 2},
	}
	want := "::notice file=a%2Cb%3Ac%0A/manifest.xml,line=1,col=2,title=manifest.x::100%25 ::error::no (well\uFFFD)\n"
	if got := annotation(x); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFindingsAreIgnored(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		ignore string
		code   string
		want   bool
	}{
		"the code":            {"manifest.a", "manifest.a", true},
		"another code":        {"manifest.a", "manifest.ab", false},
		"a group":             {"snippet.*", "snippet.missing_key", true},
		"another group":       {"snippet.*", "snippets.missing_key", false},
		"a star is no code":   {"*", "manifest.a", false},
		"a star in a code":    {"manifest.url_*", "manifest.url_private", false},
		"blanks after commas": {"x, manifest.a", "manifest.a", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := matches(strings.Split(tt.ignore, ","), tt.code); got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
		})
	}
}

// TestWhatCannotBeReadIsNotIgnored: an app that nobody could check is not valid.
func TestWhatCannotBeReadIsNotIgnored(t *testing.T) {
	t.Parallel()
	findings := manifest.Problems{{Code: "xml.malformed", Severity: manifest.Error}}
	r := &report{}
	r.add(appReport{Findings: findings, broken: true}, []string{"xml.*"})
	if got := r.exitCode(false); got != exitInvalid {
		t.Errorf("exit code %d, want %d", got, exitInvalid)
	}
	r = &report{}
	r.add(appReport{Findings: findings}, []string{"xml.*"})
	if got := r.exitCode(true); got != exitDone || r.Summary.Ignored != 1 {
		t.Errorf("exit code %d with %d ignored, want %d with 1", got, r.Summary.Ignored, exitDone)
	}
}

// net answers every call.
type fakeNet struct{ answer protocol.Answer }

func (n fakeNet) Call(context.Context, protocol.Call) (protocol.Answer, error) { return n.answer, nil }

func TestHostedAppsAreChecked(t *testing.T) {
	t.Parallel()
	const sound = `{"id": "an-app", "name": "A", "version": "1.0.0", "author": "We", "description": "An app", "icon_url": "https://a.com/i.png"}`
	tests := map[string]struct {
		answer protocol.Answer
		flags  []string
		want   int
		says   string
	}{
		"a sound one":             {answer: protocol.Answer{Status: 200, Body: []byte(sound)}, want: exitDone, says: "app is valid\n"},
		"a broken one":            {answer: protocol.Answer{Status: 200, Body: []byte("{}")}, want: exitInvalid, says: `https://a.com/app.json:1:1: error app_json.missing_field: "id" is missing`},
		"none":                    {answer: protocol.Answer{Status: 404}, want: exitFailed, says: "https://a.com:1:1: error app.not_found: fetch https://a.com/app.json: it answered 404"},
		"with a look at the icon": {answer: protocol.Answer{Status: 200, Body: []byte(sound)}, flags: []string{"--online"}, want: exitDone, says: "warning app_json.icon_url_image"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t, "")
			s.calls = func(bool) manifest.Caller { return fakeNet{tt.answer} }
			if got := s.run(t.Context(), append([]string{"app", "validate", "https://a.com"}, tt.flags...)); got != tt.want {
				t.Errorf("exit code %d, want %d\n%s", got, tt.want, s.stderr.String())
			}
			if got := s.stdout.String(); !strings.Contains(got, tt.says) {
				t.Errorf("output without %q:\n%s", tt.says, got)
			}
		})
	}
	for _, address := range []string{"https://me:hunter2@a.com", "https://me:hunter2@a.com:x/app.json", "https://me:hunter2@", "https://me:hunter2@a.com/%zz"} {
		s := newSession(t, "")
		s.calls = func(bool) manifest.Caller { return fakeNet{} }
		if got := s.run(t.Context(), []string{"app", "validate", address}); got != exitFailed || strings.Contains(s.stdout.String()+s.stderr.String(), "hunter2") {
			t.Errorf("%s: exit code %d, want %d and no password:\n%s%s", address, got, exitFailed, s.stdout.String(), s.stderr.String())
		}
	}
	s := newSession(t, "")
	if got := s.run(t.Context(), []string{"app", "validate", "https://a.com"}); got != exitFailed || !strings.Contains(s.stderr.String(), "[ADK-UNSUPPORTED]") {
		t.Errorf("without a network: exit code %d\n%s", got, s.stderr.String())
	}
}

// TestPackagesAreChecked: as the folder in them would be.
func TestPackagesAreChecked(t *testing.T) {
	t.Parallel()
	files, err := skeleton{appTexts: appTexts{"OrderNotes", "Notes", "Notes", "We", "We", "1.0.0", "", "MIT"}, Format: manifest.Shopware}.files()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		folder string
		more   []string // names of further files
		want   int
		says   string
	}{
		"a package":                {"OrderNotes", nil, exitDone, "app is valid\n"},
		"a manifest of other case": {"OrderNotes", []string{"OrderNotes/Manifest.xml"}, exitInvalid, `notes.zip:1:1: error bundle.duplicate: `},
		"two manifests":            {"OrderNotes", []string{"OrderNotes/manifest.xml"}, exitInvalid, `notes.zip:1:1: error bundle.duplicate: entry "OrderNotes/manifest.xml" is there twice`},
		"two spellings":            {"OrderNotes", []string{"OrderNotes/a.txt", "OrderNotes/A.txt"}, exitDone, `notes.zip:1:1: warning bundle.duplicate: entries "OrderNotes/a.txt" and "OrderNotes/A.txt" are one file where case does not count`},
		"a package of other name":  {"Other", nil, exitInvalid, `notes.zip/Other/manifest.xml:4:9: error manifest.name_mismatch: technical name "OrderNotes" and folder name "Other" must be equal`},
		"a package that gets out":  {"..", nil, exitInvalid, `notes.zip:1:1: error bundle.traversal: entry "../manifest.xml" leaves the archive's folder`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "notes.zip")
			var packed bytes.Buffer
			w := zip.NewWriter(&packed)
			for _, f := range files {
				entry, err := w.Create(tt.folder + "/" + f.name)
				if err != nil {
					t.Fatal(err)
				}
				_, _ = entry.Write(f.text) // into memory
			}
			for _, name := range tt.more {
				if _, err := w.Create(name); err != nil {
					t.Fatal(err)
				}
			}
			if err := errors.Join(w.Close(), os.WriteFile(path, packed.Bytes(), 0o600)); err != nil {
				t.Fatal(err)
			}
			s := newSession(t, "")
			if got := s.run(t.Context(), []string{"app", "validate", path}); got != tt.want {
				t.Errorf("exit code %d, want %d\n%s", got, tt.want, s.stderr.String())
			}
			if got := s.stdout.String(); !strings.Contains(got, tt.says) {
				t.Errorf("output without %q:\n%s", tt.says, got)
			}
		})
	}
}
