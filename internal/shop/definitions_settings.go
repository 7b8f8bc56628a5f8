package shop

import (
	"encoding/json"

	"github.com/appdock/appdock/internal/entity"
)

func customField() entity.Definition {
	return entity.Definition{
		Name: "custom_field",
		Fields: fields(
			str("name", required),
			str("type", required),
			document("config"),
			boolean("active", or(true)),
			key("customFieldSetId", "custom_field_set"),
			boolean("allowCustomerWrite", or(false)),
			boolean("allowCartExpose", or(false)),
		),
		Associations: []entity.Association{
			one("customFieldSet", "custom_field_set", "customFieldSetId"),
			many("productSearchConfigFields", "product_search_config_field", elsewhere, cascade),
		},
		Unique: []entity.Unique{
			{Fields: []string{"name"}},
		},
	}
}

func customFieldSet() entity.Definition {
	return entity.Definition{
		Name: "custom_field_set",
		Fields: fields(
			str("name", required),
			document("config"),
			boolean("active", or(true)),
			boolean("global", or(false)),
			integer("position", or(int64(1))),
			key("appId", "app"),
		),
		Associations: []entity.Association{
			many("customFields", "custom_field", "customFieldSetId", cascade),
			many("relations", "custom_field_set_relation", "customFieldSetId", cascade),
			mapped("products", "product", "product_custom_field_set"),
			one("app", "app", "appId"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"name"}},
		},
	}
}

func customFieldSetRelation() entity.Definition {
	return entity.Definition{
		Name: "custom_field_set_relation",
		Fields: fields(
			key("customFieldSetId", "custom_field_set", required),
			str("entityName", longest(63), required),
		),
		Associations: []entity.Association{
			one("customFieldSet", "custom_field_set", "customFieldSetId"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"customFieldSetId", "entityName"}},
		},
	}
}

func systemConfig() entity.Definition {
	return entity.Definition{
		Name: "system_config",
		Fields: fields(
			str("configurationKey", required),
			document("configurationValue", required),
			key("salesChannelId", "sales_channel"),
		),
		Associations: []entity.Association{
			one("salesChannel", "sales_channel", "salesChannelId"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"configurationKey", "salesChannelId"}},
		},
	}
}

func numberRange() entity.Definition {
	return entity.Definition{
		Name: "number_range",
		Fields: fields(
			key("typeId", "number_range_type", required),
			boolean("global", required),
			str("name", translated, required),
			str("description", translated),
			str("pattern", required),
			integer("start", required),
			customFields(translated),
		),
		Associations: []entity.Association{
			one("type", "number_range_type", "typeId"),
			many("numberRangeSalesChannels", "number_range_sales_channel", elsewhere, cascade),
			single("state", "number_range_state", elsewhere, always, cascade),
			many("translations", "number_range_translation", elsewhere),
		},
	}
}

func numberRangeType() entity.Definition {
	return entity.Definition{
		Name: "number_range_type",
		Fields: fields(
			str("technicalName"),
			str("typeName", translated, required),
			boolean("global", required),
			customFields(translated),
		),
		Associations: []entity.Association{
			many("numberRanges", "number_range", "typeId", restrict),
			many("numberRangeSalesChannels", "number_range_sales_channel", elsewhere, cascade),
			many("translations", "number_range_type_translation", elsewhere),
		},
		Unique: []entity.Unique{
			{Fields: []string{"technicalName"}},
		},
	}
}

func notification() entity.Definition {
	return entity.Definition{
		Name: "notification",
		Fields: fields(
			str("status", required),
			text("message", required),
			boolean("adminOnly", or(false)),
			texts("requiredPrivileges", or(json.RawMessage(`[]`))),
			key("createdByIntegrationId", "integration", system),
			key("createdByUserId", "user", system),
		),
		Associations: []entity.Association{
			one("createdByIntegration", "integration", "createdByIntegrationId"),
			one("createdByUser", "user", elsewhere),
		},
	}
}
