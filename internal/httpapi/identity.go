package httpapi

import (
	"context"
	"errors"
	"hash/fnv"
	"net/http"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/manifest"
)

// identities settles who a shop is (protocol-shop-identity.md); *lifecycle.Service does.
type identities interface {
	CheckIdentity(ctx context.Context, shop appdock.Shop) (c lifecycle.Comparison, suggested bool, err error)
	Resolve(ctx context.Context, shop appdock.Shop, strategy lifecycle.Strategy, dry bool) (lifecycle.Resolution, error)
	All(ctx context.Context, shop appdock.ShopID) ([]lifecycle.Registration, error)
}

// visits knows the calls that the host makes to itself over its public URL.
type visits interface {
	// Arrived reports whether a call with this token is one of the host's own run.
	Arrived(ctx context.Context, shop appdock.ShopID, run, token string) bool
}

// maintain is the privilege of those who settle the identity of a shop.
const maintain appdock.Privilege = "system.plugin_maintain"

// resolveWait is how long a strategy may take: it calls the servers of all apps.
const resolveWait = 5 * time.Minute

// identityStrategies answers GET /api/app-system/shop-id/change-strategies.
func identityStrategies(c *call) error {
	return web.JSON(c.w, http.StatusOK, lifecycle.Strategies())
}

// changeIdentity answers POST /api/app-system/shop-id/change: 204, or the apps that failed.
func changeIdentity(c *call) error {
	if missing := c.actor.Missing(maintain); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	tree, err := c.formOrJSON()
	if err != nil {
		return err
	}
	name, ok := tree["strategy"].(string)
	if !ok || name == "" {
		return &appdock.Error{
			Kind: appdock.Invalid, Code: "FRAMEWORK__APP_MISSING_REQUEST_PARAMETER",
			Message: `Parameter "strategy" is missing.`,
			Cure:    "Send one of the names that GET /api/app-system/shop-id/change-strategies lists.",
			Params:  []appdock.Param{{Name: "parameterName", Value: "strategy"}},
		}
	}
	strategy, err := lifecycle.ParseStrategy(name)
	if err != nil {
		return err
	}
	// What was begun is carried to its end, whether the answer can be written then or not.
	deadline := http.NewResponseController(c.w).SetWriteDeadline(c.options.Now().Add(resolveWait))
	if deadline != nil && !errors.Is(deadline, http.ErrNotSupported) {
		return deadline
	}
	done, err := c.options.Identities.Resolve(c.r.Context(), c.shop, strategy, false)
	if err != nil {
		return err
	}
	failed := []failedApp{}
	for _, a := range done.Apps {
		if a.Err != nil {
			failed = append(failed, failedApp{a.App, reasonOf(a.Err)})
		}
	}
	if len(failed) == 0 {
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return web.JSON(c.w, http.StatusOK, struct {
		Failed []failedApp `json:"failed"`
	}{failed})
}

type failedApp struct {
	App    string `json:"app"`
	Reason string `json:"reason"`
}

// reasonOf is what a client may know of a failure: nothing of one that has no code.
func reasonOf(err error) string {
	e, ok := errors.AsType[*appdock.Error](err)
	if !ok || e.Code == "" {
		return "Internal error"
	}
	if e.Cause == "" {
		return e.Message
	}
	return e.Message + ": " + e.Cause
}

// fingerprint is one mark of where a shop is, as the wire has it.
type fingerprint struct {
	Identifier string `json:"identifier"`
	Stored     string `json:"storedStamp"`
	Expected   string `json:"expectedStamp"`
	Score      int    `json:"score"`
}

// checkIdentity answers POST /api/app-system/shop-id/check: 204 when all is well.
func checkIdentity(c *call) error {
	compared, suggested, err := comparison(c)
	if err != nil {
		return err
	}
	if !suggested {
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	all, err := c.options.Identities.All(c.r.Context(), c.shop.ID)
	if err != nil {
		return err
	}
	labels := []string{}
	for _, r := range all {
		if r.Setup.RegistrationURL != "" {
			labels = append(labels, manifest.Translations(r.Profile.Label).In(c.shop.Locale))
		}
	}
	matching, differing := map[string]fingerprint{}, map[string]fingerprint{}
	for _, p := range compared.Prints {
		if p.Ignored {
			continue
		}
		to := differing
		if p.Match() {
			to = matching
		}
		to[p.Identifier] = fingerprint{p.Identifier, p.Stored, p.Current, p.Score}
	}
	type comparison struct {
		Matching  map[string]fingerprint `json:"matchingFingerprints"`
		Differing map[string]fingerprint `json:"mismatchingFingerprints"`
		Score     int                    `json:"score"`
		Threshold int                    `json:"threshold"`
	}
	return web.JSON(c.w, http.StatusOK, struct {
		Apps         []string   `json:"apps"`
		Fingerprints comparison `json:"fingerprints"`
	}{labels, comparison{matching, differing, compared.Score, lifecycle.Threshold}})
}

// urlDifference answers GET /api/app-system/app-url-change/url-difference, which knows of
// URLs alone: 204 when the shop is where its apps know it.
func urlDifference(c *call) error {
	compared, suggested, err := comparison(c)
	if err != nil {
		return err
	}
	for _, p := range compared.Prints {
		if suggested && p.Identifier == lifecycle.PrintURL && !p.Match() {
			return web.JSON(c.w, http.StatusOK, struct {
				Old string `json:"oldUrl"`
				New string `json:"newUrl"`
			}{p.Stored, p.Current})
		}
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// comparison compares the marks of the shop. They name folders of the host's machine: that
// is nothing for an app or a person that does not maintain the shop.
func comparison(c *call) (lifecycle.Comparison, bool, error) {
	if missing := c.actor.Missing(maintain); len(missing) > 0 && (!c.actor.Installation.IsZero() || !c.actor.User.IsZero()) {
		return lifecycle.Comparison{}, false, appdock.MissingPrivileges(missing)
	}
	return c.options.Identities.CheckIdentity(c.r.Context(), c.shop)
}

// What strangers may ask of verify: so often a minute, in each of so many groups of
// addresses. The groups bound the memory; a token cannot be guessed in any case.
const (
	maxVerifications   = 30
	verificationGroups = 256
)

// verifyShop answers GET /api/app-system/shop/verify, without a token of the API: 204 if the
// call is the host's own, which so learns that its public URL leads back to it.
func verifyShop(c *call) error {
	query := c.r.URL.Query()
	if c.options.Visits.Arrived(c.r.Context(), c.shop.ID, query.Get("rid"), query.Get("token")) {
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	}
	address := web.ClientOf(c.r.Context()).Address.As16()
	group := fnv.New32a()
	_, _ = group.Write(address[:8]) // a network of IPv6 is one stranger
	_, _ = group.Write(address[12:])
	if wait := c.options.verifications.Take(appdock.ID{byte(group.Sum32() % verificationGroups)}, c.options.Now()); wait > 0 {
		return appdock.TooOften(codeTooOften, "Verification", wait)
	}
	return &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-VERIFY-UNKNOWN", Message: "This is no call of the host to itself",
		Cause: "its token is not that of a run that is under way", Cure: "Run `appdock doctor` on the host's machine.",
	}
}
