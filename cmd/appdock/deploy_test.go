package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/appdock/appdock/internal/server"
)

const deployed = "../../deploy/"

func deployFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(deployed + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// understood reads a command line as the program would.
func understood(t *testing.T, where string, words []string) {
	t.Helper()
	if len(words) < 2 || filepath.Base(words[0]) != "appdock" {
		t.Fatalf("%s: %q is no command line of ours", where, words)
	}
	c, rest, err := newRoot(&newSession(t, "").program).Find(words[1:])
	if err == nil {
		err = c.ParseFlags(rest)
	}
	if err == nil {
		err = c.ValidateArgs(c.Flags().Args())
	}
	if err != nil || c.Name() == "appdock" {
		t.Errorf("%s: %q: %v", where, words, err)
	}
}

// loads reads a configuration as `appdock serve` would, and wants no fault in it.
func loads(t *testing.T, where, file string, environ []string) configuration {
	t.Helper()
	p := &newSession(t, "").program
	newRoot(p)
	p.configPath = file
	p.environ = func() []string { return environ }
	p.getenv = func(name string) string {
		for _, entry := range environ {
			if key, value, _ := strings.Cut(entry, "="); key == name {
				return value
			}
		}
		return ""
	}
	l, err := p.configure()
	if err != nil {
		t.Fatalf("%s: %v", where, err)
	}
	return l.result
}

// unit reads the settings of a unit file; of one that stands twice both.
func unit(text string) map[string][]string {
	settings := map[string][]string{}
	for line := range strings.Lines(text) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(key, "#") {
			settings[key] = append(settings[key], value)
		}
	}
	return settings
}

func TestUnit(t *testing.T) {
	t.Parallel()
	text := deployFile(t, "appdock.service")
	u := unit(text)
	one := func(key string) string { return strings.Join(u[key], " ") }
	start := strings.Fields(one("ExecStart"))
	understood(t, "ExecStart", start)
	for key, want := range map[string]string{
		"--config": "/etc/" + one("ConfigurationDirectory") + "/appdock.yaml",
		"--data":   "/var/lib/" + one("StateDirectory"),
	} {
		if at := slices.Index(start, key); at < 0 || start[at+1] != want {
			t.Errorf("%s is not %s, the folder that the unit makes: %q", key, want, start)
		}
	}
	for key, want := range map[string]string{"Type": "notify", "User": "appdock", "ProtectSystem": "strict", "NoNewPrivileges": "yes", "UMask": "0077"} {
		if one(key) != want {
			t.Errorf("%s=%s, want %s", key, one(key), want)
		}
	}
	if patience, err := time.ParseDuration(one("TimeoutStopSec")); err != nil || patience <= server.Default().Drain {
		t.Errorf("TimeoutStopSec=%s, %v: draining takes %s", one("TimeoutStopSec"), err, server.Default().Drain)
	}
	if !strings.Contains(deployFile(t, "appdock.sysusers"), "\nu "+one("User")+" ") {
		t.Errorf("the user %s is not made", one("User"))
	}
}

// TestUnitVerified asks systemd itself, and wants the host to be shut in well.
func TestUnitVerified(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil && os.Getenv("APPDOCK_CI") == "" {
		t.Skip("systemd is not there to read the unit")
	}
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable() // verify wants the program to be there
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "appdock.service")
	text := strings.Replace(deployFile(t, "appdock.service"), "/usr/local/bin/appdock", self, 1)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"verify", "--man=no", "--recursive-errors=no", file},
		{"security", "--offline=true", "--no-pager", "--threshold=20", file}, // tenths; 0 is the best of 10
	} {
		out, err := exec.CommandContext(t.Context(), tool, args...).CombinedOutput()
		if err != nil || args[0] == "verify" && len(out) > 0 {
			t.Errorf("systemd-analyze %s: %v\n%s", args[0], err, out)
		}
	}
}

func TestExampleConfiguration(t *testing.T) {
	t.Parallel()
	c := loads(t, "appdock.yaml", deployed+"appdock.yaml", nil)
	if c.Shop.URL == "" || len(c.TrustedProxies) == 0 {
		t.Errorf("got %+v", c.Config)
	}
}

var instruction = regexp.MustCompile(`(?m)^([A-Z]+)\s+((?:[^\\\n]|\\\n)*)$`)

// TestDockerfile reads what the image is told, as far as that goes without Docker.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	said := map[string][]string{} // by the last stage
	for _, found := range instruction.FindAllStringSubmatch(deployFile(t, "Dockerfile"), -1) {
		if found[1] == "FROM" {
			clear(said)
		}
		said[found[1]] = append(said[found[1]], strings.ReplaceAll(found[2], "\\\n", " "))
	}
	words := func(text string) (list []string) {
		t.Helper()
		if err := json.Unmarshal([]byte(text[strings.Index(text, "["):]), &list); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return list
	}
	one := func(name string) string {
		t.Helper()
		if len(said[name]) != 1 {
			t.Fatalf("%s stands there %d times", name, len(said[name]))
		}
		return said[name][0]
	}
	program := words(one("ENTRYPOINT"))
	understood(t, "CMD", append(program, words(one("CMD"))...))
	health := one("HEALTHCHECK")
	understood(t, "HEALTHCHECK", words(health[strings.Index(health, "CMD"):]))
	environ := append(strings.Fields(one("ENV")), "APPDOCK_SHOP_URL=https://shop.example")
	c := loads(t, "ENV", "", environ)
	if !strings.HasPrefix(one("FROM"), "gcr.io/distroless/static") || !regexp.MustCompile(`^[1-9]\d*:[1-9]\d*$`).MatchString(one("USER")) {
		t.Errorf("the image has more than it needs: FROM %s, USER %s", one("FROM"), one("USER"))
	}
	if volume := words(one("VOLUME")); !slices.Contains(volume, c.Data) || !slices.ContainsFunc(said["COPY"], func(copied string) bool {
		return strings.HasSuffix(copied, " "+c.Data) && strings.Contains(copied, "--chown="+one("USER"))
	}) {
		t.Errorf("the data folder %s is no volume of the user's own: %v, %v", c.Data, volume, said["COPY"])
	}
	if _, port, _ := strings.Cut(c.Listen, ":"); one("EXPOSE") != port {
		t.Errorf("EXPOSE %s, and the host listens on %s", one("EXPOSE"), c.Listen)
	}
	if !slices.ContainsFunc(said["COPY"], func(copied string) bool { return strings.HasSuffix(copied, " "+program[0]) }) {
		t.Errorf("%s is not copied: %v", program[0], said["COPY"])
	}
}

func TestCompose(t *testing.T) {
	t.Parallel()
	var file struct {
		Services map[string]struct {
			Build       struct{ Context, Dockerfile string }
			Environment map[string]string
			ReadOnly    bool     `yaml:"read_only"`
			CapDrop     []string `yaml:"cap_drop"`
			SecurityOpt []string `yaml:"security_opt"`
			Grace       string   `yaml:"stop_grace_period"`
			Volumes     []string
		}
	}
	if err := yaml.Unmarshal([]byte(deployFile(t, "compose.yaml")), &file); err != nil {
		t.Fatal(err)
	}
	s, ok := file.Services["appdock"]
	if !ok {
		t.Fatalf("got %+v", file)
	}
	var environ []string
	for name, value := range s.Environment {
		environ = append(environ, name+"="+value)
	}
	loads(t, "environment", "", environ)
	if _, err := os.Stat(filepath.Join(deployed, s.Build.Context, s.Build.Dockerfile)); err != nil {
		t.Error(err)
	}
	if grace, err := time.ParseDuration(s.Grace); err != nil || grace <= server.Default().Drain {
		t.Errorf("stop_grace_period %s, %v", s.Grace, err)
	}
	if !s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") || len(s.SecurityOpt) == 0 || !slices.Contains(s.Volumes, "data:/var/lib/appdock") {
		t.Errorf("got %+v", s)
	}
}

// What is embedded must not be left out of the build.
func TestDockerignoreLeavesWhatIsEmbedded(t *testing.T) {
	t.Parallel()
	var left []string
	for line := range strings.Lines(deployFile(t, "Dockerfile.dockerignore")) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			left = append(left, strings.TrimPrefix(line, "**/"))
		}
	}
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{if not .Standard}}{{with .Module}}{{if .Main}}{{$.Dir}}{{range $.EmbedFiles}} {{.}}{{end}}{{end}}{{end}}{{end}}", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		for _, file := range words[min(1, len(words)):] {
			n++
			path, err := filepath.Rel(root, filepath.Join(words[0], file))
			if err != nil {
				t.Fatal(err)
			}
			for part := range strings.SplitSeq(filepath.ToSlash(path), "/") {
				if slices.Contains(left, part) {
					t.Errorf("%s is embedded, and %s is left out", path, part)
				}
			}
		}
	}
	if n == 0 {
		t.Error("nothing is embedded: is the test looking at the right place?")
	}
}
