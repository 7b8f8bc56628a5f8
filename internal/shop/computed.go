package shop

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"unicode"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// compute fills in what is computed of records when they are read (entities.md, "runtime"), and
// of what was loaded with them. What one record says of itself and of what was loaded with it is
// told wherever it stands, and a field whose sources are not there stays empty; URLs take a search.
func (s *Service) compute(search searcher, shop appdock.ShopID, records []entity.Record) error {
	var addresses []entity.Record
	s.computeEach(shop, records, &addresses)
	return showAddresses(search, addresses)
}

// computeEach computes what needs no search, and collects the SEO URLs.
func (s *Service) computeEach(shop appdock.ShopID, records []entity.Record, addresses *[]entity.Record) {
	for _, r := range records {
		for _, loaded := range r.Loaded {
			s.computeEach(shop, loaded.Records, addresses)
		}
		set := func(field string, v any) {
			if i := r.Definition.Index(field); i >= 0 && i < len(r.Values) {
				r.Values[i] = v
			}
		}
		switch r.Definition.Name {
		case "product":
			showVariation(r, set)
		case "category":
			set("cmsPageIdSwitched", false) // this host puts no page in the place of none
			visible, _ := r.Get("visibleChildren").(int64)
			set("visibleChildCount", visible)
		case "seo_url":
			*addresses = append(*addresses, r)
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

// showVariation says what a variant is, by the options that were loaded with their groups: in the
// order of the groups, then of the options. It is a list of {group, option}, as Shopware's product
// has it.
func showVariation(r entity.Record, set func(string, any)) {
	loaded, ok := r.Loaded["options"]
	if !ok {
		return
	}
	options := slices.Clone(loaded.Records)
	at := func(r entity.Record) int64 {
		position, _ := r.Translated(r.Definition.Index("position")).(int64)
		return position
	}
	slices.SortStableFunc(options, func(a, b entity.Record) int {
		of, other := grouped(a), grouped(b)
		if of.ID() != other.ID() && of.Definition != nil && other.Definition != nil {
			return cmp.Or(cmp.Compare(at(of), at(other)), strings.Compare(of.Display("name"), other.Display("name")))
		}
		return cmp.Or(cmp.Compare(at(a), at(b)), strings.Compare(a.Display("name"), b.Display("name")))
	})
	type part struct {
		Group  string `json:"group"`
		Option string `json:"option"`
	}
	parts := make([]part, 0, len(options))
	for _, option := range options {
		group := grouped(option)
		if group.Definition == nil {
			return // the groups were not loaded
		}
		parts = append(parts, part{group.Display("name"), option.Display("name")})
	}
	set("variation", encode(parts))
}

// grouped gives the group that was loaded with an option.
func grouped(option entity.Record) entity.Record {
	group, _ := option.One("group")
	return group
}

// showAddresses completes SEO URLs by the domain of their sales channel: that of their language
// if there is one. One that is for all sales channels has no address of its own.
func showAddresses(search searcher, all []entity.Record) error {
	var channels []any
	known := map[appdock.ID]bool{}
	for _, r := range all {
		if channel := r.Key("salesChannelId"); !channel.IsZero() && !known[channel] {
			known[channel], channels = true, append(channels, channel)
		}
	}
	var domains []entity.Record
	for some := range slices.Chunk(channels, maxBatch) {
		found, err := search(entity.View{}, &entity.Criteria{
			Entity: "sales_channel_domain", Sort: []entity.Sort{{Field: "url"}},
			Filters: []entity.Filter{{Kind: entity.EqualsAny, Field: "salesChannelId", Values: some}},
		})
		if err != nil {
			return err
		}
		domains = append(domains, found.Records...)
	}
	for _, r := range all {
		var base string
		for _, d := range domains {
			if d.Key("salesChannelId") != r.Key("salesChannelId") {
				continue
			}
			if d.Key("languageId") == r.Key("languageId") {
				base = d.Text("url")
				break
			}
			base = cmp.Or(base, d.Text("url"))
		}
		if i := r.Definition.Index("url"); base != "" && i < len(r.Values) {
			r.Values[i] = strings.TrimRight(base, "/") + "/" + strings.TrimLeft(r.Text("seoPathInfo"), "/")
		}
	}
	return nil
}

// showHandler says how a payment method is carried out: at once, unless an app says otherwise
// (manifest-xml.md 13).
func showHandler(r entity.Record, set func(string, any)) {
	var urls struct{ Finalize, Validate, Refund, Recurring string }
	if raw, ok := r.Get("appUrls").(json.RawMessage); ok {
		_ = json.Unmarshal(raw, &urls) // it was written by the host
	}
	set("synchronous", urls.Finalize == "")
	set("asynchronous", urls.Finalize != "")
	set("prepared", urls.Validate != "")
	set("refundable", urls.Refund != "")
	set("recurring", urls.Recurring != "")
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
