package lifecycle

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// register makes host and app agree on a shop secret, which is committed when there is no
// error. A first installation is one attempt; a recovery is one for each secret that the
// app may hold, until it refuses none (protocol-handshake.md 8.3). When that fails, the
// installation stays if the app may have agreed to a secret, and is removed if not.
func (in *install) register(ctx context.Context, r Registration) (Registration, error) {
	recovering := len(r.Unconfirmed) > 0
	var err error
	for _, current := range candidates(r, in.last) {
		if recovering {
			if r, err = in.rekey(ctx, r); err != nil {
				break
			}
		}
		if r, err = in.attempt(ctx, r, current); !refused(err) {
			break
		}
	}
	if err == nil {
		return r, nil
	}
	claimed := recovering && refused(err)
	kept := len(r.Unconfirmed) > 0 && !claimed
	if kept {
		in.keep(ctx, r)
	} else {
		in.discard(ctx, r.Installation)
	}
	failure, ok := errors.AsType[*HandshakeError](err)
	switch {
	case claimed:
		return r, errClaimed(in.app.Name, err)
	case ok:
		return r, errHandshake(in.app.Name, failure, kept)
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

// attempt is one handshake, signed with current too if there is one. The registration it
// gives holds what has to be kept when it failed.
func (in *install) attempt(ctx context.Context, r Registration, current appdock.Secret) (Registration, error) {
	registered, err := in.sendRegistration(ctx, current)
	if err != nil {
		return r, err
	}
	minted := appdock.NewSecret(registered.Secret)
	confirming := r
	confirming.State, confirming.Unconfirmed = Confirming, remember(r.Unconfirmed, minted)
	// Saved before the confirmation: the app may use the secret as soon as it has that,
	// and this host may not live to hear the answer (protocol-handshake.md 7).
	confirming, _, err = in.Store.Change(ctx, confirming)
	if err != nil {
		return r, fmt.Errorf("save the unconfirmed secret of app %s: %w", in.app.Name, err)
	}
	r = confirming
	if err := in.sendConfirmation(ctx, registered, current); err != nil {
		if refused(err) {
			r.Unconfirmed = without(r.Unconfirmed, minted)
		}
		return r, err
	}
	ctx, cancel := detached(ctx, cleanupTime)
	defer cancel()
	committed := r
	committed.State, committed.Secret, committed.Unconfirmed = Completing, minted, nil
	committed, _, err = in.Store.Change(ctx, committed)
	if err != nil {
		return r, errRegistration(in.app.Name, "outcome unknown: the secret could not be saved",
			"the app has confirmed a secret that this host could not store", "Install the app again: that recovers the registration.", err)
	}
	return committed, nil
}

// refused reports whether the app said no: it holds no secret of this attempt.
func refused(err error) bool {
	failure, ok := errors.AsType[*protocol.Failure](err)
	return ok && failure.Class == protocol.Rejected
}

func (in *install) sendRegistration(ctx context.Context, current appdock.Secret) (protocol.Registered, error) {
	registration := protocol.Registration{
		ShopID:  string(in.shop.ID),
		ShopURL: in.shop.URL,
		AppName: in.app.Name,
		At:      in.Now(),
	}
	secrets := []string{in.appSecret(), current.Reveal()}
	call, err := registration.Call(in.app.Auth.RegistrationURL, in.host(in.shop), in.appSecret(), current.Reveal())
	if err != nil {
		return protocol.Registered{}, errRegistration(in.app.Name, err.Error(),
			"the manifest names no address that can be called", "Mend <registrationUrl> in the manifest.", nil)
	}
	answer, err := in.Caller.Call(ctx, call)
	registered, err := protocol.CheckRegistration(answer, err, protocol.Expected{
		Proof:            registration.Proof(in.appSecret()),
		Current:          current.Reveal(),
		AllowShortSecret: in.AllowShortSecret || in.options.AllowShortSecret || in.Development,
		AllowHTTP:        in.Development,
		Secrets:          secrets,
	})
	if err != nil {
		return protocol.Registered{}, handshakeError(call, answer, err, secrets)
	}
	if registered.Short() {
		in.warn(ctx, "The app made a shop secret of less than 64 characters: it is easier to guess.")
	}
	return registered, nil
}

func (in *install) sendConfirmation(ctx context.Context, registered protocol.Registered, current appdock.Secret) error {
	call := protocol.Confirmation{
		APIKey:    in.pair.AccessKey,
		SecretKey: in.pair.SecretKey,
		At:        in.Now(),
		ShopURL:   in.shop.URL,
		ShopID:    string(in.shop.ID),
	}.Call(registered.ConfirmationURL, in.host(in.shop), registered.Secret, current.Reveal())
	secrets := []string{in.appSecret(), current.Reveal(), registered.Secret, in.pair.SecretKey}
	answer, err := in.Caller.Call(ctx, call)
	if err := protocol.CheckConfirmation(answer, err, secrets...); err != nil {
		return handshakeError(call, answer, err, secrets)
	}
	return nil
}

// newKeyPair makes credentials for the Admin API. Their clear text is kept for this
// handshake only.
func (in *install) newKeyPair() (Credentials, error) {
	pair, err := protocol.NewKeyPair(in.Random)
	if err != nil {
		return Credentials{}, err
	}
	in.pair = pair
	return Credentials{AccessKey: pair.AccessKey, SecretHash: in.Hash(pair.SecretKey), ChangedAt: in.Now()}, nil
}

// rekey gives the app other credentials: those of an earlier attempt may have been lost on
// their way, or not.
func (in *install) rekey(ctx context.Context, r Registration) (Registration, error) {
	credentials, err := in.newKeyPair()
	if err != nil {
		return r, err
	}
	now, err := in.Store.Rekey(ctx, r, credentials)
	if err != nil {
		return r, fmt.Errorf("give app %s new credentials: %w", in.app.Name, err)
	}
	r.Integration, r.RowVersion = now.Integration, now.RowVersion
	return r, nil
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
