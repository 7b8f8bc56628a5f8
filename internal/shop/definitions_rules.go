package shop

import "github.com/appdock/appdock/internal/entity"

func cartRule() entity.Definition {
	return entity.Definition{
		Name: "rule",
		Fields: fields(
			str("name", required),
			integer("priority", required),
			text("description"),
			blob("payload", system, hidden),
			boolean("invalid", system),
			texts("areas", system),
			customFields(),
			document("moduleTypes"),
		),
		Associations: []entity.Association{
			many("conditions", "rule_condition", "ruleId", cascade),
			many("productPrices", "product_price", "ruleId", restrict),
			many("shippingMethodPrices", "shipping_method_price", "ruleId", restrict),
			many("shippingMethodPriceCalculations", "shipping_method_price", "calculationRuleId", restrict),
			many("shippingMethods", "shipping_method", "availabilityRuleId", restrict),
			many("paymentMethods", "payment_method", "availabilityRuleId", restrict),
			many("personaPromotions", "promotion", elsewhere, restrict),
			many("flowSequences", "flow_sequence", elsewhere, restrict),
			many("taxProviders", "tax_provider", elsewhere, restrict),
			mapped("tags", "tag", "rule_tag"),
			mapped("orderPromotions", "promotion", "promotion_order_rule"),
			mapped("cartPromotions", "promotion", "promotion_cart_rule"),
			mapped("promotionDiscounts", "promotion_discount", "promotion_discount_rule"),
			mapped("promotionSetGroups", "promotion_setgroup", "promotion_setgroup_rule"),
		},
	}
}

func ruleCondition() entity.Definition {
	return entity.Definition{
		Name: "rule_condition",
		Fields: fields(
			str("type", required),
			key("ruleId", "rule", required),
			key("scriptId", "app_script_condition"),
			key("parentId", "rule_condition"),
			document("value"),
			integer("position"),
			customFields(),
		),
		Associations: []entity.Association{
			one("rule", "rule", "ruleId"),
			one("appScriptCondition", "app_script_condition", elsewhere, always),
			one("parent", "rule_condition", "parentId"),
			many("children", "rule_condition", "parentId"),
		},
	}
}

func shippingMethodPrice() entity.Definition {
	return entity.Definition{
		Name: "shipping_method_price",
		Fields: fields(
			key("shippingMethodId", "shipping_method", required),
			key("ruleId", "rule"),
			integer("calculation"),
			key("calculationRuleId", "rule"),
			number("quantityStart"),
			number("quantityEnd"),
			prices("currencyPrice"),
			customFields(),
		),
		Associations: []entity.Association{
			one("shippingMethod", "shipping_method", "shippingMethodId"),
			one("rule", "rule", "ruleId"),
			one("calculationRule", "rule", "calculationRuleId"),
		},
	}
}

func salesChannelDomain() entity.Definition {
	return entity.Definition{
		Name: "sales_channel_domain",
		Fields: fields(
			str("url", required),
			key("salesChannelId", "sales_channel", required),
			key("languageId", "language", required),
			key("currencyId", "currency", required),
			key("snippetSetId", "snippet_set", required),
			boolean("hreflangUseOnlyLocale"),
			customFields(),
		),
		Associations: []entity.Association{
			one("salesChannel", "sales_channel", "salesChannelId"),
			one("language", "language", "languageId"),
			one("currency", "currency", "currencyId"),
			one("snippetSet", "snippet_set", "snippetSetId"),
			single("salesChannelDefaultHreflang", "sales_channel", "hreflangDefaultDomainId"),
			many("productExports", "product_export", elsewhere),
		},
		Unique: []entity.Unique{
			{Fields: []string{"url"}},
		},
	}
}

func snippetSet() entity.Definition {
	return entity.Definition{
		Name: "snippet_set",
		Fields: fields(
			str("name", required),
			str("baseFile", required),
			str("iso", required),
			customFields(),
		),
		Associations: []entity.Association{
			many("snippets", "snippet", elsewhere, cascade),
			many("salesChannelDomains", "sales_channel_domain", "snippetSetId", restrict),
		},
	}
}

func seoUrl() entity.Definition {
	return entity.Definition{
		Name: "seo_url",
		Fields: fields(
			key("salesChannelId", "sales_channel"),
			key("languageId", "language", required),
			id("foreignKey", required),
			str("routeName", longest(50), required),
			str("pathInfo", longest(750), required),
			str("seoPathInfo", longest(750), required),
			boolean("isCanonical"),
			boolean("isModified"),
			boolean("isDeleted"),
			str("error", runtime),
			str("url", runtime),
			customFields(),
		),
		Associations: []entity.Association{
			one("language", "language", "languageId"),
			one("salesChannel", "sales_channel", "salesChannelId"),
		},
	}
}
