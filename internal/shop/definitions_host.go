package shop

import "github.com/appdock/appdock/internal/entity"

func user() entity.Definition {
	return entity.Definition{
		Name:  "user",
		Owner: "users",
		Fields: fields(
			key("localeId", "locale", required),
			str("username", required),
			password("password", required, runtime), // kept beside the entity, hashed
			str("firstName", required),
			str("lastName", required),
			str("title"),
			email("email", required),
			boolean("active"),
			boolean("admin"),
			moment("lastUpdatedPasswordAt"),
			str("timeZone", required, or("UTC")),
			customFields(),
			key("avatarId", "media"),
			str("storeToken", hidden, runtime),
		),
		Associations: []entity.Association{
			one("locale", "locale", "localeId"),
			one("avatarMedia", "media", "avatarId"),
			many("media", "media", "userId", setNull),
			many("accessKeys", "user_access_key", elsewhere, cascade),
			many("configs", "user_config", elsewhere, cascade),
			many("stateMachineHistoryEntries", "state_machine_history", "userId"),
			many("importExportLogEntries", "import_export_log", elsewhere, setNull),
			mapped("aclRoles", "acl_role", "acl_user_role"),
			single("recoveryUser", "user_recovery", elsewhere),
			many("createdOrders", "order", "createdById"),
			many("updatedOrders", "order", "updatedById"),
			many("createdCustomers", "customer", "createdById"),
			many("updatedCustomers", "customer", "updatedById"),
		},
		Unique: []entity.Unique{
			{Fields: []string{"username"}},
			{Fields: []string{"email"}},
		},
	}
}

func appActionButton() entity.Definition {
	return entity.Definition{
		Name:  "app_action_button",
		Owner: "lifecycle",
		Fields: fields(
			str("entity", required),
			str("view", required),
			str("url", required),
			str("action", required),
			str("label", translated, required),
			key("appId", "app", required),
		),
		Associations: []entity.Association{
			many("translations", "app_action_button_translation", elsewhere),
			one("app", "app", "appId"),
		},
	}
}

func appFlowEvent() entity.Definition {
	return entity.Definition{
		Name:  "app_flow_event",
		Owner: "lifecycle",
		Fields: fields(
			key("appId", "app", required),
			str("name", required),
			texts("aware", required),
			customFields(),
		),
		Associations: []entity.Association{
			one("app", "app", "appId"),
			many("flows", "flow", elsewhere, cascade),
		},
	}
}

func script() entity.Definition {
	return entity.Definition{
		Name:  "script",
		Owner: "script",
		Fields: fields(
			text("script", required),
			str("hook", required),
			str("name", longest(1024), required),
			boolean("active", required),
			key("appId", "app"),
		),
		Associations: []entity.Association{
			one("app", "app", "appId"),
		},
	}
}

func scheduledTask() entity.Definition {
	return entity.Definition{
		Name:    "scheduled_task",
		Owner:   "host",
		Derived: true,
		Fields: fields(
			str("name", required),
			str("scheduledTaskClass", longest(512), required),
			integer("runInterval", atLeast(0), required),
			integer("defaultRunInterval", atLeast(0), required),
			str("status", required),
			moment("lastExecutionTime"),
			moment("nextExecutionTime", required),
		),
	}
}

func plugin() entity.Definition {
	return entity.Definition{
		Name:  "plugin",
		Owner: "host",
		Fields: fields(
			str("baseClass", required),
			str("name", required),
			str("composerName"),
			document("autoload", required),
			boolean("active"),
			boolean("managedByComposer"),
			str("path"),
			str("author"),
			str("copyright"),
			str("license"),
			str("version", required),
			str("upgradeVersion"),
			moment("installedAt"),
			moment("upgradedAt"),
			blob("iconRaw", hidden),
			str("icon", runtime),
			str("label", translated, required),
			text("description", translated),
			str("manufacturerLink", translated),
			str("supportLink", translated),
			customFields(translated),
		),
		Associations: []entity.Association{
			many("translations", "plugin_translation", elsewhere),
			many("paymentMethods", "payment_method", "pluginId", setNull),
		},
	}
}
