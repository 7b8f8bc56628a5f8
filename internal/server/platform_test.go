package server_test

import (
	"testing"
	"time"

	"github.com/appdock/appdock/sdk/apptest"
)

// TestAppsHearOfTheHost starts a host again a week later and with another version.
func TestAppsHearOfTheHost(t *testing.T) {
	t.Parallel()
	const updated, beat = "shopware.updated", "app.system_heartbeat"
	config := development(folder(t))
	config.Shop.URL, config.Platform = "http://shop.example", "6.7.9.0" // the same at each start
	host := open(t, config)
	app := apptest.New(t, apptest.App{Webhooks: []string{updated, beat}})
	installed(t, only(t, host), write(t, app.App.Name, app.Manifest()))
	closeHost(t, host)

	host = open(t, config) // nothing is new
	closeHost(t, host)
	if heard := app.Requests(apptest.Webhook); len(heard) != 0 {
		t.Errorf("heard %d events of a start like the last", len(heard))
	}

	config.Platform = "6.7.10.0"
	config.Now = func() time.Time { return time.Now().Add(8 * 24 * time.Hour) }
	open(t, config)
	if heard, err := app.WaitEvent(within(t, soon), updated, 1); err != nil || string(heard.Webhook.Payload) != `{"oldVersion":"6.7.9.0","newVersion":"6.7.10.0"}` {
		t.Errorf("%s: %s, %v", updated, heard.Webhook.Payload, err)
	}
	if heard, err := app.WaitEvent(within(t, soon), beat, 1); err != nil || string(heard.Webhook.Payload) != "[]" {
		t.Errorf("%s: %s, %v", beat, heard.Webhook.Payload, err)
	}
}
