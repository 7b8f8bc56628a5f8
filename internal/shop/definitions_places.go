package shop

import "github.com/appdock/appdock/internal/entity"

func currency() entity.Definition {
	return entity.Definition{
		Name: "currency",
		Fields: fields(
			number("factor", required),
			str("symbol", required),
			str("isoCode", longest(3), required),
			str("shortName", translated, required),
			str("name", translated, required),
			integer("position"),
			boolean("isSystemDefault", runtime),
			number("taxFreeFrom"),
			customFields(translated),
			rounding("itemRounding", required, or(cents())),
			rounding("totalRounding", required, or(cents())),
		),
		Associations: []entity.Association{
			many("translations", "currency_translation", elsewhere),
			many("salesChannelDefaultAssignments", "sales_channel", "currencyId", restrict),
			many("orders", "order", "currencyId", restrict),
			mapped("salesChannels", "sales_channel", "sales_channel_currency"),
			many("salesChannelDomains", "sales_channel_domain", "currencyId", restrict),
			many("promotionDiscountPrices", "promotion_discount_prices", elsewhere, cascade),
			many("productExports", "product_export", elsewhere, restrict),
			many("countryRoundings", "currency_country_rounding", elsewhere, cascade),
		},
		Unique: []entity.Unique{
			{Fields: []string{"isoCode"}},
		},
	}
}

func language() entity.Definition {
	return entity.Definition{
		Name: "language",
		Fields: fields(
			key("parentId", "language"),
			key("localeId", "locale", required),
			key("translationCodeId", "locale"),
			str("name", required),
			customFields(),
		),
		Associations: []entity.Association{
			one("parent", "language", "parentId"),
			one("locale", "locale", "localeId"),
			one("translationCode", "locale", "translationCodeId"),
			many("children", "language", "parentId"),
			mapped("salesChannels", "sales_channel", "sales_channel_language"),
			many("salesChannelDefaultAssignments", "sales_channel", "languageId"),
			many("salesChannelDomains", "sales_channel_domain", "languageId", restrict),
			many("customers", "customer", "languageId", restrict),
			many("newsletterRecipients", "newsletter_recipient", "languageId", restrict),
			many("orders", "order", "languageId", restrict),
			many("categoryTranslations", "category_translation", elsewhere, cascade),
			many("countryStateTranslations", "country_state_translation", elsewhere, cascade),
			many("countryTranslations", "country_translation", elsewhere, cascade),
			many("currencyTranslations", "currency_translation", elsewhere, cascade),
			many("customerGroupTranslations", "customer_group_translation", elsewhere, cascade),
			many("localeTranslations", "locale_translation", elsewhere, cascade),
			many("mediaTranslations", "media_translation", elsewhere, cascade),
			many("paymentMethodTranslations", "payment_method_translation", elsewhere, cascade),
			many("productManufacturerTranslations", "product_manufacturer_translation", elsewhere, cascade),
			many("productTranslations", "product_translation", elsewhere, cascade),
			many("shippingMethodTranslations", "shipping_method_translation", elsewhere, cascade),
			many("unitTranslations", "unit_translation", elsewhere, cascade),
			many("propertyGroupTranslations", "property_group_translation", elsewhere, cascade),
			many("propertyGroupOptionTranslations", "property_group_option_translation", elsewhere, cascade),
			many("salesChannelTranslations", "sales_channel_translation", elsewhere, cascade),
			many("salesChannelTypeTranslations", "sales_channel_type_translation", elsewhere, cascade),
			many("salutationTranslations", "salutation_translation", elsewhere, cascade),
			many("pluginTranslations", "plugin_translation", elsewhere, cascade),
			many("productStreamTranslations", "product_stream_translation", elsewhere, cascade),
			many("stateMachineTranslations", "state_machine_translation", elsewhere, cascade),
			many("stateMachineStateTranslations", "state_machine_state_translation", elsewhere, cascade),
			many("cmsPageTranslations", "cms_page_translation", elsewhere, cascade),
			many("cmsSlotTranslations", "cms_slot_translation", elsewhere, cascade),
			many("mailTemplateTranslations", "mail_template_translation", elsewhere, cascade),
			many("mailHeaderFooterTranslations", "mail_header_footer_translation", elsewhere, cascade),
			many("documentTypeTranslations", "document_type_translation", elsewhere, cascade),
			many("numberRangeTypeTranslations", "number_range_type_translation", elsewhere, cascade),
			many("deliveryTimeTranslations", "delivery_time_translation", elsewhere, cascade),
			many("productSearchKeywords", "product_search_keyword", elsewhere, cascade),
			many("productKeywordDictionaries", "product_keyword_dictionary", elsewhere, cascade),
			many("mailTemplateTypeTranslations", "mail_template_type_translation", elsewhere, cascade),
			many("promotionTranslations", "promotion_translation", elsewhere, cascade),
			many("numberRangeTranslations", "number_range_translation", elsewhere, cascade),
			many("productReviews", "product_review", "languageId", cascade),
			many("seoUrlTranslations", "seo_url", "languageId", cascade),
			many("taxRuleTypeTranslations", "tax_rule_type_translation", elsewhere, cascade),
			many("productCrossSellingTranslations", "product_cross_selling_translation", elsewhere, cascade),
			many("importExportProfileTranslations", "import_export_profile_translation", elsewhere, cascade),
			many("productSortingTranslations", "product_sorting_translation", elsewhere, cascade),
			many("productFeatureSetTranslations", "product_feature_set_translation", elsewhere, cascade),
			many("appTranslations", "app_translation", elsewhere, cascade),
			many("actionButtonTranslations", "app_action_button_translation", elsewhere, cascade),
			many("landingPageTranslations", "landing_page_translation", elsewhere, cascade),
			many("appCmsBlockTranslations", "app_cms_block_translation", elsewhere, cascade),
			many("appScriptConditionTranslations", "app_script_condition_translation", elsewhere, cascade),
			single("productSearchConfig", "product_search_config", elsewhere, cascade),
			many("appFlowActionTranslations", "app_flow_action_translation", elsewhere, cascade),
			many("taxProviderTranslations", "tax_provider_translation", elsewhere, cascade),
		},
	}
}

func locale() entity.Definition {
	return entity.Definition{
		Name: "locale",
		Fields: fields(
			str("code", required),
			str("name", translated, required),
			str("territory", translated, required),
			customFields(translated),
		),
		Associations: []entity.Association{
			many("languages", "language", "localeId", cascade),
			many("translations", "locale_translation", elsewhere),
			many("users", "user", "localeId", restrict),
		},
		Unique: []entity.Unique{
			{Fields: []string{"code"}},
		},
	}
}

func country() entity.Definition {
	return entity.Definition{
		Name: "country",
		Fields: fields(
			str("name", translated, required),
			str("iso"),
			integer("position"),
			boolean("active", or(true)),
			boolean("shippingAvailable", or(true)),
			str("iso3"),
			boolean("displayStateInRegistration", or(false)),
			boolean("forceStateInRegistration", or(false)),
			boolean("checkVatIdPattern", or(false)),
			boolean("vatIdRequired", or(false)),
			str("vatIdPattern"),
			customFields(translated),
			taxFree("customerTax", or(noTaxFree())),
			taxFree("companyTax", or(noTaxFree())),
			boolean("postalCodeRequired", or(false)),
			boolean("checkPostalCodePattern", or(false)),
			boolean("checkAdvancedPostalCodePattern", or(false)),
			str("advancedPostalCodePattern"),
			document("addressFormat", translated, required),
			str("defaultPostalCodePattern", longest(1024)),
			boolean("isEu", required, or(false)),
		),
		Associations: []entity.Association{
			many("states", "country_state", "countryId", cascade),
			many("translations", "country_translation", elsewhere),
			many("customerAddresses", "customer_address", "countryId", restrict),
			many("orderAddresses", "order_address", "countryId", restrict),
			many("salesChannelDefaultAssignments", "sales_channel", "countryId", restrict),
			mapped("salesChannels", "sales_channel", "sales_channel_country"),
			many("taxRules", "tax_rule", elsewhere, restrict),
			many("currencyCountryRoundings", "currency_country_rounding", elsewhere, cascade),
		},
	}
}

func countryState() entity.Definition {
	return entity.Definition{
		Name: "country_state",
		Fields: fields(
			key("countryId", "country", required),
			str("shortCode", required),
			str("name", translated, required),
			integer("position"),
			boolean("active", or(true)),
			customFields(translated),
		),
		Associations: []entity.Association{
			one("country", "country", "countryId"),
			many("translations", "country_state_translation", elsewhere),
			many("customerAddresses", "customer_address", "countryStateId", setNull),
			many("orderAddresses", "order_address", "countryStateId", setNull),
		},
	}
}
