// Package control is what operators do with a host: one interface, its server on the unix
// socket of the data folder, and its client, which is the interface again. The command
// line speaks to nothing else, whether the host runs in another process or in its own.
package control

import (
	"context"
	"iter"
	"time"

	"github.com/appdock/appdock"
)

// Host is a host as its operators see it. Failures are *appdock.Error; those that
// crossed the socket are the same errors again.
type Host interface {
	Version(ctx context.Context) (Version, error)
	Shops(ctx context.Context) ([]ShopDetails, error)
	// Shop gives the shop of a name: its name, its id, its URL or the host name of that.
	// The empty name is the only shop of a host that has one.
	Shop(ctx context.Context, name string) (Shop, error)
	Tokens
	Examinations
	// Watch gives what happens from now on until ctx ends or the host does.
	Watch(ctx context.Context) iter.Seq2[Activity, error]
}

// Version of the running host.
type Version struct {
	Version  string `json:"version"`
	Commit   string `json:"commit,omitempty"`
	Go       string `json:"go"`
	Platform string `json:"platformVersion"` // sw-version spoken to apps
}

// Activity is one thing that happened on the host, for people who watch.
type Activity struct {
	At   time.Time      `json:"at"`
	Shop appdock.ShopID `json:"shop,omitempty"`
	// Kind is "event" for a webhook that goes out, "answer" for what came back, "api"
	// for a call of an app to the Admin API, "life" for a step of an app's life.
	Kind   string `json:"kind"`
	App    string `json:"app"`
	Event  string `json:"event"`         // event name, or method and path of a call
	Key    string `json:"key,omitempty"` // id of the record it is about, or the host that is called in a handshake
	Status int    `json:"status,omitempty"`
	MS     int64  `json:"ms"`
	Text   string `json:"text,omitempty"`
	// Attempt is the attempt's number; 0 is the first.
	Attempt int `json:"attempt,omitempty"`
}
