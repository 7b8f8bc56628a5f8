-- What the host keeps beside the entities. Ids are 16 bytes, moments milliseconds UTC.
--
-- A column x_fold has the form in which x is compared, made in Go; null: lower(x), which
-- knows ASCII alone, is that form.

-- +goose Up
-- +goose StatementBegin

-- One row for the whole host. changed rises with the revision of any shop.
CREATE TABLE host (
	one INTEGER PRIMARY KEY CHECK (one = 1),
	changed INTEGER NOT NULL
);
INSERT INTO host (one, changed) VALUES (1, 0);

-- Facts of the data folder, such as its mode.
CREATE TABLE fact (
	name TEXT PRIMARY KEY,
	value TEXT NOT NULL
);

-- All other tables know a shop by its number: the id that apps know can change.
CREATE TABLE shop (
	number INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,
	url TEXT NOT NULL,
	name TEXT NOT NULL,
	locale TEXT NOT NULL,
	currency TEXT NOT NULL,
	revision INTEGER NOT NULL,
	changed INTEGER NOT NULL, -- host.changed when the revision rose last
	fingerprints TEXT NOT NULL DEFAULT '{}', -- where it lived when its id was last known to be right
	withheld INTEGER NOT NULL DEFAULT 0 -- its apps are told nothing until somebody settles the identity
);
CREATE INDEX shop_changed ON shop (changed);

CREATE TABLE number_state (
	shop INTEGER NOT NULL,
	type TEXT NOT NULL,
	value INTEGER NOT NULL, -- drawn last
	PRIMARY KEY (shop, type)
);

-- What follows from a record for more others than one unit of work writes.
CREATE TABLE owed (
	shop INTEGER NOT NULL,
	kind TEXT NOT NULL,
	id BLOB NOT NULL,
	after BLOB NOT NULL, -- the last record that was written; zeros: none was
	PRIMARY KEY (shop, kind, id)
);

-- How often somebody did what is slowed down, and when they were last let through.
CREATE TABLE backoff (
	shop INTEGER NOT NULL,
	who TEXT NOT NULL,
	count INTEGER NOT NULL,
	last INTEGER NOT NULL,
	PRIMARY KEY (shop, who)
);
CREATE INDEX backoff_last ON backoff (last);

-- Answers under an idempotency key.
CREATE TABLE remembered (
	shop INTEGER NOT NULL,
	installation BLOB NOT NULL,
	key TEXT NOT NULL,
	request_hash BLOB NOT NULL,
	answer BLOB NOT NULL,
	at INTEGER NOT NULL,
	PRIMARY KEY (shop, installation, key)
);
CREATE INDEX remembered_age ON remembered (shop, installation, at);

CREATE TABLE event (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	name TEXT NOT NULL,
	key BLOB, -- null: a barrier
	at INTEGER NOT NULL,
	origin BLOB,
	needs TEXT NOT NULL, -- privileges, a space between
	only BLOB,
	revision INTEGER NOT NULL,
	payload BLOB,
	previous BLOB,
	matched INTEGER NOT NULL DEFAULT 0,
	UNIQUE (shop, id)
);
CREATE INDEX event_unmatched ON event (seq) WHERE NOT matched;
-- What happened in a shop, for those who ask later.
CREATE INDEX event_history ON event (shop, seq);

CREATE TABLE delivery (
	number INTEGER PRIMARY KEY, -- rises with the order in which they are made
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	event BLOB NOT NULL,
	event_name TEXT NOT NULL,
	key BLOB,
	seq INTEGER NOT NULL, -- of the event
	subscription BLOB NOT NULL,
	installation BLOB,
	app TEXT NOT NULL,
	app_version TEXT NOT NULL,
	webhook TEXT NOT NULL,
	url TEXT NOT NULL,
	endpoint INTEGER NOT NULL,
	only_live INTEGER NOT NULL,
	strict INTEGER NOT NULL,
	state TEXT NOT NULL,
	in_hand INTEGER NOT NULL, -- waits in the memory of the process that made it, and in none of the first three indexes
	attempts INTEGER NOT NULL,
	replayed INTEGER NOT NULL, -- of the attempts, made before it was replayed last
	due_at INTEGER, -- null: no attempt is to come
	created_at INTEGER NOT NULL,
	last_status INTEGER NOT NULL,
	reason TEXT NOT NULL,
	event_name_fold TEXT,
	app_fold TEXT,
	webhook_fold TEXT,
	url_fold TEXT,
	UNIQUE (shop, id)
);
-- The two ways in which an endpoint reads what waits for it.
CREATE INDEX delivery_ordered ON delivery (endpoint, number) WHERE state = 'waiting' AND NOT in_hand AND (attempts = 0 OR strict);
CREATE INDEX delivery_due ON delivery (endpoint, due_at, number) WHERE state = 'waiting' AND attempts > 0 AND NOT strict;
-- What is moved when the health of a subscription changes.
CREATE INDEX delivery_waiting ON delivery (subscription, number) WHERE state = 'waiting' AND NOT in_hand;
-- What a process that ended had in hand.
CREATE INDEX delivery_in_hand ON delivery (number) WHERE in_hand;
CREATE INDEX delivery_parked ON delivery (subscription, number) WHERE state = 'parked';
CREATE INDEX delivery_log ON delivery (shop, created_at, number);
CREATE INDEX delivery_event ON delivery (seq);

-- request is empty if the app took it: it can be made again from the event.
CREATE TABLE attempt (
	delivery INTEGER NOT NULL, -- its number
	number INTEGER NOT NULL,
	at INTEGER NOT NULL,
	took INTEGER NOT NULL, -- microseconds
	status INTEGER NOT NULL,
	error TEXT NOT NULL,
	request TEXT NOT NULL,
	response TEXT NOT NULL,
	PRIMARY KEY (delivery, number)
) WITHOUT ROWID;

-- Health of the subscriptions that are or were not healthy.
CREATE TABLE health (
	shop INTEGER NOT NULL,
	subscription BLOB NOT NULL,
	state TEXT NOT NULL,
	transient INTEGER NOT NULL, -- failures in a row, like refusals
	refusals INTEGER NOT NULL,
	rung INTEGER NOT NULL, -- of the ladder of cooldowns
	cooldown_until INTEGER,
	suspended_since INTEGER,
	disabled_since INTEGER,
	disabled_by TEXT NOT NULL,
	cause TEXT NOT NULL,
	frozen_since INTEGER,
	followed INTEGER NOT NULL, -- the revision of the last order
	PRIMARY KEY (shop, subscription)
);

CREATE TABLE registration (
	shop INTEGER NOT NULL,
	installation BLOB NOT NULL,
	app TEXT NOT NULL,
	app_fold TEXT NOT NULL,
	version TEXT NOT NULL,
	active INTEGER NOT NULL,
	privileges TEXT NOT NULL, -- the grant, a space between
	state TEXT NOT NULL,
	integration BLOB NOT NULL,
	role BLOB NOT NULL,
	registration_url TEXT NOT NULL, -- empty: the app has no server
	profile TEXT NOT NULL,
	installed_at INTEGER NOT NULL,
	updated_at INTEGER,
	row_version INTEGER NOT NULL,
	PRIMARY KEY (shop, installation),
	UNIQUE (shop, app_fold)
);

-- Secrets are sealed and bound to their shop and app.
CREATE TABLE registration_secret (
	shop INTEGER NOT NULL,
	installation BLOB NOT NULL,
	place INTEGER NOT NULL, -- 0 is the committed one, from 1 on the unconfirmed, the newest first; -1 is the app secret, -2 the one before a rotation
	sealed BLOB NOT NULL,
	until INTEGER, -- the one before a rotation signs until then
	since INTEGER, -- the app may hold an unconfirmed one since then; when it was told of a committed one that nothing confirms
	PRIMARY KEY (shop, installation, place)
);

-- The last secret of apps that are gone.
CREATE TABLE deleted_app (
	shop INTEGER NOT NULL,
	app_fold TEXT NOT NULL,
	installation BLOB NOT NULL,
	sealed BLOB NOT NULL,
	PRIMARY KEY (shop, app_fold)
);
CREATE INDEX deleted_app_installation ON deleted_app (shop, installation);

-- The key pair of an integration. An app has several while nobody knows which one it took,
-- and after a rotation.
CREATE TABLE credential (
	shop INTEGER NOT NULL,
	integration BLOB NOT NULL,
	installation BLOB, -- null: it belongs to no app
	place INTEGER NOT NULL, -- 0 is that of the registration, from 1 on the others
	until INTEGER, -- null: it does not end
	access_key TEXT NOT NULL,
	secret_hash BLOB NOT NULL,
	changed_at INTEGER NOT NULL,
	PRIMARY KEY (shop, integration),
	UNIQUE (shop, access_key)
);
CREATE INDEX credential_installation ON credential (shop, installation, place);

-- What is known of the installation stands in its subscriptions too: those that ended
-- outlive it until the events of their ending are matched.
CREATE TABLE subscription (
	shop INTEGER NOT NULL,
	id BLOB NOT NULL,
	installation BLOB, -- null: the operator's own
	app TEXT NOT NULL,
	app_version TEXT NOT NULL,
	app_active INTEGER NOT NULL,
	privileges TEXT NOT NULL,
	place INTEGER NOT NULL, -- in the app's list
	name TEXT NOT NULL,
	event TEXT NOT NULL,
	url TEXT NOT NULL,
	only_live INTEGER NOT NULL,
	active INTEGER NOT NULL,
	since INTEGER NOT NULL,
	until INTEGER NOT NULL, -- 0: it has not ended
	ordered TEXT NOT NULL DEFAULT '', -- the last order about its health
	ordered_at INTEGER NOT NULL DEFAULT 0, -- the revision at which it was given
	created_at INTEGER NOT NULL,
	updated_at INTEGER,
	row_version INTEGER NOT NULL,
	name_fold TEXT,
	event_fold TEXT,
	url_fold TEXT,
	PRIMARY KEY (shop, id)
);
CREATE INDEX subscription_installation ON subscription (shop, installation, place);
CREATE INDEX subscription_event ON subscription (shop, event); -- whether anybody hears of an event
CREATE INDEX subscription_ended ON subscription (shop, until) WHERE until > 0;

-- The entity "webhook" (entities.md; protocol-webhooks.md 6.6 for the mirrored health).
CREATE VIEW webhook AS
SELECT
	s.shop AS shop, s.id AS id, s.row_version AS row_version,
	s.name AS name, coalesce(s.name_fold, lower(s.name)) AS name_fold,
	s.event AS event_name, coalesce(s.event_fold, lower(s.event)) AS event_name_fold,
	s.url AS url, coalesce(s.url_fold, lower(s.url)) AS url_fold,
	s.only_live AS only_live_version,
	max(coalesce(h.transient, 0), coalesce(h.refusals, 0)) AS error_count,
	s.active AND coalesce(h.state, 'healthy') IN ('healthy', 'degraded') AS active,
	s.installation AS app_id,
	s.created_at AS created_at, s.updated_at AS updated_at
FROM subscription AS s
LEFT JOIN health AS h ON h.shop = s.shop AND h.subscription = s.id
WHERE s.until = 0;

-- The entity "webhook_event_log" (protocol-webhooks.md 5): a delivery and its last attempt.
-- Texts of requests and answers are a first line and headers, an empty line, and a body.
-- Versions and reasons are ASCII, and what answers say is folded as if it were.
CREATE VIEW webhook_event_log AS
SELECT
	d.shop AS shop, d.id AS id, d.attempts + 1 AS row_version,
	d.app AS app_name, coalesce(d.app_fold, lower(d.app)) AS app_name_fold,
	d.webhook AS webhook_name, coalesce(d.webhook_fold, lower(d.webhook)) AS webhook_name_fold,
	d.event_name AS event_name, coalesce(d.event_name_fold, lower(d.event_name)) AS event_name_fold,
	CASE
		WHEN d.state = 'delivered' THEN 'success'
		WHEN d.state = 'parked' THEN 'paused'
		WHEN d.state = 'dead' THEN 'failed'
		WHEN d.attempts = 0 THEN 'queued'
		ELSE 'pending_retry'
	END AS delivery_status,
	CASE
		WHEN d.state = 'delivered' THEN 'success'
		WHEN d.state = 'parked' THEN 'paused'
		WHEN d.state = 'dead' THEN 'failed'
		WHEN d.attempts = 0 THEN 'queued'
		ELSE 'pending_retry'
	END AS delivery_status_fold,
	a.at / 1000 AS timestamp,
	a.took / 1000000 AS processing_time,
	d.app_version AS app_version, lower(d.app_version) AS app_version_fold,
	CASE
		WHEN a.request <> '' THEN json_object(
			'headers', substr(a.request, 1, instr(a.request, char(10, 10)) - 1),
			'body', substr(a.request, instr(a.request, char(10, 10)) + 2))
		-- What the app took is the event, unless less of it was sent.
		WHEN a.number IS NOT NULL AND d.only_live = 0 AND d.event_name <> 'app.config.changed' THEN json_object(
			'headers', 'POST ' || d.url,
			'body', '{"data":{"payload":' || coalesce(nullif(CAST(e.payload AS TEXT), ''), '[]') || ',"event":' || json_quote(d.event_name)
				|| '},"source":{"url":' || json_quote(s.url) || ',"eventId":"' || lower(hex(d.id)) || '"'
				|| iif(d.installation IS NULL, '', ',"shopId":' || json_quote(s.id) || ',"appVersion":' || json_quote(d.app_version))
				|| ',"sequence":' || d.seq || '},"timestamp":' || (a.at / 1000) || '}')
	END AS request_content,
	CASE WHEN a.response <> '' THEN json_object(
		'headers', substr(a.response, 1, instr(a.response, char(10, 10)) - 1),
		'body', substr(a.response, instr(a.response, char(10, 10)) + 2)) END AS response_content,
	nullif(a.status, 0) AS response_status_code,
	nullif(substr(a.response, 5, instr(a.response, char(10)) - 5), '') AS response_reason_phrase,
	lower(nullif(substr(a.response, 5, instr(a.response, char(10)) - 5), '')) AS response_reason_phrase_fold,
	d.url AS url, coalesce(d.url_fold, lower(d.url)) AS url_fold,
	d.only_live AS only_live_version,
	d.seq AS sequence,
	nullif(d.reason, '') AS failure_reason, nullif(lower(d.reason), '') AS failure_reason_fold,
	NULL AS custom_fields,
	d.created_at AS created_at, a.at AS updated_at
FROM delivery AS d
CROSS JOIN shop AS s ON s.number = d.shop
LEFT JOIN event AS e ON e.seq = d.seq
LEFT JOIN attempt AS a ON a.delivery = d.number AND a.number = d.attempts - 1;

-- What the host does again and again: the entity "scheduled_task", the same in each shop. Names are ASCII.
CREATE TABLE recurring_task (
	name TEXT PRIMARY KEY,
	id BLOB NOT NULL,
	every INTEGER NOT NULL, -- seconds
	status TEXT NOT NULL,
	last_at INTEGER,
	next_at INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER,
	row_version INTEGER NOT NULL
);

CREATE VIEW scheduled_task AS
SELECT
	s.number AS shop, t.id AS id, t.row_version AS row_version,
	t.name AS name, lower(t.name) AS name_fold,
	t.name AS scheduled_task_class, lower(t.name) AS scheduled_task_class_fold,
	t.every AS run_interval, t.every AS default_run_interval,
	t.status AS status, t.status AS status_fold,
	t.last_at AS last_execution_time, t.next_at AS next_execution_time,
	t.created_at AS created_at, t.updated_at AS updated_at
FROM recurring_task AS t CROSS JOIN shop AS s;

-- +goose StatementEnd
