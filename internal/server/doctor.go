package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/appclient"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

const (
	reachPatience = 5 * time.Second // for one connection, or one call to itself
	reachAtOnce   = 8
	// maxOverdue is how long after its time a delivery may wait before somebody should look.
	maxOverdue = 5 * time.Minute
	// lookedThrough is how many waiting deliveries are looked through for such.
	lookedThrough = 1000
)

// Examine looks for what is wrong with this host or will be soon.
func (s *Server) Examine(ctx context.Context) ([]control.Finding, error) {
	list := examineFolder(ctx, s.config)
	list = append(list, examineClock(), s.examineWriter())
	list = append(list, s.examineIndexes()...)
	if s.listener != nil {
		list = append(list, fine("listen", s.listener.Addr().String(), "The host listens there."))
	}
	list = append(list, examineCertificate(s.config, s.shops.all(), s.config.Now())...)
	if s.serves() {
		list = append(list, s.examineLag())
	}
	if s.config.ExtensionsDisabled {
		list = append(list, control.Finding{
			Check: "extensions", Verdict: control.Warn, Message: "No webhook is sent to any app.", Cause: "extensions.disabled is true",
			Cure: "Set it to false, and start the host again: what is parked is sent then.",
		})
	}
	for _, shop := range s.shops.all() {
		found, err := s.examineShop(ctx, shop)
		list = append(list, found...)
		if err != nil && ctx.Err() == nil { // the database is away: that is a finding, and so is what there was before
			list = append(list, control.Failed("shop.data", shop.URL, err))
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err // what was found out is only that the caller left
	}
	return list, nil
}

func (s *Server) examineWriter() control.Finding {
	if err := s.store.Healthy(); err != nil {
		return control.Failed("data.writer", "", err)
	}
	return fine("data.writer", "", "The store takes writes.")
}

// examineLag tells how far matching events with those who listen is behind.
func (s *Server) examineLag() control.Finding {
	behind := s.health.behind()
	if behind < maxLag {
		return fine("deliveries.lag", "", "Events are matched within "+behind.Round(time.Millisecond).String()+".")
	}
	return control.Finding{
		Check: "deliveries.lag", Verdict: control.Fail, Message: "Events wait to be made deliveries.",
		Cause: "the oldest waits since " + behind.Round(time.Second).String(), Cure: "Look into the log of the host, and at the load and the disk of the machine.",
	}
}

// examineShop looks at one shop: the way to it, its identity, its apps and what is on its
// way to them.
func (s *Server) examineShop(ctx context.Context, shop appdock.Shop) ([]control.Finding, error) {
	list := s.examineWay(ctx, shop)
	compared, suggested, err := s.apps.CheckIdentity(ctx, shop)
	if err != nil {
		return list, err
	}
	if suggested {
		list = append(list, control.Failed("shop.identity", shop.URL, lifecycle.ChangeSuggested(compared)))
	} else {
		list = append(list, fine("shop.identity", shop.URL, "The shop is where its apps know it."))
	}
	all, err := s.apps.All(ctx, shop.ID)
	if err != nil {
		return list, err
	}
	for _, r := range all {
		list = append(list, examineSecrets(r)...)
	}
	list = append(list, s.examineEndpoints(ctx, all)...)
	delivering, err := s.examineDeliveries(ctx, shop)
	return append(list, delivering...), err
}

// examineWay follows the public URL of a shop: its name, its certificate, and whether a call
// to it arrives here.
func (s *Server) examineWay(ctx context.Context, shop appdock.Shop) []control.Finding {
	u, err := url.Parse(shop.URL)
	if err != nil { // it was checked when it was configured
		return []control.Finding{control.Failed("shop.url", shop.URL, err)}
	}
	list := []control.Finding{examineURL(s.mode, shop.URL, u)}
	if _, err := netip.ParseAddr(u.Hostname()); err != nil {
		named := examineName(ctx, shop.URL, u.Hostname())
		if list = append(list, named); named.Verdict == control.Fail {
			return list
		}
	}
	// The URL is the operator's own word: it may lead to a private address.
	caller := appclient.New(appclient.Options{Agent: "Appdock/" + s.config.Version, Allow: everywhere(), Now: time.Now})
	defer caller.Close()
	if s.listener == nil {
		return append(list, control.Finding{
			Check: "shop.reach", Subject: shop.URL, Verdict: control.Warn, Message: "Whether the shop's URL leads to this host was not looked at.",
			Cause: "no host runs on the data folder", Cure: "Start it, and run this again.",
		})
	}
	if u.Scheme == "https" {
		reached, err := caller.Reach(ctx, shop.URL, reachPatience)
		if err != nil {
			return append(list, unreached("shop.tls", shop.URL, err))
		}
		list = append(list, ending("shop.tls", shop.URL, reached.Expires, s.config.Now()))
	}
	return append(list, s.visit(ctx, caller, shop, u.Scheme == "https")...)
}

func everywhere() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), netip.MustParsePrefix("::/0")}
}

func examineURL(mode Mode, raw string, u *url.URL) control.Finding {
	if mode == Production && u.Scheme != "https" {
		return control.Finding{
			Check: "shop.url", Subject: raw, Verdict: control.Warn, Message: "Apps call the shop in the clear.",
			Cause: "its URL is http: tokens of the API can be read on the way", Cure: "Serve it over https, and say so in shop.url.",
		}
	}
	return fine("shop.url", raw, "Apps know the shop by this URL.")
}

func examineName(ctx context.Context, raw, name string) control.Finding {
	asking, cancel := context.WithTimeout(ctx, reachPatience)
	defer cancel()
	found, err := net.DefaultResolver.LookupHost(asking, name)
	if err != nil {
		f := control.Finding{
			Check: "shop.dns", Subject: raw, Verdict: control.Fail, Message: "The name of the shop leads nowhere.", Cause: "there is no host named " + name,
			Cure: "Make a DNS record for it, or correct shop.url.",
		}
		if failed, ok := errors.AsType[*net.DNSError](err); ok && !failed.IsNotFound {
			f.Cause = "the name " + name + " could not be looked up: " + failed.Err
			f.Cure = "Check the DNS server of this machine (/etc/resolv.conf)."
		}
		return f
	}
	slices.Sort(found)
	return fine("shop.dns", raw, name+" is "+strings.Join(found, ", ")+".")
}

// unreached is the finding that nobody answers at the public URL of a shop. What a failed
// call to an app says is meant for apps; the cause is the same.
func unreached(check, subject string, err error) control.Finding {
	f := control.Failed(check, subject, err)
	f.Message = "The shop's URL does not lead to this host."
	f.Cure = "Apps call the shop there: mend the way from this machine to it (firewall, proxy, certificate), or correct shop.url."
	if f.Code == appclient.CodeTLS {
		f.Cure = "Give the shop's host a certificate for its name from an authority that everybody trusts."
	}
	return f
}

// visit calls the host at the public URL of a shop, and looks how that arrives.
func (s *Server) visit(ctx context.Context, caller *appclient.Client, shop appdock.Shop, safe bool) []control.Finding {
	const check = "shop.reach"
	run, sent, end := s.visits.begin()
	defer end()
	query := url.Values{"rid": {run}, "token": {sent.token}}
	answer, err := caller.Call(ctx, protocol.Call{
		Method: http.MethodGet, URL: strings.TrimRight(shop.URL, "/") + "/api/app-system/shop/verify?" + query.Encode(),
		Timeout: protocol.Timeout{Connect: reachPatience, Total: reachPatience}, MaxAnswer: 64 << 10,
	})
	if err != nil {
		return []control.Finding{unreached(check, shop.URL, err)}
	}
	at, client, arrived := sent.how()
	if !arrived {
		return []control.Finding{elsewhere(check, shop.URL, answer)}
	}
	if at != shop.ID {
		return []control.Finding{{
			Check: check, Subject: shop.URL, Verdict: control.Fail, Message: "The shop's URL leads to another shop of this host.",
			Cause: "the request arrives with the host name of that one", Cure: "Let the proxy pass the Host header on, or name it in proxy.trusted and let it send X-Forwarded-Host.",
		}}
	}
	list := []control.Finding{fine(check, shop.URL, "The shop's URL leads to this host.")}
	if f, ok := examineProxy(shop.URL, client.Hidden, client.Secure, safe, client.Address); ok {
		list = append(list, f)
	}
	return list
}

// examineProxy judges how a call came in: what stands between the URL and the host, as far
// as the host can tell.
func examineProxy(subject string, hidden, secure, safe bool, from netip.Addr) (control.Finding, bool) {
	const check = "proxy"
	switch {
	case hidden:
		return control.Finding{
			Check: check, Subject: subject, Verdict: control.Warn, Message: "A proxy stands before the host that is not trusted.",
			Cause: "the call came from " + from.String() + " with X-Forwarded headers: who called, and that it was over https, is not believed",
			Cure:  "Name it: proxy.trusted: [" + from.String() + "], and let it set X-Forwarded-For, -Proto and -Host itself.",
		}, true
	case safe && !secure:
		return control.Finding{
			Check: check, Subject: subject, Verdict: control.Warn, Message: "What arrives from the shop's https URL is in the clear.",
			Cause: "something before the host takes the TLS off and does not say so; the call came from " + from.String(),
			Cure:  "Name that proxy in proxy.trusted and let it send X-Forwarded-Proto: https.",
		}, true
	case safe:
		return fine(check, subject, "That the call came over https is known."), true
	}
	return control.Finding{}, false
}

// elsewhere says who answers at the URL of a shop in the place of this host.
func elsewhere(check, subject string, answer protocol.Answer) control.Finding {
	f := control.Finding{
		Check: check, Subject: subject, Verdict: control.Fail, Message: "The shop's URL does not lead to this host.",
		Cause: fmt.Sprintf("something else answers there with status %d", answer.Status),
		Cure:  "Let the URL, or the proxy there, lead to " + "the address that this host listens on, or correct shop.url.",
	}
	var envelope struct {
		Errors []struct {
			Code string `json:"code"`
		} `json:"errors"`
	}
	known := json.Unmarshal(answer.Body, &envelope) == nil && len(envelope.Errors) > 0
	switch {
	case known && strings.HasPrefix(envelope.Errors[0].Code, "ADK-VERIFY-"):
		f.Cause = "another Appdock answers there"
	case answer.Status >= 300 && answer.Status < 400:
		f.Cause = "it is redirected, which apps do not follow: " + withoutQuery(answer.Header.Get("Location"))
	case known:
		f.Cause = fmt.Sprintf("a host answers there that knows no shop of this URL, or another program, with status %d", answer.Status)
	}
	return f
}

func withoutQuery(location string) string {
	before, _, _ := strings.Cut(location, "?")
	return before
}

// examineSecrets looks at what an app and the host share.
func examineSecrets(r lifecycle.Registration) []control.Finding {
	const check = "app.secret"
	name := r.Installation.App
	switch state := stateName(r); {
	case r.Damaged:
		return []control.Finding{{
			Check: check, Subject: name, Verdict: control.Fail, Message: "A secret of the app cannot be read.",
			Cause: "the database was damaged, or the key is another one", Cure: "Restore a backup, or uninstall the app and install it again.",
		}}
	case len(r.Unconfirmed) > 0 || state == string(lifecycle.Unconfirmed):
		f := control.Finding{
			Check: check, Subject: name, Verdict: control.Warn, Message: "It is not known which secret the app holds.",
			Cause: "the answer to a confirmation was lost", Cure: "Settle it: appdock app secret recover " + name,
		}
		if !r.UnconfirmedSince.IsZero() {
			f.Cause += " at " + r.UnconfirmedSince.UTC().Format(time.RFC3339)
		}
		if r.Secret.IsZero() {
			f.Cure = "Finish its installation: appdock app install " + name
		}
		return []control.Finding{f}
	case state == "pending":
		return []control.Finding{{
			Check: check, Subject: name, Verdict: control.Warn, Message: "The app is not registered with its server yet.",
			Cause: "its last registration failed, or is under way", Cure: "Register it: appdock app secret rotate " + name,
		}}
	case r.Secret.IsZero():
		return nil
	}
	return []control.Finding{fine(check, name, "App and host share a secret.")}
}

// endpoint is where calls to an app go.
type endpoint struct {
	app, origin string
	active      bool
}

// endpointsOf lists where the servers of apps are, each once.
func endpointsOf(all []lifecycle.Registration) []endpoint {
	var list []endpoint
	for _, r := range all {
		urls := []string{r.Setup.RegistrationURL}
		for _, w := range r.Features.Webhooks {
			if w.Active {
				urls = append(urls, w.URL)
			}
		}
		for _, raw := range urls {
			u, err := url.Parse(raw)
			if err != nil || u.Host == "" {
				continue
			}
			e := endpoint{r.Installation.App, (&url.URL{Scheme: u.Scheme, Host: u.Host}).String(), r.Installation.Active}
			if !slices.Contains(list, e) {
				list = append(list, e)
			}
		}
	}
	return list
}

// examineEndpoints connects to the servers of the active apps.
func (s *Server) examineEndpoints(ctx context.Context, all []lifecycle.Registration) []control.Finding {
	list := slices.DeleteFunc(endpointsOf(all), func(e endpoint) bool { return !e.active })
	found := make([]control.Finding, len(list))
	var reaching sync.WaitGroup
	slots := make(chan struct{}, reachAtOnce)
	for i, e := range list {
		slots <- struct{}{}
		reaching.Go(func() {
			defer func() { <-slots }()
			found[i] = s.examineEndpoint(ctx, e)
		})
	}
	reaching.Wait()
	return found
}

func (s *Server) examineEndpoint(ctx context.Context, e endpoint) control.Finding {
	subject := e.app + " " + e.origin
	reached, err := s.client.Reach(ctx, e.origin, reachPatience)
	if err != nil {
		f := control.Failed("app.endpoint", subject, err)
		if f.Message = "The app's server cannot be reached."; f.Code != appclient.CodeAddressRefused {
			f.Verdict = control.Warn // it heals by itself when the server is back
		}
		return f
	}
	if reached.Expires.IsZero() {
		return fine("app.endpoint", subject, "The app's server takes connections.")
	}
	f := ending("app.endpoint", subject, reached.Expires, s.config.Now())
	if f.Verdict == control.OK {
		f.Message = "The app's server takes connections. " + f.Message
	} else {
		f.Cure = "Tell the vendor of the app."
	}
	return f
}

// examineDeliveries looks for webhooks that are held and for deliveries whose time is over.
func (s *Server) examineDeliveries(ctx context.Context, shop appdock.Shop) ([]control.Finding, error) {
	all, err := s.webhooks.List(ctx, shop.ID)
	if err != nil {
		return nil, err
	}
	var list []control.Finding
	for _, w := range all {
		if f, held := examineWebhook(w); held {
			list = append(list, f)
		}
	}
	if len(list) == 0 {
		list = append(list, fine("webhooks", shop.URL, fmt.Sprintf("%d webhooks, none is held.", len(all))))
	}
	if !s.serves() {
		return list, nil // nothing is sent: what is due waits for a host that runs
	}
	waiting, err := s.store.Deliveries(ctx, webhook.Filter{Shop: shop.ID, State: webhook.Waiting, Limit: lookedThrough})
	if err != nil {
		return nil, err
	}
	return append(list, overdue(shop.URL, waiting, s.config.Now())), nil
}

func examineWebhook(w webhook.Status) (control.Finding, bool) {
	f := control.Finding{
		Check: "webhooks", Subject: w.Subscription.App + " " + w.Subscription.Name, Verdict: control.Warn,
		Cure: "Look at its last answer: appdock delivery list --app " + w.Subscription.App + ". It is tried again by itself; appdock webhook resume " + w.Subscription.ID.String() + " does so at once.",
	}
	switch w.Health.State {
	case webhook.Healthy, webhook.Degraded:
		return f, false
	case webhook.Suspended:
		f.Message = fmt.Sprintf("The webhook is suspended; %d deliveries are parked.", w.Parked)
		f.Cause = "the app's server failed too often"
	case webhook.Disabled:
		f.Message = fmt.Sprintf("The webhook is disabled; %d deliveries are parked.", w.Parked)
		f.Cause = "it did not heal in time"
		if w.Health.DisabledBy == webhook.ByOperator {
			f.Cause = "an operator paused it"
		}
		f.Cure = "Resume it when its app works: appdock webhook resume " + w.Subscription.ID.String()
	}
	return f, true
}

// overdue judges what waits: the time of its next attempt should not be long over.
func overdue(subject string, waiting []webhook.Delivery, now time.Time) control.Finding {
	late := map[string]int{}
	oldest := now
	for _, d := range waiting {
		if now.Sub(d.DueAt) > maxOverdue {
			late[d.App]++
			if d.DueAt.Before(oldest) {
				oldest = d.DueAt
			}
		}
	}
	if len(late) == 0 {
		return fine("deliveries", subject, "No delivery waits longer than it should.")
	}
	var apps []string
	for app, n := range late {
		apps = append(apps, fmt.Sprintf("%s (%d)", app, n))
	}
	slices.Sort(apps)
	return control.Finding{
		Check: "deliveries", Subject: subject, Verdict: control.Warn, Message: "Deliveries wait although their time has come.",
		Cause: "to " + strings.Join(apps, ", ") + ", the oldest since " + oldest.UTC().Format(time.RFC3339),
		Cure:  "Their servers take less than is sent, or this host is too busy: see /metrics, and delivery.in_flight.",
	}
}
