package shop

import (
	"encoding/base64"
	"strings"
	"unicode"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// compute fills in what is computed of records when they are read (entities.md, "runtime"), and
// of what was loaded with them, from what was read: a field whose sources are not there stays
// empty.
func (s *Service) compute(shop appdock.ShopID, records []entity.Record) {
	for _, r := range records {
		for _, loaded := range r.Loaded {
			s.compute(shop, loaded.Records)
		}
		set := func(field string, v any) {
			if i := r.Definition.Index(field); i >= 0 && i < len(r.Values) {
				r.Values[i] = v
			}
		}
		switch r.Definition.Name {
		case "media":
			s.showFile(shop, r)
		case "currency":
			set("isSystemDefault", r.ID() == appdock.DefaultCurrency)
		case "payment_method":
			showHandler(r, set)
		case "app":
			if icon, _ := r.Get("iconRaw").([]byte); len(icon) > 0 {
				set("icon", base64.StdEncoding.EncodeToString(icon))
			}
		}
	}
}

// showHandler says how a payment method is carried out. Those of this release are all done by
// the host, at once.
func showHandler(r entity.Record, set func(string, any)) {
	handler := r.Text("handlerIdentifier")
	if handler == "" {
		return
	}
	parts := strings.Split(handler, `\`)
	last := parts[len(parts)-1]
	formatted := handler
	if len(parts) > 1 {
		formatted = "handler_" + strings.ToLower(parts[0]) + "_" + strings.ToLower(last)
	}
	set("formattedHandlerIdentifier", formatted)
	set("shortName", snakeCase(last))
	set("synchronous", true)
	for _, field := range []string{"asynchronous", "prepared", "refundable", "recurring"} {
		set(field, false)
	}
}

// snakeCase spells "InvoicePayment" as invoice_payment.
func snakeCase(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
