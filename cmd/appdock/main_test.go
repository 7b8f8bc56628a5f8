package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/dev"
	"github.com/appdock/appdock/internal/server"
)

// session is the program with a host in its own process and somebody at a terminal.
type session struct {
	program
	host           *fakeHost
	stdout, stderr bytes.Buffer
	opened         server.Config
	asked          dev.Options
}

func newSession(t *testing.T, typed string) *session {
	t.Helper()
	s := &session{host: newFakeHost()}
	s.program = program{
		in: strings.NewReader(typed), interactive: true,
		out: stream{Writer: &s.stdout}, err: stream{Writer: &s.stderr},
		getenv: func(string) string { return "" },
		now:    func() time.Time { return noon },
		build:  build{version: "1.2.3", commit: "abc", goVersion: "go1.26"},
		open: func(_ context.Context, c server.Config) (host, error) {
			s.opened = c
			return s.host, nil
		},
		dev: func(ctx context.Context, o dev.Options) error {
			s.asked = o
			return ctx.Err()
		},
	}
	return s
}

// app makes the folder of an app.
func app(t *testing.T, name string) string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), name)
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "manifest.xml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	coded := func(kind appdock.Kind, code string) error { return &appdock.Error{Kind: kind, Code: code} }
	withFault := func(kind appdock.Kind, fault string) error {
		return &appdock.Error{Kind: kind, Code: "ADK-APP-INVALID", Faults: []appdock.Fault{{Code: fault}}}
	}
	setting := func(places ...string) error {
		wrong := &appdock.Error{Kind: appdock.Invalid, Code: "ADK-CONFIG-INVALID"}
		for _, place := range places {
			wrong.Faults = append(wrong.Faults, appdock.Fault{Pointer: place, Code: wrong.Code})
		}
		return wrong
	}
	tests := map[string]struct {
		err              error
		want, compatible int
	}{
		"done":                               {nil, 0, 0},
		"what nobody expected":               {errors.New("broken"), 1, 1},
		"it was tried and did not work":      {coded(appdock.Failed, "FRAMEWORK__APP_REGISTRATION_FAILED"), 1, 1},
		"not found":                          {coded(appdock.NotFound, "ADK-NOT-FOUND"), 1, 1},
		"no app in the folder":               {coded(appdock.NotFound, "app.not_found"), 1, 1},
		"the app does not fit":               {coded(appdock.Invalid, "FRAMEWORK__APP_NOT_COMPATIBLE"), 1, 1},
		"wrong settings":                     {withFault(appdock.Invalid, "ADK-CONFIG-INVALID"), 1, 1},
		"a setting that a flag gives":        {setting("--listen"), 2, 1},
		"a setting of the file":              {setting("five.yaml:1:1"), 1, 1},
		"settings of a flag and the file":    {setting("--listen", "five.yaml:1:1"), 1, 1},
		"wrong usage":                        {usageError("what?", ""), 2, 1},
		"one of several shops not named":     {coded(appdock.Invalid, "ADK-SHOP-NEEDED"), 2, 1},
		"a finding":                          {coded(appdock.Invalid, "manifest.missing_element"), 3, 1},
		"findings among the faults":          {withFault(appdock.Invalid, "xml.malformed"), 3, 1},
		"no host":                            {coded(appdock.Unavailable, "ADK-HOST-UNREACHABLE"), 4, 1},
		"no host, wrapped":                   {fmt.Errorf("ask: %w", coded(appdock.Unavailable, "ADK-HOST-UNREACHABLE")), 4, 1},
		"the host is ending":                 {coded(appdock.Unavailable, "ADK-STOPPING"), 1, 1},
		"nobody consented":                   {coded(appdock.Refused, "ADK-CONSENT-NEEDED"), 5, 1},
		"somebody said no":                   {refused(""), 5, 1},
		"rights missing":                     {coded(appdock.Refused, "FRAMEWORK__MISSING_PRIVILEGE_ERROR"), 5, 1},
		"the shop's identity is not settled": {coded(appdock.Conflict, "FRAMEWORK__APP_SHOP_ID_CHANGE_SUGGESTED"), 5, 1},
		"interrupted":                        {fmt.Errorf("wait: %w", context.Canceled), 130, 130},
		"told already":                       {errors.Join(toldError(5), nil), 5, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := exitCode(tt.err)
			if got != tt.want {
				t.Errorf("exit code %d, want %d", got, tt.want)
			}
			if c := compatible(got); c != tt.compatible {
				t.Errorf("with --compat %d, want %d", c, tt.compatible)
			}
		})
	}
}

func TestConsentIsAsked(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		app   string
		typed string
		flags []string
		want  int
		asked int // questions on the screen
	}{
		"yes to both":                                        {"MyExampleApp", "y\nyes\n", nil, 0, 2},
		"any case, blanks around":                            {"MyExampleApp", " Y \nYeS\r\n", nil, 0, 2},
		"no to the permissions asks no more":                 {"MyExampleApp", "n\ny\n", nil, 5, 1},
		"no to the hosts":                                    {"MyExampleApp", "y\nNo\n", nil, 5, 2},
		"nothing is no":                                      {"MyExampleApp", "\n", nil, 5, 1},
		"the end of input is no":                             {"MyExampleApp", "", nil, 5, 1},
		"yes without a line end counts":                      {"Talkative", "y", nil, 0, 1},
		"two unusable answers may be mended":                 {"Talkative", "ja\nsure\ny\n", nil, 0, 3},
		"three unusable answers are no":                      {"Talkative", "ja\nsure\nok\ny\n", nil, 5, 3},
		"an unusable answer at the end is no":                {"Talkative", "ja", nil, 5, 1},
		"only what no flag accepted is asked":                {"MyExampleApp", "y\n", []string{"--accept-permissions"}, 0, 1},
		"permissions are asked without --accept-permissions": {"MyExampleApp", "y\n", []string{"--accept-hosts"}, 0, 1},
		"--yes asks nothing":                                 {"MyExampleApp", "", []string{"--yes"}, 0, 0},
		"--force asks nothing":                               {"MyExampleApp", "", []string{"-f"}, 0, 0},
		"-n takes the default":                               {"MyExampleApp", "y\ny\n", []string{"-n"}, 5, 0},
		"-q asks nothing":                                    {"MyExampleApp", "y\ny\n", []string{"-q"}, 5, 0},
		"an app that wants nothing is not asked for":         {"Plain", "", nil, 0, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t, tt.typed)
			got := s.run(t.Context(), append([]string{"app", "install", app(t, tt.app)}, tt.flags...))
			if got != tt.want {
				t.Errorf("exit code %d, want %d\n%s", got, tt.want, s.stderr.String())
			}
			if asked := strings.Count(s.stderr.String(), "[y/N]"); asked != tt.asked {
				t.Errorf("asked %d times, want %d\n%s", asked, tt.asked, s.stderr.String())
			}
			if installed := s.host.installed() == tt.app; installed != (tt.want == 0) {
				t.Errorf("installed: %v, with exit code %d", installed, got)
			}
			if tt.want == 5 && tt.asked > 0 && !strings.Contains(s.stderr.String(), "Aborting due to user input.") {
				t.Errorf("a no is not said to be one:\n%s", s.stderr.String())
			}
		})
	}
}

func TestInstallOrderCarriesFlags(t *testing.T) {
	t.Parallel()
	s := newSession(t, "")
	s.getenv = func(name string) string { return map[string]string{"VENDOR": "s3cr3t"}[name] }
	folder := app(t, "Plain")
	if code := s.run(t.Context(), []string{"app:install", folder, "-a", "--no-validate", "--allow-short-secret", "--app-secret", "env:VENDOR"}); code != 0 {
		t.Fatalf("exit code %d\n%s", code, s.stderr.String())
	}
	want := []control.Install{{
		Source:      control.Source{Path: folder, SkipValidation: true},
		ConsentHash: "hash of Plain", Activate: true, AllowShortSecret: true, AppSecret: "s3cr3t",
	}}
	if diff := cmp.Diff(want, s.host.took); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	if got := s.stderr.String(); got != "warning: The shop secret is short.\n" {
		t.Errorf("standard error %q", got)
	}
}

func TestUninstallAsks(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args  []string
		typed string
		want  int
		left  string
	}{
		"yes removes it":                {[]string{"app", "uninstall", "Plain"}, "y\n", 0, ""},
		"no keeps it":                   {[]string{"app", "uninstall", "Plain"}, "n\n", 5, "Plain"},
		"--yes asks nothing":            {[]string{"app", "uninstall", "Plain", "-y"}, "n\n", 0, ""},
		"Shopware's name asks nothing":  {[]string{"app:uninstall", "Plain"}, "n\n", 0, ""},
		"nobody is asked with -n":       {[]string{"app", "uninstall", "Plain", "-n"}, "n\n", 0, ""},
		"one that is not there: failed": {[]string{"app", "uninstall", "Other"}, "y\n", 1, "Plain"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t, tt.typed)
			s.host.apps["Plain"] = control.App{Name: "Plain"}
			if got := s.run(t.Context(), tt.args); got != tt.want {
				t.Errorf("exit code %d, want %d\n%s", got, tt.want, s.stderr.String())
			}
			if left := s.host.installed(); left != tt.left {
				t.Errorf("left %q, want %q", left, tt.left)
			}
		})
	}
}

func TestHostInProcessServesNobody(t *testing.T) {
	t.Parallel()
	s := newSession(t, "")
	data := t.TempDir()
	if code := s.run(t.Context(), []string{"shop", "show", "--data", data}); code != 0 {
		t.Fatalf("exit code %d\n%s", code, s.stderr.String())
	}
	c := s.opened
	if c.Data != data || c.Listen != "" || c.Create || c.Socket || c.Mode != "" {
		t.Errorf("opened with %+v", c)
	}
	if c.Version != "1.2.3" || c.Commit != "abc" || c.Log == nil {
		t.Errorf("version %q, commit %q, log %v", c.Version, c.Commit, c.Log)
	}
}

func TestInterruptedCommand(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		want int
	}{
		"a list":                 {[]string{"app", "list"}, 130},
		"several apps":           {[]string{"app", "activate", "A", "B"}, 130},
		"with --compat likewise": {[]string{"app", "activate", "A", "--compat"}, 130},
		"dev ends well":          {[]string{"dev"}, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t, "")
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			s.open = func(ctx context.Context, _ server.Config) (host, error) {
				return nil, errors.New("something broke because of " + ctx.Err().Error())
			}
			if got := s.run(ctx, tt.args); got != tt.want {
				t.Errorf("exit code %d, want %d", got, tt.want)
			}
		})
	}
}

func TestInterruptedQuestion(t *testing.T) {
	t.Parallel()
	s := newSession(t, "")
	keys, _ := io.Pipe() // somebody who never answers
	s.in = keys
	ctx, cancel := context.WithCancel(t.Context())
	s.err.Writer = writerFunc(func(b []byte) (int, error) {
		if bytes.Contains(b, []byte("[y/N]")) {
			cancel()
		}
		return len(b), nil
	})
	if got := s.run(ctx, []string{"app", "install", app(t, "Talkative")}); got != 130 {
		t.Errorf("exit code %d, want 130", got)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func TestDev(t *testing.T) {
	t.Parallel()
	t.Run("makes a development host", func(t *testing.T) {
		t.Parallel()
		s := newSession(t, "")
		folder := app(t, "Plain")
		if code := s.run(t.Context(), []string{"dev", folder, "--demo", "--listen", "127.0.0.1:0", "--data", "here", "--color", "always"}); code != 0 {
			t.Fatalf("exit code %d\n%s", code, s.stderr.String())
		}
		c := s.asked.Config
		if c.Data != "here" || !c.Create || !c.Socket || !c.Demo || c.Mode != server.Development || c.Listen != "127.0.0.1:0" {
			t.Errorf("config %+v", c)
		}
		if diff := cmp.Diff([]string{folder}, s.asked.Paths); diff != "" {
			t.Errorf("paths (-want +got):\n%s", diff)
		}
		if !s.asked.Demo || !s.asked.Color || s.asked.In == nil || s.asked.Out == nil {
			t.Errorf("options %+v", s.asked)
		}
	})
	t.Run("has nobody at the keys off a terminal", func(t *testing.T) {
		t.Parallel()
		s := newSession(t, "")
		s.interactive = false
		if code := s.run(t.Context(), []string{"dev"}); code != 0 || s.asked.In != nil {
			t.Errorf("exit code %d, in %v", code, s.asked.In)
		}
	})
	t.Run("removes its temporary folder", func(t *testing.T) {
		t.Parallel()
		s := newSession(t, "")
		s.dev = func(_ context.Context, o dev.Options) error {
			s.asked = o
			return os.WriteFile(filepath.Join(o.Config.Data, "appdock.db"), nil, 0o600)
		}
		if code := s.run(t.Context(), []string{"dev", "--temp"}); code != 0 {
			t.Fatalf("exit code %d\n%s", code, s.stderr.String())
		}
		if _, err := os.Stat(s.asked.Config.Data); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", s.asked.Config.Data, err)
		}
	})
	t.Run("fails as its story does", func(t *testing.T) {
		t.Parallel()
		s := newSession(t, "")
		s.dev = func(context.Context, dev.Options) error { return errors.New("no webhook came") }
		if code := s.run(t.Context(), []string{"dev", "--demo"}); code != 1 {
			t.Errorf("exit code %d", code)
		}
		if !strings.Contains(s.stderr.String(), "no webhook came") { // logged: the operator sits here
			t.Errorf("standard error %q", s.stderr.String())
		}
	})
	t.Run("wants a folder with an app", func(t *testing.T) {
		t.Parallel()
		s := newSession(t, "")
		if code := s.run(t.Context(), []string{"dev", t.TempDir()}); code != 1 {
			t.Errorf("exit code %d", code)
		}
	})
}
