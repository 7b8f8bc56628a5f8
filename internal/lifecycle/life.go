package lifecycle

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/appdock/appdock"
)

// Activate lets an app work: its tokens, webhooks and pages. One that is active already
// stays so, and is not told again.
func (s *Service) Activate(ctx context.Context, shop appdock.ShopID, app string) (Outcome, error) {
	release, r, err := s.hold(ctx, shop, app, `No app found for "`+app+`".`)
	if err != nil {
		return Outcome{}, err
	}
	defer release()
	if !r.complete() {
		return Outcome{}, errNotReady(r)
	}
	if !r.Installation.Active {
		if r, err = s.activate(ctx, r); err != nil {
			return Outcome{}, err
		}
	}
	return s.done(ctx, r, Activated), nil
}

func (s *Service) activate(ctx context.Context, r Registration) (Registration, error) {
	r.Installation.Active = true
	r, events, err := s.Store.Change(ctx, r, s.event(r.Installation, "app.activated", noPayload))
	if err != nil {
		return r, fmt.Errorf("activate app %s: %w", r.Installation.App, err)
	}
	s.tell(ctx, events)
	return r, nil
}

// Deactivate stops an app: its tokens are dead, and it hears of nothing but its own life.
// The app is told first, while it may still act (protocol-webhooks.md 3.3).
func (s *Service) Deactivate(ctx context.Context, shop appdock.ShopID, app string) (Outcome, error) {
	release, r, err := s.hold(ctx, shop, app, `No app found for "`+app+`".`)
	if err != nil {
		return Outcome{}, err
	}
	defer release()
	if r.Installation.Active && r.restricts() {
		return Outcome{}, errCannotDeactivate(r.Installation.App)
	}
	if r, err = s.deactivate(ctx, r); err != nil {
		return Outcome{}, err
	}
	return s.done(ctx, r, Deactivated), nil
}

func (s *Service) deactivate(ctx context.Context, r Registration) (Registration, error) {
	if !r.Installation.Active {
		return r, nil
	}
	// Told is told: from here on it is carried out, even if nobody waits for it any more,
	// and by the next start if this host dies.
	r.State = Deactivating
	r, events, err := s.Store.Change(ctx, r, s.event(r.Installation, "app.deactivated", noPayload))
	if err != nil {
		return r, fmt.Errorf("tell app %s that it is deactivated: %w", r.Installation.App, err)
	}
	s.tell(ctx, events)
	return s.carryOut(ctx, r)
}

// carryOut deactivates an app that was told so.
func (s *Service) carryOut(ctx context.Context, r Registration) (Registration, error) {
	ctx, cancel := detached(ctx, cleanupTime)
	defer cancel()
	r.Installation.Active, r.State = false, r.settled()
	changed, _, err := s.Store.Change(ctx, r)
	if err != nil {
		return r, fmt.Errorf("deactivate app %s: %w", r.Installation.App, err)
	}
	return changed, nil
}

// Uninstall removes an app in whatever state it is. An active one is deactivated first.
// Its committed secret is remembered: the app may demand it at the next installation, and
// app.deleted is signed with it.
func (s *Service) Uninstall(ctx context.Context, shop appdock.ShopID, app string, keepUserData bool) (Outcome, error) {
	release, r, err := s.hold(ctx, shop, app, `No app with name "`+app+`" installed.`)
	if err != nil {
		return Outcome{}, err
	}
	defer release()
	if r, err = s.deactivate(ctx, r); err != nil {
		return Outcome{}, err
	}
	events, err := s.Store.Remove(ctx, r, keepUserData, s.event(r.Installation, "app.deleted", deletedPayload(keepUserData)))
	if err != nil {
		return Outcome{}, fmt.Errorf("remove app %s: %w", r.Installation.App, err)
	}
	s.tell(ctx, events)
	return s.done(ctx, r, Uninstalled), nil
}

// hold takes the lock of an app and reads its registration; missing is the sentence for
// one that is not there.
func (s *Service) hold(ctx context.Context, shop appdock.ShopID, app, missing string) (release func(), r Registration, err error) {
	release, free := s.running.take(shop, app)
	if !free {
		return nil, Registration{}, errLocked(app)
	}
	found, err := s.find(ctx, shop, app)
	if err == nil && found == nil {
		err = errNotFound(missing)
	}
	if err != nil {
		release()
		return nil, Registration{}, err
	}
	if found.State == Rotating { // left by a write that failed: who has the lock knows that none runs
		*found = found.rest()
	}
	return release, *found, nil
}

func (s *Service) done(ctx context.Context, r Registration, result Result) Outcome {
	i := r.Installation
	s.Log.LogAttrs(ctx, slog.LevelInfo, "app changed", slog.String("app", i.App), slog.String("version", i.Version), slog.String("result", string(result)))
	return Outcome{App: i.App, Version: i.Version, Result: result}
}

// event makes an event of an app's life. It has no key, which makes it a barrier in all
// lanes of the app: what came before is told before, what follows waits
// (protocol-webhooks.md 7).
func (s *Service) event(i appdock.Installation, name appdock.EventName, payload string) appdock.Event {
	return appdock.Event{
		ID:   s.NewID(),
		Shop: i.Shop,
		Name: name,
		At:   s.Now(),
		Only: i.ID,
		Data: appdock.EventData{Payload: []byte(payload)},
	}
}

// tell hands over events that were committed and waits for their first attempts, so that
// the order of a life is kept. What the app says to them changes nothing: some always
// answer 500 (protocol-webhooks.md 3.3, sdk-facts.md 7).
func (s *Service) tell(ctx context.Context, events []appdock.Event) {
	s.Committed(events)
	ctx, cancel := detached(ctx, settleTime)
	defer cancel()
	for _, e := range events {
		if err := s.Settler.Settled(ctx, e.ID); err != nil {
			s.Log.LogAttrs(ctx, slog.LevelWarn, "app was not told in time", slog.String("event", string(e.Name)), slog.Any("error", err))
		}
	}
}

// Payloads of lifecycle events (protocol-webhooks.md 3.3).

const noPayload = "[]"

func installedPayload(version string) string {
	return payload(struct {
		AppVersion string `json:"appVersion"`
	}{version})
}

func deletedPayload(keepUserData bool) string {
	return payload(struct {
		// Always there: the SDKs differ in what an absent one means (sdk-facts.md 8).
		KeepUserData bool `json:"keepUserData"`
	}{keepUserData})
}

func permissionsPayload(grant appdock.Privileges) string {
	return payload(struct {
		Permissions appdock.Privileges `json:"permissions"`
	}{append(appdock.Privileges{}, grant...)})
}

func payload(of any) string {
	text, err := json.Marshal(of)
	if err != nil {
		panic("lifecycle: a payload is texts and bools: " + err.Error())
	}
	return string(text)
}
