package restapi

import (
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// addressPatch is what may be changed of an address.
type addressPatch struct {
	FirstName       maybe[string]   `json:"first_name,omitempty"`
	LastName        maybe[string]   `json:"last_name,omitempty"`
	Company         maybe[string]   `json:"company,omitempty"`
	Department      maybe[string]   `json:"department,omitempty"`
	Street          maybe[string]   `json:"street,omitempty"`
	AdditionalLines maybe[[]string] `json:"additional_lines,omitempty" doc:"two at most"`
	Zip             maybe[string]   `json:"zip,omitempty"`
	City            maybe[string]   `json:"city,omitempty"`
	Country         maybe[string]   `json:"country,omitempty" doc:"ISO 3166-1 alpha-2" example:"DE"`
	State           maybe[string]   `json:"state,omitempty" doc:"ISO 3166-2" example:"DE-BY"`
	Phone           maybe[string]   `json:"phone,omitempty"`
	Salutation      maybe[string]   `json:"salutation,omitempty" doc:"mr, mrs and so on"`
}

// addressCreate is a new address.
type addressCreate struct{ addressPatch }

// TransformSchema implements [huma.SchemaTransformer].
func (addressCreate) TransformSchema(r huma.Registry, s *huma.Schema) *huma.Schema {
	return extended[addressPatch](r, s, "first_name", "last_name", "street", "city", "country")
}

// addressLines is how many lines there are beside the street.
const addressLines = 2

// putAddress sets what was sent of an address; from is where it stands in the request.
func (c *call) putAddress(d *draft, in addressPatch, from string) error {
	for field, v := range map[string]struct {
		sent maybe[string]
		name string
	}{
		"firstName": {in.FirstName, "first_name"}, "lastName": {in.LastName, "last_name"}, "company": {in.Company, "company"},
		"department": {in.Department, "department"}, "street": {in.Street, "street"}, "zipcode": {in.Zip, "zip"}, "city": {in.City, "city"},
		"phoneNumber": {in.Phone, "phone"},
	} {
		d.sent["/"+field] = from + "/" + v.name
		set(d, field, v.sent, from+"/"+v.name)
	}
	if in.AdditionalLines.Sent {
		if len(in.AdditionalLines.Value) > addressLines {
			return invalid([]fault{{from + "/additional_lines", "too_long", "There are two lines beside the street."}})
		}
		for i := range addressLines {
			line := maybe[string]{Sent: true, Null: i >= len(in.AdditionalLines.Value)}
			if !line.Null {
				line.Value = in.AdditionalLines.Value[i]
			}
			set(d, "additionalAddressLine"+strconv.Itoa(i+1), line, from+"/additional_lines")
		}
	}
	d.sent["/countryId"] = from + "/country"
	for _, named := range []struct {
		sent                      maybe[string]
		field, entity, by, member string
	}{
		{in.Country, "countryId", "country", "iso", "country"},
		{in.State, "countryStateId", "country_state", "shortCode", "state"},
		{in.Salutation, "salutationId", "salutation", "salutationKey", "salutation"},
	} {
		if err := c.putNamed(d, named.sent, named.field, named.entity, named.by, from+"/"+named.member); err != nil {
			return err
		}
	}
	return nil
}

// putNamed sets the key to a record that is known by a name.
func (c *call) putNamed(d *draft, in maybe[string], field, name, by, from string) error {
	if !in.Sent || in.Null {
		set(d, field, in, from)
		return nil
	}
	if in.Value == "" {
		return unknown(from, strings.ReplaceAll(name, "_", " "))
	}
	r, ok, err := c.first(name, by, in.Value)
	if err != nil {
		return err
	}
	if !ok {
		return unknown(from, strings.ReplaceAll(name, "_", " "))
	}
	d.put(field, r.ID().String(), from)
	return nil
}

var addressLoads = []string{"country", "countryState", "salutation"}

// customerAddresses says how the addresses of a customer are listed.
func customerAddresses(customer appdock.ID) collection {
	return collection{
		entity: "customer_address",
		sorts:  map[string]sortKey{"created_at": {"createdAt", aTime}, "updated_at": {"updatedAt", aTime}, "id": {"id", anID}},
		fixed:  []entity.Filter{{Kind: entity.Equals, Field: "customerId", Values: []any{customer}}},
	}
}

func listAddresses(c *call) (*page[address], error) {
	customer, err := c.id("id")
	if err != nil {
		return nil, err
	}
	if _, err := c.show("customer", customer, nil); err != nil {
		return nil, err
	}
	c.etag = ""
	return list(c, customerAddresses(customer), entity.Load(addressLoads...), addressOf)
}

// customerAddress finds the address of the path, which belongs to the customer of the path.
func (c *call) customerAddress() (entity.Record, error) {
	customer, err := c.id("id")
	if err != nil {
		return entity.Record{}, err
	}
	id, err := c.id("address_id")
	if err != nil {
		return entity.Record{}, err
	}
	return c.show("customer_address", id, entity.Load(addressLoads...), customerAddresses(customer).fixed...)
}

func showAddress(c *call) (*address, error) {
	r, err := c.customerAddress()
	if err != nil {
		return nil, err
	}
	a := addressOf(r)
	return &a, nil
}

func createAddress(c *call, in *addressCreate) (*address, error) {
	customer, err := c.id("id")
	if err != nil {
		return nil, err
	}
	if _, err := c.show("customer", customer, nil); err != nil {
		return nil, err
	}
	id := c.options.NewID()
	d := newDraft("customer_address", entity.Insert, id)
	d.put("customerId", customer.String(), "")
	if err := c.putAddress(d, in.addressPatch, ""); err != nil {
		return nil, err
	}
	if err := c.write(d); err != nil {
		return nil, err
	}
	c.path["address_id"] = id.String()
	c.made("/customers/" + customer.String() + "/addresses/" + id.String())
	return showAddress(c)
}

func patchAddress(c *call, in *addressPatch) (*address, error) {
	r, err := c.customerAddress()
	if err != nil {
		return nil, err
	}
	if err := c.unchanged(); err != nil {
		return nil, err
	}
	d := newDraft("customer_address", entity.Update, r.ID())
	if err := c.putAddress(d, *in, ""); err != nil {
		return nil, err
	}
	if err := c.write(d); err != nil {
		return nil, err
	}
	return showAddress(c)
}

// deleteAddress deletes an address that is not where the customer's orders go.
func deleteAddress(c *call) error {
	r, err := c.customerAddress()
	if err != nil {
		return err
	}
	if err := c.unchanged(); err != nil {
		return err
	}
	customer, err := c.id("id")
	if err != nil {
		return err
	}
	owner, ok, err := c.first("customer", "id", customer)
	if err != nil {
		return err
	}
	if ok && (owner.Key("defaultBillingAddressId") == r.ID() || owner.Key("defaultShippingAddressId") == r.ID()) {
		return conflictInUse("The customer's default addresses stay.", usage{"customers", 1})
	}
	return c.write(removal("customer_address", r.ID()))
}
