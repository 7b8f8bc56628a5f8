package manifest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/appdock/appdock/protocol"
)

// Caller makes one call over the network and gives the answer, whatever its
// status. It follows no redirect and refuses addresses of private networks: what
// is called comes from strangers.
type Caller interface {
	Call(ctx context.Context, call protocol.Call) (protocol.Answer, error)
}

// fetchTimeout is for everything, from the name to the last byte (app-json.md 1).
var fetchTimeout = protocol.Timeout{Connect: 5 * time.Second, Total: 5 * time.Second}

// Fetch reads the app.json of a hosted app. The address is that of the file, if
// it ends in ".json", else of the folder that has it (protocol-oauth.md B.1). It
// must be https; development also allows http to the own machine.
//
// The snippets of its blocks are fetched with it.
//
// As for Parse, what is wrong with the manifest is in Problems, and App is nil if
// there are errors among them. The error is about what came instead of one.
func Fetch(ctx context.Context, caller Caller, address string, development, strict bool) (*App, Problems, error) {
	u, err := manifestURL(address, development)
	if err != nil {
		return nil, nil, err
	}
	answer, err := caller.Call(ctx, protocol.Call{
		Method: http.MethodGet, URL: u.String(), Timeout: fetchTimeout, MaxAnswer: maxJSON + 1,
		Header: []protocol.Header{{Name: "Accept", Value: "application/json"}},
	})
	switch {
	case err != nil:
		return nil, nil, fmt.Errorf("fetch %s: %w", u.Redacted(), err)
	case answer.Status >= 300 && answer.Status < 400:
		return nil, nil, fmt.Errorf("fetch %s: it answered %d and points to %s, which is not followed: name that address itself", u.Redacted(), answer.Status, quote(answer.Header.Get("Location")))
	case answer.Status != http.StatusOK:
		return nil, nil, fmt.Errorf("fetch %s: it answered %d", u.Redacted(), answer.Status)
	}
	app, problems := ParseJSON(u.String(), answer.Body, strict)
	if app != nil {
		FetchSnippets(ctx, caller, app, u)
	}
	return app, problems, nil
}

// manifestURL is where the app.json of an address is.
func manifestURL(address string, development bool) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(address))
	switch {
	case err != nil:
		return nil, errors.New("the address cannot be parsed") // nor what is secret in it be told
	case u.Hostname() == "" || u.Opaque != "":
		return nil, fmt.Errorf("the address %s has no host", quote(u.Redacted()))
	case u.User != nil:
		return nil, fmt.Errorf("the address %s must not hold a user name or password", quote(u.Redacted()))
	case u.Scheme != "https" && (u.Scheme != "http" || !development || !isLoopback(u.Hostname())):
		return nil, fmt.Errorf("the address %s must begin with https://", quote(address))
	}
	u.Fragment, u.RawFragment = "", ""
	if !strings.HasSuffix(u.Path, ".json") {
		u = u.JoinPath(jsonFile)
	}
	return u, nil
}
