-- People who log in, and the apps that they let in by OAuth (protocol-oauth.md B). What is
-- shown by its holder is found by its HMAC under the host's key, and stands nowhere else.

-- +goose Up

-- What the entity "user" must not show.
CREATE TABLE login (
	shop bigint NOT NULL,
	id bytea NOT NULL,
	name text COLLATE "C" NOT NULL,
	name_fold text COLLATE "C" NOT NULL,
	email text COLLATE "C" NOT NULL,
	email_fold text COLLATE "C" NOT NULL,
	role text COLLATE "C" NOT NULL,
	privileges text COLLATE "C" NOT NULL, -- of staff, a space between
	password_hash text COLLATE "C" NOT NULL, -- empty: none was chosen yet
	password_at bigint,
	active boolean NOT NULL,
	created_at bigint NOT NULL,
	row_version bigint NOT NULL,
	PRIMARY KEY (shop, id),
	UNIQUE (shop, name_fold),
	UNIQUE (shop, email_fold)
);

CREATE TABLE login_session (
	shop bigint NOT NULL,
	hash bytea NOT NULL,
	login bytea NOT NULL,
	began bigint NOT NULL,
	seen bigint NOT NULL,
	PRIMARY KEY (shop, hash)
);
CREATE INDEX login_session_login ON login_session (shop, login);
CREATE INDEX login_session_began ON login_session (began);

-- Refresh tokens of people at the Admin API (protocol-oauth.md A), each good once.
CREATE TABLE login_refresh (
	shop bigint NOT NULL,
	hash bytea NOT NULL,
	login bytea NOT NULL,
	scopes TEXT NOT NULL, -- a space between
	issued_at bigint NOT NULL,
	expires_at bigint NOT NULL,
	PRIMARY KEY (shop, hash)
);
CREATE INDEX login_refresh_expires ON login_refresh (shop, expires_at);

CREATE TABLE invitation (
	shop bigint NOT NULL,
	hash bytea NOT NULL,
	login bytea, -- null: the first owner
	until bigint NOT NULL,
	PRIMARY KEY (shop, hash)
);
CREATE INDEX invitation_until ON invitation (until);

CREATE TABLE login_failure (
	shop bigint NOT NULL,
	key bytea NOT NULL,
	count bigint NOT NULL,
	last bigint NOT NULL,
	PRIMARY KEY (shop, key)
);
CREATE INDEX login_failure_last ON login_failure (last);

-- Who decided what. Lines are added and never changed.
CREATE TABLE audit (
	number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	shop bigint NOT NULL,
	id bytea NOT NULL,
	at bigint NOT NULL,
	login bytea,
	who text COLLATE "C" NOT NULL,
	action text COLLATE "C" NOT NULL,
	about text COLLATE "C" NOT NULL,
	detail text COLLATE "C" NOT NULL
);
CREATE INDEX audit_shop ON audit (shop, number);
