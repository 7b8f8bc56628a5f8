package shop

import "github.com/appdock/appdock/internal/entity"

func order() entity.Definition {
	return entity.Definition{
		Name:      "order",
		Versioned: true,
		Fields: versioned(
			integer("autoIncrement", system),
			str("orderNumber"),
			key("billingAddressId", "order_address", required),
			version("billingAddressVersionId"),
			key("currencyId", "currency", required),
			key("languageId", "language", required),
			key("salesChannelId", "sales_channel", required),
			moment("orderDateTime", required),
			day("orderDate", system),
			cartPrice("price"),
			number("amountTotal", system),
			number("amountNet", system),
			number("positionPrice", system),
			str("taxStatus", system),
			calculatedPrice("shippingCosts"),
			number("shippingTotal", system),
			number("currencyFactor", required),
			str("deepLinkCode"),
			str("affiliateCode"),
			str("campaignCode"),
			text("customerComment"),
			str("source"),
			key("stateId", "state_machine_state", required),
			texts("ruleIds"),
			customFields(),
			key("createdById", "user", system),
			key("updatedById", "user", system),
			rounding("itemRounding", required, or(cents())),
			rounding("totalRounding", required, or(cents())),
		),
		Associations: []entity.Association{
			one("stateMachineState", "state_machine_state", "stateId"),
			single("orderCustomer", "order_customer", "orderId", always, cascade),
			one("currency", "currency", "currencyId"),
			one("language", "language", "languageId"),
			one("salesChannel", "sales_channel", "salesChannelId"),
			many("addresses", "order_address", "orderId", cascade),
			one("billingAddress", "order_address", "billingAddressId"),
			many("deliveries", "order_delivery", "orderId", cascade),
			many("lineItems", "order_line_item", "orderId", cascade),
			many("transactions", "order_transaction", "orderId", cascade),
			many("documents", "document", "orderId"),
			mapped("tags", "tag", "order_tag", drafted),
			one("createdBy", "user", "createdById"),
			one("updatedBy", "user", "updatedById"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"orderNumber"}},
		},
	}
}

func orderCustomer() entity.Definition {
	return entity.Definition{
		Name:      "order_customer",
		Versioned: true,
		Fields: versioned(
			key("customerId", "customer"),
			key("orderId", "order", required),
			version("orderVersionId"),
			str("email", required),
			key("salutationId", "salutation"),
			str("firstName", required),
			str("lastName", required),
			str("company"),
			str("title"),
			texts("vatIds"),
			str("customerNumber"),
			customFields(),
			str("remoteAddress"),
		),
		Associations: []entity.Association{
			one("order", "order", "orderId"),
			one("customer", "customer", "customerId"),
			one("salutation", "salutation", "salutationId"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"orderId"}}, // the order's association leads to one
		},
	}
}

func orderAddress() entity.Definition {
	return entity.Definition{
		Name:      "order_address",
		Versioned: true,
		Fields: versioned(
			key("countryId", "country", required),
			key("countryStateId", "country_state"),
			key("orderId", "order", required),
			version("orderVersionId"),
			key("salutationId", "salutation"),
			str("firstName", required),
			str("lastName", required),
			str("street", required),
			str("zipcode"),
			str("city", required),
			str("company"),
			str("department"),
			str("title"),
			str("vatId"),
			str("phoneNumber"),
			str("additionalAddressLine1"),
			str("additionalAddressLine2"),
			customFields(),
		),
		Associations: []entity.Association{
			one("country", "country", "countryId"),
			one("countryState", "country_state", "countryStateId"),
			one("order", "order", "orderId", restrict),
			many("orderDeliveries", "order_delivery", "shippingOrderAddressId", cascade),
			one("salutation", "salutation", "salutationId"),
		},
	}
}

func orderLineItem() entity.Definition {
	return entity.Definition{
		Name:      "order_line_item",
		Versioned: true,
		Fields: versioned(
			key("orderId", "order", required),
			version("orderVersionId"),
			key("productId", "product"),
			version("productVersionId"),
			key("promotionId", "promotion"),
			key("parentId", "order_line_item"),
			version("parentVersionId"),
			key("coverId", "media"),
			str("identifier", required),
			str("referencedId"),
			integer("quantity", required),
			str("label", required),
			document("payload"),
			boolean("good"),
			boolean("removable"),
			boolean("stackable"),
			integer("position", required, or(int64(1))),
			texts("states", required),
			calculatedPrice("price", required),
			priceDefinition("priceDefinition"),
			number("unitPrice", system),
			number("totalPrice", system),
			text("description"),
			str("type"),
			customFields(),
		),
		Associations: []entity.Association{
			one("cover", "media", "coverId"),
			one("order", "order", "orderId"),
			one("product", "product", "productId"),
			one("promotion", "promotion", elsewhere),
			many("orderDeliveryPositions", "order_delivery_position", "orderLineItemId", cascade),
			many("orderTransactionCaptureRefundPositions", "order_transaction_capture_refund_position", elsewhere, cascade),
			many("downloads", "order_line_item_download", elsewhere, cascade),
			one("parent", "order_line_item", "parentId"),
			many("children", "order_line_item", "parentId"),
		},
	}
}
