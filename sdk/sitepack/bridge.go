package sitepack

import (
	_ "embed" // of the bridge
	"net/http"
)

//go:embed bridge.js
var bridge []byte

// Bridge serves the script by which a page of the app speaks with the admin around it
// (protocol-admin.md 8): it tells that the page is there, and gives the page's own scripts
// sitepack.where, toast, resize, redirect, open, close and token. A page that does not load it
// has to post "sw-app-loaded" to its parent within five seconds.
func Bridge() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "max-age=3600")
		_, _ = w.Write(bridge) // the browser is gone: nobody is left to be told
	})
}
