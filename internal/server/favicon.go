package server

import (
	_ "embed" // of the icon
	"net/http"

	"github.com/appdock/appdock/internal/web"
)

// favicon is what browsers show beside the names of our pages: 32 by 32 pixels, a PNG inside.
//
//go:embed favicon.ico
var favicon []byte

// showFavicon answers GET /favicon.ico, which browsers ask for without being told to.
func showFavicon(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Cache-Control", "public, max-age=86400")
	web.Send(w, http.StatusOK, "image/x-icon", favicon)
	return nil
}
