package restapi

import (
	"net/http"

	"github.com/appdock/appdock/internal/entity"
)

// orders says how orders are listed. Who the customer is may be asked by those alone who may
// see it (rest-api-sitepack.md 3, "Embedded data").
func orders() collection {
	return collection{
		entity: "order",
		sorts: map[string]sortKey{
			"created_at": {"orderDateTime", aTime}, "updated_at": {"updatedAt", aTime}, "id": {"id", anID},
			"number": {"orderNumber", aText}, "total": {"amountTotal", aNumber},
		},
		narrowed: map[string]filterKey{
			"state":          {field: "stateMachineState.technicalName"},
			"payment_state":  {field: "transactions.stateMachineState.technicalName", end: &entity.Filter{Kind: entity.Newest, Field: "transactions.createdAt"}},
			"delivery_state": {field: "deliveries.stateMachineState.technicalName", end: &entity.Filter{Kind: entity.Oldest, Field: "deliveries.createdAt"}},
			"number":         {field: "orderNumber"}, "customer_id": {field: "orderCustomer.customerId", kind: anID},
			"email":      {field: "orderCustomer.email", scope: "customers:read"},
			"created_at": {field: "orderDateTime", kind: aTime}, "updated_at": {field: "updatedAt", kind: aTime},
			"total": {field: "amountTotal", kind: aNumber}, "currency": {field: "currency.isoCode"}, "tag": {field: "tags.name"}, "source": {field: "source"},
		},
	}
}

func (a *api) orderRoutes() []route {
	return []route{
		read("/orders", "listOrders", "List orders, the newest first", many(orders(), orderOf)).needs("orders:read").takes(append(orders().parameters(), expandParameter("order"))...),
		read("/orders/{id}", "getOrder", "Show an order", one("order", orderOf)).needs("orders:read").takes(locale(), fieldsParameter(), expandParameter("order")),
		write(http.MethodPost, "/orders", "createOrder", "Place an order", http.StatusCreated, createOrder).needs("orders:write").keyed(),
		write(http.MethodPatch, "/orders/{id}", "updateOrder", "Change an order", http.StatusOK, patchOrder).needs("orders:write").matched(),
		read("/orders/{id}/lines", "listOrderLines", "List what was ordered", listLines).needs("orders:read"),
		read("/orders/{id}/addresses", "listOrderAddresses", "List where the bill and the goods go", listOrderAddresses).needs("orders:read"),
		read("/orders/{id}/deliveries", "listOrderDeliveries", "List the deliveries", listDeliveries).needs("orders:read"),
		read("/orders/{id}/deliveries/{delivery_id}", "getOrderDelivery", "Show a delivery", showDelivery).needs("orders:read"),
		write(http.MethodPatch, "/orders/{id}/deliveries/{delivery_id}", "updateOrderDelivery", "Say by which codes a delivery is tracked", http.StatusOK, patchDelivery).needs("orders:write"),
		read("/orders/{id}/transactions", "listOrderTransactions", "List the payments", listTransactions).needs("orders:read"),
		read("/orders/{id}/transactions/{transaction_id}", "getOrderTransaction", "Show a payment", showTransaction).needs("orders:read"),
		read("/orders/{id}/transitions", "listOrderTransitions", "List what can be done to an order", listTransitions).needs("orders:read"),
		write(http.MethodPost, "/orders/{id}/transitions", "createOrderTransition", "Do something to an order", http.StatusOK, createTransition).needs("orders:write"),
		read("/orders/{id}/deliveries/{delivery_id}/transitions", "listOrderDeliveryTransitions", "List what can be done to a delivery", listTransitions).needs("orders:read"),
		write(http.MethodPost, "/orders/{id}/deliveries/{delivery_id}/transitions", "createOrderDeliveryTransition", "Do something to a delivery", http.StatusOK, createTransition).needs("orders:write"),
		read("/orders/{id}/transactions/{transaction_id}/transitions", "listOrderTransactionTransitions", "List what can be done to a payment", listTransitions).needs("orders:read"),
		write(http.MethodPost, "/orders/{id}/transactions/{transaction_id}/transitions", "createOrderTransactionTransition", "Do something to a payment", http.StatusOK, createTransition).needs("orders:write").keyed(),
		read("/orders/{id}/documents", "listOrderDocuments", "List the documents, such as invoices", listDocuments).needs("orders:read"),
		read("/orders/{id}/notes", "listOrderNotes", "List the notes", listNotes).needs("orders:read"),
		write(http.MethodPost, "/orders/{id}/notes", "createOrderNote", "Write a note", http.StatusCreated, createNote).needs("orders:write"),
	}
}
