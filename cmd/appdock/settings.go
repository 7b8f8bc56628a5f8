package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/server"
)

// configuration is what the program is told by its file, its environment and its flags.
type configuration struct {
	server.Config
	appsDir   string // empty: custom/apps if it is there, else apps
	logFormat string // auto, text or json
	logLevel  string
}

// defaults are the values of a program that is told nothing.
func defaults() configuration {
	return configuration{Config: server.Default(), logFormat: "auto", logLevel: "info"}
}

// setting is one key of the configuration (cli.md 2.8). All that there is to say of a key
// is said here: the documentation and the JSON Schema are printed from it.
type setting struct {
	// key has <name> for a part that is the user's own, and [] after a list of objects.
	key string
	// form is how people call the type: text, boolean, number, duration, address, CIDR.
	form    string
	list    bool
	secret  bool     // redacted wherever it is shown; file:PATH and env:NAME say where it stands
	choices []string // all values that there are; none: any
	usual   string   // the default as one would write it, or what it depends on, in parentheses
	meaning string
	// set takes the value. which is what stands for <name>, or the index of the list.
	set func(c *configuration, which string, values []string) error
}

// settings is the table of all keys.
func settings() []setting {
	return []setting{
		{
			key: "mode", form: "text", choices: []string{"production", "development"}, usual: "(remembered in the data folder, else production)",
			meaning: "development accepts short shop secrets and calls to apps at loopback and private addresses",
			set:     one(func(c *configuration, v string) error { c.Mode = server.Mode(v); return nil }),
		},
		{
			key: "listen", form: "address", usual: "127.0.0.1:8000", meaning: "address of the HTTP API",
			set: one(func(c *configuration, v string) error { c.Listen = v; return nil }),
		},
		{
			key: "data", form: "text", usual: ".appdock", meaning: "data folder: database, key file, socket",
			set: one(func(c *configuration, v string) error { c.Data = v; return nil }),
		},
		{
			key: "database", form: "text", secret: true, usual: "(a file in data)",
			meaning: "address of a PostgreSQL database that has the host's data instead: postgres://USER:PASSWORD@HOST:5432/DATABASE (docs/how-to/run-on-postgresql.md)",
			set:     one(func(c *configuration, v string) error { c.Database = appdock.NewSecret(v); return nil }),
		},
		{
			key: "indexes.earned", form: "boolean", usual: "true",
			meaning: "make indexes of what is often searched, while nothing else is written; doctor shows them. A PostgreSQL database has none",
			set:     one(func(c *configuration, v string) (err error) { c.EarnIndexes, err = boolean(v); return err }),
		},
		{
			key: "shop.url", form: "text", usual: "(APP_URL; in development http:// and listen; required in production)",
			meaning: "base URL of the shop, which apps verify: the shop-url they are told",
			set:     shopSetting(func(s *appdock.Shop, v string) { s.URL = strings.TrimSuffix(v, "/") }),
		},
		{
			key: "shop.name", form: "text", usual: "Demo shop", meaning: "name of the shop",
			set: shopSetting(func(s *appdock.Shop, v string) { s.Name = v }),
		},
		{
			key: "shop.locale", form: "text", usual: "en-GB", meaning: "locale of the shop's system language; fixed once the shop is made",
			set: shopSetting(func(s *appdock.Shop, v string) { s.Locale = v }),
		},
		{
			key: "shop.currency", form: "text", usual: "EUR", meaning: "ISO code of the shop's default currency; fixed once the shop is made",
			set: shopSetting(func(s *appdock.Shop, v string) { s.Currency = v }),
		},
		{
			key: "shops[].url", form: "text", meaning: "the same of one of several shops; a request finds its shop by the host name of this URL",
			set: shopsSetting(func(s *appdock.Shop, v string) { s.URL = strings.TrimSuffix(v, "/") }),
		},
		{
			key: "shops[].name", form: "text", meaning: "its name, by which --shop and the next start find it",
			set: shopsSetting(func(s *appdock.Shop, v string) { s.Name = v }),
		},
		{
			key: "shops[].locale", form: "text", usual: "en-GB", meaning: "its locale",
			set: shopsSetting(func(s *appdock.Shop, v string) { s.Locale = v }),
		},
		{
			key: "shops[].currency", form: "text", usual: "EUR", meaning: "its default currency",
			set: shopsSetting(func(s *appdock.Shop, v string) { s.Currency = v }),
		},
		{
			key: "apps_dir", form: "text", usual: "(custom/apps if it exists, else apps)", meaning: "folder in which apps have names",
			set: one(func(c *configuration, v string) error { c.appsDir = v; return nil }),
		},
		{
			key: "platform_version", form: "text", usual: "6.7.10.0", meaning: "Shopware version spoken to apps (sw-version)",
			set: one(func(c *configuration, v string) error { c.Platform = v; return nil }),
		},
		{
			key: "api.inheritance", form: "text", choices: []string{"present", "value"}, usual: "present",
			meaning: "when the header sw-inheritance has variants show what they inherit: whenever it is present, as in Shopware, or by its value, which 0 and false turn off",
			set: one(func(c *configuration, v string) error {
				if v != "present" && v != "value" {
					return fmt.Errorf("%q is neither present nor value", v)
				}
				c.InheritByValue = v == "value"
				return nil
			}),
		},
		{
			key: "api.timeout", form: "duration", usual: "5s",
			meaning: "how long a read or write of the Admin API, or a search of /rest/v1, may take before it is given up with 503; a minute at most",
			set: one(func(c *configuration, v string) error {
				most, err := durations([]string{v})
				if err == nil {
					c.Patience = most[0]
				}
				return err
			}),
		},
		{
			key: "api.draft_retention", form: "duration", usual: "720h", meaning: "how long a version of a record is kept that nobody writes; 0s: for ever",
			set: one(func(c *configuration, v string) error {
				kept, err := time.ParseDuration(v)
				if err != nil || kept < 0 {
					return fmt.Errorf("%q is no duration such as 720h", v)
				}
				c.DraftAge = kept
				return nil
			}),
		},
		{
			key: "network.allow", form: "CIDR", list: true, meaning: "address ranges at which apps may be called although the mode would refuse them",
			set: func(c *configuration, _ string, values []string) (err error) {
				c.Allow, err = networks(values)
				return err
			},
		},
		{
			key: "handshake.allow_short_secret", form: "boolean", usual: "false", meaning: "accept shop secrets of less than 64 characters in production too, with a warning",
			set: one(func(c *configuration, v string) (err error) { c.AllowShortSecret, err = boolean(v); return err }),
		},
		{
			key: "apps.<name>.secret", form: "text", secret: true, meaning: "app secret of an app whose manifest has none",
			set: func(c *configuration, name string, values []string) error {
				if c.AppSecrets == nil {
					c.AppSecrets = map[string]appdock.Secret{}
				}
				c.AppSecrets[name] = appdock.NewSecret(values[0])
				return nil
			},
		},
		{
			key: "identity.ignore", form: "text", list: true, choices: []string{"app_url", "installation_path", "sales_channel_domain_urls", "database_server_uid"},
			meaning: "fingerprints of a shop whose change does not count, such as installation_path in containers",
			set:     func(c *configuration, _ string, values []string) error { c.IgnorePrints = values; return nil },
		},
		{
			key: "clients.<name>.secret", form: "text", secret: true, usual: "(development: dev-secret-<name>)",
			meaning: "client secret of an app of the SitePack dialect that its vendor was told before, by its id",
			set: func(c *configuration, name string, values []string) error {
				if c.ClientSecrets == nil {
					c.ClientSecrets = map[string]appdock.Secret{}
				}
				c.ClientSecrets[name] = appdock.NewSecret(values[0])
				return nil
			},
		},
		{
			key: "oauth.allow_host_initiated", form: "boolean", usual: "true", meaning: "let the host begin the authorization of an app that cannot begin it itself",
			set: one(func(c *configuration, v string) (err error) { c.HostInitiated, err = boolean(v); return err }),
		},
		{
			key: "rest.cors", form: "boolean", usual: "false", meaning: "let the pages of an app call /rest/v1 from a browser: those at its redirect_uri and its widgets",
			set: one(func(c *configuration, v string) (err error) { c.REST.CORS, err = boolean(v); return err }),
		},
		{
			key: "rest.problem_types", form: "URL", usual: "https://appdock.dev/problems/", meaning: "what the types of problem documents of /rest/v1 begin with",
			set: one(func(c *configuration, v string) error { c.REST.ProblemTypes = v; return nil }),
		},
		{
			key: "identity.block_api", form: "boolean", usual: "true", meaning: "refuse apps' calls to the API while their shop may have moved or be a copy",
			set: one(func(c *configuration, v string) (err error) { c.BlockAPI, err = boolean(v); return err }),
		},
		{
			key: "extensions.disabled", form: "boolean", usual: "false",
			meaning: "send apps no webhooks: they are parked, and sent once this is false again; for finding out whether an app is what is wrong",
			set:     one(func(c *configuration, v string) (err error) { c.ExtensionsDisabled, err = boolean(v); return err }),
		},
		{
			key: "delivery.schedule", form: "duration", list: true, usual: "5s, 30s, 5m, 30m, 2h, 5h, 10h, 10h, 24h, 24h",
			meaning: "waits before each further attempt of a webhook that failed, each 20 % longer or shorter; after the last the delivery is dead",
			set: func(c *configuration, _ string, values []string) (err error) {
				c.Schedule, err = durations(values)
				return err
			},
		},
		{
			key: "delivery.in_flight", form: "number", usual: "8", meaning: "most webhooks on their way to one endpoint at a time",
			set: one(func(c *configuration, v string) (err error) { c.InFlight, err = number(v, 1024); return err }),
		},
		{
			key: "delivery.parked_cap", form: "number", usual: "10000", meaning: "most webhooks that are parked for one subscription while it is not healthy; above it the oldest are given up",
			set: one(func(c *configuration, v string) (err error) {
				c.Delivery.ParkedCap, err = number(v, 1_000_000)
				return err
			}),
		},
		{
			key: "delivery.retention", form: "duration", usual: "336h", meaning: "how long finished deliveries are kept, unless the shop's setting core.webhook.entryLifetimeSeconds says it; 0s: for ever",
			set: one(func(c *configuration, v string) error {
				kept, err := time.ParseDuration(v)
				if err != nil || kept < 0 {
					return fmt.Errorf("%q is no duration such as 336h", v)
				}
				if c.Delivery.Retention = kept; kept == 0 {
					c.Delivery.Retention = -1
				}
				return nil
			}),
		},
		{
			key: "delivery.max_size", form: "number", meaning: "MiB that the database may take before the oldest finished deliveries go ahead of their time",
			set: one(func(c *configuration, v string) error {
				n, err := number(v, 1<<30)
				c.Delivery.MaxSize = int64(n) << 20
				return err
			}),
		},
		{
			key: "delivery.apps.<name>.schedule", form: "duration", list: true, meaning: "delivery.schedule for one app",
			set: func(c *configuration, name string, values []string) (err error) {
				return c.app(name, func(a *server.AppDelivery) error { a.Schedule, err = durations(values); return err })
			},
		},
		{
			key: "delivery.apps.<name>.in_flight", form: "number", meaning: "delivery.in_flight for one app",
			set: func(c *configuration, name string, values []string) (err error) {
				return c.app(name, func(a *server.AppDelivery) error { a.PerEndpoint, err = number(values[0], 1024); return err })
			},
		},
		{
			key: "delivery.apps.<name>.order", form: "text", choices: []string{"entity", "strict"}, usual: "entity",
			meaning: "entity: first attempts about one record are in order; strict: what comes after a webhook that failed waits for it",
			set: func(c *configuration, name string, values []string) error {
				return c.app(name, func(a *server.AppDelivery) error { a.Strict = values[0] == "strict"; return nil })
			},
		},
		{
			key: "delivery.apps.<name>.rate", form: "number", meaning: "most webhooks that begin in a second at one endpoint of the app",
			set: func(c *configuration, name string, values []string) error {
				return c.app(name, func(a *server.AppDelivery) error {
					n, err := number(values[0], 1_000_000)
					a.Rate = float64(n)
					return err
				})
			},
		},
		{
			key: "tls.cert", form: "text", meaning: "PEM file of the certificate that the API is served with; it is read again when it changes",
			set: one(func(c *configuration, v string) error { c.Certificate = v; return nil }),
		},
		{
			key: "tls.key", form: "text", meaning: "PEM file of its key",
			set: one(func(c *configuration, v string) error { c.CertificateKey = v; return nil }),
		},
		{
			key: "proxy.trusted", form: "CIDR", list: true, meaning: "addresses of proxies whose X-Forwarded-For, -Proto and -Host count; such a proxy must set all three itself",
			set: func(c *configuration, _ string, values []string) (err error) {
				c.TrustedProxies, err = networks(values)
				return err
			},
		},
		{
			key: "control.remote", form: "boolean", usual: "false", meaning: "let operators with a token work on the host from elsewhere, below /control and over https only (docs/control.md)",
			set: one(func(c *configuration, v string) (err error) { c.Remote, err = boolean(v); return err }),
		},
		{
			key: "log.format", form: "text", choices: []string{"auto", "text", "json"}, usual: "auto", meaning: "form of the log of serve; auto: text on a terminal, else JSON",
			set: one(func(c *configuration, v string) error { c.logFormat = v; return nil }),
		},
		{
			key: "log.level", form: "text", choices: []string{"debug", "info", "warn", "error"}, usual: "info", meaning: "what the log of serve leaves out",
			set: one(func(c *configuration, v string) error { c.logLevel = v; return nil }),
		},
	}
}

// one is set for a single value that stands alone.
func one(set func(c *configuration, value string) error) func(*configuration, string, []string) error {
	return func(c *configuration, _ string, values []string) error { return set(c, values[0]) }
}

func shopSetting(set func(s *appdock.Shop, value string)) func(*configuration, string, []string) error {
	return one(func(c *configuration, v string) error { set(&c.Shop, v); return nil })
}

func shopsSetting(set func(s *appdock.Shop, value string)) func(*configuration, string, []string) error {
	return func(c *configuration, which string, values []string) error {
		at, err := strconv.Atoi(which)
		if err != nil {
			return err
		}
		for len(c.Shops) <= at {
			usual := server.Default().Shop
			usual.Name = ""
			c.Shops = append(c.Shops, usual)
		}
		set(&c.Shops[at], values[0])
		return nil
	}
}

// app changes what is different for one app.
func (c *configuration) app(name string, change func(*server.AppDelivery) error) error {
	if c.Delivery.Apps == nil {
		c.Delivery.Apps = map[string]server.AppDelivery{}
	}
	a := c.Delivery.Apps[name]
	err := change(&a)
	c.Delivery.Apps[name] = a
	return err
}

func boolean(text string) (bool, error) {
	if text != "true" && text != "false" {
		return false, fmt.Errorf("%q is neither true nor false", text)
	}
	return text == "true", nil
}

func number(text string, most int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, fmt.Errorf("%q is no number from 1 to %d", text, most)
	}
	return n, nil
}

func durations(texts []string) ([]time.Duration, error) {
	var list []time.Duration
	for _, text := range texts {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return nil, fmt.Errorf("%q is no duration such as 30s, 5m or 24h", text)
		}
		list = append(list, d)
	}
	return list, nil
}

func networks(texts []string) ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, text := range texts {
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			address, err := netip.ParseAddr(text)
			if err != nil {
				return nil, fmt.Errorf("%q is no range of addresses such as 10.0.0.0/8", text)
			}
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
		list = append(list, prefix.Masked())
	}
	return list, nil
}

// variable is the name of the key in the environment; empty for keys that a variable cannot
// name (cli.md 2.8).
func (s setting) variable() string {
	if strings.ContainsAny(s.key, "<[") {
		return ""
	}
	return "APPDOCK_" + strings.ToUpper(strings.ReplaceAll(s.key, ".", "_"))
}

// check says what is wrong with values before they are taken.
func (s setting) check(values []string) error {
	if !s.list && len(values) != 1 {
		return fmt.Errorf("one %s is expected, not a list", s.form)
	}
	for _, v := range values {
		if len(s.choices) > 0 && !slices.Contains(s.choices, v) {
			return fmt.Errorf("%q is none of %s", v, strings.Join(s.choices, ", "))
		}
	}
	return nil
}

// matches says whether the parts of a key as it is written are this one, and what stands
// in it for the part that is the user's own.
func (s setting) matches(written []string) (which string, ok bool) {
	pattern := strings.Split(s.key, ".")
	return matching(pattern, written, len(pattern) == len(written))
}

// holds says whether s is one of the keys below a group.
func (s setting) holds(group []string) bool {
	pattern := strings.Split(s.key, ".")
	if len(pattern) <= len(group) {
		return false
	}
	_, ok := matching(pattern[:len(group)], group, true)
	return ok
}

func matching(pattern, written []string, ok bool) (which string, _ bool) {
	for i := range pattern {
		if !ok {
			return "", false
		}
		switch list, isList := strings.CutSuffix(pattern[i], "[]"); {
		case pattern[i] == "<name>":
			which = written[i]
		case isList:
			which, ok = strings.CutPrefix(strings.TrimSuffix(written[i], "]"), list+"[")
		default:
			ok = pattern[i] == written[i]
		}
	}
	return which, ok
}
