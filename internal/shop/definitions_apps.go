package shop

import "github.com/appdock/appdock/internal/entity"

func app() entity.Definition {
	return entity.Definition{
		Name:  "app",
		Owner: "lifecycle",
		Fields: fields(
			str("name", required),
			str("path", longest(4096), required),
			str("author"),
			str("copyright"),
			str("license"),
			boolean("active", required, or(false)),
			boolean("configurable", required, or(false)),
			str("privacy"),
			str("version", required),
			blob("iconRaw", hidden),
			str("icon", runtime),
			str("appSecret", system, hidden, runtime), // kept beside the entity, sealed
			documents("modules"),
			document("mainModule"),
			documents("cookies"),
			boolean("allowDisable", required, or(true)),
			str("baseAppUrl", longest(1024)),
			texts("allowedHosts"),
			integer("templateLoadPriority", or(int64(0))),
			str("checkoutGatewayUrl"),
			str("sourceType", or("local")),
			document("sourceConfig"),
			boolean("selfManaged", or(false)),
			str("label", translated, required),
			text("description", translated),
			text("privacyPolicyExtensions", translated),
			customFields(translated),
			key("integrationId", "integration", required),
			key("aclRoleId", "acl_role", required),
		),
		Associations: []entity.Association{
			many("translations", "app_translation", elsewhere),
			one("integration", "integration", "integrationId", always),
			one("aclRole", "acl_role", "aclRoleId", always),
			many("customFieldSets", "custom_field_set", "appId", cascade),
			many("actionButtons", "app_action_button", "appId", cascade),
			many("templates", "app_template", elsewhere, cascade),
			many("scripts", "script", "appId", cascade),
			many("webhooks", "webhook", "appId", cascade),
			many("paymentMethods", "app_payment_method", elsewhere, setNull),
			many("taxProviders", "tax_provider", elsewhere, cascade),
			many("scriptConditions", "app_script_condition", elsewhere, cascade),
			many("cmsBlocks", "app_cms_block", elsewhere, cascade),
			many("flowActions", "app_flow_action", elsewhere, cascade),
			many("flowEvents", "app_flow_event", "appId", cascade),
			many("appShippingMethods", "app_shipping_method", elsewhere, setNull),
		},
		Unique: []entity.Unique{
			{Fields: []string{"name"}},
		},
	}
}

func integration() entity.Definition {
	return entity.Definition{
		Name:  "integration",
		Owner: "lifecycle",
		Fields: fields(
			str("label", required),
			str("accessKey", required),
			password("secretAccessKey", required, runtime), // kept beside the entity, hashed
			moment("lastUsageAt"),
			boolean("admin", or(false)),
			customFields(),
			moment("deletedAt"),
		),
		Associations: []entity.Association{
			single("app", "app", "integrationId", restrict),
			mapped("aclRoles", "acl_role", "integration_role"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"accessKey"}},
		},
	}
}

func aclRole() entity.Definition {
	return entity.Definition{
		Name:  "acl_role",
		Owner: "lifecycle",
		Fields: fields(
			str("name", required),
			text("description"),
			texts("privileges", required),
			moment("deletedAt"),
		),
		Associations: []entity.Association{
			mapped("users", "user", "acl_user_role"),
			single("app", "app", "aclRoleId", restrict),
			mapped("integrations", "integration", "integration_role"),
		},
	}
}

func webhook() entity.Definition {
	return entity.Definition{
		Name:    "webhook",
		Owner:   "webhook",
		Derived: true,
		Fields: fields(
			str("name", required),
			str("eventName", longest(500), required),
			str("url", longest(500), required),
			boolean("onlyLiveVersion", or(false)),
			integer("errorCount", atLeast(0), required, or(int64(0)), system),
			boolean("active", or(true)),
			key("appId", "app"),
		),
		Associations: []entity.Association{
			one("app", "app", "appId"),
		},
	}
}

func webhookEventLog() entity.Definition {
	return entity.Definition{
		Name:    "webhook_event_log",
		Owner:   "webhook",
		Derived: true,
		Fields: fields(
			str("appName"),
			str("webhookName", required),
			str("eventName", required),
			str("deliveryStatus", required),
			integer("timestamp"),
			integer("processingTime"),
			str("appVersion"),
			document("requestContent"),
			document("responseContent"),
			integer("responseStatusCode"),
			str("responseReasonPhrase"),
			str("url", longest(500), required),
			boolean("onlyLiveVersion", or(false)),
			integer("sequence", system),
			str("failureReason", system),
			blob("serializedWebhookMessage", required, system, hidden, runtime),
			customFields(),
		),
	}
}
