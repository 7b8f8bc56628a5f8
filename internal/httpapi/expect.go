package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/appdock/appdock/internal/web"
)

// maxExpected bounds the packages that one header may name.
const maxExpected = 50

// expectedPackages are those of Shopware whose version is the one that is spoken; no other
// resolves (admin-api.md 5.7, sw-expect-packages).
func expectedPackages() []string {
	return []string{"shopware/core", "shopware/platform", "shopware/storefront", "shopware/administration"}
}

// unmet gives what the header sw-expect-packages asks for and this host is not: a list of
// name:constraint.
func (c *call) unmet() []string {
	header := strings.TrimSpace(c.r.Header.Get("sw-expect-packages"))
	if header == "" {
		return nil
	}
	items := strings.Split(header, ",")
	if len(items) > maxExpected {
		return []string{fmt.Sprintf("More than %d packages are expected", maxExpected)}
	}
	var unmet []string
	for _, item := range items {
		name, constraint, _ := strings.Cut(strings.TrimSpace(item), ":")
		switch {
		case !slices.Contains(expectedPackages(), name):
			unmet = append(unmet, fmt.Sprintf("Requested package: %s is not available", given(name)))
		case !c.options.Satisfies(strings.TrimSpace(constraint)):
			unmet = append(unmet, fmt.Sprintf("Version constraint for %s is failed. Installed is: %s", name, c.options.Version))
		}
	}
	return unmet
}

// expectationFailed is the answer of admin-api.md 9.
func (c *call) expectationFailed(unmet []string) error {
	detail := "API Expectations failed"
	return web.JSON(c.w, http.StatusExpectationFailed, envelope{[]apiError{{
		Code: "FRAMEWORK__API_EXPECTATION_FAILED", Status: "417", Title: http.StatusText(http.StatusExpectationFailed), Detail: &detail, Meta: &meta{unmet},
	}}})
}
