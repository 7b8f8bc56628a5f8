-- Entities that apps bring (manifest-xml.md 23.4): what they are, and their records, which are
-- documents in one table for all of them. No installation changes a table.

-- +goose Up

CREATE TABLE custom_entity (
	shop INTEGER NOT NULL,
	name TEXT NOT NULL,
	installation BLOB, -- null: the app is gone, its data was kept
	app_fold TEXT NOT NULL,
	place INTEGER NOT NULL,
	definition TEXT NOT NULL,
	PRIMARY KEY (shop, name)
);

CREATE INDEX custom_entity_installation ON custom_entity (shop, installation);

-- Which column holds a key of the documents: key_1 and so on. One that is not here stands in
-- the document.
CREATE TABLE custom_key (
	shop INTEGER NOT NULL,
	entity TEXT NOT NULL,
	field TEXT NOT NULL,
	place INTEGER NOT NULL,
	PRIMARY KEY (shop, entity, field)
);

CREATE TABLE custom_record (
	shop INTEGER NOT NULL,
	entity TEXT NOT NULL,
	id BLOB NOT NULL,
	row_version INTEGER NOT NULL,
	key_1 BLOB,
	key_2 BLOB,
	key_3 BLOB,
	key_4 BLOB,
	key_5 BLOB,
	key_6 BLOB,
	data TEXT NOT NULL,
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
