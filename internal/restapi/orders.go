package restapi

// orders says how orders are listed. Who the customer is may be asked by those alone who may
// see it (rest-api-sitepack.md 3, "Embedded data").
func orders() collection {
	return collection{
		entity: "order",
		sorts: map[string]sortKey{
			"created_at": {"orderDateTime", aTime}, "updated_at": {"updatedAt", aTime}, "id": {"id", anID},
			"number": {"orderNumber", aText}, "total": {"amountTotal", aNumber},
		},
		filters: map[string]filterKey{
			"state":          {field: "stateMachineState.technicalName"},
			"payment_state":  {field: "transactions.stateMachineState.technicalName"},
			"delivery_state": {field: "deliveries.stateMachineState.technicalName"},
			"number":         {field: "orderNumber"}, "customer_id": {field: "orderCustomer.customerId", kind: anID},
			"email":      {field: "orderCustomer.email", scope: "customers:read"},
			"created_at": {field: "orderDateTime", kind: aTime}, "updated_at": {field: "updatedAt", kind: aTime},
			"total": {field: "amountTotal", kind: aNumber}, "currency": {field: "currency.isoCode"}, "tag": {field: "tags.name"}, "source": {field: "source"},
		},
	}
}

func (a *api) orderRoutes() []route {
	return []route{
		read("/orders", "listOrders", "List orders, the newest first", many(orders(), orderOf)).needs("orders:read").takes(orders().parameters()...),
		read("/orders/{id}", "getOrder", "Show an order", one("order", orderOf)).needs("orders:read").takes(locale(), fieldsParameter()),
	}
}
