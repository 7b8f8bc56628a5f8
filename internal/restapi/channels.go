package restapi

import "github.com/appdock/appdock/internal/entity"

// channelRoutes show where the shop sells (rest-api-sitepack.md 3, "sales_channels:read").
func (a *api) channelRoutes() []route {
	return []route{
		small("/sales-channels", "listSalesChannels", "List the sales channels, with their domains", "sales_channel", channelLoads, salesChannelOf).needs("sales_channels:read"),
		read("/sales-channels/{id}", "getSalesChannel", "Show a sales channel", one("sales_channel", func(_ viewer, r entity.Record) salesChannel { return salesChannelOf(r) })).
			needs("sales_channels:read").takes(locale(), fieldsParameter()),
	}
}

var channelLoads = []string{"currency", "language.locale", "domains.currency", "domains.language.locale"}

// salesChannel is a place where the shop sells.
type salesChannel struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Active    bool     `json:"active"`
	Currency  *string  `json:"currency" doc:"ISO 4217"`
	Language  *string  `json:"language"`
	Domains   []domain `json:"domains"`
	CreatedAt string   `json:"created_at" format:"date-time"`
	UpdatedAt *string  `json:"updated_at" format:"date-time"`
	Version   int64    `json:"version"`
}

// domain is an address of a sales channel.
type domain struct {
	ID       string  `json:"id"`
	URL      string  `json:"url"`
	Currency *string `json:"currency" doc:"ISO 4217"`
	Language *string `json:"language"`
}

func salesChannelOf(r entity.Record) salesChannel {
	s := salesChannel{
		ID: r.ID().String(), Name: r.Display("name"), Active: truth(r, "active"), Currency: currencyCode(r), Language: localeCode(r), Domains: []domain{},
		CreatedAt: moment(r, "createdAt"), UpdatedAt: momentOrNil(r, "updatedAt"), Version: r.RowVersion,
	}
	for _, d := range oldestFirst(r.Loaded["domains"].Records) {
		s.Domains = append(s.Domains, domainOf(d))
	}
	return s
}

func domainOf(r entity.Record) domain {
	return domain{r.ID().String(), r.Text("url"), currencyCode(r), localeCode(r)}
}

// currencyCode is that of a record's currency.
func currencyCode(r entity.Record) *string {
	c, _ := r.One("currency")
	return textOrNil(c, "isoCode")
}

// localeCode is that of a record's language.
func localeCode(r entity.Record) *string {
	l, _ := r.One("language")
	if l.Definition == nil {
		return nil
	}
	at, _ := l.One("locale")
	return textOrNil(at, "code")
}
