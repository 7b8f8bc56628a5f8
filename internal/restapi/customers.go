package restapi

func customers() collection {
	return collection{
		entity: "customer",
		sorts: map[string]sortKey{
			"created_at": {"createdAt", aTime}, "updated_at": {"updatedAt", aTime}, "id": {"id", anID},
			"last_name": {"lastName", aText}, "number": {"customerNumber", aText},
		},
		filters: map[string]filterKey{
			"email": {field: "email"}, "number": {field: "customerNumber"}, "group_id": {field: "groupId", kind: anID},
			"active": {field: "active", kind: aTruth}, "guest": {field: "guest", kind: aTruth},
			"created_at": {field: "createdAt", kind: aTime}, "updated_at": {field: "updatedAt", kind: aTime}, "tag": {field: "tags.name"},
		},
	}
}

func (a *api) customerRoutes() []route {
	return []route{
		read("/customers", "listCustomers", "List customers, the newest first", many(customers(), customerOf)).needs("customers:read").takes(customers().parameters()...),
		read("/customers/{id}", "getCustomer", "Show a customer", one("customer", customerOf)).needs("customers:read").takes(locale(), fieldsParameter()),
	}
}
