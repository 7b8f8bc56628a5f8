package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/server"
)

// configured gives a program with a configuration file, an environment and flags.
func configured(t *testing.T, file string, environ []string, flags ...*keyFlag) (p *program, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "appdock.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newSession(t, "")
	s.configPath, s.keyed = path, flags
	s.environ = func() []string { return environ }
	s.getenv = func(name string) string {
		for _, e := range environ {
			if value, ok := strings.CutPrefix(e, name+"="); ok {
				return value
			}
		}
		return ""
	}
	return &s.program, path
}

// faults are what is told of a configuration, the file's path left out.
func faults(t *testing.T, err error, path string) []string {
	t.Helper()
	told, ok := errors.AsType[*appdock.Error](err)
	if !ok || told.Code != "ADK-CONFIG-INVALID" || told.Cure == "" {
		t.Fatalf("got %v, want ADK-CONFIG-INVALID with a cure", err)
	}
	var list []string
	for _, f := range told.Faults {
		list = append(list, strings.TrimPrefix(f.Pointer, filepath.Dir(path)+"/")+": "+f.Message)
	}
	return list
}

func TestAllFaultsOfAConfigurationAreTold(t *testing.T) {
	t.Parallel()
	p, path := configured(t, `listen: nowhere
shop:
  ulr: https://shop.example
mode: test
delivery:
  in_flight: many
  in_flight: 3
network:
  allow: [10.0.0.0/8, ten]
log: json
shops: {url: "https://one.example"}
handshake:
  allow_short_secret: "yes"
apps_dir: [one, two]
schedule: 5s
`, []string{"APPDOCK_DELIVERY_SHEDULE=5s", "APPDOCK_MODE=live", "APPDOCK_TEST_POSTGRES=x", "APPDOCK_PORT_8000_TCP=tcp://10.0.0.1:80", "PATH=/bin"})
	_, err := p.configure()
	want := []string{
		`appdock.yaml:3:3: unknown key shop.ulr; did you mean shop.url?`,
		`appdock.yaml:4:7: mode: "test" is none of production, development`,
		`appdock.yaml:6:14: delivery.in_flight: "many" is no number from 1 to 1024`,
		`appdock.yaml:7:3: delivery.in_flight stands here again: it is in line 6 already`,
		`appdock.yaml:9:10: network.allow: "ten" is no range of addresses such as 10.0.0.0/8`,
		`appdock.yaml:10:6: log has keys of its own: write them below it`,
		`appdock.yaml:11:8: shops is a list: begin each item with a dash`,
		`appdock.yaml:13:23: handshake.allow_short_secret: "yes" is neither true nor false`,
		`appdock.yaml:14:11: apps_dir: one text is expected here`,
		`appdock.yaml:15:1: unknown key schedule; did you mean delivery.apps.<name>.schedule or delivery.schedule?`,
		`APPDOCK_DELIVERY_SHEDULE: unknown variable; did you mean APPDOCK_DELIVERY_SCHEDULE?`,
		`APPDOCK_MODE: mode: "live" is none of production, development`,
		`appdock.yaml:1:9: listen: "nowhere" is no address such as 127.0.0.1:8000`,
	}
	if diff := cmp.Diff(want, faults(t, err, path)); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}

func TestConfigurationsThatAreWrong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		file string
		env  []string
		want []string
	}{
		"no YAML":               {"listen: [", nil, []string{"appdock.yaml: it is no YAML: line 1: did not find expected node content"}},
		"no keys":               {"- listen", nil, []string{"appdock.yaml:1:1: the configuration is no list"}},
		"a word":                {"listen", nil, []string{"appdock.yaml:1:1: the configuration has keys of its own: write them below it"}},
		"two documents":         {"mode: production\n---\nmode: development\n", nil, []string{"appdock.yaml:2:1: a second document: only one is read"}},
		"a shop and shops":      {"shop: {url: 'https://a.example'}\nshops: [{name: b, url: 'https://b.example'}]", nil, []string{"appdock.yaml:1:13: shop and shops exclude each other: name the shop among the others"}},
		"a shop without a URL":  {"shops: [{name: b}]", nil, []string{`shops[0].url: shops[0].url: "" is no base URL that apps can verify`}},
		"two shops at one host": {"shops: [{name: a, url: 'https://a.example'}, {name: b, url: 'https://A.example:443/b'}]", nil, []string{`appdock.yaml:1:61: shops[1].url: "https://A.example:443/b" has the host of another shop: requests could not be told apart`}},
		"a certificate alone":   {"tls: {cert: a.pem}", nil, []string{"appdock.yaml:1:13: tls.cert: a certificate and its key belong together: tls.cert and tls.key"}},
		"a secret that is not":  {"apps: {Notes: {secret: 'env:NOWHERE'}}", nil, []string{"appdock.yaml:1:24: apps.Notes.secret: the environment has no NOWHERE"}},
		"a key of a name":       {"apps: {Notes: {secrets: x}}", nil, []string{"appdock.yaml:1:16: unknown key apps.Notes.secrets; did you mean apps.Notes.secret?"}},
		"an unknown variable":   {"", []string{"APPDOCK_NONSENSE=1"}, []string{"APPDOCK_NONSENSE: unknown variable"}},
		"a URL that is no URL":  {"", []string{"APP_URL=shop.example"}, []string{`APP_URL: shop.url: "shop.example" is no base URL that apps can verify: http or https, a host of ASCII letters, an optional port and path, nothing percent-encoded`}},
		"an object for a text":  {"data: {folder: x}", nil, []string{"appdock.yaml:1:7: data: one text is expected here"}},
		"a key that comes later": {"signing: {query_profile: '6.6', other: x}", []string{"APPDOCK_BLOCKS_ALLOW_SCRIPTS=true"}, []string{
			"appdock.yaml:1:11: signing.query_profile: in this version no frames of apps are shown, whose addresses it changes, so that the key would change nothing; leave it out",
			"appdock.yaml:1:33: unknown key signing.other",
			"APPDOCK_BLOCKS_ALLOW_SCRIPTS: blocks.allow_scripts: in this version blocks of apps never run scripts, so that the key would change nothing; leave it out",
		}},
		"a part that comes later": {"gateway: {upstream: {base_url: 'https://shop.example'}}", nil, []string{
			"appdock.yaml:1:1: gateway: in this version a host stands in front of no other shop, so that the key would change nothing; leave it out",
		}},
		"a timeout that is none":  {"api: {timeout: soon}", nil, []string{`appdock.yaml:1:16: api.timeout: "soon" is no duration such as 30s, 5m or 24h`}},
		"a timeout too long":      {"", []string{"APPDOCK_API_TIMEOUT=2m"}, []string{`APPDOCK_API_TIMEOUT: api.timeout: 2m0s is more than 1m0s, or less than nothing`}},
		"drafts for no time":      {"", []string{"APPDOCK_API_DRAFT_RETENTION=-1h"}, []string{`APPDOCK_API_DRAFT_RETENTION: api.draft_retention: "-1h" is no duration such as 720h`}},
		"a wait that is negative": {"delivery: {schedule: [5s, -1s]}", nil, []string{`appdock.yaml:1:22: delivery.schedule: "-1s" is no duration such as 30s, 5m or 24h`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, path := configured(t, tt.file, tt.env)
			_, err := p.configure()
			got := faults(t, err, path)
			for i := range got { // the file is named by its whole path where it has no line
				got[i] = strings.ReplaceAll(got[i], path, "appdock.yaml")
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	p, path := configured(t, "", nil)
	p.configPath = filepath.Join(filepath.Dir(path), "none.yaml")
	if _, err := p.configure(); appdock.CodeOf(err) != "ADK-CONFIG-INVALID" {
		t.Errorf("a named file that is missing: got %v", err)
	}
	p.configPath = filepath.Dir(path)
	if _, err := p.configure(); appdock.CodeOf(err) != "ADK-CONFIG-INVALID" {
		t.Errorf("a folder: got %v", err)
	}
	if err := os.WriteFile(path, bytes.Repeat([]byte("# long\n"), maxConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	p.configPath = path
	if _, err := p.configure(); appdock.CodeOf(err) != "ADK-CONFIG-INVALID" {
		t.Errorf("a file without end: got %v", err)
	}
}

// The later place counts: file, environment, flags.
func TestWhereValuesComeFrom(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, path := configured(t, fmt.Sprintf(`# a comment
listen: 127.0.0.1:1
data: one
mode: development
shop:
  url: https://shop.example/
network: {allow: [192.0.2.1]}
delivery: {schedule: [1s, 2m], in_flight: 3}
api: {timeout: 30s}
apps:
  com.example.dotted: {secret: 'file:%s'}
  Plain: {secret: plain}
  Named: {secret: 'env:VENDOR'}
proxy:
`, secret), []string{"APPDOCK_DATA=two", "APPDOCK_LISTEN=127.0.0.1:2", "APPDOCK_PROXY_TRUSTED=10.1.2.3/8, ::1", "APPDOCK_LOG_LEVEL=", "VENDOR=from-the-environment", "APP_URL=https://not.example"},
		&keyFlag{key: "listen", name: "listen", value: "127.0.0.1:3", given: true}, &keyFlag{key: "data", name: "data", value: "three"})
	l, err := p.configure()
	if err != nil {
		t.Fatal(err)
	}
	c := l.result.Config
	want := server.Default()
	want.Listen, want.Data, want.Mode, want.Shop.URL = "127.0.0.1:3", "two", server.Development, "https://shop.example"
	want.Allow = []netip.Prefix{netip.MustParsePrefix("192.0.2.1/32")}
	want.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	want.Schedule, want.InFlight = []time.Duration{time.Second, 2 * time.Minute}, 3
	want.Patience = 30 * time.Second
	want.Version, want.Commit = "1.2.3", "abc"
	ignore := cmp.Options{cmpopts.IgnoreFields(server.Config{}, "Log", "Now", "AppSecrets"), cmp.Comparer(func(a, b netip.Prefix) bool { return a == b })}
	if diff := cmp.Diff(want, c, ignore); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for name, value := range map[string]string{"com.example.dotted": "from-a-file", "Plain": "plain", "Named": "from-the-environment"} {
		if got := c.AppSecrets[name].Reveal(); got != value {
			t.Errorf("secret of %s: got %q, want %q", name, got, value)
		}
	}
	shown := map[string]string{}
	for _, v := range l.values() {
		shown[v.Key] = fmt.Sprint(v.Value) + " from " + strings.ReplaceAll(v.Origin, path, "file")
	}
	for key, value := range map[string]string{
		"listen":                         "127.0.0.1:3 from --listen",
		"data":                           "two from APPDOCK_DATA",
		"mode":                           "development from file:4:7",
		"delivery.schedule":              "[1s 2m] from file:8:22",
		"log.level":                      "info from default",
		"network.allow":                  "[192.0.2.1] from file:7:18",
		"apps.Plain.secret":              "[redacted] from file:12:19",
		"apps.com.example.dotted.secret": "file:" + secret + " from file:11:32",
		"apps.Named.secret":              "env:VENDOR from file:13:19",
	} {
		if shown[key] != value {
			t.Errorf("config show %s: got %q, want %q", key, shown[key], value)
		}
	}
}

func TestURLFromAppURL(t *testing.T) {
	t.Parallel()
	p, _ := configured(t, "", []string{"APP_URL=https://shop.example"})
	if l, err := p.configure(); err != nil || l.result.Shop.URL != "https://shop.example" {
		t.Errorf("got %v, want the URL of APP_URL", err)
	}
	p, _ = configured(t, "shops: [{name: one, url: 'https://one.example'}, {name: two, url: 'https://two.example', locale: de-DE}]", []string{"APP_URL=https://shop.example"})
	l, err := p.configure()
	if err != nil {
		t.Fatal(err)
	}
	want := []appdock.Shop{{Name: "one", URL: "https://one.example", Locale: "en-GB", Currency: "EUR"}, {Name: "two", URL: "https://two.example", Locale: "de-DE", Currency: "EUR"}}
	if diff := cmp.Diff(want, l.result.Shops); diff != "" || l.result.Shop.URL != "" {
		t.Errorf("shops (-want +got):\n%s", diff)
	}
}

// The table says what the code does: its defaults are those of a program that is told
// nothing.
func TestDefaultsAreThoseOfTheTable(t *testing.T) {
	t.Parallel()
	var fromTable configuration
	fromTable.Drain, fromTable.Version, fromTable.Log = server.Default().Drain, server.Default().Version, server.Default().Log
	for _, s := range settings() {
		if s.usual == "" || strings.HasPrefix(s.usual, "(") || s.variable() == "" {
			continue
		}
		if err := s.set(&fromTable, "", listed(s, s.usual)); err != nil {
			t.Errorf("%s: %v", s.key, err)
		}
	}
	if diff := cmp.Diff(defaults(), fromTable, cmp.AllowUnexported(configuration{}), cmpopts.IgnoreFields(server.Config{}, "Log", "Now")); diff != "" {
		t.Errorf("defaults (-code +table):\n%s", diff)
	}
}

// TestKeysOfTheSpecification: each key of cli.md 2.8 is in the table, or among those that are
// refused because nothing would read them, and in one of the two only.
func TestKeysOfTheSpecification(t *testing.T) {
	t.Parallel()
	specified := strings.Fields(`mode listen data database shop.url shop.name shop.locale shop.currency
		shops[].url shops[].name shops[].locale shops[].currency apps_dir platform_version network.allow
		handshake.allow_short_secret apps.<name>.secret clients.<name>.secret oauth.allow_host_initiated signing.query_profile
		delivery.schedule delivery.in_flight delivery.parked_cap delivery.retention delivery.max_size
		delivery.apps.<name>.schedule delivery.apps.<name>.order delivery.apps.<name>.in_flight
		identity.ignore identity.block_api blocks.allow_scripts gateways.context.allow_login extensions.disabled gateway`)
	for _, key := range specified {
		_, later := planned(key)
		now := slices.ContainsFunc(settings(), func(s setting) bool { return s.key == key })
		if now == later {
			t.Errorf("%s: in the table is %t, refused is %t", key, now, later)
		}
	}
}

// golden compares a file of docs with what the code says, or rewrites it.
func golden(t *testing.T, path string, text []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // documentation is for everybody
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(have), string(text)); diff != "" {
		t.Errorf("%s is not what the code says: go test ./cmd/appdock -update (-file +code):\n%s", path, diff)
	}
}

func TestConfigurationIsDocumented(t *testing.T) {
	t.Parallel()
	golden(t, "../../docs/configuration.md", configDocument(settings()))
	text, err := configSchema(settings())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "../../docs/appdock.schema.json", text)
}

// What the schema accepts and refuses, the program does.
func TestSchemaOfTheConfiguration(t *testing.T) {
	t.Parallel()
	text, err := configSchema(settings())
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("appdock.schema.json", document); err != nil {
		t.Fatal(err)
	}
	compiled, err := compiler.Compile("appdock.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for file, good := range map[string]bool{
		"mode: production\nlisten: ':80'\ndelivery: {schedule: [5s, 1h30m], in_flight: 4}\napps: {Notes: {secret: x}}\n": true,
		"shops: [{name: one, url: 'https://one.example'}]":                                                               true,
		"mode: test":                                false,
		"shop: {ulr: x}":                            false,
		"delivery: {in_flight: many}":               false,
		"apps: {Notes: {secrets: x}}":               false,
		"handshake: {allow_short_secret: perhaps}":  false,
		"shops: {name: one, url: 'https://a.test'}": false,
	} {
		var value any
		if err := yaml.Unmarshal([]byte(file), &value); err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
		if err != nil {
			t.Fatal(err)
		}
		p, _ := configured(t, file, nil)
		_, refused := p.configure()
		if accepted := compiled.Validate(instance) == nil; accepted != good || (refused == nil) != good {
			t.Errorf("%s: schema accepts it: %t, program: %v, want %t", file, accepted, refused, good)
		}
	}
}
