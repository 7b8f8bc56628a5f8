package restapi

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// defaultAddress is a default address of a customer: another one of theirs by its id, or
// changes to the one that it is.
type defaultAddress struct {
	ID maybe[string] `json:"id,omitempty"`
	addressPatch
}

// TransformSchema implements [huma.SchemaTransformer].
func (defaultAddress) TransformSchema(r huma.Registry, s *huma.Schema) *huma.Schema {
	return extended[addressPatch](r, s)
}

// customerPatch is what may be changed of a customer. Addresses have paths of their own.
type customerPatch struct {
	Number      maybe[string]         `json:"number,omitempty"`
	Email       maybe[string]         `json:"email,omitempty"`
	FirstName   maybe[string]         `json:"first_name,omitempty"`
	LastName    maybe[string]         `json:"last_name,omitempty"`
	Title       maybe[string]         `json:"title,omitempty"`
	Salutation  maybe[string]         `json:"salutation,omitempty"`
	Company     maybe[string]         `json:"company,omitempty"`
	AccountType maybe[string]         `json:"account_type,omitempty" doc:"private or business"`
	Active      maybe[bool]           `json:"active,omitempty"`
	Guest       maybe[bool]           `json:"guest,omitempty"`
	Language    maybe[string]         `json:"language,omitempty" doc:"locale" example:"de-DE"`
	Group       maybe[namedSent]      `json:"group,omitempty" doc:"of /customer-groups, by id or name"`
	VATIDs      maybe[[]string]       `json:"vat_ids,omitempty"`
	Birthday    maybe[string]         `json:"birthday,omitempty" example:"1990-04-01"`
	Metafields  maybe[metafieldsSent] `json:"metafields,omitempty"`
	Tags        maybe[[]string]       `json:"tags,omitempty" doc:"all of them"`

	DefaultBillingAddress  maybe[defaultAddress] `json:"default_billing_address,omitempty"`
	DefaultShippingAddress maybe[defaultAddress] `json:"default_shipping_address,omitempty" doc:"of a new customer: that of the bill if absent"`
}

// customerCreate is a new customer.
type customerCreate struct{ customerPatch }

// TransformSchema implements [huma.SchemaTransformer].
func (customerCreate) TransformSchema(r huma.Registry, s *huma.Schema) *huma.Schema {
	return extended[customerPatch](r, s, "email", "first_name", "last_name", "default_billing_address")
}

func createCustomer(c *call, in *customerCreate) (*customer, error) {
	id := c.options.NewID()
	d := newDraft("customer", entity.Insert, id)
	channel, err := c.channel()
	if err != nil {
		return nil, err
	}
	d.put("salesChannelId", channel.ID().String(), "")
	d.put("groupId", channel.Key("customerGroupId").String(), "/group")
	d.put("languageId", appdock.SystemLanguage.String(), "/language")
	d.put("defaultPaymentMethodId", channel.Key("paymentMethodId").String(), "")
	if !in.Active.Sent {
		in.Active = some(true)
	}
	if !in.Guest.Sent {
		in.Guest = some(false)
	}
	if !in.Number.Sent {
		number, err := c.work.Number("customer")
		if err != nil {
			return nil, err
		}
		in.Number = some(number)
	}
	billing := c.options.NewID()
	if in.DefaultBillingAddress.Null {
		return nil, invalid([]fault{{"/default_billing_address", "required", "This field is needed."}})
	}
	addresses := []*draft{newDraft("customer_address", entity.Upsert, billing)}
	if err := c.putAddress(addresses[0], in.DefaultBillingAddress.Value.addressPatch, "/default_billing_address"); err != nil {
		return nil, err
	}
	shipping := billing
	if in.DefaultShippingAddress.Sent && !in.DefaultShippingAddress.Null {
		shipping = c.options.NewID()
		addresses = append(addresses, newDraft("customer_address", entity.Upsert, shipping))
		if err := c.putAddress(addresses[1], in.DefaultShippingAddress.Value.addressPatch, "/default_shipping_address"); err != nil {
			return nil, err
		}
	}
	d.put("defaultBillingAddressId", billing.String(), "/default_billing_address")
	d.put("defaultShippingAddressId", shipping.String(), "/default_shipping_address")
	d.nest("addresses", addresses)
	in.DefaultBillingAddress, in.DefaultShippingAddress = maybe[defaultAddress]{}, maybe[defaultAddress]{}
	c.made("/customers/" + id.String())
	return c.saveCustomer(d, id, in.customerPatch, entity.Record{})
}

// channel is the sales channel that the API sells in: the oldest active one of a storefront,
// else the oldest.
func (c *call) channel() (entity.Record, error) {
	found, err := c.consult(&entity.Criteria{
		Entity: "sales_channel", Limit: mostOfSmall, Sort: []entity.Sort{{Field: "createdAt"}, {Field: "id"}},
	})
	if err != nil {
		return entity.Record{}, err
	}
	for _, r := range found.Records {
		if truth(r, "active") && r.Key("typeId") == appdock.StorefrontChannel {
			return r, nil
		}
	}
	if len(found.Records) == 0 {
		return entity.Record{}, conflictInUse("The shop has no sales channel.")
	}
	return found.Records[0], nil
}

func patchCustomer(c *call, in *customerPatch) (*customer, error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	stored, err := c.show("customer", id, kinds["customer"].loads())
	if err != nil {
		return nil, err
	}
	if err := c.unchanged(); err != nil {
		return nil, err
	}
	return c.saveCustomer(newDraft("customer", entity.Update, id), id, *in, stored)
}

func (c *call) saveCustomer(d *draft, id appdock.ID, in customerPatch, stored entity.Record) (*customer, error) {
	if in.Number.Sent && !in.Number.Null {
		if err := c.taken("customer", "customerNumber", in.Number.Value, id, "/number"); err != nil {
			return nil, err
		}
	}
	for field, v := range map[string]struct {
		sent maybe[string]
		name string
	}{
		"customerNumber": {in.Number, "/number"}, "email": {in.Email, "/email"}, "firstName": {in.FirstName, "/first_name"},
		"lastName": {in.LastName, "/last_name"}, "title": {in.Title, "/title"}, "company": {in.Company, "/company"}, "accountType": {in.AccountType, "/account_type"},
	} {
		d.sent["/"+field] = v.name
		set(d, field, v.sent, v.name)
	}
	set(d, "active", in.Active, "/active")
	set(d, "guest", in.Guest, "/guest")
	set(d, "vatIds", listOf(in.VATIDs), "/vat_ids")
	setMetafields(d, in.Metafields)
	if in.Birthday.Sent && !in.Birthday.Null {
		if _, err := time.Parse(time.DateOnly, in.Birthday.Value); err != nil {
			return nil, invalid([]fault{{"/birthday", "malformed", "A day is written as 1990-04-01."}})
		}
	}
	set(d, "birthday", in.Birthday, "/birthday")
	if err := c.putNamed(d, in.Salutation, "salutationId", "salutation", "salutationKey", "/salutation"); err != nil {
		return nil, err
	}
	if err := c.putNamed(d, in.Language, "languageId", "language", "locale.code", "/language"); err != nil {
		return nil, err
	}
	if err := c.putGroup(d, in.Group); err != nil {
		return nil, err
	}
	drafts := []*draft{d}
	for _, at := range []struct {
		sent        maybe[defaultAddress]
		field, from string
	}{
		{in.DefaultBillingAddress, "defaultBillingAddressId", "/default_billing_address"},
		{in.DefaultShippingAddress, "defaultShippingAddressId", "/default_shipping_address"},
	} {
		more, err := c.putDefault(d, at.sent, at.field, at.from, stored)
		if err != nil {
			return nil, err
		}
		drafts = append(drafts, more...)
	}
	var gone []*draft
	if in.Tags.Sent {
		var err error
		if gone, err = c.retag(d, in.Tags.Value, stored, "customer_tag", "customerId", id); err != nil {
			return nil, err
		}
	}
	if err := c.write(drafts...); err != nil {
		return nil, err
	}
	if err := c.rewrite(gone...); err != nil {
		return nil, err
	}
	r, err := c.show("customer", id, kinds["customer"].loads())
	if err != nil {
		return nil, err
	}
	out := customerOf(c.viewer(), r)
	return &out, nil
}

// listOf makes a list what the shop takes for one.
func listOf(in maybe[[]string]) maybe[[]any] {
	out := maybe[[]any]{Sent: in.Sent, Null: in.Null, Value: []any{}}
	for _, text := range in.Value {
		out.Value = append(out.Value, text)
	}
	return out
}

func (c *call) putGroup(d *draft, in maybe[namedSent]) error {
	switch {
	case !in.Sent:
		return nil
	case in.Null:
		d.put("groupId", nil, "/group")
		return nil
	case in.Value.ID != nil:
		d.put("groupId", *in.Value.ID, "/group/id")
		return nil
	case in.Value.Name == nil:
		return invalid([]fault{{"/group", "required", "Send an id or a name."}})
	}
	return c.putNamed(d, some(*in.Value.Name), "groupId", "customer_group", "name", "/group/name")
}

// putDefault makes another address the default one, or changes the one that it is.
func (c *call) putDefault(d *draft, in maybe[defaultAddress], field, from string, stored entity.Record) ([]*draft, error) {
	switch {
	case !in.Sent:
		return nil, nil
	case in.Null:
		d.put(field, nil, from)
		return nil, nil
	}
	id := stored.Key(field)
	if text := in.Value.ID; text.Sent && !text.Null {
		other, err := appdock.ParseID(text.Value)
		mine := false
		for _, a := range stored.Loaded["addresses"].Records {
			mine = mine || a.ID() == other
		}
		if err != nil || !mine {
			return nil, unknown(from+"/id", "address of this customer")
		}
		id = other
		d.put(field, text.Value, from+"/id")
	}
	changed := newDraft("customer_address", entity.Update, id)
	if err := c.putAddress(changed, in.Value.addressPatch, from); err != nil {
		return nil, err
	}
	if len(changed.values) == 1 { // the id alone
		return nil, nil
	}
	return []*draft{changed}, nil
}

func deleteCustomer(c *call) error {
	id, err := c.id("id")
	if err != nil {
		return err
	}
	if _, err := c.show("customer", id, kinds["customer"].loads()); err != nil {
		return err
	}
	if err := c.unchanged(); err != nil {
		return err
	}
	return c.write(removal("customer", id))
}

// customerGroup is a group of customers.
type customerGroup struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	DisplayGross bool   `json:"display_gross" doc:"they see prices with tax"`
}

func customerGroupOf(r entity.Record) customerGroup {
	return customerGroup{r.ID().String(), r.Display("name"), truth(r, "displayGross")}
}
