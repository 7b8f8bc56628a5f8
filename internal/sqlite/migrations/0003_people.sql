-- People who log in, and the apps that they let in by OAuth (protocol-oauth.md B). What is
-- shown by its holder is found by its HMAC under the host's key, and stands nowhere else.

-- +goose Up

-- What the entity "user" must not show.
CREATE TABLE login (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	name TEXT NOT NULL,
	name_fold TEXT NOT NULL,
	email TEXT NOT NULL,
	email_fold TEXT NOT NULL,
	role TEXT NOT NULL,
	privileges TEXT NOT NULL, -- of staff, a space between
	password_hash TEXT NOT NULL, -- empty: none was chosen yet
	password_at INTEGER,
	active INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	row_version INTEGER NOT NULL,
	PRIMARY KEY (shop, id),
	UNIQUE (shop, name_fold),
	UNIQUE (shop, email_fold)
);

CREATE TABLE login_session (
	shop INTEGER NOT NULL,
	hash BLOB NOT NULL,
	login BLOB NOT NULL,
	began INTEGER NOT NULL,
	seen INTEGER NOT NULL,
	PRIMARY KEY (shop, hash)
);
CREATE INDEX login_session_login ON login_session (shop, login);
CREATE INDEX login_session_began ON login_session (began);

-- Refresh tokens of people at the Admin API (protocol-oauth.md A), each good once.
CREATE TABLE login_refresh (
	shop INTEGER NOT NULL,
	hash BLOB NOT NULL,
	login BLOB NOT NULL,
	scopes TEXT NOT NULL, -- a space between
	issued_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	PRIMARY KEY (shop, hash)
);
CREATE INDEX login_refresh_expires ON login_refresh (shop, expires_at);

CREATE TABLE invitation (
	shop INTEGER NOT NULL,
	hash BLOB NOT NULL,
	login BLOB, -- null: the first owner
	until INTEGER NOT NULL,
	PRIMARY KEY (shop, hash)
);
CREATE INDEX invitation_until ON invitation (until);

CREATE TABLE login_failure (
	shop INTEGER NOT NULL,
	key BLOB NOT NULL,
	count INTEGER NOT NULL,
	last INTEGER NOT NULL,
	PRIMARY KEY (shop, key)
);
CREATE INDEX login_failure_last ON login_failure (last);

-- Who decided what. Lines are added and never changed.
CREATE TABLE audit (
	number INTEGER PRIMARY KEY,
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	at INTEGER NOT NULL,
	login BLOB,
	who TEXT NOT NULL,
	action TEXT NOT NULL,
	about TEXT NOT NULL,
	detail TEXT NOT NULL
);
CREATE INDEX audit_shop ON audit (shop, number);
