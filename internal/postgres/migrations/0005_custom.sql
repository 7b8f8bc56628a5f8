-- Entities that apps bring (manifest-xml.md 23.4): what they are, and their records, which are
-- documents in one table for all of them. No installation changes a table.

-- +goose Up

CREATE TABLE custom_entity (
	shop bigint NOT NULL,
	name text COLLATE "C" NOT NULL,
	installation bytea, -- null: the app is gone, its data was kept
	app_fold text COLLATE "C" NOT NULL,
	place bigint NOT NULL,
	definition text COLLATE "C" NOT NULL,
	PRIMARY KEY (shop, name)
);

CREATE INDEX custom_entity_installation ON custom_entity (shop, installation);

-- Which column holds a key of the documents: key_1 and so on. One that is not here stands in
-- the document.
CREATE TABLE custom_key (
	shop bigint NOT NULL,
	entity text COLLATE "C" NOT NULL,
	field text COLLATE "C" NOT NULL,
	place bigint NOT NULL,
	PRIMARY KEY (shop, entity, field)
);

CREATE TABLE custom_record (
	shop bigint NOT NULL,
	entity text COLLATE "C" NOT NULL,
	id bytea NOT NULL,
	row_version bigint NOT NULL,
	key_1 bytea,
	key_2 bytea,
	key_3 bytea,
	key_4 bytea,
	key_5 bytea,
	key_6 bytea,
	data jsonb NOT NULL,
	PRIMARY KEY (shop, entity, id)
);
-- The first one names the second key, too: who looks for a pair by both, as for a text by record
-- and language, must not walk through all records of that language.
CREATE INDEX custom_record_key_1 ON custom_record (shop, entity, key_1, key_2) WHERE key_1 IS NOT NULL;
CREATE INDEX custom_record_key_2 ON custom_record (shop, entity, key_2) WHERE key_2 IS NOT NULL;
CREATE INDEX custom_record_key_3 ON custom_record (shop, entity, key_3) WHERE key_3 IS NOT NULL;
CREATE INDEX custom_record_key_4 ON custom_record (shop, entity, key_4) WHERE key_4 IS NOT NULL;
CREATE INDEX custom_record_key_5 ON custom_record (shop, entity, key_5) WHERE key_5 IS NOT NULL;
CREATE INDEX custom_record_key_6 ON custom_record (shop, entity, key_6) WHERE key_6 IS NOT NULL;
