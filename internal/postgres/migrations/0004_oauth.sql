-- Apps of the SitePack dialect (protocol-oauth.md B). Codes, tokens and client secrets stand
-- here as their HMAC under the host's key.

-- +goose Up

-- What OAuth knows of an installation beside its registration.
CREATE TABLE oauth_client (
	shop bigint NOT NULL,
	installation bytea NOT NULL,
	secret_hash bytea, -- null: a public client
	redirect_uris text COLLATE "C" NOT NULL, -- one per line
	requested text COLLATE "C" NOT NULL, -- scopes, a space between
	granted text COLLATE "C" NOT NULL, -- likewise
	manifest_hash text COLLATE "C" NOT NULL,
	consent_hash text COLLATE "C" NOT NULL, -- the manifest_hash that a person accepted last
	manifest bytea NOT NULL, -- its exact text
	details text COLLATE "C" NOT NULL, -- the rest, as JSON
	PRIMARY KEY (shop, installation)
);

-- Apps whose app.json was read and that wait for somebody's decision.
CREATE TABLE oauth_offer (
	shop bigint NOT NULL,
	app text COLLATE "C" NOT NULL,
	url text COLLATE "C" NOT NULL,
	manifest bytea NOT NULL,
	secret_hash bytea,
	login bytea, -- who looked at it; null: an operator
	until bigint NOT NULL,
	PRIMARY KEY (shop, app)
);
CREATE INDEX oauth_offer_until ON oauth_offer (until);

-- All that descends from one consent.
CREATE TABLE oauth_family (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	installation bytea NOT NULL,
	app text COLLATE "C" NOT NULL,
	login bytea, -- who consented; null: an operator
	online boolean NOT NULL,
	confidential boolean NOT NULL,
	started_at bigint,
	ended_at bigint,
	created_at bigint NOT NULL,
	PRIMARY KEY (shop, id)
);
CREATE INDEX oauth_family_installation ON oauth_family (shop, installation);
CREATE INDEX oauth_family_login ON oauth_family (shop, login);
CREATE INDEX oauth_family_created ON oauth_family (created_at);

CREATE TABLE oauth_code (
	shop bigint NOT NULL,
	hash bytea NOT NULL,
	family bytea NOT NULL,
	redirect_uri text COLLATE "C" NOT NULL,
	challenge text COLLATE "C" NOT NULL,
	scopes text COLLATE "C" NOT NULL,
	expires_at bigint NOT NULL,
	used_at bigint,
	PRIMARY KEY (shop, hash)
);
CREATE INDEX oauth_code_family ON oauth_code (shop, family);

CREATE TABLE oauth_token (
	shop bigint NOT NULL,
	hash bytea NOT NULL,
	kind text COLLATE "C" NOT NULL,
	family bytea NOT NULL,
	scopes text COLLATE "C" NOT NULL,
	issued_at bigint NOT NULL,
	expires_at bigint NOT NULL,
	used_at bigint,
	PRIMARY KEY (shop, hash)
);
CREATE INDEX oauth_token_family ON oauth_token (shop, family);
CREATE INDEX oauth_token_expires ON oauth_token (expires_at);

-- What SitePack calls the event; empty for the other dialect.
ALTER TABLE subscription ADD COLUMN topic text COLLATE "C" NOT NULL DEFAULT '';
-- Of a subscription that its app made at run time; null: it stands in the manifest.
ALTER TABLE subscription ADD COLUMN asked bytea;
ALTER TABLE subscription ADD COLUMN asked_topic text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE subscription ADD COLUMN strict boolean NOT NULL DEFAULT false;
ALTER TABLE subscription ADD COLUMN suppress_own boolean NOT NULL DEFAULT false;
ALTER TABLE delivery ADD COLUMN topic text COLLATE "C" NOT NULL DEFAULT '';
-- The record that the message of a topic is about.
ALTER TABLE delivery ADD COLUMN record bytea;
