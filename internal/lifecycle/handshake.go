package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// register is the handshake of an installation. When it fails, the installation stays if
// the app may have agreed to a secret, and is removed if not.
func (in *install) register(ctx context.Context, r Registration) (Registration, error) {
	h := &handshake{
		Service: in.Service, shop: in.shop, app: in.app.Name, setup: r.Setup, allowShort: in.options.AllowShortSecret,
		confirming: Confirming, committed: Completing, anew: "Install the app again: that recovers the registration.", warn: in.warn,
	}
	recovering := len(r.Unconfirmed) > 0
	var err error
	if recovering {
		r, err = h.agree(ctx, r, candidates(r, in.last))
	} else {
		r, err = h.attempt(ctx, r, in.last, in.client)
	}
	if err == nil {
		return r, nil
	}
	claimed := recovering && refused(err)
	kept := len(r.Unconfirmed) > 0 // also of one that is claimed: see undo
	if kept {
		in.keep(ctx, r)
	} else {
		in.discard(ctx, r.Installation)
	}
	failure, ok := errors.AsType[*HandshakeError](err)
	switch {
	case claimed:
		return r, errClaimed(in.app.Name, err)
	case ok && kept:
		return r, errUnknown(in.app.Name, failure,
			"See that the app server works, then install the app again: that recovers the registration and finishes it.")
	case ok:
		return r, errHandshake(in.app.Name, failure)
	}
	return r, err
}

// keep leaves an installation for its recovery. Failing to do so is logged: the secret was
// saved before, and the next start or installation finds it.
func (in *install) keep(ctx context.Context, r Registration) {
	ctx, cancel := detached(ctx, cleanupTime)
	defer cancel()
	r.State = Unconfirmed
	if _, _, err := in.Store.Change(ctx, r); err != nil {
		in.Log.LogAttrs(ctx, slog.LevelError, "unconfirmed installation could not be marked", slog.String("app", in.app.Name), slog.Any("error", err))
	}
}

// handshake makes an app and this host agree on a shop secret, by one registration or by
// several (protocol-handshake.md 4 to 8). It serves the first installation, its recovery,
// and every registration after that.
type handshake struct {
	*Service
	shop       appdock.Shop
	app        string
	setup      Setup
	allowShort bool
	// Confirming and committed are the states while a secret waits for its confirmation,
	// and once the app has confirmed it.
	confirming, committed State
	anew                  string // the cure when nobody knows whether the app took the secret
	warn                  func(ctx context.Context, sentence string)
}

// client is an API client of the app, whose secret key is known for this handshake only.
type client struct {
	integration appdock.ID
	pair        protocol.KeyPair
}

// agree signs a registration with one candidate after the other until the app refuses none
// (protocol-handshake.md 8.3). Each has an API client of its own: that of an attempt before
// may have been lost on its way, or not. The registration it gives is what has to be kept;
// the secret is committed when there is no error.
func (h *handshake) agree(ctx context.Context, r Registration, candidates []appdock.Secret) (Registration, error) {
	var err error
	for _, current := range candidates {
		var api client
		if r, api, err = h.rekey(ctx, r); err != nil {
			break
		}
		if r, err = h.attempt(ctx, r, current, api); !refused(err) {
			break
		}
	}
	return r, err
}

// candidates are the secrets to sign a registration with, the likeliest first; an empty
// one is a registration without a second signature. A first installation has one
// candidate: the secret of an earlier installation, or none (protocol-handshake.md 8.3, 8.4).
func candidates(r Registration, last appdock.Secret) []appdock.Secret {
	list := slices.Clone(r.Unconfirmed)
	if !r.Secret.IsZero() {
		last = r.Secret
	}
	return append(without(list, last), last)
}

// attempt is one registration, signed with current too if there is one. The registration it
// gives holds what has to be kept when it failed.
func (h *handshake) attempt(ctx context.Context, r Registration, current appdock.Secret, api client) (Registration, error) {
	registered, err := h.sendRegistration(ctx, current)
	if err != nil {
		return withoutClient(r, api), err // nobody was given its key
	}
	minted := appdock.NewSecret(registered.Secret)
	confirming := r
	confirming.State = h.confirming
	confirming.doubt(remember(r.Unconfirmed, minted), h.Now())
	// Saved before the confirmation: the app may use the secret as soon as it has that,
	// and this host may not live to hear the answer (protocol-handshake.md 7).
	confirming, _, err = h.Store.Change(ctx, confirming)
	if err != nil {
		return withoutClient(r, api), fmt.Errorf("save the unconfirmed secret of app %s: %w", h.app, err)
	}
	r = confirming
	if err := h.sendConfirmation(ctx, registered, current, api); err != nil {
		if refused(err) {
			r.doubt(without(r.Unconfirmed, minted), h.Now())
			r = withoutClient(r, api)
		}
		return r, err
	}
	ctx, cancel := detached(ctx, cleanupTime)
	defer cancel()
	committed, _, err := h.Store.Change(ctx, r.commit(minted, api.integration, h.committed, h.Now()))
	if err != nil {
		return r, errRegistration(h.app, "outcome unknown: the secret could not be saved",
			"the app has confirmed a secret that this host could not store", h.anew, err)
	}
	return committed, nil
}

// clientGrace is how long the API client before a rotation works on: calls that the app has
// under way, and tokens it still has, are good until it took the new one everywhere
// (protocol-handshake.md 8.2).
const clientGrace = 24 * time.Hour

// previousGrace is how long an app may go on with the secret before a rotation
// (protocol-signing.md 8, protocol-handshake.md 12).
const previousGrace = time.Minute

// commit is r once the app has confirmed a secret and an API client.
func (r Registration) commit(secret appdock.Secret, integration appdock.ID, state State, now time.Time) Registration {
	others := slices.Clone(r.OtherClients)
	if integration != r.Integration {
		others = append(others, Client{Integration: r.Integration})
	}
	r.Integration = integration
	r.OtherClients = nil
	if !r.hadSecret() { // nothing that the app began with them is under way
		others = nil
	}
	for _, other := range others {
		if other.Until.IsZero() {
			other.Until = now.Add(clientGrace)
		}
		if other.Integration != integration && other.Until.After(now) {
			r.OtherClients = append(r.OtherClients, other)
		}
	}
	r.Previous = Previous{}
	if !r.Secret.IsZero() && !r.Secret.Equal(secret) {
		r.Previous = Previous{Secret: r.Secret, Until: now.Add(previousGrace)}
	}
	r.State, r.Secret, r.Damaged = state, secret, false
	r.doubt(nil, now)
	return r
}

// doubt says which secrets the app may hold, from now on or from before.
func (r *Registration) doubt(secrets []appdock.Secret, now time.Time) {
	r.Unconfirmed = secrets
	switch {
	case len(secrets) == 0:
		r.UnconfirmedSince = time.Time{}
	case r.UnconfirmedSince.IsZero():
		r.UnconfirmedSince = now
	}
}

// withoutClient is r without an API client that nobody was given; that of the installation
// itself stays.
func withoutClient(r Registration, api client) Registration {
	r.OtherClients = slices.DeleteFunc(slices.Clone(r.OtherClients), func(c Client) bool { return c.Integration == api.integration })
	return r
}

// refused reports whether the app said no: it holds no secret of this attempt.
func refused(err error) bool {
	failure, ok := errors.AsType[*protocol.Failure](err)
	return ok && failure.Class == protocol.Rejected
}

func (h *handshake) sendRegistration(ctx context.Context, current appdock.Secret) (protocol.Registered, error) {
	secret := h.setup.AppSecret.Reveal()
	registration := protocol.Registration{
		ShopID:  string(h.shop.ID),
		ShopURL: h.shop.URL,
		AppName: h.app,
		At:      h.Now(),
	}
	secrets := []string{secret, current.Reveal()}
	call, err := registration.Call(h.setup.RegistrationURL, h.host(h.shop), secret, current.Reveal())
	if err != nil {
		return protocol.Registered{}, errRegistration(h.app, err.Error(),
			"the manifest names no address that can be called", "Mend <registrationUrl> in the manifest.", nil)
	}
	answer, err := h.Caller.Call(ctx, call)
	registered, err := protocol.CheckRegistration(answer, err, protocol.Expected{
		Proof:            registration.Proof(secret),
		Current:          current.Reveal(),
		AllowShortSecret: h.AllowShortSecret || h.allowShort || h.Development,
		AllowHTTP:        h.Development,
		Secrets:          secrets,
	})
	if err != nil {
		return protocol.Registered{}, handshakeError(call, answer, err, secrets)
	}
	if registered.Short() {
		h.warn(ctx, "The app made a shop secret of less than 64 characters: it is easier to guess.")
	}
	return registered, nil
}

func (h *handshake) sendConfirmation(ctx context.Context, registered protocol.Registered, current appdock.Secret, api client) error {
	call := protocol.Confirmation{
		APIKey:    api.pair.AccessKey,
		SecretKey: api.pair.SecretKey,
		At:        h.Now(),
		ShopURL:   h.shop.URL,
		ShopID:    string(h.shop.ID),
	}.Call(registered.ConfirmationURL, h.host(h.shop), registered.Secret, current.Reveal())
	secrets := []string{h.setup.AppSecret.Reveal(), current.Reveal(), registered.Secret, api.pair.SecretKey}
	answer, err := h.Caller.Call(ctx, call)
	if err := protocol.CheckConfirmation(answer, err, secrets...); err != nil {
		return handshakeError(call, answer, err, secrets)
	}
	return nil
}

// newClient makes an API client; its credentials are what the store may know of it.
func (s *Service) newClient(integration appdock.ID) (client, Credentials, error) {
	pair, err := protocol.NewKeyPair(s.Random)
	if err != nil {
		return client{}, Credentials{}, fmt.Errorf("make a key pair: %w", err)
	}
	return client{integration, pair}, Credentials{AccessKey: pair.AccessKey, SecretHash: s.Hash(pair.SecretKey), ChangedAt: s.Now()}, nil
}

// rekey gives the app one more API client, for an attempt to come.
func (h *handshake) rekey(ctx context.Context, r Registration) (Registration, client, error) {
	api, credentials, err := h.newClient(h.NewID())
	if err != nil {
		return r, api, err
	}
	before := r
	r.State, r.OtherClients = h.confirming, fewer(r.OtherClients)
	r, err = h.Store.Rekey(ctx, r, api.integration, credentials)
	if err != nil {
		return before, api, fmt.Errorf("give app %s new credentials: %w", h.app, err)
	}
	return r, api, nil
}

// fewer makes room for one more client. Those that no rotation ended are as many as there
// may be unconfirmed secrets, and go by the same rule.
func fewer(clients []Client) []Client {
	var open, ending []Client
	for _, c := range clients {
		if c.Until.IsZero() {
			open = append(open, c)
		} else {
			ending = append(ending, c)
		}
	}
	if len(open) >= maxUnconfirmed {
		open = slices.Delete(open, maxUnconfirmed-2, len(open)-1)
	}
	return append(open, ending...)
}

// maxUnconfirmed is how many unconfirmed secrets are kept (protocol-handshake.md 2).
const maxUnconfirmed = 5

// remember puts a secret at the head. Above the limit the newest ones and the oldest stay:
// in a loop of unknown results the oldest is the one the app most likely holds
// (protocol-handshake.md 7).
func remember(list []appdock.Secret, secret appdock.Secret) []appdock.Secret {
	list = append([]appdock.Secret{secret}, without(list, secret)...)
	if len(list) > maxUnconfirmed {
		list = slices.Delete(list, maxUnconfirmed-1, len(list)-1)
	}
	return list
}

// without gives the list without one secret.
func without(list []appdock.Secret, secret appdock.Secret) []appdock.Secret {
	return slices.DeleteFunc(slices.Clone(list), secret.Equal)
}
