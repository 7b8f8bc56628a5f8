-- The tables of the entities. Generated from the definitions of package shop
-- by `make generate`; DO NOT EDIT.

-- +goose Up
-- +goose StatementBegin

CREATE TABLE "acl_role" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"name_fold" TEXT,
	"deleted_at" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"description" TEXT,
	"privileges" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "acl_role_order" ON "acl_role" ("shop", "created_at", "id");

CREATE TABLE "acl_user_role" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"acl_role_id" BLOB,
	"user_id" BLOB,
	PRIMARY KEY (shop, "acl_role_id", "user_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "acl_user_role_unique_user_id_acl_role_id" ON "acl_user_role" ("shop", "user_id", "acl_role_id");

CREATE TABLE "app" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"name_fold" TEXT,
	"path_fold" TEXT,
	"author_fold" TEXT,
	"copyright_fold" TEXT,
	"license_fold" TEXT,
	"active" INTEGER,
	"configurable" INTEGER,
	"privacy_fold" TEXT,
	"version_fold" TEXT,
	"allow_disable" INTEGER,
	"base_app_url_fold" TEXT,
	"template_load_priority" INTEGER,
	"checkout_gateway_url_fold" TEXT,
	"source_type_fold" TEXT,
	"self_managed" INTEGER,
	"label_fold" TEXT,
	"integration_id" BLOB,
	"acl_role_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"path" TEXT,
	"author" TEXT,
	"copyright" TEXT,
	"license" TEXT,
	"privacy" TEXT,
	"version" TEXT,
	"base_app_url" TEXT,
	"checkout_gateway_url" TEXT,
	"source_type" TEXT,
	"label" TEXT,
	"icon_raw" BLOB,
	"modules" TEXT,
	"main_module" TEXT,
	"cookies" TEXT,
	"allowed_hosts" TEXT,
	"source_config" TEXT,
	"description" TEXT,
	"privacy_policy_extensions" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "app_unique_name_fold" ON "app" ("shop", "name_fold");

CREATE INDEX "app_integration_id" ON "app" ("shop", "integration_id");

CREATE INDEX "app_acl_role_id" ON "app" ("shop", "acl_role_id");

CREATE INDEX "app_order" ON "app" ("shop", "created_at", "id");

CREATE TABLE "app_action_button" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"entity_fold" TEXT,
	"view_fold" TEXT,
	"url_fold" TEXT,
	"action_fold" TEXT,
	"label_fold" TEXT,
	"app_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"entity" TEXT,
	"view" TEXT,
	"url" TEXT,
	"action" TEXT,
	"label" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "app_action_button_app_id" ON "app_action_button" ("shop", "app_id");

CREATE INDEX "app_action_button_order" ON "app_action_button" ("shop", "created_at", "id");

CREATE TABLE "app_action_button_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"app_action_button_id" BLOB,
	"language_id" BLOB,
	"label_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"label" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "app_action_button_translation_unique_app_action_button_id_language_id" ON "app_action_button_translation" ("shop", "app_action_button_id", "language_id");

CREATE UNIQUE INDEX "app_action_button_translation_unique_language_id_app_action_button_id" ON "app_action_button_translation" ("shop", "language_id", "app_action_button_id");

CREATE INDEX "app_action_button_translation_order" ON "app_action_button_translation" ("shop", "created_at", "id");

CREATE TABLE "app_flow_event" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"app_id" BLOB,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"aware" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "app_flow_event_app_id" ON "app_flow_event" ("shop", "app_id");

CREATE INDEX "app_flow_event_order" ON "app_flow_event" ("shop", "created_at", "id");

CREATE TABLE "app_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"app_id" BLOB,
	"language_id" BLOB,
	"label_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"label" TEXT,
	"description" TEXT,
	"privacy_policy_extensions" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "app_translation_unique_app_id_language_id" ON "app_translation" ("shop", "app_id", "language_id");

CREATE UNIQUE INDEX "app_translation_unique_language_id_app_id" ON "app_translation" ("shop", "language_id", "app_id");

CREATE INDEX "app_translation_order" ON "app_translation" ("shop", "created_at", "id");

CREATE TABLE "category" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"parent_id" BLOB,
	"after_category_id" BLOB,
	"media_id" BLOB,
	"display_nested_products" INTEGER,
	"auto_increment" INTEGER,
	"level" INTEGER,
	"path_fold" TEXT,
	"child_count" INTEGER,
	"type_fold" TEXT,
	"product_assignment_type_fold" TEXT,
	"visible" INTEGER,
	"active" INTEGER,
	"visible_children" INTEGER,
	"name_fold" TEXT,
	"link_type_fold" TEXT,
	"internal_link" BLOB,
	"external_link_fold" TEXT,
	"link_new_tab" INTEGER,
	"cms_page_id" BLOB,
	"product_stream_id" BLOB,
	"custom_entity_type_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"path" TEXT,
	"type" TEXT,
	"product_assignment_type" TEXT,
	"name" TEXT,
	"link_type" TEXT,
	"external_link" TEXT,
	"breadcrumb" TEXT,
	"custom_fields" TEXT,
	"slot_config" TEXT,
	"description" TEXT,
	"meta_title" TEXT,
	"meta_description" TEXT,
	"keywords" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "category_parent_id" ON "category" ("shop", "parent_id", "version_id");

CREATE INDEX "category_after_category_id" ON "category" ("shop", "after_category_id", "version_id") WHERE "after_category_id" IS NOT NULL;

CREATE INDEX "category_media_id" ON "category" ("shop", "media_id", "version_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "category_cms_page_id" ON "category" ("shop", "cms_page_id", "version_id") WHERE "cms_page_id" IS NOT NULL;

CREATE INDEX "category_product_stream_id" ON "category" ("shop", "product_stream_id", "version_id") WHERE "product_stream_id" IS NOT NULL;

CREATE INDEX "category_custom_entity_type_id" ON "category" ("shop", "custom_entity_type_id", "version_id") WHERE "custom_entity_type_id" IS NOT NULL;

CREATE INDEX "category_order" ON "category" ("shop", "version_id", "auto_increment", "id");

CREATE TABLE "category_tag" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"category_id" BLOB,
	"tag_id" BLOB,
	PRIMARY KEY (shop, "category_id", "tag_id", version_id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX "category_tag_unique_tag_id_category_id" ON "category_tag" ("shop", "tag_id", "version_id", "category_id");

CREATE TABLE "category_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"category_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"link_type_fold" TEXT,
	"internal_link" BLOB,
	"external_link_fold" TEXT,
	"link_new_tab" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"link_type" TEXT,
	"external_link" TEXT,
	"breadcrumb" TEXT,
	"custom_fields" TEXT,
	"slot_config" TEXT,
	"description" TEXT,
	"meta_title" TEXT,
	"meta_description" TEXT,
	"keywords" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "category_translation_unique_category_id_language_id" ON "category_translation" ("shop", "category_id", "version_id", "language_id");

CREATE UNIQUE INDEX "category_translation_unique_language_id_category_id" ON "category_translation" ("shop", "language_id", "version_id", "category_id");

CREATE INDEX "category_translation_order" ON "category_translation" ("shop", "version_id", "created_at", "id");

CREATE TABLE "country" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"name_fold" TEXT,
	"iso_fold" TEXT,
	"position" INTEGER,
	"active" INTEGER,
	"shipping_available" INTEGER,
	"iso3_fold" TEXT,
	"display_state_in_registration" INTEGER,
	"force_state_in_registration" INTEGER,
	"check_vat_id_pattern" INTEGER,
	"vat_id_required" INTEGER,
	"vat_id_pattern_fold" TEXT,
	"postal_code_required" INTEGER,
	"check_postal_code_pattern" INTEGER,
	"check_advanced_postal_code_pattern" INTEGER,
	"advanced_postal_code_pattern_fold" TEXT,
	"default_postal_code_pattern_fold" TEXT,
	"is_eu" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"iso" TEXT,
	"iso3" TEXT,
	"vat_id_pattern" TEXT,
	"advanced_postal_code_pattern" TEXT,
	"default_postal_code_pattern" TEXT,
	"custom_fields" TEXT,
	"customer_tax" TEXT,
	"company_tax" TEXT,
	"address_format" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "country_order" ON "country" ("shop", "created_at", "id");

CREATE TABLE "country_state" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"country_id" BLOB,
	"short_code_fold" TEXT,
	"name_fold" TEXT,
	"position" INTEGER,
	"active" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"short_code" TEXT,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "country_state_country_id" ON "country_state" ("shop", "country_id");

CREATE INDEX "country_state_order" ON "country_state" ("shop", "created_at", "id");

CREATE TABLE "country_state_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"country_state_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "country_state_translation_unique_country_state_id_language_id" ON "country_state_translation" ("shop", "country_state_id", "language_id");

CREATE UNIQUE INDEX "country_state_translation_unique_language_id_country_state_id" ON "country_state_translation" ("shop", "language_id", "country_state_id");

CREATE INDEX "country_state_translation_order" ON "country_state_translation" ("shop", "created_at", "id");

CREATE TABLE "country_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"country_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"custom_fields" TEXT,
	"address_format" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "country_translation_unique_country_id_language_id" ON "country_translation" ("shop", "country_id", "language_id");

CREATE UNIQUE INDEX "country_translation_unique_language_id_country_id" ON "country_translation" ("shop", "language_id", "country_id");

CREATE INDEX "country_translation_order" ON "country_translation" ("shop", "created_at", "id");

CREATE TABLE "currency" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"factor" REAL,
	"symbol_fold" TEXT,
	"iso_code_fold" TEXT,
	"short_name_fold" TEXT,
	"name_fold" TEXT,
	"position" INTEGER,
	"tax_free_from" REAL,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"symbol" TEXT,
	"iso_code" TEXT,
	"short_name" TEXT,
	"name" TEXT,
	"custom_fields" TEXT,
	"item_rounding" TEXT,
	"total_rounding" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "currency_unique_iso_code_fold" ON "currency" ("shop", "iso_code_fold");

CREATE INDEX "currency_order" ON "currency" ("shop", "created_at", "id");

CREATE TABLE "currency_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"currency_id" BLOB,
	"language_id" BLOB,
	"short_name_fold" TEXT,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"short_name" TEXT,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "currency_translation_unique_currency_id_language_id" ON "currency_translation" ("shop", "currency_id", "language_id");

CREATE UNIQUE INDEX "currency_translation_unique_language_id_currency_id" ON "currency_translation" ("shop", "language_id", "currency_id");

CREATE INDEX "currency_translation_order" ON "currency_translation" ("shop", "created_at", "id");

CREATE TABLE "custom_field" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"name_fold" TEXT,
	"type_fold" TEXT,
	"active" INTEGER,
	"custom_field_set_id" BLOB,
	"allow_customer_write" INTEGER,
	"allow_cart_expose" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"type" TEXT,
	"config" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "custom_field_unique_name_fold" ON "custom_field" ("shop", "name_fold");

CREATE INDEX "custom_field_custom_field_set_id" ON "custom_field" ("shop", "custom_field_set_id") WHERE "custom_field_set_id" IS NOT NULL;

CREATE INDEX "custom_field_order" ON "custom_field" ("shop", "created_at", "id");

CREATE TABLE "custom_field_set" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"name_fold" TEXT,
	"active" INTEGER,
	"global" INTEGER,
	"position" INTEGER,
	"app_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"config" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "custom_field_set_unique_name_fold" ON "custom_field_set" ("shop", "name_fold");

CREATE INDEX "custom_field_set_app_id" ON "custom_field_set" ("shop", "app_id") WHERE "app_id" IS NOT NULL;

CREATE INDEX "custom_field_set_order" ON "custom_field_set" ("shop", "created_at", "id");

CREATE TABLE "custom_field_set_relation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"custom_field_set_id" BLOB,
	"entity_name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"entity_name" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "custom_field_set_relation_unique_custom_field_set_id_entity_name_fold" ON "custom_field_set_relation" ("shop", "custom_field_set_id", "entity_name_fold");

CREATE INDEX "custom_field_set_relation_custom_field_set_id" ON "custom_field_set_relation" ("shop", "custom_field_set_id");

CREATE INDEX "custom_field_set_relation_order" ON "custom_field_set_relation" ("shop", "created_at", "id");

CREATE TABLE "customer" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"group_id" BLOB,
	"sales_channel_id" BLOB,
	"language_id" BLOB,
	"last_payment_method_id" BLOB,
	"default_billing_address_id" BLOB,
	"default_shipping_address_id" BLOB,
	"auto_increment" INTEGER,
	"customer_number_fold" TEXT,
	"salutation_id" BLOB,
	"first_name_fold" TEXT,
	"last_name_fold" TEXT,
	"company_fold" TEXT,
	"email_fold" TEXT,
	"title_fold" TEXT,
	"affiliate_code_fold" TEXT,
	"campaign_code_fold" TEXT,
	"active" INTEGER,
	"double_opt_in_registration" INTEGER,
	"double_opt_in_email_sent_date" INTEGER,
	"double_opt_in_confirm_date" INTEGER,
	"hash_fold" TEXT,
	"guest" INTEGER,
	"first_login" INTEGER,
	"last_login" INTEGER,
	"birthday" INTEGER,
	"last_order_date" INTEGER,
	"order_count" INTEGER,
	"order_total_amount" REAL,
	"review_count" INTEGER,
	"legacy_password_fold" TEXT,
	"legacy_encoder_fold" TEXT,
	"remote_address_fold" TEXT,
	"requested_group_id" BLOB,
	"bound_sales_channel_id" BLOB,
	"account_type_fold" TEXT,
	"created_by_id" BLOB,
	"updated_by_id" BLOB,
	"default_payment_method_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"customer_number" TEXT,
	"first_name" TEXT,
	"last_name" TEXT,
	"company" TEXT,
	"password" TEXT,
	"email" TEXT,
	"title" TEXT,
	"affiliate_code" TEXT,
	"campaign_code" TEXT,
	"hash" TEXT,
	"legacy_password" TEXT,
	"legacy_encoder" TEXT,
	"remote_address" TEXT,
	"account_type" TEXT,
	"vat_ids" TEXT,
	"newsletter_sales_channel_ids" TEXT,
	"custom_fields" TEXT,
	"tag_ids" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "customer_unique_customer_number_fold" ON "customer" ("shop", "customer_number_fold");

CREATE INDEX "customer_group_id" ON "customer" ("shop", "group_id");

CREATE INDEX "customer_sales_channel_id" ON "customer" ("shop", "sales_channel_id");

CREATE INDEX "customer_language_id" ON "customer" ("shop", "language_id");

CREATE INDEX "customer_last_payment_method_id" ON "customer" ("shop", "last_payment_method_id") WHERE "last_payment_method_id" IS NOT NULL;

CREATE INDEX "customer_default_billing_address_id" ON "customer" ("shop", "default_billing_address_id");

CREATE INDEX "customer_default_shipping_address_id" ON "customer" ("shop", "default_shipping_address_id");

CREATE INDEX "customer_salutation_id" ON "customer" ("shop", "salutation_id") WHERE "salutation_id" IS NOT NULL;

CREATE INDEX "customer_requested_group_id" ON "customer" ("shop", "requested_group_id") WHERE "requested_group_id" IS NOT NULL;

CREATE INDEX "customer_bound_sales_channel_id" ON "customer" ("shop", "bound_sales_channel_id") WHERE "bound_sales_channel_id" IS NOT NULL;

CREATE INDEX "customer_created_by_id" ON "customer" ("shop", "created_by_id") WHERE "created_by_id" IS NOT NULL;

CREATE INDEX "customer_updated_by_id" ON "customer" ("shop", "updated_by_id") WHERE "updated_by_id" IS NOT NULL;

CREATE INDEX "customer_default_payment_method_id" ON "customer" ("shop", "default_payment_method_id");

CREATE INDEX "customer_order" ON "customer" ("shop", "auto_increment", "id");

CREATE TABLE "customer_address" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"customer_id" BLOB,
	"country_id" BLOB,
	"country_state_id" BLOB,
	"salutation_id" BLOB,
	"first_name_fold" TEXT,
	"last_name_fold" TEXT,
	"zipcode_fold" TEXT,
	"city_fold" TEXT,
	"company_fold" TEXT,
	"street_fold" TEXT,
	"department_fold" TEXT,
	"title_fold" TEXT,
	"phone_number_fold" TEXT,
	"additional_address_line1_fold" TEXT,
	"additional_address_line2_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"first_name" TEXT,
	"last_name" TEXT,
	"zipcode" TEXT,
	"city" TEXT,
	"company" TEXT,
	"street" TEXT,
	"department" TEXT,
	"title" TEXT,
	"phone_number" TEXT,
	"additional_address_line1" TEXT,
	"additional_address_line2" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "customer_address_customer_id" ON "customer_address" ("shop", "customer_id");

CREATE INDEX "customer_address_country_id" ON "customer_address" ("shop", "country_id");

CREATE INDEX "customer_address_country_state_id" ON "customer_address" ("shop", "country_state_id") WHERE "country_state_id" IS NOT NULL;

CREATE INDEX "customer_address_salutation_id" ON "customer_address" ("shop", "salutation_id") WHERE "salutation_id" IS NOT NULL;

CREATE INDEX "customer_address_order" ON "customer_address" ("shop", "created_at", "id");

CREATE TABLE "customer_group" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"name_fold" TEXT,
	"display_gross" INTEGER,
	"registration_active" INTEGER,
	"registration_title_fold" TEXT,
	"registration_only_company_registration" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"registration_title" TEXT,
	"custom_fields" TEXT,
	"registration_introduction" TEXT,
	"registration_seo_meta_description" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "customer_group_order" ON "customer_group" ("shop", "created_at", "id");

CREATE TABLE "customer_group_registration_sales_channels" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"customer_group_id" BLOB,
	"sales_channel_id" BLOB,
	PRIMARY KEY (shop, "customer_group_id", "sales_channel_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "customer_group_registration_sales_channels_unique_sales_channel_id_customer_group_id" ON "customer_group_registration_sales_channels" ("shop", "sales_channel_id", "customer_group_id");

CREATE TABLE "customer_group_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"customer_group_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"registration_title_fold" TEXT,
	"registration_only_company_registration" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"registration_title" TEXT,
	"custom_fields" TEXT,
	"registration_introduction" TEXT,
	"registration_seo_meta_description" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "customer_group_translation_unique_customer_group_id_language_id" ON "customer_group_translation" ("shop", "customer_group_id", "language_id");

CREATE UNIQUE INDEX "customer_group_translation_unique_language_id_customer_group_id" ON "customer_group_translation" ("shop", "language_id", "customer_group_id");

CREATE INDEX "customer_group_translation_order" ON "customer_group_translation" ("shop", "created_at", "id");

CREATE TABLE "customer_tag" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"tag_id" BLOB,
	"customer_id" BLOB,
	PRIMARY KEY (shop, "tag_id", "customer_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "customer_tag_unique_customer_id_tag_id" ON "customer_tag" ("shop", "customer_id", "tag_id");

CREATE TABLE "delivery_time" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"name_fold" TEXT,
	"min" INTEGER,
	"max" INTEGER,
	"unit_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"unit" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "delivery_time_order" ON "delivery_time" ("shop", "created_at", "id");

CREATE TABLE "delivery_time_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"delivery_time_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "delivery_time_translation_unique_delivery_time_id_language_id" ON "delivery_time_translation" ("shop", "delivery_time_id", "language_id");

CREATE UNIQUE INDEX "delivery_time_translation_unique_language_id_delivery_time_id" ON "delivery_time_translation" ("shop", "language_id", "delivery_time_id");

CREATE INDEX "delivery_time_translation_order" ON "delivery_time_translation" ("shop", "created_at", "id");

CREATE TABLE "document" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"document_type_id" BLOB,
	"file_type_fold" TEXT,
	"referenced_document_id" BLOB,
	"order_id" BLOB,
	"document_media_file_id" BLOB,
	"sent" INTEGER,
	"static" INTEGER,
	"deep_link_code_fold" TEXT,
	"document_number_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"file_type" TEXT,
	"deep_link_code" TEXT,
	"document_number" TEXT,
	"config" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "document_unique_deep_link_code_fold" ON "document" ("shop", "deep_link_code_fold");

CREATE INDEX "document_document_type_id" ON "document" ("shop", "document_type_id");

CREATE INDEX "document_referenced_document_id" ON "document" ("shop", "referenced_document_id") WHERE "referenced_document_id" IS NOT NULL;

CREATE INDEX "document_order_id" ON "document" ("shop", "order_id");

CREATE INDEX "document_document_media_file_id" ON "document" ("shop", "document_media_file_id") WHERE "document_media_file_id" IS NOT NULL;

CREATE INDEX "document_order" ON "document" ("shop", "created_at", "id");

CREATE TABLE "document_type" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"name_fold" TEXT,
	"technical_name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"technical_name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "document_type_unique_technical_name_fold" ON "document_type" ("shop", "technical_name_fold");

CREATE INDEX "document_type_order" ON "document_type" ("shop", "created_at", "id");

CREATE TABLE "document_type_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"document_type_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "document_type_translation_unique_document_type_id_language_id" ON "document_type_translation" ("shop", "document_type_id", "language_id");

CREATE UNIQUE INDEX "document_type_translation_unique_language_id_document_type_id" ON "document_type_translation" ("shop", "language_id", "document_type_id");

CREATE INDEX "document_type_translation_order" ON "document_type_translation" ("shop", "created_at", "id");

CREATE TABLE "integration" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"label_fold" TEXT,
	"access_key_fold" TEXT,
	"last_usage_at" INTEGER,
	"admin" INTEGER,
	"deleted_at" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"label" TEXT,
	"access_key" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "integration_unique_access_key_fold" ON "integration" ("shop", "access_key_fold");

CREATE INDEX "integration_order" ON "integration" ("shop", "created_at", "id");

CREATE TABLE "integration_role" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"integration_id" BLOB,
	"acl_role_id" BLOB,
	PRIMARY KEY (shop, "integration_id", "acl_role_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "integration_role_unique_acl_role_id_integration_id" ON "integration_role" ("shop", "acl_role_id", "integration_id");

CREATE TABLE "language" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"parent_id" BLOB,
	"locale_id" BLOB,
	"translation_code_id" BLOB,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "language_parent_id" ON "language" ("shop", "parent_id");

CREATE INDEX "language_locale_id" ON "language" ("shop", "locale_id");

CREATE INDEX "language_translation_code_id" ON "language" ("shop", "translation_code_id") WHERE "translation_code_id" IS NOT NULL;

CREATE INDEX "language_order" ON "language" ("shop", "created_at", "id");

CREATE TABLE "locale" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"code_fold" TEXT,
	"name_fold" TEXT,
	"territory_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"code" TEXT,
	"name" TEXT,
	"territory" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "locale_unique_code_fold" ON "locale" ("shop", "code_fold");

CREATE INDEX "locale_order" ON "locale" ("shop", "created_at", "id");

CREATE TABLE "locale_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"locale_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"territory_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"territory" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "locale_translation_unique_locale_id_language_id" ON "locale_translation" ("shop", "locale_id", "language_id");

CREATE UNIQUE INDEX "locale_translation_unique_language_id_locale_id" ON "locale_translation" ("shop", "language_id", "locale_id");

CREATE INDEX "locale_translation_order" ON "locale_translation" ("shop", "created_at", "id");

CREATE TABLE "media" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"user_id" BLOB,
	"media_folder_id" BLOB,
	"mime_type_fold" TEXT,
	"file_extension_fold" TEXT,
	"uploaded_at" INTEGER,
	"file_size" INTEGER,
	"title_fold" TEXT,
	"path_fold" TEXT,
	"private" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"mime_type" TEXT,
	"file_extension" TEXT,
	"title" TEXT,
	"path" TEXT,
	"file_name" TEXT,
	"media_type_raw" BLOB,
	"meta_data" TEXT,
	"config" TEXT,
	"alt" TEXT,
	"custom_fields" TEXT,
	"thumbnails_ro" BLOB,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_unique_file_name_file_extension_fold" ON "media" ("shop", "file_name", "file_extension_fold");

CREATE INDEX "media_user_id" ON "media" ("shop", "user_id") WHERE "user_id" IS NOT NULL;

CREATE INDEX "media_media_folder_id" ON "media" ("shop", "media_folder_id") WHERE "media_folder_id" IS NOT NULL;

CREATE INDEX "media_order" ON "media" ("shop", "created_at", "id");

CREATE TABLE "media_default_folder" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"entity_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"entity" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_default_folder_unique_entity_fold" ON "media_default_folder" ("shop", "entity_fold");

CREATE INDEX "media_default_folder_order" ON "media_default_folder" ("shop", "created_at", "id");

CREATE TABLE "media_folder" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"use_parent_configuration" INTEGER,
	"configuration_id" BLOB,
	"default_folder_id" BLOB,
	"parent_id" BLOB,
	"child_count" INTEGER,
	"path_fold" TEXT,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"path" TEXT,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_folder_unique_default_folder_id" ON "media_folder" ("shop", "default_folder_id");

CREATE INDEX "media_folder_configuration_id" ON "media_folder" ("shop", "configuration_id");

CREATE INDEX "media_folder_default_folder_id" ON "media_folder" ("shop", "default_folder_id") WHERE "default_folder_id" IS NOT NULL;

CREATE INDEX "media_folder_parent_id" ON "media_folder" ("shop", "parent_id");

CREATE INDEX "media_folder_order" ON "media_folder" ("shop", "created_at", "id");

CREATE TABLE "media_folder_configuration" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"create_thumbnails" INTEGER,
	"keep_aspect_ratio" INTEGER,
	"thumbnail_quality" INTEGER,
	"private" INTEGER,
	"no_association" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"media_thumbnail_sizes_ro" BLOB,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "media_folder_configuration_order" ON "media_folder_configuration" ("shop", "created_at", "id");

CREATE TABLE "media_folder_configuration_media_thumbnail_size" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"media_folder_configuration_id" BLOB,
	"media_thumbnail_size_id" BLOB,
	PRIMARY KEY (shop, "media_folder_configuration_id", "media_thumbnail_size_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "media_folder_configuration_media_thumbnail_size_unique_media_thumbnail_size_id_media_folder_configuration_id" ON "media_folder_configuration_media_thumbnail_size" ("shop", "media_thumbnail_size_id", "media_folder_configuration_id");

CREATE TABLE "media_tag" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"tag_id" BLOB,
	"media_id" BLOB,
	PRIMARY KEY (shop, "tag_id", "media_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "media_tag_unique_media_id_tag_id" ON "media_tag" ("shop", "media_id", "tag_id");

CREATE TABLE "media_thumbnail" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"media_id" BLOB,
	"width" INTEGER,
	"height" INTEGER,
	"path_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"path" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "media_thumbnail_media_id" ON "media_thumbnail" ("shop", "media_id");

CREATE INDEX "media_thumbnail_order" ON "media_thumbnail" ("shop", "created_at", "id");

CREATE TABLE "media_thumbnail_size" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"width" INTEGER,
	"height" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_thumbnail_size_unique_width_height" ON "media_thumbnail_size" ("shop", "width", "height");

CREATE INDEX "media_thumbnail_size_order" ON "media_thumbnail_size" ("shop", "created_at", "id");

CREATE TABLE "media_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"media_id" BLOB,
	"language_id" BLOB,
	"title_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"title" TEXT,
	"alt" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_translation_unique_media_id_language_id" ON "media_translation" ("shop", "media_id", "language_id");

CREATE UNIQUE INDEX "media_translation_unique_language_id_media_id" ON "media_translation" ("shop", "language_id", "media_id");

CREATE INDEX "media_translation_order" ON "media_translation" ("shop", "created_at", "id");

CREATE TABLE "newsletter_recipient" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"email_fold" TEXT,
	"title_fold" TEXT,
	"first_name_fold" TEXT,
	"last_name_fold" TEXT,
	"zip_code_fold" TEXT,
	"city_fold" TEXT,
	"street_fold" TEXT,
	"status_fold" TEXT,
	"hash_fold" TEXT,
	"confirmed_at" INTEGER,
	"salutation_id" BLOB,
	"language_id" BLOB,
	"sales_channel_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"email" TEXT,
	"title" TEXT,
	"first_name" TEXT,
	"last_name" TEXT,
	"zip_code" TEXT,
	"city" TEXT,
	"street" TEXT,
	"status" TEXT,
	"hash" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "newsletter_recipient_salutation_id" ON "newsletter_recipient" ("shop", "salutation_id") WHERE "salutation_id" IS NOT NULL;

CREATE INDEX "newsletter_recipient_language_id" ON "newsletter_recipient" ("shop", "language_id");

CREATE INDEX "newsletter_recipient_sales_channel_id" ON "newsletter_recipient" ("shop", "sales_channel_id");

CREATE INDEX "newsletter_recipient_order" ON "newsletter_recipient" ("shop", "created_at", "id");

CREATE TABLE "newsletter_recipient_tag" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"tag_id" BLOB,
	"newsletter_recipient_id" BLOB,
	PRIMARY KEY (shop, "tag_id", "newsletter_recipient_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "newsletter_recipient_tag_unique_newsletter_recipient_id_tag_id" ON "newsletter_recipient_tag" ("shop", "newsletter_recipient_id", "tag_id");

CREATE TABLE "notification" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"status_fold" TEXT,
	"admin_only" INTEGER,
	"created_by_integration_id" BLOB,
	"created_by_user_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"status" TEXT,
	"message" TEXT,
	"required_privileges" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "notification_created_by_integration_id" ON "notification" ("shop", "created_by_integration_id") WHERE "created_by_integration_id" IS NOT NULL;

CREATE INDEX "notification_created_by_user_id" ON "notification" ("shop", "created_by_user_id") WHERE "created_by_user_id" IS NOT NULL;

CREATE INDEX "notification_order" ON "notification" ("shop", "created_at", "id");

CREATE TABLE "number_range" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"type_id" BLOB,
	"global" INTEGER,
	"name_fold" TEXT,
	"description_fold" TEXT,
	"pattern_fold" TEXT,
	"start" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"description" TEXT,
	"pattern" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "number_range_type_id" ON "number_range" ("shop", "type_id");

CREATE INDEX "number_range_order" ON "number_range" ("shop", "created_at", "id");

CREATE TABLE "number_range_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"number_range_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"description_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"description" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "number_range_translation_unique_number_range_id_language_id" ON "number_range_translation" ("shop", "number_range_id", "language_id");

CREATE UNIQUE INDEX "number_range_translation_unique_language_id_number_range_id" ON "number_range_translation" ("shop", "language_id", "number_range_id");

CREATE INDEX "number_range_translation_order" ON "number_range_translation" ("shop", "created_at", "id");

CREATE TABLE "number_range_type" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"technical_name_fold" TEXT,
	"type_name_fold" TEXT,
	"global" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"technical_name" TEXT,
	"type_name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "number_range_type_unique_technical_name_fold" ON "number_range_type" ("shop", "technical_name_fold");

CREATE INDEX "number_range_type_order" ON "number_range_type" ("shop", "created_at", "id");

CREATE TABLE "number_range_type_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"number_range_type_id" BLOB,
	"language_id" BLOB,
	"type_name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"type_name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "number_range_type_translation_unique_number_range_type_id_language_id" ON "number_range_type_translation" ("shop", "number_range_type_id", "language_id");

CREATE UNIQUE INDEX "number_range_type_translation_unique_language_id_number_range_type_id" ON "number_range_type_translation" ("shop", "language_id", "number_range_type_id");

CREATE INDEX "number_range_type_translation_order" ON "number_range_type_translation" ("shop", "created_at", "id");

CREATE TABLE "order" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"auto_increment" INTEGER,
	"order_number_fold" TEXT,
	"billing_address_id" BLOB,
	"currency_id" BLOB,
	"language_id" BLOB,
	"sales_channel_id" BLOB,
	"order_date_time" INTEGER,
	"order_date" INTEGER,
	"amount_total" REAL,
	"amount_net" REAL,
	"position_price" REAL,
	"tax_status_fold" TEXT,
	"shipping_total" REAL,
	"currency_factor" REAL,
	"deep_link_code_fold" TEXT,
	"affiliate_code_fold" TEXT,
	"campaign_code_fold" TEXT,
	"source_fold" TEXT,
	"state_id" BLOB,
	"created_by_id" BLOB,
	"updated_by_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"order_number" TEXT,
	"tax_status" TEXT,
	"deep_link_code" TEXT,
	"affiliate_code" TEXT,
	"campaign_code" TEXT,
	"source" TEXT,
	"price" TEXT,
	"shipping_costs" TEXT,
	"customer_comment" TEXT,
	"rule_ids" TEXT,
	"custom_fields" TEXT,
	"item_rounding" TEXT,
	"total_rounding" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "order_unique_order_number_fold" ON "order" ("shop", "order_number_fold", "version_id");

CREATE INDEX "order_billing_address_id" ON "order" ("shop", "billing_address_id", "version_id");

CREATE INDEX "order_currency_id" ON "order" ("shop", "currency_id", "version_id");

CREATE INDEX "order_language_id" ON "order" ("shop", "language_id", "version_id");

CREATE INDEX "order_sales_channel_id" ON "order" ("shop", "sales_channel_id", "version_id");

CREATE INDEX "order_state_id" ON "order" ("shop", "state_id", "version_id");

CREATE INDEX "order_created_by_id" ON "order" ("shop", "created_by_id", "version_id") WHERE "created_by_id" IS NOT NULL;

CREATE INDEX "order_updated_by_id" ON "order" ("shop", "updated_by_id", "version_id") WHERE "updated_by_id" IS NOT NULL;

CREATE INDEX "order_order" ON "order" ("shop", "version_id", "auto_increment", "id");

CREATE TABLE "order_address" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"country_id" BLOB,
	"country_state_id" BLOB,
	"order_id" BLOB,
	"salutation_id" BLOB,
	"first_name_fold" TEXT,
	"last_name_fold" TEXT,
	"street_fold" TEXT,
	"zipcode_fold" TEXT,
	"city_fold" TEXT,
	"company_fold" TEXT,
	"department_fold" TEXT,
	"title_fold" TEXT,
	"vat_id_fold" TEXT,
	"phone_number_fold" TEXT,
	"additional_address_line1_fold" TEXT,
	"additional_address_line2_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"first_name" TEXT,
	"last_name" TEXT,
	"street" TEXT,
	"zipcode" TEXT,
	"city" TEXT,
	"company" TEXT,
	"department" TEXT,
	"title" TEXT,
	"vat_id" TEXT,
	"phone_number" TEXT,
	"additional_address_line1" TEXT,
	"additional_address_line2" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_address_country_id" ON "order_address" ("shop", "country_id", "version_id");

CREATE INDEX "order_address_country_state_id" ON "order_address" ("shop", "country_state_id", "version_id") WHERE "country_state_id" IS NOT NULL;

CREATE INDEX "order_address_order_id" ON "order_address" ("shop", "order_id", "version_id");

CREATE INDEX "order_address_salutation_id" ON "order_address" ("shop", "salutation_id", "version_id") WHERE "salutation_id" IS NOT NULL;

CREATE INDEX "order_address_order" ON "order_address" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_customer" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"customer_id" BLOB,
	"order_id" BLOB,
	"email_fold" TEXT,
	"salutation_id" BLOB,
	"first_name_fold" TEXT,
	"last_name_fold" TEXT,
	"company_fold" TEXT,
	"title_fold" TEXT,
	"customer_number_fold" TEXT,
	"remote_address_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"email" TEXT,
	"first_name" TEXT,
	"last_name" TEXT,
	"company" TEXT,
	"title" TEXT,
	"customer_number" TEXT,
	"remote_address" TEXT,
	"vat_ids" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "order_customer_unique_order_id" ON "order_customer" ("shop", "order_id", "version_id");

CREATE INDEX "order_customer_customer_id" ON "order_customer" ("shop", "customer_id", "version_id") WHERE "customer_id" IS NOT NULL;

CREATE INDEX "order_customer_order_id" ON "order_customer" ("shop", "order_id", "version_id");

CREATE INDEX "order_customer_salutation_id" ON "order_customer" ("shop", "salutation_id", "version_id") WHERE "salutation_id" IS NOT NULL;

CREATE INDEX "order_customer_order" ON "order_customer" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_delivery" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"order_id" BLOB,
	"shipping_order_address_id" BLOB,
	"shipping_method_id" BLOB,
	"state_id" BLOB,
	"shipping_date_earliest" INTEGER,
	"shipping_date_latest" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"tracking_codes" TEXT,
	"shipping_costs" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_delivery_order_id" ON "order_delivery" ("shop", "order_id", "version_id");

CREATE INDEX "order_delivery_shipping_order_address_id" ON "order_delivery" ("shop", "shipping_order_address_id", "version_id");

CREATE INDEX "order_delivery_shipping_method_id" ON "order_delivery" ("shop", "shipping_method_id", "version_id");

CREATE INDEX "order_delivery_state_id" ON "order_delivery" ("shop", "state_id", "version_id");

CREATE INDEX "order_delivery_order" ON "order_delivery" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_delivery_position" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"order_delivery_id" BLOB,
	"order_line_item_id" BLOB,
	"unit_price" REAL,
	"total_price" REAL,
	"quantity" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"price" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_delivery_position_order_delivery_id" ON "order_delivery_position" ("shop", "order_delivery_id", "version_id");

CREATE INDEX "order_delivery_position_order_line_item_id" ON "order_delivery_position" ("shop", "order_line_item_id", "version_id");

CREATE INDEX "order_delivery_position_order" ON "order_delivery_position" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_line_item" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"order_id" BLOB,
	"product_id" BLOB,
	"promotion_id" BLOB,
	"parent_id" BLOB,
	"cover_id" BLOB,
	"identifier_fold" TEXT,
	"referenced_id_fold" TEXT,
	"quantity" INTEGER,
	"label_fold" TEXT,
	"good" INTEGER,
	"removable" INTEGER,
	"stackable" INTEGER,
	"position" INTEGER,
	"unit_price" REAL,
	"total_price" REAL,
	"type_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"identifier" TEXT,
	"referenced_id" TEXT,
	"label" TEXT,
	"type" TEXT,
	"payload" TEXT,
	"states" TEXT,
	"price" TEXT,
	"price_definition" TEXT,
	"description" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_line_item_order_id" ON "order_line_item" ("shop", "order_id", "version_id");

CREATE INDEX "order_line_item_product_id" ON "order_line_item" ("shop", "product_id", "version_id") WHERE "product_id" IS NOT NULL;

CREATE INDEX "order_line_item_promotion_id" ON "order_line_item" ("shop", "promotion_id", "version_id") WHERE "promotion_id" IS NOT NULL;

CREATE INDEX "order_line_item_parent_id" ON "order_line_item" ("shop", "parent_id", "version_id");

CREATE INDEX "order_line_item_cover_id" ON "order_line_item" ("shop", "cover_id", "version_id") WHERE "cover_id" IS NOT NULL;

CREATE INDEX "order_line_item_order" ON "order_line_item" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_tag" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"tag_id" BLOB,
	"order_id" BLOB,
	PRIMARY KEY (shop, "tag_id", "order_id", version_id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX "order_tag_unique_order_id_tag_id" ON "order_tag" ("shop", "order_id", "version_id", "tag_id");

CREATE TABLE "order_transaction" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"order_id" BLOB,
	"payment_method_id" BLOB,
	"state_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"amount" TEXT,
	"validation_data" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_transaction_order_id" ON "order_transaction" ("shop", "order_id", "version_id");

CREATE INDEX "order_transaction_payment_method_id" ON "order_transaction" ("shop", "payment_method_id", "version_id");

CREATE INDEX "order_transaction_state_id" ON "order_transaction" ("shop", "state_id", "version_id");

CREATE INDEX "order_transaction_order" ON "order_transaction" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_transaction_capture" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"order_transaction_id" BLOB,
	"state_id" BLOB,
	"external_reference_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"external_reference" TEXT,
	"amount" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_transaction_capture_order_transaction_id" ON "order_transaction_capture" ("shop", "order_transaction_id", "version_id");

CREATE INDEX "order_transaction_capture_state_id" ON "order_transaction_capture" ("shop", "state_id", "version_id");

CREATE INDEX "order_transaction_capture_order" ON "order_transaction_capture" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_transaction_capture_refund" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"capture_id" BLOB,
	"state_id" BLOB,
	"external_reference_fold" TEXT,
	"reason_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"external_reference" TEXT,
	"reason" TEXT,
	"amount" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_transaction_capture_refund_capture_id" ON "order_transaction_capture_refund" ("shop", "capture_id", "version_id");

CREATE INDEX "order_transaction_capture_refund_state_id" ON "order_transaction_capture_refund" ("shop", "state_id", "version_id");

CREATE INDEX "order_transaction_capture_refund_order" ON "order_transaction_capture_refund" ("shop", "version_id", "created_at", "id");

CREATE TABLE "payment_method" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"plugin_id" BLOB,
	"handler_identifier_fold" TEXT,
	"name_fold" TEXT,
	"distinguishable_name_fold" TEXT,
	"position" INTEGER,
	"active" INTEGER,
	"after_order_enabled" INTEGER,
	"availability_rule_id" BLOB,
	"media_id" BLOB,
	"technical_name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"handler_identifier" TEXT,
	"name" TEXT,
	"distinguishable_name" TEXT,
	"technical_name" TEXT,
	"description" TEXT,
	"custom_fields" TEXT,
	"app_urls" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "payment_method_unique_technical_name_fold" ON "payment_method" ("shop", "technical_name_fold");

CREATE INDEX "payment_method_plugin_id" ON "payment_method" ("shop", "plugin_id") WHERE "plugin_id" IS NOT NULL;

CREATE INDEX "payment_method_availability_rule_id" ON "payment_method" ("shop", "availability_rule_id") WHERE "availability_rule_id" IS NOT NULL;

CREATE INDEX "payment_method_media_id" ON "payment_method" ("shop", "media_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "payment_method_order" ON "payment_method" ("shop", "created_at", "id");

CREATE TABLE "payment_method_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"payment_method_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"distinguishable_name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"distinguishable_name" TEXT,
	"description" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "payment_method_translation_unique_payment_method_id_language_id" ON "payment_method_translation" ("shop", "payment_method_id", "language_id");

CREATE UNIQUE INDEX "payment_method_translation_unique_language_id_payment_method_id" ON "payment_method_translation" ("shop", "language_id", "payment_method_id");

CREATE INDEX "payment_method_translation_order" ON "payment_method_translation" ("shop", "created_at", "id");

CREATE TABLE "plugin" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"base_class_fold" TEXT,
	"name_fold" TEXT,
	"composer_name_fold" TEXT,
	"active" INTEGER,
	"managed_by_composer" INTEGER,
	"path_fold" TEXT,
	"author_fold" TEXT,
	"copyright_fold" TEXT,
	"license_fold" TEXT,
	"version_fold" TEXT,
	"upgrade_version_fold" TEXT,
	"installed_at" INTEGER,
	"upgraded_at" INTEGER,
	"label_fold" TEXT,
	"manufacturer_link_fold" TEXT,
	"support_link_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"base_class" TEXT,
	"name" TEXT,
	"composer_name" TEXT,
	"path" TEXT,
	"author" TEXT,
	"copyright" TEXT,
	"license" TEXT,
	"version" TEXT,
	"upgrade_version" TEXT,
	"label" TEXT,
	"manufacturer_link" TEXT,
	"support_link" TEXT,
	"autoload" TEXT,
	"icon_raw" BLOB,
	"description" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "plugin_order" ON "plugin" ("shop", "created_at", "id");

CREATE TABLE "plugin_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"plugin_id" BLOB,
	"language_id" BLOB,
	"label_fold" TEXT,
	"manufacturer_link_fold" TEXT,
	"support_link_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"label" TEXT,
	"manufacturer_link" TEXT,
	"support_link" TEXT,
	"description" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "plugin_translation_unique_plugin_id_language_id" ON "plugin_translation" ("shop", "plugin_id", "language_id");

CREATE UNIQUE INDEX "plugin_translation_unique_language_id_plugin_id" ON "plugin_translation" ("shop", "language_id", "plugin_id");

CREATE INDEX "plugin_translation_order" ON "plugin_translation" ("shop", "created_at", "id");

CREATE TABLE "product" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"parent_id" BLOB,
	"manufacturer_id" BLOB,
	"unit_id" BLOB,
	"tax_id" BLOB,
	"cover_id" BLOB,
	"delivery_time_id" BLOB,
	"feature_set_id" BLOB,
	"canonical_product_id" BLOB,
	"cms_page_id" BLOB,
	"price_gross" REAL,
	"product_number_fold" TEXT,
	"restock_time" INTEGER,
	"auto_increment" INTEGER,
	"active" INTEGER,
	"available" INTEGER,
	"is_closeout" INTEGER,
	"available_stock" INTEGER,
	"stock" INTEGER,
	"display_group_fold" TEXT,
	"manufacturer_number_fold" TEXT,
	"ean_fold" TEXT,
	"purchase_steps" INTEGER,
	"max_purchase" INTEGER,
	"min_purchase" INTEGER,
	"purchase_unit" REAL,
	"reference_unit" REAL,
	"shipping_free" INTEGER,
	"purchase_prices_gross" REAL,
	"mark_as_topseller" INTEGER,
	"weight" REAL,
	"width" REAL,
	"height" REAL,
	"length" REAL,
	"release_date" INTEGER,
	"rating_average" REAL,
	"child_count" INTEGER,
	"custom_field_set_selection_active" INTEGER,
	"sales" INTEGER,
	"meta_description_fold" TEXT,
	"name_fold" TEXT,
	"meta_title_fold" TEXT,
	"pack_unit_fold" TEXT,
	"pack_unit_plural_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"product_number" TEXT,
	"display_group" TEXT,
	"manufacturer_number" TEXT,
	"ean" TEXT,
	"meta_description" TEXT,
	"name" TEXT,
	"meta_title" TEXT,
	"pack_unit" TEXT,
	"pack_unit_plural" TEXT,
	"price" TEXT,
	"variant_listing_config" TEXT,
	"variant_restrictions" TEXT,
	"purchase_prices" TEXT,
	"category_tree" TEXT,
	"property_ids" TEXT,
	"option_ids" TEXT,
	"stream_ids" TEXT,
	"tag_ids" TEXT,
	"category_ids" TEXT,
	"states" TEXT,
	"keywords" TEXT,
	"description" TEXT,
	"custom_fields" TEXT,
	"slot_config" TEXT,
	"custom_search_keywords" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "product_unique_product_number_fold" ON "product" ("shop", "product_number_fold", "version_id");

CREATE INDEX "product_parent_id" ON "product" ("shop", "parent_id", "version_id");

CREATE INDEX "product_manufacturer_id" ON "product" ("shop", "manufacturer_id", "version_id") WHERE "manufacturer_id" IS NOT NULL;

CREATE INDEX "product_unit_id" ON "product" ("shop", "unit_id", "version_id") WHERE "unit_id" IS NOT NULL;

CREATE INDEX "product_tax_id" ON "product" ("shop", "tax_id", "version_id");

CREATE INDEX "product_cover_id" ON "product" ("shop", "cover_id", "version_id") WHERE "cover_id" IS NOT NULL;

CREATE INDEX "product_delivery_time_id" ON "product" ("shop", "delivery_time_id", "version_id") WHERE "delivery_time_id" IS NOT NULL;

CREATE INDEX "product_feature_set_id" ON "product" ("shop", "feature_set_id", "version_id") WHERE "feature_set_id" IS NOT NULL;

CREATE INDEX "product_canonical_product_id" ON "product" ("shop", "canonical_product_id", "version_id") WHERE "canonical_product_id" IS NOT NULL;

CREATE INDEX "product_cms_page_id" ON "product" ("shop", "cms_page_id", "version_id") WHERE "cms_page_id" IS NOT NULL;

CREATE INDEX "product_order" ON "product" ("shop", "version_id", "auto_increment", "id");

CREATE TABLE "product_category" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"product_id" BLOB,
	"category_id" BLOB,
	PRIMARY KEY (shop, "product_id", "category_id", version_id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX "product_category_unique_category_id_product_id" ON "product_category" ("shop", "category_id", "version_id", "product_id");

CREATE TABLE "product_category_tree" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"product_id" BLOB,
	"category_id" BLOB,
	PRIMARY KEY (shop, "product_id", "category_id", version_id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX "product_category_tree_unique_category_id_product_id" ON "product_category_tree" ("shop", "category_id", "version_id", "product_id");

CREATE TABLE "product_configurator_setting" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"product_id" BLOB,
	"media_id" BLOB,
	"option_id" BLOB,
	"position" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"price" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "product_configurator_setting_unique_product_id_option_id" ON "product_configurator_setting" ("shop", "product_id", "option_id", "version_id");

CREATE INDEX "product_configurator_setting_product_id" ON "product_configurator_setting" ("shop", "product_id", "version_id");

CREATE INDEX "product_configurator_setting_media_id" ON "product_configurator_setting" ("shop", "media_id", "version_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "product_configurator_setting_option_id" ON "product_configurator_setting" ("shop", "option_id", "version_id");

CREATE INDEX "product_configurator_setting_order" ON "product_configurator_setting" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_custom_field_set" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"product_id" BLOB,
	"custom_field_set_id" BLOB,
	PRIMARY KEY (shop, "product_id", "custom_field_set_id", version_id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX "product_custom_field_set_unique_custom_field_set_id_product_id" ON "product_custom_field_set" ("shop", "custom_field_set_id", "version_id", "product_id");

CREATE TABLE "product_manufacturer" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"media_id" BLOB,
	"link_fold" TEXT,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"link" TEXT,
	"name" TEXT,
	"description" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "product_manufacturer_media_id" ON "product_manufacturer" ("shop", "media_id", "version_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "product_manufacturer_order" ON "product_manufacturer" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_manufacturer_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"product_manufacturer_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"description" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "product_manufacturer_translation_unique_product_manufacturer_id_language_id" ON "product_manufacturer_translation" ("shop", "product_manufacturer_id", "version_id", "language_id");

CREATE UNIQUE INDEX "product_manufacturer_translation_unique_language_id_product_manufacturer_id" ON "product_manufacturer_translation" ("shop", "language_id", "version_id", "product_manufacturer_id");

CREATE INDEX "product_manufacturer_translation_order" ON "product_manufacturer_translation" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_media" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"product_id" BLOB,
	"media_id" BLOB,
	"position" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "product_media_product_id" ON "product_media" ("shop", "product_id", "version_id");

CREATE INDEX "product_media_media_id" ON "product_media" ("shop", "media_id", "version_id");

CREATE INDEX "product_media_order" ON "product_media" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_option" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"product_id" BLOB,
	"option_id" BLOB,
	PRIMARY KEY (shop, "product_id", "option_id", version_id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX "product_option_unique_option_id_product_id" ON "product_option" ("shop", "option_id", "version_id", "product_id");

CREATE TABLE "product_price" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"product_id" BLOB,
	"rule_id" BLOB,
	"price_gross" REAL,
	"quantity_start" INTEGER,
	"quantity_end" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"price" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "product_price_product_id" ON "product_price" ("shop", "product_id", "version_id");

CREATE INDEX "product_price_rule_id" ON "product_price" ("shop", "rule_id", "version_id");

CREATE INDEX "product_price_order" ON "product_price" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_property" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"product_id" BLOB,
	"option_id" BLOB,
	PRIMARY KEY (shop, "product_id", "option_id", version_id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX "product_property_unique_option_id_product_id" ON "product_property" ("shop", "option_id", "version_id", "product_id");

CREATE TABLE "product_review" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"product_id" BLOB,
	"customer_id" BLOB,
	"sales_channel_id" BLOB,
	"language_id" BLOB,
	"external_user_fold" TEXT,
	"external_email_fold" TEXT,
	"title_fold" TEXT,
	"points" REAL,
	"status" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"external_user" TEXT,
	"external_email" TEXT,
	"title" TEXT,
	"content" TEXT,
	"comment" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "product_review_product_id" ON "product_review" ("shop", "product_id");

CREATE INDEX "product_review_customer_id" ON "product_review" ("shop", "customer_id") WHERE "customer_id" IS NOT NULL;

CREATE INDEX "product_review_sales_channel_id" ON "product_review" ("shop", "sales_channel_id");

CREATE INDEX "product_review_language_id" ON "product_review" ("shop", "language_id");

CREATE INDEX "product_review_order" ON "product_review" ("shop", "created_at", "id");

CREATE TABLE "product_tag" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"product_id" BLOB,
	"tag_id" BLOB,
	PRIMARY KEY (shop, "product_id", "tag_id", version_id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX "product_tag_unique_tag_id_product_id" ON "product_tag" ("shop", "tag_id", "version_id", "product_id");

CREATE TABLE "product_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"product_id" BLOB,
	"language_id" BLOB,
	"meta_description_fold" TEXT,
	"name_fold" TEXT,
	"meta_title_fold" TEXT,
	"pack_unit_fold" TEXT,
	"pack_unit_plural_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"meta_description" TEXT,
	"name" TEXT,
	"meta_title" TEXT,
	"pack_unit" TEXT,
	"pack_unit_plural" TEXT,
	"keywords" TEXT,
	"description" TEXT,
	"custom_fields" TEXT,
	"slot_config" TEXT,
	"custom_search_keywords" TEXT,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "product_translation_unique_product_id_language_id" ON "product_translation" ("shop", "product_id", "version_id", "language_id");

CREATE UNIQUE INDEX "product_translation_unique_language_id_product_id" ON "product_translation" ("shop", "language_id", "version_id", "product_id");

CREATE INDEX "product_translation_order" ON "product_translation" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_visibility" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	version_id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"product_id" BLOB,
	"sales_channel_id" BLOB,
	"visibility" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "product_visibility_unique_product_id_sales_channel_id" ON "product_visibility" ("shop", "product_id", "sales_channel_id", "version_id");

CREATE INDEX "product_visibility_product_id" ON "product_visibility" ("shop", "product_id", "version_id");

CREATE INDEX "product_visibility_sales_channel_id" ON "product_visibility" ("shop", "sales_channel_id", "version_id");

CREATE INDEX "product_visibility_order" ON "product_visibility" ("shop", "version_id", "created_at", "id");

CREATE TABLE "property_group" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"name_fold" TEXT,
	"display_type_fold" TEXT,
	"sorting_type_fold" TEXT,
	"filterable" INTEGER,
	"visible_on_product_detail_page" INTEGER,
	"position" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"display_type" TEXT,
	"sorting_type" TEXT,
	"description" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "property_group_order" ON "property_group" ("shop", "created_at", "id");

CREATE TABLE "property_group_option" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"group_id" BLOB,
	"name_fold" TEXT,
	"position" INTEGER,
	"color_hex_code_fold" TEXT,
	"media_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"color_hex_code" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "property_group_option_group_id" ON "property_group_option" ("shop", "group_id");

CREATE INDEX "property_group_option_media_id" ON "property_group_option" ("shop", "media_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "property_group_option_order" ON "property_group_option" ("shop", "created_at", "id");

CREATE TABLE "property_group_option_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"property_group_option_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"position" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "property_group_option_translation_unique_property_group_option_id_language_id" ON "property_group_option_translation" ("shop", "property_group_option_id", "language_id");

CREATE UNIQUE INDEX "property_group_option_translation_unique_language_id_property_group_option_id" ON "property_group_option_translation" ("shop", "language_id", "property_group_option_id");

CREATE INDEX "property_group_option_translation_order" ON "property_group_option_translation" ("shop", "created_at", "id");

CREATE TABLE "property_group_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"property_group_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"position" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"description" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "property_group_translation_unique_property_group_id_language_id" ON "property_group_translation" ("shop", "property_group_id", "language_id");

CREATE UNIQUE INDEX "property_group_translation_unique_language_id_property_group_id" ON "property_group_translation" ("shop", "language_id", "property_group_id");

CREATE INDEX "property_group_translation_order" ON "property_group_translation" ("shop", "created_at", "id");

CREATE TABLE "rule" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"name_fold" TEXT,
	"priority" INTEGER,
	"invalid" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"description" TEXT,
	"payload" BLOB,
	"areas" TEXT,
	"custom_fields" TEXT,
	"module_types" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "rule_order" ON "rule" ("shop", "created_at", "id");

CREATE TABLE "rule_condition" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"type_fold" TEXT,
	"rule_id" BLOB,
	"script_id" BLOB,
	"parent_id" BLOB,
	"position" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"type" TEXT,
	"value" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "rule_condition_rule_id" ON "rule_condition" ("shop", "rule_id");

CREATE INDEX "rule_condition_script_id" ON "rule_condition" ("shop", "script_id") WHERE "script_id" IS NOT NULL;

CREATE INDEX "rule_condition_parent_id" ON "rule_condition" ("shop", "parent_id");

CREATE INDEX "rule_condition_order" ON "rule_condition" ("shop", "created_at", "id");

CREATE TABLE "rule_tag" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"tag_id" BLOB,
	"rule_id" BLOB,
	PRIMARY KEY (shop, "tag_id", "rule_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "rule_tag_unique_rule_id_tag_id" ON "rule_tag" ("shop", "rule_id", "tag_id");

CREATE TABLE "sales_channel" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"type_id" BLOB,
	"language_id" BLOB,
	"customer_group_id" BLOB,
	"currency_id" BLOB,
	"payment_method_id" BLOB,
	"shipping_method_id" BLOB,
	"country_id" BLOB,
	"analytics_id" BLOB,
	"navigation_category_id" BLOB,
	"navigation_category_depth" INTEGER,
	"footer_category_id" BLOB,
	"service_category_id" BLOB,
	"mail_header_footer_id" BLOB,
	"hreflang_default_domain_id" BLOB,
	"name_fold" TEXT,
	"short_name_fold" TEXT,
	"tax_calculation_type_fold" TEXT,
	"access_key_fold" TEXT,
	"active" INTEGER,
	"hreflang_active" INTEGER,
	"maintenance" INTEGER,
	"home_cms_page_id" BLOB,
	"home_enabled" INTEGER,
	"home_name_fold" TEXT,
	"home_meta_title_fold" TEXT,
	"home_meta_description_fold" TEXT,
	"home_keywords_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"short_name" TEXT,
	"tax_calculation_type" TEXT,
	"access_key" TEXT,
	"home_name" TEXT,
	"home_meta_title" TEXT,
	"home_meta_description" TEXT,
	"home_keywords" TEXT,
	"configuration" TEXT,
	"maintenance_ip_whitelist" TEXT,
	"custom_fields" TEXT,
	"payment_method_ids" TEXT,
	"home_slot_config" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_unique_access_key_fold" ON "sales_channel" ("shop", "access_key_fold");

CREATE INDEX "sales_channel_type_id" ON "sales_channel" ("shop", "type_id");

CREATE INDEX "sales_channel_language_id" ON "sales_channel" ("shop", "language_id");

CREATE INDEX "sales_channel_customer_group_id" ON "sales_channel" ("shop", "customer_group_id");

CREATE INDEX "sales_channel_currency_id" ON "sales_channel" ("shop", "currency_id");

CREATE INDEX "sales_channel_payment_method_id" ON "sales_channel" ("shop", "payment_method_id");

CREATE INDEX "sales_channel_shipping_method_id" ON "sales_channel" ("shop", "shipping_method_id");

CREATE INDEX "sales_channel_country_id" ON "sales_channel" ("shop", "country_id");

CREATE INDEX "sales_channel_analytics_id" ON "sales_channel" ("shop", "analytics_id") WHERE "analytics_id" IS NOT NULL;

CREATE INDEX "sales_channel_navigation_category_id" ON "sales_channel" ("shop", "navigation_category_id");

CREATE INDEX "sales_channel_footer_category_id" ON "sales_channel" ("shop", "footer_category_id") WHERE "footer_category_id" IS NOT NULL;

CREATE INDEX "sales_channel_service_category_id" ON "sales_channel" ("shop", "service_category_id") WHERE "service_category_id" IS NOT NULL;

CREATE INDEX "sales_channel_mail_header_footer_id" ON "sales_channel" ("shop", "mail_header_footer_id") WHERE "mail_header_footer_id" IS NOT NULL;

CREATE INDEX "sales_channel_hreflang_default_domain_id" ON "sales_channel" ("shop", "hreflang_default_domain_id") WHERE "hreflang_default_domain_id" IS NOT NULL;

CREATE INDEX "sales_channel_home_cms_page_id" ON "sales_channel" ("shop", "home_cms_page_id") WHERE "home_cms_page_id" IS NOT NULL;

CREATE INDEX "sales_channel_order" ON "sales_channel" ("shop", "created_at", "id");

CREATE TABLE "sales_channel_country" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"country_id" BLOB,
	"sales_channel_id" BLOB,
	PRIMARY KEY (shop, "country_id", "sales_channel_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "sales_channel_country_unique_sales_channel_id_country_id" ON "sales_channel_country" ("shop", "sales_channel_id", "country_id");

CREATE TABLE "sales_channel_currency" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"currency_id" BLOB,
	"sales_channel_id" BLOB,
	PRIMARY KEY (shop, "currency_id", "sales_channel_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "sales_channel_currency_unique_sales_channel_id_currency_id" ON "sales_channel_currency" ("shop", "sales_channel_id", "currency_id");

CREATE TABLE "sales_channel_domain" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"url_fold" TEXT,
	"sales_channel_id" BLOB,
	"language_id" BLOB,
	"currency_id" BLOB,
	"snippet_set_id" BLOB,
	"hreflang_use_only_locale" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"url" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_domain_unique_url_fold" ON "sales_channel_domain" ("shop", "url_fold");

CREATE INDEX "sales_channel_domain_sales_channel_id" ON "sales_channel_domain" ("shop", "sales_channel_id");

CREATE INDEX "sales_channel_domain_language_id" ON "sales_channel_domain" ("shop", "language_id");

CREATE INDEX "sales_channel_domain_currency_id" ON "sales_channel_domain" ("shop", "currency_id");

CREATE INDEX "sales_channel_domain_snippet_set_id" ON "sales_channel_domain" ("shop", "snippet_set_id");

CREATE INDEX "sales_channel_domain_order" ON "sales_channel_domain" ("shop", "created_at", "id");

CREATE TABLE "sales_channel_language" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"language_id" BLOB,
	"sales_channel_id" BLOB,
	PRIMARY KEY (shop, "language_id", "sales_channel_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "sales_channel_language_unique_sales_channel_id_language_id" ON "sales_channel_language" ("shop", "sales_channel_id", "language_id");

CREATE TABLE "sales_channel_payment_method" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"sales_channel_id" BLOB,
	"payment_method_id" BLOB,
	PRIMARY KEY (shop, "sales_channel_id", "payment_method_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "sales_channel_payment_method_unique_payment_method_id_sales_channel_id" ON "sales_channel_payment_method" ("shop", "payment_method_id", "sales_channel_id");

CREATE TABLE "sales_channel_shipping_method" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"sales_channel_id" BLOB,
	"shipping_method_id" BLOB,
	PRIMARY KEY (shop, "sales_channel_id", "shipping_method_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "sales_channel_shipping_method_unique_shipping_method_id_sales_channel_id" ON "sales_channel_shipping_method" ("shop", "shipping_method_id", "sales_channel_id");

CREATE TABLE "sales_channel_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"sales_channel_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"home_enabled" INTEGER,
	"home_name_fold" TEXT,
	"home_meta_title_fold" TEXT,
	"home_meta_description_fold" TEXT,
	"home_keywords_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"home_name" TEXT,
	"home_meta_title" TEXT,
	"home_meta_description" TEXT,
	"home_keywords" TEXT,
	"custom_fields" TEXT,
	"home_slot_config" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_translation_unique_sales_channel_id_language_id" ON "sales_channel_translation" ("shop", "sales_channel_id", "language_id");

CREATE UNIQUE INDEX "sales_channel_translation_unique_language_id_sales_channel_id" ON "sales_channel_translation" ("shop", "language_id", "sales_channel_id");

CREATE INDEX "sales_channel_translation_order" ON "sales_channel_translation" ("shop", "created_at", "id");

CREATE TABLE "sales_channel_type" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"cover_url_fold" TEXT,
	"icon_name_fold" TEXT,
	"name_fold" TEXT,
	"manufacturer_fold" TEXT,
	"description_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"cover_url" TEXT,
	"icon_name" TEXT,
	"name" TEXT,
	"manufacturer" TEXT,
	"description" TEXT,
	"screenshot_urls" TEXT,
	"description_long" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "sales_channel_type_order" ON "sales_channel_type" ("shop", "created_at", "id");

CREATE TABLE "sales_channel_type_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"sales_channel_type_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"manufacturer_fold" TEXT,
	"description_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"manufacturer" TEXT,
	"description" TEXT,
	"description_long" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_type_translation_unique_sales_channel_type_id_language_id" ON "sales_channel_type_translation" ("shop", "sales_channel_type_id", "language_id");

CREATE UNIQUE INDEX "sales_channel_type_translation_unique_language_id_sales_channel_type_id" ON "sales_channel_type_translation" ("shop", "language_id", "sales_channel_type_id");

CREATE INDEX "sales_channel_type_translation_order" ON "sales_channel_type_translation" ("shop", "created_at", "id");

CREATE TABLE "salutation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"salutation_key_fold" TEXT,
	"display_name_fold" TEXT,
	"letter_name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"salutation_key" TEXT,
	"display_name" TEXT,
	"letter_name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "salutation_unique_salutation_key_fold" ON "salutation" ("shop", "salutation_key_fold");

CREATE INDEX "salutation_order" ON "salutation" ("shop", "created_at", "id");

CREATE TABLE "salutation_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"salutation_id" BLOB,
	"language_id" BLOB,
	"display_name_fold" TEXT,
	"letter_name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"display_name" TEXT,
	"letter_name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "salutation_translation_unique_salutation_id_language_id" ON "salutation_translation" ("shop", "salutation_id", "language_id");

CREATE UNIQUE INDEX "salutation_translation_unique_language_id_salutation_id" ON "salutation_translation" ("shop", "language_id", "salutation_id");

CREATE INDEX "salutation_translation_order" ON "salutation_translation" ("shop", "created_at", "id");

CREATE TABLE "script" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"hook_fold" TEXT,
	"name_fold" TEXT,
	"active" INTEGER,
	"app_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"hook" TEXT,
	"name" TEXT,
	"script" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "script_app_id" ON "script" ("shop", "app_id") WHERE "app_id" IS NOT NULL;

CREATE INDEX "script_order" ON "script" ("shop", "created_at", "id");

CREATE TABLE "seo_url" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"sales_channel_id" BLOB,
	"language_id" BLOB,
	"foreign_key" BLOB,
	"route_name_fold" TEXT,
	"path_info_fold" TEXT,
	"seo_path_info_fold" TEXT,
	"is_canonical" INTEGER,
	"is_modified" INTEGER,
	"is_deleted" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"route_name" TEXT,
	"path_info" TEXT,
	"seo_path_info" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "seo_url_sales_channel_id" ON "seo_url" ("shop", "sales_channel_id") WHERE "sales_channel_id" IS NOT NULL;

CREATE INDEX "seo_url_language_id" ON "seo_url" ("shop", "language_id");

CREATE INDEX "seo_url_order" ON "seo_url" ("shop", "created_at", "id");

CREATE TABLE "shipping_method" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"name_fold" TEXT,
	"active" INTEGER,
	"position" INTEGER,
	"availability_rule_id" BLOB,
	"media_id" BLOB,
	"delivery_time_id" BLOB,
	"tax_type_fold" TEXT,
	"tax_id" BLOB,
	"description_fold" TEXT,
	"technical_name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"tax_type" TEXT,
	"technical_name" TEXT,
	"custom_fields" TEXT,
	"description" TEXT,
	"tracking_url" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "shipping_method_unique_technical_name_fold" ON "shipping_method" ("shop", "technical_name_fold");

CREATE INDEX "shipping_method_availability_rule_id" ON "shipping_method" ("shop", "availability_rule_id") WHERE "availability_rule_id" IS NOT NULL;

CREATE INDEX "shipping_method_media_id" ON "shipping_method" ("shop", "media_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "shipping_method_delivery_time_id" ON "shipping_method" ("shop", "delivery_time_id");

CREATE INDEX "shipping_method_tax_id" ON "shipping_method" ("shop", "tax_id") WHERE "tax_id" IS NOT NULL;

CREATE INDEX "shipping_method_order" ON "shipping_method" ("shop", "created_at", "id");

CREATE TABLE "shipping_method_price" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"shipping_method_id" BLOB,
	"rule_id" BLOB,
	"calculation" INTEGER,
	"calculation_rule_id" BLOB,
	"quantity_start" REAL,
	"quantity_end" REAL,
	"currency_price_gross" REAL,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"currency_price" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "shipping_method_price_shipping_method_id" ON "shipping_method_price" ("shop", "shipping_method_id");

CREATE INDEX "shipping_method_price_rule_id" ON "shipping_method_price" ("shop", "rule_id") WHERE "rule_id" IS NOT NULL;

CREATE INDEX "shipping_method_price_calculation_rule_id" ON "shipping_method_price" ("shop", "calculation_rule_id") WHERE "calculation_rule_id" IS NOT NULL;

CREATE INDEX "shipping_method_price_order" ON "shipping_method_price" ("shop", "created_at", "id");

CREATE TABLE "shipping_method_tag" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"tag_id" BLOB,
	"shipping_method_id" BLOB,
	PRIMARY KEY (shop, "tag_id", "shipping_method_id")
) WITHOUT ROWID;

CREATE UNIQUE INDEX "shipping_method_tag_unique_shipping_method_id_tag_id" ON "shipping_method_tag" ("shop", "shipping_method_id", "tag_id");

CREATE TABLE "shipping_method_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"shipping_method_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"description_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"custom_fields" TEXT,
	"description" TEXT,
	"tracking_url" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "shipping_method_translation_unique_shipping_method_id_language_id" ON "shipping_method_translation" ("shop", "shipping_method_id", "language_id");

CREATE UNIQUE INDEX "shipping_method_translation_unique_language_id_shipping_method_id" ON "shipping_method_translation" ("shop", "language_id", "shipping_method_id");

CREATE INDEX "shipping_method_translation_order" ON "shipping_method_translation" ("shop", "created_at", "id");

CREATE TABLE "snippet_set" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"name_fold" TEXT,
	"base_file_fold" TEXT,
	"iso_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"base_file" TEXT,
	"iso" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "snippet_set_order" ON "snippet_set" ("shop", "created_at", "id");

CREATE TABLE "state_machine" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"technical_name_fold" TEXT,
	"name_fold" TEXT,
	"initial_state_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"technical_name" TEXT,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "state_machine_unique_technical_name_fold" ON "state_machine" ("shop", "technical_name_fold");

CREATE INDEX "state_machine_initial_state_id" ON "state_machine" ("shop", "initial_state_id") WHERE "initial_state_id" IS NOT NULL;

CREATE INDEX "state_machine_order" ON "state_machine" ("shop", "created_at", "id");

CREATE TABLE "state_machine_history" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"referenced_id" BLOB,
	"referenced_version_id" BLOB,
	"state_machine_id" BLOB,
	"entity_name_fold" TEXT,
	"from_state_id" BLOB,
	"to_state_id" BLOB,
	"transition_action_name_fold" TEXT,
	"user_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"entity_name" TEXT,
	"transition_action_name" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "state_machine_history_state_machine_id" ON "state_machine_history" ("shop", "state_machine_id");

CREATE INDEX "state_machine_history_from_state_id" ON "state_machine_history" ("shop", "from_state_id");

CREATE INDEX "state_machine_history_to_state_id" ON "state_machine_history" ("shop", "to_state_id");

CREATE INDEX "state_machine_history_user_id" ON "state_machine_history" ("shop", "user_id") WHERE "user_id" IS NOT NULL;

CREATE INDEX "state_machine_history_order" ON "state_machine_history" ("shop", "created_at", "id");

CREATE TABLE "state_machine_state" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"technical_name_fold" TEXT,
	"name_fold" TEXT,
	"state_machine_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"technical_name" TEXT,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "state_machine_state_unique_state_machine_id_technical_name_fold" ON "state_machine_state" ("shop", "state_machine_id", "technical_name_fold");

CREATE INDEX "state_machine_state_state_machine_id" ON "state_machine_state" ("shop", "state_machine_id");

CREATE INDEX "state_machine_state_order" ON "state_machine_state" ("shop", "created_at", "id");

CREATE TABLE "state_machine_state_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"state_machine_state_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "state_machine_state_translation_unique_state_machine_state_id_language_id" ON "state_machine_state_translation" ("shop", "state_machine_state_id", "language_id");

CREATE UNIQUE INDEX "state_machine_state_translation_unique_language_id_state_machine_state_id" ON "state_machine_state_translation" ("shop", "language_id", "state_machine_state_id");

CREATE INDEX "state_machine_state_translation_order" ON "state_machine_state_translation" ("shop", "created_at", "id");

CREATE TABLE "state_machine_transition" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"action_name_fold" TEXT,
	"state_machine_id" BLOB,
	"from_state_id" BLOB,
	"to_state_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"action_name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "state_machine_transition_state_machine_id" ON "state_machine_transition" ("shop", "state_machine_id");

CREATE INDEX "state_machine_transition_from_state_id" ON "state_machine_transition" ("shop", "from_state_id");

CREATE INDEX "state_machine_transition_to_state_id" ON "state_machine_transition" ("shop", "to_state_id");

CREATE INDEX "state_machine_transition_order" ON "state_machine_transition" ("shop", "created_at", "id");

CREATE TABLE "state_machine_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"state_machine_id" BLOB,
	"language_id" BLOB,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "state_machine_translation_unique_state_machine_id_language_id" ON "state_machine_translation" ("shop", "state_machine_id", "language_id");

CREATE UNIQUE INDEX "state_machine_translation_unique_language_id_state_machine_id" ON "state_machine_translation" ("shop", "language_id", "state_machine_id");

CREATE INDEX "state_machine_translation_order" ON "state_machine_translation" ("shop", "created_at", "id");

CREATE TABLE "system_config" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"configuration_key_fold" TEXT,
	"sales_channel_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"configuration_key" TEXT,
	"configuration_value" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "system_config_unique_configuration_key_fold_sales_channel_id" ON "system_config" ("shop", "configuration_key_fold", "sales_channel_id");

CREATE INDEX "system_config_sales_channel_id" ON "system_config" ("shop", "sales_channel_id") WHERE "sales_channel_id" IS NOT NULL;

CREATE INDEX "system_config_order" ON "system_config" ("shop", "created_at", "id");

CREATE TABLE "tag" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "tag_order" ON "tag" ("shop", "created_at", "id");

CREATE TABLE "tax" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"tax_rate" REAL,
	"name_fold" TEXT,
	"position" INTEGER,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "tax_order" ON "tax" ("shop", "created_at", "id");

CREATE TABLE "unit" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"short_code_fold" TEXT,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"short_code" TEXT,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "unit_order" ON "unit" ("shop", "created_at", "id");

CREATE TABLE "unit_translation" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"unit_id" BLOB,
	"language_id" BLOB,
	"short_code_fold" TEXT,
	"name_fold" TEXT,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"short_code" TEXT,
	"name" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "unit_translation_unique_unit_id_language_id" ON "unit_translation" ("shop", "unit_id", "language_id");

CREATE UNIQUE INDEX "unit_translation_unique_language_id_unit_id" ON "unit_translation" ("shop", "language_id", "unit_id");

CREATE INDEX "unit_translation_order" ON "unit_translation" ("shop", "created_at", "id");

CREATE TABLE "user" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"locale_id" BLOB,
	"username_fold" TEXT,
	"first_name_fold" TEXT,
	"last_name_fold" TEXT,
	"title_fold" TEXT,
	"email_fold" TEXT,
	"active" INTEGER,
	"admin" INTEGER,
	"last_updated_password_at" INTEGER,
	"time_zone_fold" TEXT,
	"avatar_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"username" TEXT,
	"first_name" TEXT,
	"last_name" TEXT,
	"title" TEXT,
	"email" TEXT,
	"time_zone" TEXT,
	"custom_fields" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "user_unique_username_fold" ON "user" ("shop", "username_fold");

CREATE UNIQUE INDEX "user_unique_email_fold" ON "user" ("shop", "email_fold");

CREATE INDEX "user_locale_id" ON "user" ("shop", "locale_id");

CREATE INDEX "user_avatar_id" ON "user" ("shop", "avatar_id") WHERE "avatar_id" IS NOT NULL;

CREATE INDEX "user_order" ON "user" ("shop", "created_at", "id");

CREATE TABLE "version" (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	"name_fold" TEXT,
	"entity_name_fold" TEXT,
	"referenced_id" BLOB,
	"created_at" INTEGER,
	"updated_at" INTEGER,
	"name" TEXT,
	"entity_name" TEXT,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "version_referenced_id" ON "version" ("shop", "referenced_id");

CREATE INDEX "version_order" ON "version" ("shop", "created_at", "id");

-- +goose StatementEnd
