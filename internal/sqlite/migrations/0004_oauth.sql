-- Apps of the SitePack dialect (protocol-oauth.md B). Codes, tokens and client secrets stand
-- here as their HMAC under the host's key.

-- +goose Up

-- What OAuth knows of an installation beside its registration.
CREATE TABLE oauth_client (
	shop INTEGER NOT NULL,
	installation BLOB NOT NULL,
	secret_hash BLOB, -- null: a public client
	redirect_uris TEXT NOT NULL, -- one per line
	requested TEXT NOT NULL, -- scopes, a space between
	granted TEXT NOT NULL, -- likewise
	manifest_hash TEXT NOT NULL,
	consent_hash TEXT NOT NULL, -- the manifest_hash that a person accepted last
	manifest BLOB NOT NULL, -- its exact text
	details TEXT NOT NULL, -- the rest, as JSON
	PRIMARY KEY (shop, installation)
);

-- Apps whose app.json was read and that wait for somebody's decision.
CREATE TABLE oauth_offer (
	shop INTEGER NOT NULL,
	app TEXT NOT NULL,
	url TEXT NOT NULL,
	manifest BLOB NOT NULL,
	secret_hash BLOB,
	login BLOB, -- who looked at it; null: an operator
	until INTEGER NOT NULL,
	PRIMARY KEY (shop, app)
);
CREATE INDEX oauth_offer_until ON oauth_offer (until);

-- All that descends from one consent.
CREATE TABLE oauth_family (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	installation BLOB NOT NULL,
	app TEXT NOT NULL,
	login BLOB, -- who consented; null: an operator
	online INTEGER NOT NULL,
	confidential INTEGER NOT NULL,
	started_at INTEGER,
	ended_at INTEGER,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (shop, id)
);
CREATE INDEX oauth_family_installation ON oauth_family (shop, installation);
CREATE INDEX oauth_family_login ON oauth_family (shop, login);
CREATE INDEX oauth_family_created ON oauth_family (created_at);

CREATE TABLE oauth_code (
	shop INTEGER NOT NULL,
	hash BLOB NOT NULL,
	family BLOB NOT NULL,
	redirect_uri TEXT NOT NULL,
	challenge TEXT NOT NULL,
	scopes TEXT NOT NULL,
	expires_at INTEGER NOT NULL,
	used_at INTEGER,
	PRIMARY KEY (shop, hash)
);
CREATE INDEX oauth_code_family ON oauth_code (shop, family);

CREATE TABLE oauth_token (
	shop INTEGER NOT NULL,
	hash BLOB NOT NULL,
	kind TEXT NOT NULL,
	family BLOB NOT NULL,
	scopes TEXT NOT NULL,
	issued_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	used_at INTEGER,
	PRIMARY KEY (shop, hash)
);
CREATE INDEX oauth_token_family ON oauth_token (shop, family);
CREATE INDEX oauth_token_expires ON oauth_token (expires_at);

-- What SitePack calls the event; empty for the other dialect.
ALTER TABLE subscription ADD COLUMN topic TEXT NOT NULL DEFAULT '';
-- Of a subscription that its app made at run time; null: it stands in the manifest.
ALTER TABLE subscription ADD COLUMN asked BLOB;
ALTER TABLE subscription ADD COLUMN asked_topic TEXT NOT NULL DEFAULT '';
ALTER TABLE subscription ADD COLUMN strict INTEGER NOT NULL DEFAULT 0;
ALTER TABLE subscription ADD COLUMN suppress_own INTEGER NOT NULL DEFAULT 0;
ALTER TABLE delivery ADD COLUMN topic TEXT NOT NULL DEFAULT '';
-- The record that the message of a topic is about.
ALTER TABLE delivery ADD COLUMN record BLOB;
