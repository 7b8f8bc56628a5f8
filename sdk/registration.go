package sdk

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk/internal/serve"
)

// Registration serves the first request of a handshake, at setup/registrationUrl of the
// manifest (protocol-handshake.md 4). The shop secret it hands out counts only after the
// confirmation: until then a secret in force stays in force.
func (a *App) Registration() http.Handler {
	return a.handler("registration", func(w http.ResponseWriter, r *http.Request, note serve.Note) error {
		// The raw query is what was signed; decoding it and writing it again changes it.
		raw := r.URL.RawQuery
		registration, err := protocol.ParseRegistration(raw)
		if err != nil {
			return err
		}
		note(slog.String("shop", registration.ShopID))
		if err := protocol.Verify(a.options.Secret, []byte(raw), r.Header.Get(protocol.HeaderAppSignature)); err != nil {
			return serve.Refuse(http.StatusUnauthorized, "Cannot validate app signature", err)
		}
		if err := a.fresh(registration.At); err != nil {
			return err
		}
		signedTwice, err := a.provesShopSecret(r, registration.ShopID, []byte(raw), protocol.HeaderShopSignature)
		if err != nil {
			return err
		}
		secret, err := a.options.NewSecret()
		if err != nil {
			return fmt.Errorf("make a shop secret: %w", err)
		}
		pending := Pending{URL: registration.ShopURL, Secret: secret, SignedTwice: signedTwice}
		if err := a.options.Shops.SavePending(r.Context(), registration.ShopID, pending); err != nil {
			return fmt.Errorf("save shop %q: %w", registration.ShopID, err)
		}
		registration.AppName = a.options.Name
		writeJSON(w, http.StatusOK, protocol.Registered{
			Proof:           registration.Proof(a.options.Secret),
			Secret:          secret,
			ConfirmationURL: a.options.URL + "/confirm",
		})
		return nil
	})
}

// Confirmation serves the second request of a handshake: the shop shows that it has the new
// secret and gives the credentials for its Admin API (protocol-handshake.md 6).
func (a *App) Confirmation() http.Handler {
	return a.handler("confirmation", func(w http.ResponseWriter, r *http.Request, note serve.Note) error {
		body, err := readBody(w, r)
		if err != nil {
			return err
		}
		confirmation, err := protocol.ParseConfirmation(body)
		if err != nil {
			return err
		}
		note(slog.String("shop", confirmation.ShopID))
		shop, err := a.options.Shops.Get(r.Context(), confirmation.ShopID)
		if err != nil {
			return fmt.Errorf("shop %q: %w", confirmation.ShopID, err)
		}
		if shop.Pending == nil {
			return fmt.Errorf("shop %q has no registration to confirm: %w", shop.ID, ErrShopUnknown)
		}
		if err := protocol.Verify(shop.Pending.Secret, body, r.Header.Get(protocol.HeaderShopSignature)); err != nil {
			return err
		}
		if _, err := a.provesShopSecret(r, shop.ID, body, protocol.HeaderPreviousSignature); err != nil {
			return err
		}
		if err := a.fresh(confirmation.At); err != nil {
			return err
		}
		confirmed := Confirmed{
			Secret: shop.Pending.Secret,
			APIKey: confirmation.APIKey, SecretKey: confirmation.SecretKey,
			At: a.options.Now(),
		}
		if err := a.options.Shops.Confirm(r.Context(), shop.ID, confirmed); err != nil {
			return fmt.Errorf("confirm shop %q: %w", shop.ID, err)
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	})
}

// provesShopSecret checks the second signature of a shop that is confirmed already: that of
// a re-registration. Without it, whoever got hold of the app secret could take over a shop.
// It reports whether the shop may be held to two signatures from now on
// (protocol-handshake.md 12, row "second signature").
func (a *App) provesShopSecret(r *http.Request, shopID string, message []byte, header string) (bool, error) {
	shop, err := a.options.Shops.Get(r.Context(), shopID)
	if errors.Is(err, ErrShopUnknown) || err == nil && shop.Secret == "" {
		return false, nil // nothing to prove yet
	}
	if err != nil {
		return false, fmt.Errorf("shop %q: %w", shopID, err)
	}
	signature := r.Header.Get(header)
	if signature == "" && a.options.AllowSingleSignature && !shop.SignedTwice {
		return false, nil
	}
	if err := protocol.Verify(shop.Secret, message, signature); err != nil {
		return false, fmt.Errorf("re-registration of shop %q: %w", shopID, err)
	}
	return true, nil
}
