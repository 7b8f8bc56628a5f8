package server

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/webhook"
)

func TestProxyVerdicts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		hidden, secure, safe bool
		want                 control.Verdict
	}{
		"straight, in the clear":               {false, false, false, ""},
		"straight, over TLS":                   {false, true, true, control.OK},
		"a proxy that nobody trusts":           {true, false, true, control.Warn},
		"a proxy that nobody trusts, http":     {true, false, false, control.Warn},
		"a proxy that keeps the scheme silent": {false, false, true, control.Warn},
	}
	for name, tt := range tests {
		f, _ := examineProxy("https://shop.example", tt.hidden, tt.secure, tt.safe, netip.MustParseAddr("10.0.0.7"))
		if f.Verdict != tt.want {
			t.Errorf("%s: got %+v, want %q", name, f, tt.want)
		}
	}
}

func TestEndingVerdicts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	tests := map[string]struct {
		end  time.Duration
		want control.Verdict
	}{
		"in a year":  {365 * 24 * time.Hour, control.OK},
		"in a week":  {7 * 24 * time.Hour, control.Warn},
		"now":        {0, control.Fail},
		"a week ago": {-7 * 24 * time.Hour, control.Fail},
	}
	for name, tt := range tests {
		if f := ending("tls.certificate", "cert.pem", now.Add(tt.end), now); f.Verdict != tt.want {
			t.Errorf("%s: got %+v, want %s", name, f, tt.want)
		}
	}
}

func TestOverdueVerdicts(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
	at := func(ago time.Duration) webhook.Delivery { return webhook.Delivery{App: "Notes", DueAt: now.Add(-ago)} }
	tests := map[string]struct {
		waiting []webhook.Delivery
		want    control.Verdict
	}{
		"none":                {nil, control.OK},
		"one for later":       {[]webhook.Delivery{at(-time.Hour)}, control.OK},
		"one of a minute ago": {[]webhook.Delivery{at(time.Minute)}, control.OK},
		"one of an hour ago":  {[]webhook.Delivery{at(-time.Hour), at(time.Hour)}, control.Warn},
	}
	for name, tt := range tests {
		if f := overdue("https://shop.example", tt.waiting, now); f.Verdict != tt.want {
			t.Errorf("%s: got %+v, want %s", name, f, tt.want)
		}
	}
}

func TestSecretVerdicts(t *testing.T) {
	t.Parallel()
	secret := appdock.NewSecret("s")
	server := lifecycle.Setup{RegistrationURL: "https://app.example/register"}
	tests := map[string]struct {
		r    lifecycle.Registration
		want control.Verdict
	}{
		"registered":            {lifecycle.Registration{State: lifecycle.Registered, Setup: server, Secret: secret}, control.OK},
		"without a server":      {lifecycle.Registration{State: lifecycle.Local}, ""},
		"never finished":        {lifecycle.Registration{State: lifecycle.Unconfirmed, Setup: server, Unconfirmed: []appdock.Secret{secret}}, control.Warn},
		"a rotation in doubt":   {lifecycle.Registration{State: lifecycle.Unconfirmed, Setup: server, Secret: secret, Unconfirmed: []appdock.Secret{secret}}, control.Warn},
		"a server, no secret":   {lifecycle.Registration{State: lifecycle.Local, Setup: server}, control.Warn},
		"a secret that is lost": {lifecycle.Registration{State: lifecycle.Registered, Setup: server, Damaged: true}, control.Fail},
	}
	for name, tt := range tests {
		var got control.Verdict
		if list := examineSecrets(tt.r); len(list) > 0 {
			got = list[0].Verdict
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", name, got, tt.want)
		}
	}
}

func TestWebhookVerdicts(t *testing.T) {
	t.Parallel()
	for state, want := range map[webhook.HealthState]bool{
		webhook.Healthy: false, webhook.Degraded: false, webhook.Suspended: true, webhook.Disabled: true,
	} {
		if f, held := examineWebhook(webhook.Status{Health: webhook.Health{State: state}}); held != want {
			t.Errorf("%s: got %+v", state, f)
		}
	}
}

func TestEndpointsAreLookedAtOnce(t *testing.T) {
	t.Parallel()
	r := lifecycle.Registration{Setup: lifecycle.Setup{RegistrationURL: "https://app.example/register?x"}}
	r.Installation.App, r.Installation.Active = "Notes", true
	r.Features.Webhooks = []lifecycle.Webhook{
		{URL: "https://app.example/a", Active: true},
		{URL: "https://hooks.example:8443/b", Active: true},
		{URL: "https://asleep.example/c"},
	}
	want := []endpoint{{"Notes", "https://app.example", true}, {"Notes", "https://hooks.example:8443", true}}
	if diff := cmp.Diff(want, endpointsOf([]lifecycle.Registration{r}), cmp.AllowUnexported(endpoint{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
