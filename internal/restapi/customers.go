package restapi

import (
	"net/http"

	"github.com/appdock/appdock"
)

func customers() collection {
	return collection{
		entity: "customer",
		sorts: map[string]sortKey{
			"created_at": {"createdAt", aTime}, "updated_at": {"updatedAt", aTime}, "id": {"id", anID},
			"last_name": {"lastName", aText}, "number": {"customerNumber", aText},
		},
		narrowed: map[string]filterKey{
			"email": {field: "email"}, "number": {field: "customerNumber"}, "group_id": {field: "groupId", kind: anID},
			"active": {field: "active", kind: aTruth}, "guest": {field: "guest", kind: aTruth},
			"created_at": {field: "createdAt", kind: aTime}, "updated_at": {field: "updatedAt", kind: aTime}, "tag": {field: "tags.name"},
		},
	}
}

func (a *api) customerRoutes() []route {
	return []route{
		read("/customers", "listCustomers", "List customers, the newest first", many(customers(), customerOf)).needs("customers:read").takes(append(customers().parameters(), expandParameter("customer"))...),
		read("/customers/{id}", "getCustomer", "Show a customer", one("customer", customerOf)).needs("customers:read").takes(locale(), fieldsParameter(), expandParameter("customer")),
		write(http.MethodPost, "/customers", "createCustomer", "Make a customer", http.StatusCreated, createCustomer).needs("customers:write"),
		write(http.MethodPatch, "/customers/{id}", "updateCustomer", "Change a customer", http.StatusOK, patchCustomer).needs("customers:write"),
		remove("/customers/{id}", "deleteCustomer", "Delete a customer", deleteCustomer).needs("customers:delete").saying("Their orders stay."),
		read("/customers/{id}/addresses", "listCustomerAddresses", "List the addresses of a customer", listAddresses).needs("customers:read").takes(customerAddresses(appdock.ID{}).parameters()...),
		write(http.MethodPost, "/customers/{id}/addresses", "createCustomerAddress", "Make an address", http.StatusCreated, createAddress).needs("customers:write"),
		read("/customers/{id}/addresses/{address_id}", "getCustomerAddress", "Show an address", showAddress).needs("customers:read").takes(fieldsParameter()),
		write(http.MethodPatch, "/customers/{id}/addresses/{address_id}", "updateCustomerAddress", "Change an address", http.StatusOK, patchAddress).needs("customers:write"),
		remove("/customers/{id}/addresses/{address_id}", "deleteCustomerAddress", "Delete an address", deleteAddress).needs("customers:delete"),
		small("/customer-groups", "listCustomerGroups", "List the groups of customers", "customer_group", nil, customerGroupOf).needs("customers:read"),
	}
}
