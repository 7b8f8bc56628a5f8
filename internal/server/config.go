package server

import (
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/postgres"
	"github.com/appdock/appdock/internal/restapi"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

// Mode of a host. It is remembered in its data folder: what dev made stays development
// until somebody says otherwise.
type Mode string

// The modes (design ruling "mode"): what they change stands at the settings that differ.
const (
	Production  Mode = "production"
	Development Mode = "development"
)

// Config is all that a host can be told. It is checked by [Open] and passed by value.
type Config struct {
	// Data is the folder with everything the host keeps. Default ".appdock".
	Data string
	// Database is the DSN of a PostgreSQL database that has the host's data; zero: it is in
	// a file of Data. The key and the socket are in Data either way.
	Database appdock.Secret
	// Create makes the folder, its key and its shop if they are not there; without it a
	// missing folder is an error.
	Create bool
	// Listen is the address of the HTTP API. Default "127.0.0.1:8000"; empty: the host
	// serves no HTTP (commands that work in process).
	Listen string
	// Socket says whether operators are served on appdock.sock in the data folder.
	Socket bool
	// Mode overrides the one remembered in the data folder; empty: as remembered,
	// production for a new folder. Development accepts shop secrets under 64 characters
	// with a warning and allows calls to loopback and private addresses.
	Mode Mode
	// Shop is used when the data folder has none yet; its URL, when not empty, also
	// replaces the one of an existing shop. Default URL: "http://" and Listen.
	Shop appdock.Shop
	// Shops are the shops of a host that has several, in place of Shop. A stored shop is
	// found again by its URL or its name. A request finds its shop by the host of its URL.
	Shops []appdock.Shop
	// Demo fills a new shop with the deterministic demo data.
	Demo bool
	// ExtensionsDisabled parks all webhooks of apps, until a host runs on the data without it.
	ExtensionsDisabled bool
	// Platform is the Shopware version spoken to apps. Default "6.7.10.0".
	Platform string
	// InheritByValue has the Admin API read what the header sw-inheritance says. Default: it is on
	// whenever it is there, as in Shopware.
	InheritByValue bool
	// DraftAge is how long a version of a record is kept that nobody writes. Default 30 days; zero and
	// less: for ever.
	DraftAge time.Duration
	// Allow opens address ranges that the guard of calls to apps would refuse.
	Allow []netip.Prefix
	// AllowShortSecret accepts shop secrets under 64 characters also in production.
	AllowShortSecret bool
	// IgnorePrints are fingerprints of a shop whose change does not count, such as
	// "installation_path" in containers (protocol-shop-identity.md 2.2).
	IgnorePrints []string
	// BlockAPI refuses apps' calls to the API while the identity of their shop is in doubt.
	// Default true.
	BlockAPI bool
	// AppSecrets sign the registrations of apps whose manifest has no secret, by app name.
	AppSecrets map[string]appdock.Secret
	// ClientSecrets are those of SitePack apps that were registered with their vendors before,
	// by client id. Development has one for every app: "dev-secret-" and its id.
	ClientSecrets map[string]appdock.Secret
	// HostInitiated lets the host begin the authorization of an app that cannot begin it
	// itself (protocol-oauth.md B.2). Default true.
	HostInitiated bool
	// Schedule has the waits before each further attempt of a webhook. Default: ten, about
	// three days (protocol-webhooks.md 6.2).
	Schedule []time.Duration
	// InFlight is how many webhooks may be on their way to one endpoint. Default 8.
	InFlight int
	// Certificate and CertificateKey are PEM files: the API is served over TLS with them.
	// They are read again when they change. Empty: in the clear, such as behind a proxy.
	Certificate, CertificateKey string
	// TrustedProxies are addresses whose X-Forwarded headers count.
	TrustedProxies []netip.Prefix
	// Delivery says what else there is to webhooks.
	Delivery Delivery
	// EarnIndexes lets the host make indexes of what is often searched. Default true.
	EarnIndexes bool
	REST        REST
	// Remote lets operators who show a token call the host below /control on Listen.
	Remote bool
	// Patience is how long a read or write of the Admin API, or a search of the REST API, may take.
	// Default 5 s; at most [MaxPatience].
	Patience time.Duration
	// Drain is how long running requests and deliveries may take at the end. Default 10 s.
	Drain time.Duration
	// Version and Commit of the program.
	Version, Commit string
	// Welcome is told the link by which the first owner of a shop that has no users makes
	// themselves known; nil: nobody is invited.
	Welcome func(shop appdock.Shop, link string)
	// Log gets one line per unit of work. Default: discarded.
	Log *slog.Logger
	// Now is what time it is, for what is stored, signed and judged; waits and durations run
	// by the machine's clock. Default time.Now.
	Now func() time.Time
}

// MaxPatience leaves room for the answer within the time that a connection has for all of it.
const MaxPatience = time.Minute

// Delivery says how webhooks are kept, and what is different for some apps; zero values
// are the defaults of the protocol.
type Delivery struct {
	// ParkedCap is how many deliveries of a webhook are parked while it is not healthy;
	// above it the oldest are given up. Default 10000.
	ParkedCap int
	// Retention is how long finished deliveries are kept. Default 14 days; negative: for
	// ever.
	Retention time.Duration
	// MaxSize is how many bytes the database may take before the oldest finished deliveries
	// go ahead of their time. Default: any.
	MaxSize int64
	// Apps has what is different for some, by app name.
	Apps map[string]AppDelivery
}

// REST says what is different at the REST API of SitePack apps.
type REST struct {
	// CORS lets pages of an app call it from a browser. Default: no.
	CORS bool
	// ProblemTypes is what the types of problem documents begin with. Default:
	// https://appdock.dev/problems/.
	ProblemTypes string
}

// AppDelivery is what is different for one app.
type AppDelivery = webhook.AppOptions

// rules of health.
func (d Delivery) rules() webhook.HealthRules {
	r := webhook.DefaultHealthRules()
	if d.ParkedCap > 0 {
		r.ParkedCap = d.ParkedCap
	}
	return r
}

// Default gives the settings of a host that was told nothing.
func Default() Config {
	return Config{
		Data:          ".appdock",
		Listen:        "127.0.0.1:8000",
		Shop:          appdock.Shop{Name: "Demo shop", Locale: "en-GB", Currency: "EUR"},
		Platform:      "6.7.10.0",
		DraftAge:      30 * 24 * time.Hour,
		Schedule:      webhook.DefaultSchedule(),
		InFlight:      8,
		BlockAPI:      true,
		EarnIndexes:   true,
		HostInitiated: true,
		Delivery:      Delivery{ParkedCap: webhook.DefaultHealthRules().ParkedCap, Retention: 14 * 24 * time.Hour},
		REST:          REST{ProblemTypes: restapi.ProblemTypes},
		Patience:      web.Patience,
		Drain:         10 * time.Second,
		Version:       "dev",
		Log:           slog.New(slog.DiscardHandler),
		Now:           time.Now,
	}
}

// Check finds everything that is wrong at once: a fault for each, with its key.
func (c Config) Check() error {
	var faults []appdock.Fault
	wrong := func(key, message string) {
		faults = append(faults, appdock.Fault{Pointer: key, Code: "ADK-CONFIG-INVALID", Message: message})
	}
	if c.Data == "" {
		wrong("data", "the data folder has no name")
	}
	if !c.Database.IsZero() {
		if err := postgres.Check(c.Database.Reveal()); err != nil {
			wrong("database", "it is no address of a PostgreSQL database such as postgres://USER:PASSWORD@HOST:5432/DATABASE, "+
				"with what is special in the password percent-encoded")
		}
	}
	if c.Listen != "" {
		if _, _, err := net.SplitHostPort(c.Listen); err != nil {
			wrong("listen", fmt.Sprintf("%q is no address such as 127.0.0.1:8000", c.Listen))
		}
	}
	if (c.Certificate == "") != (c.CertificateKey == "") {
		wrong("tls.cert", "a certificate and its key belong together: tls.cert and tls.key")
	}
	if types := c.REST.ProblemTypes; types != "" {
		if u, err := url.Parse(types); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || !strings.HasSuffix(types, "/") {
			wrong("rest.problem_types", fmt.Sprintf("%q is no address that names of problems can be put behind, such as https://docs.example/problems/", types))
		}
	}
	if c.Patience < 0 || c.Patience > MaxPatience {
		wrong("api.timeout", fmt.Sprintf("%s is more than %s, or less than nothing", c.Patience, MaxPatience))
	}
	switch c.Mode {
	case "", Production, Development:
	default:
		wrong("mode", fmt.Sprintf("%q is neither production nor development", c.Mode))
	}
	if c.Shop.URL != "" {
		if !protocol.IsShopURL(c.Shop.URL) {
			wrong("shop.url", fmt.Sprintf("%q is no base URL that apps can verify: http or https, a host of ASCII letters, "+
				"an optional port and path, nothing percent-encoded", c.Shop.URL))
		}
	}
	for i, shop := range c.Shops {
		key := fmt.Sprintf("shops[%d].", i)
		if !protocol.IsShopURL(shop.URL) {
			wrong(key+"url", fmt.Sprintf("%q is no base URL that apps can verify", shop.URL))
		}
		for _, other := range c.Shops[:i] {
			if addressOfURL(other.URL) == addressOfURL(shop.URL) {
				wrong(key+"url", fmt.Sprintf("%q has the host of another shop: requests could not be told apart", shop.URL))
			}
			if other.Name == shop.Name {
				wrong(key+"name", fmt.Sprintf("%q is the name of another shop", shop.Name))
			}
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-CONFIG-INVALID",
		Message: "The configuration has faults",
		Cure:    "Correct the named settings.",
		Faults:  faults,
	}
}

// shopURL is the base URL of a shop that was given none: that of the API itself.
func shopURL(scheme, listening string) string {
	host, port, err := net.SplitHostPort(listening)
	if err != nil {
		return ""
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() || host == "" {
		host = "127.0.0.1"
	}
	usual := ":80"
	if scheme == "https" {
		usual = ":443"
	}
	return (&url.URL{Scheme: scheme, Host: strings.TrimSuffix(net.JoinHostPort(host, port), usual)}).String()
}
