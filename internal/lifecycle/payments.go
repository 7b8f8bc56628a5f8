package lifecycle

import (
	"cmp"
	"crypto/sha256"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Payment is a way to pay that an app carries out (manifest-xml.md 13). The shop has it among its
// payment methods, which outlive the app: orders were paid by them.
type Payment struct {
	Identifier  string            // never changes
	Name        map[string]string // by locale
	Description map[string]string
	URLs        PaymentURLs
}

// PaymentURLs are where an app is called for what; empty: it is not.
type PaymentURLs struct {
	Pay       string `json:"pay,omitempty"`
	Finalize  string `json:"finalize,omitempty"` // given: the customer is sent away, and comes back
	Validate  string `json:"validate,omitempty"` // given: it is asked before the order is placed
	Capture   string `json:"capture,omitempty"`
	Refund    string `json:"refund,omitempty"`
	Recurring string `json:"recurring,omitempty"`
}

// PaymentMethods gives the rows of payment_method that an app has to have, each as an insertion, in
// the shop's locale. Without a secret it has none: nobody could trust a call (manifest-xml.md 22).
func PaymentMethods(r Registration, locale string) []entity.Change {
	if r.Secret.IsZero() {
		return nil
	}
	var rows []entity.Change
	for _, p := range r.Profile.Payments {
		name := r.Installation.App + "_" + p.Identifier
		rows = append(rows, entity.Change{Entity: "payment_method", Kind: entity.Inserted, ID: paymentID(r.Installation.App, p), Set: map[string]any{
			"name":              cmp.Or(in(p.Name, locale), p.Identifier),
			"description":       orNull(in(p.Description, locale)),
			"handlerIdentifier": `app\` + name,
			"technicalName":     "payment_" + name,
			"active":            r.Installation.Active,
			"afterOrderEnabled": true,
			"appUrls":           document(p.URLs),
		}})
	}
	return rows
}

// PaymentIDs are those of the payment methods that an app may have brought.
func PaymentIDs(r Registration) []appdock.ID {
	var ids []appdock.ID
	for _, p := range r.Profile.Payments {
		ids = append(ids, paymentID(r.Installation.App, p))
	}
	return ids
}

// paymentID is the same in each installation of an app, so that it finds its methods again.
func paymentID(app string, p Payment) appdock.ID {
	sum := sha256.Sum256([]byte("payment-method/" + app + "/" + p.Identifier))
	return appdock.ID(sum[:16])
}
