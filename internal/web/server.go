package web

import (
	"log/slog"
	"net/http"
	"time"
)

// NewServer makes a server whose clients cannot hold connections for ever: headers within
// 10 s and 64 KiB, the whole request within a minute, the answer within two, and two
// minutes of silence between requests. What the server itself has to say goes to log.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      2 * time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// Secure gives every answer of next the headers that are right for what is no page: it is
// not sniffed, framed, or run. A page overwrites the policy with its own.
//
// The referrer is left to the browser across origins, without the path: the pages of apps
// find the origin they talk to in it (sdk-facts.md 16).
func Secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		next.ServeHTTP(w, r)
	})
}
