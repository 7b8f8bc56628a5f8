package lifecycle

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// Ask is a subscription as an app of the SitePack dialect makes it at run time
// (rest-api-sitepack.md 11).
type Ask struct {
	Topic string // "order.*" stands for all of an entity
	URL   string
	// Strict and SuppressOwn are as in [Asked].
	Strict, SuppressOwn bool
}

// mostAsked is how many an app may have, as many as may stand in an app.json.
const mostAsked = 100

// Subscribe makes a subscription and gives its id. Nothing is sent to a host that nobody
// consented to, and nothing that a scope is missing for: each fault is told with its pointer.
func (s *Service) Subscribe(ctx context.Context, shop appdock.ShopID, app string, ask Ask) (id appdock.ID, err error) {
	err = s.changeAsked(ctx, shop, app, func(r *Registration) error {
		if len(r.asked()) >= mostAsked {
			return &appdock.Error{
				Kind: appdock.Conflict, Code: CodeSubscriptions, Message: fmt.Sprintf("An app has at most %d subscriptions of its own.", mostAsked),
				Cure: "Delete one that nobody needs, or ask for all topics of an entity, such as order.*",
			}
		}
		id = s.NewID()
		return s.ask(r, id, ask)
	})
	return id, err
}

// Resubscribe changes a subscription that an app made. What is on its way for a topic that it
// still has stays so.
func (s *Service) Resubscribe(ctx context.Context, shop appdock.ShopID, app string, id appdock.ID, change func(*Ask)) error {
	return s.changeAsked(ctx, shop, app, func(r *Registration) error {
		at := slices.IndexFunc(r.Features.Webhooks, func(w Webhook) bool { return w.Asked.ID == id })
		if at < 0 {
			return errNoSubscription()
		}
		w := r.Features.Webhooks[at]
		ask := Ask{w.Asked.Topic, w.URL, w.Asked.Strict, w.Asked.SuppressOwn}
		change(&ask)
		return s.ask(r, id, ask)
	})
}

// Unsubscribe ends a subscription that an app made.
func (s *Service) Unsubscribe(ctx context.Context, shop appdock.ShopID, app string, id appdock.ID) error {
	return s.changeAsked(ctx, shop, app, func(r *Registration) error {
		before := len(r.Features.Webhooks)
		r.Features.Webhooks = slices.DeleteFunc(r.Features.Webhooks, func(w Webhook) bool { return w.Asked.ID == id })
		if len(r.Features.Webhooks) == before {
			return errNoSubscription()
		}
		return nil
	})
}

// asked are the ids of those that the app made.
func (r Registration) asked() map[appdock.ID]bool {
	ids := map[appdock.ID]bool{}
	for _, w := range r.Features.Webhooks {
		if !w.Asked.ID.IsZero() {
			ids[w.Asked.ID] = true
		}
	}
	return ids
}

// ask puts a subscription in place of what is there of its id: one for each event that makes
// its topics.
func (s *Service) ask(r *Registration, id appdock.ID, ask Ask) error {
	topics := protocol.LookupTopic(ask.Topic)
	if err := r.refuse(id, ask, topics, s.Development); err != nil {
		return err
	}
	before := r.Features.Webhooks
	kept := slices.DeleteFunc(slices.Clone(before), func(w Webhook) bool { return w.Asked.ID == id })
	for i, t := range topics {
		w := Webhook{
			ID: s.NewID(), Name: fmt.Sprintf("%s#%s", t.Name, id), Event: appdock.EventName(t.Event), Topic: t.Name, URL: ask.URL, OnlyLive: true,
			Asked: Asked{ID: id, Topic: ask.Topic, Strict: ask.Strict, SuppressOwn: ask.SuppressOwn},
		}
		if i == 0 {
			w.ID = id
		}
		for _, old := range before { // the same subscription, changed
			if old.Asked.ID == id && old.Topic == w.Topic && old.Event == w.Event {
				w.ID = old.ID
			}
		}
		kept = append(kept, w)
	}
	r.Features.Webhooks = kept
	r.wake()
	return nil
}

// refuse tells all that is wrong with a subscription.
func (r Registration) refuse(id appdock.ID, ask Ask, topics []protocol.Topic, development bool) error {
	var faults []appdock.Fault
	wrong := func(pointer, code, message string) {
		faults = append(faults, appdock.Fault{Pointer: pointer, Code: code, Message: message})
	}
	if len(topics) == 0 {
		wrong("/topic", "unknown_topic", "There is no such topic.")
	}
	for _, t := range topics {
		if t.Scope != (protocol.Scope{}) && !r.OAuth.has(t.Scope) {
			wrong("/topic", "insufficient_scope", "It needs the scope "+t.Scope.String()+".")
			break
		}
	}
	switch u, err := url.Parse(ask.URL); {
	case err != nil || u.Hostname() == "" || u.User != nil || u.Fragment != "":
		wrong("/address", "malformed", "It is an absolute https URL without user and fragment.")
	case u.Scheme != "https" && (u.Scheme != "http" || !development || !loopback(u.Hostname())):
		wrong("/address", "malformed", "It begins with https://.")
	case !r.OAuth.Trusts(ask.URL):
		wrong("/address", "host_unknown", "Nobody consented to the host "+u.Hostname()+": it has to stand in the app.json.")
	}
	for _, w := range r.Features.Webhooks {
		if w.Asked.ID != id && w.URL == ask.URL && (w.Asked.Topic == ask.Topic || w.Asked.ID.IsZero() && w.Topic == ask.Topic) {
			wrong("/topic", "duplicate", "There is a subscription to this topic at this address.")
			break
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return &appdock.Error{
		Kind: appdock.Invalid, Code: CodeSubscription, Message: "The subscription cannot be made.", Faults: faults,
		Cure: "Correct the named fields.",
	}
}

// loopback reports whether a host is the own machine.
func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// turn is how long a call of an app waits for another operation on it.
const turn = 2 * time.Second

// changeAsked changes an app that is complete. Calls of an app come beside one another: each
// waits for its turn, for a while.
func (s *Service) changeAsked(ctx context.Context, shop appdock.ShopID, app string, change func(*Registration) error) error {
	release, free := s.running.wait(ctx, shop, app, turn)
	defer release()
	if !free {
		return errLocked(app)
	}
	r, err := s.Store.Get(ctx, shop, app)
	if err != nil {
		return err
	}
	if r.OAuth.IsZero() || !r.complete() {
		return errNotReady(r)
	}
	if err := change(&r); err != nil {
		return err
	}
	if _, _, err := s.Store.Change(ctx, r); err != nil {
		return fmt.Errorf("change the subscriptions of app %s: %w", app, err)
	}
	return nil
}

// keyGrace is how long webhooks are signed with the key before a rotation as well
// (protocol-signing.md 8).
const keyGrace = 24 * time.Hour

// RotateWebhookKey gives an app of the SitePack dialect another key for its webhooks and pages.
func (s *Service) RotateWebhookKey(ctx context.Context, shop appdock.ShopID, app string) (appdock.Secret, error) {
	fresh := make([]byte, webhookKeySize)
	if _, err := io.ReadFull(s.Random, fresh); err != nil {
		return appdock.Secret{}, fmt.Errorf("make a webhook key: %w", err)
	}
	secret := appdock.NewSecret(WebhookKeyPrefix + base64.StdEncoding.EncodeToString(fresh))
	err := s.changeAsked(ctx, shop, app, func(r *Registration) error {
		if !r.Secret.IsZero() {
			r.Previous = Previous{Secret: r.Secret, Until: s.Now().Add(keyGrace)}
		}
		r.Secret, r.SecretTold, r.Damaged = secret, s.Now(), false
		return nil
	})
	return secret, err
}

func errNoSubscription() error {
	return &appdock.Error{Kind: appdock.NotFound, Code: CodeSubscriptionGone, Message: "There is no such subscription.", Cure: "List those that there are."}
}
