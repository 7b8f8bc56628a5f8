package restapi

import (
	"net/http"
	"slices"
)

// Pages of an app may call from a browser if the host is configured so: those at the origins of
// its redirect_uri and its widgets (rest-api-sitepack.md 1). The token is what gives rights;
// this only says whose scripts may read the answers.

// preflight reports whether a browser asks what a page may ask.
func preflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

const (
	corsMethods = "GET, HEAD, POST, PUT, PATCH, DELETE"
	corsHeaders = "Accept-Language, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, X-Request-Id"
	corsExposed = "ETag, Idempotent-Replayed, Last-Modified, Link, Location, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
	corsMaxAge  = "600"
)

// preflighted answers a preflight. It has no token, so the origin may be that of any app.
func (c *call) preflighted() (*answer, error) {
	if err := c.limits.enter(c); err != nil {
		return nil, err
	}
	c.header.Add("Vary", "Origin")
	all, err := c.options.Apps.All(c.ctx, c.shop.ID)
	if err != nil {
		return nil, err
	}
	out := &answer{status: http.StatusNoContent, header: http.Header{}}
	origin := c.r.Header.Get("Origin")
	for _, r := range all {
		if r.Installation.Active && slices.Contains(r.OAuth.Origins(), origin) {
			out.header.Set("Access-Control-Allow-Origin", origin)
			out.header.Set("Access-Control-Allow-Methods", corsMethods)
			out.header.Set("Access-Control-Allow-Headers", corsHeaders)
			out.header.Set("Access-Control-Max-Age", corsMaxAge)
			break
		}
	}
	return out, nil
}

// allowOrigin lets a page of the app that calls read the answer, whatever it is.
func (c *call) allowOrigin() {
	origin := c.r.Header.Get("Origin")
	if !c.options.CORS || origin == "" || preflight(c.r) {
		return
	}
	c.header.Add("Vary", "Origin")
	if c.bearer.App.Name == "" {
		return
	}
	r, err := c.registration()
	if err == nil && slices.Contains(r.OAuth.Origins(), origin) {
		c.header.Set("Access-Control-Allow-Origin", origin)
		c.header.Set("Access-Control-Expose-Headers", corsExposed)
	}
}
