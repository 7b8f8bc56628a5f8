package shop

import "github.com/appdock/appdock/internal/entity"

func productPrice() entity.Definition {
	return entity.Definition{
		Name:      "product_price",
		Versioned: true,
		Fields: versioned(
			key("productId", "product", required),
			version("productVersionId"),
			key("ruleId", "rule", required),
			prices("price", required),
			integer("quantityStart", required),
			integer("quantityEnd"),
			customFields(),
		),
		Associations: []entity.Association{
			one("product", "product", "productId"),
			one("rule", "rule", "ruleId"),
		},
	}
}

func productVisibility() entity.Definition {
	return entity.Definition{
		Name:      "product_visibility",
		Versioned: true, // without saying so: it has no versionId
		Fields: fields(
			key("productId", "product", required),
			version("productVersionId"),
			key("salesChannelId", "sales_channel", required),
			integer("visibility", required),
		),
		Associations: []entity.Association{
			one("salesChannel", "sales_channel", "salesChannelId"),
			one("product", "product", "productId"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"productId", "salesChannelId"}},
		},
	}
}

func productMedia() entity.Definition {
	return entity.Definition{
		Name:      "product_media",
		Versioned: true,
		Fields: versioned(
			key("productId", "product", required),
			version("productVersionId"),
			key("mediaId", "media", required),
			integer("position"),
			customFields(),
		),
		Associations: []entity.Association{
			one("product", "product", "productId"),
			one("media", "media", "mediaId", always),
			many("coverProducts", "product", "coverId", setNull),
		},
	}
}

func productManufacturer() entity.Definition {
	return entity.Definition{
		Name:      "product_manufacturer",
		Versioned: true,
		Fields: versioned(
			key("mediaId", "media"),
			str("link"),
			str("name", translated, required),
			text("description", translated),
			customFields(translated),
		),
		Associations: []entity.Association{
			one("media", "media", "mediaId"),
			many("products", "product", "manufacturerId", setNull),
			many("translations", "product_manufacturer_translation", elsewhere),
		},
	}
}

func productConfiguratorSetting() entity.Definition {
	return entity.Definition{
		Name:      "product_configurator_setting",
		Versioned: true,
		Fields: versioned(
			key("productId", "product", required),
			version("productVersionId"),
			key("mediaId", "media"),
			key("optionId", "property_group_option", required),
			document("price"),
			integer("position"),
			customFields(),
		),
		Associations: []entity.Association{
			one("product", "product", "productId"),
			one("media", "media", "mediaId"),
			one("option", "property_group_option", "optionId"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"productId", "optionId"}},
		},
	}
}

func productReview() entity.Definition {
	return entity.Definition{
		Name: "product_review",
		Fields: fields(
			key("productId", "product", required),
			version("productVersionId"),
			key("customerId", "customer"),
			key("salesChannelId", "sales_channel", required),
			key("languageId", "language", required),
			str("externalUser"),
			str("externalEmail"),
			str("title", required),
			text("content", required),
			number("points"),
			boolean("status", or(false)),
			text("comment"),
			customFields(),
		),
		Associations: []entity.Association{
			one("product", "product", "productId"),
			one("customer", "customer", "customerId"),
			one("salesChannel", "sales_channel", "salesChannelId"),
			one("language", "language", "languageId"),
		},
	}
}

func propertyGroup() entity.Definition {
	return entity.Definition{
		Name: "property_group",
		Fields: fields(
			str("name", translated, required),
			text("description", translated),
			str("displayType", required, or("text")),
			str("sortingType", required, or("alphanumeric")),
			boolean("filterable", or(true)),
			boolean("visibleOnProductDetailPage", or(true)),
			integer("position", translated),
			customFields(translated),
		),
		Associations: []entity.Association{
			many("options", "property_group_option", "groupId", cascade),
			many("translations", "property_group_translation", elsewhere),
		},
	}
}

func propertyGroupOption() entity.Definition {
	return entity.Definition{
		Name: "property_group_option",
		Fields: fields(
			key("groupId", "property_group", required),
			str("name", translated, required),
			integer("position", translated),
			str("colorHexCode"),
			key("mediaId", "media"),
			customFields(translated),
		),
		Associations: []entity.Association{
			one("media", "media", "mediaId"),
			one("group", "property_group", "groupId"),
			many("translations", "property_group_option_translation", elsewhere),
			many("productConfiguratorSettings", "product_configurator_setting", "optionId", restrict),
			mapped("productProperties", "product", "product_property"),
			mapped("productOptions", "product", "product_option"),
		},
	}
}

func unit() entity.Definition {
	return entity.Definition{
		Name: "unit",
		Fields: fields(
			str("shortCode", translated, required),
			str("name", translated, required),
			customFields(translated),
		),
		Associations: []entity.Association{
			many("products", "product", "unitId", restrict),
			many("translations", "unit_translation", elsewhere),
		},
	}
}

func tag() entity.Definition {
	return entity.Definition{
		Name: "tag",
		Fields: fields(
			str("name", required),
		),
		Associations: []entity.Association{
			mapped("products", "product", "product_tag"),
			mapped("media", "media", "media_tag"),
			mapped("categories", "category", "category_tag"),
			mapped("customers", "customer", "customer_tag"),
			mapped("orders", "order", "order_tag"),
			mapped("shippingMethods", "shipping_method", "shipping_method_tag"),
			mapped("newsletterRecipients", "newsletter_recipient", "newsletter_recipient_tag"),
			mapped("landingPages", "landing_page", "landing_page_tag"),
			mapped("rules", "rule", "rule_tag"),
		},
	}
}
