package shop

import "github.com/appdock/appdock/internal/entity"

func orderDelivery() entity.Definition {
	return entity.Definition{
		Name:      "order_delivery",
		Versioned: true,
		Fields: versioned(
			key("orderId", "order", required),
			version("orderVersionId"),
			key("shippingOrderAddressId", "order_address", required),
			version("shippingOrderAddressVersionId"),
			key("shippingMethodId", "shipping_method", required),
			key("stateId", "state_machine_state", required),
			texts("trackingCodes", required),
			moment("shippingDateEarliest", required),
			moment("shippingDateLatest", required),
			calculatedPrice("shippingCosts"),
			customFields(),
		),
		Associations: []entity.Association{
			one("stateMachineState", "state_machine_state", "stateId"),
			one("order", "order", "orderId"),
			one("shippingOrderAddress", "order_address", "shippingOrderAddressId"),
			one("shippingMethod", "shipping_method", "shippingMethodId"),
			many("positions", "order_delivery_position", "orderDeliveryId", cascade),
		},
	}
}

func orderDeliveryPosition() entity.Definition {
	return entity.Definition{
		Name:      "order_delivery_position",
		Versioned: true,
		Fields: versioned(
			key("orderDeliveryId", "order_delivery", required),
			version("orderDeliveryVersionId"),
			key("orderLineItemId", "order_line_item", required),
			version("orderLineItemVersionId"),
			calculatedPrice("price"),
			number("unitPrice", system),
			number("totalPrice", system),
			integer("quantity", system),
			customFields(),
		),
		Associations: []entity.Association{
			one("orderDelivery", "order_delivery", "orderDeliveryId"),
			one("orderLineItem", "order_line_item", "orderLineItemId"),
		},
	}
}

func orderTransaction() entity.Definition {
	return entity.Definition{
		Name:      "order_transaction",
		Versioned: true,
		Fields: versioned(
			key("orderId", "order", required),
			version("orderVersionId"),
			key("paymentMethodId", "payment_method", required),
			calculatedPrice("amount", required),
			document("validationData"),
			key("stateId", "state_machine_state", required),
			customFields(),
		),
		Associations: []entity.Association{
			one("stateMachineState", "state_machine_state", "stateId"),
			one("order", "order", "orderId"),
			one("paymentMethod", "payment_method", "paymentMethodId"),
			many("captures", "order_transaction_capture", "orderTransactionId", cascade),
		},
	}
}

func orderTransactionCapture() entity.Definition {
	return entity.Definition{
		Name:      "order_transaction_capture",
		Versioned: true,
		Fields: versioned(
			key("orderTransactionId", "order_transaction", required),
			version("orderTransactionVersionId"),
			key("stateId", "state_machine_state", required),
			str("externalReference"),
			calculatedPrice("amount", required),
			customFields(),
		),
		Associations: []entity.Association{
			one("stateMachineState", "state_machine_state", "stateId"),
			one("transaction", "order_transaction", "orderTransactionId"),
			many("refunds", "order_transaction_capture_refund", "captureId", cascade),
		},
	}
}

func orderTransactionCaptureRefund() entity.Definition {
	return entity.Definition{
		Name:      "order_transaction_capture_refund",
		Versioned: true,
		Fields: versioned(
			key("captureId", "order_transaction_capture", required),
			version("captureVersionId"),
			key("stateId", "state_machine_state", required),
			str("externalReference"),
			str("reason"),
			calculatedPrice("amount", required),
			customFields(),
		),
		Associations: []entity.Association{
			one("stateMachineState", "state_machine_state", "stateId"),
			one("transactionCapture", "order_transaction_capture", "captureId"),
			many("positions", "order_transaction_capture_refund_position", elsewhere, cascade),
		},
	}
}

func orderDocument() entity.Definition {
	return entity.Definition{
		Name: "document",
		Fields: fields(
			key("documentTypeId", "document_type", required),
			str("fileType", required),
			key("referencedDocumentId", "document"),
			key("orderId", "order", required),
			key("documentMediaFileId", "media"),
			version("orderVersionId"),
			document("config", required),
			boolean("sent", or(false)),
			boolean("static", or(false)),
			str("deepLinkCode", required),
			str("documentNumber"),
			customFields(),
		),
		Associations: []entity.Association{
			one("documentType", "document_type", "documentTypeId"),
			one("order", "order", "orderId"),
			one("referencedDocument", "document", "referencedDocumentId"),
			many("dependentDocuments", "document", "referencedDocumentId"),
			one("documentMediaFile", "media", "documentMediaFileId"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"deepLinkCode"}},
		},
	}
}

func documentType() entity.Definition {
	return entity.Definition{
		Name: "document_type",
		Fields: fields(
			str("name", translated, required),
			str("technicalName", required),
			customFields(translated),
		),
		Associations: []entity.Association{
			many("translations", "document_type_translation", elsewhere),
			many("documents", "document", "documentTypeId"),
			many("documentBaseConfigs", "document_base_config", elsewhere, cascade),
			many("documentBaseConfigSalesChannels", "document_base_config_sales_channel", elsewhere, cascade),
		},
		Unique: []entity.Unique{
			{Fields: []string{"technicalName"}},
		},
	}
}
