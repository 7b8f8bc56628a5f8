package shop

import "github.com/appdock/appdock/internal/entity"

func customer() entity.Definition {
	return entity.Definition{
		Name: "customer",
		Fields: fields(
			key("groupId", "customer_group", required),
			key("salesChannelId", "sales_channel", required),
			key("languageId", "language", required),
			key("lastPaymentMethodId", "payment_method"),
			key("defaultBillingAddressId", "customer_address", required),
			key("defaultShippingAddressId", "customer_address", required),
			integer("autoIncrement", system),
			str("customerNumber", required),
			key("salutationId", "salutation"),
			str("firstName", required),
			str("lastName", required),
			str("company"),
			password("password"),
			email("email", required),
			str("title"),
			texts("vatIds"),
			str("affiliateCode"),
			str("campaignCode"),
			boolean("active", or(true)),
			boolean("doubleOptInRegistration", or(false)),
			moment("doubleOptInEmailSentDate"),
			moment("doubleOptInConfirmDate"),
			str("hash"),
			boolean("guest", or(false)),
			moment("firstLogin"),
			moment("lastLogin"),
			document("newsletterSalesChannelIds", system, hidden),
			day("birthday"),
			moment("lastOrderDate", system),
			integer("orderCount", system),
			number("orderTotalAmount", system),
			integer("reviewCount", system),
			customFields(),
			str("legacyPassword", hidden),
			str("legacyEncoder", hidden),
			str("remoteAddress"),
			ids("tagIds", system),
			key("requestedGroupId", "customer_group"),
			key("boundSalesChannelId", "sales_channel"),
			str("accountType", required, or("private")),
			key("createdById", "user", system),
			key("updatedById", "user", system),
			key("defaultPaymentMethodId", "payment_method", required),
		),
		Associations: []entity.Association{
			one("group", "customer_group", "groupId"),
			one("salesChannel", "sales_channel", "salesChannelId"),
			one("language", "language", "languageId"),
			one("lastPaymentMethod", "payment_method", "lastPaymentMethodId"),
			one("defaultBillingAddress", "customer_address", "defaultBillingAddressId"),
			one("activeBillingAddress", "customer_address", elsewhere),
			one("defaultShippingAddress", "customer_address", "defaultShippingAddressId"),
			one("activeShippingAddress", "customer_address", elsewhere),
			one("salutation", "salutation", "salutationId"),
			many("addresses", "customer_address", "customerId", cascade),
			many("orderCustomers", "order_customer", "customerId", setNull),
			mapped("tags", "tag", "customer_tag"),
			mapped("promotions", "promotion", "promotion_persona_customer"),
			many("productReviews", "product_review", "customerId"),
			single("recoveryCustomer", "customer_recovery", elsewhere),
			one("requestedGroup", "customer_group", "requestedGroupId"),
			one("boundSalesChannel", "sales_channel", "boundSalesChannelId"),
			many("wishlists", "customer_wishlist", elsewhere, cascade),
			one("createdBy", "user", "createdById"),
			one("updatedBy", "user", "updatedById"),
			one("defaultPaymentMethod", "payment_method", "defaultPaymentMethodId"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"customerNumber"}},
		},
	}
}

func customerAddress() entity.Definition {
	return entity.Definition{
		Name: "customer_address",
		Fields: fields(
			key("customerId", "customer", required),
			key("countryId", "country", required),
			key("countryStateId", "country_state"),
			key("salutationId", "salutation"),
			str("firstName", required),
			str("lastName", required),
			str("zipcode"),
			str("city", required),
			str("company"),
			str("street", required),
			str("department"),
			str("title"),
			str("phoneNumber"),
			str("additionalAddressLine1"),
			str("additionalAddressLine2"),
			customFields(),
		),
		Associations: []entity.Association{
			one("customer", "customer", "customerId"),
			one("country", "country", "countryId"),
			one("countryState", "country_state", "countryStateId"),
			one("salutation", "salutation", "salutationId"),
		},
	}
}

func customerGroup() entity.Definition {
	return entity.Definition{
		Name: "customer_group",
		Fields: fields(
			str("name", translated, required),
			boolean("displayGross"),
			customFields(translated),
			boolean("registrationActive"),
			str("registrationTitle", translated),
			text("registrationIntroduction", translated),
			boolean("registrationOnlyCompanyRegistration", translated),
			text("registrationSeoMetaDescription", translated),
		),
		Associations: []entity.Association{
			many("customers", "customer", "groupId", restrict),
			many("salesChannels", "sales_channel", "customerGroupId", restrict),
			many("translations", "customer_group_translation", elsewhere),
			mapped("registrationSalesChannels", "sales_channel", "customer_group_registration_sales_channels"),
		},
	}
}

func salutation() entity.Definition {
	return entity.Definition{
		Name: "salutation",
		Fields: fields(
			str("salutationKey", required),
			str("displayName", translated, required),
			str("letterName", translated, required),
			customFields(translated),
		),
		Associations: []entity.Association{
			many("translations", "salutation_translation", elsewhere),
			many("customers", "customer", "salutationId", setNull),
			many("customerAddresses", "customer_address", "salutationId", setNull),
			many("orderCustomers", "order_customer", "salutationId", setNull),
			many("orderAddresses", "order_address", "salutationId", setNull),
			many("newsletterRecipients", "newsletter_recipient", "salutationId", setNull),
		},
		Unique: []entity.Unique{
			{Fields: []string{"salutationKey"}},
		},
	}
}

func newsletterRecipient() entity.Definition {
	return entity.Definition{
		Name: "newsletter_recipient",
		Fields: fields(
			str("email", required),
			str("title"),
			str("firstName"),
			str("lastName"),
			str("zipCode"),
			str("city"),
			str("street"),
			str("status", required),
			str("hash", required),
			customFields(),
			moment("confirmedAt"),
			key("salutationId", "salutation"),
			key("languageId", "language", required),
			key("salesChannelId", "sales_channel", required),
		),
		Associations: []entity.Association{
			mapped("tags", "tag", "newsletter_recipient_tag"),
			one("salutation", "salutation", "salutationId"),
			one("language", "language", "languageId"),
			one("salesChannel", "sales_channel", "salesChannelId"),
		},
	}
}
