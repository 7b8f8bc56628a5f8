package server

import (
	"time"

	"github.com/appdock/appdock/internal/appclient"
	"github.com/appdock/appdock/manifest"
)

// Caller gives what makes calls of a command that needs no host: the same guarded client
// that a host of that mode calls apps with. Its idle connections end with the process.
func Caller(development bool, version string) manifest.Caller {
	return appclient.New(appclient.Options{Agent: "Appdock/" + version, Development: development, Now: time.Now})
}
