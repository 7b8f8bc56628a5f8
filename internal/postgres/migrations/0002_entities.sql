-- The tables of the entities. Generated from the definitions of package shop
-- by `make generate`; DO NOT EDIT.

-- +goose Up

CREATE TABLE "acl_role" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"privileges" json,
	"deleted_at" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "acl_role_order" ON "acl_role" ("shop", "created_at", "id");

CREATE TABLE "acl_user_role" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"acl_role_id" bytea,
	"user_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "acl_user_role_unique_acl_role_id_user_id" ON "acl_user_role" ("shop", "acl_role_id", "user_id");

CREATE UNIQUE INDEX "acl_user_role_unique_user_id_acl_role_id" ON "acl_user_role" ("shop", "user_id", "acl_role_id");

CREATE TABLE "app" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"path" text COLLATE "C",
	"path_fold" text COLLATE "C",
	"author" text COLLATE "C",
	"author_fold" text COLLATE "C",
	"copyright" text COLLATE "C",
	"copyright_fold" text COLLATE "C",
	"license" text COLLATE "C",
	"license_fold" text COLLATE "C",
	"active" boolean,
	"configurable" boolean,
	"privacy" text COLLATE "C",
	"privacy_fold" text COLLATE "C",
	"version" text COLLATE "C",
	"version_fold" text COLLATE "C",
	"icon_raw" bytea,
	"modules" json,
	"main_module" json,
	"cookies" json,
	"allow_disable" boolean,
	"base_app_url" text COLLATE "C",
	"base_app_url_fold" text COLLATE "C",
	"allowed_hosts" json,
	"template_load_priority" bigint,
	"checkout_gateway_url" text COLLATE "C",
	"checkout_gateway_url_fold" text COLLATE "C",
	"source_type" text COLLATE "C",
	"source_type_fold" text COLLATE "C",
	"source_config" json,
	"self_managed" boolean,
	"label" text COLLATE "C",
	"label_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"privacy_policy_extensions" text COLLATE "C",
	"custom_fields" json,
	"integration_id" bytea,
	"acl_role_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "app_unique_name_fold" ON "app" ("shop", "name_fold");

CREATE INDEX "app_integration_id" ON "app" ("shop", "integration_id");

CREATE INDEX "app_acl_role_id" ON "app" ("shop", "acl_role_id");

CREATE INDEX "app_order" ON "app" ("shop", "created_at", "id");

CREATE TABLE "app_action_button" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"entity" text COLLATE "C",
	"entity_fold" text COLLATE "C",
	"view" text COLLATE "C",
	"view_fold" text COLLATE "C",
	"url" text COLLATE "C",
	"url_fold" text COLLATE "C",
	"action" text COLLATE "C",
	"action_fold" text COLLATE "C",
	"label" text COLLATE "C",
	"label_fold" text COLLATE "C",
	"app_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "app_action_button_app_id" ON "app_action_button" ("shop", "app_id");

CREATE INDEX "app_action_button_order" ON "app_action_button" ("shop", "created_at", "id");

CREATE TABLE "app_action_button_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"app_action_button_id" bytea,
	"language_id" bytea,
	"label" text COLLATE "C",
	"label_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "app_action_button_translation_unique_app_action_button_id_language_id" ON "app_action_button_translation" ("shop", "app_action_button_id", "language_id");

CREATE UNIQUE INDEX "app_action_button_translation_unique_language_id_app_action_button_id" ON "app_action_button_translation" ("shop", "language_id", "app_action_button_id");

CREATE INDEX "app_action_button_translation_order" ON "app_action_button_translation" ("shop", "created_at", "id");

CREATE TABLE "app_flow_event" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"app_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"aware" json,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "app_flow_event_app_id" ON "app_flow_event" ("shop", "app_id");

CREATE INDEX "app_flow_event_order" ON "app_flow_event" ("shop", "created_at", "id");

CREATE TABLE "app_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"app_id" bytea,
	"language_id" bytea,
	"label" text COLLATE "C",
	"label_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"privacy_policy_extensions" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "app_translation_unique_app_id_language_id" ON "app_translation" ("shop", "app_id", "language_id");

CREATE UNIQUE INDEX "app_translation_unique_language_id_app_id" ON "app_translation" ("shop", "language_id", "app_id");

CREATE INDEX "app_translation_order" ON "app_translation" ("shop", "created_at", "id");

CREATE TABLE "category" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"parent_id" bytea,
	"after_category_id" bytea,
	"media_id" bytea,
	"display_nested_products" boolean,
	"auto_increment" bigint,
	"breadcrumb" json,
	"level" bigint,
	"path" text COLLATE "C",
	"path_fold" text COLLATE "C",
	"child_count" bigint,
	"type" text COLLATE "C",
	"type_fold" text COLLATE "C",
	"product_assignment_type" text COLLATE "C",
	"product_assignment_type_fold" text COLLATE "C",
	"visible" boolean,
	"active" boolean,
	"visible_children" bigint,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"slot_config" json,
	"link_type" text COLLATE "C",
	"link_type_fold" text COLLATE "C",
	"internal_link" bytea,
	"external_link" text COLLATE "C",
	"external_link_fold" text COLLATE "C",
	"link_new_tab" boolean,
	"description" text COLLATE "C",
	"meta_title" text COLLATE "C",
	"meta_description" text COLLATE "C",
	"keywords" text COLLATE "C",
	"cms_page_id" bytea,
	"product_stream_id" bytea,
	"custom_entity_type_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
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
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"category_id" bytea,
	"tag_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "category_tag_unique_category_id_tag_id" ON "category_tag" ("shop", "category_id", "tag_id");

CREATE UNIQUE INDEX "category_tag_unique_tag_id_category_id" ON "category_tag" ("shop", "tag_id", "category_id");

CREATE TABLE "category_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"category_id" bytea,
	"language_id" bytea,
	"breadcrumb" json,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"slot_config" json,
	"link_type" text COLLATE "C",
	"link_type_fold" text COLLATE "C",
	"internal_link" bytea,
	"external_link" text COLLATE "C",
	"external_link_fold" text COLLATE "C",
	"link_new_tab" boolean,
	"description" text COLLATE "C",
	"meta_title" text COLLATE "C",
	"meta_description" text COLLATE "C",
	"keywords" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "category_translation_unique_category_id_language_id" ON "category_translation" ("shop", "category_id", "language_id");

CREATE UNIQUE INDEX "category_translation_unique_language_id_category_id" ON "category_translation" ("shop", "language_id", "category_id");

CREATE INDEX "category_translation_order" ON "category_translation" ("shop", "created_at", "id");

CREATE TABLE "country" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"iso" text COLLATE "C",
	"iso_fold" text COLLATE "C",
	"position" bigint,
	"active" boolean,
	"shipping_available" boolean,
	"iso3" text COLLATE "C",
	"iso3_fold" text COLLATE "C",
	"display_state_in_registration" boolean,
	"force_state_in_registration" boolean,
	"check_vat_id_pattern" boolean,
	"vat_id_required" boolean,
	"vat_id_pattern" text COLLATE "C",
	"vat_id_pattern_fold" text COLLATE "C",
	"custom_fields" json,
	"customer_tax" json,
	"company_tax" json,
	"postal_code_required" boolean,
	"check_postal_code_pattern" boolean,
	"check_advanced_postal_code_pattern" boolean,
	"advanced_postal_code_pattern" text COLLATE "C",
	"advanced_postal_code_pattern_fold" text COLLATE "C",
	"address_format" json,
	"default_postal_code_pattern" text COLLATE "C",
	"default_postal_code_pattern_fold" text COLLATE "C",
	"is_eu" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "country_order" ON "country" ("shop", "created_at", "id");

CREATE TABLE "country_state" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"country_id" bytea,
	"short_code" text COLLATE "C",
	"short_code_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"position" bigint,
	"active" boolean,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "country_state_country_id" ON "country_state" ("shop", "country_id");

CREATE INDEX "country_state_order" ON "country_state" ("shop", "created_at", "id");

CREATE TABLE "country_state_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"country_state_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "country_state_translation_unique_country_state_id_language_id" ON "country_state_translation" ("shop", "country_state_id", "language_id");

CREATE UNIQUE INDEX "country_state_translation_unique_language_id_country_state_id" ON "country_state_translation" ("shop", "language_id", "country_state_id");

CREATE INDEX "country_state_translation_order" ON "country_state_translation" ("shop", "created_at", "id");

CREATE TABLE "country_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"country_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"address_format" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "country_translation_unique_country_id_language_id" ON "country_translation" ("shop", "country_id", "language_id");

CREATE UNIQUE INDEX "country_translation_unique_language_id_country_id" ON "country_translation" ("shop", "language_id", "country_id");

CREATE INDEX "country_translation_order" ON "country_translation" ("shop", "created_at", "id");

CREATE TABLE "currency" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"factor" double precision,
	"symbol" text COLLATE "C",
	"symbol_fold" text COLLATE "C",
	"iso_code" text COLLATE "C",
	"iso_code_fold" text COLLATE "C",
	"short_name" text COLLATE "C",
	"short_name_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"position" bigint,
	"tax_free_from" double precision,
	"custom_fields" json,
	"item_rounding" json,
	"total_rounding" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "currency_unique_iso_code_fold" ON "currency" ("shop", "iso_code_fold");

CREATE INDEX "currency_order" ON "currency" ("shop", "created_at", "id");

CREATE TABLE "currency_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"currency_id" bytea,
	"language_id" bytea,
	"short_name" text COLLATE "C",
	"short_name_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "currency_translation_unique_currency_id_language_id" ON "currency_translation" ("shop", "currency_id", "language_id");

CREATE UNIQUE INDEX "currency_translation_unique_language_id_currency_id" ON "currency_translation" ("shop", "language_id", "currency_id");

CREATE INDEX "currency_translation_order" ON "currency_translation" ("shop", "created_at", "id");

CREATE TABLE "custom_field" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"type" text COLLATE "C",
	"type_fold" text COLLATE "C",
	"config" json,
	"active" boolean,
	"custom_field_set_id" bytea,
	"allow_customer_write" boolean,
	"allow_cart_expose" boolean,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "custom_field_unique_name_fold" ON "custom_field" ("shop", "name_fold");

CREATE INDEX "custom_field_custom_field_set_id" ON "custom_field" ("shop", "custom_field_set_id") WHERE "custom_field_set_id" IS NOT NULL;

CREATE INDEX "custom_field_order" ON "custom_field" ("shop", "created_at", "id");

CREATE TABLE "custom_field_set" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"config" json,
	"active" boolean,
	"global" boolean,
	"position" bigint,
	"app_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "custom_field_set_unique_name_fold" ON "custom_field_set" ("shop", "name_fold");

CREATE INDEX "custom_field_set_app_id" ON "custom_field_set" ("shop", "app_id") WHERE "app_id" IS NOT NULL;

CREATE INDEX "custom_field_set_order" ON "custom_field_set" ("shop", "created_at", "id");

CREATE TABLE "custom_field_set_relation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"custom_field_set_id" bytea,
	"entity_name" text COLLATE "C",
	"entity_name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "custom_field_set_relation_unique_custom_field_set_id_entity_name_fold" ON "custom_field_set_relation" ("shop", "custom_field_set_id", "entity_name_fold");

CREATE INDEX "custom_field_set_relation_custom_field_set_id" ON "custom_field_set_relation" ("shop", "custom_field_set_id");

CREATE INDEX "custom_field_set_relation_order" ON "custom_field_set_relation" ("shop", "created_at", "id");

CREATE TABLE "customer" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"group_id" bytea,
	"sales_channel_id" bytea,
	"language_id" bytea,
	"last_payment_method_id" bytea,
	"default_billing_address_id" bytea,
	"default_shipping_address_id" bytea,
	"auto_increment" bigint,
	"customer_number" text COLLATE "C",
	"customer_number_fold" text COLLATE "C",
	"salutation_id" bytea,
	"first_name" text COLLATE "C",
	"first_name_fold" text COLLATE "C",
	"last_name" text COLLATE "C",
	"last_name_fold" text COLLATE "C",
	"company" text COLLATE "C",
	"company_fold" text COLLATE "C",
	"password" text COLLATE "C",
	"email" text COLLATE "C",
	"email_fold" text COLLATE "C",
	"title" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"vat_ids" json,
	"affiliate_code" text COLLATE "C",
	"affiliate_code_fold" text COLLATE "C",
	"campaign_code" text COLLATE "C",
	"campaign_code_fold" text COLLATE "C",
	"active" boolean,
	"double_opt_in_registration" boolean,
	"double_opt_in_email_sent_date" bigint,
	"double_opt_in_confirm_date" bigint,
	"hash" text COLLATE "C",
	"hash_fold" text COLLATE "C",
	"guest" boolean,
	"first_login" bigint,
	"last_login" bigint,
	"newsletter_sales_channel_ids" json,
	"birthday" bigint,
	"last_order_date" bigint,
	"order_count" bigint,
	"order_total_amount" double precision,
	"review_count" bigint,
	"custom_fields" json,
	"legacy_password" text COLLATE "C",
	"legacy_password_fold" text COLLATE "C",
	"legacy_encoder" text COLLATE "C",
	"legacy_encoder_fold" text COLLATE "C",
	"remote_address" text COLLATE "C",
	"remote_address_fold" text COLLATE "C",
	"tag_ids" json,
	"requested_group_id" bytea,
	"bound_sales_channel_id" bytea,
	"account_type" text COLLATE "C",
	"account_type_fold" text COLLATE "C",
	"created_by_id" bytea,
	"updated_by_id" bytea,
	"default_payment_method_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
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
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"customer_id" bytea,
	"country_id" bytea,
	"country_state_id" bytea,
	"salutation_id" bytea,
	"first_name" text COLLATE "C",
	"first_name_fold" text COLLATE "C",
	"last_name" text COLLATE "C",
	"last_name_fold" text COLLATE "C",
	"zipcode" text COLLATE "C",
	"zipcode_fold" text COLLATE "C",
	"city" text COLLATE "C",
	"city_fold" text COLLATE "C",
	"company" text COLLATE "C",
	"company_fold" text COLLATE "C",
	"street" text COLLATE "C",
	"street_fold" text COLLATE "C",
	"department" text COLLATE "C",
	"department_fold" text COLLATE "C",
	"title" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"phone_number" text COLLATE "C",
	"phone_number_fold" text COLLATE "C",
	"additional_address_line1" text COLLATE "C",
	"additional_address_line1_fold" text COLLATE "C",
	"additional_address_line2" text COLLATE "C",
	"additional_address_line2_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "customer_address_customer_id" ON "customer_address" ("shop", "customer_id");

CREATE INDEX "customer_address_country_id" ON "customer_address" ("shop", "country_id");

CREATE INDEX "customer_address_country_state_id" ON "customer_address" ("shop", "country_state_id") WHERE "country_state_id" IS NOT NULL;

CREATE INDEX "customer_address_salutation_id" ON "customer_address" ("shop", "salutation_id") WHERE "salutation_id" IS NOT NULL;

CREATE INDEX "customer_address_order" ON "customer_address" ("shop", "created_at", "id");

CREATE TABLE "customer_group" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"display_gross" boolean,
	"custom_fields" json,
	"registration_active" boolean,
	"registration_title" text COLLATE "C",
	"registration_title_fold" text COLLATE "C",
	"registration_introduction" text COLLATE "C",
	"registration_only_company_registration" boolean,
	"registration_seo_meta_description" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "customer_group_order" ON "customer_group" ("shop", "created_at", "id");

CREATE TABLE "customer_group_registration_sales_channels" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"customer_group_id" bytea,
	"sales_channel_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "customer_group_registration_sales_channels_unique_customer_group_id_sales_channel_id" ON "customer_group_registration_sales_channels" ("shop", "customer_group_id", "sales_channel_id");

CREATE UNIQUE INDEX "customer_group_registration_sales_channels_unique_sales_channel_id_customer_group_id" ON "customer_group_registration_sales_channels" ("shop", "sales_channel_id", "customer_group_id");

CREATE TABLE "customer_group_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"customer_group_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"registration_title" text COLLATE "C",
	"registration_title_fold" text COLLATE "C",
	"registration_introduction" text COLLATE "C",
	"registration_only_company_registration" boolean,
	"registration_seo_meta_description" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "customer_group_translation_unique_customer_group_id_language_id" ON "customer_group_translation" ("shop", "customer_group_id", "language_id");

CREATE UNIQUE INDEX "customer_group_translation_unique_language_id_customer_group_id" ON "customer_group_translation" ("shop", "language_id", "customer_group_id");

CREATE INDEX "customer_group_translation_order" ON "customer_group_translation" ("shop", "created_at", "id");

CREATE TABLE "customer_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"tag_id" bytea,
	"customer_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "customer_tag_unique_tag_id_customer_id" ON "customer_tag" ("shop", "tag_id", "customer_id");

CREATE UNIQUE INDEX "customer_tag_unique_customer_id_tag_id" ON "customer_tag" ("shop", "customer_id", "tag_id");

CREATE TABLE "delivery_time" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"min" bigint,
	"max" bigint,
	"unit" text COLLATE "C",
	"unit_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "delivery_time_order" ON "delivery_time" ("shop", "created_at", "id");

CREATE TABLE "delivery_time_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"delivery_time_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "delivery_time_translation_unique_delivery_time_id_language_id" ON "delivery_time_translation" ("shop", "delivery_time_id", "language_id");

CREATE UNIQUE INDEX "delivery_time_translation_unique_language_id_delivery_time_id" ON "delivery_time_translation" ("shop", "language_id", "delivery_time_id");

CREATE INDEX "delivery_time_translation_order" ON "delivery_time_translation" ("shop", "created_at", "id");

CREATE TABLE "document" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"document_type_id" bytea,
	"file_type" text COLLATE "C",
	"file_type_fold" text COLLATE "C",
	"referenced_document_id" bytea,
	"order_id" bytea,
	"document_media_file_id" bytea,
	"config" json,
	"sent" boolean,
	"static" boolean,
	"deep_link_code" text COLLATE "C",
	"deep_link_code_fold" text COLLATE "C",
	"document_number" text COLLATE "C",
	"document_number_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "document_unique_deep_link_code_fold" ON "document" ("shop", "deep_link_code_fold");

CREATE INDEX "document_document_type_id" ON "document" ("shop", "document_type_id");

CREATE INDEX "document_referenced_document_id" ON "document" ("shop", "referenced_document_id") WHERE "referenced_document_id" IS NOT NULL;

CREATE INDEX "document_order_id" ON "document" ("shop", "order_id");

CREATE INDEX "document_document_media_file_id" ON "document" ("shop", "document_media_file_id") WHERE "document_media_file_id" IS NOT NULL;

CREATE INDEX "document_order" ON "document" ("shop", "created_at", "id");

CREATE TABLE "document_type" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"technical_name" text COLLATE "C",
	"technical_name_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "document_type_unique_technical_name_fold" ON "document_type" ("shop", "technical_name_fold");

CREATE INDEX "document_type_order" ON "document_type" ("shop", "created_at", "id");

CREATE TABLE "document_type_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"document_type_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "document_type_translation_unique_document_type_id_language_id" ON "document_type_translation" ("shop", "document_type_id", "language_id");

CREATE UNIQUE INDEX "document_type_translation_unique_language_id_document_type_id" ON "document_type_translation" ("shop", "language_id", "document_type_id");

CREATE INDEX "document_type_translation_order" ON "document_type_translation" ("shop", "created_at", "id");

CREATE TABLE "integration" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"label" text COLLATE "C",
	"label_fold" text COLLATE "C",
	"access_key" text COLLATE "C",
	"access_key_fold" text COLLATE "C",
	"last_usage_at" bigint,
	"admin" boolean,
	"custom_fields" json,
	"deleted_at" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "integration_unique_access_key_fold" ON "integration" ("shop", "access_key_fold");

CREATE INDEX "integration_order" ON "integration" ("shop", "created_at", "id");

CREATE TABLE "integration_role" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"integration_id" bytea,
	"acl_role_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "integration_role_unique_integration_id_acl_role_id" ON "integration_role" ("shop", "integration_id", "acl_role_id");

CREATE UNIQUE INDEX "integration_role_unique_acl_role_id_integration_id" ON "integration_role" ("shop", "acl_role_id", "integration_id");

CREATE TABLE "language" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"parent_id" bytea,
	"locale_id" bytea,
	"translation_code_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "language_parent_id" ON "language" ("shop", "parent_id");

CREATE INDEX "language_locale_id" ON "language" ("shop", "locale_id");

CREATE INDEX "language_translation_code_id" ON "language" ("shop", "translation_code_id") WHERE "translation_code_id" IS NOT NULL;

CREATE INDEX "language_order" ON "language" ("shop", "created_at", "id");

CREATE TABLE "locale" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"code" text COLLATE "C",
	"code_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"territory" text COLLATE "C",
	"territory_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "locale_unique_code_fold" ON "locale" ("shop", "code_fold");

CREATE INDEX "locale_order" ON "locale" ("shop", "created_at", "id");

CREATE TABLE "locale_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"locale_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"territory" text COLLATE "C",
	"territory_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "locale_translation_unique_locale_id_language_id" ON "locale_translation" ("shop", "locale_id", "language_id");

CREATE UNIQUE INDEX "locale_translation_unique_language_id_locale_id" ON "locale_translation" ("shop", "language_id", "locale_id");

CREATE INDEX "locale_translation_order" ON "locale_translation" ("shop", "created_at", "id");

CREATE TABLE "media" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"user_id" bytea,
	"media_folder_id" bytea,
	"mime_type" text COLLATE "C",
	"mime_type_fold" text COLLATE "C",
	"file_extension" text COLLATE "C",
	"file_extension_fold" text COLLATE "C",
	"uploaded_at" bigint,
	"file_name" text COLLATE "C",
	"file_size" bigint,
	"media_type_raw" bytea,
	"meta_data" json,
	"config" json,
	"alt" text COLLATE "C",
	"title" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"path" text COLLATE "C",
	"path_fold" text COLLATE "C",
	"private" boolean,
	"custom_fields" json,
	"thumbnails_ro" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_unique_file_name_file_extension_fold" ON "media" ("shop", "file_name", "file_extension_fold");

CREATE INDEX "media_user_id" ON "media" ("shop", "user_id") WHERE "user_id" IS NOT NULL;

CREATE INDEX "media_media_folder_id" ON "media" ("shop", "media_folder_id") WHERE "media_folder_id" IS NOT NULL;

CREATE INDEX "media_order" ON "media" ("shop", "created_at", "id");

CREATE TABLE "media_default_folder" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"entity" text COLLATE "C",
	"entity_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_default_folder_unique_entity_fold" ON "media_default_folder" ("shop", "entity_fold");

CREATE INDEX "media_default_folder_order" ON "media_default_folder" ("shop", "created_at", "id");

CREATE TABLE "media_folder" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"use_parent_configuration" boolean,
	"configuration_id" bytea,
	"default_folder_id" bytea,
	"parent_id" bytea,
	"child_count" bigint,
	"path" text COLLATE "C",
	"path_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_folder_unique_default_folder_id" ON "media_folder" ("shop", "default_folder_id");

CREATE INDEX "media_folder_configuration_id" ON "media_folder" ("shop", "configuration_id");

CREATE INDEX "media_folder_default_folder_id" ON "media_folder" ("shop", "default_folder_id") WHERE "default_folder_id" IS NOT NULL;

CREATE INDEX "media_folder_parent_id" ON "media_folder" ("shop", "parent_id");

CREATE INDEX "media_folder_order" ON "media_folder" ("shop", "created_at", "id");

CREATE TABLE "media_folder_configuration" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"create_thumbnails" boolean,
	"keep_aspect_ratio" boolean,
	"thumbnail_quality" bigint,
	"private" boolean,
	"no_association" boolean,
	"media_thumbnail_sizes_ro" bytea,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "media_folder_configuration_order" ON "media_folder_configuration" ("shop", "created_at", "id");

CREATE TABLE "media_folder_configuration_media_thumbnail_size" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"media_folder_configuration_id" bytea,
	"media_thumbnail_size_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_folder_configuration_media_thumbnail_size_unique_media_folder_configuration_id_media_thumbnail_size_id" ON "media_folder_configuration_media_thumbnail_size" ("shop", "media_folder_configuration_id", "media_thumbnail_size_id");

CREATE UNIQUE INDEX "media_folder_configuration_media_thumbnail_size_unique_media_thumbnail_size_id_media_folder_configuration_id" ON "media_folder_configuration_media_thumbnail_size" ("shop", "media_thumbnail_size_id", "media_folder_configuration_id");

CREATE TABLE "media_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"tag_id" bytea,
	"media_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_tag_unique_tag_id_media_id" ON "media_tag" ("shop", "tag_id", "media_id");

CREATE UNIQUE INDEX "media_tag_unique_media_id_tag_id" ON "media_tag" ("shop", "media_id", "tag_id");

CREATE TABLE "media_thumbnail" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"media_id" bytea,
	"width" bigint,
	"height" bigint,
	"path" text COLLATE "C",
	"path_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "media_thumbnail_media_id" ON "media_thumbnail" ("shop", "media_id");

CREATE INDEX "media_thumbnail_order" ON "media_thumbnail" ("shop", "created_at", "id");

CREATE TABLE "media_thumbnail_size" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"width" bigint,
	"height" bigint,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_thumbnail_size_unique_width_height" ON "media_thumbnail_size" ("shop", "width", "height");

CREATE INDEX "media_thumbnail_size_order" ON "media_thumbnail_size" ("shop", "created_at", "id");

CREATE TABLE "media_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"media_id" bytea,
	"language_id" bytea,
	"alt" text COLLATE "C",
	"title" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "media_translation_unique_media_id_language_id" ON "media_translation" ("shop", "media_id", "language_id");

CREATE UNIQUE INDEX "media_translation_unique_language_id_media_id" ON "media_translation" ("shop", "language_id", "media_id");

CREATE INDEX "media_translation_order" ON "media_translation" ("shop", "created_at", "id");

CREATE TABLE "newsletter_recipient" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"email" text COLLATE "C",
	"email_fold" text COLLATE "C",
	"title" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"first_name" text COLLATE "C",
	"first_name_fold" text COLLATE "C",
	"last_name" text COLLATE "C",
	"last_name_fold" text COLLATE "C",
	"zip_code" text COLLATE "C",
	"zip_code_fold" text COLLATE "C",
	"city" text COLLATE "C",
	"city_fold" text COLLATE "C",
	"street" text COLLATE "C",
	"street_fold" text COLLATE "C",
	"status" text COLLATE "C",
	"status_fold" text COLLATE "C",
	"hash" text COLLATE "C",
	"hash_fold" text COLLATE "C",
	"custom_fields" json,
	"confirmed_at" bigint,
	"salutation_id" bytea,
	"language_id" bytea,
	"sales_channel_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "newsletter_recipient_salutation_id" ON "newsletter_recipient" ("shop", "salutation_id") WHERE "salutation_id" IS NOT NULL;

CREATE INDEX "newsletter_recipient_language_id" ON "newsletter_recipient" ("shop", "language_id");

CREATE INDEX "newsletter_recipient_sales_channel_id" ON "newsletter_recipient" ("shop", "sales_channel_id");

CREATE INDEX "newsletter_recipient_order" ON "newsletter_recipient" ("shop", "created_at", "id");

CREATE TABLE "newsletter_recipient_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"tag_id" bytea,
	"newsletter_recipient_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "newsletter_recipient_tag_unique_tag_id_newsletter_recipient_id" ON "newsletter_recipient_tag" ("shop", "tag_id", "newsletter_recipient_id");

CREATE UNIQUE INDEX "newsletter_recipient_tag_unique_newsletter_recipient_id_tag_id" ON "newsletter_recipient_tag" ("shop", "newsletter_recipient_id", "tag_id");

CREATE TABLE "notification" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"status" text COLLATE "C",
	"status_fold" text COLLATE "C",
	"message" text COLLATE "C",
	"admin_only" boolean,
	"required_privileges" json,
	"created_by_integration_id" bytea,
	"created_by_user_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "notification_created_by_integration_id" ON "notification" ("shop", "created_by_integration_id") WHERE "created_by_integration_id" IS NOT NULL;

CREATE INDEX "notification_created_by_user_id" ON "notification" ("shop", "created_by_user_id") WHERE "created_by_user_id" IS NOT NULL;

CREATE INDEX "notification_order" ON "notification" ("shop", "created_at", "id");

CREATE TABLE "number_range" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"type_id" bytea,
	"global" boolean,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"description_fold" text COLLATE "C",
	"pattern" text COLLATE "C",
	"pattern_fold" text COLLATE "C",
	"start" bigint,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "number_range_type_id" ON "number_range" ("shop", "type_id");

CREATE INDEX "number_range_order" ON "number_range" ("shop", "created_at", "id");

CREATE TABLE "number_range_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"number_range_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"description_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "number_range_translation_unique_number_range_id_language_id" ON "number_range_translation" ("shop", "number_range_id", "language_id");

CREATE UNIQUE INDEX "number_range_translation_unique_language_id_number_range_id" ON "number_range_translation" ("shop", "language_id", "number_range_id");

CREATE INDEX "number_range_translation_order" ON "number_range_translation" ("shop", "created_at", "id");

CREATE TABLE "number_range_type" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"technical_name" text COLLATE "C",
	"technical_name_fold" text COLLATE "C",
	"type_name" text COLLATE "C",
	"type_name_fold" text COLLATE "C",
	"global" boolean,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "number_range_type_unique_technical_name_fold" ON "number_range_type" ("shop", "technical_name_fold");

CREATE INDEX "number_range_type_order" ON "number_range_type" ("shop", "created_at", "id");

CREATE TABLE "number_range_type_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"number_range_type_id" bytea,
	"language_id" bytea,
	"type_name" text COLLATE "C",
	"type_name_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "number_range_type_translation_unique_number_range_type_id_language_id" ON "number_range_type_translation" ("shop", "number_range_type_id", "language_id");

CREATE UNIQUE INDEX "number_range_type_translation_unique_language_id_number_range_type_id" ON "number_range_type_translation" ("shop", "language_id", "number_range_type_id");

CREATE INDEX "number_range_type_translation_order" ON "number_range_type_translation" ("shop", "created_at", "id");

CREATE TABLE "order" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"auto_increment" bigint,
	"order_number" text COLLATE "C",
	"order_number_fold" text COLLATE "C",
	"billing_address_id" bytea,
	"currency_id" bytea,
	"language_id" bytea,
	"sales_channel_id" bytea,
	"order_date_time" bigint,
	"order_date" bigint,
	"price" json,
	"amount_total" double precision,
	"amount_net" double precision,
	"position_price" double precision,
	"tax_status" text COLLATE "C",
	"tax_status_fold" text COLLATE "C",
	"shipping_costs" json,
	"shipping_total" double precision,
	"currency_factor" double precision,
	"deep_link_code" text COLLATE "C",
	"deep_link_code_fold" text COLLATE "C",
	"affiliate_code" text COLLATE "C",
	"affiliate_code_fold" text COLLATE "C",
	"campaign_code" text COLLATE "C",
	"campaign_code_fold" text COLLATE "C",
	"customer_comment" text COLLATE "C",
	"source" text COLLATE "C",
	"source_fold" text COLLATE "C",
	"state_id" bytea,
	"rule_ids" json,
	"custom_fields" json,
	"created_by_id" bytea,
	"updated_by_id" bytea,
	"item_rounding" json,
	"total_rounding" json,
	"created_at" bigint,
	"updated_at" bigint,
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
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"country_id" bytea,
	"country_state_id" bytea,
	"order_id" bytea,
	"salutation_id" bytea,
	"first_name" text COLLATE "C",
	"first_name_fold" text COLLATE "C",
	"last_name" text COLLATE "C",
	"last_name_fold" text COLLATE "C",
	"street" text COLLATE "C",
	"street_fold" text COLLATE "C",
	"zipcode" text COLLATE "C",
	"zipcode_fold" text COLLATE "C",
	"city" text COLLATE "C",
	"city_fold" text COLLATE "C",
	"company" text COLLATE "C",
	"company_fold" text COLLATE "C",
	"department" text COLLATE "C",
	"department_fold" text COLLATE "C",
	"title" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"vat_id" text COLLATE "C",
	"vat_id_fold" text COLLATE "C",
	"phone_number" text COLLATE "C",
	"phone_number_fold" text COLLATE "C",
	"additional_address_line1" text COLLATE "C",
	"additional_address_line1_fold" text COLLATE "C",
	"additional_address_line2" text COLLATE "C",
	"additional_address_line2_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_address_country_id" ON "order_address" ("shop", "country_id", "version_id");

CREATE INDEX "order_address_country_state_id" ON "order_address" ("shop", "country_state_id", "version_id") WHERE "country_state_id" IS NOT NULL;

CREATE INDEX "order_address_order_id" ON "order_address" ("shop", "order_id", "version_id");

CREATE INDEX "order_address_salutation_id" ON "order_address" ("shop", "salutation_id", "version_id") WHERE "salutation_id" IS NOT NULL;

CREATE INDEX "order_address_order" ON "order_address" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_customer" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"customer_id" bytea,
	"order_id" bytea,
	"email" text COLLATE "C",
	"email_fold" text COLLATE "C",
	"salutation_id" bytea,
	"first_name" text COLLATE "C",
	"first_name_fold" text COLLATE "C",
	"last_name" text COLLATE "C",
	"last_name_fold" text COLLATE "C",
	"company" text COLLATE "C",
	"company_fold" text COLLATE "C",
	"title" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"vat_ids" json,
	"customer_number" text COLLATE "C",
	"customer_number_fold" text COLLATE "C",
	"custom_fields" json,
	"remote_address" text COLLATE "C",
	"remote_address_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "order_customer_unique_order_id" ON "order_customer" ("shop", "order_id", "version_id");

CREATE INDEX "order_customer_customer_id" ON "order_customer" ("shop", "customer_id", "version_id") WHERE "customer_id" IS NOT NULL;

CREATE INDEX "order_customer_order_id" ON "order_customer" ("shop", "order_id", "version_id");

CREATE INDEX "order_customer_salutation_id" ON "order_customer" ("shop", "salutation_id", "version_id") WHERE "salutation_id" IS NOT NULL;

CREATE INDEX "order_customer_order" ON "order_customer" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_delivery" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"order_id" bytea,
	"shipping_order_address_id" bytea,
	"shipping_method_id" bytea,
	"state_id" bytea,
	"tracking_codes" json,
	"shipping_date_earliest" bigint,
	"shipping_date_latest" bigint,
	"shipping_costs" json,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_delivery_order_id" ON "order_delivery" ("shop", "order_id", "version_id");

CREATE INDEX "order_delivery_shipping_order_address_id" ON "order_delivery" ("shop", "shipping_order_address_id", "version_id");

CREATE INDEX "order_delivery_shipping_method_id" ON "order_delivery" ("shop", "shipping_method_id", "version_id");

CREATE INDEX "order_delivery_state_id" ON "order_delivery" ("shop", "state_id", "version_id");

CREATE INDEX "order_delivery_order" ON "order_delivery" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_delivery_position" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"order_delivery_id" bytea,
	"order_line_item_id" bytea,
	"price" json,
	"unit_price" double precision,
	"total_price" double precision,
	"quantity" bigint,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_delivery_position_order_delivery_id" ON "order_delivery_position" ("shop", "order_delivery_id", "version_id");

CREATE INDEX "order_delivery_position_order_line_item_id" ON "order_delivery_position" ("shop", "order_line_item_id", "version_id");

CREATE INDEX "order_delivery_position_order" ON "order_delivery_position" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_line_item" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"order_id" bytea,
	"product_id" bytea,
	"promotion_id" bytea,
	"parent_id" bytea,
	"cover_id" bytea,
	"identifier" text COLLATE "C",
	"identifier_fold" text COLLATE "C",
	"referenced_id" text COLLATE "C",
	"referenced_id_fold" text COLLATE "C",
	"quantity" bigint,
	"label" text COLLATE "C",
	"label_fold" text COLLATE "C",
	"payload" json,
	"good" boolean,
	"removable" boolean,
	"stackable" boolean,
	"position" bigint,
	"states" json,
	"price" json,
	"price_definition" json,
	"unit_price" double precision,
	"total_price" double precision,
	"description" text COLLATE "C",
	"type" text COLLATE "C",
	"type_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_line_item_order_id" ON "order_line_item" ("shop", "order_id", "version_id");

CREATE INDEX "order_line_item_product_id" ON "order_line_item" ("shop", "product_id", "version_id") WHERE "product_id" IS NOT NULL;

CREATE INDEX "order_line_item_promotion_id" ON "order_line_item" ("shop", "promotion_id", "version_id") WHERE "promotion_id" IS NOT NULL;

CREATE INDEX "order_line_item_parent_id" ON "order_line_item" ("shop", "parent_id", "version_id");

CREATE INDEX "order_line_item_cover_id" ON "order_line_item" ("shop", "cover_id", "version_id") WHERE "cover_id" IS NOT NULL;

CREATE INDEX "order_line_item_order" ON "order_line_item" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"tag_id" bytea,
	"order_id" bytea,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "order_tag_unique_tag_id_order_id" ON "order_tag" ("shop", "tag_id", "order_id", "version_id");

CREATE UNIQUE INDEX "order_tag_unique_order_id_tag_id" ON "order_tag" ("shop", "order_id", "tag_id", "version_id");

CREATE TABLE "order_transaction" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"order_id" bytea,
	"payment_method_id" bytea,
	"amount" json,
	"validation_data" json,
	"state_id" bytea,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_transaction_order_id" ON "order_transaction" ("shop", "order_id", "version_id");

CREATE INDEX "order_transaction_payment_method_id" ON "order_transaction" ("shop", "payment_method_id", "version_id");

CREATE INDEX "order_transaction_state_id" ON "order_transaction" ("shop", "state_id", "version_id");

CREATE INDEX "order_transaction_order" ON "order_transaction" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_transaction_capture" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"order_transaction_id" bytea,
	"state_id" bytea,
	"external_reference" text COLLATE "C",
	"external_reference_fold" text COLLATE "C",
	"amount" json,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_transaction_capture_order_transaction_id" ON "order_transaction_capture" ("shop", "order_transaction_id", "version_id");

CREATE INDEX "order_transaction_capture_state_id" ON "order_transaction_capture" ("shop", "state_id", "version_id");

CREATE INDEX "order_transaction_capture_order" ON "order_transaction_capture" ("shop", "version_id", "created_at", "id");

CREATE TABLE "order_transaction_capture_refund" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"capture_id" bytea,
	"state_id" bytea,
	"external_reference" text COLLATE "C",
	"external_reference_fold" text COLLATE "C",
	"reason" text COLLATE "C",
	"reason_fold" text COLLATE "C",
	"amount" json,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "order_transaction_capture_refund_capture_id" ON "order_transaction_capture_refund" ("shop", "capture_id", "version_id");

CREATE INDEX "order_transaction_capture_refund_state_id" ON "order_transaction_capture_refund" ("shop", "state_id", "version_id");

CREATE INDEX "order_transaction_capture_refund_order" ON "order_transaction_capture_refund" ("shop", "version_id", "created_at", "id");

CREATE TABLE "payment_method" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"plugin_id" bytea,
	"handler_identifier" text COLLATE "C",
	"handler_identifier_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"distinguishable_name" text COLLATE "C",
	"distinguishable_name_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"position" bigint,
	"active" boolean,
	"after_order_enabled" boolean,
	"custom_fields" json,
	"availability_rule_id" bytea,
	"media_id" bytea,
	"technical_name" text COLLATE "C",
	"technical_name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "payment_method_unique_technical_name_fold" ON "payment_method" ("shop", "technical_name_fold");

CREATE INDEX "payment_method_plugin_id" ON "payment_method" ("shop", "plugin_id") WHERE "plugin_id" IS NOT NULL;

CREATE INDEX "payment_method_availability_rule_id" ON "payment_method" ("shop", "availability_rule_id") WHERE "availability_rule_id" IS NOT NULL;

CREATE INDEX "payment_method_media_id" ON "payment_method" ("shop", "media_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "payment_method_order" ON "payment_method" ("shop", "created_at", "id");

CREATE TABLE "payment_method_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"payment_method_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"distinguishable_name" text COLLATE "C",
	"distinguishable_name_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "payment_method_translation_unique_payment_method_id_language_id" ON "payment_method_translation" ("shop", "payment_method_id", "language_id");

CREATE UNIQUE INDEX "payment_method_translation_unique_language_id_payment_method_id" ON "payment_method_translation" ("shop", "language_id", "payment_method_id");

CREATE INDEX "payment_method_translation_order" ON "payment_method_translation" ("shop", "created_at", "id");

CREATE TABLE "plugin" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"base_class" text COLLATE "C",
	"base_class_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"composer_name" text COLLATE "C",
	"composer_name_fold" text COLLATE "C",
	"autoload" json,
	"active" boolean,
	"managed_by_composer" boolean,
	"path" text COLLATE "C",
	"path_fold" text COLLATE "C",
	"author" text COLLATE "C",
	"author_fold" text COLLATE "C",
	"copyright" text COLLATE "C",
	"copyright_fold" text COLLATE "C",
	"license" text COLLATE "C",
	"license_fold" text COLLATE "C",
	"version" text COLLATE "C",
	"version_fold" text COLLATE "C",
	"upgrade_version" text COLLATE "C",
	"upgrade_version_fold" text COLLATE "C",
	"installed_at" bigint,
	"upgraded_at" bigint,
	"icon_raw" bytea,
	"label" text COLLATE "C",
	"label_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"manufacturer_link" text COLLATE "C",
	"manufacturer_link_fold" text COLLATE "C",
	"support_link" text COLLATE "C",
	"support_link_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "plugin_order" ON "plugin" ("shop", "created_at", "id");

CREATE TABLE "plugin_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"plugin_id" bytea,
	"language_id" bytea,
	"label" text COLLATE "C",
	"label_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"manufacturer_link" text COLLATE "C",
	"manufacturer_link_fold" text COLLATE "C",
	"support_link" text COLLATE "C",
	"support_link_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "plugin_translation_unique_plugin_id_language_id" ON "plugin_translation" ("shop", "plugin_id", "language_id");

CREATE UNIQUE INDEX "plugin_translation_unique_language_id_plugin_id" ON "plugin_translation" ("shop", "language_id", "plugin_id");

CREATE INDEX "plugin_translation_order" ON "plugin_translation" ("shop", "created_at", "id");

CREATE TABLE "product" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"parent_id" bytea,
	"manufacturer_id" bytea,
	"unit_id" bytea,
	"tax_id" bytea,
	"cover_id" bytea,
	"delivery_time_id" bytea,
	"feature_set_id" bytea,
	"canonical_product_id" bytea,
	"cms_page_id" bytea,
	"price" json,
	"price_gross" double precision,
	"product_number" text COLLATE "C",
	"product_number_fold" text COLLATE "C",
	"restock_time" bigint,
	"auto_increment" bigint,
	"active" boolean,
	"available" boolean,
	"is_closeout" boolean,
	"available_stock" bigint,
	"stock" bigint,
	"display_group" text COLLATE "C",
	"display_group_fold" text COLLATE "C",
	"variant_listing_config" json,
	"variant_restrictions" json,
	"manufacturer_number" text COLLATE "C",
	"manufacturer_number_fold" text COLLATE "C",
	"ean" text COLLATE "C",
	"ean_fold" text COLLATE "C",
	"purchase_steps" bigint,
	"max_purchase" bigint,
	"min_purchase" bigint,
	"purchase_unit" double precision,
	"reference_unit" double precision,
	"shipping_free" boolean,
	"purchase_prices" json,
	"purchase_prices_gross" double precision,
	"mark_as_topseller" boolean,
	"weight" double precision,
	"width" double precision,
	"height" double precision,
	"length" double precision,
	"release_date" bigint,
	"rating_average" double precision,
	"category_tree" json,
	"property_ids" json,
	"option_ids" json,
	"stream_ids" json,
	"tag_ids" json,
	"category_ids" json,
	"child_count" bigint,
	"custom_field_set_selection_active" boolean,
	"sales" bigint,
	"states" json,
	"meta_description" text COLLATE "C",
	"meta_description_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"keywords" text COLLATE "C",
	"description" text COLLATE "C",
	"meta_title" text COLLATE "C",
	"meta_title_fold" text COLLATE "C",
	"pack_unit" text COLLATE "C",
	"pack_unit_fold" text COLLATE "C",
	"pack_unit_plural" text COLLATE "C",
	"pack_unit_plural_fold" text COLLATE "C",
	"custom_fields" json,
	"slot_config" json,
	"custom_search_keywords" json,
	"created_at" bigint,
	"updated_at" bigint,
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
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"category_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "product_category_unique_product_id_category_id" ON "product_category" ("shop", "product_id", "category_id");

CREATE UNIQUE INDEX "product_category_unique_category_id_product_id" ON "product_category" ("shop", "category_id", "product_id");

CREATE TABLE "product_category_tree" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"category_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "product_category_tree_unique_product_id_category_id" ON "product_category_tree" ("shop", "product_id", "category_id");

CREATE UNIQUE INDEX "product_category_tree_unique_category_id_product_id" ON "product_category_tree" ("shop", "category_id", "product_id");

CREATE TABLE "product_configurator_setting" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"media_id" bytea,
	"option_id" bytea,
	"price" json,
	"position" bigint,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id, version_id)
);

CREATE UNIQUE INDEX "product_configurator_setting_unique_product_id_option_id" ON "product_configurator_setting" ("shop", "product_id", "option_id", "version_id");

CREATE INDEX "product_configurator_setting_product_id" ON "product_configurator_setting" ("shop", "product_id", "version_id");

CREATE INDEX "product_configurator_setting_media_id" ON "product_configurator_setting" ("shop", "media_id", "version_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "product_configurator_setting_option_id" ON "product_configurator_setting" ("shop", "option_id", "version_id");

CREATE INDEX "product_configurator_setting_order" ON "product_configurator_setting" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_custom_field_set" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"custom_field_set_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "product_custom_field_set_unique_product_id_custom_field_set_id" ON "product_custom_field_set" ("shop", "product_id", "custom_field_set_id");

CREATE UNIQUE INDEX "product_custom_field_set_unique_custom_field_set_id_product_id" ON "product_custom_field_set" ("shop", "custom_field_set_id", "product_id");

CREATE TABLE "product_manufacturer" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"media_id" bytea,
	"link" text COLLATE "C",
	"link_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "product_manufacturer_media_id" ON "product_manufacturer" ("shop", "media_id", "version_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "product_manufacturer_order" ON "product_manufacturer" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_manufacturer_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_manufacturer_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "product_manufacturer_translation_unique_product_manufacturer_id_language_id" ON "product_manufacturer_translation" ("shop", "product_manufacturer_id", "language_id");

CREATE UNIQUE INDEX "product_manufacturer_translation_unique_language_id_product_manufacturer_id" ON "product_manufacturer_translation" ("shop", "language_id", "product_manufacturer_id");

CREATE INDEX "product_manufacturer_translation_order" ON "product_manufacturer_translation" ("shop", "created_at", "id");

CREATE TABLE "product_media" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"media_id" bytea,
	"position" bigint,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "product_media_product_id" ON "product_media" ("shop", "product_id", "version_id");

CREATE INDEX "product_media_media_id" ON "product_media" ("shop", "media_id", "version_id");

CREATE INDEX "product_media_order" ON "product_media" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_option" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"option_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "product_option_unique_product_id_option_id" ON "product_option" ("shop", "product_id", "option_id");

CREATE UNIQUE INDEX "product_option_unique_option_id_product_id" ON "product_option" ("shop", "option_id", "product_id");

CREATE TABLE "product_price" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	version_id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"rule_id" bytea,
	"price" json,
	"price_gross" double precision,
	"quantity_start" bigint,
	"quantity_end" bigint,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id, version_id)
);

CREATE INDEX "product_price_product_id" ON "product_price" ("shop", "product_id", "version_id");

CREATE INDEX "product_price_rule_id" ON "product_price" ("shop", "rule_id", "version_id");

CREATE INDEX "product_price_order" ON "product_price" ("shop", "version_id", "created_at", "id");

CREATE TABLE "product_property" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"option_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "product_property_unique_product_id_option_id" ON "product_property" ("shop", "product_id", "option_id");

CREATE UNIQUE INDEX "product_property_unique_option_id_product_id" ON "product_property" ("shop", "option_id", "product_id");

CREATE TABLE "product_review" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"customer_id" bytea,
	"sales_channel_id" bytea,
	"language_id" bytea,
	"external_user" text COLLATE "C",
	"external_user_fold" text COLLATE "C",
	"external_email" text COLLATE "C",
	"external_email_fold" text COLLATE "C",
	"title" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"content" text COLLATE "C",
	"points" double precision,
	"status" boolean,
	"comment" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "product_review_product_id" ON "product_review" ("shop", "product_id");

CREATE INDEX "product_review_customer_id" ON "product_review" ("shop", "customer_id") WHERE "customer_id" IS NOT NULL;

CREATE INDEX "product_review_sales_channel_id" ON "product_review" ("shop", "sales_channel_id");

CREATE INDEX "product_review_language_id" ON "product_review" ("shop", "language_id");

CREATE INDEX "product_review_order" ON "product_review" ("shop", "created_at", "id");

CREATE TABLE "product_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"tag_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "product_tag_unique_product_id_tag_id" ON "product_tag" ("shop", "product_id", "tag_id");

CREATE UNIQUE INDEX "product_tag_unique_tag_id_product_id" ON "product_tag" ("shop", "tag_id", "product_id");

CREATE TABLE "product_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"language_id" bytea,
	"meta_description" text COLLATE "C",
	"meta_description_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"keywords" text COLLATE "C",
	"description" text COLLATE "C",
	"meta_title" text COLLATE "C",
	"meta_title_fold" text COLLATE "C",
	"pack_unit" text COLLATE "C",
	"pack_unit_fold" text COLLATE "C",
	"pack_unit_plural" text COLLATE "C",
	"pack_unit_plural_fold" text COLLATE "C",
	"custom_fields" json,
	"slot_config" json,
	"custom_search_keywords" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "product_translation_unique_product_id_language_id" ON "product_translation" ("shop", "product_id", "language_id");

CREATE UNIQUE INDEX "product_translation_unique_language_id_product_id" ON "product_translation" ("shop", "language_id", "product_id");

CREATE INDEX "product_translation_order" ON "product_translation" ("shop", "created_at", "id");

CREATE TABLE "product_visibility" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"product_id" bytea,
	"sales_channel_id" bytea,
	"visibility" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "product_visibility_unique_product_id_sales_channel_id" ON "product_visibility" ("shop", "product_id", "sales_channel_id");

CREATE INDEX "product_visibility_product_id" ON "product_visibility" ("shop", "product_id");

CREATE INDEX "product_visibility_sales_channel_id" ON "product_visibility" ("shop", "sales_channel_id");

CREATE INDEX "product_visibility_order" ON "product_visibility" ("shop", "created_at", "id");

CREATE TABLE "property_group" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"display_type" text COLLATE "C",
	"display_type_fold" text COLLATE "C",
	"sorting_type" text COLLATE "C",
	"sorting_type_fold" text COLLATE "C",
	"filterable" boolean,
	"visible_on_product_detail_page" boolean,
	"position" bigint,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "property_group_order" ON "property_group" ("shop", "created_at", "id");

CREATE TABLE "property_group_option" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"group_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"position" bigint,
	"color_hex_code" text COLLATE "C",
	"color_hex_code_fold" text COLLATE "C",
	"media_id" bytea,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "property_group_option_group_id" ON "property_group_option" ("shop", "group_id");

CREATE INDEX "property_group_option_media_id" ON "property_group_option" ("shop", "media_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "property_group_option_order" ON "property_group_option" ("shop", "created_at", "id");

CREATE TABLE "property_group_option_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"property_group_option_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"position" bigint,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "property_group_option_translation_unique_property_group_option_id_language_id" ON "property_group_option_translation" ("shop", "property_group_option_id", "language_id");

CREATE UNIQUE INDEX "property_group_option_translation_unique_language_id_property_group_option_id" ON "property_group_option_translation" ("shop", "language_id", "property_group_option_id");

CREATE INDEX "property_group_option_translation_order" ON "property_group_option_translation" ("shop", "created_at", "id");

CREATE TABLE "property_group_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"property_group_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"position" bigint,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "property_group_translation_unique_property_group_id_language_id" ON "property_group_translation" ("shop", "property_group_id", "language_id");

CREATE UNIQUE INDEX "property_group_translation_unique_language_id_property_group_id" ON "property_group_translation" ("shop", "language_id", "property_group_id");

CREATE INDEX "property_group_translation_order" ON "property_group_translation" ("shop", "created_at", "id");

CREATE TABLE "rule" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"priority" bigint,
	"description" text COLLATE "C",
	"payload" bytea,
	"invalid" boolean,
	"areas" json,
	"custom_fields" json,
	"module_types" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "rule_order" ON "rule" ("shop", "created_at", "id");

CREATE TABLE "rule_condition" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"type" text COLLATE "C",
	"type_fold" text COLLATE "C",
	"rule_id" bytea,
	"script_id" bytea,
	"parent_id" bytea,
	"value" json,
	"position" bigint,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "rule_condition_rule_id" ON "rule_condition" ("shop", "rule_id");

CREATE INDEX "rule_condition_script_id" ON "rule_condition" ("shop", "script_id") WHERE "script_id" IS NOT NULL;

CREATE INDEX "rule_condition_parent_id" ON "rule_condition" ("shop", "parent_id");

CREATE INDEX "rule_condition_order" ON "rule_condition" ("shop", "created_at", "id");

CREATE TABLE "rule_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"tag_id" bytea,
	"rule_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "rule_tag_unique_tag_id_rule_id" ON "rule_tag" ("shop", "tag_id", "rule_id");

CREATE UNIQUE INDEX "rule_tag_unique_rule_id_tag_id" ON "rule_tag" ("shop", "rule_id", "tag_id");

CREATE TABLE "sales_channel" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"type_id" bytea,
	"language_id" bytea,
	"customer_group_id" bytea,
	"currency_id" bytea,
	"payment_method_id" bytea,
	"shipping_method_id" bytea,
	"country_id" bytea,
	"analytics_id" bytea,
	"navigation_category_id" bytea,
	"navigation_category_depth" bigint,
	"footer_category_id" bytea,
	"service_category_id" bytea,
	"mail_header_footer_id" bytea,
	"hreflang_default_domain_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"short_name" text COLLATE "C",
	"short_name_fold" text COLLATE "C",
	"tax_calculation_type" text COLLATE "C",
	"tax_calculation_type_fold" text COLLATE "C",
	"access_key" text COLLATE "C",
	"access_key_fold" text COLLATE "C",
	"configuration" json,
	"active" boolean,
	"hreflang_active" boolean,
	"maintenance" boolean,
	"maintenance_ip_whitelist" json,
	"custom_fields" json,
	"payment_method_ids" json,
	"home_cms_page_id" bytea,
	"home_slot_config" json,
	"home_enabled" boolean,
	"home_name" text COLLATE "C",
	"home_name_fold" text COLLATE "C",
	"home_meta_title" text COLLATE "C",
	"home_meta_title_fold" text COLLATE "C",
	"home_meta_description" text COLLATE "C",
	"home_meta_description_fold" text COLLATE "C",
	"home_keywords" text COLLATE "C",
	"home_keywords_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
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
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"country_id" bytea,
	"sales_channel_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_country_unique_country_id_sales_channel_id" ON "sales_channel_country" ("shop", "country_id", "sales_channel_id");

CREATE UNIQUE INDEX "sales_channel_country_unique_sales_channel_id_country_id" ON "sales_channel_country" ("shop", "sales_channel_id", "country_id");

CREATE TABLE "sales_channel_currency" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"currency_id" bytea,
	"sales_channel_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_currency_unique_currency_id_sales_channel_id" ON "sales_channel_currency" ("shop", "currency_id", "sales_channel_id");

CREATE UNIQUE INDEX "sales_channel_currency_unique_sales_channel_id_currency_id" ON "sales_channel_currency" ("shop", "sales_channel_id", "currency_id");

CREATE TABLE "sales_channel_domain" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"url" text COLLATE "C",
	"url_fold" text COLLATE "C",
	"sales_channel_id" bytea,
	"language_id" bytea,
	"currency_id" bytea,
	"snippet_set_id" bytea,
	"hreflang_use_only_locale" boolean,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_domain_unique_url_fold" ON "sales_channel_domain" ("shop", "url_fold");

CREATE INDEX "sales_channel_domain_sales_channel_id" ON "sales_channel_domain" ("shop", "sales_channel_id");

CREATE INDEX "sales_channel_domain_language_id" ON "sales_channel_domain" ("shop", "language_id");

CREATE INDEX "sales_channel_domain_currency_id" ON "sales_channel_domain" ("shop", "currency_id");

CREATE INDEX "sales_channel_domain_snippet_set_id" ON "sales_channel_domain" ("shop", "snippet_set_id");

CREATE INDEX "sales_channel_domain_order" ON "sales_channel_domain" ("shop", "created_at", "id");

CREATE TABLE "sales_channel_language" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"language_id" bytea,
	"sales_channel_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_language_unique_language_id_sales_channel_id" ON "sales_channel_language" ("shop", "language_id", "sales_channel_id");

CREATE UNIQUE INDEX "sales_channel_language_unique_sales_channel_id_language_id" ON "sales_channel_language" ("shop", "sales_channel_id", "language_id");

CREATE TABLE "sales_channel_payment_method" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"sales_channel_id" bytea,
	"payment_method_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_payment_method_unique_sales_channel_id_payment_method_id" ON "sales_channel_payment_method" ("shop", "sales_channel_id", "payment_method_id");

CREATE UNIQUE INDEX "sales_channel_payment_method_unique_payment_method_id_sales_channel_id" ON "sales_channel_payment_method" ("shop", "payment_method_id", "sales_channel_id");

CREATE TABLE "sales_channel_shipping_method" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"sales_channel_id" bytea,
	"shipping_method_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_shipping_method_unique_sales_channel_id_shipping_method_id" ON "sales_channel_shipping_method" ("shop", "sales_channel_id", "shipping_method_id");

CREATE UNIQUE INDEX "sales_channel_shipping_method_unique_shipping_method_id_sales_channel_id" ON "sales_channel_shipping_method" ("shop", "shipping_method_id", "sales_channel_id");

CREATE TABLE "sales_channel_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"sales_channel_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"home_slot_config" json,
	"home_enabled" boolean,
	"home_name" text COLLATE "C",
	"home_name_fold" text COLLATE "C",
	"home_meta_title" text COLLATE "C",
	"home_meta_title_fold" text COLLATE "C",
	"home_meta_description" text COLLATE "C",
	"home_meta_description_fold" text COLLATE "C",
	"home_keywords" text COLLATE "C",
	"home_keywords_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_translation_unique_sales_channel_id_language_id" ON "sales_channel_translation" ("shop", "sales_channel_id", "language_id");

CREATE UNIQUE INDEX "sales_channel_translation_unique_language_id_sales_channel_id" ON "sales_channel_translation" ("shop", "language_id", "sales_channel_id");

CREATE INDEX "sales_channel_translation_order" ON "sales_channel_translation" ("shop", "created_at", "id");

CREATE TABLE "sales_channel_type" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"cover_url" text COLLATE "C",
	"cover_url_fold" text COLLATE "C",
	"icon_name" text COLLATE "C",
	"icon_name_fold" text COLLATE "C",
	"screenshot_urls" json,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"manufacturer" text COLLATE "C",
	"manufacturer_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"description_fold" text COLLATE "C",
	"description_long" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "sales_channel_type_order" ON "sales_channel_type" ("shop", "created_at", "id");

CREATE TABLE "sales_channel_type_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"sales_channel_type_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"manufacturer" text COLLATE "C",
	"manufacturer_fold" text COLLATE "C",
	"description" text COLLATE "C",
	"description_fold" text COLLATE "C",
	"description_long" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "sales_channel_type_translation_unique_sales_channel_type_id_language_id" ON "sales_channel_type_translation" ("shop", "sales_channel_type_id", "language_id");

CREATE UNIQUE INDEX "sales_channel_type_translation_unique_language_id_sales_channel_type_id" ON "sales_channel_type_translation" ("shop", "language_id", "sales_channel_type_id");

CREATE INDEX "sales_channel_type_translation_order" ON "sales_channel_type_translation" ("shop", "created_at", "id");

CREATE TABLE "salutation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"salutation_key" text COLLATE "C",
	"salutation_key_fold" text COLLATE "C",
	"display_name" text COLLATE "C",
	"display_name_fold" text COLLATE "C",
	"letter_name" text COLLATE "C",
	"letter_name_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "salutation_unique_salutation_key_fold" ON "salutation" ("shop", "salutation_key_fold");

CREATE INDEX "salutation_order" ON "salutation" ("shop", "created_at", "id");

CREATE TABLE "salutation_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"salutation_id" bytea,
	"language_id" bytea,
	"display_name" text COLLATE "C",
	"display_name_fold" text COLLATE "C",
	"letter_name" text COLLATE "C",
	"letter_name_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "salutation_translation_unique_salutation_id_language_id" ON "salutation_translation" ("shop", "salutation_id", "language_id");

CREATE UNIQUE INDEX "salutation_translation_unique_language_id_salutation_id" ON "salutation_translation" ("shop", "language_id", "salutation_id");

CREATE INDEX "salutation_translation_order" ON "salutation_translation" ("shop", "created_at", "id");

CREATE TABLE "scheduled_task" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"scheduled_task_class" text COLLATE "C",
	"scheduled_task_class_fold" text COLLATE "C",
	"run_interval" bigint,
	"default_run_interval" bigint,
	"status" text COLLATE "C",
	"status_fold" text COLLATE "C",
	"last_execution_time" bigint,
	"next_execution_time" bigint,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "scheduled_task_order" ON "scheduled_task" ("shop", "created_at", "id");

CREATE TABLE "script" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"script" text COLLATE "C",
	"hook" text COLLATE "C",
	"hook_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"active" boolean,
	"app_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "script_app_id" ON "script" ("shop", "app_id") WHERE "app_id" IS NOT NULL;

CREATE INDEX "script_order" ON "script" ("shop", "created_at", "id");

CREATE TABLE "seo_url" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"sales_channel_id" bytea,
	"language_id" bytea,
	"foreign_key" bytea,
	"route_name" text COLLATE "C",
	"route_name_fold" text COLLATE "C",
	"path_info" text COLLATE "C",
	"path_info_fold" text COLLATE "C",
	"seo_path_info" text COLLATE "C",
	"seo_path_info_fold" text COLLATE "C",
	"is_canonical" boolean,
	"is_modified" boolean,
	"is_deleted" boolean,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "seo_url_sales_channel_id" ON "seo_url" ("shop", "sales_channel_id") WHERE "sales_channel_id" IS NOT NULL;

CREATE INDEX "seo_url_language_id" ON "seo_url" ("shop", "language_id");

CREATE INDEX "seo_url_order" ON "seo_url" ("shop", "created_at", "id");

CREATE TABLE "shipping_method" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"active" boolean,
	"position" bigint,
	"custom_fields" json,
	"availability_rule_id" bytea,
	"media_id" bytea,
	"delivery_time_id" bytea,
	"tax_type" text COLLATE "C",
	"tax_type_fold" text COLLATE "C",
	"tax_id" bytea,
	"description" text COLLATE "C",
	"description_fold" text COLLATE "C",
	"tracking_url" text COLLATE "C",
	"technical_name" text COLLATE "C",
	"technical_name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "shipping_method_unique_technical_name_fold" ON "shipping_method" ("shop", "technical_name_fold");

CREATE INDEX "shipping_method_availability_rule_id" ON "shipping_method" ("shop", "availability_rule_id") WHERE "availability_rule_id" IS NOT NULL;

CREATE INDEX "shipping_method_media_id" ON "shipping_method" ("shop", "media_id") WHERE "media_id" IS NOT NULL;

CREATE INDEX "shipping_method_delivery_time_id" ON "shipping_method" ("shop", "delivery_time_id");

CREATE INDEX "shipping_method_tax_id" ON "shipping_method" ("shop", "tax_id") WHERE "tax_id" IS NOT NULL;

CREATE INDEX "shipping_method_order" ON "shipping_method" ("shop", "created_at", "id");

CREATE TABLE "shipping_method_price" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"shipping_method_id" bytea,
	"rule_id" bytea,
	"calculation" bigint,
	"calculation_rule_id" bytea,
	"quantity_start" double precision,
	"quantity_end" double precision,
	"currency_price" json,
	"currency_price_gross" double precision,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "shipping_method_price_shipping_method_id" ON "shipping_method_price" ("shop", "shipping_method_id");

CREATE INDEX "shipping_method_price_rule_id" ON "shipping_method_price" ("shop", "rule_id") WHERE "rule_id" IS NOT NULL;

CREATE INDEX "shipping_method_price_calculation_rule_id" ON "shipping_method_price" ("shop", "calculation_rule_id") WHERE "calculation_rule_id" IS NOT NULL;

CREATE INDEX "shipping_method_price_order" ON "shipping_method_price" ("shop", "created_at", "id");

CREATE TABLE "shipping_method_tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"tag_id" bytea,
	"shipping_method_id" bytea,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "shipping_method_tag_unique_tag_id_shipping_method_id" ON "shipping_method_tag" ("shop", "tag_id", "shipping_method_id");

CREATE UNIQUE INDEX "shipping_method_tag_unique_shipping_method_id_tag_id" ON "shipping_method_tag" ("shop", "shipping_method_id", "tag_id");

CREATE TABLE "shipping_method_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"shipping_method_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"description" text COLLATE "C",
	"description_fold" text COLLATE "C",
	"tracking_url" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "shipping_method_translation_unique_shipping_method_id_language_id" ON "shipping_method_translation" ("shop", "shipping_method_id", "language_id");

CREATE UNIQUE INDEX "shipping_method_translation_unique_language_id_shipping_method_id" ON "shipping_method_translation" ("shop", "language_id", "shipping_method_id");

CREATE INDEX "shipping_method_translation_order" ON "shipping_method_translation" ("shop", "created_at", "id");

CREATE TABLE "snippet_set" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"base_file" text COLLATE "C",
	"base_file_fold" text COLLATE "C",
	"iso" text COLLATE "C",
	"iso_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "snippet_set_order" ON "snippet_set" ("shop", "created_at", "id");

CREATE TABLE "state_machine" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"technical_name" text COLLATE "C",
	"technical_name_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"initial_state_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "state_machine_unique_technical_name_fold" ON "state_machine" ("shop", "technical_name_fold");

CREATE INDEX "state_machine_initial_state_id" ON "state_machine" ("shop", "initial_state_id") WHERE "initial_state_id" IS NOT NULL;

CREATE INDEX "state_machine_order" ON "state_machine" ("shop", "created_at", "id");

CREATE TABLE "state_machine_history" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"referenced_id" bytea,
	"referenced_version_id" bytea,
	"state_machine_id" bytea,
	"entity_name" text COLLATE "C",
	"entity_name_fold" text COLLATE "C",
	"from_state_id" bytea,
	"to_state_id" bytea,
	"transition_action_name" text COLLATE "C",
	"transition_action_name_fold" text COLLATE "C",
	"user_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "state_machine_history_state_machine_id" ON "state_machine_history" ("shop", "state_machine_id");

CREATE INDEX "state_machine_history_from_state_id" ON "state_machine_history" ("shop", "from_state_id");

CREATE INDEX "state_machine_history_to_state_id" ON "state_machine_history" ("shop", "to_state_id");

CREATE INDEX "state_machine_history_user_id" ON "state_machine_history" ("shop", "user_id") WHERE "user_id" IS NOT NULL;

CREATE INDEX "state_machine_history_order" ON "state_machine_history" ("shop", "created_at", "id");

CREATE TABLE "state_machine_state" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"technical_name" text COLLATE "C",
	"technical_name_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"state_machine_id" bytea,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "state_machine_state_unique_state_machine_id_technical_name_fold" ON "state_machine_state" ("shop", "state_machine_id", "technical_name_fold");

CREATE INDEX "state_machine_state_state_machine_id" ON "state_machine_state" ("shop", "state_machine_id");

CREATE INDEX "state_machine_state_order" ON "state_machine_state" ("shop", "created_at", "id");

CREATE TABLE "state_machine_state_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"state_machine_state_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "state_machine_state_translation_unique_state_machine_state_id_language_id" ON "state_machine_state_translation" ("shop", "state_machine_state_id", "language_id");

CREATE UNIQUE INDEX "state_machine_state_translation_unique_language_id_state_machine_state_id" ON "state_machine_state_translation" ("shop", "language_id", "state_machine_state_id");

CREATE INDEX "state_machine_state_translation_order" ON "state_machine_state_translation" ("shop", "created_at", "id");

CREATE TABLE "state_machine_transition" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"action_name" text COLLATE "C",
	"action_name_fold" text COLLATE "C",
	"state_machine_id" bytea,
	"from_state_id" bytea,
	"to_state_id" bytea,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "state_machine_transition_state_machine_id" ON "state_machine_transition" ("shop", "state_machine_id");

CREATE INDEX "state_machine_transition_from_state_id" ON "state_machine_transition" ("shop", "from_state_id");

CREATE INDEX "state_machine_transition_to_state_id" ON "state_machine_transition" ("shop", "to_state_id");

CREATE INDEX "state_machine_transition_order" ON "state_machine_transition" ("shop", "created_at", "id");

CREATE TABLE "state_machine_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"state_machine_id" bytea,
	"language_id" bytea,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "state_machine_translation_unique_state_machine_id_language_id" ON "state_machine_translation" ("shop", "state_machine_id", "language_id");

CREATE UNIQUE INDEX "state_machine_translation_unique_language_id_state_machine_id" ON "state_machine_translation" ("shop", "language_id", "state_machine_id");

CREATE INDEX "state_machine_translation_order" ON "state_machine_translation" ("shop", "created_at", "id");

CREATE TABLE "system_config" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"configuration_key" text COLLATE "C",
	"configuration_key_fold" text COLLATE "C",
	"configuration_value" json,
	"sales_channel_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "system_config_unique_configuration_key_fold_sales_channel_id" ON "system_config" ("shop", "configuration_key_fold", "sales_channel_id");

CREATE INDEX "system_config_sales_channel_id" ON "system_config" ("shop", "sales_channel_id") WHERE "sales_channel_id" IS NOT NULL;

CREATE INDEX "system_config_order" ON "system_config" ("shop", "created_at", "id");

CREATE TABLE "tag" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "tag_order" ON "tag" ("shop", "created_at", "id");

CREATE TABLE "tax" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"tax_rate" double precision,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"position" bigint,
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "tax_order" ON "tax" ("shop", "created_at", "id");

CREATE TABLE "unit" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"short_code" text COLLATE "C",
	"short_code_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "unit_order" ON "unit" ("shop", "created_at", "id");

CREATE TABLE "unit_translation" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"unit_id" bytea,
	"language_id" bytea,
	"short_code" text COLLATE "C",
	"short_code_fold" text COLLATE "C",
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"custom_fields" json,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "unit_translation_unique_unit_id_language_id" ON "unit_translation" ("shop", "unit_id", "language_id");

CREATE UNIQUE INDEX "unit_translation_unique_language_id_unit_id" ON "unit_translation" ("shop", "language_id", "unit_id");

CREATE INDEX "unit_translation_order" ON "unit_translation" ("shop", "created_at", "id");

CREATE TABLE "user" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"locale_id" bytea,
	"username" text COLLATE "C",
	"username_fold" text COLLATE "C",
	"first_name" text COLLATE "C",
	"first_name_fold" text COLLATE "C",
	"last_name" text COLLATE "C",
	"last_name_fold" text COLLATE "C",
	"title" text COLLATE "C",
	"title_fold" text COLLATE "C",
	"email" text COLLATE "C",
	"email_fold" text COLLATE "C",
	"active" boolean,
	"admin" boolean,
	"last_updated_password_at" bigint,
	"time_zone" text COLLATE "C",
	"time_zone_fold" text COLLATE "C",
	"custom_fields" json,
	"avatar_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE UNIQUE INDEX "user_unique_username_fold" ON "user" ("shop", "username_fold");

CREATE UNIQUE INDEX "user_unique_email_fold" ON "user" ("shop", "email_fold");

CREATE INDEX "user_locale_id" ON "user" ("shop", "locale_id");

CREATE INDEX "user_avatar_id" ON "user" ("shop", "avatar_id") WHERE "avatar_id" IS NOT NULL;

CREATE INDEX "user_order" ON "user" ("shop", "created_at", "id");

CREATE TABLE "version" (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	"name" text COLLATE "C",
	"name_fold" text COLLATE "C",
	"entity_name" text COLLATE "C",
	"entity_name_fold" text COLLATE "C",
	"referenced_id" bytea,
	"created_at" bigint,
	"updated_at" bigint,
	PRIMARY KEY (shop, id)
);

CREATE INDEX "version_referenced_id" ON "version" ("shop", "referenced_id");

CREATE INDEX "version_order" ON "version" ("shop", "created_at", "id");
